"""The doors of the LMS: login initiation, the ladder of cookies, and the launch."""

from datetime import timedelta
from typing import Any

import structlog
from flask import Blueprint, g, make_response, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug import Response

from content_packages.experts.areas import CHANNEL
from content_packages.player.ticket import Ticket, browser_cookie_name, browser_proof, seal_ticket
from lti_tool.deep_linking.choices import LIFETIME as CHOICE_LIFETIME
from lti_tool.deep_linking.choices import open_deep_linking
from lti_tool.deep_linking.claims import DeepLinkingRequest
from lti_tool.deep_linking.door import leave_proof
from lti_tool.launch import ladder
from lti_tool.launch.claims import LaunchClaims
from lti_tool.launch.cookies import (
    drop_login_cookie,
    has_cookie_sign,
    login_cookie_of,
    set_cookie,
    set_login_cookies,
)
from lti_tool.launch.errors import BrowserNotRecognized, CookiesBlocked, PlatformAnsweredError
from lti_tool.launch.flight_deck import current_flight, own_settings, watch_flights
from lti_tool.launch.login_initiation import AskedLogin, PreparedLogin, prepare_login, read_login
from lti_tool.launch.login_state import PendingLogin, find_login, remember_login, shows_login_secret
from lti_tool.launch.message_launch import verify_message
from lti_tool.launch.open_content import open_launch
from lti_tool.launch.open_review import open_review
from lti_tool.platforms.care import note_launch, read_product
from lti_tool.platforms.key_sets import KeySets
from lti_tool.platforms.register import Platform, find_platform, find_platform_by_id
from lti_tool.security_headers import allow_framing_by
from lti_tool.unit_choice.asking import asks_for_unit, unit_choice_from
from xapi_bridge.running_app import asking, borrow, now, transaction

blueprint = Blueprint("launch", __name__, url_prefix="/lti")
watch_flights(blueprint)

log = structlog.get_logger()


@blueprint.route("/login", methods=["GET", "POST"])
def begin_login() -> Response:
    """The LMS announces a launch; the browser goes back to it to prove who it is."""
    settings, flight = own_settings(), current_flight()
    fields = (request.form if request.method == "POST" else request.args).to_dict()
    flight.issuer = fields.get("iss", "")[:255]
    flight.begin_check("target")
    asked = read_login(fields, tool_origin=settings.tool_origin)
    flight.begin_check("registration")
    with transaction() as session:
        platform = find_platform(session, issuer=asked.issuer, client_id=asked.client_id)
        _know(platform)
        flight.begin_check("login_kept")
        prepared = prepare_login(asked, platform, launch_url=f"{settings.tool_origin}/lti/launch")
        flight.state = prepared.state
        browser_secret = remember_login(
            session,
            state=prepared.state,
            nonce=prepared.nonce,
            registration_id=platform.id,
            target_link_uri=asked.target_link_uri,
            now=now(),
            asked_rung=ladder.asked_rung(fields),
            storage_target=ladder.storage_target(fields),
            sealed_login=_held(asked, prepared),
        )
    flight.begin_check("browser")
    response = _way_on(prepared, ladder.asked_rung(fields))
    set_login_cookies(response, prepared.state, browser_secret)
    return response


def _held(asked: AskedLogin, prepared: PreparedLogin) -> str:
    """The login as it waits on the ladder; empty where the browser just showed that it keeps cookies."""
    if has_cookie_sign():
        return ""
    secret = own_settings().secret_key.get_secret_value()
    return ladder.hold_login(prepared.authorization_url, asked.fields, secret=secret)


def _way_on(prepared: PreparedLogin, asked_rung: str) -> Response:
    """To the LMS at once when this frame showed our cookies before; else past a look at the cookie."""
    flight = current_flight()
    if has_cookie_sign():
        flight.rung = asked_rung or ladder.COOKIE
        flight.end("sent_on")
        return _to_lms(prepared.authorization_url, asked_rung)
    flight.end("laddered")
    return redirect(url_for("launch.look_for_cookie", state=prepared.state))


