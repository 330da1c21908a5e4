"""`/api/thong-ke/…`: the figures of the pages for programs, by the same functions and the same rules."""

from collections.abc import Callable
from typing import Any, Final

from flask import Blueprint, Response, jsonify, request, url_for
from sqlalchemy.orm import Session

from lti_tool.reports.pages import current_programme
from lti_tool.statistics_api import answers
from lti_tool.statistics_api.asked import TREES, Asked, read_asked
from lti_tool.statistics_api.openapi import describe_statistics
from lti_tool.statistics_api.readers import StatisticsReader, recognise_reader
from sync.analysis.unit_list import UnitsAsked, count_units, list_units
from sync.calendars import PeriodKind, local_day, period_of
from sync.errors import UnitUnknown
from sync.indicators.catalogue import ACCESS, ANSWERED_IN_TIME, CATALOGUE, KNOWLEDGE, MOVED_AWAY, TEST_RESULTS
from sync.indicators.forms import measure_forms
from sync.indicators.moves import measure_moved_away
from sync.indicators.pairs import QuizPair, measure_gains, read_quiz_pairs
from sync.indicators.questions import measure_answers
from sync.indicators.results import measure_results
from sync.indicators.stock import measure_access, measure_knowledge
from sync.organization.populations import find_population, list_populations
from sync.organization.units import UnitOnDay, breadcrumb, label_on, predecessors_of, successors_of
from sync.reports.coverage import cover_unit
from sync.reports.flow import flow_of_year
from sync.reports.people import PeopleQuestion, Progress, count_people
from sync.rollups.definitions import CIVIL_SERVANTS, Population
from sync.rollups.follower import freshness
from sync.settings import SyncSettings
from xapi_bridge.http.access import challenge
from xapi_bridge.reading_log import log_reading
from xapi_bridge.running_app import now, reading, section

blueprint = Blueprint("statistics_api", __name__, url_prefix="/api/thong-ke")

_PAGED: Final = frozenset({"page", "per_page"})
#: What each address may be asked by; the OpenAPI document names the same.
PARAMETERS: Final = {
    "units": frozenset({"on", "level", "below", "name"}) | _PAGED,
    "unit": frozenset({"on"}),
    "figures": frozenset({"on", "module", "population", "tree"}),
    "series": frozenset({"year", "calendar", "module"}),
    "unit_indicators": frozenset({"on", "population"}),
    "people_counts": frozenset({"on", "module", "population", "level"}),
    "indicators": frozenset[str](),
    "populations": frozenset[str](),
}

Figures = Callable[[Session, Asked], dict[str, Any]]


@blueprint.after_request
def add_headers(response: Response) -> Response:
    """No cache keeps figures of small units; a 401 names the scheme."""
    response.headers["Cache-Control"] = "no-store"
    if response.status_code == 401:
        response.headers["WWW-Authenticate"] = challenge(request)
    return response


@blueprint.get("/openapi.json")
def openapi() -> Response:
    """This document."""
    return jsonify(describe_statistics(server=request.host_url.rstrip("/"), parameters=PARAMETERS))


@blueprint.get("/units")
def units() -> Response:
    """Units in force on a day, page by page."""
    reader, asked = _begin("units")
    with reading() as session:
        below = reader.root_id if asked.below is None else asked.below
        if asked.below is not None:
            reader.require_unit(session, asked.below)
        question = UnitsAsked(asked.on, below, asked.level, asked.name)
        total = count_units(session, question)
        listed = list_units(session, question, offset=(asked.page - 1) * asked.per_page, limit=asked.per_page)
    return _answer(
        reader,
        {
            "on": asked.on.isoformat(),
            "total": total,
            "page": asked.page,
            "per_page": asked.per_page,
            "next": _next_page(asked, total),
            "units": [answers.describe_listed(one) for one in listed],
        },
        records=len(listed),
    )


@blueprint.get("/units/<int:unit_id>")
def unit(unit_id: int) -> Response:
    """One unit with what is above it, before it and after it."""

    def figures(session: Session, asked: Asked) -> dict[str, Any]:
        return {
            "unit": answers.describe_unit(_unit(session, unit_id, asked)),
            "above": [
                answers.describe_unit(one) for one in breadcrumb(session, unit_id, on_date=asked.on)[:-1]
            ],
            "predecessors": [answers.describe_succession(one) for one in predecessors_of(session, unit_id)],
            "successors": [answers.describe_succession(one) for one in successors_of(session, unit_id)],
        }

    return _of_unit("unit", unit_id, figures)


@blueprint.get("/units/<int:unit_id>/figures")
def figures(unit_id: int) -> Response:
    """Stock of a unit on a day, with its parts and levels, in the units of that day or of today."""

    def stock(session: Session, asked: Asked) -> dict[str, Any]:
        population = _population(session, asked)
        coverage = cover_unit(
            session,
            unit_id,
            on=asked.on,
            population=population,
            programme=current_programme(session),
            module_iri=asked.module_iri,
            restated_to=asked.restated_to,
        )
        return {
            "population": answers.describe_population(population),
            "module": asked.module_iri,
            "tree": TREES[asked.restated_to is not None],
            **answers.describe_coverage(coverage),
        }

    return _of_unit("figures", unit_id, stock)


