"""Following the store: what came after the point that a follower has reached."""

from datetime import datetime
from typing import Final, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Row, func, select
from sqlalchemy.orm import Session

from xapi_bridge.database import EngineSql, run_sql
from xapi_bridge.store.models import StatementKey, StatementRow
from xapi_bridge.store.sequence import instant_of, last_sequence

__all__ = ["StoredStatement", "count_after", "find_stored", "last_sequence", "read_after"]

_SELECT: Final = "SELECT seq, statement_id, voided, payload FROM xapi_statement WHERE seq > "
# Every follower reads every statement by this; built from objects, it costs as much as the counting.
_AFTER: Final = EngineSql(
    sqlite=_SELECT + "? ORDER BY seq LIMIT ?", postgresql=_SELECT + "%s ORDER BY seq LIMIT %s"
)

#: The columns of a StoredStatement, in its order.
STORED_COLUMNS = (
    StatementRow.seq,
    StatementRow.statement_id,
    StatementRow.voided,
    StatementRow.payload,
)


class StoredStatement(NamedTuple):
    """One statement as it is kept; the fields are STORED_COLUMNS.

    Attributes:
        seq: its place in the one order of the store.
        voided: whether another statement took it back.
        payload: UTF-8 JSON with id, stored, authority, version and timestamp.
    """

    seq: int
    statement_id: UUID
    voided: bool
    payload: bytes

    @property
    def stored(self) -> datetime:
        """The instant of `seq`, aware, in UTC."""
        return instant_of(self.seq)


def read_after(session: Session, seq: int, *, limit: int) -> list[StoredStatement]:
    """The next statements after `seq`, oldest first, at most `limit`, voided ones included.

    Nothing can appear later at or before the last one returned: numbers become visible in their order. A
    statement that was read and is voided afterwards does not come again; the voiding statement comes, and
    its object names the target (`find_stored`).
    """
    # What the caller recorded and has not sent yet must be seen by SQL that is not built from objects.
    session.flush()
    rows = run_sql(session, _AFTER, (seq, limit))
    if rows and not isinstance(rows[0][1], UUID):  # SQLite keeps ids as text and truth as a number
        return [
            StoredStatement(place, UUID(one), voided == 1, payload) for place, one, voided, payload in rows
        ]
    return [StoredStatement(*row) for row in rows]


def count_after(session: Session, seq: int) -> int:
    """How many statements a follower at `seq` has not read: its lag."""
    return session.scalar(select(func.count()).select_from(StatementRow).where(StatementRow.seq > seq)) or 0


def find_stored(session: Session, statement_id: UUID) -> StoredStatement | None:
    """The statement with this id, voided or not; None if the store does not have it (any more)."""
    row = session.execute(select(*STORED_COLUMNS).where(has_id(statement_id))).one_or_none()
    return None if row is None else stored_from_row(row)


def has_id(statement_id: UUID) -> ColumnElement[bool]:
    """The condition by which a statement is found by its id: ids are indexed in a table of their own."""
    place = select(StatementKey.seq).where(StatementKey.statement_id == statement_id)
    return StatementRow.seq == place.scalar_subquery()


def stored_from_row(row: "Row[int, UUID, bool, bytes]") -> StoredStatement:
    """A row of STORED_COLUMNS, and of others, as a value."""
    return StoredStatement(row.seq, row.statement_id, row.voided, row.payload)
