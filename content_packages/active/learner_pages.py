"""The learner's pages of an imported course: what is in it, and the frame in which a unit runs.

The units themselves come from the second host; these pages come from the tool, like those of any lesson.
"""

from urllib.parse import urlsplit

from flask import Blueprint, Response, make_response, render_template
from sqlalchemy.orm import Session

from content_packages.active.launching import Launch, LaunchWish, launch_unit, mode_for, open_registration
from content_packages.active.moving_on import NOTHING_YET
from content_packages.active.outline import count_done, lines_of
from content_packages.active.playing import require_player
from content_packages.active.running import (
    Course,
    Enrolment,
    course_of,
    find_registration,
    registration_id_of,
)
from content_packages.active.settings import ActiveSettings
from content_packages.active.staging import find_running
from content_packages.formats.course_structure import words
from content_packages.player.visits import Visit, current_visit, guard
from xapi_bridge.running_app import now, reading, section, transaction

blueprint = Blueprint(
    "imported",
    __name__,
    url_prefix="/hoc",
    template_folder="templates",
    static_folder="static",
    static_url_path="/goi-static",
)
guard(blueprint)


@blueprint.get("/<ticket>/goi/")
def show_course() -> str:
    """The units of the course and how far the learner is."""
    with reading() as session:
        visit = current_visit(session)
        course = _course(session, visit)
        registration_id = registration_id_of(visit.ticket.registration, course.package.id)
        following = find_registration(session, registration_id, iri_base=course.iri_base)
    progress = following.progress if following else {}
    return render_template(
        "imported/course.html",
        visit=visit,
        course=course,
        description=words(course.structure.description),
        lines=lines_of(course.structure, progress),
        done=count_done(course.structure, progress),
        is_satisfied=bool(following and following.row.satisfied_at),
        has_host=bool(section(ActiveSettings).content_origin),
    )


@blueprint.post("/<ticket>/goi/<int:place>")
def run_unit(place: int) -> Response:
    """Launches a unit, in a frame of this page or in a window of its own."""
    with transaction() as session:
        visit = current_visit(session)
        course = _course(session, visit)
        launch = _launch(session, visit, course, place)
        unit = course.find_unit(place)
    page = render_template(
        "imported/unit.html",
        visit=visit,
        launch=launch,
        title=words(unit.title) or course.package.title,
        in_frame=launch.method == "AnyWindow",
    )
    response = make_response(page)
    response.headers["X-Frames-Allowed"] = _origin_of(launch.url)
    return response


def _course(session: Session, visit: Visit) -> Course:
    package = find_running(session, visit.ticket.package_digest)
    return course_of(package, iri_base=section(ActiveSettings).iri_base)


def _launch(session: Session, visit: Visit, course: Course, place: int) -> Launch:
    settings = section(ActiveSettings)
    origin = settings.require_content_origin()
    require_player(course.structure.kind, settings.players)
    enrolment = Enrolment(visit.ticket.learner, visit.ticket.registration)
    following = open_registration(session, course, enrolment, now=now())
    progress = following.progress.get(place, NOTHING_YET)
    wish = LaunchWish(
        mode=mode_for(course.find_unit(place), progress, is_learner=not visit.is_preview),
        content_origin=origin,
        return_url=f"{settings.tool_origin}/goi/ket-thuc",
        frame_origin=visit.ticket.frame_origin,
        open_for=min(settings.session_length, visit.ticket.expires_at - now()),
    )
    return launch_unit(session, following, place, wish, now=now())


def _origin_of(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


#: Where a unit leads when it is done: it knows no ticket, so the address holds none.
farewell = Blueprint("imported_farewell", __name__, url_prefix="/goi")


@farewell.get("/ket-thuc")
def show_farewell() -> Response:
    """Tells the page around it that the unit is done; shown alone in a window of its own."""
    response = make_response(render_template("imported/farewell.html"))
    # Nothing on it can be clicked, and the unit that leads here may be framed by any LMS.
    response.headers["X-Frame-Ancestors-Allowed"] = "*"
    return response
