"""One report: its sections and letterhead, its files, its way up, what has become of its figures."""

from collections.abc import Sequence
from datetime import date

from flask import Response, jsonify, redirect, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as WerkzeugResponse

from lti_tool.admin.guard import required_operator, say
from lti_tool.official_reports.pages import blueprint, own_report, show, typed
from sync.calendars import local_day
from sync.official_reports.differences import compare_with_edition
from sync.official_reports.document import Letterhead
from sync.official_reports.drafting import (
    OPEN,
    list_editions,
    list_steps,
    read_letterhead,
    read_narrative,
    save_letterhead,
    save_section,
    span_of_report,
)
from sync.official_reports.figures import ReportFigures, read_figures
from sync.official_reports.forms import OUTLINES, ReportForm, subject_of
from sync.official_reports.ledger import Difference, unpack_ledger
from sync.official_reports.models import OfficialReport, ReportEdition, ReportJob
from sync.official_reports.sending import (
    FORMATS,
    ask_for_files,
    list_files,
    list_jobs,
    may_judge,
    receive_report,
    return_report,
    send_report,
)
from sync.official_reports.sentences import sentences_for
from sync.organization.units import label_on
from sync.report_errors import OfficialReportMalformed
from xapi_bridge.running_app import now, reading, transaction
from xapi_bridge.store.audit import note_action


@blueprint.get("/<int:report_id>")
def report(report_id: int) -> str:
    """Everything about one report."""
    with reading() as session:
        row = own_report(session, report_id)
        span, today = span_of_report(session, row), local_day(now())
        jobs, editions = list_jobs(session, report_id), list_editions(session, report_id)
        figures = _newest_figures(jobs)
        form = ReportForm(row.form)
        return show(
            "report.html",
            row=row,
            unit=label_on(session, [row.unit_id], on_date=min(span.last_day, today))[row.unit_id],
            subject=subject_of(form, row.year),
            span=span,
            outline=OUTLINES[form],
            narrative=read_narrative(session, report_id),
            sentences={
                one.code: sentences_for(one.code, figures) if figures else [] for one in OUTLINES[form]
            },
            figures=figures,
            letterhead=read_letterhead(row),
            jobs=jobs,
            files=list_files(session, [*(one.job_id for one in jobs), *(one.job_id for one in editions)]),
            editions=editions,
            differences=_differences(session, jobs, editions),
            steps=list_steps(session, report_id),
            is_open=row.state in OPEN,
            is_closed=today > span.last_day,
            may_judge=may_judge(session, row, root_id=required_operator().unit_id),
            formats=FORMATS,
        )


@blueprint.post("/<int:report_id>/muc/<code>")
def save(report_id: int, code: str) -> Response | WerkzeugResponse:
    """Keeps one section: by its button, or as it is typed (then the answer is JSON)."""
    revision = typed("revision")
    with transaction() as session:
        row = own_report(session, report_id, for_update=True)
        saved = save_section(
            session,
            row,
            code,
            request.form.get("text", ""),
            revision=int(revision) if revision.isascii() and revision.isdigit() else 0,
            by=required_operator().username,
            now=now(),
        )
    if request.accept_mimetypes.best_match(["text/html", "application/json"]) == "application/json":
        return jsonify({"revision": saved})
    say(_("Đã lưu."))
    return _back(report_id, anchor=f"muc-{code}")


@blueprint.post("/<int:report_id>/the-thuc")
def letterhead(report_id: int) -> WerkzeugResponse:
    """Keeps who issues and signs."""
    signed = typed("ngay-ky")
    try:
        signed_on = date.fromisoformat(signed) if signed else None
    except ValueError as malformed:
        raise OfficialReportMalformed("The day of signing is a day.") from malformed
    kept = Letterhead(
        above=typed("cap-tren"),
        issuer=typed("co-quan"),
        number=typed("so-ky-hieu"),
        place=typed("dia-danh"),
        signed_on=signed_on,
        authority=typed("quyen-han"),
        signer_title=typed("chuc-vu"),
        signer_name=typed("nguoi-ky"),
        recipients=tuple(line.strip() for line in typed("noi-nhan").splitlines() if line.strip()),
    )
    with transaction() as session:
        save_letterhead(session, own_report(session, report_id, for_update=True), kept)
    say(_("Đã lưu thể thức."))
    return _back(report_id, anchor="the-thuc")


