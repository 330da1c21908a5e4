"""Counts made anew from the facts are those that were made step by step."""

from sqlalchemy import delete, select

from sync.rollups.from_facts import recount_from_facts
from sync.rollups.models import PersonDays, PersonModule, UnitCount
from tests.factories.analysis import create_history


def rows_of(session, table) -> list[tuple]:
    return sorted(map(tuple, session.execute(select(*table.__table__.columns))), key=str)


def test_the_same_rows_come_from_the_facts(session):
    create_history(session)
    states, cells = rows_of(session, PersonModule), rows_of(session, UnitCount)
    days = rows_of(session, PersonDays)
    session.execute(delete(UnitCount).where(UnitCount.people_completed > 0))

    made = recount_from_facts(session)

    assert rows_of(session, PersonModule) == states
    assert rows_of(session, UnitCount) == cells
    assert rows_of(session, PersonDays) == days
    assert made == (len(states), len(cells))


def test_without_facts_there_is_nothing_to_count(session):
    assert recount_from_facts(session) == (0, 0)
