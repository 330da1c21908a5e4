"""The operators' way in and out."""

import structlog
from flask import Blueprint, current_app, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from lti_tool.admin.errors import SignInRefused
from lti_tool.admin.guard import (
    begin_session,
    current_operator,
    end_session,
    first_page,
    keep_private,
    local_target,
    waiting_operator,
)
from lti_tool.admin.lockout import note_attempt
from lti_tool.admin.sign_in import (
    SignedIn,
    close_operator_session,
    enter_code,
    open_operator_session,
    verify_password,
)
from lti_tool.error_pages import explanation_of
from lti_tool.settings import Settings
from xapi_bridge.running_app import now, reading, transaction

blueprint = Blueprint("sign_in", __name__, url_prefix="/quan-tri")
blueprint.after_request(keep_private)

log = structlog.get_logger()


@blueprint.get("/dang-nhap")
def form() -> str | Response:
    """The form; who is signed in already goes on."""
    if (operator := current_operator()) is not None:
        return redirect(_target(operator))
    return _render(username="")


@blueprint.post("/dang-nhap")
def enter() -> tuple[str, int] | Response:
    """Opens a session, asks for the code, or shows the form again with the reason."""
    username, address = request.form.get("username", ""), request.remote_addr or ""
    try:
        operator, new_hash = _recognize(username, request.form.get("password", ""), address)
    except SignInRefused as refusal:
        log.warning("sign_in_refused", code=refusal.code, step="password")
        explanation = explanation_of(type(refusal))
        return _render(username=username, refused=explanation, detail=str(refusal)), explanation.status
    with transaction() as session:
        token, awaits_code = open_operator_session(
            session,
            operator,
            address=address,
            browser=request.user_agent.string,
            new_hash=new_hash,
            now=now(),
        )
    begin_session(token)
    log.info("password_accepted", operator_id=operator.operator_id, awaits_code=awaits_code)
    if awaits_code:
        return redirect(url_for("sign_in.code_form", next=request.form.get("next", "")), code=303)
    return redirect(_target(operator), code=303)


@blueprint.get("/dang-nhap/ma")
def code_form() -> str | Response:
    """The second step: the code of the authenticator app."""
    if waiting_operator() is None:
        return redirect(url_for("sign_in.form", next=request.values.get("next", "")))
    return _render_code()


@blueprint.post("/dang-nhap/ma")
def enter_with_code() -> tuple[str, int] | Response:
    """Opens the session, or shows the form again with the reason."""
    waiting = waiting_operator()
    if waiting is None:
        return redirect(url_for("sign_in.form", next=request.values.get("next", "")), code=303)
    address = request.remote_addr or ""
    try:
        with transaction() as session:
            note_attempt(session, username=waiting.username, address=address, now=now())
        with transaction() as session:
            token = enter_code(
                session,
                waiting,
                request.form.get("code", "")[:64],
                secret=_settings().secret_key.get_secret_value(),
                address=address,
                browser=request.user_agent.string,
                now=now(),
            )
    except SignInRefused as refusal:
        log.warning("sign_in_refused", code=refusal.code, step="code", operator_id=waiting.operator_id)
        explanation = explanation_of(type(refusal))
        return _render_code(refused=explanation, detail=str(refusal)), explanation.status
    begin_session(token)
    log.info("code_accepted", operator_id=waiting.operator_id)
    return redirect(_target(waiting), code=303)


@blueprint.post("/dang-xuat")
def leave() -> Response:
    """Ends the session."""
    token = end_session()
    if token is not None:
        with transaction() as session:
            close_operator_session(session, token)
    return redirect(url_for("home.start"), code=303)


def _recognize(username: str, password: str, address: str) -> tuple[SignedIn, str | None]:
    with transaction() as session:
        note_attempt(session, username=username, address=address, now=now())
    with reading() as session:
        return verify_password(session, username=username, password=password)


def _target(operator: SignedIn) -> str:
    return local_target(request.values.get("next"), otherwise=first_page(operator))


def _render(**shown: object) -> str:
    settings = _settings()
    return render_template(
        "admin/sign_in.html",
        next=request.values.get("next", ""),
        sso=bool(settings.sso_issuer),
        sso_label=settings.sso_label,
        **shown,
    )


def _render_code(**shown: object) -> str:
    return render_template("admin/sign_in_code.html", next=request.values.get("next", ""), **shown)


def _settings() -> Settings:
    settings: Settings = current_app.config["CCHC_SETTINGS"]
    return settings
