"""Templates of reports: fetch the one in use, bring another, try it, use it, take it back."""

from flask import Response, redirect, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as WerkzeugResponse

from lti_tool.admin.guard import required_operator, say
from lti_tool.official_reports.pages import answer_file, asked_form, blueprint, show, typed
from sync.official_reports.forms import ReportForm
from sync.official_reports.rendering import MEDIA_TYPES
from sync.official_reports.templates import (
    approve_template,
    discard_template,
    get_template,
    list_templates,
    revert_template,
    stage_template,
    template_for,
    try_template,
)
from sync.report_errors import ReportTemplateRefused
from xapi_bridge.running_app import now, reading, transaction
from xapi_bridge.store.audit import note_action


@blueprint.get("/mau")
def templates() -> str:
    """The templates, and the form for another one."""
    with reading() as session:
        return show("templates.html", templates=list_templates(session), forms=list(ReportForm))


@blueprint.post("/mau")
def bring_template() -> WerkzeugResponse:
    """Tries a template and keeps it for approval."""
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        raise ReportTemplateRefused("No file was chosen.")
    form, content = asked_form(typed("loai")), sent.read()
    by = required_operator().username
    with transaction() as session:
        row = stage_template(session, form, file_name=sent.filename, content=content, by=by, now=now())
        _note(session, "report_template_staged", row.template_id, sha256=row.sha256)
    say(_("Mẫu điền thử được. Xem bản thử rồi duyệt."))
    return _back()


@blueprint.get("/mau/dang-dung/<form_name>.docx")
def template_in_use(form_name: str) -> Response:
    """The template in use, to be edited."""
    form = asked_form(form_name)
    with reading() as session:
        content = template_for(session, form)
    return answer_file(content, f"mau-{form.value}.docx", MEDIA_TYPES["docx"])


@blueprint.get("/mau/<int:template_id>/ban-thu.docx")
def template_trial(template_id: int) -> Response:
    """A specimen report made with a template."""
    with reading() as session:
        row = get_template(session, template_id)
        form, content = ReportForm(row.form), row.content
    return answer_file(try_template(form, content), f"ban-thu-{template_id}.docx", MEDIA_TYPES["docx"])


@blueprint.post("/mau/<int:template_id>/duyet")
def use_template(template_id: int) -> WerkzeugResponse:
    """Puts a template into use."""
    with transaction() as session:
        approve_template(session, template_id, by=required_operator().username, now=now())
        _note(session, "report_template_approved", template_id)
    say(_("Báo cáo từ nay dùng mẫu này; báo cáo đã gửi giữ nguyên."))
    return _back()


@blueprint.post("/mau/<int:template_id>/bo")
def drop_template(template_id: int) -> WerkzeugResponse:
    """Throws a staged template away."""
    with transaction() as session:
        discard_template(session, template_id, by=required_operator().username, now=now())
        _note(session, "report_template_discarded", template_id)
    return _back()


@blueprint.post("/mau/hoan-tac")
def revert() -> WerkzeugResponse:
    """Goes back to the template before."""
    form = asked_form(typed("loai"))
    with transaction() as session:
        before = revert_template(session, form, by=required_operator().username, now=now())
        _note(session, "report_template_reverted", before.template_id if before else 0, form=form.value)
    say(_("Đã trở lại mẫu trước.") if before else _("Đã trở lại mẫu kèm phần mềm."))
    return _back()


def _note(session: Session, action: str, template_id: int, **particulars: str) -> None:
    operator = required_operator().username
    note_action(
        session, action, operator=operator, subject=f"template {template_id}", now=now(), **particulars
    )


def _back() -> WerkzeugResponse:
    return redirect(url_for("official_reports.templates"), code=303)
