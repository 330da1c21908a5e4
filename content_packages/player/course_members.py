"""What the player asks the application about a course: who learns there, and who teaches."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from sqlalchemy.orm import Session

from xapi_bridge.statement import Account


@dataclass(frozen=True)
class CourseMember:
    """A learner of a course; `shown_name` is the name in the staff registry, else a short code."""

    account: Account
    shown_name: str


class CourseMembers(Protocol):
    """Filled by `lti_tool`, which knows launches and the staff registry."""

    def list_learners(self, session: Session, launch_session_id: str) -> Sequence[CourseMember]:
        """Learners of the course that a launch came from, by name."""

    def find_teacher(self, session: Session, launch_session_id: str) -> str:
        """Pseudonym of who made the launch; "" when it is no longer known."""
