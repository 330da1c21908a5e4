"""Reporting calendars: the official one, whose months close on the 14th, and the calendar year.

Decree 09/2019/NĐ-CP, article 12: a month is reported from the 15th of the month before to the 14th, a
quarter, half year, nine months and year from the same days; so the year runs from 15 December to 14 December.

A province may close its months on another day: a `ReportingCalendar` is data. Pure: days come in, periods go
out.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

#: The day of an event is the calendar day here.
VIET_NAM = ZoneInfo("Asia/Ho_Chi_Minh")

_ROMAN = ("I", "II", "III", "IV")


class Calendar(StrEnum):
    """Which days a month has."""

    #: From the 15th of the month before to the 14th (Decree 09/2019/NĐ-CP, article 12).
    OFFICIAL = "official"
    #: From the 1st to the last day.
    CALENDAR = "calendar"


@dataclass(frozen=True)
class ReportingCalendar:
    """A calendar as data: a province may close its months on another day.

    Attributes:
        code: stable name; those of `Calendar` are taken.
        title: in Vietnamese.
        closes_on: last day of each month, 1 to 28; 0: the last day that the month has.
        legal_basis: who decided so.
    """

    code: str
    title: str
    closes_on: int
    legal_basis: str = ""


#: The two that every installation has, as data.
KNOWN_CALENDARS = {
    Calendar.OFFICIAL: ReportingCalendar(
        "official", "Kỳ báo cáo hành chính (chốt ngày 14)", 14, "Nghị định 09/2019/NĐ-CP, Điều 12"
    ),
    Calendar.CALENDAR: ReportingCalendar("calendar", "Dương lịch", 0),
}
AnyCalendar = Calendar | ReportingCalendar


class PeriodKind(StrEnum):
    """How long a period is."""

    MONTH = "month"
    QUARTER = "quarter"
    HALF_YEAR = "half_year"
    NINE_MONTHS = "nine_months"
    YEAR = "year"


#: Months in each kind of period; nine months always begin with the year.
_LENGTH = {
    PeriodKind.MONTH: 1,
    PeriodKind.QUARTER: 3,
    PeriodKind.HALF_YEAR: 6,
    PeriodKind.NINE_MONTHS: 9,
    PeriodKind.YEAR: 12,
}


@dataclass(frozen=True, order=True)
class Period:
    """A stretch of days of one calendar, both ends included.

    Attributes:
        calendar: whose months it is made of.
        kind: how long it is.
        first_day: first day.
        last_day: last day, the day on which the report closes.
        label: its name in Vietnamese, for example 'Quý III năm 2026'.
    """

    calendar: AnyCalendar
    kind: PeriodKind
    first_day: date
    last_day: date
    label: str

    def __contains__(self, day: date) -> bool:
        return self.first_day <= day <= self.last_day


def local_day(instant: datetime) -> date:
    """The calendar day in Viet Nam of an aware instant.

    Raises:
        ValueError: the instant has no zone.
    """
    if instant.tzinfo is None:
        raise ValueError(f"A naive datetime has no day in Viet Nam: {instant!r}. Attach its zone first.")
    return instant.astimezone(VIET_NAM).date()


def month_of(day: date, calendar: AnyCalendar) -> Period:
    """The one month of a calendar that holds the day."""
    return period_of(day, PeriodKind.MONTH, calendar)


def period_of(day: date, kind: PeriodKind, calendar: AnyCalendar) -> Period:
    """The period of a kind that holds the day; for nine months, those of the day's year."""
    year, month = _year_and_month(day, calendar)
    ordinal = 1 if kind is PeriodKind.NINE_MONTHS else (month - 1) // _LENGTH[kind] + 1
    return period(calendar, kind, year, ordinal)


def period(calendar: AnyCalendar, kind: PeriodKind, year: int, ordinal: int = 1) -> Period:
    """A period by its number in the year: month 1 to 12, quarter 1 to 4, half year 1 or 2, otherwise 1.

    Raises:
        ValueError: a year has no such period.
    """
    length = _LENGTH[kind]
    if not 1 <= ordinal <= 12 // length:
        raise ValueError(f"A year has no {kind} number {ordinal}.")
    first_month = (ordinal - 1) * length + 1
    return Period(
        calendar=calendar,
        kind=kind,
        first_day=_first_day_of_month(year, first_month, calendar),
        last_day=_first_day_of_month(year, first_month + length, calendar) - timedelta(days=1),
        label=_label(kind, year, ordinal),
    )


def months_of(whole: Period) -> list[Period]:
    """The months that a period is made of, in order."""
    months = [month_of(whole.first_day, whole.calendar)]
    while months[-1].last_day < whole.last_day:
        months.append(month_of(months[-1].last_day + timedelta(days=1), whole.calendar))
    return months


def periods_of_year(calendar: AnyCalendar, year: int) -> list[Period]:
    """All 20 periods of a year, shortest kinds first, each kind in order."""
    return [
        period(calendar, kind, year, ordinal)
        for kind, length in _LENGTH.items()
        for ordinal in range(1, 12 // length + 1)
    ]


def year_of(day: date, calendar: AnyCalendar) -> int:
    """The reporting year that holds the day: 15 December 2026 is in the official year 2027."""
    return _year_and_month(day, calendar)[0]


def _year_and_month(day: date, calendar: AnyCalendar) -> tuple[int, int]:
    closes_on = _closing_day(calendar)
    if closes_on == 0 or day.day <= closes_on:
        return day.year, day.month
    return (day.year, day.month + 1) if day.month < 12 else (day.year + 1, 1)


def _first_day_of_month(year: int, month: int, calendar: AnyCalendar) -> date:
    """First day of a month; month 13 is January of the next year."""
    year, month = (year + 1, month - 12) if month > 12 else (year, month)
    closes_on = _closing_day(calendar)
    if closes_on == 0:
        return date(year, month, 1)
    closed_before = date(year, month - 1, closes_on) if month > 1 else date(year - 1, 12, closes_on)
    return closed_before + timedelta(days=1)


def _closing_day(calendar: AnyCalendar) -> int:
    return (KNOWN_CALENDARS[calendar] if isinstance(calendar, Calendar) else calendar).closes_on


def _label(kind: PeriodKind, year: int, ordinal: int) -> str:
    names = {
        PeriodKind.MONTH: f"Tháng {ordinal} năm {year}",
        PeriodKind.QUARTER: f"Quý {_ROMAN[min(ordinal, 4) - 1]} năm {year}",
        PeriodKind.HALF_YEAR: f"6 tháng {'đầu' if ordinal == 1 else 'cuối'} năm {year}",
        PeriodKind.NINE_MONTHS: f"9 tháng đầu năm {year}",
        PeriodKind.YEAR: f"Năm {year}",
    }
    return names[kind]
