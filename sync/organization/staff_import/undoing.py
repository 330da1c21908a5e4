"""A whole import goes back, last change first; what was changed since stays, and is named."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from sync.organization.staff_import.changes import take_back
from sync.organization.staff_import.models import StaffBatch, StaffChange
from sync.organization.staff_import.staging import forget_rows, require_state
from sync.rollups.dirty import mark_people_dirty


@dataclass(frozen=True)
class BatchUndone:
    """How many changes went back, and which stayed (each with `kept_because`)."""

    undone: int
    kept: tuple[StaffChange, ...]


def undo_batch(session: Session, batch: StaffBatch, *, by: str, now: datetime) -> BatchUndone:
    """Takes back everything that an import or a merging changed, unless it was changed later.

    A list that is still being entered goes back as far as it came. A second undoing tries once more what the
    first had to leave.

    Raises:
        BatchNotReady: nothing of it was entered.
    """
    require_state(batch, "applying", "applied", "undone")
    changes = session.scalars(
        select(StaffChange)
        .where(StaffChange.batch_id == batch.batch_id, StaffChange.undone_at.is_(None))
        .order_by(StaffChange.change_id.desc())
    ).all()
    people = {change.person_id for change in changes}
    undone = 0
    for change in changes:
        change.kept_because = take_back(session, change, by=by, now=now)
        if not change.kept_because:
            change.undone_at = now
            undone += 1
    batch.state, batch.undone_by, batch.undone_at = "undone", by, now
    forget_rows(session, batch.batch_id)
    mark_people_dirty(session, people)
    return BatchUndone(undone, tuple(change for change in changes if change.kept_because))


def list_changes(session: Session, batch_id: int, *, limit: int | None = None) -> Sequence[StaffChange]:
    """What a batch changed, in order."""
    return session.scalars(
        select(StaffChange)
        .where(StaffChange.batch_id == batch_id)
        .order_by(StaffChange.change_id)
        .limit(limit)
    ).all()
