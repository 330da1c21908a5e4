"""Recording: whole batches, once, with voiding and references in any order of arrival."""

import json
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.factories.statements import (
    AUTHORITY,
    LESSON,
    make_agent,
    make_properties,
    make_reference,
    make_statement,
    make_voiding,
)
from xapi_bridge.errors import StatementConflict, StatementIdRepeated, StatementNotFound
from xapi_bridge.statement import Statement, parse_statement
from xapi_bridge.store.follow import find_stored, last_sequence, read_after
from xapi_bridge.store.models import Posting, StatementRow, Term
from xapi_bridge.store.query import (
    StatementQuery,
    find_statement,
    find_voided_statement,
    query_statements,
)
from xapi_bridge.store.record import record_statements
from xapi_bridge.store.sequence import sequence_at
from xapi_bridge.vocabulary import adl

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)


def record(session: Session, *statements: Statement, now: datetime = NOW) -> list[UUID]:
    return record_statements(session, statements, authority=AUTHORITY, now=now)


def matching(session: Session, **filters: object) -> list[UUID]:
    page = query_statements(session, StatementQuery(**filters))
    return [statement.statement_id for statement in page.statements]


def test_a_statement_is_served_with_what_the_store_assigns(session):
    raw = json.dumps(make_properties()).encode()

    (statement_id,) = record(session, parse_statement(raw))

    served = json.loads(find_statement(session, statement_id).payload)
    assert served == {
        **json.loads(raw),
        "id": str(statement_id),
        "stored": "2026-11-24T02:00:00.000000Z",
        "timestamp": "2026-11-24T02:00:00.000000Z",
        "version": "1.0.0",
        "authority": {
            "objectType": "Agent",
            "account": {"homePage": AUTHORITY.home_page, "name": AUTHORITY.name},
        },
    }


def test_the_received_json_is_kept_byte_for_byte(session):
    given = b'"actor" : {"mbox":"mailto:a@b.vn"},\n "verb":{"id":"x:\\u0111"}, "object":{"id":"x:\xc4\x91"},'
    rest = b'"result":{"score":{"raw":1.50,"max":1e1}}'

    (statement_id,) = record(session, parse_statement(b"{" + given + rest + b"}"))

    assert find_statement(session, statement_id).payload.endswith(given + rest + b"}")


def test_stored_and_authority_of_the_sender_are_replaced_and_the_rest_is_kept(session):
    claimed = {"stored": "1999-01-01T00:00:00Z", "authority": make_agent("somebody"), "version": "1.0.2"}

    (statement_id,) = record(session, make_statement(**claimed, timestamp="2026-11-01T08:00:00+07:00"))

    served = json.loads(find_statement(session, statement_id).payload)
    assert served["stored"] == "2026-11-24T02:00:00.000000Z"
    assert served["authority"]["account"]["name"] == AUTHORITY.name
    assert served["version"] == "1.0.2"
    assert served["timestamp"] == "2026-11-01T08:00:00+07:00"


def test_sequence_numbers_grow_also_when_the_clock_goes_back(session):
    record(session, make_statement(), make_statement())
    record(session, make_statement(), now=NOW - timedelta(hours=1))

    sequences = [one.seq for one in read_after(session, 0, limit=10)]
    first = sequence_at(NOW)
    assert sequences == [first, first + 1, first + 2]


def test_the_same_statement_again_changes_nothing(session):
    statement = make_statement()
    record(session, statement)

    again = record(session, statement, now=NOW + timedelta(days=1))

    assert again == [statement.id]
    assert last_sequence(session) == sequence_at(NOW)
    assert session.scalar(select(func.count()).select_from(StatementRow)) == 1


def test_a_repeated_statement_may_be_one_of_a_batch(session):
    known, fresh = make_statement(), make_statement()
    record(session, known)

    ids = record(session, fresh, known)

    assert ids == [fresh.id, known.id]
    assert len(read_after(session, 0, limit=10)) == 2


def test_a_statement_without_timestamp_may_be_sent_again_without_it(session):
    statement = make_statement()
    record(session, statement)

    record(session, make_statement(id=str(statement.id)), now=NOW + timedelta(days=1))

    assert len(read_after(session, 0, limit=10)) == 1


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25, deadline=None)
@given(st.lists(st.sampled_from("abcđ"), min_size=1, max_size=6, unique=True), st.integers(1, 3))
def test_recording_any_batch_again_is_recording_it_once(session, names, times):
    batch = [make_statement(actor=make_agent(name)) for name in names]
    before = session.scalar(select(func.count()).select_from(StatementRow))

    for _ in range(times):
        record(session, *batch)

    assert session.scalar(select(func.count()).select_from(StatementRow)) == before + len(batch)