@blueprint.get("/units/<int:unit_id>/series")
def series(unit_id: int) -> Response:
    """Flow of a unit in the twelve months of a year."""

    def flow(session: Session, asked: Asked) -> dict[str, Any]:
        months = flow_of_year(
            session, unit_id, year=asked.year, calendar=asked.calendar, module_iri=asked.module_iri
        )
        return {
            "unit": answers.describe_unit(_unit(session, unit_id, asked)),
            "timing": "flow",
            "year": asked.year,
            "calendar": asked.calendar.value,
            "module": asked.module_iri,
            "months": [answers.describe_month(one) for one in months],
        }

    return _of_unit("series", unit_id, flow)


@blueprint.get("/units/<int:unit_id>/indicators")
def unit_indicators(unit_id: int) -> Response:
    """The indicators of a unit on a day; those that are a flow in the reporting year of that day."""

    def measured(session: Session, asked: Asked) -> dict[str, Any]:
        population, on = _population(session, asked), asked.on
        year = period_of(on, PeriodKind.YEAR, asked.calendar)
        bands = measure_results(session, unit_id, period=year, population=population)
        shares = (
            (KNOWLEDGE, measure_knowledge(session, unit_id, on=on, population=population)),
            (ACCESS, measure_access(session, unit_id, on=on, population=population)),
            (ANSWERED_IN_TIME, measure_answers(session, unit_id, period=year)),
            (MOVED_AWAY, measure_moved_away(session, unit_id, on=on)[0]),
            (TEST_RESULTS, bands.passed),
        )
        return {
            "unit": answers.describe_unit(_unit(session, unit_id, asked)),
            "on": on.isoformat(),
            "population": answers.describe_population(population),
            "indicators": [answers.describe_share(one, share) for one, share in shares],
            "gains": [
                answers.describe_gain(one)
                for one in measure_gains(
                    session, unit_id, on=on, population=population, pairs=_pairs(session)
                )
            ],
            "forms": [
                answers.describe_form(one)
                for one in measure_forms(session, unit_id, period=year, population=population)
            ],
        }

    return _of_unit("unit_indicators", unit_id, measured)


@blueprint.get("/units/<int:unit_id>/people-counts")
def people_counts(unit_id: int) -> Response:
    """How many people of a unit are how far on a day: numbers, no list."""

    def counted(session: Session, asked: Asked) -> dict[str, Any]:
        population, programme = _population(session, asked), current_programme(session)
        counts = {
            progress.value: count_people(
                session,
                PeopleQuestion(
                    unit_id=unit_id,
                    on=asked.on,
                    population=population,
                    programme=programme,
                    progress=frozenset({progress}),
                    module_iri=asked.module_iri,
                    level=asked.level,
                ),
            )
            for progress in Progress
        }
        return {
            "unit": answers.describe_unit(_unit(session, unit_id, asked)),
            "on": asked.on.isoformat(),
            "timing": "stock",
            "population": answers.describe_population(population),
            "people": sum(counts.values()),
            "by_progress": counts,
        }

    return _of_unit("people_counts", unit_id, counted)


@blueprint.get("/indicators")
def indicators() -> Response:
    """Every indicator with its definition."""
    reader, _ = _begin("indicators")
    listed = [answers.describe_indicator(one) for one in CATALOGUE]
    return _answer(reader, {"indicators": listed}, records=0)


@blueprint.get("/populations")
def populations() -> Response:
    """The rules of who is counted, newest version of each."""
    reader, _ = _begin("populations")
    with reading() as session:
        listed = [answers.describe_population(one) for one in list_populations(session)]
    return _answer(reader, {"populations": listed}, records=0)


def _begin(address: str) -> tuple[StatisticsReader, Asked]:
    """Who asks comes before what is asked: a stranger learns nothing of the parameters."""
    reader = recognise_reader()
    return reader, read_asked(request.args, allowed=PARAMETERS[address], today=local_day(now()))


def _of_unit(address: str, unit_id: int, figures_of: Figures) -> Response:
    reader, asked = _begin(address)
    with reading() as session:
        reader.require_unit(session, unit_id)
        _unit(session, unit_id, asked)
        found = figures_of(session, asked)
        fresh = answers.describe_freshness(freshness(session))
    return _answer(reader, {**found, "freshness": fresh}, records=1, unit_id=unit_id)


def _answer(
    reader: StatisticsReader, found: dict[str, Any], *, records: int, unit_id: int | None = None
) -> Response:
    """The one place where figures leave: noted first, and where small cells will be hidden.

    Rules of disclosure (`sync.reports.disclosure`) plug in here, for readers from outside a unit.
    """
    asked = {"address": request.path, **request.args, **({"unit": unit_id} if unit_id else {})}
    log_reading(reader.reader, "statistics", asked=asked, records=records)
    return jsonify(found)


def _unit(session: Session, unit_id: int, asked: Asked) -> UnitOnDay:
    found = label_on(session, [unit_id], on_date=asked.tree_day).get(unit_id)
    if found is None:
        raise UnitUnknown(f"There is no unit {unit_id}.")
    return found


def _pairs(session: Session) -> list[QuizPair]:
    return read_quiz_pairs(session, iri_base=section(SyncSettings).iri_base)


def _population(session: Session, asked: Asked) -> Population:
    return CIVIL_SERVANTS if asked.population is None else find_population(session, asked.population)


def _next_page(asked: Asked, total: int) -> str | None:
    if asked.page * asked.per_page >= total:
        return None
    following = {**request.args, "page": str(asked.page + 1)}
    return url_for("statistics_api.units", **following)  # type: ignore[arg-type]
