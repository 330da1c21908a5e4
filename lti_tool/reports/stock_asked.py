"""The question in the address as the questions of `sync.reports`."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date

from sqlalchemy.orm import Session

from lti_tool.reports.asked import Asked
from lti_tool.reports.kept_figures import keep
from sync.calendars import Calendar, PeriodKind
from sync.reports.coverage import PartStock, cover_level
from sync.reports.leaves import StockQuestion
from sync.reports.matrix import Matrix, count_topics, fill_matrix
from sync.reports.programme import Programme
from sync.reports.series import StockOnDay, closing_days_until, stock_on_days
from sync.reports.targets import FIRST_DAY
from sync.rollups.definitions import PROVIDED_WITH_KNOWLEDGE


def stock_question(unit_id: int, asked: Asked, programme: Programme) -> StockQuestion:
    """The stock of a unit as the reader asked for it."""
    return StockQuestion(
        unit_id,
        asked.on,
        PROVIDED_WITH_KNOWLEDGE.population,
        programme,
        asked.module_iri,
        asked.restated_to,
    )


def series_until(
    session: Session, unit_id: int, asked: Asked, *, kind: PeriodKind = PeriodKind.QUARTER
) -> list[StockOnDay]:
    """The stock of a unit on the closing days of the official calendar up to the day asked for."""
    days = closing_days_until(asked.on, since=FIRST_DAY, kind=kind, calendar=Calendar.OFFICIAL)
    return series_of_days(session, unit_id, asked, days)


def series_of_days(session: Session, unit_id: int, asked: Asked, days: Sequence[date]) -> list[StockOnDay]:
    """The stock of a unit on days of one's own choice, in order."""

    def count() -> list[StockOnDay]:
        return stock_on_days(
            session,
            unit_id,
            days,
            population=PROVIDED_WITH_KNOWLEDGE.population,
            module_iri=asked.module_iri,
            restated_to=asked.restated_to,
        )

    key = ("series", unit_id, tuple(days), asked.module_iri, asked.restated_to)
    return keep(key, count, people=lambda series: max(one.stock.people for one in series))


def topics_of(
    session: Session, question: StockQuestion, columns: Mapping[str, Collection[str]]
) -> dict[str, int]:
    """Column → people of the unit who had completed a module of it."""
    return keep(
        ("topics", question, tuple(columns)),
        lambda: count_topics(session, question, columns),
        people=lambda done: max(done.values(), default=0),
    )


def matrix_of(session: Session, question: StockQuestion, columns: Mapping[str, Collection[str]]) -> Matrix:
    """The parts of a unit against modules, areas or skills."""
    return keep(
        ("matrix", question, tuple(columns)),
        lambda: fill_matrix(session, question, columns=columns),
        people=lambda matrix: matrix.total.people,
    )


def units_of_level(session: Session, question: StockQuestion, level: str) -> list[PartStock]:
    """The units of a level below a unit."""
    return keep(
        ("level", question, level),
        lambda: cover_level(session, question, level),
        people=lambda units: sum(one.stock.people for one in units),
    )
