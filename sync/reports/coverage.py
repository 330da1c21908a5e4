"""Stock: of the people in a unit on a day, how many have done what by that day, and in which of its parts."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, literal, select
from sqlalchemy.orm import Session, aliased

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
    counted = _counted(on, population, programme, module_iri)
    parts = children_of(session, unit_id, on_date=on)
    by_part = _stocks(session, _by_part(counted, unit_id))
    by_level = _stocks(session, _by_level(counted, unit_id))
    own = _stocks(session, _own(counted, unit_id))
    return Coverage(
        unit=unit,
        on=on,
        total=_sum(by_level.values()),
        own=own[unit_id],
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


def _counted(
    on: date, population: Population, programme: Programme, module_iri: str | None
) -> "Select[*tuple[Any, ...]]":
    """People, accessed, completed, completed_all of all posts of the day, still to be grouped."""
    done = done_by(on, programme=programme, module_iri=module_iri)
    needed = len(programme.required_iris) if module_iri is None else 0
    completed_all = case((done.c.completed_required == needed, 1), else_=0) if needed else literal(0)
    return (
        select(
            func.count().label("people"),
            func.count(done.c.person_id).label("accessed"),
            func.sum(case((done.c.completed > 0, 1), else_=0)).label("completed"),
            func.sum(completed_all).label("completed_all"),
        )
        .select_from(Appointment)
        .join(Unit, Unit.unit_id == Appointment.unit_id)
        .outerjoin(done, done.c.person_id == Appointment.person_id)
        .where(holds_post(population, on=on))
    )


def _grouped(counted: "Select[*tuple[Any, ...]]", key: ColumnElement[Any]) -> "Select[*tuple[Any, ...]]":
    return counted.add_columns(key.label("key")).group_by(key)


def _with_ancestors(counted: "Select[*tuple[Any, ...]]") -> "Select[*tuple[Any, ...]]":
    """Each post once for every unit at or above it."""
    return counted.join(
        UnitClosure, (UnitClosure.descendant_id == Appointment.unit_id) & (UnitClosure.hierarchy == COMMAND)
    )


def _by_part(counted: "Select[*tuple[Any, ...]]", unit_id: int) -> "Select[*tuple[Any, ...]]":
    part = aliased(Unit)
    parts = select(part.unit_id).where(part.parent_id == unit_id)
    ancestor = UnitClosure.ancestor_id
    return _grouped(_with_ancestors(counted).where(ancestor.in_(parts)), ancestor.expression)


def _by_level(counted: "Select[*tuple[Any, ...]]", unit_id: int) -> "Select[*tuple[Any, ...]]":
    at_or_below = _with_ancestors(counted).where(UnitClosure.ancestor_id == unit_id)
    return _grouped(at_or_below, Unit.level.expression)


def _own(counted: "Select[*tuple[Any, ...]]", unit_id: int) -> "Select[*tuple[Any, ...]]":
    return _grouped(counted.where(Appointment.unit_id == unit_id), Appointment.unit_id.expression)


def _stocks(session: Session, question: "Select[*tuple[Any, ...]]") -> defaultdict[Any, Stock]:
    found: defaultdict[Any, Stock] = defaultdict(Stock)
    for row in session.execute(question):
        found[row.key] = Stock(row.people, row.accessed, row.completed, row.completed_all)
    return found


def _sum(stocks: Iterable[Stock]) -> Stock:
    total = Stock()
    for stock in stocks:
        total += stock
    return total
