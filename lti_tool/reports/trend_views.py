"""Pages of how a unit's figures moved: by official period, by day."""

from typing import Final

from flask import Response, request
from sqlalchemy.orm import Session

from lti_tool.reports import csv_tables
from lti_tool.reports.asked import Asked
from lti_tool.reports.chart_words import days_back, picture_of_path, picture_of_series
from lti_tool.reports.pages import (
    FORMS,
    answer_table,
    asked_now,
    blueprint,
    current_programme,
    reading_unit,
    show,
)
from lti_tool.reports.stock_asked import series_of_days, series_until
from lti_tool.reports.unit_views import unit_trail
from sync.calendars import PeriodKind
from sync.reports.programme import Programme
from sync.reports.series import StockOnDay

#: Word in the address -> periods whose closing days are shown.
_PERIODS: Final = {"quy": PeriodKind.QUARTER, "thang": PeriodKind.MONTH, "nam": PeriodKind.YEAR}
_BY_DAY: Final = "ngay"
_DAYS: Final = 60


@blueprint.get("/don-vi/<int:unit_id>/dien-bien")
def trend(unit_id: int) -> str:
    """The stock of a unit over time."""
    asked, step = asked_now(), _asked_step()
    with reading_unit(unit_id) as session:
        trail = unit_trail(session, unit_id, on=asked.tree_day)
        programme = current_programme(session)
        series = _series(session, unit_id, asked, programme, step)
        draw = picture_of_series if step == _BY_DAY or asked.module_iri else picture_of_path
        return show(
            "reports/trend.html",
            session,
            asked,
            programme,
            trail=trail,
            series=series,
            step=step,
            picture=draw(series, trail[-1].name),
        )


@blueprint.get(f"/don-vi/<int:unit_id>/dien-bien.{FORMS}")
def trend_table(unit_id: int, form: str) -> Response:
    """The same figures as a file."""
    asked = asked_now()
    with reading_unit(unit_id) as session:
        series = _series(session, unit_id, asked, current_programme(session), _asked_step())
    return answer_table(f"dien-bien-{unit_id}", csv_tables.tabulate_series(series), asked, form=form)


def _asked_step() -> str:
    step = request.args.get("ky", "quy")
    return step if step in {*_PERIODS, _BY_DAY} else "quy"


def _series(
    session: Session, unit_id: int, asked: Asked, programme: Programme, step: str
) -> list[StockOnDay]:
    if step != _BY_DAY:
        return series_until(session, unit_id, asked, programme, kind=_PERIODS[step])
    return series_of_days(session, unit_id, asked, programme, days_back(asked.on, _DAYS))
