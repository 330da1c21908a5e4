"""The question in the address as the questions of `sync.reports`."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date

from sqlalchemy.orm import Session

from lti_tool.reports.asked import Asked
from lti_tool.reports.kept_figures import keep, keep_large
from sync.calendars import Calendar, PeriodKind
from sync.kept import MODULES, PEOPLE, keep_days
from sync.reports.coverage import Coverage, PartStock, cover, cover_level
from sync.reports.leaves import StockQuestion
from sync.reports.matrix import Matrix, count_topics, fill_matrix
from sync.reports.people import PeopleQuestion, count_people
from sync.reports.programme import Programme
from sync.reports.series import StockOnDay, closing_days_until, stock_on_days
from sync.reports.stock import Stock
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


def coverage_of(session: Session, question: StockQuestion) -> Coverage:
    """The stock of a unit and of its parts.

    Raises:
        UnitUnknown: no unit has this number.
    """
    return keep(
        session,
        ("coverage", question),
        lambda: cover(session, question),
        on=question.on,
        of_modules=question.module_iri is not None,
    )


def total_of(session: Session, question: PeopleQuestion) -> int:
    """How many people a list has; not of those who need attention, which depends on more than first days."""
    return keep(
        session,
        ("people", question),
        lambda: count_people(session, question),
        on=question.on,
        of_modules=question.module_iri is not None,
    )


def series_until(
    session: Session,
    unit_id: int,
    asked: Asked,
    programme: Programme,
    *,
    kind: PeriodKind = PeriodKind.QUARTER,
) -> list[StockOnDay]:
    """The stock of a unit on the closing days of the official calendar up to the day asked for."""
    days = closing_days_until(asked.on, since=FIRST_DAY, kind=kind, calendar=Calendar.OFFICIAL)
    return series_of_days(session, unit_id, asked, programme, days)


def series_of_days(
    session: Session, unit_id: int, asked: Asked, programme: Programme, days: Sequence[date]
) -> list[StockOnDay]:
    """The stock of a unit on days of one's own choice, in order; of days in the past mostly kept figures."""
    question = stock_question(unit_id, asked, programme)

    def count(missing: list[date]) -> list[StockOnDay]:
        if missing == [question.on]:
            # The page of the unit has counted this day already.
            return [StockOnDay(question.on, _without_all(coverage_of(session, question).total))]
        return stock_on_days(
            session,
            unit_id,
            missing,
            population=question.population,
            module_iri=question.module_iri,
            restated_to=question.restated_to,
        )

    key = ("series", unit_id, question.module_iri, question.restated_to)
    return keep_days(session, key, days, count, of=PEOPLE if question.module_iri is None else MODULES)


def _without_all(stock: Stock) -> Stock:
    """Series do not count who completed everything."""
    return replace(stock, completed_all=0)


def topics_of(
    session: Session, question: StockQuestion, columns: Mapping[str, Collection[str]]
) -> dict[str, int]:
    """Column → people of the unit who had completed a module of it."""
    return keep_large(
        session,
        ("topics", question, _frozen(columns)),
        lambda: count_topics(session, question, columns),
        on=question.on,
        people=lambda done: max(done.values(), default=0),
    )


def matrix_of(session: Session, question: StockQuestion, columns: Mapping[str, Collection[str]]) -> Matrix:
    """The parts of a unit against modules, areas or skills."""
    return keep_large(
        session,
        ("matrix", question, _frozen(columns)),
        lambda: fill_matrix(session, question, columns=columns),
        on=question.on,
        people=lambda matrix: matrix.total.people,
    )


def units_of_level(session: Session, question: StockQuestion, level: str) -> list[PartStock]:
    """The units of a level below a unit."""
    return keep(
        session,
        ("level", question, level),
        lambda: cover_level(session, question, level),
        on=question.on,
        of_modules=question.module_iri is not None,
    )


def _frozen(columns: Mapping[str, Collection[str]]) -> tuple[tuple[str, frozenset[str]], ...]:
    return tuple((column, frozenset(iris)) for column, iris in columns.items())
