"""Deadlines in working days."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from content_packages.errors import HolidaysUnreadable
from content_packages.experts.working_days import (
    Holidays,
    add_working_days,
    read_holidays,
    shipped_holidays,
    working_days_until,
)

DAYS = st.dates(date(2026, 1, 1), date(2027, 10, 1))


def test_a_question_of_thursday_is_due_after_the_weekend():
    assert add_working_days(date(2026, 11, 26), 2, Holidays()) == date(2026, 11, 30)


def test_the_lunar_new_year_does_not_count():
    assert add_working_days(date(2026, 2, 13), 1, shipped_holidays()) == date(2026, 2, 23)


def test_a_saturday_worked_in_exchange_counts():
    holidays = shipped_holidays()

    assert holidays.is_working(date(2026, 8, 22))
    assert not holidays.is_working(date(2026, 8, 31))


def test_every_shipped_day_off_has_a_name():
    assert all(shipped_holidays().off.values())


@given(DAYS, st.integers(1, 40))
def test_a_deadline_is_so_many_working_days_away(day, count):
    due = add_working_days(day, count, shipped_holidays())

    assert shipped_holidays().is_working(due)
    assert working_days_until(day, due, shipped_holidays()) == count


@given(DAYS, DAYS)
def test_days_left_never_grow(day, due):
    later = working_days_until(day + timedelta(days=1), due, shipped_holidays())

    assert later <= working_days_until(day, due, shipped_holidays())


@pytest.mark.parametrize("text", ["", "off: [2026-01-01]", "off: {khong-phai-ngay: Tết}", "worked: []", "{"])
def test_a_file_of_another_form_is_refused(text):
    with pytest.raises(HolidaysUnreadable):
        read_holidays(text)
