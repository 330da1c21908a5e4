"""The people of a unit on a day, by the units of their posts: as it was, or restated to later units."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, func, literal, select
from sqlalchemy.orm import Session

from sync.organization.models import Appointment, Unit
from sync.reports.placing import place_posts
from sync.reports.population import (
    count_if,
    had_accessed,
    had_completed,
    had_completed_all,
    holds_post,
    modules_asked,
)
from sync.reports.programme import Programme
from sync.reports.stock import Stock
from sync.rollups.definitions import Population


@dataclass(frozen=True)
class StockQuestion:
    """What is counted, of whom, on which day.

    Attributes:
        unit_id: with everything below it.
        module_iri: count this module only, instead of any module.
        restated_to: a later day, whose units take the people; `None`: the units of `on`.
    """

    unit_id: int
    on: date
    population: Population
    programme: Programme
    module_iri: str | None = None
    restated_to: date | None = None

    @property
    def tree_day(self) -> date:
        """The day whose tree the figures are laid out in."""
        return self.restated_to or self.on


@dataclass(frozen=True)
class Moved:
    """People who are counted in one unit of the later day and had their posts in another one.

    Attributes:
        from_id: the unit of the post on the day.
        to_id: the unit that takes it.
    """

    from_id: int
    to_id: int
    stock: Stock


def count_leaves(session: Session, asked: StockQuestion) -> dict[int, Stock]:
    """Unit of the tree day → the people who belong to it itself; units without people are left out."""
    counted: defaultdict[int, Stock] = defaultdict(Stock)
    for moved in list_moved(session, asked):
        counted[moved.to_id] += moved.stock
    return dict(counted)


def list_moved(session: Session, asked: StockQuestion) -> list[Moved]:
    """The same people by where they were and where they are counted; as it was, both are one unit."""
    placing = place_posts(session, asked.unit_id, on=asked.on, restated_to=asked.restated_to)
    columns: list[Any] = [Appointment.unit_id, placing.moved_to, *_figures(asked)]
    question = (
        select(*columns)
        .select_from(Appointment)
        .join(Unit, Unit.unit_id == Appointment.unit_id)
        .where(holds_post(asked.population, on=asked.on))
        .group_by(Appointment.unit_id, placing.moved_to)
    )
    return [
        Moved(from_id, placing.home_of(from_id, moved_to), Stock(*figures))
        for from_id, moved_to, *figures in session.execute(placing.narrow(question))
    ]


def count_posts(
    session: Session, unit_ids: Sequence[int], *, on: date, population: Population
) -> dict[int, int]:
    """Unit → its own people on a day, units below it not included; at most a few hundred units."""
    rows = session.execute(
        select(Appointment.unit_id, func.count())
        .join(Unit, Unit.unit_id == Appointment.unit_id)
        .where(holds_post(population, on=on), Appointment.unit_id.in_(unit_ids))
        .group_by(Appointment.unit_id)
    )
    return {unit_id: count for unit_id, count in rows}  # noqa: C416 - rows are no pairs to mypy


def _figures(asked: StockQuestion) -> list[ColumnElement[int]]:
    modules = modules_asked(asked.module_iri)
    completed_all = count_if(had_completed_all(asked.on, asked.programme)) if modules is None else literal(0)
    return [
        func.count(),
        count_if(had_accessed(asked.on, module_iris=modules)),
        count_if(had_completed(asked.on, module_iris=modules)),
        completed_all,
    ]