def _to_lms(authorization_url: str, asked_rung: str) -> Response:
    """On to the LMS; where our own form began the login, by a page that moves on by itself.

    Browsers hold the `form-action` of that form against every redirect that follows, and the LMS may have its
    sign-in page anywhere.
    """
    if not asked_rung:
        return redirect(authorization_url)
    page = render_template("launch/onward.html", authorization_url=authorization_url)
    return _private(allow_framing_by(make_response(page), "*"))


@blueprint.get("/login/continue")
def look_for_cookie() -> Response:
    """The browser comes by once more: with its cookie it goes to the LMS, without it the ladder goes on."""
    settings, flight = own_settings(), current_flight()
    secret = settings.secret_key.get_secret_value()
    with asking() as session:
        login = find_login(session, request.args.get("state"))
        platform = find_platform_by_id(session, login.registration_id)
    _know(platform)
    flight.state = login.state
    flight.begin_check("browser")
    held = ladder.take_up_login(login, secret=secret)
    if shows_login_secret(login, login_cookie_of(login.state)):
        flight.rung = login.asked_rung or ladder.COOKIE
        flight.end("sent_on")
        return _to_lms(held.authorization_url, login.asked_rung)
    if login.asked_rung == ladder.WINDOW:
        raise CookiesBlocked("The browser keeps no cookies of this tool, not even in a window of its own.")
    flight.end("laddered")
    return _ladder_page(login, held)


def _ladder_page(login: PendingLogin, held: ladder.HeldLogin) -> Response:
    secret = own_settings().secret_key.get_secret_value()
    again = {name: value for name, value in held.fields.items() if name != ladder.ASKED_FIELD}
    page = render_template(
        "launch/ladder.html",
        authorization_url=held.authorization_url,
        platform_origin=ladder.origin_of(held.authorization_url),
        storage_target=login.storage_target,
        storage_key=ladder.storage_key(login.state),
        storage_proof=ladder.storage_proof(login, secret=secret) if login.storage_target else "",
        asked_rung=login.asked_rung,
        asked_field=ladder.ASKED_FIELD,
        fields=again,
    )
    # The LMS's pages need not be where its issuer is, and no message has come yet that says where they are.
    # What can be clicked here begins the login of whoever is signed in at the LMS, in a window of its own.
    return _private(allow_framing_by(make_response(page), "*"))


@blueprint.post("/launch")
def launch() -> Response:
    """The LMS's signed message arrives and opens the content, or is refused with its reason."""
    settings, flight = own_settings(), current_flight()
    flight.begin_check("state")
    with asking() as session:
        login = find_login(session, request.form.get("state"))
        flight.state = login.state
        flight.begin_check("registration")
        platform = find_platform_by_id(session, login.registration_id)
    _know(platform)
    flight.begin_check("platform_answer")
    _refuse_answered_error()
    # No transaction is open here: the platform may be asked for its keys, which can take seconds.
    claims = verify_message(
        request.form,
        login=login,
        platform=platform,
        key_sets=borrow(KeySets),
        leeway=timedelta(seconds=settings.clock_leeway_seconds),
        now=now(),
        flight=flight,
    )
    g.return_url = claims.return_url
    flight.begin_check("browser")
    try:
        flight.rung = _recognize(login)
    except BrowserNotRecognized:
        if not ladder.may_ask_again(login) or "cchc_asked" in request.form:
            raise
        flight.end("laddered")
        return _proof_page(login, platform)
    flight.begin_check("single_use")
    if isinstance(claims, DeepLinkingRequest):
        return _begin_choice(claims, login, platform)
    return _open(claims, login, platform)


def _recognize(login: PendingLogin) -> str:
    settings = own_settings()
    ours = {settings.tool_origin, f"{request.scheme}://{request.host}"}
    return ladder.recognize_browser(
        login,
        cookie=login_cookie_of(login.state),
        proof=request.form.get("cchc_proof", ""),
        is_own_page=request.headers.get("Origin") in ours,
        secret=settings.secret_key.get_secret_value(),
    )


def _proof_page(login: PendingLogin, platform: Platform) -> Response:
    """A page of ours asks the LMS's storage, or the browser, and posts the message once more."""
    page = render_template(
        "launch/proof.html",
        platform_origin=ladder.origin_of(platform.authorization_url),
        storage_target=login.storage_target,
        storage_key=ladder.storage_key(login.state),
        asked_rung=login.asked_rung,
        id_token=request.form["id_token"],
        state=login.state,
    )
    return _private(allow_framing_by(make_response(page), "*"))


