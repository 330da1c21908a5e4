"""SQL that all stock questions share: who belongs to a unit on a day, and what each had done by then."""

from datetime import date

from sqlalchemy import ColumnElement, Subquery, and_, case, func, select

from sync.organization.models import Appointment, Unit
from sync.reports.programme import Programme
from sync.rollups.definitions import Population
from sync.rollups.models import PersonModule


def holds_post(population: Population, *, on: date) -> ColumnElement[bool]:
    """The appointment is a primary post of the population on that day, in a unit that exists on it.

    Needs `Appointment` and `Unit` in the query. A post that was forgotten in a dissolved unit belongs to no
    unit of the day's tree; `coverage.count_unplaced` counts it.
    """
    return and_(
        *_belongs(population),
        Appointment.valid_from <= on,
        on < Appointment.valid_to,
        Unit.valid_from <= on,
        on < Unit.valid_to,
    )


def left_behind(population: Population, *, on: date) -> ColumnElement[bool]:
    """The appointment runs on that day in a unit that does not exist on it."""
    return and_(
        *_belongs(population),
        Appointment.valid_from <= on,
        on < Appointment.valid_to,
        (Unit.valid_from > on) | (Unit.valid_to <= on),
    )


def done_by(on: date, *, programme: Programme, module_iri: str | None = None) -> Subquery:
    """Per person who had opened something by that day.

    Columns: person_id; first_accessed_on; modules (opened); completed (modules); completed_required;
    first_completed_on.

    Args:
        module_iri: look at this module only.
    """
    completed = case((PersonModule.first_completed_on <= on, 1), else_=0)
    required = case(
        (PersonModule.module_iri.in_(sorted(programme.required_iris)), completed),
        else_=0,
    )
    question = (
        select(
            PersonModule.person_id,
            func.min(PersonModule.first_accessed_on).label("first_accessed_on"),
            func.count().label("modules"),
            func.sum(completed).label("completed"),
            func.sum(required).label("completed_required"),
            func.min(case((PersonModule.first_completed_on <= on, PersonModule.first_completed_on))).label(
                "first_completed_on"
            ),
        )
        .where(PersonModule.first_accessed_on <= on)
        .group_by(PersonModule.person_id)
    )
    if module_iri is not None:
        question = question.where(PersonModule.module_iri == module_iri)
    return question.subquery("done")


def _belongs(population: Population) -> list[ColumnElement[bool]]:
    rules: list[ColumnElement[bool]] = [
        Appointment.is_primary.is_(True),
        Appointment.staff_category.in_(sorted(population.staff_categories)),
    ]
    return [*rules, Appointment.is_cchc.is_(True)] if population.only_cchc else rules
