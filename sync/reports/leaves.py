"""The people of a unit on a day, by the units of their posts: as it was, or restated to later units."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, func, literal, select
from sqlalchemy.orm import Session

from sync.organization.models import Appointment, Unit
from sync.reports.learned import Learned, learned_by_people
from sync.reports.placing import Placing, place_posts
from sync.reports.population import count_if, holds_post
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
    placing = place_posts(session, asked.unit_id, on=asked.on, restated_to=asked.restated_to)
    rows = session.execute(_count_posts(session, asked, placing, placing.place))
    if asked.restated_to is None:
        return {unit_id: Stock(*figures) for unit_id, *figures in rows}
    counted: defaultdict[int, Stock] = defaultdict(Stock)
    for place, *figures in rows:
        counted[placing.unit_of(place)] += Stock(*figures)
    return dict(counted)


def list_moved(session: Session, asked: StockQuestion) -> list[Moved]:
    """The same people by where they were and where they are counted; as it was, both are one unit."""
    placing = place_posts(session, asked.unit_id, on=asked.on, restated_to=asked.restated_to)
    question = _count_posts(session, asked, placing, Appointment.unit_id, placing.place)
    return [
        Moved(from_id, placing.unit_of(place), Stock(*figures))
        for from_id, place, *figures in session.execute(question)
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


def _count_posts(
    session: Session, asked: StockQuestion, placing: Placing, *keys: Any
) -> Select[*tuple[Any, ...]]:
    """The figures of `Stock` by some columns of posts."""
    learned = learned_by_people(session, asked.programme, module_iri=asked.module_iri)
    posts = (
        select(*keys, *_figures(asked, learned))
        .select_from(Appointment)
        .join(Unit, Unit.unit_id == Appointment.unit_id)
    )
    question = learned.beside(posts).where(holds_post(asked.population, on=asked.on))
    return placing.narrow(question.group_by(*keys))


def _figures(asked: StockQuestion, learned: Learned) -> list[ColumnElement[int]]:
    return [
        func.count(),
        count_if(learned.had_accessed(asked.on)),
        count_if(learned.had_completed(asked.on)),
        literal(0) if asked.module_iri else count_if(learned.had_completed_all(asked.on)),
    ]
