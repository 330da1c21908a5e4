"""Every day belongs to exactly one month of each calendar, and months tile the longer periods."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.calendars import (
    Calendar,
    PeriodKind,
    local_day,
    month_of,
    months_of,
    period,
    period_of,
    periods_of_year,
    year_of,
)

DAYS = st.dates(date(1990, 1, 1), date(2090, 12, 31))
CALENDARS = st.sampled_from(Calendar)
YEARS = st.integers(1990, 2090)
OFFICIAL, CALENDAR = Calendar.OFFICIAL, Calendar.CALENDAR


@given(day=DAYS, calendar=CALENDARS)
def test_every_day_lies_in_exactly_one_month_of_each_calendar(day, calendar):
    around = {
        month.first_day: month
        for year in (day.year, day.year + 1)
        for month in periods_of_year(calendar, year)
        if month.kind is PeriodKind.MONTH
    }

    holding = [month for month in around.values() if day in month]

    assert holding == [month_of(day, calendar)]


@given(day=DAYS, calendar=CALENDARS)
def test_the_day_after_a_month_begins_the_next_month(day, calendar):
    month = month_of(day, calendar)

    following = month_of(month.last_day + timedelta(days=1), calendar)

    assert following.first_day == month.last_day + timedelta(days=1)


@given(year=YEARS, calendar=CALENDARS, kind=st.sampled_from([PeriodKind.QUARTER, PeriodKind.HALF_YEAR]))
def test_shorter_periods_tile_the_year(year, calendar, kind):
    whole = period(calendar, PeriodKind.YEAR, year)

    parts = [part for part in periods_of_year(calendar, year) if part.kind is kind]

    assert parts[0].first_day == whole.first_day
    assert parts[-1].last_day == whole.last_day
    assert all(a.last_day + timedelta(days=1) == b.first_day for a, b in pairwise(parts))


@given(year=YEARS, calendar=CALENDARS)
def test_months_tile_every_longer_period(year, calendar):
    for whole in periods_of_year(calendar, year):
        months = months_of(whole)

        lengths = [(month.last_day - month.first_day).days + 1 for month in months]
        assert sum(lengths) == (whole.last_day - whole.first_day).days + 1
        assert all(month.kind is PeriodKind.MONTH for month in months)


@given(day=DAYS, calendar=CALENDARS)
def test_the_year_of_a_day_is_the_year_that_holds_it(day, calendar):
    assert day in period(calendar, PeriodKind.YEAR, year_of(day, calendar))


@given(day=DAYS, calendar=CALENDARS, kind=st.sampled_from([k for k in PeriodKind if k != "nine_months"]))
def test_the_period_of_a_day_holds_it(day, calendar, kind):
    assert day in period_of(day, kind, calendar)


@pytest.mark.parametrize(
    ("kind", "ordinal", "first_day", "last_day", "label"),
    [
        (PeriodKind.MONTH, 1, date(2025, 12, 15), date(2026, 1, 14), "Tháng 1 năm 2026"),
        (PeriodKind.MONTH, 11, date(2026, 10, 15), date(2026, 11, 14), "Tháng 11 năm 2026"),
        (PeriodKind.QUARTER, 1, date(2025, 12, 15), date(2026, 3, 14), "Quý I năm 2026"),
        (PeriodKind.QUARTER, 3, date(2026, 6, 15), date(2026, 9, 14), "Quý III năm 2026"),
        (PeriodKind.HALF_YEAR, 1, date(2025, 12, 15), date(2026, 6, 14), "6 tháng đầu năm 2026"),
        (PeriodKind.NINE_MONTHS, 1, date(2025, 12, 15), date(2026, 9, 14), "9 tháng đầu năm 2026"),
        (PeriodKind.YEAR, 1, date(2025, 12, 15), date(2026, 12, 14), "Năm 2026"),
    ],
)
def test_official_periods_run_from_the_15th_to_the_14th(kind, ordinal, first_day, last_day, label):
    found = period(OFFICIAL, kind, 2026, ordinal)

    assert (found.first_day, found.last_day, found.label) == (first_day, last_day, label)


def test_the_calendar_year_knows_leap_days():
    february = month_of(date(2028, 2, 29), CALENDAR)

    assert (february.first_day, february.last_day) == (date(2028, 2, 1), date(2028, 2, 29))


def test_the_fifteenth_of_december_opens_the_next_official_year():
    assert year_of(date(2026, 12, 14), OFFICIAL) == 2026
    assert year_of(date(2026, 12, 15), OFFICIAL) == 2027


def test_a_year_has_no_thirteenth_month():
    with pytest.raises(ValueError, match="no month number 13"):
        period(OFFICIAL, PeriodKind.MONTH, 2026, 13)


def test_an_evening_in_utc_is_the_next_day_in_viet_nam():
    assert local_day(datetime(2026, 12, 14, 17, 0, tzinfo=UTC)) == date(2026, 12, 15)
    assert local_day(datetime(2026, 12, 14, 16, 59, 59, tzinfo=UTC)) == date(2026, 12, 14)


def test_an_instant_without_a_zone_has_no_day():
    with pytest.raises(ValueError, match="naive"):
        local_day(datetime(2026, 12, 14, 17, 0))  # noqa: DTZ001 - the refusal is what is tested