@blueprint.post("/<int:report_id>/tep")
def make_files(report_id: int) -> WerkzeugResponse:
    """Has files of the present figures made."""
    with transaction() as session:
        ask_for_files(
            session,
            own_report(session, report_id),
            request.form.getlist("dinh-dang"),
            by=required_operator().username,
            now=now(),
        )
    return _back(report_id, anchor="tep")


@blueprint.get("/<int:report_id>/tien-do")
def progress(report_id: int) -> Response:
    """How far the files are, for the script of the page."""
    with reading() as session:
        own_report(session, report_id)
        jobs = list_jobs(session, report_id)
    return jsonify(
        [{"id": str(one.job_id), "state": one.state, "done": one.done, "steps": one.steps} for one in jobs]
    )


@blueprint.post("/<int:report_id>/gui")
def send(report_id: int) -> WerkzeugResponse:
    """Freezes the report and sends it up."""
    with transaction() as session:
        row = own_report(session, report_id, for_update=True)
        send_report(session, row, by=required_operator().username, now=now())
        _note(session, row, "report_sent")
    say(_("Đang chốt số liệu và tạo tệp. Trang này cho biết khi đã gửi xong."))
    return _back(report_id)


@blueprint.post("/<int:report_id>/nhan")
def receive(report_id: int) -> WerkzeugResponse:
    """Takes the report in."""
    operator = required_operator()
    with transaction() as session:
        row = own_report(session, report_id, for_update=True)
        receive_report(session, row, root_id=operator.unit_id, by=operator.username, now=now())
        _note(session, row, "report_received")
    say(_("Đã nhận báo cáo."))
    return _back(report_id)


@blueprint.post("/<int:report_id>/tra-lai")
def give_back(report_id: int) -> WerkzeugResponse:
    """Returns the report for correction."""
    operator = required_operator()
    with transaction() as session:
        row = own_report(session, report_id, for_update=True)
        return_report(session, row, typed("ly-do"), root_id=operator.unit_id, by=operator.username, now=now())
        _note(session, row, "report_returned")
    say(_("Đã trả lại báo cáo; bản đã gửi được giữ nguyên."))
    return _back(report_id)


def _note(session: Session, row: OfficialReport, action: str) -> None:
    note_action(
        session,
        action,
        operator=required_operator().username,
        subject=f"report {row.report_id}",
        now=now(),
        unit_id=row.unit_id,
        form=row.form,
        year=row.year,
    )


def _newest_figures(jobs: Sequence[ReportJob]) -> ReportFigures | None:
    counted = (one.figures for one in jobs if one.state == "finished")
    newest = next((figures for figures in counted if figures), None)
    return read_figures(newest) if newest else None


def _differences(
    session: Session, jobs: Sequence[ReportJob], editions: Sequence[ReportEdition]
) -> tuple[Difference, ...]:
    """What the newest count says against the newest edition; empty without a count since then."""
    if not editions:
        return ()
    counted = [one for one in jobs if one.state == "finished" and one.purpose == "draft"]
    since = next((one.ledger for one in counted if one.asked_at >= editions[0].sent_at), None)
    return compare_with_edition(session, editions[0], unpack_ledger(since)) if since else ()


def _back(report_id: int, *, anchor: str | None = None) -> WerkzeugResponse:
    return redirect(url_for("official_reports.report", report_id=report_id, _anchor=anchor), code=303)
