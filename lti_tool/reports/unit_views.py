"""Pages of units: stock on a day with its parts, flow by month, search."""

from datetime import date

from flask import Response, abort, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as WerkzeugResponse

from lti_tool.admin.guard import required_operator
from lti_tool.reports import csv_tables
from lti_tool.reports.access import may_see_unit, require_unit
from lti_tool.reports.asked import CALENDARS, TURNS, Asked
from lti_tool.reports.chart_words import picture_of_path
from lti_tool.reports.looks import note_list
from lti_tool.reports.names import names_for_reader
from lti_tool.reports.pages import FORMS, answer_table, asked_now, blueprint, current_programme, show
from lti_tool.reports.stock_asked import series_until, stock_question, topics_of
from lti_tool.reports.topic_columns import topic_columns
from lti_tool.reports.topic_words import topic_title
from lti_tool.reports.unit_figures import judge_knowledge, list_sources, order_parts, read_unit_figures
from sync.calendars import Calendar, Period, year_of
from sync.errors import ReportPeriodUnknown, UnitUnknown
from sync.organization.units import UnitOnDay, breadcrumb, find_nation, label_on, search_units
from sync.reports.coverage import count_unplaced
from sync.reports.flow import flow_of_year, list_turns, month_beginning
from sync.reports.programme import Programme
from sync.reports.targets import FIRST_DAY
from sync.rollups.definitions import PROVIDED_WITH_KNOWLEDGE
from xapi_bridge.running_app import reading

_FOUND_UNITS = 30


@blueprint.get("/")
def overview() -> str | WerkzeugResponse:
    """The whole country; a unit manager begins with the own people who need attention."""
    own_unit = required_operator().unit_id
    if own_unit is not None:
        return redirect(url_for("reports.attention", unit_id=own_unit))
    with reading() as session:
        try:
            nation = find_nation(session)
        except UnitUnknown:
            return render_template("reports/no_units.html")
        return _unit_page(session, nation.unit_id)


@blueprint.get("/don-vi/<int:unit_id>")
def unit(unit_id: int) -> str:
    """One unit on a day."""
    with reading() as session:
        require_unit(session, required_operator(), unit_id)
        return _unit_page(session, unit_id)


@blueprint.get(f"/don-vi/<int:unit_id>/bang.{FORMS}")
def unit_table(unit_id: int, form: str) -> Response:
    """The parts of a unit."""
    asked = asked_now()
    with reading() as session:
        require_unit(session, required_operator(), unit_id)
        figures = read_unit_figures(session, unit_id, asked, current_programme(session))
    parts = order_parts(figures.coverage.parts, asked.order)
    return answer_table(
        f"don-vi-{unit_id}", csv_tables.tabulate_parts(figures.coverage, parts), asked, form=form
    )


@blueprint.get("/don-vi/<int:unit_id>/theo-thang")
def flow(unit_id: int) -> str:
    """What happened in the months of a year."""
    asked, (word, calendar, year) = asked_now(), _asked_year()
    with reading() as session:
        require_unit(session, required_operator(), unit_id)
        months = flow_of_year(session, unit_id, year=year, calendar=calendar, module_iri=asked.module_iri)
        years = range(FIRST_DAY.year, year_of(asked.today, calendar) + 1)
        return show(
            "reports/flow.html",
            session,
            asked,
            current_programme(session),
            trail=unit_trail(session, unit_id, on=asked.on),
            months=months,
            year=year,
            years=years,
            calendar_word=word,
        )


@blueprint.get(f"/don-vi/<int:unit_id>/theo-thang.{FORMS}")
def flow_table(unit_id: int, form: str) -> Response:
    """The months of a year."""
    asked, (_, calendar, year) = asked_now(), _asked_year()
    with reading() as session:
        require_unit(session, required_operator(), unit_id)
        months = flow_of_year(session, unit_id, year=year, calendar=calendar, module_iri=asked.module_iri)
    return answer_table(f"theo-thang-{unit_id}-{year}", csv_tables.tabulate_flow(months), asked, form=form)


@blueprint.get("/don-vi/<int:unit_id>/theo-thang/<calendar_word>/<first_day>/<turn_word>")
def turns(unit_id: int, calendar_word: str, first_day: str, turn_word: str) -> str:
    """The people behind one figure of a month."""
    asked, month = asked_now(), _month(calendar_word, first_day)
    kind = TURNS.get(turn_word) or abort(404)
    with reading() as session:
        require_unit(session, required_operator(), unit_id)
        listed = list_turns(session, unit_id, period=month, kind=kind, module_iri=asked.module_iri)
        note_list("turns", asked, unit_id=unit_id, people=len(listed))
        return show(
            "reports/turns.html",
            session,
            asked,
            current_programme(session),
            trail=unit_trail(session, unit_id, on=asked.on),
            month=month,
            turns=listed,
            turn_word=turn_word,
            calendar_word=calendar_word,
            units=label_on(session, {turn.unit_id for turn in listed}, on_date=month.last_day),
            names=names_for_reader(session, [turn.person_id for turn in listed]),
        )


