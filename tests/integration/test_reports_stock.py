"""Stock: who is in a unit on a day, what they had done by then; parts always sum to the whole."""

from datetime import date

import pytest

from sync.errors import UnitUnknown
from sync.organization.models import Appointment
from sync.reports.coverage import Stock, count_unplaced, cover_unit
from sync.reports.people import PeopleQuestion, Progress, count_people, list_people
from sync.reports.programme import read_programme
from sync.rollups.definitions import CIVIL_SERVANTS
from tests.factories.learning import IRI_BASE, make_module
from tests.factories.reports import LAST_OF_DISTRICTS, TODAY, create_country


@pytest.fixture
def country(session):
    return create_country(session)


@pytest.fixture
def cover(session, country):
    programme = read_programme(session, iri_base=IRI_BASE)

    def covered(unit_id: int, *, on: date = TODAY, module_iri: str | None = None):
        return cover_unit(
            session, unit_id, on=on, population=CIVIL_SERVANTS, programme=programme, module_iri=module_iri
        )

    return covered


@pytest.mark.parametrize("on", [LAST_OF_DISTRICTS, date(2025, 7, 1), TODAY])
@pytest.mark.parametrize("unit", ["nation", "ministry", "old_province", "province", "commune_dong_van"])
def test_own_people_and_parts_sum_to_the_whole(country, cover, unit, on):
    coverage = cover(getattr(country, unit), on=on)

    parts = sum((part.stock for part in coverage.parts), start=coverage.own)
    assert parts == coverage.total
    assert sum((stock for _, stock in coverage.levels), Stock()) == coverage.total


def test_today_the_country_counts_what_was_done_until_today(country, cover):
    coverage = cover(country.nation)

    assert coverage.total == Stock(people=5, accessed=3, completed=2, completed_all=1)
    assert dict(coverage.levels) == {
        "central": Stock(2, 1, 1, 1),
        "province": Stock(1, 1, 0, 0),
        "commune": Stock(2, 1, 1, 0),
    }


def test_on_30_june_2025_the_tree_has_districts_and_the_day_after_none(country, cover):
    before, after = cover(country.nation, on=LAST_OF_DISTRICTS), cover(country.nation, on=date(2025, 7, 1))

    assert [part.unit.name for part in before.parts] == ["Bộ Nội vụ", "Tỉnh Hà Giang"]
    assert [part.unit.name for part in after.parts] == ["Bộ Nội vụ", "Tỉnh Tuyên Quang"]
    assert "district" in dict(before.levels)
    assert "district" not in dict(after.levels)


def test_stock_moves_with_the_person(country, cover):
    assert cover(country.old_district, on=LAST_OF_DISTRICTS).total == Stock(2, 1, 1, 0)
    assert cover(country.old_district, on=TODAY).total == Stock()
    assert cover(country.commune_dong_van, on=TODAY).total == Stock(1, 1, 1, 0)


def test_what_happened_later_is_not_counted_earlier(country, cover):
    assert cover(country.ministry, on=date(2026, 11, 9)).total == Stock(people=2)
    assert cover(country.ministry, on=date(2026, 11, 10)).total == Stock(2, 1, 1, 1)


def test_one_module_is_counted_alone(country, cover):
    coverage = cover(country.nation, module_iri=make_module("m2").iri)

    assert coverage.total == Stock(people=5, accessed=1, completed=1, completed_all=0)


def test_posts_outside_the_population_are_not_counted(session, country, cover):
    post = session.query(Appointment).filter_by(unit_id=country.ministry).first()
    post.staff_category = "vien_chuc"
    session.flush()

    assert cover(country.ministry).total.people == 1


def test_a_post_left_behind_in_a_dissolved_unit_is_reported_and_not_counted(session, country, cover):
    for post in session.query(Appointment).filter_by(unit_id=country.commune_dan_chu):
        session.delete(post)
    session.flush()
    for post in session.query(Appointment).filter_by(unit_id=country.old_district):
        if (
            not session.query(Appointment)
            .filter_by(person_id=post.person_id, unit_id=country.commune_dong_van)
            .count()
        ):
            post.valid_to = date(9999, 12, 31)
    session.flush()

    coverage = cover(country.nation)

    assert coverage.total.people == 4
    assert coverage.own + sum((part.stock for part in coverage.parts), Stock()) == coverage.total
    assert count_unplaced(session, on=TODAY, population=CIVIL_SERVANTS).people == 1


def test_accounts_of_nobody_are_reported(session, country):
    assert count_unplaced(session, on=TODAY, population=CIVIL_SERVANTS).accounts == 1


def test_an_unknown_unit_is_refused(cover):
    with pytest.raises(UnitUnknown):
        cover(999_999)


@pytest.mark.parametrize(
    ("progress", "figure"),
    [
        (frozenset(Progress), "people"),
        (frozenset({Progress.STARTED, Progress.COMPLETED}), "accessed"),
        (frozenset({Progress.COMPLETED}), "completed"),
    ],
)
@pytest.mark.parametrize("unit", ["nation", "ministry", "province", "commune_dan_chu"])
def test_the_list_behind_a_figure_has_as_many_people(session, country, cover, unit, progress, figure):
    asked = PeopleQuestion(
        unit_id=getattr(country, unit),
        on=TODAY,
        population=CIVIL_SERVANTS,
        programme=read_programme(session, iri_base=IRI_BASE),
        progress=progress,
    )

    listed = list_people(session, asked)

    assert len(listed) == count_people(session, asked) == getattr(cover(asked.unit_id).total, figure)
    assert {person.progress for person in listed} <= progress


def test_who_completed_everything_is_found(session, country):
    asked = PeopleQuestion(
        unit_id=country.nation,
        on=TODAY,
        population=CIVIL_SERVANTS,
        programme=read_programme(session, iri_base=IRI_BASE),
        whole_programme=True,
    )

    assert [person.pseudonym for person in list_people(session, asked)] == [country.pseudonyms["an"]]
