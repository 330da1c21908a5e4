"""Numbers and days as Vietnamese readers write them."""

from datetime import UTC, date, datetime
from fractions import Fraction

import pytest

from lti_tool.app import create_app
from lti_tool.page_formats import (
    show_day,
    show_instant,
    show_month,
    show_number,
    show_percent,
    show_scaled,
)
from lti_tool.reports.indicator_words import indicator_for_reader
from lti_tool.settings import load_settings
from sync.calendars import Calendar, month_of
from sync.organization.models import OPEN_END
from sync.rollups.definitions import INDICATORS


@pytest.fixture(scope="module")
def app():
    return create_app(load_settings({"CCHC_DATABASE_URL": "sqlite://"}))


@pytest.fixture
def vietnamese(app):
    with app.test_request_context("/"):
        yield


@pytest.mark.parametrize(
    ("share", "shown"),
    [
        (Fraction(700, 9), "77,8%"),
        (Fraction(85), "85,0%"),
        (Fraction(9496, 100), "94,96%"),
        (Fraction(8501, 100), "85,01%"),
        (Fraction(850004, 10000), "85,0004%"),
        (Fraction(99999, 1000), "99,999%"),
        (Fraction(100), "100,0%"),
        (Fraction(0), "0,0%"),
        (None, "–"),
    ],
)
def test_a_share_never_looks_as_if_it_were_its_target(vietnamese, share, shown):
    against = 95 if share == Fraction(9496, 100) else 85

    assert show_percent(share, against) == shown


def test_numbers_have_a_dot_for_thousands_and_a_comma_for_decimals(vietnamese):
    assert show_number(1234567) == "1.234.567"
    assert show_scaled(0.85) == "8,5/10"


def test_english_pages_write_numbers_the_english_way(app):
    with app.test_request_context("/?lang=en"):
        assert show_number(1234) == "1,234"
        assert show_percent(Fraction(700, 9)) == "77.8%"


def test_days_are_written_day_first_and_instants_in_viet_nam():
    assert show_day(date(2026, 11, 24)) == "24/11/2026"
    assert show_day(OPEN_END) == show_day(None) == "–"
    assert show_instant(datetime(2026, 11, 23, 17, 30, tzinfo=UTC)) == "00:30 24/11/2026"


@pytest.mark.parametrize(("address", "words"), [("/", "Tháng 1 năm 2027"), ("/?lang=en", "January 2027")])
def test_an_official_month_is_named_after_the_month_in_which_it_ends(app, address, words):
    with app.test_request_context(address):
        shown = show_month(month_of(date(2026, 12, 15), Calendar.OFFICIAL))

    assert shown == words


@pytest.mark.parametrize("indicator", INDICATORS, ids=lambda one: one.code)
def test_indicators_are_explained_in_the_language_of_the_page(app, indicator):
    with app.test_request_context("/"):
        vietnamese = indicator_for_reader(indicator)
    with app.test_request_context("/?lang=en"):
        english = indicator_for_reader(indicator)

    assert vietnamese == indicator
    assert english.targets == indicator.targets
    assert "public administration reform" in english.title
