"""Who learns in a course of an LMS, and how far each one is: the teacher's question."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from content_packages.contents import Module, Package
from lti_tool.admin.errors import AccessRefused
from lti_tool.launch.models import LaunchSession
from lti_tool.reports.course_roster import NotBegun, by_given_name, list_not_begun
from sync.models import CourseRoster
from sync.organization.models import ActorIdentity
from sync.reports.accounts import AccountStanding, list_account_standings
from sync.reports.people import find_names
from sync.roster import find_roster, list_members
from xapi_bridge.vocabulary.cchc import module_iri


@dataclass(frozen=True)
class CourseLearner:
    """One learner of a course.

    Attributes:
        full_name: from the staff registry; `None` while the account belongs to nobody there. Names that the
            LMS sent are not kept.
        code: stands for the learner without a name.
        standings: one per module of the package, in its order; `None`: not opened yet.
        has_left: the LMS does not list the learner in the course any more.
    """

    full_name: str | None
    code: str
    last_launch_at: datetime
    standings: tuple[AccountStanding | None, ...]
    has_left: bool = False

    @property
    def completed(self) -> int:
        """How many modules are completed."""
        return sum(1 for one in self.standings if one is not None and one.first_completed_on is not None)


@dataclass(frozen=True)
class CourseProgress:
    """A course and what its learners have done with one package.

    Attributes:
        not_begun: who is enrolled and never opened anything; known where the LMS gives its list of members.
    """

    modules: tuple[Module, ...]
    learners: tuple[CourseLearner, ...]
    not_begun: tuple[NotBegun, ...] = ()
    roster: CourseRoster | None = None


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
        .where(same_course(launch), LaunchSession.role == "learner")
        .group_by(LaunchSession.account_name, ActorIdentity.identity_id, ActorIdentity.person_id)
    ).all()
    identity_ids = [identity_id for _, _, identity_id, _ in rows if identity_id is not None]
    standings = {
        (one.identity_id, one.module_iri): one
        for one in list_account_standings(session, identity_ids, module_iris=iris)
    }
    names = find_names(session, [person_id for *_, person_id in rows if person_id is not None])
    roster = find_roster(session, launch.registration_id, launch.course_id) if launch.course_id else None
    members = list_members(session, roster.roster_id) if roster is not None else ()
    left = {member.account_name for member in members if member.status == "left"}
    learners = [
        CourseLearner(
            full_name=names[person_id].full_name if person_id in names else None,
            code=account_name[:8],
            last_launch_at=last_launch_at,
            standings=tuple(standings.get((identity_id, iri)) for iri in iris),
            has_left=account_name in left,
        )
        for account_name, last_launch_at, identity_id, person_id in rows
    ]
    not_begun = list_not_begun(session, members, opened_by=_accounts_of(session, launch))
    return CourseProgress(modules, tuple(sorted(learners, key=_by_name)), not_begun, roster)


def same_course(launch: LaunchSession) -> ColumnElement[bool]:
    """The launches of the same course; from outside a course, of the same link."""
    place = (
        LaunchSession.course_id == launch.course_id
        if launch.course_id
        else LaunchSession.resource_link_id == launch.resource_link_id
    )
    return (LaunchSession.registration_id == launch.registration_id) & place


def _accounts_of(session: Session, launch: LaunchSession) -> frozenset[str]:
    """Everyone who opened something from the course, in whatever role: a launch knows roles better."""
    return frozenset(
        session.scalars(select(LaunchSession.account_name).where(same_course(launch)).distinct())
    )


def _by_name(learner: CourseLearner) -> tuple[bool, object, str]:
    return by_given_name(learner.full_name, learner.code)
