"""Ids of statements and where the statements are: the one place that tells whether an id was used.

Statements are parted by month on a large PostgreSQL, where no unique index can span the parts; and an
archived statement is gone, but its id must not be used for another. So ids have a table of their own.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from xapi_bridge.database import EngineSql, driver_uuid, run_sql, uuids_text
from xapi_bridge.statement import canonical_form
from xapi_bridge.store.models import StatementRow
from xapi_bridge.store.terms import in_chunks

_DIGEST_BYTES = 16

# One parameter whatever the number of ids, so that the command is read and planned once.
_FIND = EngineSql(
    sqlite="SELECT statement_id, seq, archive_id, digest FROM xapi_statement_key "
    "WHERE statement_id IN (SELECT value FROM json_each(?))",
    postgresql="SELECT statement_id, seq, archive_id, digest FROM xapi_statement_key "
    "WHERE statement_id = ANY(%s::uuid[])",
)


@dataclass(frozen=True, slots=True)
class Key:
    """Where the statement with an id is.

    Attributes:
        archive_id: the archive that it was moved to; None while it is in the store.
        digest: of an archived statement, as `digest_of` makes it.
    """

    seq: int
    archive_id: int | None
    digest: bytes | None


def find_keys(session: Session, ids: Sequence[UUID]) -> dict[UUID, Key]:
    """Those of the ids that were ever used."""
    if not ids:
        return {}
    rows = run_sql(session, _FIND, (uuids_text(session, ids),))
    return {_uuid(one): Key(seq, archive_id, digest) for one, seq, archive_id, digest in rows}


def find_payloads(session: Session, keys: Mapping[UUID, Key]) -> dict[UUID, bytes]:
    """The payloads of those statements that are still in the store."""
    by_seq = {key.seq: one for one, key in keys.items() if key.archive_id is None}
    found: dict[UUID, bytes] = {}
    for chunk in in_chunks(sorted(by_seq)):
        rows = session.execute(
            select(StatementRow.seq, StatementRow.payload).where(StatementRow.seq.in_(chunk))
        )
        found |= {by_seq[seq]: payload for seq, payload in rows}
    return found


def says_the_same(raw: bytes, *, has_timestamp: bool, payload: bytes | None, digest: bytes | None) -> bool:
    """Whether a statement that came again is the one that is kept.

    Args:
        has_timestamp: whether the statement that came has one; the store gave one to the kept statement.
        payload: of the kept statement; None when it is archived.
        digest: of the archived statement.
    """
    given = canonical_form(raw, with_timestamp=has_timestamp)
    if payload is not None:
        return given == canonical_form(payload, with_timestamp=has_timestamp)
    kept = digest or b""
    return _digest(given) == (kept[:_DIGEST_BYTES] if has_timestamp else kept[_DIGEST_BYTES:])


def digest_of(payload: bytes) -> bytes:
    """32 bytes by which a repetition of an archived statement is known, with its timestamp and without."""
    return _digest(canonical_form(payload)) + _digest(canonical_form(payload, with_timestamp=False))


def key_rows(session: Session, ids: Mapping[UUID, int]) -> list[tuple[object, ...]]:
    """Rows of `xapi_statement_key` for `insert_many`: id -> place in the order."""
    written = driver_uuid(session)
    return [(written(one), seq, None, None) for one, seq in ids.items()]


def _digest(canonical: bytes) -> bytes:
    return blake2b(canonical, digest_size=_DIGEST_BYTES).digest()


def _uuid(value: UUID | str) -> UUID:
    return value if isinstance(value, UUID) else UUID(value)
