"""What the people of posts had learned by a day: one row beside each post, or none."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, literal, select
from sqlalchemy.orm import Session

from sync.organization.models import Appointment
from sync.reports.programme import Programme
from sync.rollups.models import PersonDays, PersonModule
from sync.rollups.person_days import counted_required


@dataclass(frozen=True)
class Learned:
    """Days of the person of each post in a query, over all modules or over one.

    Attributes:
        accessed_on: first opened one; null: never.
        completed_on: first completed one; null: never.
    """

    accessed_on: Any
    completed_on: Any
    _row: Any
    _is_it: ColumnElement[bool]
    _completed_all: Any = None

    def beside(self, question: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
        """The query over `Appointment` with these columns at hand."""
        return question.outerjoin(self._row, self._is_it)

    def had_accessed(self, on: date) -> ColumnElement[bool]:
        """Had opened one by that day; false, never null."""
        return func.coalesce(self.accessed_on <= on, literal(value=False))

    def had_completed(self, on: date) -> ColumnElement[bool]:
        """Had completed one by that day; false, never null."""
        return func.coalesce(self.completed_on <= on, literal(value=False))

    def had_completed_all(self, on: date) -> ColumnElement[bool]:
        """Had completed every required module by that day; nobody when none is required."""
        if self._completed_all is None:
            return literal(value=False)
        return func.coalesce(self._completed_all(on), literal(value=False))


def learned_by_people(session: Session, programme: Programme, *, module_iri: str | None = None) -> Learned:
    """What the people of `Appointment` had learned.

    Args:
        module_iri: look at this module only.
    """
    if module_iri is not None:
        is_it = and_(PersonModule.person_id == Appointment.person_id, PersonModule.module_iri == module_iri)
        return Learned(
            PersonModule.first_accessed_on,
            PersonModule.first_completed_on,
            PersonModule,
            is_it,
            _counting_rule(programme.required_iris),
        )
    return Learned(
        PersonDays.first_accessed_on,
        PersonDays.first_completed_on,
        PersonDays,
        PersonDays.person_id == Appointment.person_id,
        _rule_of_all(session, programme),
    )


def _rule_of_all(session: Session, programme: Programme) -> Any:
    """Day → the condition; the follower may not have counted everybody under a new programme yet."""
    required = programme.required_iris
    if not required:
        return None
    if counted_required(session) == required:
        return lambda on: PersonDays.completed_all_on <= on
    return _counting_rule(required)


def _counting_rule(required: frozenset[str]) -> Any:
    if not required:
        return None
    return lambda on: _count_of(required, on) == len(required)


def _count_of(module_iris: frozenset[str], on: date) -> Any:
    return (
        select(func.count())
        .select_from(PersonModule)
        .where(
            PersonModule.person_id == Appointment.person_id,
            PersonModule.first_completed_on <= on,
            PersonModule.module_iri.in_(sorted(module_iris)),
        )
        .correlate(Appointment)
        .scalar_subquery()
    )


def count_completed(
    session: Session, person_ids: list[int], *, on: date, module_iri: str | None = None
) -> dict[int, int]:
    """Person → modules completed by a day; who completed none is left out. At most a few hundred people."""
    question = (
        select(PersonModule.person_id, func.count())
        .where(PersonModule.person_id.in_(person_ids), PersonModule.first_completed_on <= on)
        .group_by(PersonModule.person_id)
    )
    if module_iri is not None:
        question = question.where(PersonModule.module_iri == module_iri)
    return {person_id: count for person_id, count in session.execute(question)}  # noqa: C416 - no pairs to mypy
