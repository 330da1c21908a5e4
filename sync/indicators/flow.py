"""First openings and completions within a period of any calendar, from the state of people.

The months of the two known calendars are counted in `UnitCount`; a province's own calendar is answered here,
exactly and by the same definition, for the unit that asks (decision 0036).
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, and_, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from sync.calendars import Period
from sync.organization.models import COMMAND, UnitClosure
from sync.rollups.models import PersonModule


@dataclass(frozen=True)
class Turns:
    """Turns (person × module) whose first opening, or first completion, fell into the period."""

    accessed: int
    completed: int


def count_turns(session: Session, unit_id: int, *, period: Period, module_iri: str | None = None) -> Turns:
    """Flow of a unit with everything below it; over one module these are people.

    Args:
        module_iri: this module only.
    """
    accessed = _in_period(unit_id, period, PersonModule.first_accessed_on, PersonModule.access_unit_id)
    completed = _in_period(unit_id, period, PersonModule.first_completed_on, PersonModule.leaf_unit_id)
    if module_iri is not None:
        accessed = accessed.where(PersonModule.module_iri == module_iri)
        completed = completed.where(PersonModule.module_iri == module_iri)
    return Turns(session.scalar(accessed) or 0, session.scalar(completed) or 0)


def _in_period(
    unit_id: int, period: Period, day: InstrumentedAttribute[Any], leaf: InstrumentedAttribute[Any]
) -> Select[*tuple[int]]:
    return (
        select(func.count())
        .select_from(PersonModule)
        .join(UnitClosure, and_(UnitClosure.descendant_id == leaf, UnitClosure.hierarchy == COMMAND))
        .where(UnitClosure.ancestor_id == unit_id, day.between(period.first_day, period.last_day))
    )
