"""Exports of statements for operators: ask, watch, cancel, continue, fetch."""

from uuid import UUID

from flask import Response, jsonify, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as WerkzeugResponse

from lti_tool.admin.guard import required_operator, say
from lti_tool.admin.sign_in import SignedIn
from lti_tool.records.asked import read_records_asked
from lti_tool.records.choices import settle_names
from lti_tool.records.filter_words import describe_filters
from lti_tool.records.pages import blueprint, note_operator_reading, today
from lti_tool.records.reach import reach_of, requester_of
from lti_tool.reports.access import require_unit
from sync.errors import ExportExpired, ExportNotReady, FilterRefused
from sync.exports.asking import (
    ExportStatus,
    cancel_export,
    continue_export,
    get_export,
    list_exports,
    request_export,
)
from sync.exports.forms import MEDIA_TYPES
from sync.exports.models import Export
from sync.exports.settings import ExportSettings
from sync.exports.writing import file_of
from xapi_bridge.running_app import now, reading, section, transaction
from xapi_bridge.store.sequence import instant_of


@blueprint.get("/xuat")
def exports() -> str:
    """The operator's exports with their progress."""
    operator = required_operator()
    with reading() as session:
        listed = list_exports(session, requester_of(operator))
        words = {one.export_id: describe_filters(session, one.filters, on=today()) for one in listed}
    return render_template(
        "records/exports.html",
        exports=listed,
        words=words,
        operator=operator,
        keep_days=section(ExportSettings).keep_days,
        own=requester_of(operator).name,
        certain={one.export_id: instant_of(one.certain_until) for one in listed if one.certain_until > 0},
    )


@blueprint.post("/xuat")
def ask_for_export() -> WerkzeugResponse:
    """Enters an export of the filters in the form into the queue."""
    operator = required_operator()
    asked = read_records_asked(request.form)
    with transaction() as session:
        asked, choices, unknown = settle_names(session, asked, operator)
        if unknown or choices.is_undecided:
            raise FilterRefused(f"{', '.join(unknown) or 'A name'} means no one thing. Choose from the list.")
        if asked.filters.unit_id is not None:
            require_unit(session, operator, asked.filters.unit_id)
        request_export(
            session,
            asked.filters,
            form=request.form.get("dinh-dang", ""),
            requester=requester_of(operator),
            reach=reach_of(operator, on=today()),
            with_names=operator.sees_names,
            settings=section(ExportSettings),
            now=now(),
        )
    note_operator_reading("export_requested", asked=asked.written, count=0)
    say(_("Đã xếp hàng bản xuất. Trang này tự cập nhật; bạn có thể rời đi và quay lại sau."))
    return redirect(url_for("records.exports"), code=303)


@blueprint.get("/xuat/tien-do")
def export_progress() -> Response:
    """How far the operator's exports are, for the script of the page."""
    with reading() as session:
        listed = list_exports(session, requester_of(required_operator()))
    return jsonify([_progress(one) for one in listed])


@blueprint.post("/xuat/<uuid:export_id>/huy")
def cancel(export_id: UUID) -> WerkzeugResponse:
    """Stops an unfinished export."""
    with transaction() as session:
        cancel_export(session, export_id, requester=requester_of(required_operator()), now=now())
    say(_("Đã hủy bản xuất."))
    return redirect(url_for("records.exports"), code=303)


@blueprint.post("/xuat/<uuid:export_id>/tiep-tuc")
def resume(export_id: UUID) -> WerkzeugResponse:
    """Goes on with an export that failed, behind its last complete part."""
    with transaction() as session:
        continue_export(session, export_id, requester=requester_of(required_operator()))
    say(_("Bản xuất được tiếp tục từ phần đã ghi xong."))
    return redirect(url_for("records.exports"), code=303)


@blueprint.get("/xuat/<uuid:export_id>/tep")
def export_file(export_id: UUID) -> Response:
    """The finished file; takes Range, so that a download that broke off can go on."""
    operator = required_operator()
    with reading() as session:
        export = get_export(session, export_id, requester=requester_of(operator))
        _refuse_other_rights(export, operator)
    note_operator_reading("export_fetched", asked={"export": export_id}, count=export.rows_done)
    return answer_file(export)


def answer_file(export: Export) -> Response:
    """The file of a finished export.

    Raises:
        ExportExpired: it was deleted.
        ExportNotReady: it is not finished.
    """
    path = file_of(export, section(ExportSettings))
    if export.state == "expired" or (export.state == "finished" and not path.exists()):
        raise ExportExpired("The file was deleted when its time was over. Ask for a new export.")
    if export.state != "finished":
        raise ExportNotReady(f"This export is {export.state}; it has a file when it is finished.")
    return send_file(
        path,
        mimetype=MEDIA_TYPES[export.form],
        as_attachment=True,
        download_name=f"ban-ghi-{export.requested_at:%Y%m%d-%H%M}.{export.form}",
        conditional=True,
        # Two exports of one second and size are two files.
        etag=export.export_id.hex,
    )


def _refuse_other_rights(export: Export, operator: SignedIn) -> None:
    """An operator whose role or unit was changed does not get what the earlier one was allowed.

    Raises:
        ExportExpired: as if it were deleted.
    """
    if (export.with_names and not operator.sees_names) or (
        operator.unit_id is not None and export.root_id != operator.unit_id
    ):
        raise ExportExpired("This export was made with other rights than yours now. Ask for a new one.")


def _progress(status: ExportStatus) -> dict[str, object]:
    return {
        "id": str(status.export_id),
        "state": status.state,
        "rows": status.rows_done,
        "percent": status.percent,
        "is_open": status.is_open,
    }
