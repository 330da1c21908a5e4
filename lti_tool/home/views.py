"""The front page, the health answer for load balancers, the language switch."""

import structlog
from flask import Blueprint, abort, jsonify, redirect, render_template, request, url_for
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.wrappers import Response

from lti_tool.admin.console import list_followers
from lti_tool.admin.guard import local_target
from lti_tool.languages import SUPPORTED
from xapi_bridge.running_app import now, reading

blueprint = Blueprint("home", __name__)

log = structlog.get_logger(__name__)

_YEAR_SECONDS = 365 * 24 * 3600


@blueprint.get("/")
def start() -> str:
    """What this is and where to go."""
    return render_template("home.html")


@blueprint.get("/suc-khoe")
def health() -> tuple[Response, int]:
    """200 while the database answers, 503 otherwise; and how far the followers are behind.

    A lag is no reason to take a server away: another server would not follow faster.
    """
    try:
        with reading() as session:
            session.execute(text("SELECT 1"))
            followers = list_followers(session)
    except SQLAlchemyError as failed:
        log.warning("database_unavailable", kind=type(failed).__name__)
        return jsonify(status="unavailable", database="unavailable", at=now().isoformat()), 503
    lag = {follower.name: follower.waiting for follower in followers}
    return jsonify(status="ok", database="ok", followers_waiting=lag, at=now().isoformat()), 200


@blueprint.get("/ngon-ngu/<language>")
def choose_language(language: str) -> Response:
    """Remembers the language for a year and returns to the page."""
    if language not in SUPPORTED:
        abort(404)
    answer = redirect(local_target(request.args.get("next"), otherwise=url_for("home.start")))
    answer.set_cookie(
        "cchc_lang", language, max_age=_YEAR_SECONDS, samesite="Lax", secure=request.is_secure, httponly=True
    )
    return answer
