"""Pages of all indicators of a unit with their definitions, and of the forms of training."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from flask import Response
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from lti_tool.page_formats import exact_share, show_percent
from lti_tool.reports import csv_tables
from lti_tool.reports.asked import Asked
from lti_tool.reports.chart_words import picture_of_amounts
from lti_tool.reports.indicator_words import definition_for_reader
from lti_tool.reports.pages import (
    FORMS,
    answer_table,
    asked_now,
    blueprint,
    current_programme,
    reading_unit,
    show,
)
from lti_tool.reports.unit_views import unit_trail
from lti_tool.training_classes.words import FORM_WORDS
from sync.calendars import Calendar, Period, PeriodKind, period_of
from sync.indicators.catalogue import (
    ACCESS,
    ANSWERED_IN_TIME,
    CATALOGUE,
    KNOWLEDGE,
    MOVED_AWAY,
    TEST_RESULTS,
    IndicatorDefinition,
)
from sync.indicators.forms import FormCount, measure_forms
from sync.indicators.measures import Share
from sync.indicators.moves import measure_moved_away
from sync.indicators.pairs import PairGain, measure_gains, read_quiz_pairs
from sync.indicators.questions import measure_answers
from sync.indicators.results import measure_results
from sync.indicators.stock import measure_access, measure_knowledge
from sync.settings import SyncSettings
from xapi_bridge.running_app import section

#: Indicators that have pages of their own.
_PAGES: Final = {
    "theo-linh-vuc": "reports.matrix",
    "theo-ky-nang": "reports.matrix",
    "hinh-thuc-boi-duong": "reports.forms",
}


@dataclass(frozen=True)
class Measured:
    """One indicator of a unit; without a share when it has a page of its own."""

    definition: IndicatorDefinition
    share: Share | None
    endpoint: str | None


@blueprint.get("/don-vi/<int:unit_id>/chi-so")
def indicators(unit_id: int) -> str:
    """Every indicator with its definition and its figure."""
    asked = asked_now()
    with reading_unit(unit_id) as session:
        period = _year(asked)
        return show(
            "reports/indicators.html",
            session,
            asked,
            current_programme(session),
            trail=unit_trail(session, unit_id, on=asked.on),
            period=period,
            measured=_measure(session, unit_id, asked, period),
            gains=gains_of(session, unit_id, asked.on),
        )


@blueprint.get("/don-vi/<int:unit_id>/hinh-thuc")
def forms(unit_id: int) -> str:
    """Who completed something in the reporting year, by form of training."""
    asked = asked_now()
    with reading_unit(unit_id) as session:
        counts, period = _forms(session, unit_id, asked), _year(asked)
        trail = unit_trail(session, unit_id, on=asked.on)
        return show(
            "reports/forms.html",
            session,
            asked,
            current_programme(session),
            trail=trail,
            counts=counts,
            form_words=FORM_WORDS,
            period=period,
            picture=picture_of_amounts(
                [(str(FORM_WORDS[one.form]), one.share.people) for one in counts],
                title=_("Người hoàn thành theo hình thức: %(unit)s", unit=trail[-1].name),
                across=_("Số người"),
            ),
        )


@blueprint.get(f"/don-vi/<int:unit_id>/hinh-thuc.{FORMS}")
def forms_table(unit_id: int, form: str) -> Response:
    """The same as a file."""
    asked = asked_now()
    with reading_unit(unit_id) as session:
        table = csv_tables.tabulate_forms(_forms(session, unit_id, asked))
    return answer_table(f"hinh-thuc-{unit_id}", table, asked, form=form)


@blueprint.get(f"/don-vi/<int:unit_id>/chi-so.{FORMS}")
def indicators_table(unit_id: int, form: str) -> Response:
    """The indicators with their figures as a file."""
    asked = asked_now()
    with reading_unit(unit_id) as session:
        measured = _measure(session, unit_id, asked, _year(asked))
    rows = [
        (one.definition.code, one.definition.title, one.share.people, one.share.of, _percent(one.share))
        for one in measured
        if one.share is not None and one.share.because is None
    ]
    return answer_table(f"chi-so-{unit_id}", csv_tables.tabulate_indicators(rows), asked, form=form)


def _measure(session: Session, unit_id: int, asked: Asked, period: Period) -> list[Measured]:
    population = KNOWLEDGE.population
    results = measure_results(session, unit_id, period=period, population=population)
    shares = {
        KNOWLEDGE.code: measure_knowledge(session, unit_id, on=asked.on, population=population),
        ACCESS.code: measure_access(session, unit_id, on=asked.on, population=population),
        ANSWERED_IN_TIME.code: measure_answers(session, unit_id, period=period),
        TEST_RESULTS.code: results.passed,
        MOVED_AWAY.code: measure_moved_away(session, unit_id, on=asked.on)[0],
    }
    return [
        Measured(definition_for_reader(one), shares.get(one.code), _PAGES.get(one.code)) for one in CATALOGUE
    ]


def gains_of(session: Session, unit_id: int, on: date) -> list[PairGain]:
    """The gain of a unit on a day, between each published pre-test and its post-test."""
    pairs = read_quiz_pairs(session, iri_base=section(SyncSettings).iri_base)
    return measure_gains(session, unit_id, on=on, population=KNOWLEDGE.population, pairs=pairs)


def _forms(session: Session, unit_id: int, asked: Asked) -> list[FormCount]:
    return measure_forms(session, unit_id, period=_year(asked), population=KNOWLEDGE.population)


def _year(asked: Asked) -> Period:
    """The official reporting year of the day asked for."""
    return period_of(asked.on, PeriodKind.YEAR, Calendar.OFFICIAL)


def _percent(share: Share) -> str:
    return show_percent(exact_share(share.people, share.of)).rstrip("%")
