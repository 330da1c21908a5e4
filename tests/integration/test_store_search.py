"""Searching the store for people: who did it, in both directions, counted honestly, read to the end once."""

import random
import string
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import literal, select, union_all

from tests.factories.statements import AUTHORITY, make_agent, make_reference, make_statement, make_voiding
from xapi_bridge.statement import Account
from xapi_bridge.store import search_plan as module
from xapi_bridge.store.record import record_statements
from xapi_bridge.store.search import (
    MatchCount,
    StatementSearch,
    Validity,
    count_matches,
    read_matches,
    search_statements,
)
from xapi_bridge.store.sequence import last_sequence

START = datetime(2026, 11, 1, tzinfo=UTC)
PASSED = "http://adlnet.gov/expapi/verbs/passed"


def account(name: str) -> Account:
    return Account(home_page="https://lms.example", name=name)


def record(session, *statements, at=START):
    return record_statements(session, statements, authority=AUTHORITY, now=at)


def by(name: str, **given):
    return make_statement(actor=make_agent(name), **given)


def as_set(*names):
    return frozenset(account(name) for name in names)


def as_question(*names):
    """The same accounts as a registry of people gives them: two columns of a table that is joined."""
    rows = [select(literal(one.home_page), literal(one.name)) for one in sorted(as_set(*names), key=str)]
    return union_all(*rows).subquery().select()


def ids_of(page):
    return [one.statement_id for one in page.statements]


@pytest.mark.parametrize("accounts", [as_set, as_question])
@pytest.mark.parametrize("few", [5_000, 0], ids=["at once", "in windows"])
def test_pages_lead_to_the_oldest_statement_and_back(session, few, accounts):
    wanted = StatementSearch(accounts=accounts("a", "b"))
    ids = []
    for day in range(7):
        ids += record(session, by("a"), by("c"), by("b"), at=START + timedelta(days=day * 30))
    own = [one for place, one in enumerate(ids) if place % 3 != 1][::-1]

    with looking_through_at_once(few):
        first = search_statements(session, wanted, limit=5)
        second = search_statements(session, wanted, limit=5, older_than=first.statements[-1].seq)
        third = search_statements(session, wanted, limit=5, older_than=second.statements[-1].seq)
        back = search_statements(session, wanted, limit=5, newer_than=second.statements[0].seq)

    assert ids_of(first) + ids_of(second) + ids_of(third) == own
    assert (first.has_newer, first.has_older) == (False, True)
    assert (third.has_newer, third.has_older) == (True, False)
    assert ids_of(back) == ids_of(first)
    assert not back.has_newer


class looking_through_at_once:  # noqa: N801 - reads as words where it is used
    """Makes a handful of postings count as many, so that the windows are walked with little data."""

    def __init__(self, few: int) -> None:
        self.few = few

    def __enter__(self) -> None:
        self.before, module.FEW = module.FEW, self.few

    def __exit__(self, *_error) -> None:
        module.FEW = self.before


@pytest.mark.parametrize("few", [5_000, 0], ids=["at once", "in windows"])
@pytest.mark.parametrize("limit", [1, 3, 100])
def test_reading_to_the_end_meets_every_match_once(session, few, limit):
    wanted = StatementSearch(accounts=frozenset({account("a"), account("b")}))
    ids = record(session, *(by("abc"[place % 3]) for place in range(30)))
    until, after, read = last_sequence(session), -1, []
    record(session, by("a"))

    with looking_through_at_once(few):
        while after < until:
            found, after = read_matches(session, wanted, after=after, until=until, limit=limit)
            read += [one.statement_id for one in found]

    assert read == [one for place, one in enumerate(ids) if place % 3 != 2]


def test_every_filter_narrows_the_answer(session):
    lesson, other = "https://cchc.example/p/cchc/m/m1", "https://cchc.example/p/cchc/m/m2"
    passed = by(
        "a",
        verb={"id": PASSED},
        object={"id": lesson},
        context={"registration": "0d4d2a52-4d5d-4f4e-9d4e-3a1d6c6f7a10"},
    )
    inside = by("a", object={"id": other}, context={"contextActivities": {"parent": [{"id": lesson}]}})
    first, second = record(session, passed, inside)
    (late,) = record(session, by("b"), at=START + timedelta(days=2))

    def found(**filters):
        return ids_of(search_statements(session, StatementSearch(**filters), limit=10))

    assert found() == [late, second, first]
    assert found(verb=PASSED) == [first]
    assert found(activity=lesson) == [first]
    assert found(activity=lesson, related_activities=True) == [second, first]
    assert found(registration=passed.registration) == [first]
    assert found(authority=AUTHORITY) == [late, second, first]
    assert found(authority=account("nobody")) == []
    assert found(since=START + timedelta(days=1)) == [late]
    assert found(before=START + timedelta(days=1)) == [second, first]
    assert found(accounts=frozenset({account("b")}), verb=PASSED) == []
    assert found(accounts=frozenset({account("a")}), verb=PASSED) == [first]
    assert found(accounts=frozenset()) == []


