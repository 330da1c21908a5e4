"""The people of a report: who is in its units on the day, and who completed what within its days."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, TypeVar

from sqlalchemy import ColumnElement, Select, and_, case, func, select
from sqlalchemy.orm import Session

from sync.official_reports.succession import Territory
from sync.organization.models import COMMAND, Appointment, Unit, UnitClosure
from sync.organization.population_sql import belongs_to
from sync.rollups.definitions import WITH_PUBLIC_EMPLOYEES, Population
from sync.rollups.models import PersonModule

Id = TypeVar("Id", int, str)
#: Ids per query: databases limit the parameters of one statement.
_SLICE: Final = 500


@dataclass(frozen=True)
class StaffMember:
    """Somebody who works on administrative reform in the unit on the day.

    Attributes:
        is_counted: of the report's population.
        accessed_on, trained_on: first opening and first completion of any module up to the day.
    """

    person_id: int
    unit_id: int
    level: str
    staff_category: str
    is_counted: bool
    accessed_on: date | None
    trained_on: date | None


@dataclass(frozen=True)
class PeriodTurns:
    """First completions of one person within the days, in one unit of that time.

    Attributes:
        is_first: whether the person's first one of these days was here, so that the person counts here.
    """

    person_id: int
    unit_id: int
    turns: int
    is_first: bool


def list_staff(session: Session, root_id: int, *, on: date, population: Population) -> list[StaffMember]:
    """Everybody in a unit or below it on a day whose primary post is of administrative reform, or counted."""
    below = _below(root_id)
    done = (
        select(
            PersonModule.person_id,
            func.min(PersonModule.first_accessed_on).label("accessed_on"),
            func.min(case((PersonModule.first_completed_on <= on, PersonModule.first_completed_on))).label(
                "trained_on"
            ),
        )
        .where(PersonModule.first_accessed_on <= on)
        .group_by(PersonModule.person_id)
    )
    if not _is_nation(session, root_id):
        posted = select(Appointment.person_id).where(Appointment.unit_id.in_(below))
        done = done.where(PersonModule.person_id.in_(posted))
    learned = done.subquery()
    rows = session.execute(
        select(
            Appointment.person_id,
            Appointment.unit_id,
            Unit.level,
            Appointment.staff_category,
            case((and_(*belongs_to(population)), 1), else_=0),
            learned.c.accessed_on,
            learned.c.trained_on,
        )
        .join(Unit, Unit.unit_id == Appointment.unit_id)
        .outerjoin(learned, learned.c.person_id == Appointment.person_id)
        .where(
            _works(population),
            Appointment.valid_from <= on,
            on < Appointment.valid_to,
            Unit.valid_from <= on,
            on < Unit.valid_to,
            Appointment.unit_id.in_(below),
        )
    )
    return [
        StaffMember(person, unit, level, category, bool(counted), accessed, trained)
        for person, unit, level, category, counted, accessed, trained in rows
    ]


def list_turns(
    session: Session, territory: Territory, *, first_day: date, last_day: date
) -> list[PeriodTurns]:
    """First completions within the days, of people whose unit of that day the territory answers for."""
    rows: list[tuple[int, int, int, date]] = []
    for condition in _leaf_conditions(session, territory, first_day, last_day):
        rows += _turns_of(session, condition, first_day, last_day)
    # A person whose units are in two slices comes twice.
    everywhere = sorted(set(rows))
    first = first_units(everywhere)
    return [
        PeriodTurns(person, unit, turns, first[person] == unit)
        for person, unit, turns, _day in everywhere
        if unit in territory.answers
    ]


def people_elsewhere(
    session: Session, territory: Territory, people: Sequence[int], *, first_day: date, last_day: date
) -> set[int]:
    """Of these people, who has first completions within the days that other units are credited with."""
    found: set[int] = set()
    for piece in slices(people):
        condition = PersonModule.person_id.in_(piece)
        for person, unit, _turns, _day in _turns_of(session, condition, first_day, last_day):
            if unit not in territory.answers:
                found.add(person)
    return found


def first_units(rows: Sequence[tuple[int, int, int, date]]) -> dict[int, int]:
    """Person → the unit of the earliest day, from (person, unit, turns, first day). Pure.

    Nobody has two primary posts on one day, so the earliest day names one unit.
    """
    first: dict[int, tuple[date, int]] = {}
    for person, unit, _turns, day in rows:
        first[person] = min(first.get(person, (day, unit)), (day, unit))
    return {person: unit for person, (_day, unit) in first.items()}


def slices(ids: Sequence[Id]) -> Iterator[Sequence[Id]]:
    """The ids in pieces that one query may name."""
    for start in range(0, len(ids), _SLICE):
        yield ids[start : start + _SLICE]


def in_period(first_day: date, last_day: date) -> ColumnElement[bool]:
    """The first completion of a module fell into the days, in a unit."""
    return and_(
        PersonModule.first_completed_on.between(first_day, last_day), PersonModule.leaf_unit_id.is_not(None)
    )


def _works(population: Population) -> ColumnElement[bool]:
    """A primary post of administrative reform, or one of the population."""
    return and_(*belongs_to(WITH_PUBLIC_EMPLOYEES)) | and_(*belongs_to(population))


def _below(root_id: int) -> Select[*tuple[int]]:
    return select(UnitClosure.descendant_id).where(
        UnitClosure.ancestor_id == root_id, UnitClosure.hierarchy == COMMAND
    )


def _is_nation(session: Session, root_id: int) -> bool:
    return session.scalar(select(Unit.level).where(Unit.unit_id == root_id)) == "national"


def _leaf_conditions(
    session: Session, territory: Territory, first_day: date, last_day: date
) -> Iterator[ColumnElement[bool]]:
    """Conditions that together find the people; of the nation one without units, else slices of units."""
    if _is_nation(session, territory.root_id):
        yield PersonModule.person_id.is_not(None)
        return
    for piece in slices(sorted(territory.answers)):
        here = select(PersonModule.person_id).where(
            PersonModule.leaf_unit_id.in_(piece), in_period(first_day, last_day)
        )
        yield PersonModule.person_id.in_(here)


def _turns_of(
    session: Session, condition: ColumnElement[bool], first_day: date, last_day: date
) -> list[tuple[int, int, int, date]]:
    """(person, unit, turns, earliest day) of the people that a condition names."""
    rows = session.execute(
        select(
            PersonModule.person_id,
            PersonModule.leaf_unit_id,
            func.count(),
            func.min(PersonModule.first_completed_on),
        )
        .where(condition, in_period(first_day, last_day))
        .group_by(PersonModule.person_id, PersonModule.leaf_unit_id)
    )
    return [(person, unit, turns, day) for person, unit, turns, day in rows if unit and day]
