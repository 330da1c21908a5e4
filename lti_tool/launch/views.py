"""The doors of the LMS: login initiation and launch."""

import hashlib
from datetime import timedelta

import structlog
from flask import Blueprint, current_app, g, make_response, redirect, render_template, request
from werkzeug import Response

from content_packages.player.ticket import Ticket, browser_cookie_name, browser_proof, seal_ticket
from lti_tool.error_pages import answer_refusal, explanation_of, wants_json
from lti_tool.launch.errors import PlatformAnsweredError
from lti_tool.launch.login_initiation import prepare_login, read_login
from lti_tool.launch.login_state import (
    LIFETIME,
    PendingLogin,
    find_login,
    remember_login,
    require_same_browser,
)
from lti_tool.launch.message_launch import verify_message
from lti_tool.launch.open_content import open_launch
from lti_tool.platforms.key_sets import KeySets
from lti_tool.platforms.register import find_platform, find_platform_by_id
from lti_tool.security_headers import allow_framing_by
from lti_tool.settings import Settings
from xapi_bridge.errors import RuleBroken
from xapi_bridge.running_app import borrow, now, reading, transaction

blueprint = Blueprint("launch", __name__, url_prefix="/lti")

log = structlog.get_logger()


@blueprint.route("/login", methods=["GET", "POST"])
def begin_login() -> Response:
    """The LMS announces a launch; the browser goes back to it to prove who it is."""
    settings = _settings()
    asked = read_login(
        request.form if request.method == "POST" else request.args, tool_origin=settings.tool_origin
    )
    with transaction() as session:
        platform = find_platform(session, issuer=asked.issuer, client_id=asked.client_id)
        g.registration_id = platform.id
        prepared = prepare_login(asked, platform, launch_url=f"{settings.tool_origin}/lti/launch")
        browser_secret = remember_login(
            session,
            state=prepared.state,
            nonce=prepared.nonce,
            registration_id=platform.id,
            target_link_uri=asked.target_link_uri,
            now=now(),
        )
    response = redirect(prepared.authorization_url)
    _set_cookie(response, _login_cookie(prepared.state), browser_secret, path="/lti", lifetime=LIFETIME)
    return response


@blueprint.post("/launch")
def launch() -> Response:
    """The LMS's signed message arrives and opens the content, or is refused with its reason."""
    settings = _settings()
    with reading() as session:
        login = find_login(session, request.form.get("state"))
        platform = find_platform_by_id(session, login.registration_id)
    g.registration_id = platform.id
    _refuse_answered_error()
    # No transaction is open here: the platform may be asked for its keys, which can take seconds.
    claims = verify_message(
        request.form,
        login=login,
        platform=platform,
        key_sets=borrow(KeySets),
        leeway=timedelta(seconds=settings.clock_leeway_seconds),
        now=now(),
    )
    g.return_url = claims.return_url
    require_same_browser(login, request.cookies.get(_login_cookie(login.state)))
    with transaction() as session:
        ticket = open_launch(
            session,
            claims,
            login=login,
            platform=platform,
            secret=settings.secret_key.get_secret_value(),
            open_for=timedelta(hours=settings.launch_session_hours),
            now=now(),
        )
    log.info(
        "launch_opened",
        registration_id=platform.id,
        launch_session_id=ticket.launch_session_id,
        role=ticket.role,
        package_id=ticket.package_id,
    )
    return _enter(ticket, login)


@blueprint.errorhandler(RuleBroken)
def explain_refusal(refusal: RuleBroken) -> Response:
    """A page that says what went wrong and where in the LMS it is put right."""
    log.warning("launch_refused", code=refusal.code, registration_id=g.get("registration_id"))
    explanation = explanation_of(type(refusal))
    if wants_json():
        return make_response(answer_refusal(refusal))
    page = render_template(
        "launch_refused.html",
        status=explanation.status,
        code=refusal.code,
        title=explanation.title,
        detail=str(refusal),
        next_step=explanation.next_step,
        return_url=g.get("return_url"),
    )
    # Any LMS may frame this page, also one that is not registered yet: its administrator must be able to read
    # why, and nothing on it can be clicked to any effect.
    return allow_framing_by(make_response(page, explanation.status), "*")


def _refuse_answered_error() -> None:
    """The LMS may answer a login with an error instead of a message; the reader should see which."""
    error = request.form.get("error")
    if error:
        description = request.form.get("error_description", "")
        raise PlatformAnsweredError(f"The LMS answered the login with {error[:60]!r}: {description[:300]}")


def _enter(ticket: Ticket, login: PendingLogin) -> Response:
    """Into the content, with the cookie that ties the pages to this browser."""
    settings = _settings()
    secret = settings.secret_key.get_secret_value()
    response = redirect(f"/hoc/{seal_ticket(ticket, secret=secret)}/", code=303)
    _set_cookie(
        response,
        browser_cookie_name(ticket.launch_session_id),
        browser_proof(ticket.launch_session_id, secret=secret),
        path="/hoc",
        lifetime=timedelta(hours=settings.launch_session_hours),
    )
    _set_cookie(response, _login_cookie(login.state), "", path="/lti", lifetime=timedelta())
    return response


def _set_cookie(response: Response, name: str, value: str, *, path: str, lifetime: timedelta) -> None:
    """A cookie that comes back from inside the LMS's frame.

    `SameSite=None; Secure` lets it travel there, and `Partitioned` keeps it where browsers block third-party
    cookies. Browsers take Secure cookies over http from localhost, so the demo needs no certificate.
    """
    response.set_cookie(
        name,
        value,
        max_age=lifetime,
        path=path,
        secure=True,
        httponly=True,
        samesite="None",
        partitioned=True,
    )


def _login_cookie(state: str) -> str:
    """One cookie per login, so that several tabs can launch at once."""
    return f"cchc_login_{hashlib.sha256(state.encode()).hexdigest()[:16]}"


def _settings() -> Settings:
    settings: Settings = current_app.config["CCHC_SETTINGS"]
    return settings