def test_what_was_taken_back_is_found_only_when_it_is_asked_for(session):
    (target,) = record(session, by("a"))
    (voiding,) = record(session, make_voiding(target))

    def found(validity):
        return ids_of(search_statements(session, StatementSearch(validity=validity), limit=10))

    assert found(Validity.VALID) == [voiding]
    assert found(Validity.VOIDED) == [target]
    assert found(Validity.ANY) == [voiding, target]


def test_a_snapshot_does_not_know_what_was_taken_back_later(session):
    early, late = record(session, by("a"), by("a"))
    record(session, make_voiding(early))
    until = last_sequence(session)
    record(session, make_voiding(late))

    valid, _ = read_matches(session, StatementSearch(), after=-1, until=until, limit=10)
    voided, _ = read_matches(
        session, StatementSearch(validity=Validity.VOIDED), after=-1, until=until, limit=10
    )

    assert late in [one.statement_id for one in valid]
    assert [one.statement_id for one in voided] == [early]


@pytest.mark.parametrize("accounts", [as_set, as_question])
def test_someone_elses_statement_about_ones_own_is_not_ones_own(session, accounts):
    (own,) = record(session, by("a"))
    record(session, make_reference(own, actor=make_agent("b")))
    record(session, make_statement(actor={"objectType": "Group", "member": [make_agent("a")]}))
    wanted = StatementSearch(accounts=accounts("a"))

    assert ids_of(search_statements(session, wanted, limit=10)) == [own]
    assert count_matches(session, wanted) == MatchCount(1, is_more=False, is_exact=True)
    with looking_through_at_once(0):
        assert count_matches(session, wanted) == MatchCount(1, is_more=False, is_exact=False)


def test_a_count_says_when_it_stopped(session):
    ids = record(session, *(by("a") for _ in range(5)))
    record(session, make_voiding(ids[0]))
    completed = StatementSearch(activity="https://cchc.example/p/cchc/m/gioi-thieu")

    stopped = count_matches(session, completed, most=3)

    # The four that still count, and the statement that took the fifth one back: it is about that one.
    assert count_matches(session, completed) == MatchCount(5, is_more=False, is_exact=True)
    assert stopped == MatchCount(3, is_more=True, is_exact=True)


@pytest.mark.parametrize("accounts", [as_set, as_question])
@pytest.mark.parametrize("few", [5_000, 0], ids=["rare", "frequent"])
def test_a_count_for_some_accounts_never_counts_what_others_did(session, few, accounts):
    record(session, by("a"), by("b"), by("b"))
    about_one = {"activity": "https://cchc.example/p/cchc/m/gioi-thieu"}

    with looking_through_at_once(few):
        count = count_matches(session, StatementSearch(accounts=accounts("a"), **about_one))

    assert count.count == 1


def test_an_agent_with_another_identifier_of_the_same_words_is_not_the_account(session):
    words = "https://lms.example a"
    (own,) = record(session, by("a"))
    record(session, make_statement(actor={"openid": "https://lms.example/a"}))
    record(session, by("b", object={"id": f"account:{words.replace(' ', '-')}"}))

    for wanted in (StatementSearch(accounts=as_set("a")), StatementSearch(accounts=as_question("a"))):
        assert ids_of(search_statements(session, wanted, limit=10)) == [own]


@pytest.mark.parametrize("accounts", [as_set, as_question])
def test_an_account_may_be_longer_than_an_entry_of_an_index(session, accounts):
    draw = random.Random(1)
    name = "".join(draw.choices(string.ascii_letters, k=20_000))
    (own,) = record(session, by(name))

    assert ids_of(search_statements(session, StatementSearch(accounts=accounts(name)), limit=10)) == [own]


def test_a_question_that_finds_nobody_matches_nothing(session):
    record(session, by("a"))
    wanted = StatementSearch(accounts=as_question("nobody"))

    assert ids_of(search_statements(session, wanted, limit=10)) == []
    assert count_matches(session, wanted) == MatchCount(0, is_more=False, is_exact=True)
