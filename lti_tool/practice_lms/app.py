"""create_practice_lms(path): the practice LMS as one WSGI application."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from flask import Flask, Response
from sqlalchemy import Engine, select

from lti_tool.practice_lms import (
    administration,
    course_pages,
    deep_linking_pages,
    grade_services,
    line_item_services,
    login_endpoints,
    member_services,
    registration_endpoints,
    sign_in,
    storage_pages,
    token_endpoint,
)
from lti_tool.practice_lms.database_file import open_database, work
from lti_tool.practice_lms.keys import keep_secrets, session_secret
from lti_tool.practice_lms.misbehaviour import Misbehaviour, misbehave_on_request
from lti_tool.practice_lms.profiles import GENERIC, Profile
from lti_tool.practice_lms.refusals import explain_refusals
from lti_tool.practice_lms.registration import LINK_LIFETIME
from lti_tool.practice_lms.running import RunningLms, lend
from lti_tool.practice_lms.tables import registration, tool
from lti_tool.practice_lms.tools import FetchKeySet, Visit, fetch_key_set, visit_address

_HA_NOI = ZoneInfo("Asia/Ho_Chi_Minh")
_ROOMS = (
    sign_in,
    course_pages,
    deep_linking_pages,
    administration,
    storage_pages,
    login_endpoints,
    registration_endpoints,
    token_endpoint,
    line_item_services,
    grade_services,
    member_services,
)


def _utc_now() -> datetime:
    return datetime.now(UTC)


def create_practice_lms(
    database_path: Path,
    *,
    public_url: str,
    clock: Callable[[], datetime] = _utc_now,
    fetch_key_set: FetchKeySet = fetch_key_set,
    profile: Profile = GENERIC,
    visit: Visit = visit_address,
    misbehaviour: Misbehaviour | None = None,
) -> Flask:
    """The practice LMS on the SQLite file at `database_path`, which is made when it is not there.

    Args:
        public_url: address under which browsers and the tool reach it; also the issuer of its messages.
        clock: the present instant, aware; tests bring their own.
        fetch_key_set: how a tool's keys are fetched; tests bring their own.
        profile: the product to play.
        visit: how the server looks at new activities, where the profile does; tests bring their own.
        misbehaviour: switches of faults, for tests and demonstrations.
    """
    app = Flask("lti_tool.practice_lms")
    engine = open_database(database_path)
    with work(engine) as connection:
        keep_secrets(connection)
        app.secret_key = session_secret(connection)
    app.config.update(
        # Its own name: cookies ignore ports, so another service on this host must not share it.
        SESSION_COOKIE_NAME="practice_lms",
        SESSION_COOKIE_SAMESITE="Lax",
        MAX_CONTENT_LENGTH=1024 * 1024,
    )
    faults = misbehaviour or Misbehaviour()
    lend(
        app,
        RunningLms(
            engine, public_url.rstrip("/"), faults.clock(clock), fetch_key_set, profile, visit, faults
        ),
    )
    _speak_vietnamese(app, profile)
    _protect_pages(app, engine, faults.clock(clock))
    explain_refusals(app, profile)
    misbehave_on_request(app, faults)
    for room in _ROOMS:
        app.register_blueprint(room.blueprint)
    return app


def _speak_vietnamese(app: Flask, profile: Profile) -> None:
    """Dates as dd/mm/yyyy in Viet Nam's zone, numbers with a decimal comma."""

    @app.template_filter("instant")
    def instant(value: datetime) -> str:
        return value.astimezone(_HA_NOI).strftime("%H:%M, %d/%m/%Y")

    @app.template_filter("points")
    def points(value: float) -> str:
        return f"{value:.2f}".rstrip("0").rstrip(".").replace(".", ",")

    app.jinja_env.globals["signed_in_person"] = sign_in.signed_in_person
    app.jinja_env.globals["profile"] = profile
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True


def _protect_pages(app: Flask, engine: Engine, clock: Callable[[], datetime]) -> None:
    """Own files only; frames and forms may lead to the tools and nowhere else."""

    @app.after_request
    def add_headers(response: Response) -> Response:
        tools = " ".join(_tool_origins(engine, since=clock() - LINK_LIFETIME))
        response.headers["Content-Security-Policy"] = (
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; base-uri 'none'; "
            f"frame-ancestors 'self'; frame-src 'self' {tools}; form-action 'self' {tools}"
        )
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "same-origin"
        if response.mimetype != "text/css" and response.mimetype != "text/javascript":
            response.headers["Cache-Control"] = "no-store"
        return response


def _tool_origins(engine: Engine, *, since: datetime) -> list[str]:
    """Where registered tools live, and those that may register themselves at present."""
    with work(engine) as connection:
        urls = [
            *connection.scalars(select(tool.c.redirect_uri)),
            *connection.scalars(select(tool.c.login_url)),
        ]
        begun = select(registration.c.registration_url).where(registration.c.begun_at > since)
        urls += connection.scalars(begun)
    return sorted({"{0.scheme}://{0.netloc}".format(urlsplit(url)) for url in urls})
