"""Loads the shipped list of units into an empty organisation, once."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from sync.errors import UnitListChanged
from sync.organization.closure import rebuild_closure
from sync.organization.folding import fold_name
from sync.organization.kinds import full_name, short_name
from sync.organization.models import LoadedUnitList, Unit, UnitClosure, UnitLabel, UnitSuccession
from sync.organization.unit_files import (
    CENTRAL,
    NATION,
    ListedName,
    ListedUnit,
    UnitList,
    read_unit_list,
)
from xapi_bridge.database import insert_if_absent

_SHIPPED = "shipped"


@dataclass(frozen=True)
class UnitsLoaded:
    """What the database holds after loading.

    Attributes:
        is_new: whether this call loaded the list; `False`: it was there already, nothing was changed.
        units: nodes, local departments included.
        labels: names over time.
        closure_rows: ancestor rows of both hierarchies.
        successions: old → new.
    """

    is_new: bool
    units: int
    labels: int
    closure_rows: int
    successions: int


def load_units(session: Session) -> UnitsLoaded:
    """Loads the list that this version ships, unless it is there; a second call changes nothing.

    Raises:
        UnitListChanged: the database holds another list than this version ships.
    """
    return load_unit_list(session, read_unit_list())


def load_unit_list(session: Session, listed: UnitList) -> UnitsLoaded:
    """As `load_units`, for a list in hand."""
    # Whoever inserts this row first loads; another process waits here and then finds it.
    row = {"name": _SHIPPED, "digest": listed.digest}
    is_new = insert_if_absent(session, LoadedUnitList.__table__, [row]) == 1
    if is_new:
        _insert_everything(session, listed)
    else:
        _require_same_list(session, listed)
    return UnitsLoaded(
        is_new=is_new,
        units=_count(session, Unit),
        labels=_count(session, UnitLabel),
        closure_rows=_count(session, UnitClosure),
        successions=_count(session, UnitSuccession),
    )


def _require_same_list(session: Session, listed: UnitList) -> None:
    held = session.scalar(select(LoadedUnitList.digest).where(LoadedUnitList.name == _SHIPPED))
    if held != listed.digest:
        raise UnitListChanged(
            f"The database holds the unit list {str(held)[:12]}, this version ships {listed.digest[:12]}. "
            "A list is never overwritten, because posts and counts hang on its units: keep the version that "
            "loaded it, or load the new list into an empty database."
        )


def _count(session: Session, table: type[Any]) -> int:
    return session.scalar(select(func.count()).select_from(table)) or 0


class _Nodes:
    """The ids of the units inserted so far, found by scheme, code and a day."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, str], list[tuple[date, date, int]]] = defaultdict(list)

    def add(self, unit: ListedUnit, unit_id: int) -> None:
        self._found[unit.scheme, unit.code].append((unit.valid_from, unit.valid_to, unit_id))

    def on(self, scheme: str, code: str, day: date) -> int:
        return next(unit_id for start, end, unit_id in self._found[scheme, code] if start <= day < end)

    def last_before(self, scheme: str, code: str, day: date) -> int:
        return next(unit_id for start, end, unit_id in self._found[scheme, code] if start < day <= end)


def _insert_everything(session: Session, listed: UnitList) -> None:
    nodes = _Nodes()
    for _, level in groupby(listed.units, key=lambda unit: (unit.level, unit.scheme)):
        units = list(level)
        ids = session.scalars(
            insert(Unit).returning(Unit.unit_id, sort_by_parameter_order=True),
            [_unit_row(unit, nodes) for unit in units],
        )
        for unit, unit_id in zip(units, ids, strict=True):
            nodes.add(unit, unit_id)
    session.execute(insert(UnitLabel), list(_label_rows(listed, nodes)))
    session.execute(insert(UnitSuccession), list(_succession_rows(listed, nodes)))
    rebuild_closure(session)


def _unit_row(unit: ListedUnit, nodes: _Nodes) -> dict[str, Any]:
    return {
        "scheme": unit.scheme,
        "code": unit.code,
        "level": unit.level,
        "parent_id": _parent_id(unit, nodes),
        "valid_from": unit.valid_from,
        "valid_to": unit.valid_to,
        "dating": unit.dating,
        "legal_basis": unit.legal_basis,
    }


def _parent_id(unit: ListedUnit, nodes: _Nodes) -> int | None:
    if unit.level == "national":
        return None
    if not unit.parent:
        return nodes.on(CENTRAL, NATION, unit.valid_from)
    return nodes.on(unit.scheme, unit.parent, unit.valid_from)


def _label_rows(listed: UnitList, nodes: _Nodes) -> Iterator[dict[str, Any]]:
    later: dict[tuple[str, str], list[ListedName]] = defaultdict(list)
    for name in listed.names:
        later[name.scheme, name.code].append(name)
    for unit in listed.units:
        unit_id = nodes.on(unit.scheme, unit.code, unit.valid_from)
        changes = [
            name
            for name in later[unit.scheme, unit.code]
            if unit.valid_from < name.valid_from < unit.valid_to
        ]
        yield from _labels_of(
            unit_id, [unit, *sorted(changes, key=lambda name: name.valid_from)], unit.valid_to
        )


def _labels_of(
    unit_id: int, names: Iterable[ListedUnit | ListedName], valid_to: date
) -> Iterator[dict[str, Any]]:
    given = list(names)
    ends = [name.valid_from for name in given[1:]] + [valid_to]
    for name, end in zip(given, ends, strict=True):
        complete = full_name(name.kind, name.name)
        yield {
            "unit_id": unit_id,
            "valid_from": name.valid_from,
            "valid_to": end,
            "name": complete,
            "short_name": short_name(name.kind, name.name),
            "folded_name": fold_name(complete),
            "kind": name.kind,
            "dating": name.dating,
            "legal_basis": name.legal_basis,
        }


def _succession_rows(listed: UnitList, nodes: _Nodes) -> Iterator[dict[str, Any]]:
    for step in listed.successions:
        yield {
            "from_unit_id": nodes.last_before(step.from_scheme, step.from_code, step.on_date),
            "to_unit_id": nodes.on(step.to_scheme, step.to_code, step.on_date),
            "on_date": step.on_date,
            "mode": step.mode,
            "is_default": step.is_default,
            "legal_basis": step.legal_basis,
        }
