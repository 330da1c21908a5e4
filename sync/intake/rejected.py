"""The statements that were rejected: read, tried again, or discarded with a reason. None is ever deleted."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from sync.errors import RejectedUnknown
from sync.intake.models import IntakeSource, RejectedStatement
from sync.intake.taking import sort_statements


@dataclass(frozen=True)
class Retried:
    """What came of trying rejected statements again."""

    recorded: int
    still_rejected: int


def list_rejected(
    session: Session, source: IntakeSource, *, after_id: int = 0, limit: int = 50, code: str = ""
) -> Sequence[RejectedStatement]:
    """Rejected statements that wait for a decision, the oldest first.

    Args:
        after_id: only those behind this number: the next page.
        code: only those with this reason; empty for all.
    """
    wanted = (
        select(RejectedStatement)
        .where(
            RejectedStatement.source_id == source.source_id,
            RejectedStatement.decided_at.is_(None),
            RejectedStatement.rejected_id > after_id,
        )
        .order_by(RejectedStatement.rejected_id)
        .limit(limit)
    )
    return session.scalars(wanted.where(RejectedStatement.code == code) if code else wanted).all()


def count_reasons(session: Session, source: IntakeSource) -> dict[str, int]:
    """How many wait, by the code of their reason."""
    rows = session.execute(
        select(RejectedStatement.code, func.count())
        .where(RejectedStatement.source_id == source.source_id, RejectedStatement.decided_at.is_(None))
        .group_by(RejectedStatement.code)
        .order_by(RejectedStatement.code)
    )
    return {row[0]: row[1] for row in rows}


def find_rejected(session: Session, rejected_id: int) -> RejectedStatement:
    """A rejected statement, decided or not.

    Raises:
        RejectedUnknown: there is none.
    """
    row = session.get(RejectedStatement, rejected_id)
    if row is None:
        raise RejectedUnknown(f"No rejected statement has the number {rejected_id}.")
    return row


def retry_rejected(
    session: Session, rows: Sequence[RejectedStatement], *, iri_base: str, now: datetime
) -> Retried:
    """Tries to record the statements again: for when the rule, the store or the other statement has changed.

    A statement that the store knows by now counts as recorded.
    """
    recorded = 0
    for row in sorted(rows, key=lambda one: one.rejected_id):
        source = session.get_one(IntakeSource, row.source_id)
        _taken, rejections = sort_statements(session, source, [row.raw], iri_base=iri_base, now=now)
        if rejections:
            row.code, row.reason = rejections[0].refusal.code, str(rejections[0].refusal)[:500]
        else:
            row.decided_at, row.decision = now, "recorded"
            recorded += 1
    session.flush()
    return Retried(recorded, len(rows) - recorded)


def discard_rejected(session: Session, rows: Sequence[RejectedStatement], *, note: str, now: datetime) -> int:
    """Puts statements aside for good; they stay readable. Returns how many."""
    for row in rows:
        row.decided_at, row.decision, row.note = now, "discarded", note.strip()[:300]
    session.flush()
    return len(rows)
