"""Who learns in a course of an LMS, and how far each one is: the teacher's question."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from content_packages.contents import Module, Package
from lti_tool.admin.errors import AccessRefused
from lti_tool.launch.models import LaunchSession
from sync.organization.models import ActorIdentity
from sync.reports.accounts import AccountStanding, list_account_standings
from sync.reports.people import find_names
from sync.reports.vietnamese_order import vietnamese_key
from xapi_bridge.vocabulary.cchc import module_iri


@dataclass(frozen=True)
class CourseLearner:
    """One learner of a course.

    Attributes:
        full_name: from the staff registry; `None` while the account belongs to nobody there. Names that the
            LMS sent are not kept.
        code: stands for the learner without a name.
        standings: one per module of the package, in its order; `None`: not opened yet.
    """

    full_name: str | None
    code: str
    last_launch_at: datetime
    standings: tuple[AccountStanding | None, ...]

    @property
    def completed(self) -> int:
        """How many modules are completed."""
        return sum(1 for one in self.standings if one is not None and one.first_completed_on is not None)


@dataclass(frozen=True)
class CourseProgress:
    """A course and what its learners have done with one package."""

    modules: tuple[Module, ...]
    learners: tuple[CourseLearner, ...]


def follow_course(
    session: Session, launch_session_id: str, *, package: Package, iri_base: str
) -> CourseProgress:
    """The learners of the course that a launch came from, by name; those without a name last.

    A launch from outside a course stands for its resource link.

    Raises:
        AccessRefused: the launch is no longer known.
    """
    launch = session.get(LaunchSession, launch_session_id)
    if launch is None:
        raise AccessRefused("This launch is no longer known. Open the lesson again from the course.")
    modules = tuple(package.modules[entry.id] for entry in package.outline if entry.kind == "module")
    iris = [module_iri(iri_base, package.id, module.id) for module in modules]
    rows = session.execute(
        select(
            LaunchSession.account_name,
            func.max(LaunchSession.created_at),
            ActorIdentity.identity_id,
            ActorIdentity.person_id,
        )
        .outerjoin(
            ActorIdentity,
            (ActorIdentity.home_page == LaunchSession.account_home_page)
            & (ActorIdentity.account_name == LaunchSession.account_name),
        )
        .where(_same_course(launch), LaunchSession.role == "learner")
        .group_by(LaunchSession.account_name, ActorIdentity.identity_id, ActorIdentity.person_id)
    ).all()
    identity_ids = [identity_id for _, _, identity_id, _ in rows if identity_id is not None]
    standings = {
        (one.identity_id, one.module_iri): one
        for one in list_account_standings(session, identity_ids, module_iris=iris)
    }
    names = find_names(session, [person_id for *_, person_id in rows if person_id is not None])
    learners = [
        CourseLearner(
            full_name=names[person_id].full_name if person_id in names else None,
            code=account_name[:8],
            last_launch_at=last_launch_at,
            standings=tuple(standings.get((identity_id, iri)) for iri in iris),
        )
        for account_name, last_launch_at, identity_id, person_id in rows
    ]
    return CourseProgress(modules, tuple(sorted(learners, key=_by_name)))


def _same_course(launch: LaunchSession) -> ColumnElement[bool]:
    place = (
        LaunchSession.course_id == launch.course_id
        if launch.course_id
        else LaunchSession.resource_link_id == launch.resource_link_id
    )
    return (LaunchSession.registration_id == launch.registration_id) & place


def _by_name(learner: CourseLearner) -> tuple[bool, object, str]:
    """Vietnamese lists are sorted by the given name, which is the last word."""
    words = (learner.full_name or "").split()
    return not words, vietnamese_key(" ".join([*words[-1:], *words[:-1]])), learner.code
