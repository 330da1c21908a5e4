"""Reporting calendars: the official one, the calendar year, and those that provinces define."""

import re
from datetime import datetime
from typing import Final

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from sync.calendars import KNOWN_CALENDARS, AnyCalendar, Calendar, ReportingCalendar
from sync.organization.calendar_models import CalendarRow
from sync.organization.models import COMMAND, UnitClosure
from sync.organization_errors import CalendarMalformed, CalendarUnknown

_CODE: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,18}[a-z0-9])?")
_LAST_CLOSING_DAY: Final = 28


def define_calendar(
    session: Session, calendar: ReportingCalendar, *, unit_id: int | None, by: str, now: datetime
) -> None:
    """Adds a calendar; it is never changed afterwards, because reports were made by it.

    Args:
        unit_id: whose calendar it is; `None`: everybody's.

    Raises:
        CalendarMalformed: a closing day above 28, no title, or a code that is none or taken.
    """
    taken = {one.value for one in Calendar}
    if session.get(CalendarRow, calendar.code) is not None:
        taken.add(calendar.code)
    if not _CODE.fullmatch(calendar.code) or calendar.code in taken:
        raise CalendarMalformed(f"{calendar.code!r} is no free name: 1 to 20 letters a-z, digits, hyphens.")
    if not 0 <= calendar.closes_on <= _LAST_CLOSING_DAY or not 0 < len(calendar.title.strip()) <= 120:
        raise CalendarMalformed(
            "A calendar has a title, and closes on the 1st to 28th or on the last day (0)."
        )
    session.add(
        CalendarRow(
            code=calendar.code,
            title=calendar.title.strip(),
            closes_on=calendar.closes_on,
            legal_basis=calendar.legal_basis[:200],
            unit_id=unit_id,
            made_by=by,
            made_at=now,
        )
    )
    session.flush()


def list_calendars(session: Session, *, unit_id: int | None = None) -> list[ReportingCalendar]:
    """The known calendars, then those of everybody and of the units above the given one, by code."""
    asked = select(CalendarRow).order_by(CalendarRow.code)
    if unit_id is not None:
        above = select(UnitClosure.ancestor_id).where(
            UnitClosure.hierarchy == COMMAND, UnitClosure.descendant_id == unit_id
        )
        asked = asked.where(or_(CalendarRow.unit_id.is_(None), CalendarRow.unit_id.in_(above)))
    rows = session.scalars(asked).all()
    return [*KNOWN_CALENDARS.values(), *(_calendar(row) for row in rows)]


def find_calendar(session: Session, code: str) -> AnyCalendar:
    """The calendar with the code; a known one as the `Calendar` in which counts are kept.

    Raises:
        CalendarUnknown.
    """
    if code in {one.value for one in Calendar}:
        return Calendar(code)
    row = session.get(CalendarRow, code)
    if row is None:
        raise CalendarUnknown(f"There is no calendar {code!r}.")
    return _calendar(row)


def _calendar(row: CalendarRow) -> ReportingCalendar:
    return ReportingCalendar(row.code, row.title, row.closes_on, row.legal_basis)