def test_another_statement_under_a_known_id_is_refused(session):
    statement = make_statement()
    record(session, statement)

    with pytest.raises(StatementConflict, match=str(statement.id)):
        record(session, make_statement(id=str(statement.id), verb={"id": adl.FAILED}))


def test_a_batch_that_uses_an_id_twice_is_refused(session):
    statement = make_statement()

    with pytest.raises(StatementIdRepeated, match=str(statement.id)):
        record(session, statement, statement)


def test_nothing_of_a_refused_batch_is_stored(engine):
    known = make_statement()
    with Session(engine) as session, session.begin():
        record(session, known)

    with pytest.raises(StatementConflict), Session(engine) as session, session.begin():
        record(session, make_statement(), make_statement(id=str(known.id), verb={"id": adl.FAILED}))

    with Session(engine) as session:
        assert [one.statement_id for one in read_after(session, 0, limit=10)] == [known.id]


def test_a_batch_larger_than_one_command_is_recorded_whole(session):
    batch = [make_statement(actor=make_agent(f"hoc-vien-{number}")) for number in range(1201)]

    ids = record(session, *batch)

    assert [one.statement_id for one in read_after(session, 0, limit=2000)] == ids
    assert record(session, *batch) == ids


def test_a_dictionary_counts_how_often_each_term_is_used(session):
    record(session, make_statement(), make_statement(actor=make_agent("hoc-vien-2")))

    counted = dict(session.execute(select(Term.term_id, Term.posting_count)).all())
    real = dict(session.execute(select(Posting.term_id, func.count()).group_by(Posting.term_id)).all())
    assert counted == real


# Voiding


@pytest.mark.parametrize("target_first", [True, False], ids=["target first", "voider first"])
@pytest.mark.parametrize("together", [True, False], ids=["one batch", "two batches"])
def test_a_voided_statement_disappears_whichever_comes_first(session, target_first, together):
    target = make_statement()
    voider = make_voiding(target.id)
    order = [target, voider] if target_first else [voider, target]

    for batch in [order] if together else [[one] for one in order]:
        record(session, *batch)

    assert matching(session) == [voider.id]
    assert find_voided_statement(session, target.id).statement_id == target.id
    with pytest.raises(StatementNotFound):
        find_statement(session, target.id)


@pytest.mark.spec("xAPI 1.0.3 Data 2.3.2.s2.b3")
@pytest.mark.parametrize("voider_first", [True, False])
def test_a_statement_that_voids_another_cannot_be_voided(session, voider_first):
    target = make_statement()
    voider = make_voiding(target.id)
    second = make_voiding(voider.id)

    for statement in [target, voider, second] if voider_first else [second, voider, target]:
        record(session, statement)

    assert find_statement(session, voider.id).voided is False
    assert find_stored(session, target.id).voided is True


def test_a_statement_about_another_with_an_ordinary_verb_voids_nothing(session):
    target = make_statement()

    record(session, target, make_reference(target.id))

    assert find_stored(session, target.id).voided is False


# References


def test_what_a_statement_refers_to_makes_it_match_in_any_order(session):
    target = make_statement(actor=make_agent("a"), context={"registration": str(uuid4())})
    earlier, later = (make_reference(target.id, actor=make_agent("b")) for _ in range(2))

    record(session, earlier)
    record(session, target)
    record(session, later)

    everything = {earlier.id, target.id, later.id}
    assert set(matching(session, agent=("account", "https://lms.example", "a"))) == everything
    assert set(matching(session, activity=LESSON)) == everything
    assert set(matching(session, registration=target.registration)) == everything


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 0, 2), (0, 2, 1), (2, 0, 1), (1, 2, 0)])
def test_a_chain_of_references_is_followed_to_its_end(session, order):
    end = make_statement(actor=make_agent("a"))
    middle = make_reference(end.id, actor=make_agent("b"))
    start = make_reference(middle.id, actor=make_agent("c"))
    chain = [end, middle, start]

    for position in order:
        record(session, chain[position])

    found = matching(session, agent=("account", "https://lms.example", "a"))
    assert set(found) == {end.id, middle.id, start.id}


def test_references_in_a_circle_come_to_an_end(session):
    one, other = uuid4(), uuid4()

    record(session, make_reference(other, id=str(one), actor=make_agent("a")))
    record(session, make_reference(one, id=str(other), actor=make_agent("b")))

    assert set(matching(session, agent=("account", "https://lms.example", "a"))) == {one, other}


def test_who_refers_to_a_voided_statement_still_matches(session):
    target = make_statement(actor=make_agent("a"))
    referrer = make_reference(target.id, actor=make_agent("b"))

    record(session, target, referrer, make_voiding(target.id, actor=make_agent("c")))

    assert referrer.id in matching(session, agent=("account", "https://lms.example", "a"))
    assert target.id not in matching(session)
