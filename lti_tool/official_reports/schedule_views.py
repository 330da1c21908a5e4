"""Files by schedule: set one up, stop it, fetch what it made."""

from flask import redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as WerkzeugResponse

from lti_tool.admin.guard import required_operator, say
from lti_tool.official_reports.pages import blueprint, own_unit, show, typed
from sync.calendars import Calendar, local_day
from sync.official_reports.schedules import (
    RHYTHMS,
    add_schedule,
    get_schedule,
    list_scheduled_jobs,
    list_schedules,
    stop_schedule,
)
from sync.official_reports.sending import FORMATS, list_files
from sync.organization.populations import list_populations
from sync.organization.reporting_calendars import list_calendars
from sync.organization.units import label_on
from xapi_bridge.running_app import now, reading, transaction


@blueprint.get("/lich")
def schedules() -> str:
    """The schedules of the reader's units and their files."""
    root_id = required_operator().unit_id
    with reading() as session:
        rows = list_schedules(session, root_id=root_id)
        jobs = list_scheduled_jobs(session, [row.schedule_id for row in rows])
        unit_id = own_unit(session, request.args.get("don-vi", type=int))
        return show(
            "schedules.html",
            rows=rows,
            jobs=jobs,
            files=list_files(session, [one.job_id for one in jobs]),
            units=label_on(session, [unit_id, *(row.unit_id for row in rows)], on_date=local_day(now())),
            unit_id=unit_id,
            rhythms=RHYTHMS,
            formats=FORMATS,
            calendars=list_calendars(session, unit_id=unit_id),
            populations=list_populations(session),
        )


@blueprint.post("/lich")
def schedule() -> WerkzeugResponse:
    """Sets a schedule up."""
    unit, days = typed("don-vi"), typed("giu")
    with transaction() as session:
        add_schedule(
            session,
            own_unit(session, int(unit) if unit.isascii() and unit.isdigit() and len(unit) < 10 else None),
            rhythm=typed("nhip"),
            formats=request.form.getlist("dinh-dang"),
            keep_days=int(days) if days.isascii() and days.isdigit() and len(days) < 5 else 0,
            calendar=typed("lich") or Calendar.OFFICIAL.value,
            population_code=typed("doi-tuong"),
            by=required_operator().username,
            now=now(),
        )
    say(_("Đã đặt lịch. Tệp đầu tiên có vào ngày kế tiếp của lịch."))
    return redirect(url_for("official_reports.schedules"), code=303)


@blueprint.post("/lich/<int:schedule_id>/dung")
def stop(schedule_id: int) -> WerkzeugResponse:
    """Stops a schedule."""
    with transaction() as session:
        row = get_schedule(session, schedule_id, root_id=required_operator().unit_id)
        stop_schedule(row, now=now())
    say(_("Đã dừng lịch; tệp đã tạo được giữ đến hết hạn."))
    return redirect(url_for("official_reports.schedules"), code=303)
