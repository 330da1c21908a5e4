"""Every look of a teacher at learners is in the audit log before the page is answered."""

from typing import Any

from content_packages.player.course_members import CourseMembers
from content_packages.player.visits import Visit
from xapi_bridge.reading_log import log_reading
from xapi_bridge.running_app import borrow, reading
from xapi_bridge.statement import Account
from xapi_bridge.store.audit import Reader


def note_teacher_look(
    what: str, *, visit: Visit, people: int, learner: Account | None = None, **asked: Any
) -> None:
    """The teacher of a visit is about to be shown learners of the course. Call it outside of any transaction.

    The reader is the pseudonym under which the teacher's own statements would stand, so that the log can be
    asked for it; a launch that is no longer kept is named by the beginning of its id.

    Args:
        what: the page; `lti_tool.admin.reading_words` says it in words.
        people: how many learners are shown.
        learner: the one learner whose answers are shown.
        asked: what else was asked for; the course is added.
    """
    launch_id = visit.ticket.launch_session_id
    with reading() as session:
        teacher = borrow(CourseMembers).find_teacher(session, launch_id)  # type: ignore[type-abstract]
    log_reading(
        Reader("teacher", teacher or f"launch/{launch_id[:8]}"),
        what,
        asked={"course": visit.ticket.course_id, **asked},
        records=people,
        person=None if learner is None else ("account", learner.home_page, learner.name),
    )
