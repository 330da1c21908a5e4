"""Stock: of the people in a unit on a day, how many have done what by that day, and in which of its parts."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from sync.errors import UnitUnknown
from sync.kept import STAFF, keep
from sync.organization.models import COMMAND, ActorIdentity, Appointment, Unit, UnitClosure
from sync.organization.units import LEVELS, UnitOnDay, children_of, label_on
from sync.reports.leaves import StockQuestion, count_leaves
from sync.reports.population import below, left_behind
from sync.reports.programme import Programme
from sync.reports.stock import Stock, sum_stocks
from sync.rollups.definitions import Population

__all__ = ["Coverage", "PartStock", "Stock", "Unplaced", "count_unplaced", "cover", "cover_unit"]

Group = TypeVar("Group")


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
    restated_to: date | None = None,
) -> Coverage:
    """The stock of a unit and of its parts on a day.

    Args:
        module_iri: count this module only, instead of any module.
        restated_to: lay the people of `on` out in the units of this later day; `None`: in those of `on`.

    Raises:
        UnitUnknown: no unit has this number.
    """
    return cover(session, StockQuestion(unit_id, on, population, programme, module_iri, restated_to))


def cover(session: Session, asked: StockQuestion) -> Coverage:
    """As `cover_unit`, of a question that was put already.

    Raises:
        UnitUnknown: no unit has this number.
    """
    unit_id = asked.unit_id
    unit, parts = read_parts(session, asked)
    leaves = count_leaves(session, asked)
    by_part = _sum_by(leaves, part_of_leaf(session, unit_id))
    by_level = _sum_by(leaves, _levels_below(session, unit_id))
    return Coverage(
        unit=unit,
        on=asked.on,
        total=sum_stocks(leaves.values()),
        own=leaves.get(unit_id, Stock()),
        parts=tuple(PartStock(part, by_part.get(part.unit_id, Stock())) for part in parts),
        levels=tuple((level, by_level[level]) for level in LEVELS if level in by_level),
    )


def cover_level(session: Session, asked: StockQuestion, level: str) -> list[PartStock]:
    """The stock of every unit of a level below a unit, everything below each included.

    Only the topmost units of the level: a department of a ministry is part of the ministry.
    """
    leaves = count_leaves(session, asked)
    parent = aliased(Unit)
    rows = session.execute(
        select(UnitClosure.descendant_id, UnitClosure.ancestor_id)
        .join(Unit, Unit.unit_id == UnitClosure.ancestor_id)
        .join(parent, parent.unit_id == Unit.parent_id)
        .where(
            UnitClosure.hierarchy == COMMAND,
            Unit.level == level,
            parent.level != level,
            Unit.valid_from <= asked.tree_day,
            asked.tree_day < Unit.valid_to,
            Unit.unit_id.in_(below(asked.unit_id)),
        )
    )
    unit_of = {leaf_id: unit_id for leaf_id, unit_id in rows}  # noqa: C416 - rows are no pairs to mypy
    units = label_on(session, unit_of.values(), on_date=asked.tree_day)
    sums = _sum_by(leaves, unit_of)
    return [PartStock(unit, sums.get(unit_id, Stock())) for unit_id, unit in units.items()]


def read_parts(session: Session, asked: StockQuestion) -> tuple[UnitOnDay, list[UnitOnDay]]:
    """The unit asked for and the units directly below it, on the day whose tree is shown.

    Raises:
        UnitUnknown: no unit has this number.
    """
    unit = label_on(session, [asked.unit_id], on_date=asked.tree_day).get(asked.unit_id)
    if unit is None:
        raise UnitUnknown(f"There is no unit {asked.unit_id}.")
    return unit, children_of(session, asked.unit_id, on_date=asked.tree_day)


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


def _sum_by(leaves: Mapping[int, Stock], group_of: Mapping[int, Group]) -> dict[Group, Stock]:
    """The leaves of each group together; those of no group are left out."""
    groups: defaultdict[Group, list[Stock]] = defaultdict(list)
    for leaf_id, stock in leaves.items():
        if leaf_id in group_of:
            groups[group_of[leaf_id]].append(stock)
    return {group: sum_stocks(stocks) for group, stocks in groups.items()}


def _levels_below(session: Session, unit_id: int) -> dict[int, str]:
    """Every unit at or below one -> its level."""
    return keep(session, ("levels", unit_id), lambda: _read_levels(session, unit_id), of=STAFF)


def _read_levels(session: Session, unit_id: int) -> dict[int, str]:
    rows = session.execute(
        select(Unit.unit_id, Unit.level)
        .join(UnitClosure, UnitClosure.descendant_id == Unit.unit_id)
        .where(UnitClosure.ancestor_id == unit_id, UnitClosure.hierarchy == COMMAND)
    )
    return {found_id: level for found_id, level in rows}  # noqa: C416 - rows are no pairs to mypy


def part_of_leaf(session: Session, unit_id: int) -> dict[int, int]:
    """Every unit below one -> the part of it that holds it."""
    return keep(session, ("parts", unit_id), lambda: _read_parts_of(session, unit_id), of=STAFF)


def _read_parts_of(session: Session, unit_id: int) -> dict[int, int]:
    rows = session.execute(
        select(UnitClosure.descendant_id, UnitClosure.ancestor_id)
        .join(Unit, Unit.unit_id == UnitClosure.ancestor_id)
        .where(Unit.parent_id == unit_id, UnitClosure.hierarchy == COMMAND)
    )
    return {leaf_id: part_id for leaf_id, part_id in rows}  # noqa: C416 - rows are no pairs to mypy
