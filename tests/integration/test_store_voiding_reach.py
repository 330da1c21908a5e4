"""A key that may only write takes back its own statements and no others, in either order of arrival."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.factories.statements import AUTHORITY, make_agent, make_reference, make_statement, make_voiding
from xapi_bridge.errors import StatementNotFound, VoidingReachesTooFar
from xapi_bridge.statement import Account, parse_statement
from xapi_bridge.store.models import StatementRow, Term, TermKind
from xapi_bridge.store.payload import received_from
from xapi_bridge.store.postings import TermKey, agent_term
from xapi_bridge.store.query import find_statement, find_voided_statement
from xapi_bridge.store.record import record_statements
from xapi_bridge.store.terms import number_terms
from xapi_bridge.vocabulary import adl

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
OTHER = Account(home_page="https://cchc.example/", name="other")


def record(session, *statements, by=AUTHORITY, **how):
    return record_statements(session, statements, authority=by, now=NOW, **how)


def is_voided(session, statement_id) -> bool:
    try:
        find_voided_statement(session, statement_id)
    except StatementNotFound:
        return False
    return True


def test_a_known_statement_of_another_key_is_not_taken_back(session):
    (target,) = record(session, make_statement())
    voiding = make_voiding(target)

    with pytest.raises(VoidingReachesTooFar, match=str(target)), session.begin_nested():
        record(session, voiding, by=OTHER, may_void_others=False)

    assert not is_voided(session, target)


def test_the_own_statement_is_taken_back(session):
    (target,) = record(session, make_statement(), by=OTHER)

    record(session, make_voiding(target), by=OTHER, may_void_others=False)

    assert is_voided(session, target)


def test_one_batch_may_bring_a_statement_and_take_it_back(session):
    target = make_statement()

    record(session, make_voiding(target.id), target, by=OTHER, may_void_others=False)

    assert is_voided(session, target.id)


@pytest.mark.parametrize(("by", "may_void_others", "voided"), [
    (AUTHORITY, False, True), (OTHER, False, False), (OTHER, True, True),
])  # fmt: skip
def test_a_statement_that_arrives_after_its_voiding(session, by, may_void_others, voided):
    target = make_statement()
    record(session, make_voiding(target.id), by=by, may_void_others=may_void_others)

    record(session, target)

    assert is_voided(session, target.id) is voided


def test_a_reference_that_voids_nothing_may_name_any_statement(session):
    (target,) = record(session, make_statement())

    record(session, make_reference(target), by=OTHER, may_void_others=False)

    assert find_statement(session, target).statement_id == target


def test_a_number_that_is_no_longer_true_is_looked_up_again(engine):
    mine, renamed = make_agent("hoc-vien-bi-xoa"), "account https://lms.example pseudonym"
    with Session(engine) as session, session.begin():
        record(session, make_statement(actor=mine))
    with Session(engine) as session, session.begin():
        # Found, committed and so remembered.
        record(session, make_statement(actor=mine))
    key = agent_term(("account", "https://lms.example", "hoc-vien-bi-xoa"))
    with Session(engine) as session, session.begin():
        term = session.scalars(select(Term).where(Term.digest == key.digest)).one()
        term.value, term.digest = renamed, TermKey(TermKind.AGENT, renamed).digest
        old_number = term.term_id

    with Session(engine) as session, session.begin():
        record(session, make_statement(actor=mine))

    with Session(engine) as session:
        counts = dict(session.execute(select(Term.term_id, Term.posting_count)).all())
        new_number = number_terms(session, [key])[key]
        verb = TermKey(TermKind.VERB, adl.COMPLETED)
        assert new_number != old_number
        assert (counts[old_number], counts[new_number]) == (2, 1)
        assert counts[number_terms(session, [verb])[verb]] == 3


@pytest.mark.parametrize("sent", [
    b'{"actor":{"mbox":"mailto:a@b.vn"}, "verb":{"id":"x:y"},"object":{"id":"x:\xc4\x91"} }',
    (b'{ "id":"6690e6c9-3ef0-4ed3-8b37-7f3964730bee","actor":{"mbox":"mailto:a@b.vn"},"verb":{"id":"x:y"},'
    b'"object":{"id":"x:z"},"version":"1.0.1","timestamp":"2026-11-24T02:00:00Z"}'),
    (b'{"actor":{"mbox":"mailto:a@b.vn"},"stored":"1999-01-01T00:00:00Z","verb":{"id":"x:y"},'
    b'"authority":{"mbox":"mailto:c@d.vn"},"object":{"id":"x:z"}}'),
    (b'{"actor":{"mbox":"mailto:a@b.vn"},"verb":{"id":"x:y"},"object":{"id":"x:z"},'
    b'"context":{"contextActivities":{"parent":{"id":"x:p"}}}}'),
])  # fmt: skip
def test_the_bytes_that_were_sent_can_always_be_given_back(session, sent):
    (statement_id,) = record(session, parse_statement(b"\n" + sent + b" "))

    row = session.scalars(select(StatementRow).where(StatementRow.statement_id == statement_id)).one()

    assert received_from(row.payload, row.received) == sent
    needs_a_copy = b'"stored":"1999' in sent or b'"parent":{' in sent
    assert (row.received is not None) is needs_a_copy
