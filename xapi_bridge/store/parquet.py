"""Statements as rows of a Parquet file: filters in columns of their own, the JSON byte for byte.

One schema serves archives of a month and exports, so that both can be read by the same query.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

import pyarrow as pa
import pyarrow.parquet as pq

from xapi_bridge.statement import Activity, Actor, parse_statement
from xapi_bridge.store.follow import StoredStatement

_INSTANT = pa.timestamp("us", tz="UTC")

#: The columns. `payload` is the JSON as the store serves it; `received` what was sent, only where the payload
#: cannot give it back.
SCHEMA = pa.schema(
    [
        pa.field("seq", pa.int64(), nullable=False),
        pa.field("statement_id", pa.string(), nullable=False),
        pa.field("stored", _INSTANT, nullable=False),
        pa.field("timestamp", _INSTANT),
        pa.field("verb", pa.string(), nullable=False),
        pa.field("actor", pa.string()),
        pa.field("activity", pa.string()),
        pa.field("registration", pa.string()),
        pa.field("target_id", pa.string()),
        pa.field("authority", pa.string()),
        pa.field("version", pa.string(), nullable=False),
        pa.field("voided", pa.bool_(), nullable=False),
        pa.field("voids_own_only", pa.bool_(), nullable=False),
        pa.field("payload", pa.binary(), nullable=False),
        pa.field("received", pa.binary()),
    ]
)

#: Rows per group: about 10 MB of JSON in memory at once, and few enough groups to skip by `stored`.
ROWS_PER_GROUP = 8192


class ParquetStatement(NamedTuple):
    """What a file gives back, enough to record the statement as it was.

    Attributes:
        received: the JSON as it was sent; None when `payload` holds it.
        voids_own_only: a voiding statement that reaches only statements of its own authority.
    """

    stored: StoredStatement
    version: str
    received: bytes | None
    voids_own_only: bool


def row_from_stored(
    stored: StoredStatement, *, received: bytes | None = None, voids_own_only: bool = False
) -> dict[str, Any]:
    """One statement as a row of SCHEMA; also a fine NDJSON line once `payload` is decoded.

    `actor` and `authority` are identifiers as the store keeps them, the kind first, parted by one blank.
    """
    # Version 2.0.0 accepts all that 1.0.3 accepts, so it reads every stored statement.
    statement = parse_statement(stored.payload, version="2.0.0")
    return {
        "seq": stored.seq,
        "statement_id": str(stored.statement_id),
        "stored": stored.stored,
        "timestamp": statement.timestamp,
        "verb": statement.verb.id,
        "actor": _identifier(statement.actor),
        "activity": statement.object.id if isinstance(statement.object, Activity) else None,
        "registration": _text(statement.registration),
        "target_id": _text(statement.target_id),
        "authority": _identifier(statement.authority),
        "version": statement.version or "1.0.0",
        "voided": stored.voided,
        "voids_own_only": voids_own_only,
        "payload": stored.payload,
        "received": received,
    }


class StatementWriter:
    """Writes rows in groups of ROWS_PER_GROUP; made by `open_parquet`."""

    def __init__(self, writer: pq.ParquetWriter) -> None:
        self._writer = writer
        self._waiting: list[dict[str, Any]] = []
        self.count = 0

    def write(self, rows: Sequence[dict[str, Any]]) -> None:
        """Adds rows of SCHEMA in the order given."""
        self._waiting.extend(rows)
        self.count += len(rows)
        while len(self._waiting) >= ROWS_PER_GROUP:
            self.flush(ROWS_PER_GROUP)

    def flush(self, most: int | None = None) -> None:
        """Writes what waits, at most so many rows, as one group."""
        ready = self._waiting[:most]
        if ready:
            self._writer.write_table(pa.Table.from_pylist(ready, schema=SCHEMA))
        del self._waiting[: len(ready)]


@contextmanager
def open_parquet(path: Path) -> Iterator[StatementWriter]:
    """A writer for one file; the file is complete when the block ends without an error."""
    with pq.ParquetWriter(path, SCHEMA, compression="zstd") as opened:
        writer = StatementWriter(opened)
        yield writer
        writer.flush()


def read_parquet(path: Path) -> Iterator[ParquetStatement]:
    """The statements of a file in its order, with the exact bytes."""
    with pq.ParquetFile(path) as opened:
        for batch in opened.iter_batches(batch_size=1024):
            yield from map(_statement_from_row, batch.to_pylist())


def _statement_from_row(row: dict[str, Any]) -> ParquetStatement:
    return ParquetStatement(
        StoredStatement(row["seq"], UUID(row["statement_id"]), row["voided"], row["payload"]),
        row["version"],
        row["received"],
        row["voids_own_only"],
    )


def _identifier(actor: Actor | None) -> str | None:
    if actor is None or actor.identifier is None:
        return None
    return " ".join(actor.identifier)


def _text(value: UUID | None) -> str | None:
    return None if value is None else str(value)
