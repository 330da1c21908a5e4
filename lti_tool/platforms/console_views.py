"""Console pages about registrations of LMSs: enter, approve, correct, test, switch off."""

import json
from collections.abc import Callable

from flask import Blueprint, Response, current_app, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel.speaklater import LazyString
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from lti_tool.admin.guard import keep_private, only_as_permitted, required_operator, say
from lti_tool.error_pages import explanation_of
from lti_tool.identity.rule_versions import rules_in_force
from lti_tool.platforms import care, self_test
from lti_tool.platforms.asked_words import FIELD_WORDS, SCOPE_WORDS
from lti_tool.platforms.console_forms import FORM_FIELDS, TypedRegistration, read_registration_form
from lti_tool.platforms.console_lists import list_entries
from lti_tool.platforms.errors import PlatformRefused, RegistrationTaken
from lti_tool.platforms.models import PlatformRegistration
from lti_tool.platforms.register import FIELD_LABELS, find_registration, register_platform
from lti_tool.platforms.self_test_words import OUTCOME_WORDS, tell
from lti_tool.platforms.tool_configuration import (
    UNIT_VARIABLES,
    ToolAddresses,
    canvas_developer_key,
    generic_fields,
    moodle_fields,
)
from lti_tool.settings import Settings
from xapi_bridge.running_app import now, reading, transaction
from xapi_bridge.store.audit import note_action

blueprint = Blueprint("platform_console", __name__, url_prefix="/quan-tri/nen-tang")
blueprint.before_request(only_as_permitted)
blueprint.after_request(keep_private)


@blueprint.get("/")
def show_all() -> str:
    """All registrations, those that wait for a yes first."""
    with reading() as session:
        entries = list_entries(session)
    return render_template("platforms/all.html", entries=entries)


@blueprint.get("/dia-chi")
def addresses() -> str:
    """Our addresses to copy, for each product."""
    unit_variable = _asked_unit_variable()
    ours = _addresses()
    return render_template(
        "platforms/addresses.html",
        moodle=moodle_fields(ours, unit_variable=unit_variable),
        generic=generic_fields(ours, unit_variable=unit_variable),
        canvas=_canvas_text(unit_variable),
        unit_variables=UNIT_VARIABLES,
        unit_variable=unit_variable,
    )


@blueprint.get("/dia-chi/canvas.json")
def canvas_file() -> Response:
    """The JSON for a Canvas developer key, as a file."""
    headers = {"Content-Disposition": 'attachment; filename="cchc-canvas.json"'}
    return Response(_canvas_text(_asked_unit_variable()), mimetype="application/json", headers=headers)


@blueprint.get("/moi")
def new() -> str:
    """The form for an LMS that is entered by hand."""
    return _form(TypedRegistration(dict.fromkeys(FORM_FIELDS, ""), {}), registration=None)


@blueprint.post("/moi")
def create() -> str | tuple[str, int] | AnyResponse:
    """Enters the registration, or shows the form again with what is wrong."""
    typed = read_registration_form(request.form)
    if typed.faults:
        return _form(typed, registration=None), 400
    try:
        with transaction() as session:
            _refuse_known(session, typed)
            registration = register_platform(
                session, **vars(typed.fields), deployment_id=typed.deployment_id, now=now()
            )
            subject = f"{registration.id} {registration.issuer} {registration.client_id}"[:200]
            note_action(session, "registration_entered", operator=_operator(), subject=subject, now=now())
    except PlatformRefused as refusal:
        return _form(typed, registration=None, refused=refusal), explanation_of(type(refusal)).status
    say(_("Đã ghi bản đăng ký. Bấm Tự kiểm tra để xem hai bên đã nối được chưa."))
    return redirect(url_for("platform_console.show_one", registration_id=registration.id), code=303)


@blueprint.get("/<int:registration_id>")
def show_one(registration_id: int) -> str:
    """One registration: its values, deployments, self-test, and what can be done with it."""
    with reading() as session:
        registration = care.get_registration(session, registration_id)
        (entry,) = [one for one in list_entries(session) if one.registration.id == registration_id]
        uses = care.count_uses(session, registration_id)
        result = self_test.find_self_test(session, registration_id)
        identity_rules = rules_in_force(session, registration_id)
    return render_template(
        "platforms/one.html",
        registration=registration,
        entry=entry,
        uses=uses,
        granted=registration.granted_scopes.split(),
        scope_words=SCOPE_WORDS,
        identity_rules=identity_rules,
        **_test_shown(result),
    )


@blueprint.get("/<int:registration_id>/sua")
def edit(registration_id: int) -> str:
    """The form with the values as they are."""
    with reading() as session:
        registration = care.get_registration(session, registration_id)
    values = {name: str(getattr(registration, name)) for name in FIELD_LABELS} | {"deployment_id": ""}
    return _form(TypedRegistration(values, {}), registration=registration)


@blueprint.post("/<int:registration_id>/sua")
def change(registration_id: int) -> str | tuple[str, int] | AnyResponse:
    """Corrects the values, or shows the form again with what is wrong."""
    typed = read_registration_form(request.form)
    with reading() as session:
        registration = care.get_registration(session, registration_id)
    if typed.faults:
        return _form(typed, registration=registration), 400
    try:
        with transaction() as session:
            care.change_registration(session, registration_id, typed.fields, operator=_operator(), now=now())
    except PlatformRefused as refusal:
        return _form(typed, registration=registration, refused=refusal), explanation_of(type(refusal)).status
    say(_("Đã lưu."))
    return redirect(url_for("platform_console.show_one", registration_id=registration_id), code=303)


