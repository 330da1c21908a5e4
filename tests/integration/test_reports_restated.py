"""Across the reorganisation: as it was, and restated to today's units; series, matrices, lists agree."""

from datetime import date

import pytest

from sync.calendars import Calendar, PeriodKind
from sync.organization.models import OPEN_END, Unit, UnitSuccession
from sync.reports.attention import Attention
from sync.reports.coverage import Stock, cover_level, cover_unit
from sync.reports.leaves import StockQuestion, count_posts, list_moved
from sync.reports.matrix import count_topics, fill_matrix
from sync.reports.people import PeopleQuestion, Progress, count_people, list_people
from sync.reports.programme import read_programme
from sync.reports.series import closing_days_until, stock_on_days
from sync.rollups.definitions import CIVIL_SERVANTS
from tests.factories.learning import IRI_BASE, make_module
from tests.factories.organization import REORGANISATION
from tests.factories.reports import (
    FIRST_DAY,
    LAST_OF_DISTRICTS,
    TODAY,
    create_country,
    create_posted_person,
)


@pytest.fixture
def country(session):
    """chi and dung moved with their posts; giang's post ended with the district."""
    made = create_country(session)
    for old, new in ((made.old_province, made.province), (made.old_district, made.province)):
        session.add(
            UnitSuccession(
                from_unit_id=old,
                to_unit_id=new,
                on_date=REORGANISATION,
                mode="whole",
                is_default=True,
                legal_basis="NQ 202/2025/QH15",
            )
        )
    district = session.get(Unit, made.old_district)
    create_posted_person(session, "giang", [(district, FIRST_DAY, REORGANISATION)])
    return made


@pytest.fixture
def programme(session, country):
    return read_programme(session, iri_base=IRI_BASE)


@pytest.fixture
def cover(session, programme):
    def covered(unit_id, on, *, restated_to=TODAY):
        return cover_unit(
            session,
            unit_id,
            on=on,
            population=CIVIL_SERVANTS,
            programme=programme,
            restated_to=restated_to,
        )

    return covered


@pytest.mark.parametrize("on", [date(2024, 6, 1), LAST_OF_DISTRICTS, REORGANISATION, TODAY])
def test_the_country_has_the_same_people_in_both_trees_and_parts_sum_up(country, cover, on):
    as_was, restated = cover(country.nation, on, restated_to=None), cover(country.nation, on)

    assert as_was.total == restated.total
    for coverage in (as_was, restated):
        assert sum((part.stock for part in coverage.parts), coverage.own) == coverage.total
        assert sum((stock for _, stock in coverage.levels), Stock()) == coverage.total


def test_people_of_the_district_are_in_the_units_that_they_went_to(country, cover):
    province = cover(country.province, LAST_OF_DISTRICTS)

    assert [(part.unit.short_name, part.stock.people) for part in province.parts] == [
        ("Dân Chủ", 1),
        ("Đồng Văn", 1),
    ]
    assert province.own == Stock(people=1)
    assert province.total == Stock(people=3, accessed=1, completed=1)


def test_as_it_was_the_new_province_has_nobody_before_its_first_day(country, cover):
    assert cover(country.province, LAST_OF_DISTRICTS, restated_to=None).total == Stock()


def test_a_restated_figure_leads_to_the_same_people(session, country, programme):
    for unit, direct, expected in (
        (country.province, False, {"chi", "dung", "giang"}),
        (country.commune_dong_van, False, {"chi"}),
        (country.province, True, {"giang"}),
    ):
        asked = PeopleQuestion(
            unit_id=unit,
            on=LAST_OF_DISTRICTS,
            population=CIVIL_SERVANTS,
            programme=programme,
            restated_to=TODAY,
            direct_only=direct,
        )
        found = {one.pseudonym for one in list_people(session, asked)}
        names = {name: key for name, key in country.pseudonyms.items() if key in found}
        assert len(found) == len(expected) == count_people(session, asked)
        assert set(names) == expected - {"giang"}


