"""Every unit's ancestors, kept as rows, so that no count ever climbs the tree at query time."""

from typing import Any

from sqlalchemy import ColumnElement, Select, delete, func, insert, literal, select
from sqlalchemy.orm import Session

from sync.organization.models import COMMAND, TERRITORY, Unit, UnitClosure

_COLUMNS = ("hierarchy", "ancestor_id", "descendant_id", "depth")


def rebuild_closure(session: Session) -> int:
    """Computes all ancestors of both hierarchies anew; returns how many rows there are."""
    session.execute(delete(UnitClosure))
    for hierarchy in (COMMAND, TERRITORY):
        session.execute(insert(UnitClosure).from_select(_COLUMNS, _all_ancestors(hierarchy)))
    return session.scalar(select(func.count()).select_from(UnitClosure)) or 0


def extend_closure(session: Session, unit: Unit) -> None:
    """Adds the ancestors of one unit that has no descendants yet; its parent's are known."""
    for hierarchy, parent_id in (
        (COMMAND, unit.parent_id),
        (TERRITORY, unit.territory_id or unit.parent_id),
    ):
        itself = select(literal(hierarchy), literal(unit.unit_id), literal(unit.unit_id), literal(0))
        above = select(
            UnitClosure.hierarchy, UnitClosure.ancestor_id, literal(unit.unit_id), UnitClosure.depth + 1
        ).where(UnitClosure.hierarchy == hierarchy, UnitClosure.descendant_id == parent_id)
        session.execute(insert(UnitClosure).from_select(_COLUMNS, itself.union_all(above)))


def _all_ancestors(hierarchy: str) -> Select[*tuple[Any, ...]]:
    climbed = select(
        Unit.unit_id.label("ancestor_id"), Unit.unit_id.label("descendant_id"), literal(0).label("depth")
    ).cte("climbed", recursive=True)
    upwards = _parent_in(hierarchy)
    climbed = climbed.union_all(
        select(upwards, climbed.c.descendant_id, climbed.c.depth + 1)
        .join(Unit, Unit.unit_id == climbed.c.ancestor_id)
        .where(upwards.is_not(None))
    )
    return select(literal(hierarchy), climbed.c.ancestor_id, climbed.c.descendant_id, climbed.c.depth)


def _parent_in(hierarchy: str) -> ColumnElement[int | None]:
    if hierarchy == TERRITORY:
        return func.coalesce(Unit.territory_id, Unit.parent_id)
    return Unit.parent_id.expression