@blueprint.post("/<int:registration_id>/duyet")
def approve(registration_id: int) -> AnyResponse:
    """Says yes to a registration that the LMS sent."""
    return _act(care.approve_registration, registration_id, _("Đã duyệt. Bài học mở được từ LMS này."))


@blueprint.post("/<int:registration_id>/ngung")
def deactivate(registration_id: int) -> AnyResponse:
    """Stops launches and scores; keeps everything."""
    return _act(care.deactivate_registration, registration_id, _("Đã ngừng. Dữ liệu được giữ nguyên."))


@blueprint.post("/<int:registration_id>/dung-lai")
def reactivate(registration_id: int) -> AnyResponse:
    """Lets launches in again."""
    return _act(care.reactivate_registration, registration_id, _("Đã dùng lại."))


@blueprint.post("/<int:registration_id>/xoa")
def delete(registration_id: int) -> AnyResponse:
    """Forgets a registration that nothing was done with, when the operator has confirmed it."""
    if request.form.get("confirmed") != "yes":
        say(_("Chưa xóa: hãy đánh dấu vào ô xác nhận."), kind="error")
        return redirect(url_for("platform_console.show_one", registration_id=registration_id), code=303)
    return _act(care.delete_registration, registration_id, _("Đã xóa bản đăng ký."), back_to_list=True)


@blueprint.post("/<int:registration_id>/trien-khai")
def add_deployment(registration_id: int) -> AnyResponse:
    """Lets a deployment in."""
    return _change_deployment(care.admit_deployment, registration_id, _("Đã thêm Deployment ID."))


@blueprint.post("/<int:registration_id>/trien-khai/bo")
def remove_deployment(registration_id: int) -> AnyResponse:
    """Keeps a deployment out."""
    return _change_deployment(care.remove_deployment, registration_id, _("Đã bỏ Deployment ID."))


@blueprint.post("/<int:registration_id>/kiem-tra")
def ask_test(registration_id: int) -> AnyResponse:
    """Asks for a self-test; the background does it."""
    with transaction() as session:
        self_test.ask_self_test(session, registration_id, now=now())
    address = url_for("platform_console.show_one", registration_id=registration_id, _anchor="self-test")
    return redirect(address, code=303)


@blueprint.get("/<int:registration_id>/kiem-tra")
def show_test(registration_id: int) -> str:
    """The self-test as far as it is, as the part of the page that a script replaces."""
    with reading() as session:
        result = self_test.find_self_test(session, registration_id)
    return render_template("platforms/self_test.html", **_test_shown(result))


def _test_shown(result: self_test.SelfTestResult | None) -> dict[str, object]:
    return {
        "test": result,
        "steps": [tell(step) for step in result.steps] if result else [],
        "outcome_words": OUTCOME_WORDS,
    }


def _act(
    act: Callable[..., None], registration_id: int, done: str, *, back_to_list: bool = False
) -> AnyResponse:
    """Does one thing with a registration; a refusal is told on the next page."""
    told = _refusal_of(lambda session: act(session, registration_id, operator=_operator(), now=now()))
    say(told or done, kind="error" if told else "good")
    if back_to_list and not told:
        return redirect(url_for("platform_console.show_all"), code=303)
    return redirect(url_for("platform_console.show_one", registration_id=registration_id), code=303)


def _change_deployment(change: Callable[..., None], registration_id: int, done: str) -> AnyResponse:
    deployment_id = request.form.get("deployment_id", "").strip()
    told = _refusal_of(
        lambda session: change(session, registration_id, deployment_id, operator=_operator(), now=now())
    )
    say(told or done, kind="error" if told else "good")
    return redirect(url_for("platform_console.show_one", registration_id=registration_id), code=303)


def _refusal_of(act: Callable[[Session], None]) -> str:
    """What stood in the way; empty when it was done."""
    try:
        with transaction() as session:
            act(session)
    except PlatformRefused as refusal:
        explanation = explanation_of(type(refusal))
        return f"{explanation.title}. {explanation.next_step}"
    return ""


def _refuse_known(session: Session, typed: TypedRegistration) -> None:
    fields = typed.fields
    known = find_registration(session, issuer=fields.issuer, client_id=fields.client_id)
    if known is not None:
        raise RegistrationTaken(f"Registration {known.id} has this issuer and client id already.")


def _form(
    typed: TypedRegistration,
    *,
    registration: PlatformRegistration | None,
    refused: PlatformRefused | None = None,
) -> str:
    words: dict[str, LazyString] = dict(FIELD_WORDS)
    return render_template(
        "platforms/form.html",
        typed=typed,
        registration=registration,
        names=[name for name in FORM_FIELDS if registration is None or name != "deployment_id"],
        field_words=words,
        refused=explanation_of(type(refused)) if refused else None,
        detail=str(refused or ""),
    )


def _asked_unit_variable() -> str:
    asked = request.args.get("don-vi", "")
    return asked if asked in UNIT_VARIABLES else ""


def _canvas_text(unit_variable: str) -> str:
    key = canvas_developer_key(_addresses(), unit_variable=unit_variable)
    return json.dumps(key, ensure_ascii=False, indent=2)


def _addresses() -> ToolAddresses:
    settings: Settings = current_app.config["CCHC_SETTINGS"]
    return ToolAddresses(settings.tool_origin)


def _operator() -> str:
    return required_operator().username
