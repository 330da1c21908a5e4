"""Around every request of login and launch: its size is bounded, it is watched, kept, and explained.

The order matters: what is refused here is kept with its checks like everything else.
"""

import time
from typing import Final

import structlog
from flask import Blueprint, Response, current_app, g, make_response, render_template, request
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import RequestEntityTooLarge

from lti_tool.database_troubles import trouble_from
from lti_tool.deep_linking.errors import LinkWindowRefused
from lti_tool.error_pages import answer_refusal, explanation_of, wants_json
from lti_tool.launch import errors
from lti_tool.launch.advice import advise
from lti_tool.launch.browsers import browser_family, place_of
from lti_tool.launch.flight import Flight, shown_code
from lti_tool.launch.flight_records import FlightRecorder, guess_product_family
from lti_tool.launch.redaction import product_family_of
from lti_tool.security_headers import allow_framing_by
from lti_tool.settings import Settings
from xapi_bridge.errors import RuleBroken
from xapi_bridge.running_app import borrow, now

#: The id_token may have 64 KiB; encoded in a form with what comes beside it, this is plenty.
LARGEST_REQUEST_BYTES: Final = 256 * 1024

#: The check that a refusal belongs to, where the place in the code does not say it.
_CHECK_OF: Final[dict[type[RuleBroken], str]] = {
    errors.LaunchTooLarge: "size",
    errors.LoginIncomplete: "fields",
    errors.MessageTypeNotOffered: "message",
    errors.TeachingRoleMissing: "content",
    errors.ContentChoiceRefused: "content",
    LinkWindowRefused: "content",
}

log = structlog.get_logger()


def watch_flights(blueprint: Blueprint) -> None:
    """Begins a flight for each request of the blueprint and keeps it when the answer is known."""
    blueprint.before_request(_begin)
    blueprint.after_request(_keep)
    blueprint.register_error_handler(RuleBroken, explain_refusal)
    blueprint.register_error_handler(RequestEntityTooLarge, _explain_size)
    for failed in (DBAPIError, PoolTimeout):
        blueprint.register_error_handler(failed, _explain_trouble)


def current_flight() -> Flight:
    """The attempt of this request."""
    flight: Flight = g.flight
    return flight


def own_settings() -> Settings:
    """The settings of the running application."""
    settings: Settings = current_app.config["CCHC_SETTINGS"]
    return settings


def explain_refusal(refusal: RuleBroken) -> Response:
    """A page that says what went wrong and where in the LMS it is put right."""
    flight = current_flight()
    own_check = next((_CHECK_OF[kind] for kind in type(refusal).__mro__ if kind in _CHECK_OF), None)
    if own_check in flight.names:
        flight.begin_check(own_check)
    flight.refuse(refusal.code)
    log.warning(
        "launch_refused",
        code=refusal.code,
        registration_id=g.get("registration_id"),
        attempt=flight.code,
    )
    if wants_json():
        return answer_refusal(refusal)
    explanation = explanation_of(type(refusal))
    page = render_template(
        "launch_refused.html",
        status=explanation.status,
        code=refusal.code,
        title=explanation.title,
        detail=str(refusal),
        next_step=explanation.next_step,
        return_url=g.get("return_url"),
        advice=advise(refusal.code, _product_family(flight)),
        instant=getattr(refusal, "instant", None),
    )
    # Any LMS may frame this page, also one that is not registered yet: its administrator must be able to read
    # why, and nothing on it can be clicked to any effect.
    return allow_framing_by(make_response(page, explanation.status), "*")


def _product_family(flight: Flight) -> str:
    guessed = guess_product_family(flight.issuer, flight.authorization_url)
    return product_family_of(flight.claims) or guessed


def _begin() -> None:
    """Refuses by the announced length, before anything is read.

    Raises:
        LaunchTooLarge
    """
    step = "launch" if request.endpoint == "launch.launch" else "login"
    g.flight = Flight(
        step="launch" if step == "launch" else "login",
        started_at=now(),
        begun=time.perf_counter(),
        browser=browser_family(request.headers.get("User-Agent", "")),
        placed=place_of(request.headers.get("Sec-Fetch-Dest", "")),
    )
    g.support_code = shown_code(g.flight.code)
    g.flight.begin_check("size")
    request.max_content_length = LARGEST_REQUEST_BYTES
    request.max_form_memory_size = LARGEST_REQUEST_BYTES
    # Browsers say how long a form is; what does not say it could be cut off unnoticed at the limit.
    if (request.content_length or 0) > LARGEST_REQUEST_BYTES or "Transfer-Encoding" in request.headers:
        raise errors.LaunchTooLarge(f"The request has more than {LARGEST_REQUEST_BYTES} bytes.")


def _explain_size(_found: RequestEntityTooLarge) -> Response:
    return explain_refusal(errors.LaunchTooLarge(f"The request has more than {LARGEST_REQUEST_BYTES} bytes."))


def _explain_trouble(failed: Exception) -> Response:
    """The database is busy or away: nothing was written, so the login still waits.

    Raises:
        the failure itself, where the fault is ours; it is logged and answered as every such fault.
    """
    trouble = trouble_from(failed)
    if trouble is None:
        raise failed
    g.is_database_in_trouble = True
    answer = explain_refusal(trouble)
    answer.headers["Retry-After"] = str(trouble.retry_after_seconds)
    return answer


def _keep(response: Response) -> Response:
    flight: Flight | None = g.get("flight")
    # While the database is away, the attempt would wait for it a second time; the log has its code.
    if flight is not None and not g.get("is_database_in_trouble"):
        borrow(FlightRecorder).keep_attempt(flight, now=now())
    return response
