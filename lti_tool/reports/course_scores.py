"""The scores of a course on their way to the LMS, as its teacher sees them."""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from content_packages.active.models import ActivePackage
from content_packages.library.models import ContentVersion
from lti_tool.admin.errors import AccessRefused
from lti_tool.launch.models import LaunchSession
from lti_tool.reports.course import same_course
from lti_tool.reports.course_roster import by_given_name
from sync.grade_errors import ScoreUnknown
from sync.organization.models import ActorIdentity
from sync.reports.people import find_names
from sync.score_state import ScoreState, ScoreView, view_scores_of_registrations

#: States that a teacher can do something about.
NEEDS_ATTENTION = frozenset({ScoreState.REFUSED, ScoreState.DIFFERENT, ScoreState.NO_COLUMN})


@dataclass(frozen=True)
class CourseScore:
    """One score of one learner.

    Attributes:
        full_name: from the staff registry; `None` while the account belongs to nobody there.
        code: stands for the learner without a name.
        title: what was opened.
    """

    full_name: str | None
    code: str
    title: str
    score: ScoreView


def list_course_scores(session: Session, launch_session_id: str) -> list[CourseScore]:
    """The scores of the learners of the course that a launch came from, by name.

    Raises:
        AccessRefused: the launch is no longer known.
    """
    launch = _launch(session, launch_session_id)
    rows = session.execute(
        select(
            LaunchSession.account_name,
            LaunchSession.xapi_registration,
            func.coalesce(ContentVersion.title, ActivePackage.title),
            ActorIdentity.person_id,
        )
        .outerjoin(ContentVersion, ContentVersion.digest == LaunchSession.package_digest)
        .outerjoin(ActivePackage, ActivePackage.id == LaunchSession.package_digest)
        .outerjoin(
            ActorIdentity,
            (ActorIdentity.home_page == LaunchSession.account_home_page)
            & (ActorIdentity.account_name == LaunchSession.account_name),
        )
        .where(same_course(launch), LaunchSession.role == "learner")
        .distinct()
    ).all()
    views = view_scores_of_registrations(session, [registration for _, registration, *_ in rows])
    names = find_names(session, [person_id for *_, person_id in rows if person_id is not None])
    listed = {
        registration: CourseScore(
            full_name=names[person_id].full_name if person_id in names else None,
            code=account_name[:8],
            title=title or "",
            score=views[registration],
        )
        for account_name, registration, title, person_id in rows
        if registration in views
    }
    return sorted(listed.values(), key=lambda one: (*by_given_name(one.full_name, one.code), one.title))


def require_score_of_course(session: Session, launch_session_id: str, outgoing_score_id: int) -> None:
    """Lets a teacher touch the scores of the own course only.

    Raises:
        AccessRefused: the launch is no longer known.
        ScoreUnknown: the score is of another course, or of none.
    """
    scores = list_course_scores(session, launch_session_id)
    if outgoing_score_id not in {one.score.outgoing_score_id for one in scores}:
        raise ScoreUnknown("This course has no such score. Open the list of scores again.")


def _launch(session: Session, launch_session_id: str) -> LaunchSession:
    launch = session.get(LaunchSession, launch_session_id)
    if launch is None:
        raise AccessRefused("This launch is no longer known. Open the lesson again from the course.")
    return launch
