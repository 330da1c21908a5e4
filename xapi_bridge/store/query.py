"""Asking the store: one statement by its id, or a page of those that match every filter."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from xapi_bridge.database import EngineSql, numbers_text, run_sql
from xapi_bridge.errors import StatementArchived, StatementNotFound
from xapi_bridge.statement import Account
from xapi_bridge.store.follow import STORED_COLUMNS, StoredStatement, find_stored, has_id, stored_from_row
from xapi_bridge.store.models import DIRECT, ArchiveRow, Part, StatementKey, StatementRow, Term, TermKind
from xapi_bridge.store.postings import TermKey, agent_term, registration_term
from xapi_bridge.store.sequence import sequence_at
from xapi_bridge.store.terms import find_counted_terms

#: Most statements in one answer; `more` leads on.
MAX_PAGE = 500

_ANY_PART = Part(0x7FFF)

#: Most places looked at in one round, however many of them are voided.
_MOST_PLACES = 4096
_COLUMNS = "seq, statement_id, voided, payload"
# One parameter whatever the number of places, so that the command is read and planned once.
_VALID_AT = EngineSql(
    sqlite=f"SELECT {_COLUMNS} FROM xapi_statement "  # noqa: S608 - our own words
    "WHERE NOT voided AND seq IN (SELECT value FROM json_each(?))",
    postgresql=f"SELECT {_COLUMNS} FROM xapi_statement WHERE NOT voided AND seq = ANY(%s::bigint[])",  # noqa: S608
)


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
        StatementArchived: moved out of the store with its month.
    """
    found = _find_own(session, statement_id, authority=authority)
    if found is None:
        _refuse_archived(session, statement_id)
    if found is None or found.voided:
        raise StatementNotFound(f"There is no valid statement {statement_id}.")
    return found


def find_voided_statement(
    session: Session, statement_id: UUID, *, authority: Account | None = None
) -> StoredStatement:
    """The voided statement with this id.

    Raises:
        StatementNotFound: unknown, not voided, or vouched for by another than `authority`.
        StatementArchived: moved out of the store with its month.
    """
    found = _find_own(session, statement_id, authority=authority)
    if found is None:
        _refuse_archived(session, statement_id)
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
    bounds = _bounds(query, after=after)
    if wanted:
        found = _find_matching(session, wanted, bounds, query)
    else:
        command = _newest_command(tuple(bounds), query.ascending, query.limit + 1)
        found = [_stored_from_columns(*row) for row in run_sql(session, command, tuple(bounds.values()))]
    page = found[: query.limit]
    return StatementPage(page, page[-1].seq if len(found) > query.limit else None)


def _find_matching(
    session: Session, wanted: Sequence[_Wanted], bounds: Mapping[str, int], query: StatementQuery
) -> list[StoredStatement]:
    """The valid statements of a page, and one more if there is one.

    First the places by the postings alone, then the statements at these places: so a store that is parted by
    month opens only the months that it needs. Voided ones are dropped; where that leaves too few, it goes on.
    """
    found: list[StoredStatement] = []
    parts, numbers = tuple(one.parts for one in wanted), [one.term_id for one in wanted]
    limit = query.limit + 1
    while True:
        command = _places_command(parts, tuple(bounds), query.ascending, limit)
        rows = run_sql(session, command, (numbers[0], *bounds.values(), *numbers[1:]))
        sequences = [row[0] for row in rows]
        found += _find_valid(session, sequences, ascending=query.ascending)
        if len(sequences) < limit or len(found) > query.limit:
            break
        bounds = _after(sequences[-1], bounds, ascending=query.ascending)
        limit = min(limit * 2, _MOST_PLACES)
    return found[: query.limit + 1]


def _find_valid(session: Session, sequences: Sequence[int], *, ascending: bool) -> list[StoredStatement]:
    if not sequences:
        return []
    asked = numbers_text(sequences)
    if session.get_bind().dialect.name == "sqlite":
        asked = f"[{asked[1:-1]}]"
    found = [_stored_from_columns(*row) for row in run_sql(session, _VALID_AT, (asked,))]
    return sorted(found, key=lambda one: one.seq, reverse=not ascending)


def _refuse_archived(session: Session, statement_id: UUID) -> None:
    archive = session.execute(
        select(ArchiveRow)
        .join(StatementKey, StatementKey.archive_id == ArchiveRow.archive_id)
        .where(StatementKey.statement_id == statement_id)
    ).scalar_one_or_none()
    if archive is not None:
        raise StatementArchived(
            f"The statement {statement_id} was moved to the archive {archive.file_name} with all of "
            f"{archive.month}. Ask the operator of the record store to restore it."
        )


