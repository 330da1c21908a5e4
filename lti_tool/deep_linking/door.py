"""Who is at the door of a picker page: the choice in the address, the browser's proof, the form's origin."""

import hmac
from datetime import timedelta

from flask import Blueprint, Response, current_app, g, request
from werkzeug.wrappers import Response as AnyResponse

from content_packages.errors import ForeignOrigin
from content_packages.player.ticket import browser_cookie_name, browser_proof
from lti_tool.deep_linking.choices import Choice, find_choice
from lti_tool.deep_linking.errors import ChoiceUnknown
from lti_tool.security_headers import allow_framing_by
from lti_tool.settings import Settings
from xapi_bridge.running_app import reading

#: The picker's own pages, and those of the player for a look at what learners will see.
COOKIE_PATHS = ("/chon", "/hoc")


def guard(blueprint: Blueprint) -> None:
    """Lets only admitted requests reach the views; each finds its choice in `g.choice`."""
    blueprint.before_request(admit)
    blueprint.after_request(keep_private)


def admit() -> None:
    """Finds the choice before any view runs.

    Raises:
        ChoiceUnknown: there is none, or another browser began it.
        ForeignOrigin: the form came from another site.
    """
    with reading() as session:
        choice = find_choice(session, str((request.view_args or {}).get("key", "")))
    proof = request.cookies.get(browser_cookie_name(choice.id), "")
    expected = browser_proof(choice.id, secret=settings().secret_key.get_secret_value())
    if choice.bound and not hmac.compare_digest(proof.encode(), expected.encode()):
        raise ChoiceUnknown("This browser did not begin the choice of content. Begin again in the course.")
    refuse_foreign_origin()
    g.choice = choice


def refuse_foreign_origin() -> None:
    """Raises when another site's page sent the form.

    Raises:
        ForeignOrigin
    """
    origin = request.headers.get("Origin")
    ours = {settings().tool_origin, f"{request.scheme}://{request.host}"}
    if request.method == "POST" and origin is not None and origin not in ours:
        raise ForeignOrigin("The form came from a page of another site. Begin again in the course.")


def admitted_choice() -> Choice:
    """The choice of this request."""
    choice: Choice = g.choice
    return choice


def keep_private(response: Response) -> Response:
    """Pages of a choice are kept by nobody, and framed only by the LMS that asked for it.

    A page that refuses an unknown choice names no LMS; nothing on it can be clicked to any effect.
    """
    response.headers.setdefault("Cache-Control", "no-store")
    response.headers["Referrer-Policy"] = "strict-origin"
    choice: Choice | None = g.get("choice")
    return allow_framing_by(response, choice.frame_origin if choice else "*")


def leave_proof(response: AnyResponse, choice: Choice, *, lifetime: timedelta) -> None:
    """Cookies that tie the choice to this browser, also inside the LMS's frame."""
    proof = browser_proof(choice.id, secret=settings().secret_key.get_secret_value())
    for path in COOKIE_PATHS:
        response.set_cookie(
            browser_cookie_name(choice.id),
            proof,
            max_age=lifetime,
            path=path,
            secure=True,
            httponly=True,
            samesite="None",
            partitioned=True,
        )


def settings() -> Settings:
    """The settings of the running application."""
    found: Settings = current_app.config["CCHC_SETTINGS"]
    return found
