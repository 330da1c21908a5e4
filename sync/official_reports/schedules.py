"""Files that are made again and again: after a period closes, every Monday, or on the 1st of a month."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from sync.calendars import AnyCalendar, local_day, month_of
from sync.official_reports.models import ReportJob, ReportSchedule
from sync.official_reports.sending import FORMATS, new_job
from sync.official_reports.succession import is_below
from sync.organization.models import COMMAND, Unit, UnitClosure
from sync.organization.populations import find_population
from sync.organization.reporting_calendars import find_calendar
from sync.report_errors import ReportScheduleRefused, ReportScheduleUnknown

RHYTHMS: Final = ("period", "weekly", "monthly")
_MOST_DAYS: Final = 400
#: Running schedules that one unit may have.
_MOST_OF_UNIT: Final = 10


def next_day(rhythm: str, *, after: date, calendar: AnyCalendar) -> date:
    """The first day after a day on which files are made. Pure."""
    if rhythm == "weekly":
        return after + timedelta(days=7 - after.weekday())
    if rhythm == "monthly":
        return (after.replace(day=1) + timedelta(days=32)).replace(day=1)
    return month_of(after, calendar).last_day + timedelta(days=1)


def add_schedule(
    session: Session,
    unit_id: int,
    *,
    rhythm: str,
    formats: Sequence[str],
    keep_days: int,
    calendar: str,
    population_code: str,
    by: str,
    now: datetime,
) -> ReportSchedule:
    """A schedule for a unit; its first files come on the next day of its rhythm.

    Raises:
        ReportScheduleRefused: no such rhythm or form of file, days out of 1 to 400, or too many schedules.
        CalendarUnknown, PopulationUnknown.
    """
    chosen = [one for one in FORMATS if one in set(formats)]
    if rhythm not in RHYTHMS or not chosen or not 1 <= keep_days <= _MOST_DAYS:
        raise ReportScheduleRefused("Choose a rhythm, a form of file, and 1 to 400 days to keep the files.")
    running = select(func.count()).where(
        ReportSchedule.unit_id == unit_id, ReportSchedule.stopped_at.is_(None)
    )
    if session.get(Unit, unit_id) is None or (session.scalar(running) or 0) >= _MOST_OF_UNIT:
        raise ReportScheduleRefused(f"A unit has at most {_MOST_OF_UNIT} schedules at once.")
    found, population = find_calendar(session, calendar), find_population(session, population_code)
    row = ReportSchedule(
        unit_id=unit_id,
        calendar=calendar,
        population_code=population.code,
        rhythm=rhythm,
        formats=" ".join(chosen),
        keep_days=keep_days,
        next_on=next_day(rhythm, after=local_day(now), calendar=found),
        made_by=by,
        made_at=now,
    )
    session.add(row)
    session.flush()
    return row


def stop_schedule(row: ReportSchedule, *, now: datetime) -> None:
    """No more files; those that are there stay for their time."""
    row.stopped_at = row.stopped_at or now


def get_schedule(session: Session, schedule_id: int, *, root_id: int | None) -> ReportSchedule:
    """A schedule of the reader's units.

    Raises:
        ReportScheduleUnknown.
    """
    row = session.get(ReportSchedule, schedule_id)
    if row is None or not is_below(session, row.unit_id, root_id):
        raise ReportScheduleUnknown(f"You have no schedule {schedule_id}.")
    return row


def list_schedules(session: Session, *, root_id: int | None) -> Sequence[ReportSchedule]:
    """The schedules of a subtree, running ones first."""
    asked = select(ReportSchedule).order_by(
        ReportSchedule.stopped_at.is_not(None), ReportSchedule.next_on, ReportSchedule.schedule_id
    )
    if root_id is not None:
        below = select(UnitClosure.descendant_id).where(
            UnitClosure.hierarchy == COMMAND, UnitClosure.ancestor_id == root_id
        )
        asked = asked.where(ReportSchedule.unit_id.in_(below))
    return session.scalars(asked).all()


def list_scheduled_jobs(session: Session, schedule_ids: Sequence[int]) -> Sequence[ReportJob]:
    """The newest jobs of schedules."""
    asked = (
        select(ReportJob)
        .where(ReportJob.schedule_id.in_(schedule_ids))
        .order_by(ReportJob.asked_at.desc())
        .limit(100)
    )
    return session.scalars(asked).all()


def is_schedule_due(session: Session, *, today: date) -> bool:
    """Whether files are to be made today."""
    return session.scalar(_due(today).with_only_columns(ReportSchedule.schedule_id).limit(1)) is not None


def ask_for_scheduled(session: Session, *, now: datetime) -> int:
    """Enters a job for every schedule that is due, once however late; returns how many."""
    today = local_day(now)
    rows = session.scalars(_due(today).with_for_update(skip_locked=True)).all()
    for row in rows:
        calendar = find_calendar(session, row.calendar)
        expires_at = now + timedelta(days=row.keep_days)
        job = new_job("schedule", row.formats.split(), by=row.made_by, now=now, expires_at=expires_at)
        job.schedule_id = row.schedule_id
        session.add(job)
        row.next_on = next_day(row.rhythm, after=today, calendar=calendar)
    session.flush()
    return len(rows)


def _due(today: date) -> Select[*tuple[ReportSchedule]]:
    return select(ReportSchedule).where(ReportSchedule.stopped_at.is_(None), ReportSchedule.next_on <= today)
