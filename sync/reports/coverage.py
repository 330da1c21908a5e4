"""Stock: of the people in a unit on a day, how many have done what by that day, and in which of its parts."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from sqlalchemy import case, func, literal, select
from sqlalchemy.orm import Session

from sync.errors import UnitUnknown
from sync.organization.models import COMMAND, ActorIdentity, Appointment, Unit, UnitClosure
from sync.organization.units import LEVELS, UnitOnDay, children_of, label_on
from sync.reports.population import done_by, holds_post, left_behind
from sync.reports.programme import Programme
from sync.rollups.definitions import Population


@dataclass(frozen=True)
class Stock:
    """People on a day, and how many of them had done what by that day.

    Attributes:
        people: the denominator.
        accessed: had opened at least one module (or the module asked for).
        completed: had completed at least one module (or the module asked for).
        completed_all: had completed every required module; 0 when one module was asked for.
    """

    people: int = 0
    accessed: int = 0
    completed: int = 0
    completed_all: int = 0

    def __add__(self, other: "Stock") -> "Stock":
        return Stock(
            self.people + other.people,
            self.accessed + other.accessed,
            self.completed + other.completed,
            self.completed_all + other.completed_all,
        )


@dataclass(frozen=True)
class PartStock:
    """One unit directly below, all units below it included."""

    unit: UnitOnDay
    stock: Stock


@dataclass(frozen=True)
class Coverage:
    """A unit on a day and its parts.

    Attributes:
        total: the unit with everything below it.
        own: people posted in the unit itself and in no part of it; `total` is `own` plus all parts.
        parts: units directly below that exist on that day, by level, then by name as the database sorts it.
        levels: (level, stock of the people posted in units of that level), from the top down; empty
            levels are left out.
    """

    unit: UnitOnDay
    on: date
    total: Stock
    own: Stock
    parts: tuple[PartStock, ...]
    levels: tuple[tuple[str, Stock], ...]


@dataclass(frozen=True)
class Unplaced:
    """Learning that no unit's figures contain.

    Attributes:
        accounts: accounts of the statements that belong to no person yet.
        people: people whose only primary post that day is in a unit that does not exist that day.
    """

    accounts: int
    people: int


def cover_unit(
    session: Session,
    unit_id: int,
    *,
    on: date,
    population: Population,
    programme: Programme,
    module_iri: str | None = None,
) -> Coverage:
    """The stock of a unit and of its parts on a day.

    Args:
        module_iri: count this module only, instead of any module.

    Raises:
        UnitUnknown: no unit has this number.
    """
    unit = label_on(session, [unit_id], on_date=on).get(unit_id)
    if unit is None:
        raise UnitUnknown(f"There is no unit {unit_id}.")
    leaves = _stock_by_leaf(
        session, unit_id, on=on, population=population, programme=programme, module_iri=module_iri
    )
    parts = children_of(session, unit_id, on_date=on)
    part_of = _part_of_leaf(session, unit_id)
    by_part: defaultdict[int | None, Stock] = defaultdict(Stock)
    by_level: defaultdict[str, Stock] = defaultdict(Stock)
    for leaf in leaves:
        by_part[part_of.get(leaf.unit_id)] += leaf.stock
        by_level[leaf.level] += leaf.stock
    return Coverage(
        unit=unit,
        on=on,
        total=sum((leaf.stock for leaf in leaves), Stock()),
        own=next((leaf.stock for leaf in leaves if leaf.unit_id == unit_id), Stock()),
        parts=tuple(PartStock(part, by_part[part.unit_id]) for part in parts),
        levels=tuple((level, by_level[level]) for level in LEVELS if level in by_level),
    )


def count_unplaced(session: Session, *, on: date, population: Population) -> Unplaced:
    """What is missing in the figures of the whole country."""
    accounts = session.scalar(
        select(func.count()).select_from(ActorIdentity).where(ActorIdentity.person_id.is_(None))
    )
    people = session.scalar(
        select(func.count(Appointment.person_id.distinct()))
        .join(Unit, Unit.unit_id == Appointment.unit_id)
        .where(left_behind(population, on=on))
    )
    return Unplaced(accounts or 0, people or 0)


@dataclass(frozen=True)
class _LeafStock:
    """The people whose posts are in one unit itself."""

    unit_id: int
    level: str
    stock: Stock


def _stock_by_leaf(
    session: Session,
    unit_id: int,
    *,
    on: date,
    population: Population,
    programme: Programme,
    module_iri: str | None,
) -> list[_LeafStock]:
    """One pass over the people at or below a unit, grouped by the unit of their posts."""
    done = done_by(on, unit_id=unit_id, programme=programme, module_iri=module_iri)
    needed = len(programme.required_iris) if module_iri is None else 0
    completed_all = case((done.c.completed_required == needed, 1), else_=0) if needed else literal(0)
    rows = session.execute(
        select(
            Appointment.unit_id,
            Unit.level,
            func.count(),
            func.count(done.c.person_id),
            func.sum(case((done.c.completed > 0, 1), else_=0)),
            func.sum(completed_all),
        )
        .select_from(Appointment)
        .join(Unit, Unit.unit_id == Appointment.unit_id)
        .join(
            UnitClosure,
            (UnitClosure.descendant_id == Appointment.unit_id) & (UnitClosure.hierarchy == COMMAND),
        )
        .outerjoin(done, done.c.person_id == Appointment.person_id)
        .where(holds_post(population, on=on), UnitClosure.ancestor_id == unit_id)
        .group_by(Appointment.unit_id, Unit.level)
    )
    return [_LeafStock(leaf_id, level, Stock(*figures)) for leaf_id, level, *figures in rows]


def _part_of_leaf(session: Session, unit_id: int) -> dict[int, int]:
    """Every unit below one -> the part of it that holds it."""
    rows = session.execute(
        select(UnitClosure.descendant_id, UnitClosure.ancestor_id)
        .join(Unit, Unit.unit_id == UnitClosure.ancestor_id)
        .where(Unit.parent_id == unit_id, UnitClosure.hierarchy == COMMAND)
    )
    return {row.descendant_id: row.ancestor_id for row in rows}
