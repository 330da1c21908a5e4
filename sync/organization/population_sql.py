"""A named rule of population as conditions on posts: the one place that turns the rule into SQL."""

from datetime import date

from sqlalchemy import ColumnElement, Select, and_, select

from sync.organization.models import COMMAND, Appointment, Unit, UnitClosure
from sync.rollups.definitions import Population


def belongs_to(population: Population) -> list[ColumnElement[bool]]:
    """What a primary post of a population fulfils, as conditions on `Appointment`; no dates."""
    rules: list[ColumnElement[bool]] = [
        Appointment.is_primary.is_(True),
        Appointment.staff_category.in_(sorted(population.staff_categories)),
    ]
    if population.only_cchc:
        rules.append(Appointment.is_cchc.is_(True))
    if population.cchc_roles:
        rules.append(Appointment.cchc_role.in_(sorted(population.cchc_roles)))
    return rules


def people_of(unit_id: int, *, on: date, population: Population) -> Select[*tuple[int, int]]:
    """Person and unit of the post of everybody of a population in a unit or below it on a day; nobody twice.

    A post that was forgotten in a unit that no longer exists on the day is in no figure.
    """
    return (
        select(Appointment.person_id, Appointment.unit_id)
        .join(Unit, Unit.unit_id == Appointment.unit_id)
        .join(
            UnitClosure,
            and_(UnitClosure.descendant_id == Appointment.unit_id, UnitClosure.hierarchy == COMMAND),
        )
        .where(
            UnitClosure.ancestor_id == unit_id,
            *belongs_to(population),
            Appointment.valid_from <= on,
            on < Appointment.valid_to,
            Unit.valid_from <= on,
            on < Unit.valid_to,
        )
    )