@blueprint.get(f"/don-vi/<int:unit_id>/theo-thang/<calendar_word>/<first_day>/<turn_word>.{FORMS}")
def turns_table(unit_id: int, calendar_word: str, first_day: str, turn_word: str, form: str) -> Response:
    """The people behind one figure of a month."""
    asked, month = asked_now(), _month(calendar_word, first_day)
    kind = TURNS.get(turn_word) or abort(404)
    with reading() as session:
        require_unit(session, required_operator(), unit_id)
        listed = list_turns(session, unit_id, period=month, kind=kind, module_iri=asked.module_iri)
        note_list("turns_file", asked, unit_id=unit_id, people=len(listed))
        table = csv_tables.tabulate_turns(
            listed,
            label_on(session, {turn.unit_id for turn in listed}, on_date=month.last_day),
            names_for_reader(session, [turn.person_id for turn in listed]),
            current_programme(session),
        )
    return answer_table(f"{turn_word}-{unit_id}-{first_day}", table, asked, form=form)


@blueprint.get("/tim")
def search() -> str:
    """Units by a part of their name, tones or not."""
    asked, text = asked_now(), request.args.get("ten", "").strip()
    operator = required_operator()
    with reading() as session:
        found = [
            one
            for one in search_units(session, text, on_date=asked.on, limit=_FOUND_UNITS)
            if may_see_unit(session, operator, one.unit.unit_id)
        ]
        return show("reports/search.html", session, asked, current_programme(session), text=text, found=found)


def unit_trail(session: Session, unit_id: int, *, on: date) -> list[UnitOnDay]:
    """The way down to a unit, from the top of what the reader may see.

    Raises:
        UnitUnknown: no unit has this number.
    """
    way = breadcrumb(session, unit_id, on_date=on)
    if not way:
        raise UnitUnknown(f"There is no unit {unit_id}.")
    return _own_part(way)


def _unit_page(session: Session, unit_id: int) -> str:
    asked, programme = asked_now(), current_programme(session)
    figures = read_unit_figures(session, unit_id, asked, programme)
    is_nation = figures.coverage.unit.level == "national"
    population = PROVIDED_WITH_KNOWLEDGE.population
    in_force = figures.coverage.unit.is_in_force(asked.tree_day)
    is_drawn = in_force and asked.module_iri is None
    series = series_until(session, unit_id, asked, programme) if is_drawn else []
    return show(
        "reports/unit.html",
        session,
        asked,
        programme,
        figures=figures,
        trail=_own_part(figures.trail),
        parts=order_parts(figures.coverage.parts, asked.order),
        judge_knowledge=judge_knowledge,
        series=series,
        picture=picture_of_path(series, figures.coverage.unit.name) if series else None,
        topics=_topics(session, unit_id, asked, programme) if is_drawn else [],
        sources=list_sources(session, unit_id, asked, programme) if asked.restated_to else [],
        unplaced=count_unplaced(session, on=asked.on, population=population) if is_nation else None,
    )


def _topics(
    session: Session, unit_id: int, asked: Asked, programme: Programme
) -> list[tuple[str, list[tuple[str, int]]]]:
    """(linh-vuc or ky-nang, [(title, people who completed a module of it)])."""
    question = stock_question(unit_id, asked, programme)
    listed = []
    for word in ("linh-vuc", "ky-nang"):
        done = topics_of(session, question, topic_columns(session, word))
        listed.append((word, [(topic_title(topic), count) for topic, count in done.items()]))
    return listed


def _own_part(way: "list[UnitOnDay] | tuple[UnitOnDay, ...]") -> list[UnitOnDay]:
    """The way down without what lies above the reader's own unit."""
    root_id = required_operator().unit_id
    ids = [one.unit_id for one in way]
    return list(way[ids.index(root_id) :] if root_id in ids else way)


def _asked_year() -> tuple[str, Calendar, int]:
    """Calendar (its word, too) and reporting year; the official calendar and the present year by default."""
    word = request.args.get("lich", "")
    word = word if word in CALENDARS else next(iter(CALENDARS))
    calendar = CALENDARS[word]
    latest = year_of(asked_now().today, calendar)
    year = request.args.get("nam", latest, type=int)
    return word, calendar, min(max(year, FIRST_DAY.year), latest)


def _month(calendar_word: str, first_day: str) -> Period:
    try:
        month = month_beginning(date.fromisoformat(first_day), CALENDARS[calendar_word])
    except (ValueError, KeyError) as malformed:
        raise ReportPeriodUnknown("The address names a calendar and the first day of a month.") from malformed
    if month is None:
        raise ReportPeriodUnknown(f"No month of this calendar begins on {first_day}.")
    return month
