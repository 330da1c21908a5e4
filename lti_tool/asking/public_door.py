"""Who may come in without signing in, how often, and what caches and other web sites may do with it."""

from typing import Final

from flask import Response, current_app, request

from lti_tool.admin.guard import current_operator
from lti_tool.asking.errors import PublicSearchOff, TooManySearches
from lti_tool.settings import Settings
from xapi_bridge.http.rate_limits import RateLimits
from xapi_bridge.running_app import borrow

_KEPT_SECONDS: Final = 300


def admit_visitor() -> None:
    """A `before_request` of the public rooms.

    Raises:
        PublicSearchOff: the installation keeps its knowledge base to itself.
        TooManySearches: this address asked too often.
    """
    if not is_public(_settings()):
        raise PublicSearchOff("This installation does not show its knowledge base in public.")
    pause = borrow(RateLimits).seconds_to_wait(
        f"public-knowledge:{request.remote_addr}", per_minute=_settings().public_knowledge_per_minute
    )
    if pause is not None:
        raise TooManySearches("Too many requests from this address.", retry_after_seconds=pause)


def is_public(settings: Settings) -> bool:
    """Whether anybody may search without signing in."""
    wanted = settings.public_knowledge
    return wanted == "on" or (wanted == "auto" and settings.environment == "development")


def let_caches_keep(response: Response) -> Response:
    """Answers may be kept for some minutes; not refusals, and not what names the operator who looks."""
    if response.status_code == 200 and current_operator() is None:
        response.headers["Cache-Control"] = f"public, max-age={_KEPT_SECONDS}"
        response.vary.update(("Accept-Language", "Cookie"))
    else:
        response.headers["Cache-Control"] = "no-store"
    return response


def let_origins_read(response: Response) -> Response:
    """CORS: pages of the origins in the settings may read the answer; it holds nobody's data."""
    allowed = _settings().public_knowledge_origins.split()
    origin = request.headers.get("Origin", "")
    response.vary.add("Origin")
    if "*" in allowed:
        response.headers["Access-Control-Allow-Origin"] = "*"
    elif origin in allowed:
        response.headers["Access-Control-Allow-Origin"] = origin
    return response


def _settings() -> Settings:
    settings: Settings = current_app.config["CCHC_SETTINGS"]
    return settings
