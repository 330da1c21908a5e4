"""The reports of a unit, and what the units directly below it have sent."""

from datetime import date

from flask import Response, redirect, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as WerkzeugResponse

from lti_tool.admin.guard import required_operator, say
from lti_tool.official_reports.pages import answer_file, asked_form, blueprint, own_unit, show, typed
from lti_tool.official_reports.words import STATE_WORDS
from lti_tool.page_formats import show_day
from sync.calendars import Calendar, local_day, year_of
from sync.csv_files import write_csv
from sync.official_reports.consolidating import Consolidation, consolidate, name_deadline
from sync.official_reports.drafting import begin_report, list_reports
from sync.official_reports.forms import FIRST_DAY, ReportForm, span_of, year_of_form
from sync.official_reports.schedules import list_schedules
from sync.organization.populations import list_populations
from sync.organization.reporting_calendars import list_calendars
from sync.organization.units import UnitOnDay, breadcrumb
from sync.report_errors import OfficialReportMalformed
from xapi_bridge.running_app import now, reading, transaction


@blueprint.get("/")
def listing() -> str:
    """The reader's own unit."""
    return unit(None)


@blueprint.get("/don-vi/<int:unit_id>")
def unit(unit_id: int | None) -> str:
    """Reports of a unit, its parts, and the form for a new report."""
    with reading() as session:
        unit_id = own_unit(session, unit_id)
        form, year, last_day = _asked_period()
        today = local_day(now())
        way = breadcrumb(session, unit_id, on_date=min(last_day, today))
        return show(
            "unit.html",
            unit_id=unit_id,
            way=_visible(way),
            reports=[row for row in list_reports(session, root_id=unit_id) if row.unit_id == unit_id],
            parts=_consolidation(session, unit_id, form, year, last_day),
            form=form,
            year=year,
            years=range(year_of(today, Calendar.OFFICIAL), FIRST_DAY.year - 1, -1),
            calendars=list_calendars(session, unit_id=unit_id),
            populations=list_populations(session),
            report_of={row.unit_id: row for row in list_reports(session, root_id=unit_id, limit=4000)
                       if row.form == form.value and row.year == year},
            schedules=len(list_schedules(session, root_id=unit_id)),
            last_day=last_day,
            today=today,
        )  # fmt: skip


@blueprint.post("/don-vi/<int:unit_id>")
def begin(unit_id: int) -> WerkzeugResponse:
    """Begins a report."""
    operator = required_operator()
    with transaction() as session:
        row = begin_report(
            session,
            own_unit(session, unit_id),
            form=asked_form(typed("loai")),
            year=_year(typed("nam")),
            calendar=typed("lich") or Calendar.OFFICIAL.value,
            population_code=typed("doi-tuong"),
            by=operator.username,
            now=now(),
        )
    return redirect(url_for("official_reports.report", report_id=row.report_id), code=303)


@blueprint.get("/don-vi/<int:unit_id>/tong-hop.csv")
def parts_file(unit_id: int) -> Response:
    """Who has sent and who has not, with the figures that were sent."""
    with reading() as session:
        unit_id = own_unit(session, unit_id)
        form, year, last_day = _asked_period()
        found = _consolidation(session, unit_id, form, year, last_day)
    header = (
        _("Đơn vị"), _("Tình trạng"), _("Hạn gửi"), _("Ngày gửi"), _("Thuộc đối tượng"), _("Lũy kế"),
        _("Người trong kỳ"), _("Lượt trong kỳ"), _("Mã băm bản gửi"),
    )  # fmt: skip
    rows = [
        (
            one.name,
            str(STATE_WORDS[one.state]),
            show_day(one.due_on),
            show_day(local_day(one.sent_at)) if one.sent_at else "",
            *(
                (one.counts.people, one.counts.trained, one.counts.period_people, one.counts.period_turns)
                if one.counts
                else ("", "", "", "")
            ),
            one.digest,
        )
        for one in found.parts
    ]
    return answer_file(
        write_csv(header, rows), f"tong-hop-{form.value}-{year}-{unit_id}.csv", "text/csv; charset=utf-8"
    )


@blueprint.post("/don-vi/<int:unit_id>/han-gui")
def deadline(unit_id: int) -> WerkzeugResponse:
    """Names the day by which the units directly below send."""
    form, year = asked_form(typed("loai")), _year(typed("nam"))
    try:
        due_on = date.fromisoformat(typed("han"))
    except ValueError as malformed:
        raise OfficialReportMalformed("The deadline is a day.") from malformed
    with transaction() as session:
        name_deadline(
            session,
            own_unit(session, unit_id),
            form=form,
            year=year_of_form(form, year),
            due_on=due_on,
            document=typed("van-ban"),
            by=required_operator().username,
            now=now(),
        )
    say(_("Đã ghi hạn gửi."))
    return redirect(url_for("official_reports.unit", unit_id=unit_id, loai=form.value, nam=year), code=303)


def _consolidation(
    session: Session, unit_id: int, form: ReportForm, year: int, last_day: date
) -> Consolidation:
    on = min(last_day, local_day(now()))
    return consolidate(session, unit_id, form=form, year=year, on=on, closes_on=last_day)


def _asked_period() -> tuple[ReportForm, int, date]:
    """Form, year and last day of the official period; by default the last year that has closed."""
    form, today = asked_form(request.args.get("loai")), local_day(now())
    year = request.args.get("nam", year_of(today, Calendar.OFFICIAL) - 1, type=int)
    year = year_of_form(form, min(max(year, FIRST_DAY.year), 2100))
    return form, year, span_of(form, year, Calendar.OFFICIAL).last_day


def _year(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) == 4):
        raise OfficialReportMalformed("The year has four digits.")
    return int(text)


def _visible(way: list[UnitOnDay]) -> list[UnitOnDay]:
    """The way down without what lies above the reader's own unit."""
    root_id = required_operator().unit_id
    ids = [one.unit_id for one in way]
    return way[ids.index(root_id) :] if root_id in ids else way
