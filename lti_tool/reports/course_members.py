"""Who learns and who teaches in the course of a launch, for the player's pages for teachers."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from content_packages.player.course_members import CourseMember
from lti_tool.launch.models import LaunchSession
from lti_tool.reports.course import same_course
from lti_tool.reports.course_roster import by_given_name
from sync.organization.models import ActorIdentity
from sync.reports.people import find_names
from xapi_bridge.statement import Account


class KnownCourseMembers:
    """Fills `CourseMembers` from launches and the staff registry."""

    def list_learners(self, session: Session, launch_session_id: str) -> Sequence[CourseMember]:
        """Learners of the course that a launch came from, by name; those without a name last."""
        launch = session.get(LaunchSession, launch_session_id)
        if launch is None:
            return ()
        rows = session.execute(
            select(LaunchSession.account_home_page, LaunchSession.account_name, ActorIdentity.person_id)
            .outerjoin(
                ActorIdentity,
                (ActorIdentity.home_page == LaunchSession.account_home_page)
                & (ActorIdentity.account_name == LaunchSession.account_name),
            )
            .where(same_course(launch), LaunchSession.role == "learner")
            .distinct()
        ).all()
        names = find_names(session, [person_id for *_, person_id in rows if person_id is not None])
        named = [
            (names[person_id].full_name if person_id in names else None, Account(home_page, account_name))
            for home_page, account_name, person_id in rows
        ]
        named.sort(key=lambda one: by_given_name(one[0], one[1].name[:8]))
        return [CourseMember(account, full_name or account.name[:8]) for full_name, account in named]

    def find_teacher(self, session: Session, launch_session_id: str) -> str:
        """Pseudonym of who made the launch; "" when it is no longer known."""
        launch = session.get(LaunchSession, launch_session_id)
        return launch.account_name if launch is not None else ""
