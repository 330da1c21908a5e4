"""Pages for erasure, retention rules and exports of one person's records; for administrators only."""

from dataclasses import dataclass
from io import BytesIO
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from lti_tool.admin.guard import keep_private, only_as_permitted, required_operator, say
from lti_tool.error_pages import explanation_of
from lti_tool.privacy import words
from sync.privacy import retention, retention_rules
from sync.privacy.carrying_out import progress_of
from sync.privacy.erasures import (
    ORDERED,
    Kind,
    Order,
    cancel_erasure,
    confirm_erasure,
    count_erasures,
    counts_of,
    get_erasure,
    list_erasures,
    order_erasure,
)
from sync.privacy.person_export import (
    file_of,
    get_person_export,
    list_person_exports,
    request_person_export,
)
from sync.privacy.preview import preview_erasure
from sync.privacy.subjects import Subject, find_subject_by_agent, find_subject_by_staff_code
from sync.privacy.targets import confirm_target, list_for_operator, list_targets_of
from sync.privacy_errors import PrivacyRefused
from sync.settings import PrivacySettings
from xapi_bridge.running_app import now, reading, section, transaction

blueprint = Blueprint("privacy", __name__, url_prefix="/quan-tri/du-lieu-ca-nhan")
blueprint.before_request(only_as_permitted)
blueprint.after_request(keep_private)

_PER_PAGE = 50


@dataclass(frozen=True)
class _Refusal:
    """A form that was refused is shown again with what was typed."""

    title: str
    next_step: str
    detail: str


