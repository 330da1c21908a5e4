"""SQL that all stock questions share: who belongs to a unit on a day, and what each had done by then.

What a person had done is asked for each post by itself (`EXISTS` and `min`), so that the database looks at an
index of few rows per person and never groups the table of everybody's modules.
"""

from collections.abc import Collection
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, Select, and_, case, func, literal, select

from sync.organization.models import COMMAND, Appointment, Unit, UnitClosure
from sync.organization.population_sql import belongs_to
from sync.reports.programme import Programme
from sync.rollups.definitions import Population
from sync.rollups.models import PersonModule


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


def had_accessed(on: date, *, module_iris: Collection[str] | None = None) -> ColumnElement[bool]:
    """The person of the appointment had opened a module by that day.

    Args:
        module_iris: one of these; `None`: any.
    """
    return _did(PersonModule.first_accessed_on <= on, module_iris)


def had_completed(on: date, *, module_iris: Collection[str] | None = None) -> ColumnElement[bool]:
    """The person of the appointment had completed a module by that day; arguments as `had_accessed`."""
    return _did(PersonModule.first_completed_on <= on, module_iris)


def first_accessed(on: date, *, module_iris: Collection[str] | None = None) -> ScalarSelect[date]:
    """The day on which the person of the appointment first opened a module, by that day; or null."""
    return _select_of(
        func.min(PersonModule.first_accessed_on), PersonModule.first_accessed_on <= on, module_iris
    )


def first_completed(on: date, *, module_iris: Collection[str] | None = None) -> ScalarSelect[date]:
    """The day on which the person of the appointment first completed a module, by that day; or null."""
    return _select_of(
        func.min(PersonModule.first_completed_on), PersonModule.first_completed_on <= on, module_iris
    )


def completed_modules(on: date, *, module_iris: Collection[str] | None = None) -> ScalarSelect[int]:
    """How many modules the person of the appointment had completed by that day."""
    return _select_of(func.count(), PersonModule.first_completed_on <= on, module_iris)


def had_completed_all(on: date, programme: Programme) -> ColumnElement[bool]:
    """The person of the appointment had completed every required module; never when none is required."""
    if not programme.required_iris:
        return literal(value=False)
    return completed_modules(on, module_iris=programme.required_iris) == len(programme.required_iris)


def count_if(rule: ColumnElement[bool]) -> ColumnElement[int]:
    """How many rows of a group fulfil the rule."""
    return func.coalesce(func.sum(case((rule, 1), else_=0)), 0)


def modules_asked(module_iri: str | None) -> frozenset[str] | None:
    """One module as the functions above take it; `None` stays any module."""
    return None if module_iri is None else frozenset({module_iri})


def _did(rule: ColumnElement[bool], module_iris: Collection[str] | None) -> ColumnElement[bool]:
    return (
        select(PersonModule.person_id)
        .where(PersonModule.person_id == Appointment.person_id, rule, *_among(module_iris))
        .correlate(Appointment)
        .exists()
    )


def _select_of(
    wanted: ColumnElement[Any], rule: ColumnElement[bool], module_iris: Collection[str] | None
) -> ScalarSelect[Any]:
    return (
        select(wanted)
        .where(PersonModule.person_id == Appointment.person_id, rule, *_among(module_iris))
        .correlate(Appointment)
        .scalar_subquery()
    )


def _among(module_iris: Collection[str] | None) -> list[ColumnElement[bool]]:
    return [] if module_iris is None else [PersonModule.module_iri.in_(sorted(module_iris))]
