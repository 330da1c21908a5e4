"""A door for a conformance suite of cmi5 to drive this LMS by HTTP; for tests only.

    python -m tools.cmi5_test_door --port 8291

The suite imports courses, asks for launch addresses, waives units and abandons sessions:

    POST /test/course?name=FILE            body: zip or XML    -> 200 {"id"} or 400 {"requirement", "message"}
    POST /test/course/ID/launch/PLACE      {"actor", "registration"?, "launchMode"?} -> {"url"}
    POST /test/registration/ID/waive/PLACE {"reason"}
    POST /test/session/ID/abandon
    GET  /test/lrs                         -> {"endpoint", "authorization"}

It makes an SQLite file of its own and throws it away, or fills the empty database given with --database-url.
"""

import base64
import io
import tempfile
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import click
from flask import Blueprint, Flask, Response, jsonify, request
from werkzeug.serving import make_server

from content_packages.active.closing import waive_unit
from content_packages.active.errors import SessionUnknown
from content_packages.active.files import PackageBlobs
from content_packages.active.launching import LaunchWish, launch_unit, open_registration
from content_packages.active.receiving import take_in
from content_packages.active.running import Enrolment, course_of, hold_registration
from content_packages.active.sessions import abandon_session
from content_packages.active.settings import ActiveSettings
from content_packages.active.staging import find_running, publish_course, receive_course
from lti_tool.app import create_app
from lti_tool.database_schema import upgrade_database
from lti_tool.settings import load_settings
from xapi_bridge.http.settings import LrsSettings
from xapi_bridge.running_app import borrow, now, running_app, section, transaction
from xapi_bridge.statement import Account
from xapi_bridge.store.credentials import create_credential

door = Blueprint("cmi5_test_door", __name__, url_prefix="/test")


@door.post("/course")
def import_course() -> Response | tuple[Response, int]:
    """Brings a course in and publishes it."""
    settings, name = section(ActiveSettings), request.args["name"]
    blobs = borrow(PackageBlobs)  # type: ignore[type-abstract]
    taken = take_in(io.BytesIO(request.get_data()), file_name=name, limits=settings.limits, blobs=blobs)
    if not taken.read.may_publish:
        first = taken.read.findings[0]
        return jsonify(requirement=first.code, message=first.message), 400
    with transaction() as session:
        package_id = receive_course(session, taken.read, taken.files, file_name=name, by="suite", now=now())
        publish_course(session, package_id, name=f"g-{package_id}", title=name, by="suite", now=now())
    return jsonify(id=package_id)


@door.post("/course/<package_id>/launch/<int:place>")
def launch(package_id: str, place: int) -> Response:
    """The address that launches a unit."""
    asked: dict[str, Any] = request.get_json()
    settings = section(ActiveSettings)
    account = asked["actor"]["account"]
    wish = LaunchWish(
        mode=asked.get("launchMode") or "Normal",
        content_origin=settings.require_content_origin(),
        return_url=f"{settings.tool_origin}/goi/ket-thuc",
        frame_origin="",
        open_for=timedelta(hours=1),
    )
    with transaction() as session:
        if asked.get("registration"):
            held = hold_registration(session, UUID(asked["registration"]), iri_base=settings.iri_base)
            assert held is not None, "no such registration"  # noqa: S101
        else:
            course = course_of(find_running(session, package_id), iri_base=settings.iri_base)
            learner = Account(home_page=account["homePage"], name=account["name"])
            held = open_registration(session, course, Enrolment(learner, uuid4()), now=now())
        launched = launch_unit(session, held, place, wish, now=now())
    return jsonify(url=launched.url)


@door.post("/registration/<uuid:registration_id>/waive/<int:place>")
def waive(registration_id: UUID, place: int) -> Response:
    """Lets a unit count without being run."""
    with transaction() as session:
        held = hold_registration(session, registration_id, iri_base=section(ActiveSettings).iri_base)
        if held is None:
            raise SessionUnknown("No registration has this id.")
        waive_unit(session, held, place, reason=request.get_json()["reason"], now=now())
    return jsonify(ok=True)


@door.post("/session/<uuid:session_id>/abandon")
def abandon(session_id: UUID) -> Response:
    """Ends a session that does not end itself."""
    with transaction() as session:
        abandon_session(session, session_id, iri_base=section(ActiveSettings).iri_base, now=now())
    return jsonify(ok=True)


@door.get("/lrs")
def lrs() -> Response:
    """A key that reads everything."""
    with transaction() as session:
        made = create_credential(
            session,
            label="suite",
            scopes=["all/read"],
            expires_at=None,
            now=now(),
            pepper=section(LrsSettings).secret,
        )
    basic = base64.b64encode(f"{made.key}:{made.secret}".encode()).decode()
    return jsonify(endpoint=f"{section(ActiveSettings).tool_origin}/xapi", authorization=f"Basic {basic}")


def open_test_app(folder: Path, *, port: int, database_url: str = "") -> Flask:
    """The whole service with this door beside its own."""
    app = create_app(
        load_settings(
            {
                "CCHC_DATA_DIR": str(folder),
                "CCHC_DATABASE_URL": database_url,
                "CCHC_TOOL_URL": f"http://127.0.0.1:{port}",
                "CCHC_CONTENT_URL": f"http://localhost:{port}",
            }
        )
    )
    with app.app_context():
        upgrade_database(running_app().engine)
    app.register_blueprint(door)
    app.config["WTF_CSRF_ENABLED"] = False
    return app


@click.command()
@click.option("--port", default=8291, show_default=True)
@click.option("--database-url", default="", help="An empty database; an SQLite file is made when left out.")
def main(port: int, database_url: str) -> None:
    """Serves until it is stopped."""
    with tempfile.TemporaryDirectory() as folder:
        app = open_test_app(Path(folder), port=port, database_url=database_url)
        print(f"http://127.0.0.1:{port}/test", flush=True)
        make_server("127.0.0.1", port, app, threaded=True).serve_forever()


if __name__ == "__main__":
    main()