def test_the_sources_of_a_restated_unit_are_told_with_their_people(session, country, programme):
    asked = StockQuestion(
        country.commune_dong_van, LAST_OF_DISTRICTS, CIVIL_SERVANTS, programme, restated_to=TODAY
    )

    [moved] = list_moved(session, asked)

    assert (moved.from_id, moved.to_id, moved.stock.people) == (
        country.old_district,
        country.commune_dong_van,
        1,
    )
    assert count_posts(session, [country.old_district], on=LAST_OF_DISTRICTS, population=CIVIL_SERVANTS) == {
        country.old_district: 3
    }


@pytest.mark.parametrize("restated_to", [None, TODAY])
@pytest.mark.parametrize("unit", ["nation", "ministry", "old_province", "province", "commune_dong_van"])
def test_a_series_tells_the_same_as_one_day_after_the_other(session, country, cover, unit, restated_to):
    unit_id = getattr(country, unit)
    days = [FIRST_DAY, date(2024, 4, 30), date(2024, 5, 1), LAST_OF_DISTRICTS, REORGANISATION, TODAY]

    series = stock_on_days(session, unit_id, days, population=CIVIL_SERVANTS, restated_to=restated_to)

    for one in series:
        stock = cover(unit_id, one.day, restated_to=restated_to).total
        assert one.stock == Stock(stock.people, stock.accessed, stock.completed), one.day


def test_closing_days_are_those_of_the_calendar_and_the_day_itself():
    days = closing_days_until(
        date(2023, 7, 1), since=FIRST_DAY, kind=PeriodKind.QUARTER, calendar=Calendar.OFFICIAL
    )

    assert days == [date(2022, 12, 14), date(2023, 3, 14), date(2023, 6, 14), date(2023, 7, 1)]


def test_a_matrix_agrees_with_the_stock_of_each_module(session, country, programme):
    question = StockQuestion(country.nation, TODAY, CIVIL_SERVANTS, programme)
    columns = {one.iri: [one.iri] for one in programme.modules}

    matrix = fill_matrix(session, question, columns=columns)

    for iri in columns:
        coverage = cover_unit(
            session,
            country.nation,
            on=TODAY,
            population=CIVIL_SERVANTS,
            programme=programme,
            module_iri=iri,
        )
        assert matrix.total.completed.get(iri, 0) == coverage.total.completed
        assert {row.unit.unit_id: row.completed.get(iri, 0) for row in matrix.rows} == {
            part.unit.unit_id: part.stock.completed for part in coverage.parts if part.stock.people
        }


def test_who_completed_two_modules_of_a_topic_counts_once(session, country, programme):
    question = StockQuestion(country.nation, TODAY, CIVIL_SERVANTS, programme)
    both = {"linh-vuc": [make_module("m1").iri, make_module("m2").iri]}

    assert count_topics(session, question, both) == {"linh-vuc": 2}


def test_units_of_a_level_are_counted_with_everything_below(session, country, programme):
    question = StockQuestion(country.nation, LAST_OF_DISTRICTS, CIVIL_SERVANTS, programme)

    districts = cover_level(session, question, "district")
    provinces = cover_level(session, question, "province")

    assert [(part.unit.short_name, part.stock.people) for part in districts] == [("Đồng Văn", 3)]
    assert [(part.unit.short_name, part.stock.people) for part in provinces] == [("Hà Giang", 3)]


def test_nobody_stands_on_two_lists_of_attention(session, country, programme):
    found = {
        reason: {
            one.person_id
            for one in list_people(
                session,
                PeopleQuestion(
                    unit_id=country.nation,
                    on=TODAY,
                    population=CIVIL_SERVANTS,
                    programme=programme,
                    attention=reason,
                ),
            )
        }
        for reason in Attention
    }

    assert len(found[Attention.NOT_OPENED]) == 2
    assert sum(len(ids) for ids in found.values()) == len(set().union(*found.values()))


def test_who_opened_something_and_was_quiet_for_a_month_has_stalled(session, country, programme):
    later = date(2026, 12, 15)
    asked = PeopleQuestion(
        unit_id=country.province,
        on=later,
        population=CIVIL_SERVANTS,
        programme=programme,
        progress=frozenset({Progress.STARTED}),
        attention=Attention.STALLED,
    )

    assert [one.pseudonym for one in list_people(session, asked)] == [country.pseudonyms["em"]]
    assert later < OPEN_END
