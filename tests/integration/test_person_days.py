"""The first days of each person follow the states, whatever comes late, twice or is taken back."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from sync.figure_versions import Changed, read_figure_version
from sync.followers import follow_once
from sync.reports.coverage import Stock, cover_unit
from sync.reports.programme import Programme, read_programme
from sync.rollups.definitions import CIVIL_SERVANTS
from sync.rollups.follower import rollups_follower
from sync.rollups.models import PersonDays, PersonModule
from sync.rollups.person_days import days_of_people, recount_person_days
from sync.rollups.verify import verify_rollups
from tests.factories.learning import (
    IRI_BASE,
    NOON,
    create_official,
    create_small_tree,
    make_completed,
    make_module,
    make_opened,
    make_voiding,
    record,
)
from tests.factories.lti import create_package
from tests.factories.reports import TODAY, create_country

FOLLOWER = rollups_follower(iri_base=IRI_BASE)
MARCH, MAY = date(2026, 3, 10), date(2026, 5, 10)


@pytest.fixture
def learner(session) -> int:
    tree = create_small_tree(session)
    return create_official(session, "an", tree.leaves[0])


def follow(session) -> None:
    while follow_once(session, FOLLOWER, limit=3, now=NOON):
        pass


def days_of(session, person_id: int) -> tuple[date | None, ...] | None:
    row = session.get(PersonDays, person_id, populate_existing=True)
    return None if row is None else (row.first_accessed_on, row.first_completed_on, row.completed_all_on)


def at(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 5, tzinfo=UTC)


def test_whoever_did_nothing_has_no_row(session, learner):
    follow(session)

    assert days_of(session, learner) is None


def test_a_late_statement_moves_the_first_day_back(session, learner):
    record(session, make_completed("an", "m1", at=at(MAY)))
    follow(session)

    record(session, make_opened("an", "m2", at=at(MARCH)))
    follow(session)

    assert days_of(session, learner) == (MARCH, MAY, None)


def test_a_void_moves_the_first_day_to_what_is_left(session, learner):
    [first] = record(session, make_completed("an", "m1", at=at(MARCH)))
    record(session, make_completed("an", "m2", at=at(MAY)))
    follow(session)

    record(session, make_voiding(first))
    follow(session)

    assert days_of(session, learner) == (MAY, MAY, None)


def test_when_everything_is_taken_back_the_row_goes(session, learner):
    [only] = record(session, make_opened("an", "m1", at=at(MARCH)))
    follow(session)

    record(session, make_voiding(only))
    follow(session)

    assert days_of(session, learner) is None


def test_the_last_of_all_required_modules_completes_the_programme(session, learner):
    create_package(session, now=NOON, package_id="cchc", modules=("m1", "m2"))
    required = read_programme(session, iri_base=IRI_BASE).required_iris
    assert required == {make_module("m1").iri, make_module("m2").iri}

    record(session, make_completed("an", "m2", at=at(MAY)))
    follow(session)
    assert days_of(session, learner) == (MAY, MAY, None)
    [first] = record(session, make_completed("an", "m1", at=at(MARCH)))
    follow(session)
    assert days_of(session, learner) == (MARCH, MARCH, MAY)
    record(session, make_voiding(first))
    follow(session)
    assert days_of(session, learner) == (MAY, MAY, None)


def test_a_programme_published_later_counts_everybody_anew(session, learner):
    record(session, make_completed("an", "m1", at=at(MARCH)), make_completed("an", "m2", at=at(MAY)))
    follow(session)
    assert days_of(session, learner) == (MARCH, MARCH, None)

    create_package(session, now=NOON, package_id="cchc", modules=("m1", "m2"))
    record(session, make_opened("an", "m1", at=at(MAY)))
    follow(session)

    assert days_of(session, learner) == (MARCH, MARCH, MAY)
    assert verify_rollups(session, iri_base=IRI_BASE).agree


def test_until_the_follower_knows_the_programme_pages_look_at_modules(session):
    country = create_country(session)
    programme = read_programme(session, iri_base=IRI_BASE)
    recount_person_days(session, required=frozenset())

    total = cover_unit(
        session, country.nation, on=TODAY, population=CIVIL_SERVANTS, programme=programme
    ).total

    assert total == Stock(people=5, accessed=3, completed=2, completed_all=1)
    assert not cover_unit(
        session, country.nation, on=TODAY, population=CIVIL_SERVANTS, programme=Programme()
    ).total.completed_all


def test_the_recount_finds_a_wrong_day(session, learner):
    record(session, make_completed("an", "m1", at=at(MARCH)))
    follow(session)
    session.get(PersonDays, learner).first_completed_on = MAY
    session.flush()

    report = verify_rollups(session, iri_base=IRI_BASE)

    assert [one.table for one in report.differences] == ["days"]


def test_what_is_done_today_leaves_the_version_of_earlier_days(session, learner):
    record(session, make_completed("an", "m1", at=at(MARCH)))
    follow(session)
    before = read_figure_version(session)

    record(session, make_completed("an", "m2", at=at(MAY)))
    follow(session)

    after = read_figure_version(session)
    assert before.of(Changed.PEOPLE, MAY) == after.of(Changed.PEOPLE, MAY)
    assert before.of(Changed.MODULES, MARCH) == after.of(Changed.MODULES, MARCH)
    assert before.of(Changed.MODULES, MAY) != after.of(Changed.MODULES, MAY)


def test_days_are_what_the_states_say(session, learner):
    record(session, *(make_opened("an", module, at=at(MAY)) for module in ("m1", "m2")))
    follow(session)

    assert list(session.execute(days_of_people(frozenset()))) == [(learner, MAY, None, None)]
    assert len(session.scalars(select(PersonModule)).all()) == 2
