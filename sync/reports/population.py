"""SQL that all stock questions share: who belongs to a unit on a day."""

from datetime import date

from sqlalchemy import ColumnElement, Select, and_, case, func, select

from sync.organization.models import COMMAND, Appointment, Unit, UnitClosure
from sync.organization.population_sql import belongs_to
from sync.rollups.definitions import Population


def holds_post(population: Population, *, on: date) -> ColumnElement[bool]:
    """The appointment is a primary post of the population on that day, in a unit that exists on it.

    Needs `Appointment` and `Unit` in the query. A post that was forgotten in a dissolved unit belongs to no
    unit of the day's tree; `coverage.count_unplaced` counts it.
    """
    return and_(
        *belongs_to(population),
        Appointment.valid_from <= on,
        on < Appointment.valid_to,
        Unit.valid_from <= on,
        on < Unit.valid_to,
    )


def left_behind(population: Population, *, on: date) -> ColumnElement[bool]:
    """The appointment runs on that day in a unit that does not exist on it."""
    return and_(
        *belongs_to(population),
        Appointment.valid_from <= on,
        on < Appointment.valid_to,
        (Unit.valid_from > on) | (Unit.valid_to <= on),
    )


def below(unit_id: int) -> Select[*tuple[int]]:
    """The ids of a unit and of everything below it, in the line of command."""
    return select(UnitClosure.descendant_id).where(
        UnitClosure.hierarchy == COMMAND, UnitClosure.ancestor_id == unit_id
    )


def count_if(rule: ColumnElement[bool]) -> ColumnElement[int]:
    """How many rows of a group fulfil the rule."""
    return func.coalesce(func.sum(case((rule, 1), else_=0)), 0)
