"""Asking the store: each filter alone, together, and page by page."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy.orm import Session

from tests.factories.statements import (
    AUTHORITY,
    LESSON,
    make_agent,
    make_properties,
    make_statement,
    make_voiding,
)
from xapi_bridge.errors import StatementNotFound
from xapi_bridge.statement import Account
from xapi_bridge.store.query import StatementQuery, find_statement, query_statements
from xapi_bridge.store.record import record_statements
from xapi_bridge.store.sequence import instant_of, sequence_at
from xapi_bridge.vocabulary import adl

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
A = ("account", "https://lms.example", "a")
OTHER_LESSON = "https://cchc.example/p/cchc/m/mot-cua"
REGISTRATION = uuid4()

STATEMENTS = {
    "plain": make_statement(actor=make_agent("b")),
    "by a": make_statement(actor=make_agent("a"), verb={"id": adl.FAILED}),
    "by a group with a": make_statement(actor={"objectType": "Group", "member": [make_agent("a")]}),
    "about a": make_statement(actor=make_agent("b"), object={"objectType": "Agent", **make_agent("a")}),
    "taught by a": make_statement(actor=make_agent("b"), context={"instructor": make_agent("a")}),
    "inside by a": make_statement(
        actor=make_agent("b"),
        object={"objectType": "SubStatement", **make_properties(actor=make_agent("a"))},
    ),
    "other lesson": make_statement(actor=make_agent("b"), object={"id": OTHER_LESSON}),
    "within other lesson": make_statement(
        actor=make_agent("b"), context={"contextActivities": {"grouping": [{"id": OTHER_LESSON}]}}
    ),
    "registered": make_statement(actor=make_agent("b"), context={"registration": str(REGISTRATION)}),
}

FILTERS = [
    ({"agent": A}, {"by a", "by a group with a", "about a"}),
    (
        {"agent": A, "related_agents": True},
        {"by a", "by a group with a", "about a", "taught by a", "inside by a"},
    ),
    ({"verb": adl.FAILED}, {"by a"}),
    ({"verb": adl.PASSED}, set()),
    ({"activity": OTHER_LESSON}, {"other lesson"}),
    ({"activity": OTHER_LESSON, "related_activities": True}, {"other lesson", "within other lesson"}),
    ({"registration": REGISTRATION}, {"registered"}),
    ({"registration": uuid4()}, set()),
    ({"agent": A, "activity": LESSON}, {"by a", "by a group with a"}),
    ({"agent": A, "activity": LESSON, "verb": adl.FAILED}, {"by a"}),
    ({"agent": A, "activity": OTHER_LESSON}, set()),
    ({"agent": ("mbox", "mailto:nobody@example.vn")}, set()),
    ({"authority": AUTHORITY}, set(STATEMENTS)),
    ({"authority": Account("https://lms.example", "a")}, set()),
]


def record_all(session: Session) -> None:
    record_statements(session, list(STATEMENTS.values()), authority=AUTHORITY, now=NOW)


def names_of(statements) -> list[str]:
    names = {statement.id: name for name, statement in STATEMENTS.items()}
    return [names[one.statement_id] for one in statements]


@pytest.mark.parametrize(("filters", "expected"), FILTERS, ids=lambda value: ",".join(sorted(value)))
def test_a_filter_finds_exactly_what_it_names(session, filters, expected):
    record_all(session)

    page = query_statements(session, StatementQuery(**filters))

    assert set(names_of(page.statements)) == expected
    assert page.last_seq is None


def test_newest_first_unless_ascending_is_asked_for(session):
    record_all(session)

    descending = query_statements(session, StatementQuery())
    ascending = query_statements(session, StatementQuery(ascending=True))

    assert names_of(ascending.statements) == list(STATEMENTS)
    assert names_of(descending.statements) == list(reversed(STATEMENTS))


def test_since_excludes_its_instant_and_until_includes_it(session):
    record_all(session)
    second, fourth = (instant_of(sequence_at(NOW) + offset) for offset in (1, 3))

    page = query_statements(session, StatementQuery(since=second, until=fourth, ascending=True))

    assert names_of(page.statements) == list(STATEMENTS)[2:4]


@pytest.mark.parametrize("ascending", [True, False])
@pytest.mark.parametrize("filters", [{}, {"agent": A, "related_agents": True}])
def test_pages_together_are_the_whole_answer(session, filters, ascending):
    record_all(session)
    whole = query_statements(session, StatementQuery(**filters, ascending=ascending))

    collected, after = [], None
    while True:
        page = query_statements(session, StatementQuery(**filters, ascending=ascending, limit=2), after=after)
        collected += page.statements
        after = page.last_seq
        if after is None:
            break

    assert collected == whole.statements


def test_a_page_keeps_its_place_while_new_statements_arrive(session):
    record_all(session)
    first = query_statements(session, StatementQuery(limit=2))
    record_statements(session, [make_statement()], authority=AUTHORITY, now=NOW + timedelta(hours=1))

    second = query_statements(session, StatementQuery(limit=2), after=first.last_seq)

    assert names_of([*first.statements, *second.statements]) == list(reversed(STATEMENTS))[:4]


def test_a_statement_of_another_authority_is_not_told(session):
    record_all(session)
    statement_id = STATEMENTS["plain"].id

    assert find_statement(session, statement_id, authority=AUTHORITY).statement_id == statement_id
    with pytest.raises(StatementNotFound):
        find_statement(session, statement_id, authority=Account("https://lms.example", "a"))


def test_an_identifier_longer_than_an_index_entry_is_found(session):
    # PostgreSQL refuses B-tree entries over a third of a page.
    long_iri = "https://cchc.example/" + "x" * 9000
    statement = make_statement(object={"id": long_iri})

    record_statements(session, [statement], authority=AUTHORITY, now=NOW)

    page = query_statements(session, StatementQuery(activity=long_iri))
    assert [one.statement_id for one in page.statements] == [statement.id]


def test_voided_statements_leave_no_hole_in_a_page(session):
    kept = make_statement()
    many = [make_statement() for _ in range(12)]
    record_statements(session, [kept, *many], authority=AUTHORITY, now=datetime(2026, 11, 24, tzinfo=UTC))
    voiding = [make_voiding(one.id) for one in many]
    record_statements(session, voiding, authority=AUTHORITY, now=datetime(2026, 11, 25, tzinfo=UTC))

    # The voiding statements themselves are found by what they take back, so ask for the time before them.
    before = datetime(2026, 11, 24, 12, tzinfo=UTC)
    page = query_statements(session, StatementQuery(activity=LESSON, until=before, limit=1))

    assert [found.statement_id for found in page.statements] == [kept.id]
    assert page.last_seq is None
