"""Background work of the question channel: questions find their experts, experts are reminded."""

from content_packages.experts.queue import is_reminder_due, remind_experts
from content_packages.experts.routing import is_routable, route_waiting
from content_packages.experts.settings import ExpertSettings
from content_packages.experts.working_days import local_day
from xapi_bridge.running_app import now, reading, section, transaction

#: Questions routed per transaction.
_ROUTED_AT_ONCE = 50


def look_after_questions() -> int:
    """Gives waiting questions to experts, and reminds experts of deadlines; returns how many of both."""
    holidays = section(ExpertSettings).holidays
    with reading() as session:
        is_due = is_routable(session) or is_reminder_due(session, today=local_day(now()), holidays=holidays)
    if not is_due:
        return 0
    with transaction() as session:
        routed = route_waiting(session, now=now(), limit=_ROUTED_AT_ONCE)
        return routed + remind_experts(session, now=now(), holidays=holidays)
