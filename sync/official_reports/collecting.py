"""The figures of a report and its ledger, counted from the same people in one look at the database."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy.orm import Session

from sync.calendars import AnyCalendar, Period, PeriodKind, local_day
from sync.errors import UnitUnknown
from sync.indicators import catalogue
from sync.indicators.forms import count_forms, list_form_turns
from sync.indicators.moves import measure_moved_away
from sync.official_reports.aggregating import (
    counts_by_unit,
    ledger_of,
    level_lines,
    roll_up,
    trained_by,
    unit_lines,
)
from sync.official_reports.examinations import (
    count_tests,
    find_pseudonyms,
    list_commended_people,
    list_recommended_people,
    part_of,
    unit_name,
)
from sync.official_reports.figures import (
    Counts,
    Definition,
    FormLine,
    MovedLine,
    MovedPerson,
    PartLine,
    ReportFigures,
    ReportHead,
    YearLine,
)
from sync.official_reports.forms import ReportForm, ReportYear, span_of, years_of
from sync.official_reports.learning import count_needs, count_topics, list_held_classes
from sync.official_reports.ledger import LedgerLine
from sync.official_reports.people import PeriodTurns, StaffMember, list_staff, list_turns
from sync.official_reports.succession import Territory, find_territory
from sync.organization.units import breadcrumb, label_on
from sync.reports.programme import Programme
from sync.reports.targets import target_on
from sync.rollups.definitions import PROVIDED_WITH_KNOWLEDGE, Population
from sync.rollups.follower import freshness


@dataclass(frozen=True)
class Asked:
    """Which report is counted, with what the installation knows beside the database."""

    unit_id: int
    form: ReportForm
    year: int
    calendar: AnyCalendar
    calendar_code: str
    population: Population
    programme: Programme
    iri_base: str
    now: datetime


@dataclass(frozen=True)
class Collected:
    """The figures, and who stands behind them."""

    figures: ReportFigures
    ledger: list[LedgerLine]


def collect_report(session: Session, asked: Asked, *, parts: Iterable[PartLine] = ()) -> Collected:
    """Counts everything that a report says.

    Args:
        parts: what the units directly below have sent.

    Raises:
        UnitUnknown: the unit does not exist on the day of the report.
    """
    span = span_of(asked.form, asked.year, asked.calendar)
    on = min(span.last_day, local_day(asked.now))
    territory = find_territory(session, asked.unit_id, on=on)
    if asked.unit_id not in territory.units:
        raise UnitUnknown(f"Unit {asked.unit_id} does not exist on {on.isoformat()}.")
    staff = list_staff(session, asked.unit_id, on=on, population=asked.population)
    turns = list_turns(session, territory, first_day=span.first_day, last_day=on)
    own = counts_by_unit(staff, turns, territory.answers)
    rolled = roll_up(own, territory)
    days = _Days(span.first_day, on)
    figures = _compose(session, asked, territory, days, own, rolled, staff, tuple(parts))
    return Collected(figures, ledger_of(staff, turns))


@dataclass(frozen=True)
class _Days:
    first_day: date
    last_day: date


def _compose(
    session: Session,
    asked: Asked,
    territory: Territory,
    days: _Days,
    own: dict[int, Counts],
    rolled: dict[int, Counts],
    staff: list[StaffMember],
    parts: tuple[PartLine, ...],
) -> ReportFigures:
    first, last, population = days.first_day, days.last_day, asked.population
    held = list_held_classes(session, territory, first_day=first, last_day=last)
    moved, moved_people = _moved(session, territory, days)
    return ReportFigures(
        head=_head(session, asked, territory, days),
        total=rolled.get(asked.unit_id, Counts()),
        own=own.get(asked.unit_id, Counts()),
        units=unit_lines(rolled, territory),
        levels=level_lines(own, territory),
        years=_series(session, asked, territory, staff, on=last),
        topics=count_topics(
            session, territory, held, first_day=first, last_day=last, iri_base=asked.iri_base
        ),
        forms=_forms(session, asked, territory, days),
        classes=tuple(line for _, line in held),
        tests=count_tests(session, territory, first_day=first, last_day=last, population=population),
        commended=list_commended_people(session, territory, first_day=first, last_day=last),
        recommended=list_recommended_people(
            session, territory, first_day=first, last_day=last, programme=asked.programme
        ),
        needs=count_needs(session, asked.unit_id, on=last, population=population, iri_base=asked.iri_base),
        moved=moved,
        moved_people=moved_people,
        parts=parts,
        definitions=definitions(),
    )


def _head(session: Session, asked: Asked, territory: Territory, days: _Days) -> ReportHead:
    way = breadcrumb(session, asked.unit_id, on_date=days.last_day)
    unit, span = territory.units[asked.unit_id], span_of(asked.form, asked.year, asked.calendar)
    target = target_on(PROVIDED_WITH_KNOWLEDGE, days.last_day)
    return ReportHead(
        unit_id=asked.unit_id,
        unit_name=unit.name,
        unit_code=unit.code,
        unit_level=unit.level,
        above_name=way[-2].name if len(way) > 2 else "",
        form=asked.form,
        year=asked.year,
        calendar=asked.calendar_code,
        first_day=span.first_day,
        last_day=span.last_day,
        on=days.last_day,
        made_at=asked.now,
        waiting=freshness(session).waiting,
        population_code=asked.population.code,
        population_version=asked.population.version,
        population_title=asked.population.title,
        target_percent=target.percent,
        target_due_on=target.due_on,
        exceeds=target.exceeds,
    )


def _series(
    session: Session, asked: Asked, territory: Territory, staff: list[StaffMember], *, on: date
) -> tuple[YearLine, ...]:
    years = [one for one in years_of(asked.form, asked.year, asked.calendar) if one.first_day <= on]
    return tuple(_year_line(session, asked, territory, staff, one, on=on) for one in years)


def _year_line(
    session: Session,
    asked: Asked,
    territory: Territory,
    staff: list[StaffMember],
    year: ReportYear,
    *,
    on: date,
) -> YearLine:
    last_day = min(year.last_day, on)
    then = label_on(session, territory.lineage, on_date=last_day)
    roots = [one.unit_id for one in then.values() if one.is_in_force(last_day)]
    as_was: list[StaffMember] = []
    for root_id in roots:
        as_was += list_staff(session, root_id, on=last_day, population=asked.population)
    turns: list[PeriodTurns] = list_turns(session, territory, first_day=year.first_day, last_day=last_day)
    answers = {one.unit_id: asked.unit_id for one in as_was} | dict.fromkeys(territory.answers, asked.unit_id)
    return YearLine(
        year.year,
        last_day,
        counts_by_unit(as_was, turns, answers).get(asked.unit_id, Counts()),
        is_restated=asked.unit_id not in roots,
        as_is_trained=trained_by(staff, last_day),
    )


def _forms(session: Session, asked: Asked, territory: Territory, days: _Days) -> tuple[FormLine, ...]:
    """Of the unit and of those that it came from, each person and turn once."""
    whole = Period(asked.calendar, PeriodKind.YEAR, days.first_day, days.last_day, str(asked.year))
    turns = list_form_turns(session, territory.lineage, period=whole, population=asked.population)
    return tuple(FormLine(one.form.value, one.share.people, one.turns) for one in count_forms(turns))


def _moved(
    session: Session, territory: Territory, days: _Days
) -> tuple[tuple[MovedLine, ...], tuple[MovedPerson, ...]]:
    """Who was trained here and left the work within a year, by the last day; the total, then the parts."""
    share, people = measure_moved_away(session, territory.root_id, on=days.last_day)
    names = find_pseudonyms(session, [one.person_id for one in people])
    by_part: dict[str, int] = {}
    for one in people:
        leaf = territory.answers.get(one.unit_id, territory.root_id)
        part = territory.units[part_of(territory, leaf)].name
        by_part[part] = by_part.get(part, 0) + 1
    listed = tuple(
        MovedPerson(names[one.person_id], unit_name(territory, one.unit_id), one.completed_on, one.left_on)
        for one in people
    )
    total = MovedLine(territory.units[territory.root_id].name, share.people, share.of)
    return (total, *(MovedLine(name, count, 0) for name, count in sorted(by_part.items()))), listed


def definitions() -> tuple[Definition, ...]:
    """How the figures of a report are defined, from the catalogue of indicators."""
    shown = (catalogue.KNOWLEDGE, catalogue.ACCESS)
    return (
        *(Definition(one.title, "stock", one.numerator, one.denominator, one.legal_basis) for one in shown),
        *_FLOWS,
    )


_905: Final = catalogue.KNOWLEDGE.legal_basis
_FLOWS: Final = (
    Definition(
        "Số người được bồi dưỡng trong kỳ",
        "flow",
        "Số người hoàn thành lần đầu ít nhất một chuyên đề trong kỳ; mỗi người một lần, tính cho đơn vị "
        "của họ vào ngày hoàn thành sớm nhất trong kỳ (đơn vị đã giải thể: tính cho đơn vị kế thừa)",
        "Không có",
        _905,
    ),
    Definition(
        "Lượt bồi dưỡng trong kỳ",
        "flow",
        "Số cặp người – chuyên đề hoàn thành lần đầu trong kỳ, tính cho đơn vị của ngày đó",
        "Không có",
        _905,
    ),
)
