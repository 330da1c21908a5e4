"""The dictionary: terms to numbers, and how often each is used.

Numbers are remembered per database, because nine of ten terms of a statement came a moment ago. Only numbers
that were committed are remembered: those found before this transaction entered a term of its own. The use
counts are changed by number *and* digest, so a term that was taken out or rewritten meanwhile (erasure of a
person) is noticed, and the remembered numbers are dropped.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from sqlalchemy import select
from sqlalchemy.orm import Session

from xapi_bridge.database import (
    EngineSql,
    ask_driver,
    bytes_text,
    insert_if_absent,
    numbers_text,
    run_sql,
    tell_driver,
)
from xapi_bridge.store.models import Term
from xapi_bridge.store.postings import TermKey

#: Below every database's limit of parameters in one command.
CHUNK = 500
#: Remembered numbers per database, about 25 MB at most; then they are forgotten and found again.
_MOST_REMEMBERED = 100_000
#: Longer terms are found in the dictionary each time.
_LONGEST_REMEMBERED = 512
#: Marks a session that entered terms which may still be rolled back.
_ENTERED = "xapi_terms_entered"

_COUNT_SQLITE = "UPDATE xapi_term SET posting_count = posting_count + ? WHERE term_id = ? AND digest = ?"
_COUNT_POSTGRESQL = (
    "UPDATE xapi_term SET posting_count = posting_count + new.added "
    "FROM unnest(%s::bigint[], %s::bigint[], %s::bytea[]) AS new (added, number, digest) "
    "WHERE xapi_term.term_id = new.number AND xapi_term.digest = new.digest"
)
# Enters a term, or counts it where another process did so first. Returns what the count became.
_ENTER = (
    "INSERT INTO xapi_term (kind, digest, value, posting_count) {rows} ON CONFLICT (digest) "
    "DO UPDATE SET posting_count = xapi_term.posting_count + excluded.posting_count "
    "RETURNING digest, term_id, posting_count"
)
_ENTER_POSTGRESQL = _ENTER.format(
    rows="SELECT * FROM unnest(%s::smallint[], %s::bytea[], %s::text[], %s::bigint[])"
)

Item = TypeVar("Item")


#: The number of a term, and its digest.
_Number = tuple[int, bytes]

_remembered: WeakKeyDictionary[Any, dict[TermKey, _Number]] = WeakKeyDictionary()


def in_chunks(items: Sequence[Item]) -> Iterator[Sequence[Item]]:
    """The items in pieces that fit into one IN (…)."""
    for start in range(0, len(items), CHUNK):
        yield items[start : start + CHUNK]


def number_and_count_terms(session: Session, added: Mapping[TermKey, int]) -> dict[TermKey, int]:
    """The number of each term, after adding to its use count; unknown terms enter the dictionary.

    Only for the holder of the sequence lock, so that two writers cannot wait for each other.

    Args:
        added: term -> how many postings it gets.
    """
    remembered = _remembered_by(session)
    numbers = {key: remembered[key] for key in added if key in remembered}
    if _count(session, numbers, added) < len(numbers):
        # A remembered number is no longer true. Take back what was counted and look everything up.
        _count(session, numbers, {key: -added[key] for key in numbers})
        remembered.clear()
        numbers = {}
    numbers |= _enter_and_count(session, {key: added[key] for key in added if key not in numbers})
    return {key: number[0] for key, number in numbers.items()}


def number_terms(session: Session, keys: Collection[TermKey]) -> dict[TermKey, int]:
    """The number of each term, without counting; unknown terms enter the dictionary.

    Without the sequence lock, let it be the last
    that a transaction does, or one term at a time.
    """
    return {key: number[0] for key, number in _number_terms(session, keys).items()}


def find_terms(session: Session, keys: Collection[TermKey]) -> dict[TermKey, int]:
    """The numbers of those terms that the dictionary knows."""
    return {key: number[0] for key, number in _find(session, keys).items()}


def find_counted_terms(session: Session, keys: Sequence[TermKey]) -> dict[TermKey, tuple[int, int]]:
    """Of those few terms that the dictionary knows, the number and how many postings each has.

    Asks the dictionary each time: after the erasure of a person the old identifier must find nothing.
    """
    by_digest = {key.digest: key for key in keys}
    places = ", ".join("?" * len(by_digest))
    text = f"SELECT digest, term_id, posting_count FROM xapi_term WHERE digest IN ({places})"  # noqa: S608 - marks
    command = EngineSql(sqlite=text, postgresql=text.replace("?", "%s"))
    rows = run_sql(session, command, tuple(by_digest))
    return {by_digest[bytes(digest)]: (number, count) for digest, number, count in rows}


def count_postings(session: Session, added: Mapping[int, int]) -> None:
    """Adds to the use counts: term number -> new postings, fewer when below zero."""
    numbers = sorted(number for number, count in added.items() if count)
    for chunk in in_chunks(numbers):
        digests = session.execute(select(Term.term_id, Term.digest).where(Term.term_id.in_(chunk)))
        rows = [((number, bytes(digest)), added[number]) for number, digest in digests]
        _add_to_counts(session, sorted(rows))


def _number_terms(session: Session, keys: Collection[TermKey]) -> dict[TermKey, _Number]:
    remembered = _remembered_by(session)
    numbers = {key: remembered[key] for key in keys if key in remembered}
    unknown = [key for key in keys if key not in numbers]
    if not unknown:
        return numbers
    numbers |= _find(session, unknown)
    missing = sorted(key for key in unknown if key not in numbers)
    if missing:
        session.info[_ENTERED] = True
        insert_if_absent(session, Term.__table__, [_row_of(key) for key in missing])
        numbers |= _find(session, missing)
    return numbers


def _enter_and_count(session: Session, added: Mapping[TermKey, int]) -> dict[TermKey, _Number]:
    """The numbers of terms that are not remembered, after adding to their use counts."""
    by_digest = {key.digest: key for key in added}
    numbers: dict[TermKey, _Number] = {}
    existed: dict[TermKey, _Number] = {}
    for digests in in_chunks(sorted(by_digest)):
        rows = [(int((key := by_digest[one]).kind), one, key.value, added[key]) for one in digests]
        for digest, number, count in _entered(session, rows):
            key = by_digest[bytes(digest)]
            numbers[key] = (number, bytes(digest))
            if count > added[key]:
                existed[key] = numbers[key]
    _remember(session, existed)
    if len(existed) < len(numbers):
        session.info[_ENTERED] = True
    return numbers


def _entered(session: Session, rows: Sequence[tuple[int, bytes, str, int]]) -> list[Any]:
    """Digest, number and use count of each term, after inserting it or adding to its count."""
    connection = session.connection()
    if connection.dialect.name == "postgresql":
        columns = tuple(map(list, zip(*rows, strict=True)))
        return ask_driver(connection, _ENTER_POSTGRESQL, columns)
    places = ", ".join(["(?, ?, ?, ?)"] * len(rows))
    command = _ENTER.format(rows=f"VALUES {places}")
    return ask_driver(connection, command, tuple(chain.from_iterable(rows)))


def _row_of(key: TermKey) -> dict[str, Any]:
    return {"kind": int(key.kind), "digest": key.digest, "value": key.value, "posting_count": 0}


def _find(session: Session, keys: Collection[TermKey]) -> dict[TermKey, _Number]:
    by_digest = {key.digest: key for key in keys}
    numbers: dict[TermKey, _Number] = {}
    for digests in in_chunks(sorted(by_digest)):
        for digest, number in _rows_with(session, digests):
            numbers[by_digest[bytes(digest)]] = (number, bytes(digest))
    _remember(session, numbers)
    return numbers


def _remember(session: Session, numbers: Mapping[TermKey, _Number]) -> None:
    """Keeps numbers for later transactions, unless this one may have made them and may still be undone."""
    if session.info.get(_ENTERED):
        return
    remembered = _remembered_by(session)
    if len(remembered) + len(numbers) > _MOST_REMEMBERED:
        remembered.clear()
    remembered.update(
        (key, number) for key, number in numbers.items() if len(key.value) <= _LONGEST_REMEMBERED
    )


def _rows_with(session: Session, digests: Sequence[bytes]) -> list[Any]:
    connection = session.connection()
    if connection.dialect.name == "postgresql":
        command = "SELECT digest, term_id FROM xapi_term WHERE digest = ANY(%s::bytea[])"
        return ask_driver(connection, command, (bytes_text(session, digests),))
    places = ", ".join("?" * len(digests))
    command = f"SELECT digest, term_id FROM xapi_term WHERE digest IN ({places})"  # noqa: S608 - question marks
    return ask_driver(connection, command, tuple(digests))


def _remembered_by(session: Session) -> dict[TermKey, _Number]:
    return _remembered.setdefault(session.get_bind().engine.pool, {})


def _count(session: Session, numbers: Mapping[TermKey, _Number], added: Mapping[TermKey, int]) -> int:
    """Changes the use counts; returns how many of the numbers still belong to their terms."""
    return _add_to_counts(session, sorted((number, added[key]) for key, number in numbers.items()))


def _add_to_counts(session: Session, rows: Sequence[tuple[_Number, int]]) -> int:
    if not rows:
        return 0
    connection = session.connection()
    if connection.dialect.name == "sqlite":
        changes = [(count, one[0], one[1]) for one, count in rows]
        return connection.exec_driver_sql(_COUNT_SQLITE, changes).rowcount
    columns = (
        numbers_text(count for _, count in rows),
        numbers_text(one[0] for one, _ in rows),
        bytes_text(session, [one[1] for one, _ in rows]),
    )
    return tell_driver(connection, _COUNT_POSTGRESQL, columns)


def count_terms(postings: Collection[Mapping[TermKey, int]]) -> Counter[TermKey]:
    """How many of the statements each term stands in."""
    counted: Counter[TermKey] = Counter()
    for one in postings:
        counted.update(one.keys())
    return counted
