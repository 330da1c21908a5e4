"""Searching for people: pages in both directions, honest counts, and walks through everything that matches.

The filters of `query` answer programs, one agent at a time. People ask for a whole administration: the actor
is one of up to some ten thousand accounts. The posting index answers that too, in windows of time that grow
until a page is full, so that the newest fifty of a large unit never cost more than the newest fifty.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

import msgspec
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from xapi_bridge.store.follow import STORED_COLUMNS, StoredStatement, stored_from_row
from xapi_bridge.store.models import StatementRow
from xapi_bridge.store.postings import agent_term
from xapi_bridge.store.references import find_voided
from xapi_bridge.store.search_plan import (
    AccountQuestion,
    SearchPlan,
    StatementSearch,
    Validity,
    one_of,
    plan_search,
    select_candidates,
)
from xapi_bridge.store.sequence import last_sequence, sequence_at
from xapi_bridge.store.terms import in_chunks

__all__ = [
    "AccountQuestion", "MatchCount", "SearchPage", "SearchPlan", "StatementSearch", "Validity",
    "count_matches", "plan_search", "read_matches", "search_statements",
]  # fmt: skip

#: A count stops here and says "more than".
MOST_COUNTED = 10_000

#: Candidates per question to the database.
_CHUNK = 500
#: Length of the first window in microseconds, and how much longer each next one is.
_FIRST_WINDOW = 60 * 1_000_000
_WINDOW_GROWTH = 16
#: Statements in a window when reading upwards, where speed of the whole counts and not of the first page.
_WINDOW_STATEMENTS = 10_000


@dataclass(frozen=True)
class SearchPage:
    """Newest first; whether there is more on either side."""

    statements: Sequence[StoredStatement]
    has_newer: bool
    has_older: bool


@dataclass(frozen=True)
class MatchCount:
    """How many match.

    Attributes:
        count: at most MOST_COUNTED.
        is_more: there are more than `count`.
        is_exact: without, `count` is of the index, which knows Groups and references less exactly.
    """

    count: int
    is_more: bool
    is_exact: bool


class _Account(msgspec.Struct):
    homePage: str = ""  # noqa: N815 - the specification's word
    name: str = ""


class _Actor(msgspec.Struct):
    account: _Account | None = None
    objectType: str = "Agent"  # noqa: N815 - as above


class _ActorOnly(msgspec.Struct):
    actor: _Actor


_read_actor = msgspec.json.Decoder(_ActorOnly)


def search_statements(
    session: Session,
    search: StatementSearch | SearchPlan,
    *,
    limit: int,
    older_than: int | None = None,
    newer_than: int | None = None,
) -> SearchPage:
    """A page, newest first.

    Args:
        older_than, newer_than: at most one: the `seq` at the end or the beginning of the neighbouring page.
    """
    plan = _planned(session, search)
    low, high = _bounds(plan.search, last=last_sequence(session))
    if plan.matches_nothing:
        return SearchPage([], has_newer=False, has_older=False)
    if newer_than is not None:
        walk = _walk(session, plan, low=max(low, newer_than), high=high, descending=False)
        found = list(islice(walk, limit + 1))
        page = found[:limit][::-1]
        return SearchPage(page, has_newer=len(found) > limit, has_older=bool(page))
    top = high if older_than is None else min(high, older_than - 1)
    found = list(islice(_walk(session, plan, low=low, high=top, descending=True), limit + 1))
    return SearchPage(found[:limit], has_newer=older_than is not None, has_older=len(found) > limit)


def count_matches(
    session: Session, search: StatementSearch | SearchPlan, *, most: int = MOST_COUNTED
) -> MatchCount:
    """How many statements match, counted no further than `most`."""
    plan = _planned(session, search)
    if plan.matches_nothing:
        return MatchCount(0, is_more=False, is_exact=True)
    low, high = _bounds(plan.search, last=last_sequence(session))
    if plan.actors is not None and not plan.windowed:
        # Few enough to be looked at one by one; the index alone does not know whose the statements are.
        walk = _walk(session, plan, low=low, high=high, descending=True)
        found = sum(1 for _ in islice(walk, most + 1))
        return MatchCount(min(found, most), is_more=found > most, is_exact=True)
    question, seq = select_candidates(session, plan, counting=True)
    question = question.where(seq > low, seq <= high)
    limited = question.limit(most + 1).subquery()
    found = session.scalar(select(func.count()).select_from(limited)) or 0
    return MatchCount(min(found, most), is_more=found > most, is_exact=plan.actors is None)


def read_matches(
    session: Session, search: StatementSearch | SearchPlan, *, after: int, until: int, limit: int
) -> tuple[list[StoredStatement], int]:
    """The next matches in the order of `stored`, and the `seq` up to which everything was looked at.

    Args:
        after: where the reading before ended.
        until: the last `seq` that belongs to the snapshot; what was voided later counts as valid.
    """
    plan = _planned(session, search)
    low, high = _bounds(plan.search, last=until)
    low = max(low, after)
    if plan.matches_nothing or low >= high:
        return [], until
    found = list(islice(_walk(session, plan, low=low, high=high, descending=False, as_of=until), limit))
    return found, found[-1].seq if len(found) == limit else until


def _planned(session: Session, search: StatementSearch | SearchPlan) -> SearchPlan:
    return search if isinstance(search, SearchPlan) else plan_search(session, search)


def _bounds(search: StatementSearch, *, last: int) -> tuple[int, int]:
    """The `seq` before the first and the last one that may match."""
    low = -1 if search.since is None else sequence_at(search.since) - 1
    high = last if search.before is None else min(last, sequence_at(search.before) - 1)
    return low, high


def _walk(
    session: Session, plan: SearchPlan, *, low: int, high: int, descending: bool, as_of: int | None = None
) -> Iterator[StoredStatement]:
    """Everything that matches with low < seq <= high, in order."""
    question, seq = select_candidates(session, plan, valid_now=as_of is None)
    ordered = question.order_by(seq.desc() if descending else seq.asc())
    if plan.windowed and not descending:
        # A window is short: reading all its numbers at once sorts them once.
        for bottom, top in _windows_upwards(session, low=low, high=high):
            numbers = session.scalars(ordered.where(seq > bottom, seq <= top)).all()
            for chunk in in_chunks(numbers):
                yield from _confirmed(session, plan, chunk, as_of=as_of)
        return
    windows = _windows_downwards(low=low, high=high) if plan.windowed else iter([(low, high)])
    for first, last in windows:
        bottom, top = first, last
        while bottom < top:
            numbers = session.scalars(ordered.where(seq > bottom, seq <= top).limit(_CHUNK)).all()
            yield from _confirmed(session, plan, numbers, as_of=as_of)
            if len(numbers) < _CHUNK:
                break
            bottom, top = (bottom, numbers[-1] - 1) if descending else (numbers[-1], top)


def _windows_downwards(*, low: int, high: int) -> Iterator[tuple[int, int]]:
    """Pieces of time from the newest, each many times longer than the one before."""
    length = _FIRST_WINDOW
    while low < high:
        edge = max(low, high - length)
        yield edge, high
        high = edge
        length *= _WINDOW_GROWTH


def _windows_upwards(session: Session, *, low: int, high: int) -> Iterator[tuple[int, int]]:
    """Pieces of some thousand statements from the oldest."""
    while low < high:
        edge = session.scalar(
            select(StatementRow.seq)
            .where(StatementRow.seq > low, StatementRow.seq <= high)
            .order_by(StatementRow.seq)
            .offset(_WINDOW_STATEMENTS - 1)
            .limit(1)
        )
        yield low, high if edge is None else edge
        low = high if edge is None else edge


def _confirmed(
    session: Session, plan: SearchPlan, numbers: Sequence[int], *, as_of: int | None
) -> Iterator[StoredStatement]:
    """The candidates in their order, without those that do not match after all."""
    rows = session.execute(select(*STORED_COLUMNS).where(one_of(session, StatementRow.seq, numbers)))
    by_seq = {row.seq: stored_from_row(row) for row in rows}
    voided = {one.seq for one in by_seq.values() if one.voided}
    if as_of is not None and voided and plan.search.validity is not Validity.ANY:
        voided -= _voided_after(session, [by_seq[seq] for seq in sorted(voided)], as_of=as_of)
    for number in numbers:
        stored = by_seq.get(number)
        if stored is None or not _is_meant(plan.search, number in voided):
            continue
        if plan.actors is None or _actor_digest(stored.payload) in plan.actors:
            yield stored


def _is_meant(search: StatementSearch, is_voided: bool) -> bool:
    return search.validity is Validity.ANY or is_voided == (search.validity is Validity.VOIDED)


def _voided_after(session: Session, voided: Sequence[StoredStatement], *, as_of: int) -> set[int]:
    """Those that no statement up to `as_of` had taken back yet."""
    before = find_voided(session, {one.statement_id for one in voided}, through=as_of)
    return {one.seq for one in voided if one.statement_id not in before}


def _actor_digest(payload: bytes) -> bytes:
    """The digest of an actor who is an Agent with an account; empty for Groups and other identifiers."""
    actor = _read_actor.decode(payload).actor
    if actor.account is None or actor.objectType != "Agent":
        return b""
    return agent_term(("account", actor.account.homePage, actor.account.name)).digest
