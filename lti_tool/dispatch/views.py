"""The door of dispatch packages, and the frame that tells them what is reached."""

from datetime import timedelta

from flask import (
    Blueprint,
    Response,
    current_app,
    g,
    jsonify,
    make_response,
    redirect,
    render_template,
    request,
)
from werkzeug.wrappers import Response as AnyResponse

from content_packages.player.ticket import seal_ticket
from content_packages.player.visits import current_visit, guard
from lti_tool.dispatch.keys import open_key
from lti_tool.dispatch.progress import find_reached
from lti_tool.settings import Settings
from xapi_bridge.running_app import now, reading, transaction

blueprint = Blueprint("dispatch", __name__, url_prefix="/hoc")
guard(blueprint)
door = Blueprint("dispatch_door", __name__, url_prefix="/goi")


@door.post("/vao")
def enter() -> AnyResponse:
    """A SCO elsewhere opens a content of ours for its learner."""
    settings = _settings()
    secret = settings.secret_key.get_secret_value()
    with transaction() as session:
        ticket = open_key(
            session,
            request.form.get("key", ""),
            request.form.get("secret", ""),
            request.form.get("learner", ""),
            lms_origin=request.headers.get("Origin", ""),
            frames=request.form.get("frames", ""),
            tool_origin=settings.tool_origin,
            iri_base=str(settings.iri_base),
            pepper=secret,
            open_for=timedelta(hours=settings.launch_session_hours),
            now=now(),
        )
    return redirect(f"/hoc/{seal_ticket(ticket, secret=secret)}/khung", code=303)


@door.after_request
def explain_in_the_frame(response: Response) -> Response:
    """A refusal, which offers nothing to click, is shown where the package is."""
    response.headers["X-Frame-Ancestors-Allowed"] = "*"
    return response


@blueprint.get("/<ticket>/khung")
def show_frame() -> Response:
    """The content in a frame of ours, beside the script that tells the page above what is reached."""
    lms_origin = g.ticket.frame_origin.partition(" ")[0]
    page = render_template("dispatch/frame.html", sealed=g.sealed, lms_origin=lms_origin)
    return make_response(page)


@blueprint.get("/<ticket>/khung/tien-do")
def show_progress() -> Response:
    """What is reached, for that script."""
    with reading() as session:
        reached = find_reached(session, current_visit(session), iri_base=str(_settings().iri_base))
    return jsonify(completed=reached.completed, passed=reached.passed, scaled=reached.scaled)


def _settings() -> Settings:
    settings: Settings = current_app.config["CCHC_SETTINGS"]
    return settings
