"""State -> counts: each change of a person's state moves that person between cells, up the whole tree."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from sqlalchemy.orm import Session

from sync.calendars import Calendar, month_of
from sync.rollups.batch_sql import ADD_TO_CELLS, ANCESTORS, REMOVE_EMPTY_CELLS, read_by_numbers, write_rows
from sync.rollups.state import ModuleState, StateChange

#: (unit id, module IRI, calendar, first day of the month)
Cell = tuple[int, str, str, date]


class People(NamedTuple):
    """How many people a cell counts, or by how much that changes."""

    accessed: int = 0
    completed: int = 0

    def plus(self, other: "People") -> "People":
        """Both together."""
        return People(self.accessed + other.accessed, self.completed + other.completed)

    def negated(self) -> "People":
        """What takes this away again."""
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
            deltas[cell] = deltas.get(cell, NOBODY).plus(delta)
    _add(session, {cell: delta for cell, delta in deltas.items() if delta != NOBODY})


def cells_of(state: ModuleState) -> Iterator[tuple[Cell, People]]:
    """The cells of the person's own units that count this state, in each calendar."""
    for calendar in Calendar:
        if state.access_unit_id is not None:
            first_day = _month_start(state.first_accessed_on, calendar)
            cell = (state.access_unit_id, state.module_iri, calendar.value, first_day)
            yield cell, People(accessed=1)
        if state.leaf_unit_id is not None and state.first_completed_on is not None:
            first_day = _month_start(state.first_completed_on, calendar)
            cell = (state.leaf_unit_id, state.module_iri, calendar.value, first_day)
            yield cell, People(completed=1)


@lru_cache(maxsize=4096)
def _month_start(day: date, calendar: Calendar) -> date:
    """The same few days come thousands of times in one batch."""
    return month_of(day, calendar).first_day


def _leaf_deltas(changes: Iterable[StateChange]) -> dict[Cell, People]:
    deltas: dict[Cell, People] = {}
    for change in changes:
        for cell, people in cells_of(change.before) if change.before else ():
            deltas[cell] = deltas.get(cell, NOBODY).plus(people.negated())
        for cell, people in cells_of(change.after) if change.after else ():
            deltas[cell] = deltas.get(cell, NOBODY).plus(people)
    return {cell: delta for cell, delta in deltas.items() if delta != NOBODY}


def _ancestors(session: Session, unit_ids: set[int]) -> dict[int, list[int]]:
    """Each unit's ancestors in the line of command, itself included."""
    ancestors: dict[int, list[int]] = {}
    for descendant_id, ancestor_id in read_by_numbers(session, ANCESTORS, unit_ids):
        ancestors.setdefault(descendant_id, []).append(ancestor_id)
    return ancestors


def _add(session: Session, deltas: Mapping[Cell, People]) -> None:
    write_rows(session, ADD_TO_CELLS, [(*cell, *deltas[cell]) for cell in sorted(deltas)])
    shrunk = sorted(cell for cell, delta in deltas.items() if min(delta) < 0)
    write_rows(session, REMOVE_EMPTY_CELLS, shrunk)
