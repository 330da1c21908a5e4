"""Asking the store: one statement by its id, or a page of those that match every filter."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, exists, select
from sqlalchemy.orm import Session, aliased

from xapi_bridge.errors import StatementNotFound
from xapi_bridge.statement import Account
from xapi_bridge.store.follow import STORED_COLUMNS, StoredStatement, find_stored, stored_from_row
from xapi_bridge.store.models import DIRECT, Part, Posting, StatementRow, Term, TermKind
from xapi_bridge.store.postings import TermKey, agent_term, registration_term
from xapi_bridge.store.sequence import sequence_at

#: Most statements in one answer; `more` leads on.
MAX_PAGE = 500

_ANY_PART = Part(0x7FFF)


@dataclass(frozen=True)
class StatementQuery:
    """Filters, all of which must match; None means any.

    Attributes:
        agent: identifier of an Agent or identified Group, as `Actor.identifier` gives it.
        related_agents, related_activities: look at every part of the statement, not only actor and object.
        since, until: bounds of `stored`; `since` itself is excluded, `until` included.
        authority: only statements that this account vouches for.
        limit: 1 to MAX_PAGE.
        ascending: oldest first; else newest first.
    """

    agent: tuple[str, ...] | None = None
    verb: str | None = None
    activity: str | None = None
    registration: UUID | None = None
    related_agents: bool = False
    related_activities: bool = False
    since: datetime | None = None
    until: datetime | None = None
    authority: Account | None = None
    limit: int = MAX_PAGE
    ascending: bool = False


@dataclass(frozen=True)
class StatementPage:
    """One page of an answer; `last_seq` is where the next page begins, None when this is the last."""

    statements: Sequence[StoredStatement]
    last_seq: int | None


@dataclass(frozen=True)
class _Wanted:
    """A term that must stand in the statement, in at least one of the parts."""

    term_id: int
    parts: Part


def find_statement(
    session: Session, statement_id: UUID, *, authority: Account | None = None
) -> StoredStatement:
    """The valid statement with this id.

    Raises:
        StatementNotFound: unknown, voided, or vouched for by another than `authority`.
    """
    found = _find_own(session, statement_id, authority=authority)
    if found is None or found.voided:
        raise StatementNotFound(f"There is no valid statement {statement_id}.")
    return found


def find_voided_statement(
    session: Session, statement_id: UUID, *, authority: Account | None = None
) -> StoredStatement:
    """The voided statement with this id.

    Raises:
        StatementNotFound: unknown, not voided, or vouched for by another than `authority`.
    """
    found = _find_own(session, statement_id, authority=authority)
    if found is None or not found.voided:
        raise StatementNotFound(f"There is no voided statement {statement_id}.")
    return found


def query_statements(session: Session, query: StatementQuery, *, after: int | None = None) -> StatementPage:
    """A page of valid statements in the order of `stored`.

    Args:
        after: `last_seq` of the page before; None for the first page.

    Spec: xAPI 1.0.3 Communication 2.1.3.
    """
    wanted = _find_wanted(session, query)
    if wanted is None:
        return StatementPage([], None)
    matching, seq = _matching(wanted)
    bounded = matching.where(*_bounds(seq, query, after=after))
    ordered = bounded.order_by(seq.asc() if query.ascending else seq.desc())
    rows = session.execute(ordered.limit(query.limit + 1)).all()
    page = [stored_from_row(row) for row in rows[: query.limit]]
    return StatementPage(page, page[-1].seq if len(rows) > query.limit else None)


def _find_own(session: Session, statement_id: UUID, *, authority: Account | None) -> StoredStatement | None:
    if authority is None:
        return find_stored(session, statement_id)
    key = agent_term(("account", authority.home_page, authority.name))
    row = session.execute(
        select(*STORED_COLUMNS)
        .join(Term, Term.term_id == StatementRow.authority_term_id)
        .where(StatementRow.statement_id == statement_id, Term.digest == key.digest)
    ).one_or_none()
    return None if row is None else stored_from_row(row)


def _find_wanted(session: Session, query: StatementQuery) -> list[_Wanted] | None:
    """The terms to look for, rarest first; None if one of them stands nowhere."""
    asked = _asked_terms(query)
    rows = session.execute(
        select(Term.digest, Term.term_id).where(Term.digest.in_([key.digest for key, _ in asked]))
        .order_by(Term.posting_count)
    ).all()  # fmt: skip
    numbers = {bytes(digest): number for digest, number in rows}
    if any(key.digest not in numbers for key, _ in asked):
        return None
    rank = {number: place for place, number in enumerate(numbers.values())}
    wanted = [_Wanted(numbers[key.digest], parts) for key, parts in asked]
    return sorted(wanted, key=lambda one: rank[one.term_id])


def _asked_terms(query: StatementQuery) -> list[tuple[TermKey, Part]]:
    asked: list[tuple[TermKey, Part]] = []
    if query.agent is not None:
        asked.append((agent_term(query.agent), _ANY_PART if query.related_agents else DIRECT))
    if query.verb is not None:
        asked.append((TermKey(TermKind.VERB, query.verb), DIRECT))
    if query.activity is not None:
        parts = _ANY_PART if query.related_activities else DIRECT
        asked.append((TermKey(TermKind.ACTIVITY, query.activity), parts))
    if query.registration is not None:
        asked.append((registration_term(query.registration.hex), DIRECT))
    if query.authority is not None:
        account = ("account", query.authority.home_page, query.authority.name)
        asked.append((agent_term(account), Part.AUTHORITY))
    return asked


def _matching(wanted: Sequence[_Wanted]) -> tuple["Select[int, UUID, bool, bytes]", Any]:
    """Valid statements in which all terms stand, and the column to order and bound them by.

    That column is the rarest term's own, so that its postings are read in order and only as far as needed.
    """
    selected = select(*STORED_COLUMNS).where(StatementRow.voided.is_(False))
    if not wanted:
        return selected, StatementRow.seq
    rarest, *others = wanted
    posting = aliased(Posting)
    selected = selected.join(posting, posting.seq == StatementRow.seq).where(
        posting.term_id == rarest.term_id, *_plays(posting, rarest.parts)
    )
    for other in others:
        further = aliased(Posting)
        selected = selected.where(
            exists().where(
                further.term_id == other.term_id,
                further.seq == posting.seq,
                *_plays(further, other.parts),
            )
        )
    return selected, posting.seq


def _plays(posting: Any, parts: Part) -> list[Any]:
    return [] if parts == _ANY_PART else [posting.mask.op("&")(int(parts)) != 0]


def _bounds(seq: Any, query: StatementQuery, *, after: int | None) -> list[Any]:
    bounds = []
    if query.since is not None:
        bounds.append(seq > sequence_at(query.since))
    if query.until is not None:
        bounds.append(seq <= sequence_at(query.until))
    if after is not None:
        bounds.append(seq > after if query.ascending else seq < after)
    return bounds
