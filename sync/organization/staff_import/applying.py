"""A staged list enters the registry, some rows per transaction, so that a long list can show how far it is.

What dies between two transactions goes on where it stopped; a row is entered once. Rows with errors stay
out and stay readable.
"""

import json
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from sync.calendars import local_day
from sync.organization.staff_import.changes import ChangeLog
from sync.organization.staff_import.entries import StaffEntry, entry_from_row
from sync.organization.staff_import.findings import RowFinding, findings_as_json, findings_from_json
from sync.organization.staff_import.models import StaffBatch, StaffBatchRow
from sync.organization.staff_import.planning import Effect, EntryPlan
from sync.organization.staff_import.register import Register
from sync.organization.staff_import.staging import require_state
from sync.rollups.dirty import mark_people_dirty
from sync.sheets import SheetRow

#: Rows per transaction: about a second on SQLite, during which a learner's save must wait.
ROWS_AT_ONCE: Final = 200


def start_applying(session: Session, batch: StaffBatch, *, now: datetime) -> None:
    """Approves a staged list: from now on `apply_next_rows` enters it.

    Raises:
        BatchNotReady: it was approved or thrown away already.
    """
    require_state(batch, "staged")
    batch.state, batch.applied_at = "applying", now
    session.flush()


def is_batch_applying(session: Session) -> bool:
    """Whether an approved list waits; takes no lock."""
    waiting = select(StaffBatch.batch_id).where(StaffBatch.state == "applying").limit(1)
    return session.scalar(waiting) is not None


def apply_next_rows(
    session: Session, *, batch_id: int | None = None, now: datetime, limit: int = ROWS_AT_ONCE
) -> int:
    """Enters the next rows of the oldest approved list; returns how many rows it went on, 0 at the end.

    Args:
        batch_id: of this list only.
    """
    asked = (
        select(StaffBatch)
        .where(StaffBatch.state == "applying")
        .order_by(StaffBatch.batch_id)
        .limit(1)
        # One worker enters a list; another one finds the next list.
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    )
    batch = session.scalars(
        asked if batch_id is None else asked.where(StaffBatch.batch_id == batch_id)
    ).first()
    if batch is None:
        return 0
    rows = session.scalars(
        select(StaffBatchRow)
        .where(StaffBatchRow.batch_id == batch.batch_id, StaffBatchRow.row_number > batch.applied_through)
        .order_by(StaffBatchRow.row_number)
        .limit(limit)
    ).all()
    mark_people_dirty(session, _enter_rows(session, batch, rows, now=now))
    if rows:
        batch.applied_through = rows[-1].row_number
    if len(rows) < limit:
        batch.state = "applied"
    session.flush()
    return len(rows)


def apply_to_the_end(
    transaction: Callable[[], AbstractContextManager[Session]],
    batch_id: int,
    *,
    clock: Callable[[], datetime],
    told: Callable[[int], None] = lambda _rows: None,
) -> None:
    """All rows of an approved list, each chunk in a transaction of its own.

    Args:
        told: called after each chunk with the number of its rows.
    """
    while True:
        with transaction() as session:
            done = apply_next_rows(session, batch_id=batch_id, now=clock())
        told(done)
        if done < ROWS_AT_ONCE:
            return


def _enter_rows(
    session: Session, batch: StaffBatch, rows: Sequence[StaffBatchRow], *, now: datetime
) -> set[int]:
    """Enters what has no error; returns whom it touched."""
    wanted = [row for row in rows if row.effect != Effect.ERROR.value]
    # What entry_from_row refused was staged as an error, so every row here gives an entry.
    entries = {row.row_number: _entry(row) for row in wanted}
    register = Register(session, scope_unit_id=batch.scope_unit_id, today=local_day(now))
    register.look_up(entries.values())
    touched: set[int] = set()
    for row in wanted:
        touched |= _enter_row(session, batch, row, entries[row.row_number], register, now=now)
        if row.effect != Effect.ERROR.value:
            row.content = ""
    return touched


def _enter_row(
    session: Session,
    batch: StaffBatch,
    row: StaffBatchRow,
    entry: StaffEntry,
    register: Register,
    *,
    now: datetime,
) -> set[int]:
    plan, unit = register.plan(entry)
    if plan.effect is Effect.ERROR or unit is None:
        # The registry went on since the list was staged.
        _refuse(row, plan.findings)
        return set()
    row.effect = plan.effect.value
    log = ChangeLog(session, batch, row.row_number, now)
    try:
        with session.begin_nested():
            person_id = _carry_out(log, entry, plan, unit.unit_id, register)
    except IntegrityError:
        _refuse(row, (RowFinding("posts_overlap", f"{entry.valid_from:%d/%m/%Y}"),))
        return set()
    finally:
        register.forget_person(entry.staff_code)
    return {person_id}


def _carry_out(log: ChangeLog, entry: StaffEntry, plan: EntryPlan, unit_id: int, register: Register) -> int:
    known = register.person(entry.staff_code)
    if known is None:
        person_id = log.add_person(staff_code=entry.staff_code, full_name=entry.full_name)
    else:
        person_id = known.person_id
    if plan.renames:
        log.rename(person_id, entry.full_name)
    if plan.ends is not None:
        log.change_post(plan.ends.appointment_id, {"valid_to": entry.valid_from})
    values = _post_values(entry, plan)
    if plan.changes is not None:
        log.change_post(plan.changes.appointment_id, values)
    if plan.adds_post:
        log.add_post(values | {"person_id": person_id, "unit_id": unit_id, "valid_from": entry.valid_from})
    return person_id


def _post_values(entry: StaffEntry, plan: EntryPlan) -> dict[str, Any]:
    return {
        "position": entry.position,
        "staff_category": entry.staff_category,
        "is_cchc": entry.is_cchc,
        "cchc_role": entry.cchc_role,
        "is_primary": entry.is_primary,
        "valid_to": plan.valid_to,
    }


def _refuse(row: StaffBatchRow, found: tuple[RowFinding, ...]) -> None:
    row.effect = Effect.ERROR.value
    row.findings = findings_as_json(dict.fromkeys((*findings_from_json(row.findings), *found)))


def _entry(row: StaffBatchRow) -> StaffEntry:
    entry, found = entry_from_row(SheetRow(row.row_number, json.loads(row.content)))
    if entry is None:
        raise ValueError(f"Row {row.row_number} was staged without error and cannot be read: {found}.")
    return entry
