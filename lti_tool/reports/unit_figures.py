"""What the page of a unit shows: its stock held against the targets, its parts in the reader's order."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from sqlalchemy.orm import Session

from lti_tool.reports.asked import Asked
from lti_tool.reports.stock_asked import coverage_of, stock_question
from sync.organization.units import (
    Succession,
    UnitOnDay,
    breadcrumb,
    label_on,
    predecessors_of,
    successors_of,
)
from sync.reports.coverage import Coverage, PartStock, Stock
from sync.reports.leaves import count_posts, list_moved
from sync.reports.programme import Programme
from sync.reports.targets import Judgement, judge, judge_target
from sync.reports.vietnamese_order import vietnamese_key
from sync.rollups.definitions import GIVEN_ACCESS, PROVIDED_WITH_KNOWLEDGE

#: A new province was made of hundreds of units; its list shows the largest.
_MOST_SOURCES = 60


@dataclass(frozen=True)
class Relatives:
    """The units that this one followed, and those that followed it."""

    predecessors: tuple[Succession, ...]
    successors: tuple[Succession, ...]


@dataclass(frozen=True)
class UnitFigures:
    """Everything on the page of a unit, apart from who reads it.

    Attributes:
        trail: from the nation down to the unit.
        knowledge: the share that was provided with knowledge, against each target of the indicator.
        access: the share that was given access.
    """

    coverage: Coverage
    trail: tuple[UnitOnDay, ...]
    relatives: Relatives
    knowledge: tuple[Judgement, ...]
    access: Judgement


def read_unit_figures(session: Session, unit_id: int, asked: Asked, programme: Programme) -> UnitFigures:
    """The figures of a unit on the day asked for.

    Raises:
        UnitUnknown: no unit has this number.
    """
    question = stock_question(unit_id, asked, programme)
    coverage = coverage_of(session, question)
    total = coverage.total
    return UnitFigures(
        coverage=coverage,
        trail=tuple(breadcrumb(session, unit_id, on_date=asked.tree_day)),
        relatives=Relatives(
            _in_order(predecessors_of(session, unit_id)), _in_order(successors_of(session, unit_id))
        ),
        knowledge=tuple(
            judge_target(PROVIDED_WITH_KNOWLEDGE, target, total.completed, of=total.people, on=asked.on)
            for target in PROVIDED_WITH_KNOWLEDGE.targets
        ),
        access=judge(GIVEN_ACCESS, total.accessed, of=total.people, on=asked.on),
    )


@dataclass(frozen=True)
class Source:
    """A unit of the day whose people are counted in the unit of today.

    Attributes:
        here: people of it who are counted in the unit of today.
        people: all its people.
    """

    unit: UnitOnDay
    here: Stock
    people: int

    @property
    def share(self) -> Fraction | None:
        """The share of its people that is counted here, in percent."""
        return Fraction(self.here.people * 100, self.people) if self.people else None


def list_sources(session: Session, unit_id: int, asked: Asked, programme: Programme) -> list[Source]:
    """Where the people of a restated figure were on the day, largest first; the unit itself left out."""
    question = stock_question(unit_id, asked, programme)
    counted: dict[int, Stock] = {}
    for moved in list_moved(session, question):
        if moved.from_id != moved.to_id:
            counted[moved.from_id] = counted.get(moved.from_id, Stock()) + moved.stock
    largest = sorted(counted, key=lambda one: -counted[one].people)[:_MOST_SOURCES]
    everybody = count_posts(session, largest, on=asked.on, population=question.population)
    units = label_on(session, largest, on_date=asked.on)
    return [Source(units[one], counted[one], everybody.get(one, 0)) for one in largest]


def judge_knowledge(stock: Stock, asked: Asked) -> Judgement:
    """A stock against the target that is due next on the day asked for."""
    return judge(PROVIDED_WITH_KNOWLEDGE, stock.completed, of=stock.people, on=asked.on)


def order_parts(parts: Sequence[PartStock], order: str) -> list[PartStock]:
    """Parts by name in Vietnamese order, or by share or number of people, the largest first."""
    by_name = sorted(parts, key=lambda part: vietnamese_key(part.unit.short_name))
    if order == "ty-le":
        return sorted(by_name, key=lambda part: _share(part.stock), reverse=True)
    if order == "so-nguoi":
        return sorted(by_name, key=lambda part: part.stock.people, reverse=True)
    return by_name


def _share(stock: Stock) -> Fraction:
    """Units without people come last."""
    return Fraction(stock.completed, stock.people) if stock.people else Fraction(-1)


def _in_order(successions: Sequence[Succession]) -> tuple[Succession, ...]:
    return tuple(sorted(successions, key=lambda step: (step.on_date, vietnamese_key(step.unit.short_name))))