def _open(claims: LaunchClaims, login: PendingLogin, platform: Platform) -> Response:
    """Consumes the login and opens what the message asks for, in one transaction."""
    settings, flight = own_settings(), current_flight()
    how: dict[str, Any] = {
        "login": login,
        "platform": platform,
        "secret": settings.secret_key.get_secret_value(),
        "open_for": timedelta(hours=settings.launch_session_hours),
        "now": now(),
        # Without cookies the ticket cannot be tied to the browser; the player then opens it in frames only.
        "bound": flight.rung != ladder.STORAGE,
        "iri_base": str(settings.iri_base),
    }
    with transaction() as session:
        _note(session, platform, claims.deployment_id)
        if claims.for_user is not None:
            ticket, page = open_review(session, claims, **how), "bai-lam"
        else:
            ticket, page = open_launch(session, claims, email_digests=settings.email_digests, **how), ""
            if ticket.package_id == CHANNEL:
                page = "hoi-dap"
            elif asks_for_unit(session, ticket, choice=unit_choice_from(settings), now=now()):
                page = "don-vi"
    flight.role = ticket.role
    log.info(
        "launch_opened",
        registration_id=platform.id,
        launch_session_id=ticket.launch_session_id,
        role=ticket.role,
        package_id=ticket.package_id,
        attempt=flight.code,
    )
    return _enter(ticket, login, page)


def _note(session: Session, platform: Platform, deployment_id: str) -> None:
    """The registration remembers that it is used, and which product it is."""
    product = read_product(current_flight().claims)
    note_launch(session, platform.id, deployment_id=deployment_id, product=product, now=now())


def _begin_choice(asked: DeepLinkingRequest, login: PendingLogin, platform: Platform) -> Response:
    """A teacher wants to choose content: on to the picker."""
    flight = current_flight()
    with transaction() as session:
        _note(session, platform, asked.deployment_id)
        choice = open_deep_linking(
            session,
            asked,
            login=login,
            platform=platform,
            secret=own_settings().secret_key.get_secret_value(),
            now=now(),
            bound=flight.rung != ladder.STORAGE,
        )
    flight.role = "teacher"
    log.info("deep_linking_began", registration_id=platform.id, attempt=flight.code)
    response = _entered(f"/chon/{choice.id}/", login)
    leave_proof(response, choice, lifetime=CHOICE_LIFETIME)
    return response


def _refuse_answered_error() -> None:
    """The LMS may answer a login with an error instead of a message; the reader should see which."""
    error = request.form.get("error")
    if error:
        told = [error[:60], request.form.get("error_description", "")[:300]]
        page = request.form.get("error_uri", "")
        # Shown as words, never as a link: anyone could post one. Another scheme than the web's says nothing.
        if page.startswith(("https://", "http://")):
            told.append(page[:200])
        raise PlatformAnsweredError(f"The LMS answered the login with {': '.join(filter(None, told))}")


def _enter(ticket: Ticket, login: PendingLogin, page: str) -> Response:
    """Into the content, with the cookie that ties the pages to this browser."""
    settings = own_settings()
    secret = settings.secret_key.get_secret_value()
    response = _entered(f"/hoc/{seal_ticket(ticket, secret=secret)}/{page}", login)
    set_cookie(
        response,
        browser_cookie_name(ticket.launch_session_id),
        browser_proof(ticket.launch_session_id, secret=secret),
        path="/hoc",
        lifetime=timedelta(hours=settings.launch_session_hours),
    )
    return response


def _entered(path: str, login: PendingLogin) -> Response:
    flight = current_flight()
    flight.begin_check("content")
    flight.end("opened")
    response = redirect(path, code=303)
    drop_login_cookie(response, login.state)
    return response


def _know(platform: Platform) -> None:
    """The attempt is now known to be about this registration."""
    flight = current_flight()
    g.registration_id = flight.registration_id = platform.id
    flight.issuer, flight.authorization_url = platform.issuer, platform.authorization_url


def _private(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response
