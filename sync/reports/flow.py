"""Flow: what happened within the months of a calendar, credited to the unit of that day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Subquery, and_, func, select, true
from sqlalchemy.orm import Session

from sync.calendars import Calendar, Period, PeriodKind, month_of, months_of
from sync.calendars import period as reporting_period
from sync.organization.models import COMMAND, ActorIdentity, Person, UnitClosure
from sync.rollups.definitions import FactKind
from sync.rollups.models import LearningFact, PersonModule, UnitCount


@dataclass(frozen=True)
class MonthFlow:
    """One month of one unit, all units below it included.

    A person counts once per module: in the month of the first opening, or of the first completion. Over
    several modules these are turns ("lượt"), over one module they are people.
    """

    period: Period
    accessed: int
    completed: int


@dataclass(frozen=True)
class Turn:
    """One first opening or first completion that a month's figure counts.

    Attributes:
        unit_id: the person's unit on that day, which is credited.
        statement_id: the earliest statement of that day that tells it.
    """

    person_id: int
    pseudonym: str
    module_iri: str
    unit_id: int
    day: date
    occurred_at: datetime
    statement_id: UUID


def flow_of_year(
    session: Session, unit_id: int, *, year: int, calendar: Calendar, module_iri: str | None = None
) -> list[MonthFlow]:
    """The twelve months of a reporting year, in order, months without anything included."""
    months = months_of(reporting_period(calendar, PeriodKind.YEAR, year))
    question = (
        select(
            UnitCount.period_start,
            func.sum(UnitCount.people_accessed).label("accessed"),
            func.sum(UnitCount.people_completed).label("completed"),
        )
        .where(
            UnitCount.unit_id == unit_id,
            UnitCount.calendar == calendar.value,
            UnitCount.period_start.between(months[0].first_day, months[-1].first_day),
        )
        .group_by(UnitCount.period_start)
    )
    if module_iri is not None:
        question = question.where(UnitCount.module_iri == module_iri)
    counted = {row.period_start: (row.accessed, row.completed) for row in session.execute(question)}
    return [MonthFlow(month, *counted.get(month.first_day, (0, 0))) for month in months]


def month_beginning(first_day: date, calendar: Calendar) -> Period | None:
    """The month of the calendar that begins on that day; `None` when none does."""
    month = month_of(first_day, calendar)
    return month if month.first_day == first_day else None


def list_turns(
    session: Session, unit_id: int, *, period: Period, kind: FactKind, module_iri: str | None = None
) -> Sequence[Turn]:
    """The people behind one figure of `flow_of_year`, each with the statement that tells it.

    Args:
        kind: accessed or completed.
    """
    day, leaf = _TOLD_BY[kind]
    told = _earliest_statements(kind, period)
    question = (
        select(
            PersonModule.person_id,
            Person.pseudonym,
            PersonModule.module_iri,
            leaf,
            day,
            told.c.occurred_at,
            told.c.statement_id,
        )
        .join(Person, Person.person_id == PersonModule.person_id)
        .join(UnitClosure, and_(UnitClosure.descendant_id == leaf, UnitClosure.hierarchy == COMMAND))
        .join(
            told,
            and_(
                told.c.person_id == PersonModule.person_id,
                told.c.module_iri == PersonModule.module_iri,
                told.c.place == 1,
            ),
        )
        .where(day.between(period.first_day, period.last_day), UnitClosure.ancestor_id == unit_id)
        .order_by(day, Person.pseudonym, PersonModule.module_iri)
    )
    if module_iri is not None:
        question = question.where(PersonModule.module_iri == module_iri)
    return [Turn(*row) for row in session.execute(question)]


#: Kind -> the day that decides the month, and the unit that is credited.
_TOLD_BY = {
    FactKind.ACCESSED: (PersonModule.first_accessed_on, PersonModule.access_unit_id),
    FactKind.COMPLETED: (PersonModule.first_completed_on, PersonModule.leaf_unit_id),
}


def _earliest_statements(kind: FactKind, period: Period) -> Subquery:
    """Statements of the deciding day, numbered per person and module: number 1 told it first."""
    day, _ = _TOLD_BY[kind]
    order = (LearningFact.occurred_at, LearningFact.seq)
    place = func.row_number().over(
        partition_by=(PersonModule.person_id, PersonModule.module_iri), order_by=order
    )
    tells = and_(
        LearningFact.identity_id == ActorIdentity.identity_id,
        LearningFact.module_iri == PersonModule.module_iri,
        LearningFact.occurred_on == day,
        LearningFact.voided.is_(False),
        # Whatever is done with a module opens it; only a completion completes it.
        true() if kind is FactKind.ACCESSED else LearningFact.kind == kind.value,
    )
    return (
        select(
            PersonModule.person_id,
            PersonModule.module_iri,
            LearningFact.occurred_at,
            LearningFact.statement_id,
            place.label("place"),
        )
        .join(ActorIdentity, ActorIdentity.person_id == PersonModule.person_id)
        .join(LearningFact, tells)
        .where(day.between(period.first_day, period.last_day))
        .subquery("told")
    )
