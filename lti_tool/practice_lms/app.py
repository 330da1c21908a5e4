"""create_practice_lms(path): the practice LMS as one WSGI application."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from flask import Flask, Response, jsonify, render_template
from sqlalchemy import Engine, select
from werkzeug.exceptions import HTTPException

from lti_tool.practice_lms import course_pages, grade_services, login_endpoints, sign_in
from lti_tool.practice_lms.access_tokens import FetchKeySet
from lti_tool.practice_lms.errors import PracticeLmsRefused, ServiceRefused, TokenRefused
from lti_tool.practice_lms.keys import keep_secrets, session_secret
from lti_tool.practice_lms.running import RunningLms, lend
from lti_tool.practice_lms.tables import open_database, tool, work
from lti_tool.practice_lms.tools import fetch_key_set

_HA_NOI = ZoneInfo("Asia/Ho_Chi_Minh")


def _utc_now() -> datetime:
    return datetime.now(UTC)


def create_practice_lms(
    database_path: Path,
    *,
    public_url: str,
    clock: Callable[[], datetime] = _utc_now,
    fetch_key_set: FetchKeySet = fetch_key_set,
) -> Flask:
    """The practice LMS on the SQLite file at `database_path`, which is made when it is not there.

    Args:
        public_url: address under which browsers and the tool reach it; also the issuer of its messages.
        clock: the present instant, aware; tests bring their own.
        fetch_key_set: how a tool's keys are fetched; tests bring their own.
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
    lend(app, RunningLms(engine, public_url.rstrip("/"), clock, fetch_key_set))
    _speak_vietnamese(app)
    _protect_pages(app, engine)
    _explain_refusals(app)
    for room in (sign_in, course_pages, login_endpoints, grade_services):
        app.register_blueprint(room.blueprint)
    return app


def _speak_vietnamese(app: Flask) -> None:
    """Dates as dd/mm/yyyy in Viet Nam's zone, numbers with a decimal comma."""

    @app.template_filter("instant")
    def instant(value: datetime) -> str:
        return value.astimezone(_HA_NOI).strftime("%H:%M, %d/%m/%Y")

    @app.template_filter("points")
    def points(value: float) -> str:
        return f"{value:.2f}".rstrip("0").rstrip(".").replace(".", ",")

    app.jinja_env.globals["signed_in_person"] = sign_in.signed_in_person
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True


def _protect_pages(app: Flask, engine: Engine) -> None:
    """Own files only; frames and forms may lead to the registered tools and nowhere else."""

    @app.after_request
    def add_headers(response: Response) -> Response:
        with work(engine) as connection:
            urls = connection.scalars(select(tool.c.redirect_uri)).all()
        tools = " ".join(sorted({"{0.scheme}://{0.netloc}".format(urlsplit(url)) for url in urls}))
        response.headers["Content-Security-Policy"] = (
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; base-uri 'none'; "
            f"frame-ancestors 'self'; frame-src 'self' {tools}; form-action 'self' {tools}"
        )
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "same-origin"
        if response.mimetype != "text/css" and response.mimetype != "text/javascript":
            response.headers["Cache-Control"] = "no-store"
        return response


def _explain_refusals(app: Flask) -> None:
    """Pages for people, the standards' JSON for the tool."""

    @app.errorhandler(PracticeLmsRefused)
    def refused(refusal: PracticeLmsRefused) -> tuple[str, int]:
        return render_template("refused.html", message=str(refusal), code=refusal.code), refusal.status

    @app.errorhandler(TokenRefused)
    def token_refused(refusal: TokenRefused) -> tuple[Response, int]:
        status = 401 if refusal.error == "invalid_client" else 400
        return jsonify({"error": refusal.error, "error_description": str(refusal)}), status

    @app.errorhandler(ServiceRefused)
    def service_refused(refusal: ServiceRefused) -> tuple[Response, int]:
        answer = jsonify({"code": refusal.code, "message": str(refusal)})
        if refusal.status == 401:
            answer.headers["WWW-Authenticate"] = 'Bearer realm="practice-lms"'
        return answer, refusal.status

    @app.errorhandler(HTTPException)
    def http_error(error: HTTPException) -> tuple[str, int] | HTTPException:
        if error.code is None or error.code < 400:
            return error
        message = "Địa chỉ này không có, hoặc không nhận kiểu yêu cầu đó."
        return render_template("refused.html", message=message, code=f"http_{error.code}"), error.code
