"""Statements that a target will not take: read them, send them again, put them away with a note."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.orm import Session

from sync.errors import DeadLetterUnknown
from sync.forwarding.models import OutgoingStatement
from sync.forwarding.targets import lock_target
from xapi_bridge.store.follow import STORED_COLUMNS, StoredStatement, stored_from_row
from xapi_bridge.store.models import StatementRow


@dataclass(frozen=True)
class DeadLetter:
    """A statement that was given up, and what our store holds of it; None when it is gone from there."""

    outgoing: OutgoingStatement
    stored: StoredStatement | None


@dataclass(frozen=True)
class ReasonCount:
    """How many dead letters of a target have one reason, and since when."""

    reason: str
    letters: int
    oldest_at: datetime | None


def list_dead_letters(
    session: Session, target_id: int, *, reason: str = "", discarded: bool = False, offset: int, limit: int
) -> list[DeadLetter]:
    """Dead letters of a target, in the order of the store.

    Args:
        reason: only these; empty: all.
        discarded: those that were put away, instead of those that wait for somebody.
    """
    chosen = (
        select(OutgoingStatement)
        .where(*_dead(target_id, reason=reason, discarded=discarded))
        .order_by(OutgoingStatement.seq)
    )
    letters = session.scalars(chosen.offset(offset).limit(limit)).all()
    rows = session.execute(select(*STORED_COLUMNS).where(StatementRow.seq.in_([one.seq for one in letters])))
    stored = {one.seq: one for one in map(stored_from_row, rows)}
    return [DeadLetter(one, stored.get(one.seq)) for one in letters]


def find_dead_letter(session: Session, target_id: int, seq: int) -> DeadLetter:
    """One dead letter, also one that was put away.

    Raises:
        DeadLetterUnknown: there is none; it may have been sent again.
    """
    row = session.execute(select(*STORED_COLUMNS).where(StatementRow.seq == seq)).one_or_none()
    return DeadLetter(_find(session, target_id, seq), None if row is None else stored_from_row(row))


def count_dead_letters(session: Session, target_id: int, *, discarded: bool = False) -> list[ReasonCount]:
    """How many there are by reason, the most frequent first."""
    counted = (
        select(OutgoingStatement.reason, func.count(), func.min(OutgoingStatement.dead_at))
        .where(*_dead(target_id, discarded=discarded))
        .group_by(OutgoingStatement.reason)
        .order_by(func.count().desc(), OutgoingStatement.reason)
    )
    return [ReasonCount(*row) for row in session.execute(counted)]


def resend_dead_letter(session: Session, target_id: int, seq: int, *, now: datetime) -> None:
    """Sends one again, also one that was put away.

    Raises:
        TargetUnknown, DeadLetterUnknown: as their names say.
    """
    lock_target(session, target_id)
    _revive(_find(session, target_id, seq), now=now)


def resend_dead_letters(session: Session, target_id: int, *, reason: str = "", now: datetime) -> int:
    """Sends again all of one reason, or all; those put away stay so. Returns how many.

    Raises:
        TargetUnknown: there is no such target.
    """
    lock_target(session, target_id)
    revived = (
        update(OutgoingStatement)
        .where(*_dead(target_id, reason=reason))
        .values(due_at=now, dead_at=None, attempts=0, first_tried_at=None)
        .returning(OutgoingStatement.seq)
        .execution_options(synchronize_session=False)
    )
    return len(session.execute(revived).all())


def discard_dead_letter(session: Session, target_id: int, seq: int, *, note: str, now: datetime) -> None:
    """Puts one away: it is no longer counted, and stays on record with the note.

    Raises:
        TargetUnknown, DeadLetterUnknown: as their names say.
    """
    lock_target(session, target_id)
    letter = _find(session, target_id, seq)
    letter.discarded_at, letter.note = now, note.strip()[:500]


def _find(session: Session, target_id: int, seq: int) -> OutgoingStatement:
    letter = session.get(OutgoingStatement, (target_id, seq), populate_existing=True)
    if letter is None or letter.due_at is not None:
        raise DeadLetterUnknown(f"Target {target_id} has no dead letter {seq}; it may have been sent again.")
    return letter


def _revive(letter: OutgoingStatement, *, now: datetime) -> None:
    letter.due_at, letter.dead_at, letter.discarded_at = now, None, None
    # A new horizon begins.
    letter.attempts, letter.first_tried_at = 0, None


def _dead(target_id: int, *, reason: str = "", discarded: bool = False) -> list[ColumnElement[bool]]:
    put_away = OutgoingStatement.discarded_at
    conditions = [
        OutgoingStatement.target_id == target_id,
        OutgoingStatement.due_at.is_(None),
        put_away.is_not(None) if discarded else put_away.is_(None),
    ]
    if reason:
        conditions.append(OutgoingStatement.reason == reason)
    return conditions
