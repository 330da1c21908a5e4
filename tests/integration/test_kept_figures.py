"""Kept figures are those of the database as it is, whoever changed it and by whatever way."""

from contextlib import contextmanager
from datetime import date, timedelta

import pytest
from sqlalchemy import delete, insert, select, text, update
from sqlalchemy.orm import Session

from sync.figure_versions import Changed, FigureChange, add_up_changes, read_figure_version
from sync.kept import MODULES, PEOPLE, STAFF, keep, keep_days
from sync.organization.models import Appointment, UnitClosure, UnitLabel, UnitSuccession
from tests.factories.learning import NOON, make_completed, record
from tests.factories.reports import FIRST_DAY, TODAY, create_country, follow

NEXT_DAY = NOON + timedelta(days=1)


@pytest.fixture
def country(engine):
    with Session(engine) as session, session.begin():
        return create_country(session)


@pytest.fixture
def reading(engine):
    """Opens sessions as pages do: each request has its own."""
    reader = engine.execution_options(read_only=True)

    @contextmanager
    def opened():
        with Session(reader) as session:
            yield session

    return opened


class Counter:
    """Counts how often it was asked."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self) -> int:
        self.times += 1
        return self.times


@pytest.mark.parametrize("of", [STAFF, PEOPLE, MODULES])
def test_figures_are_counted_once_while_nothing_changes(reading, country, of):
    count = Counter()

    for _ in range(3):
        with reading() as session:
            assert keep(session, "figures", count, of=of) == 1


@pytest.mark.parametrize(
    "change",
    [
        update(Appointment).where(Appointment.valid_from == FIRST_DAY).values(valid_from=date(2022, 12, 1)),
        delete(Appointment),
        update(UnitLabel).values(short_name="Tên khác"),
        insert(UnitSuccession).values(
            from_unit_id=1, to_unit_id=2, on_date=TODAY, mode="whole", is_default=True, legal_basis=""
        ),
        delete(UnitClosure).where(UnitClosure.depth > 0),
        text("UPDATE sync_unit SET legal_basis = 'x'"),
    ],
    ids=["back-dated", "posts deleted", "renamed", "succession", "closure", "plain SQL"],
)
def test_a_change_of_units_or_posts_has_everything_counted_anew(engine, reading, country, change):
    count = Counter()
    with reading() as session:
        keep(session, "figures", count, of=STAFF)

    with Session(engine) as session, session.begin():
        session.execute(change)

    with reading() as session:
        assert keep(session, "figures", count, of=STAFF) == 2


def test_a_new_post_is_seen_by_the_next_reader(engine, reading, country):
    count = Counter()
    with reading() as session:
        keep(session, "figures", count, of=PEOPLE)

    with Session(engine) as session, session.begin():
        post = session.scalars(select(Appointment)).first()
        session.add(
            Appointment(
                person_id=post.person_id,
                unit_id=post.unit_id,
                staff_category="vien_chuc",
                is_primary=False,
                valid_from=FIRST_DAY,
                recorded_at=NOON,
            )
        )

    with reading() as session:
        assert keep(session, "figures", count, of=PEOPLE) == 2


def test_only_days_from_the_change_on_are_counted_anew(engine, reading, country):
    asked: list[list[date]] = []

    def count(days):
        asked.append(days)
        return [day.year for day in days]

    days = [date(2024, 12, 14), date(2025, 12, 14), TODAY]
    with reading() as session:
        assert keep_days(session, "series", days, count, of=PEOPLE) == [2024, 2025, 2026]
    with Session(engine) as session, session.begin():
        record(session, make_completed("binh", "m1", at=NEXT_DAY))
        follow(session)

    with reading() as session:
        assert keep_days(session, "series", days, count, of=PEOPLE) == [2024, 2025, 2026]

    assert asked == [days, [TODAY]]


def test_another_module_of_a_person_who_began_long_ago_changes_no_figure_of_people(engine, reading, country):
    of_people, of_modules = Counter(), Counter()
    with reading() as session:
        keep(session, "people", of_people, of=PEOPLE)
        keep(session, "modules", of_modules, of=MODULES)

    with Session(engine) as session, session.begin():
        record(session, make_completed("chi", "m2", at=NEXT_DAY))
        follow(session)

    with reading() as session:
        assert keep(session, "modules", of_modules, of=MODULES) == 2
        assert keep(session, "modules before", of_modules, of=MODULES, on=TODAY) == 3
        # chi has completed both required modules now: that is a day of the person.
        assert keep(session, "people", of_people, of=PEOPLE) == 2
        assert keep(session, "people before", of_people, of=PEOPLE, on=date(2025, 1, 1)) == 3


def test_a_transaction_that_may_write_keeps_nothing(engine, country):
    count = Counter()

    with Session(engine) as session:
        assert [keep(session, "figures", count, of=STAFF) for _ in range(2)] == [1, 2]


def test_figures_that_are_out_of_date_are_given_only_where_they_are_tolerated(engine, reading, country):
    count = Counter()
    with reading() as session:
        keep(session, "figures", count, of=MODULES)
    with Session(engine) as session, session.begin():
        record(session, make_completed("binh", "m1", at=NEXT_DAY))
        follow(session)

    with reading() as session:
        assert keep(session, "figures", count, of=MODULES, tolerates=lambda _: True) == 1
        assert keep(session, "figures", count, of=MODULES) == 2

    with Session(engine) as session, session.begin():
        session.execute(delete(Appointment))
    with reading() as session:
        assert keep(session, "figures", count, of=MODULES, tolerates=lambda _: True) == 3


def test_adding_up_the_changes_changes_no_version(session, country):
    for _ in range(250):
        session.execute(text("UPDATE sync_unit SET legal_basis = legal_basis"))
    before = read_figure_version(session).of(Changed.STAFF, TODAY)

    add_up_changes(session)

    assert read_figure_version(session).of(Changed.STAFF, TODAY) == before
    kept = session.scalars(select(FigureChange).where(FigureChange.what == Changed.STAFF.value)).all()
    assert len(kept) == 1
