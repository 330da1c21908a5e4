"""SQL that all stock questions share: who belongs to a unit on a day, and what each had done by then."""

from datetime import date

from sqlalchemy import ColumnElement, Subquery, and_, case, func, select

from sync.organization.models import COMMAND, Appointment, Unit, UnitClosure
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


def done_by(on: date, *, unit_id: int, programme: Programme, module_iri: str | None = None) -> Subquery:
    """Per person who ever had a post at or below a unit and had opened something by that day.

    Columns: person_id; first_accessed_on; modules (opened); completed (modules); completed_required;
    first_completed_on.

    Args:
        module_iri: look at this module only.
    """
    # Leaves most of the table unread when the unit is not the whole country.
    people = (
        select(Appointment.person_id)
        .join(
            UnitClosure,
            and_(UnitClosure.descendant_id == Appointment.unit_id, UnitClosure.hierarchy == COMMAND),
        )
        .where(UnitClosure.ancestor_id == unit_id)
    )
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
        .where(PersonModule.first_accessed_on <= on, PersonModule.person_id.in_(people))
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
