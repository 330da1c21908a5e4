"""State -> counts: each change of a person's state moves that person between cells, up the whole tree."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import delete, select, tuple_
from sqlalchemy.orm import Session

from sync.calendars import Calendar, month_of
from sync.organization.models import COMMAND, UnitClosure
from sync.rollups.models import UnitCount
from sync.rollups.state import ModuleState, StateChange
from xapi_bridge.database import insert_or_update

#: (unit id, module IRI, calendar, first day of the month)
Cell = tuple[int, str, str, date]


@dataclass(frozen=True)
class People:
    """How many people a cell counts, or by how much that changes."""

    accessed: int = 0
    completed: int = 0

    def __add__(self, other: "People") -> "People":
        return People(self.accessed + other.accessed, self.completed + other.completed)

    def __neg__(self) -> "People":
        return People(-self.accessed, -self.completed)


NOBODY = People()


def apply_changes(session: Session, changes: Iterable[StateChange]) -> None:
    """Adds what changed to the cells of each person's unit and of all units above it (line of command).

    Cells are written in key order, so that two writers cannot wait for each other in a circle. A cell
    that counts nobody any more is removed, so that counts made step by step equal counts made anew.
    """
    leaf_deltas = _leaf_deltas(changes)
    ancestors = _ancestors(session, {unit_id for unit_id, *_ in leaf_deltas})
    deltas: dict[Cell, People] = {}
    for (unit_id, *rest), delta in leaf_deltas.items():
        for ancestor_id in ancestors.get(unit_id, ()):
            cell: Cell = (ancestor_id, *rest)  # type: ignore[assignment]
            deltas[cell] = deltas.get(cell, NOBODY) + delta
    _add(session, {cell: delta for cell, delta in deltas.items() if delta != NOBODY})


def cells_of(state: ModuleState) -> Iterator[tuple[Cell, People]]:
    """The cells of the person's own units that count this state, in each calendar."""
    for calendar in Calendar:
        if state.access_unit_id is not None:
            month = month_of(state.first_accessed_on, calendar)
            cell = (state.access_unit_id, state.module_iri, calendar.value, month.first_day)
            yield cell, People(accessed=1)
        if state.leaf_unit_id is not None and state.first_completed_on is not None:
            month = month_of(state.first_completed_on, calendar)
            cell = (state.leaf_unit_id, state.module_iri, calendar.value, month.first_day)
            yield cell, People(completed=1)


def _leaf_deltas(changes: Iterable[StateChange]) -> dict[Cell, People]:
    deltas: dict[Cell, People] = {}
    for change in changes:
        for cell, people in cells_of(change.before) if change.before else ():
            deltas[cell] = deltas.get(cell, NOBODY) + -people
        for cell, people in cells_of(change.after) if change.after else ():
            deltas[cell] = deltas.get(cell, NOBODY) + people
    return {cell: delta for cell, delta in deltas.items() if delta != NOBODY}


def _ancestors(session: Session, unit_ids: set[int]) -> dict[int, list[int]]:
    """Each unit's ancestors in the line of command, itself included."""
    ancestors: dict[int, list[int]] = {}
    if unit_ids:
        rows = session.execute(
            select(UnitClosure.descendant_id, UnitClosure.ancestor_id).where(
                UnitClosure.hierarchy == COMMAND, UnitClosure.descendant_id.in_(unit_ids)
            )
        )
        for descendant_id, ancestor_id in rows:
            ancestors.setdefault(descendant_id, []).append(ancestor_id)
    return ancestors


def _add(session: Session, deltas: Mapping[Cell, People]) -> None:
    rows = [
        {
            "unit_id": unit_id,
            "module_iri": module_iri,
            "calendar": calendar,
            "period_start": period_start,
            "people_accessed": deltas[cell].accessed,
            "people_completed": deltas[cell].completed,
        }
        for cell in sorted(deltas)
        for unit_id, module_iri, calendar, period_start in [cell]
    ]
    insert_or_update(session, UnitCount.__table__, rows, change=_sums)
    shrunk = sorted(cell for cell, delta in deltas.items() if min(delta.accessed, delta.completed) < 0)
    if shrunk:
        _remove_empty(session, shrunk)


def _sums(kept: Any, added: Any) -> dict[str, Any]:
    return {
        "people_accessed": kept.c.people_accessed + added.people_accessed,
        "people_completed": kept.c.people_completed + added.people_completed,
    }


def _remove_empty(session: Session, cells: list[Cell]) -> None:
    key = tuple_(UnitCount.unit_id, UnitCount.module_iri, UnitCount.calendar, UnitCount.period_start)
    session.execute(
        delete(UnitCount)
        .where(key.in_(cells), UnitCount.people_accessed == 0, UnitCount.people_completed == 0)
        .execution_options(synchronize_session=False)
    )
