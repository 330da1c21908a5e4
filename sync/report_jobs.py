"""The background jobs of official reports; they may run at any time, twice at once, or be killed half-way."""

from sync.calendars import local_day
from sync.official_reports.building import Desk, build_next, delete_expired_files, is_job_waiting
from sync.official_reports.schedules import ask_for_scheduled, is_schedule_due
from sync.settings import SyncSettings
from xapi_bridge.running_app import now, reading, section, transaction


def desk() -> Desk:
    """What the work needs, from the running application."""
    return Desk(transaction=transaction, reading=reading, clock=now, iri_base=section(SyncSettings).iri_base)


def build_reports() -> int:
    """Makes the files of the oldest report that waits; returns the steps done."""
    with reading() as session:
        if not is_job_waiting(session, now=now()):
            return 0
    return build_next(desk())


def keep_report_schedules() -> int:
    """Asks for the files of schedules that are due, and deletes files whose time is over."""
    with reading() as session:
        is_due = is_schedule_due(session, today=local_day(now()))
    asked = 0
    if is_due:
        with transaction() as session:
            asked = ask_for_scheduled(session, now=now())
    return asked + delete_expired_files(desk())