def _find_own(session: Session, statement_id: UUID, *, authority: Account | None) -> StoredStatement | None:
    if authority is None:
        return find_stored(session, statement_id)
    key = agent_term(("account", authority.home_page, authority.name))
    row = session.execute(
        select(*STORED_COLUMNS)
        .join(Term, Term.term_id == StatementRow.authority_term_id)
        .where(has_id(statement_id), Term.digest == key.digest)
    ).one_or_none()
    return None if row is None else stored_from_row(row)


def _find_wanted(session: Session, query: StatementQuery) -> list[_Wanted] | None:
    """The terms to look for, rarest first; None if one of them stands nowhere."""
    asked = _asked_terms(query)
    if not asked:
        return []
    found = find_counted_terms(session, [key for key, _ in asked])
    if any(key not in found for key, _ in asked):
        return None
    rarest_first = sorted(asked, key=lambda one: found[one[0]][1])
    return [_Wanted(found[key][0], parts) for key, parts in rarest_first]


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


@lru_cache(maxsize=512)
def _places_command(
    parts: tuple[Part, ...], bounds: tuple[str, ...], ascending: bool, limit: int
) -> EngineSql:
    """The command for places in the order: parameters are the rarest term, the bounds, and the other terms.

    The postings of the rarest term are read in order, only as far as needed; for each the other terms are
    looked up by their key. Written as scalar subqueries, because a planner that turns them into a join reads
    every posting of a term that stands in all statements. The limit stands in the command, so that a
    prepared plan knows how few rows are wanted.

    Args:
        parts: which parts each term must play, the rarest first.
        bounds: comparisons of the place with a parameter.
    """
    conditions = ["p.term_id = ?", *_plays("p", parts[0]), *(f"p.seq {bound} ?" for bound in bounds)]
    conditions += [_stands_too(other) for other in parts[1:]]
    # Only our own words and numbers are put together here; values go as parameters.
    text = (
        f"SELECT p.seq FROM xapi_posting p WHERE {' AND '.join(conditions)} "  # noqa: S608
        f"ORDER BY p.seq {'ASC' if ascending else 'DESC'} LIMIT {limit}"
    )
    return EngineSql(sqlite=text, postgresql=text.replace("?", "%s"))


@lru_cache(maxsize=512)
def _newest_command(bounds: tuple[str, ...], ascending: bool, limit: int) -> EngineSql:
    """The command for a page without a filter: parameters are the bounds."""
    conditions = ["NOT voided", *(f"seq {bound} ?" for bound in bounds)]
    text = (
        f"SELECT {_COLUMNS} FROM xapi_statement WHERE {' AND '.join(conditions)} "  # noqa: S608 - our own words
        f"ORDER BY seq {'ASC' if ascending else 'DESC'} LIMIT {limit}"
    )
    return EngineSql(sqlite=text, postgresql=text.replace("?", "%s"))


def _stands_too(parts: Part) -> str:
    plays = _plays("f", parts) or ["TRUE"]
    return f"(SELECT {plays[0]} FROM xapi_posting f WHERE f.term_id = ? AND f.seq = p.seq)"  # noqa: S608


def _plays(alias: str, parts: Part) -> list[str]:
    return [] if parts == _ANY_PART else [f"{alias}.mask & {int(parts)} <> 0"]


def _bounds(query: StatementQuery, *, after: int | None) -> dict[str, int]:
    """Comparison of the place in the order -> the number to compare with."""
    bounds = {}
    if query.since is not None:
        bounds[">"] = sequence_at(query.since)
    if query.until is not None:
        bounds["<="] = sequence_at(query.until)
    return bounds if after is None else _after(after, bounds, ascending=query.ascending)


def _after(seq: int, bounds: Mapping[str, int], *, ascending: bool) -> dict[str, int]:
    """The bounds for what follows a place; of two lower or two upper ones only the tighter stays."""
    if ascending:
        return {**bounds, ">": max(seq, bounds.get(">", seq))}
    return {**bounds, "<=": min(seq - 1, bounds.get("<=", seq))}


def _stored_from_columns(
    seq: int, statement_id: UUID | str, voided: bool | int, payload: bytes
) -> StoredStatement:
    """A row as the drivers give it: SQLite knows neither UUIDs nor truth."""
    one = statement_id if isinstance(statement_id, UUID) else UUID(statement_id)
    return StoredStatement(seq, one, bool(voided), bytes(payload))
