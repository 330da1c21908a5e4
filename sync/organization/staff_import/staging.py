"""A list of staff before it is entered: what each row would do, and what is wrong with it."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from typing import Any, Final

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from sync.calendars import local_day
from sync.organization.models import Appointment, PersonDetail, Unit
from sync.organization.staff_import.entries import COLUMNS, StaffEntry, entry_from_row, repeated_rows
from sync.organization.staff_import.findings import RowFinding, findings_as_json, findings_from_json
from sync.organization.staff_import.models import StaffBatch, StaffBatchRow
from sync.organization.staff_import.planning import Effect
from sync.organization.staff_import.register import Register
from sync.organization_errors import BatchNotReady, BatchUnknown, SheetTooLarge
from sync.sheets import SheetRow, read_sheet

MOST_ROWS: Final = 50_000
MOST_BYTES: Final = 15_000_000
_SLICE: Final = 500


@dataclass(frozen=True)
class StagedRow:
    """One row as it waits; `values` is empty once it was entered."""

    number: int
    values: Mapping[str, str]
    effect: Effect
    findings: tuple[RowFinding, ...]


def stage_staff_file(
    session: Session,
    content: bytes,
    *,
    file_name: str,
    scope_unit_id: int | None,
    by: str,
    now: datetime,
) -> StaffBatch:
    """Reads a list and keeps it beside the registry with what each row would do; the registry stays as it is.

    Args:
        scope_unit_id: rows may name units and people of this subtree only; `None`: every unit.

    Raises:
        SheetUnreadable, SheetColumnsMissing, SheetTooLarge.
    """
    if len(content) > MOST_BYTES:
        raise SheetTooLarge(f"A list has {MOST_BYTES // 1_000_000} MB at most. Divide it and send the parts.")
    rows = read_sheet(content, COLUMNS, most_rows=MOST_ROWS)
    batch = StaffBatch(
        kind="list",
        state="staged",
        file_name=file_name[-200:],
        digest=sha256(content).hexdigest(),
        scope_unit_id=scope_unit_id,
        made_by=by,
        made_at=now,
        rows=len(rows),
    )
    session.add(batch)
    session.flush()
    _keep_rows(session, batch, rows, today=local_day(now))
    return batch


def get_batch(session: Session, batch_id: int, *, scope_unit_id: int | None) -> StaffBatch:
    """The import; a manager of a unit gets those of that unit only.

    Raises:
        BatchUnknown.
    """
    batch = session.get(StaffBatch, batch_id)
    if batch is None or scope_unit_id not in {None, batch.scope_unit_id}:
        raise BatchUnknown(f"There is no import {batch_id} of yours.")
    return batch


def list_batches(session: Session, *, scope_unit_id: int | None, limit: int) -> Sequence[StaffBatch]:
    """Imports and mergings, the newest first."""
    asked = select(StaffBatch).order_by(StaffBatch.batch_id.desc()).limit(limit)
    if scope_unit_id is not None:
        asked = asked.where(StaffBatch.scope_unit_id == scope_unit_id)
    return session.scalars(asked).all()


def find_same_file(session: Session, batch: StaffBatch) -> StaffBatch | None:
    """An earlier import of the same bytes that was entered."""
    return session.scalars(
        select(StaffBatch)
        .where(
            StaffBatch.digest == batch.digest,
            StaffBatch.digest != "",
            StaffBatch.batch_id < batch.batch_id,
            StaffBatch.state.in_(("applying", "applied")),
        )
        .order_by(StaffBatch.batch_id.desc())
        .limit(1)
    ).first()


def count_effects(session: Session, batch_id: int) -> dict[Effect, int]:
    """How many rows do what."""
    rows = session.execute(
        select(StaffBatchRow.effect, func.count())
        .where(StaffBatchRow.batch_id == batch_id)
        .group_by(StaffBatchRow.effect)
    )
    counted = {Effect(effect): count for effect, count in rows}
    return {effect: counted.get(effect, 0) for effect in Effect}


def count_findings(session: Session, batch_id: int) -> Counter[str]:
    """How often each code was found."""
    texts = session.scalars(
        select(StaffBatchRow.findings).where(
            StaffBatchRow.batch_id == batch_id, StaffBatchRow.findings != "[]"
        )
    )
    return Counter(one.code for text in texts for one in findings_from_json(text))


def list_rows(
    session: Session,
    batch_id: int,
    *,
    effect: Effect | None = None,
    only_found: bool = False,
    after: int = 0,
    limit: int | None = None,
) -> list[StagedRow]:
    """Rows in their order.

    Args:
        effect: only those that do this.
        only_found: only those with something to look at.
        after: begin behind this row number.
    """
    asked = (
        select(StaffBatchRow)
        .where(StaffBatchRow.batch_id == batch_id, StaffBatchRow.row_number > after)
        .order_by(StaffBatchRow.row_number)
        .limit(limit)
    )
    if effect is not None:
        asked = asked.where(StaffBatchRow.effect == effect.value)
    if only_found:
        asked = asked.where(StaffBatchRow.findings != "[]")
    return [
        StagedRow(
            row.row_number,
            json.loads(row.content) if row.content else {},
            Effect(row.effect),
            findings_from_json(row.findings),
        )
        for row in session.scalars(asked)
    ]


def discard_batch(session: Session, batch: StaffBatch) -> None:
    """Throws a staged list away; its rows, which name people, are emptied.

    Raises:
        BatchNotReady: it was entered already.
    """
    require_state(batch, "staged")
    batch.state = "discarded"
    forget_rows(session, batch.batch_id)
    session.flush()


def forget_rows(session: Session, batch_id: int) -> None:
    """Empties the cells of an import."""
    session.execute(
        update(StaffBatchRow)
        .where(StaffBatchRow.batch_id == batch_id)
        .values(content="")
        .execution_options(synchronize_session=False)
    )


def require_state(batch: StaffBatch, *states: str) -> None:
    """Lets a step happen in these states only.

    Raises:
        BatchNotReady.
    """
    if batch.state not in states:
        raise BatchNotReady(
            f"Import {batch.batch_id} is {batch.state}; this step needs {' or '.join(states)}."
        )


def _keep_rows(session: Session, batch: StaffBatch, rows: Sequence[SheetRow], *, today: date) -> None:
    read = [(row, *entry_from_row(row)) for row in rows]
    repeated = repeated_rows([(row.number, entry) for row, entry, _ in read if entry])
    register = Register(session, scope_unit_id=batch.scope_unit_id, today=today)
    for start in range(0, len(read), _SLICE):
        chunk = read[start : start + _SLICE]
        entries = [entry for _, entry, _ in chunk if entry]
        register.look_up(entries)
        alike = _people_alike(session, entries)
        values: list[dict[str, Any]] = []
        for row, entry, found in chunk:
            effect, findings = _judged(register, entry, (*found, *repeated.get(row.number, ())))
            if entry and effect is Effect.NEW and entry.full_name in alike.get(entry.unit_code, {}):
                twin = alike[entry.unit_code][entry.full_name]
                findings = (
                    findings if twin == entry.staff_code else (*findings, RowFinding("same_name", twin))
                )
            values.append(
                {
                    "batch_id": batch.batch_id,
                    "row_number": row.number,
                    "content": json.dumps(dict(row.values), ensure_ascii=False),
                    "effect": effect.value,
                    "findings": findings_as_json(findings),
                }
            )
        session.execute(insert(StaffBatchRow), values)


def _judged(
    register: Register, entry: StaffEntry | None, found: tuple[RowFinding, ...]
) -> tuple[Effect, tuple[RowFinding, ...]]:
    if entry is None or any(one.is_error for one in found):
        return Effect.ERROR, found
    plan, _ = register.plan(entry)
    return plan.effect, (*found, *plan.findings)


def _people_alike(session: Session, entries: Sequence[StaffEntry]) -> dict[str, dict[str, str]]:
    """Unit code -> name -> code of somebody of that name who has, or had, a post in a unit with that code."""
    rows = session.execute(
        select(Unit.code, PersonDetail.full_name, PersonDetail.staff_code)
        .join(Appointment, Appointment.unit_id == Unit.unit_id)
        .join(PersonDetail, PersonDetail.person_id == Appointment.person_id)
        .where(
            Unit.code.in_({entry.unit_code for entry in entries}),
            PersonDetail.full_name.in_({entry.full_name for entry in entries}),
        )
    )
    found: dict[str, dict[str, str]] = {}
    for unit_code, name, staff_code in rows:
        found.setdefault(unit_code, {})[name] = staff_code
    return found
