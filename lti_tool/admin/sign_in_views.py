"""The operators' way in and out."""

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from lti_tool.admin.errors import SignInRefused
from lti_tool.admin.guard import begin_session, current_operator, end_session, keep_private, local_target
from lti_tool.admin.sign_in import (
    SignedIn,
    close_operator_session,
    note_attempt,
    open_operator_session,
    verify_password,
)
from lti_tool.error_pages import explanation_of
from xapi_bridge.running_app import now, reading, transaction

blueprint = Blueprint("sign_in", __name__, url_prefix="/quan-tri")
blueprint.after_request(keep_private)


@blueprint.get("/dang-nhap")
def form() -> str | Response:
    """The form; who is signed in already goes on."""
    if current_operator() is not None:
        return redirect(_target())
    return _render(username="")


@blueprint.post("/dang-nhap")
def enter() -> tuple[str, int] | Response:
    """Opens a session, or shows the form again with the reason."""
    username, address = request.form.get("username", ""), request.remote_addr or ""
    try:
        operator = _recognize(username, request.form.get("password", ""), address)
    except SignInRefused as refusal:
        explanation = explanation_of(type(refusal))
        return _render(username=username, refused=explanation), explanation.status
    with transaction() as session:
        token = open_operator_session(session, operator, address=address, now=now())
    begin_session(token)
    return redirect(_target(), code=303)


@blueprint.post("/dang-xuat")
def leave() -> Response:
    """Ends the session."""
    token = end_session()
    if token is not None:
        with transaction() as session:
            close_operator_session(session, token)
    return redirect(url_for("home.start"), code=303)


def _recognize(username: str, password: str, address: str) -> SignedIn:
    with transaction() as session:
        note_attempt(session, username=username, address=address, now=now())
    with reading() as session:
        return verify_password(session, username=username, password=password)


def _target() -> str:
    return local_target(request.values.get("next"), otherwise=url_for("reports.overview"))


def _render(**shown: object) -> str:
    return render_template("admin/sign_in.html", next=request.values.get("next", ""), **shown)
