"""The one order of the store: sequence numbers, assigned under one lock that is held until commit.

A number is also the statement's `stored` instant, in microseconds. Whoever holds the lock is the only one who
assigns numbers, so statements become visible in the order of their numbers, and a reader who has seen one has
seen, or can see, all before it (docs/decisions/0003-sequence-under-one-lock.md).
"""

from datetime import UTC, datetime, timedelta

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from xapi_bridge.store.models import StatementRow

#: Names our lock among the advisory locks of a PostgreSQL database; any fixed number would do.
_LOCK_NUMBER = 7_905_2022

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def hold_sequence(session: Session) -> None:
    """Waits until no other transaction assigns numbers, and keeps others waiting until this one ends.

    On SQLite a writing transaction is the only one anyway (BEGIN IMMEDIATE).
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": _LOCK_NUMBER})


def last_sequence(session: Session) -> int:
    """The number of the newest statement, 0 in an empty store."""
    return session.scalar(select(func.max(StatementRow.seq))) or 0


def next_sequence(session: Session, *, now: datetime) -> int:
    """The first free number: the present instant, or one more than the last if the clock went back.

    Only for the holder of the lock.
    """
    return max(sequence_at(now), last_sequence(session) + 1)


def sequence_at(instant: datetime) -> int:
    """Microseconds from 1970 to an aware instant."""
    return (instant - _EPOCH) // _MICROSECOND


def instant_of(sequence: int) -> datetime:
    """The instant that a number stands for, aware, in UTC."""
    return _EPOCH + sequence * _MICROSECOND


def stored_text(sequence: int) -> str:
    """A number as the `stored` timestamp of a statement, for example 2026-11-24T02:00:00.000001Z."""
    return instant_of(sequence).isoformat(timespec="microseconds").replace("+00:00", "Z")
