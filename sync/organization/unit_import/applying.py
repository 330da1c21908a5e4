"""An approved list becomes units: old nodes end, new ones begin, names get dates, posts go along.

Nothing is overwritten: what a day before the first one was true stays so.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from sync.organization.closure import rebuild_closure
from sync.organization.folding import fold_name
from sync.organization.kinds import full_name, short_name
from sync.organization.models import ENACTED, OPEN_END, Unit, UnitLabel, UnitSuccession
from sync.organization.unit_import.difference import UnitDifference
from sync.organization.unit_import.lists import ListedUnit
from sync.organization.unit_import.models import UnitImport, UnitImportChange
from sync.organization.unit_import.posts import move_posts
from sync.organization.unit_import.slices import in_slices
from sync.organization.unit_import.staging import compare_with_units, departments_below
from sync.organization.units import find_nation
from sync.organization_errors import UnitImportNotReady


@dataclass(frozen=True)
class ListApplied:
    """How many nodes began and ended, how many names changed, how many posts went along."""

    made: int
    closed: int
    relabelled: int
    posts: int


def apply_unit_list(session: Session, staged: UnitImport, *, by: str, now: datetime) -> ListApplied:
    """Applies a list on its day; the people in closed units are counted again in their successors.

    A back-dated list (a day in the past) is no different: counts follow in the background.

    Raises:
        UnitImportNotReady: it has errors, changes nothing, or was applied or thrown away already.
    """
    if staged.state != "staged":
        raise UnitImportNotReady(f"List {staged.import_id} is {staged.state}.")
    difference = compare_with_units(session, staged)
    if not difference.is_applicable:
        wrong = ", ".join(f"{one.code} {one.told}" for one in difference.problems[:5] if one.is_error)
        raise UnitImportNotReady(
            f"List {staged.import_id} cannot be applied: {wrong or 'it changes nothing'}."
        )
    closed = {one.code: one.unit_id for one in difference.closed}
    departments = departments_below(session, staged, list(closed.values()))
    ended = _close(session, [*closed.values(), *departments], on=staged.on_date)
    nodes = _kept_nodes(session, staged, difference)
    made = _make(session, staged, difference, nodes)
    _relabel(session, staged, difference, nodes)
    _succeed(session, staged, difference, closed, nodes)
    rebuild_closure(session)
    heirs = {closed[step.from_code]: nodes[step.to_code] for step in difference.steps if step.is_default}
    heirs |= {unit_id: heirs[above] for unit_id, above in departments.items() if above in heirs}
    staged.batch_id, posts = move_posts(
        session, [*closed.values(), *departments], heirs, on=staged.on_date, by=by, now=now
    )
    relabelled = [nodes[one.code] for one in difference.relabelled]
    _write_down(session, staged, made=made, closed=ended, relabelled=relabelled)
    staged.state, staged.applied_by, staged.applied_at = "applied", by, now
    session.flush()
    return ListApplied(len(made), len(closed) + len(departments), len(relabelled), posts)


def _close(session: Session, unit_ids: Sequence[int], *, on: date) -> dict[int, date]:
    """Ends nodes and their names; returns until when each would have lived."""
    lives: dict[int, date] = {}
    for chunk in in_slices(unit_ids):
        rows = session.execute(select(Unit.unit_id, Unit.valid_to).where(Unit.unit_id.in_(chunk)))
        lives |= {row.unit_id: row.valid_to for row in rows}
        for table in (Unit, UnitLabel):
            session.execute(
                update(table)
                .where(table.unit_id.in_(chunk), table.valid_to > on)
                .values(valid_to=on)
                .execution_options(synchronize_session="fetch")
            )
    return lives


def _kept_nodes(session: Session, staged: UnitImport, difference: UnitDifference) -> dict[str, int]:
    """Code -> node of the units that go on."""
    rows = session.execute(
        select(Unit.code, Unit.unit_id).where(
            Unit.scheme == staged.replaces, Unit.valid_from <= staged.on_date, Unit.valid_to == OPEN_END
        )
    )
    return {code: unit_id for code, unit_id in rows if code in difference.kept}


def _make(
    session: Session, staged: UnitImport, difference: UnitDifference, nodes: dict[str, int]
) -> list[int]:
    """Inserts the new nodes level by level, so that parents have numbers, and adds them to `nodes`."""
    nation_id = find_nation(session).unit_id
    made: list[int] = []
    for level in ("province", "district", "commune"):
        units = [one for one in difference.made if one.level == level]
        if not units:
            continue
        rows = [_unit_row(staged, one, nodes.get(one.parent, nation_id)) for one in units]
        ids = session.scalars(insert(Unit).returning(Unit.unit_id, sort_by_parameter_order=True), rows).all()
        nodes |= {unit.code: unit_id for unit, unit_id in zip(units, ids, strict=True)}
        session.execute(
            insert(UnitLabel),
            [_label_row(staged, unit, unit_id) for unit, unit_id in zip(units, ids, strict=True)],
        )
        made += ids
    return made


def _unit_row(staged: UnitImport, unit: ListedUnit, parent_id: int) -> dict[str, Any]:
    return {
        "scheme": staged.scheme,
        "code": unit.code,
        "level": unit.level,
        "parent_id": parent_id,
        "valid_from": staged.on_date,
        "valid_to": OPEN_END,
        "dating": ENACTED,
        "legal_basis": unit.legal_basis,
    }


def _label_row(staged: UnitImport, unit: ListedUnit, unit_id: int) -> dict[str, Any]:
    complete = full_name(unit.kind, unit.name)
    return {
        "unit_id": unit_id,
        "valid_from": staged.on_date,
        "valid_to": OPEN_END,
        "name": complete,
        "short_name": short_name(unit.kind, unit.name),
        "folded_name": fold_name(complete),
        "kind": unit.kind,
        "dating": ENACTED,
        "legal_basis": unit.legal_basis,
    }


def _relabel(
    session: Session, staged: UnitImport, difference: UnitDifference, nodes: Mapping[str, int]
) -> None:
    renamed = [(one, nodes[one.code]) for one in difference.relabelled]
    for chunk in in_slices([unit_id for _, unit_id in renamed]):
        session.execute(
            update(UnitLabel)
            .where(UnitLabel.unit_id.in_(chunk), UnitLabel.valid_to == OPEN_END)
            .values(valid_to=staged.on_date)
            .execution_options(synchronize_session="fetch")
        )
    if renamed:
        session.execute(insert(UnitLabel), [_label_row(staged, one, unit_id) for one, unit_id in renamed])


def _succeed(
    session: Session,
    staged: UnitImport,
    difference: UnitDifference,
    closed: Mapping[str, int],
    nodes: Mapping[str, int],
) -> None:
    rows = [
        {
            "from_unit_id": closed[step.from_code],
            "to_unit_id": nodes[step.to_code],
            "on_date": staged.on_date,
            "mode": step.mode,
            "is_default": step.is_default,
            "legal_basis": step.legal_basis,
        }
        for step in difference.steps
    ]
    if rows:
        session.execute(insert(UnitSuccession), rows)


def _write_down(
    session: Session,
    staged: UnitImport,
    *,
    made: Sequence[int],
    closed: Mapping[int, date],
    relabelled: Sequence[int],
) -> None:
    rows = [
        {
            "import_id": staged.import_id,
            "unit_id": unit_id,
            "what": what,
            "lived_until": closed.get(unit_id) if what == "closed" else None,
        }
        for what, ids in (("made", made), ("closed", sorted(closed)), ("relabelled", relabelled))
        for unit_id in ids
    ]
    session.execute(insert(UnitImportChange), rows)
