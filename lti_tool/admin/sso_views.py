"""The way in through the organisation's own sign-in."""

import secrets
from dataclasses import asdict

import structlog
from flask import Blueprint, abort, current_app, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from lti_tool.admin.errors import IssuerUnavailable, SingleSignOnRefused
from lti_tool.admin.guard import begin_session, current_operator, first_page, keep_private, local_target
from lti_tool.admin.issuer import ExternalPerson, Issuer, Journey, make_journey
from lti_tool.admin.sign_in import open_operator_session
from lti_tool.admin.single_sign_on import recognize_person
from lti_tool.error_pages import explanation_of
from lti_tool.settings import Settings
from xapi_bridge.running_app import borrow, now, transaction

blueprint = Blueprint("single_sign_on", __name__, url_prefix="/quan-tri/dang-nhap/sso")
blueprint.after_request(keep_private)

_JOURNEY = "sso_journey"

log = structlog.get_logger()


@blueprint.get("/")
def begin() -> Response | tuple[str, int]:
    """Sends the browser to the organisation's sign-in."""
    issuer = _issuer()
    journey = make_journey()
    # Somebody who is signed in comes to prove it again.
    is_again = current_operator() is not None
    try:
        address = issuer.begin(journey, redirect_uri=_redirect_uri(), is_again=is_again, now=now())
    except IssuerUnavailable as refusal:
        return _explain(refusal)
    session[_JOURNEY] = asdict(journey) | {"next": request.args.get("next", ""), "again": is_again}
    return redirect(address)


@blueprint.get("/ve")
def finish() -> Response | tuple[str, int]:
    """The browser comes back with a code."""
    issuer, kept = _issuer(), session.pop(_JOURNEY, None)
    try:
        code, journey = _code_for(kept)
        is_again = bool(kept["again"])
        person = issuer.finish(code, journey, redirect_uri=_redirect_uri(), is_again=is_again, now=now())
        token = _open(person)
    except SingleSignOnRefused as refusal:
        return _explain(refusal)
    begin_session(token)
    operator = current_operator()
    otherwise = first_page(operator) if operator else url_for("sign_in.form")
    return redirect(local_target(kept["next"], otherwise=otherwise), code=303)


def _open(person: ExternalPerson) -> str:
    """A fresh session; accounts and ties that came into being stay although entering is refused later."""
    with transaction() as opened:
        operator = recognize_person(opened, person, now=now())
    with transaction() as opened:
        token, _waits = open_operator_session(
            opened,
            operator,
            address=request.remote_addr or "",
            browser=request.user_agent.string,
            method="sso",
            now=now(),
        )
    return token


def _code_for(kept: dict[str, str] | None) -> tuple[str, Journey]:
    """The code, when it came back to the browser that asked for it."""
    state = request.args.get("state", "")
    if kept is None or not secrets.compare_digest(state.encode(), str(kept.get("state", "")).encode()):
        raise SingleSignOnRefused("This browser did not begin this sign-in, or it was answered before.")
    if request.args.get("error"):
        raise SingleSignOnRefused(f"The issuer refused: {request.args['error'][:60]!r}.")
    code = request.args.get("code", "")
    if not code or len(code) > 4000:
        raise SingleSignOnRefused("The issuer sent no code.")
    sent_issuer = request.args.get("iss")
    if sent_issuer is not None and sent_issuer != _settings().sso_issuer:
        # RFC 9207: a code of another issuer is never sent on.
        raise SingleSignOnRefused("The answer comes from another issuer.")
    return code, Journey(kept["state"], kept["nonce"], kept["verifier"])


def _explain(refusal: SingleSignOnRefused) -> tuple[str, int]:
    log.warning("sign_in_refused", code=refusal.code, step="single sign-on")
    explanation = explanation_of(type(refusal))
    page = render_template(
        "admin/sign_in.html",
        next="",
        username="",
        refused=explanation,
        detail=str(refusal),
        sso=True,
        sso_label=_settings().sso_label,
    )
    return page, explanation.status


def _issuer() -> Issuer:
    if not _settings().sso_issuer:
        abort(404)
    return borrow(Issuer)


def _redirect_uri() -> str:
    return f"{_settings().tool_origin}/quan-tri/dang-nhap/sso/ve"


def _settings() -> Settings:
    settings: Settings = current_app.config["CCHC_SETTINGS"]
    return settings
