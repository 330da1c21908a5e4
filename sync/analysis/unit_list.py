"""Lists of units for programs: in force on a day, filtered, page by page."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, and_, func, select
from sqlalchemy.orm import Session

from sync.organization.folding import fold_name
from sync.organization.models import COMMAND, Unit, UnitClosure, UnitLabel
from sync.organization.units import UnitOnDay


@dataclass(frozen=True)
class UnitsAsked:
    """Which units are meant.

    Attributes:
        below: this unit and everything below it.
        level: only this level.
        name: part of a name, tones and upper case aside.
    """

    on: date
    below: int | None = None
    level: str | None = None
    name: str = ""


@dataclass(frozen=True)
class ListedUnit:
    """A unit on a day with its parent."""

    unit: UnitOnDay
    parent_id: int | None


def count_units(session: Session, asked: UnitsAsked) -> int:
    """How many units `list_units` would list without a limit."""
    return session.scalar(select(func.count()).select_from(_units(asked).subquery())) or 0


def list_units(session: Session, asked: UnitsAsked, *, offset: int, limit: int) -> list[ListedUnit]:
    """The units by number, which never changes."""
    rows = session.execute(_units(asked).order_by(Unit.unit_id).offset(offset).limit(limit))
    return [ListedUnit(UnitOnDay(*row[:-1]), row[-1]) for row in rows]


def _units(asked: UnitsAsked) -> Select[*tuple[Any, ...]]:
    day = asked.on
    question: Select[*tuple[Any, ...]] = (
        select(
            Unit.unit_id,
            Unit.scheme,
            Unit.code,
            Unit.level,
            UnitLabel.kind,
            UnitLabel.name,
            UnitLabel.short_name,
            Unit.valid_from,
            Unit.valid_to,
            Unit.parent_id,
        )
        .join(
            UnitLabel,
            and_(UnitLabel.unit_id == Unit.unit_id, UnitLabel.valid_from <= day, day < UnitLabel.valid_to),
        )
        .where(Unit.valid_from <= day, day < Unit.valid_to)
    )
    if asked.below is not None:
        inside = select(UnitClosure.descendant_id).where(
            UnitClosure.hierarchy == COMMAND, UnitClosure.ancestor_id == asked.below
        )
        question = question.where(Unit.unit_id.in_(inside))
    if asked.level is not None:
        question = question.where(Unit.level == asked.level)
    if folded := fold_name(asked.name):
        question = question.where(UnitLabel.folded_name.contains(folded, autoescape=True))
    return question
