"""The one order of the store: sequence numbers, assigned under one lock that is held until commit.

A number is also the statement's `stored` instant, in microseconds. Whoever holds the lock is the only one who
assigns numbers, so statements become visible in the order of their numbers, and a reader who has seen one has
seen, or can see, all before it (docs/decisions/0003-sequence-under-one-lock.md).

While nobody records, the store is complete up to the present. Who wants to say so raises the watermark first,
under the same lock, and later numbers lie above it: so what was said stays true whatever any clock does
(docs/decisions/0009-consistency-while-idle.md).
"""

from datetime import UTC, datetime, timedelta

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from xapi_bridge.database import EngineSql, ask_driver, run_sql
from xapi_bridge.store.models import StatementRow

#: Names our lock among the advisory locks of a PostgreSQL database; any fixed number would do.
_LOCK_NUMBER = 7_905_2022

_HOLD = f"SELECT pg_advisory_xact_lock({_LOCK_NUMBER})"

_THROUGH = EngineSql(
    sqlite="SELECT through FROM xapi_watermark WHERE watermark_id = 1",
    postgresql="SELECT through FROM xapi_watermark WHERE watermark_id = 1",
)
_NOTE = EngineSql(
    sqlite="INSERT INTO xapi_watermark (watermark_id, through) VALUES (1, ?) ON CONFLICT (watermark_id) "
    "DO UPDATE SET through = max(xapi_watermark.through, excluded.through) RETURNING through",
    postgresql="INSERT INTO xapi_watermark (watermark_id, through) VALUES (1, %s) ON CONFLICT (watermark_id) "
    "DO UPDATE SET through = greatest(xapi_watermark.through, excluded.through) RETURNING through",
)

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def hold_sequence(session: Session) -> None:
    """Waits until no other transaction assigns numbers, and keeps others waiting until this one ends.

    On SQLite a writing transaction is the only one anyway (BEGIN IMMEDIATE).
    """
    if session.get_bind().dialect.name == "postgresql":
        ask_driver(session.connection(), _HOLD)


def last_sequence(session: Session) -> int:
    """The number of the newest statement, 0 in an empty store."""
    return session.scalar(select(func.max(StatementRow.seq))) or 0


def sequence_after(through: int, *, now: datetime) -> int:
    """The first free number: the present instant, or the next one if the clock went back.

    Args:
        through: from `certain_through`, while the lock is held.
    """
    return max(sequence_at(now), through + 1)


def certain_through(session: Session) -> int:
    """The number up to which the store is complete for ever: no statement will appear at or below it."""
    rows = run_sql(session, _THROUGH, ())
    # Only the first writer of a store finds no row. Looking for the newest statement each time would open
    # every month of a store that is parted by month.
    return int(rows[0][0]) if rows else last_sequence(session)


def note_sequence(session: Session, last: int) -> None:
    """Keeps the number of the newest statement, in the transaction that records it."""
    run_sql(session, _NOTE, (last,))


def raise_watermark(session: Session, *, now: datetime) -> int | None:
    """Makes the store complete up to just before `now` and returns how far it is; None while others record.

    Call it in a transaction of its own that does not wait for others, and tell the number after the commit.
    """
    if not _hold_sequence_if_free(session):
        return None
    through = max(sequence_at(now) - 1, certain_through(session))
    note_sequence(session, through)
    return through


def pin_watermark(session: Session) -> None:
    """Remembers how far the store is complete; to be called before statements are deleted.

    The highest number may be among them, and must not be given again: it was announced.
    """
    hold_sequence(session)
    note_sequence(session, certain_through(session))


def _hold_sequence_if_free(session: Session) -> bool:
    """As `hold_sequence`, but without waiting. On SQLite the transaction could not have begun otherwise."""
    if session.get_bind().dialect.name != "postgresql":
        return True
    lock = text("SELECT pg_try_advisory_xact_lock(:number)")
    return bool(session.scalar(lock, {"number": _LOCK_NUMBER}))


def sequence_at(instant: datetime) -> int:
    """Microseconds from 1970 to an aware instant."""
    return (instant - _EPOCH) // _MICROSECOND


def instant_of(sequence: int) -> datetime:
    """The instant that a number stands for, aware, in UTC."""
    return _EPOCH + sequence * _MICROSECOND


def stored_text(sequence: int) -> str:
    """A number as the `stored` timestamp of a statement, for example 2026-11-24T02:00:00.000001Z."""
    return instant_of(sequence).isoformat(timespec="microseconds").replace("+00:00", "Z")