@blueprint.get("/")
def erasures() -> str:
    """Requests for erasure, the newest first."""
    page = max(1, request.args.get("trang", 1, type=int))
    with reading() as session:
        total = count_erasures(session)
        found = list_erasures(session, offset=(page - 1) * _PER_PAGE, limit=_PER_PAGE)
    return render_template(
        "privacy/erasures.html", erasures=found, page=page, pages=-(-total // _PER_PAGE), words=words
    )


@blueprint.get("/xoa/moi")
def new_erasure() -> str:
    """The form of a request."""
    return _erasure_form(None)


@blueprint.post("/xoa")
def file_erasure() -> tuple[str, int] | Response:
    """Files a request; nothing is changed before it is confirmed."""
    rules = section(PrivacySettings)
    kind: Kind = "erase" if request.form.get("kind") == "erase" else "pseudonymise"
    order = Order(
        reference=request.form.get("reference", ""),
        legal_basis=request.form.get("legal_basis", ""),
        kind=kind,
        anonymises_person="anonymise_person" in request.form,
    )
    try:
        with transaction() as session:
            subject = _named_subject(session, key=rules.key)
            erasure = order_erasure(
                session, subject, order, by=_by(), iri_base=rules.iri_base, key=rules.key, now=now()
            )
    except PrivacyRefused as refused:
        return _erasure_form(_refusal(refused)), explanation_of(type(refused)).status
    return redirect(url_for("privacy.erasure", erasure_id=erasure.erasure_id), code=303)


@blueprint.get("/xoa/<int:erasure_id>")
def erasure(erasure_id: int) -> str:
    """One request: what it would do, how far it is, or what it did."""
    with reading() as session:
        found = get_erasure(session, erasure_id)
        return render_template(
            "privacy/erasure.html",
            erasure=found,
            preview=preview_erasure(session, erasure_id) if found.state == ORDERED else None,
            counts=words.counted(counts_of(found)),
            progress=progress_of(found),
            targets=list_targets_of(session, erasure_id),
            words=words,
        )


@blueprint.post("/xoa/<int:erasure_id>/xac-nhan")
def confirm(erasure_id: int) -> Response:
    """Begins the work after the reference was typed once more."""
    try:
        with transaction() as session:
            confirm_erasure(
                session,
                erasure_id,
                typed_reference=request.form.get("reference", ""),
                by=_by(),
                key=section(PrivacySettings).key,
                now=now(),
            )
    except PrivacyRefused as refused:
        _say_refused(refused)
    else:
        say(_("Đã xác nhận. Công việc chạy nền; trang này cho biết tiến độ."))
    return redirect(url_for("privacy.erasure", erasure_id=erasure_id), code=303)


@blueprint.post("/xoa/<int:erasure_id>/huy")
def cancel(erasure_id: int) -> Response:
    """Closes a request that was not confirmed."""
    with transaction() as session:
        cancel_erasure(session, erasure_id)
    say(_("Đã hủy yêu cầu. Không có dữ liệu nào bị thay đổi."))
    return redirect(url_for("privacy.erasures"), code=303)


@blueprint.get("/xoa/<int:erasure_id>/noi-nhan/<int:target_id>.csv")
def target_list(erasure_id: int, target_id: int) -> Response:
    """Statement ids for the operator of another record store."""
    with reading() as session:
        listed = list_for_operator(session, erasure_id, target_id)
    name = f"yeu-cau-xoa-{erasure_id}-{target_id}.csv"
    return send_file(BytesIO(listed.encode()), mimetype="text/csv", as_attachment=True, download_name=name)


@blueprint.post("/xoa/<int:erasure_id>/noi-nhan/<int:target_id>")
def target_confirmed(erasure_id: int, target_id: int) -> Response:
    """Someone vouches that another record store has deleted."""
    note = request.form.get("note", "")
    try:
        with transaction() as session:
            confirm_target(session, erasure_id, target_id, note=note, by=_by(), now=now())
    except PrivacyRefused as refused:
        _say_refused(refused)
    else:
        say(_("Đã ghi nhận xác nhận của nơi nhận."))
    return redirect(url_for("privacy.erasure", erasure_id=erasure_id), code=303)


@blueprint.get("/trich-xuat")
def exports() -> str:
    """Exports of one person's records, and the form for the next one."""
    return _exports_page(None)


@blueprint.post("/trich-xuat")
def order_export() -> tuple[str, int] | Response:
    """Orders an export; the background work writes it."""
    rules = section(PrivacySettings)
    try:
        with transaction() as session:
            request_person_export(
                session,
                _named_subject(session, key=rules.key),
                reference=request.form.get("reference", ""),
                by=_by(),
                settings=rules,
                key=rules.key,
                now=now(),
            )
    except PrivacyRefused as refused:
        return _exports_page(_refusal(refused)), explanation_of(type(refused)).status
    say(_("Đã nhận yêu cầu. Tệp được ghi ở chế độ nền; tải lại trang để xem tiến độ."))
    return redirect(url_for("privacy.exports"), code=303)


@blueprint.get("/trich-xuat/<uuid:export_id>.zip")
def fetch_export(export_id: UUID) -> Response:
    """The finished file."""
    with reading() as session:
        export = get_person_export(session, export_id)
        path = file_of(export, section(PrivacySettings))
    return send_file(path, mimetype="application/zip", as_attachment=True, download_name=f"{export_id}.zip")


@blueprint.get("/luu-giu")
def rules() -> str:
    """Retention rules, what each would look at now, and what they did."""
    return _rules_page(None)


@blueprint.post("/luu-giu")
def add_rule() -> tuple[str, int] | Response:
    """Keeps a rule, turned off."""
    scope = {name: request.form.get(name, "").strip() for name in retention_rules.Scope.__struct_fields__}
    try:
        with transaction() as session:
            retention_rules.create_rule(
                session,
                retention_rules.NewRule(
                    title=request.form.get("title", ""),
                    kind=request.form.get("kind", ""),
                    action=request.form.get("action", ""),
                    keep_days=request.form.get("keep_days", 0, type=int),
                    scope=retention_rules.Scope(**scope),
                ),
                by=_by(),
                now=now(),
            )
    except PrivacyRefused as refused:
        return _rules_page(_refusal(refused)), explanation_of(type(refused)).status
    say(_("Đã thêm quy tắc, đang tắt. Xem số mục đủ tuổi rồi hãy bật."))
    return redirect(url_for("privacy.rules"), code=303)


@blueprint.post("/luu-giu/goi-y")
def add_default_rules() -> Response:
    """Enters the proposals, turned off."""
    with transaction() as session:
        retention_rules.create_default_rules(session, by=_by(), now=now())
    say(_("Đã nhập các quy tắc gợi ý, tất cả đang tắt."))
    return redirect(url_for("privacy.rules"), code=303)


@blueprint.post("/luu-giu/<int:rule_id>/bat")
def switch_on(rule_id: int) -> Response:
    """Lets the timetable run a rule, after a tick that says that it cannot be undone."""
    if "understood" not in request.form:
        say(_("Chưa bật: hãy đánh dấu vào ô xác nhận rằng việc này không hoàn tác được."), kind="error")
        return redirect(url_for("privacy.rules"), code=303)
    with transaction() as session:
        retention_rules.switch_rule(session, rule_id, on=True, now=now())
    say(_("Đã bật quy tắc. Công việc chạy nền trong vòng 15 phút."))
    return redirect(url_for("privacy.rules"), code=303)


@blueprint.post("/luu-giu/<int:rule_id>/tat")
def switch_off(rule_id: int) -> Response:
    """Stops a rule."""
    with transaction() as session:
        retention_rules.switch_rule(session, rule_id, on=False, now=now())
    say(_("Đã tắt quy tắc."))
    return redirect(url_for("privacy.rules"), code=303)


@blueprint.post("/luu-giu/<int:rule_id>/bo")
def remove_rule(rule_id: int) -> Response:
    """Removes a rule that never ran."""
    try:
        with transaction() as session:
            retention_rules.delete_rule(session, rule_id)
    except PrivacyRefused as refused:
        _say_refused(refused)
    else:
        say(_("Đã bỏ quy tắc."))
    return redirect(url_for("privacy.rules"), code=303)


def _erasure_form(refusal: _Refusal | None) -> str:
    return render_template("privacy/new_erasure.html", refusal=refusal, form=request.form)


def _exports_page(refusal: _Refusal | None) -> str:
    with reading() as session:
        found = list_person_exports(session)
    return render_template(
        "privacy/exports.html",
        exports=found,
        refusal=refusal,
        form=request.form,
        words=words,
        kept_days=section(PrivacySettings).person_exports_kept.days,
    )


def _rules_page(refusal: _Refusal | None) -> str:
    with reading() as session:
        found = [
            (
                rule,
                retention_rules.scope_of(rule).given,
                retention.preview_rule(session, rule.rule_id, now=now()),
            )
            for rule in retention_rules.list_rules(session)
        ]
        runs = retention_rules.list_runs(session)
    return render_template(
        "privacy/rules.html", rules=found, runs=runs, refusal=refusal, form=request.form, words=words
    )


def _named_subject(session: Session, *, key: bytes) -> Subject:
    """By the identifier where one was typed, else by the staff code."""
    agent = request.form.get("agent", "").strip()
    if agent:
        return find_subject_by_agent(session, agent, key=key)
    return find_subject_by_staff_code(session, request.form.get("staff_code", ""), key=key)


def _refusal(refused: PrivacyRefused) -> _Refusal:
    explained = explanation_of(type(refused))
    return _Refusal(str(explained.title), str(explained.next_step), str(refused))


def _say_refused(refused: PrivacyRefused) -> None:
    explained = explanation_of(type(refused))
    say(f"{explained.title}. {explained.next_step}", kind="error")


def _by() -> str:
    return required_operator().username
