"""Units × modules, areas or skills: of the people in a unit on a day, how many had completed each."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, case, func, select
from sqlalchemy.orm import Session

from sync.organization.models import Appointment, Unit
from sync.organization.units import UnitOnDay
from sync.reports.coverage import part_of_leaf, read_parts
from sync.reports.leaves import StockQuestion
from sync.reports.placing import place_posts
from sync.reports.population import holds_post
from sync.rollups.models import PersonModule


@dataclass(frozen=True)
class MatrixRow:
    """One part of a unit.

    Attributes:
        people: the denominator of every column.
        completed: column → people who had completed a module of it by the day.
    """

    unit: UnitOnDay
    people: int
    completed: Mapping[str, int]


@dataclass(frozen=True)
class Matrix:
    """The parts of a unit with people, and the unit as a whole.

    Attributes:
        columns: module IRIs or topics, in the order asked for.
    """

    columns: tuple[str, ...]
    rows: tuple[MatrixRow, ...]
    total: MatrixRow


def fill_matrix(session: Session, asked: StockQuestion, *, columns: Mapping[str, Collection[str]]) -> Matrix:
    """The matrix of a unit's parts; who completed several modules of one column counts once in it.

    Args:
        columns: name of the column → module IRIs; no module stands in two of them.

    Raises:
        UnitUnknown: no unit has this number.
    """
    unit, parts = read_parts(session, asked)
    part_of = part_of_leaf(session, asked.unit_id)
    people = _count_people(session, asked)
    done = _count_done(session, asked, columns)
    leaves_of: defaultdict[int | None, list[int]] = defaultdict(list)
    for leaf in people:
        leaves_of[part_of.get(leaf)].append(leaf)
    rows = []
    for part in parts:
        leaves = leaves_of[part.unit_id]
        rows.append(MatrixRow(part, sum(people[leaf] for leaf in leaves), _sum(done, leaves)))
    total = MatrixRow(unit, sum(people.values()), _sum(done, list(people)))
    return Matrix(tuple(columns), tuple(row for row in rows if row.people), total)


def count_topics(
    session: Session, asked: StockQuestion, columns: Mapping[str, Collection[str]]
) -> dict[str, int]:
    """Column → people of the whole unit who had completed a module of it; every column, in its order."""
    if not columns:
        return {}
    done = _count_done(session, asked, columns)
    sums = _sum(done, list(done))
    return {column: sums.get(column, 0) for column in columns}


def _count_people(session: Session, asked: StockQuestion) -> dict[int, int]:
    placing = place_posts(session, asked.unit_id, on=asked.on, restated_to=asked.restated_to)
    question = (
        select(placing.place, func.count())
        .select_from(Appointment)
        .join(Unit, Unit.unit_id == Appointment.unit_id)
        .where(holds_post(asked.population, on=asked.on))
        .group_by(placing.place)
    )
    people: defaultdict[int, int] = defaultdict(int)
    for place, count in session.execute(placing.narrow(question)):
        people[placing.unit_of(place)] += count
    return dict(people)


def _count_done(
    session: Session, asked: StockQuestion, columns: Mapping[str, Collection[str]]
) -> dict[int, dict[str, int]]:
    """Unit of the tree → column → people."""
    if not any(columns.values()):
        # No module is tagged: a CASE without a WHEN is no SQL.
        return {}
    placing = place_posts(session, asked.unit_id, on=asked.on, restated_to=asked.restated_to)
    column = case(
        *((PersonModule.module_iri.in_(sorted(iris)), name) for name, iris in columns.items() if iris),
        else_="",
    )
    named: list[Any] = [placing.place, column.label("module_group")]
    question = (
        select(*named, func.count(Appointment.person_id.distinct()))
        .select_from(Appointment)
        .join(Unit, Unit.unit_id == Appointment.unit_id)
        .join(
            PersonModule,
            and_(
                PersonModule.person_id == Appointment.person_id,
                PersonModule.first_completed_on <= asked.on,
                PersonModule.module_iri.in_(sorted({iri for iris in columns.values() for iri in iris})),
            ),
        )
        .where(holds_post(asked.population, on=asked.on))
        .group_by(named[0], named[1].name)
    )
    done: defaultdict[int, dict[str, int]] = defaultdict(dict)
    for place, name, count in session.execute(placing.narrow(question)):
        cells = done[placing.unit_of(place)]
        cells[name] = cells.get(name, 0) + count
    return dict(done)


def _sum(done: Mapping[int, Mapping[str, int]], leaves: Collection[int]) -> dict[str, int]:
    sums: defaultdict[str, int] = defaultdict(int)
    for leaf in leaves:
        for name, count in done.get(leaf, {}).items():
            sums[name] += count
    return dict(sums)
