"""State and counts made anew from the facts alone, by SQL over whole tables instead of batch by batch.

For when facts are right and counts are doubted, or were lost: `rebuild_rollups` reads every statement again,
this reads every fact once. It says what `state` and `counts` say, and a test holds them against each other.
"""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from sqlalchemy import (
    Date,
    Integer,
    Select,
    String,
    and_,
    case,
    cast,
    column,
    delete,
    func,
    insert,
    select,
    values,
)
from sqlalchemy.orm import Session, aliased

from sync.bookmarks import lock_bookmark
from sync.calendars import Calendar, month_of
from sync.organization.models import COMMAND, ActorIdentity, Appointment, UnitClosure
from sync.rollups.definitions import FactKind
from sync.rollups.dirty import ROLLUPS
from sync.rollups.models import DirtyKey, LearningFact, PersonModule, UnitCount
from sync.rollups.person_days import counted_required, recount_person_days


def recount_from_facts(session: Session) -> tuple[int, int]:
    """Empties state and counts and makes them anew, in one transaction; returns how many rows each has.

    Keeps the follower waiting until the transaction ends: some ten seconds for some million facts.
    """
    lock_bookmark(session, ROLLUPS)
    for table in (UnitCount, PersonModule, DirtyKey):
        session.execute(delete(table).execution_options(synchronize_session=False))
    names = [each.name for each in PersonModule.__table__.columns]
    session.execute(insert(PersonModule).from_select(names, _states()))
    recount_person_days(session, required=counted_required(session))
    first, last = session.execute(
        select(func.min(PersonModule.first_accessed_on), func.max(PersonModule.last_completed_on))
    ).one()
    newest = session.scalar(select(func.max(PersonModule.first_accessed_on)))
    if first is not None:
        columns = [each.name for each in UnitCount.__table__.columns]
        days = _days_between(first, max(filter(None, (last, newest))))
        session.execute(insert(UnitCount).from_select(columns, _cells(days)))
    return _count(session, PersonModule), _count(session, UnitCount)


def _states() -> Select[Any]:
    completed_on = case((LearningFact.kind == FactKind.COMPLETED.value, LearningFact.occurred_on))
    told = (
        select(
            ActorIdentity.person_id,
            LearningFact.module_iri,
            func.min(LearningFact.occurred_on).label("accessed_on"),
            func.min(completed_on).label("completed_on"),
            func.max(completed_on).label("last_completed_on"),
            func.count(completed_on).label("completions"),
            func.max(LearningFact.score_scaled).label("best_scaled"),
        )
        .join(ActorIdentity, ActorIdentity.identity_id == LearningFact.identity_id)
        .where(LearningFact.voided.is_(False), ActorIdentity.person_id.is_not(None))
        .group_by(ActorIdentity.person_id, LearningFact.module_iri)
        .subquery("told")
    )
    at_access, at_completion = aliased(Appointment), aliased(Appointment)
    return (
        select(*told.c, at_access.unit_id, at_completion.unit_id)
        .outerjoin(at_access, _held(at_access, told.c.person_id, told.c.accessed_on))
        .outerjoin(at_completion, _held(at_completion, told.c.person_id, told.c.completed_on))
    )


def _held(post: Any, person_id: Any, day: Any) -> Any:
    return and_(
        post.person_id == person_id, post.is_primary.is_(True), post.valid_from <= day, day < post.valid_to
    )


def _cells(days: Iterable[tuple[date, str, date]]) -> Select[Any]:
    month = (
        values(column("day", Date), column("calendar", String), column("period_start", Date), name="month")
        .data(list(days))
        .cte("month")
    )
    opened = _turns(PersonModule.access_unit_id, PersonModule.first_accessed_on, accessed=1, completed=0)
    completions = _turns(PersonModule.leaf_unit_id, PersonModule.first_completed_on, accessed=0, completed=1)
    turns = opened.union_all(completions).subquery("turns")
    keys = (turns.c.unit_id, turns.c.module_iri, month.c.calendar, month.c.period_start)
    leaves = (
        select(
            *keys,
            func.sum(turns.c.accessed).label("accessed"),
            func.sum(turns.c.completed).label("completed"),
        )
        .join(month, month.c.day == turns.c.day)
        .group_by(*keys)
        .subquery("leaves")
    )
    above = (UnitClosure.ancestor_id, leaves.c.module_iri, leaves.c.calendar, leaves.c.period_start)
    return (
        select(
            *above,
            cast(func.sum(leaves.c.accessed), Integer),
            cast(func.sum(leaves.c.completed), Integer),
        )
        .join(
            UnitClosure,
            and_(UnitClosure.descendant_id == leaves.c.unit_id, UnitClosure.hierarchy == COMMAND),
        )
        .group_by(*above)
    )


def _turns(unit: Any, day: Any, *, accessed: int, completed: int) -> Select[Any]:
    """How many people count in each unit, with each module, on each day."""
    return (
        select(
            unit.label("unit_id"),
            PersonModule.module_iri.label("module_iri"),
            day.label("day"),
            (func.count() * accessed).label("accessed"),
            (func.count() * completed).label("completed"),
        )
        .where(unit.is_not(None), day.is_not(None))
        .group_by(unit, PersonModule.module_iri, day)
    )


def _days_between(first: date, last: date) -> Iterable[tuple[date, str, date]]:
    """Every day with its month in each calendar."""
    for offset in range((last - first).days + 1):
        day = first + timedelta(days=offset)
        for calendar in Calendar:
            yield day, calendar.value, month_of(day, calendar).first_day


def _count(session: Session, table: Any) -> int:
    return session.scalar(select(func.count()).select_from(table)) or 0
