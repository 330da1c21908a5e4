"""The stock of a unit over many days at once: what trends and the path to the targets are drawn from."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate
from typing import Any

from sqlalchemy import ColumnElement, case, func, literal, select
from sqlalchemy.orm import Session

from sync.calendars import AnyCalendar, PeriodKind, period_of
from sync.organization.models import Appointment, Unit
from sync.organization.population_sql import belongs_to
from sync.reports.learned import learned_by_people
from sync.reports.placing import place_posts
from sync.reports.programme import Programme
from sync.reports.stock import Stock
from sync.rollups.definitions import Population


@dataclass(frozen=True)
class StockOnDay:
    """The stock of one day of a series; `completed_all` is not counted."""

    day: date
    stock: Stock


def stock_on_days(
    session: Session,
    unit_id: int,
    days: Sequence[date],
    *,
    population: Population,
    module_iri: str | None = None,
    restated_to: date | None = None,
) -> list[StockOnDay]:
    """The same figures as `coverage.cover_unit` gives day by day, from one pass over the posts.

    Args:
        days: in order, at least one.
        restated_to: people of all days in the units of this later day; `None`: in the units of each day.
    """
    learned, last = learned_by_people(session, Programme(), module_iri=module_iri), days[-1]
    placing = place_posts(session, unit_id, on=days[0], restated_to=restated_to)
    first_day = _later_of(Appointment.valid_from, Unit.valid_from)
    ended = _earlier_of(Appointment.valid_to, Unit.valid_to)
    dates: list[Any] = [
        first_day.label("first_day"),
        ended.label("ended"),
        learned.accessed_on.label("accessed_on"),
        learned.completed_on.label("completed_on"),
    ]
    posts = select(*dates).select_from(Appointment).join(Unit, Unit.unit_id == Appointment.unit_id)
    posts = learned.beside(posts).where(*belongs_to(population), first_day <= last, ended > days[0])
    # The offset keeps SQLite from computing a date once for each of `days`.
    dated = placing.narrow(posts).offset(0).subquery()
    places: list[Any] = [*(_place(column, days) for column in dated.c), func.count()]
    question = select(*places).group_by(*(_number(place) for place in range(1, 5)))
    people, accessed, completed = (_Steps(len(days)) for _ in range(3))
    for begins, ends, accessed_from, completed_from, count in session.execute(question):
        people.add(begins, ends, count)
        accessed.add(max(begins, accessed_from), ends, count)
        completed.add(max(begins, completed_from), ends, count)
    figures = zip(days, people.heights(), accessed.heights(), completed.heights(), strict=True)
    return [StockOnDay(day, Stock(*counts)) for day, *counts in figures]


class _Steps:
    """Counts at each of some days, added up from stretches of days."""

    def __init__(self, days: int) -> None:
        self._changes = [0] * (days + 1)

    def add(self, begins: int, ends: int, count: int) -> None:
        """Counts from the place `begins` up to the place before `ends`; nothing when there is none."""
        if begins < ends:
            self._changes[begins] += count
            self._changes[ends] -= count

    def heights(self) -> list[int]:
        """The count at each day."""
        return list(accumulate(self._changes))[:-1]


def closing_days_until(day: date, *, since: date, kind: PeriodKind, calendar: AnyCalendar) -> list[date]:
    """The last days of all periods of a kind between two days, and the last of the two days itself."""
    days: list[date] = []
    closed = period_of(since, kind, calendar).last_day
    while closed < day:
        days.append(closed)
        closed = period_of(closed + timedelta(days=1), kind, calendar).last_day
    return [*days, day]


def _number(number: int) -> ColumnElement[int]:
    """A column of the select by its place, so that a long expression is not written twice."""
    return literal(number, literal_execute=True)


def _place(day: Any, days: Sequence[date]) -> ColumnElement[int]:
    """Place of the first of `days` that is not before the day; past the last one for later and for no day."""
    return case(*((day <= one, place) for place, one in enumerate(days)), else_=len(days))


def _later_of(one: Any, other: Any) -> ColumnElement[date]:
    return case((one > other, one), else_=other)


def _earlier_of(one: Any, other: Any) -> ColumnElement[date]:
    return case((one < other, one), else_=other)
