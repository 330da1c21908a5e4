"""Sign in by choosing a person, and sign out. It is a practice LMS: there are no passwords."""

from flask import Blueprint, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from lti_tool.practice_lms.courses import Person, find_person, list_people
from lti_tool.practice_lms.errors import PageNotFound
from lti_tool.practice_lms.running import running_lms
from lti_tool.practice_lms.tables import work

blueprint = Blueprint("sign_in", __name__)


def signed_in_person() -> Person | None:
    """Who is signed in, by the session cookie."""
    person_id = session.get("person_id")
    if not isinstance(person_id, int):
        return None
    with work(running_lms().engine) as connection:
        return find_person(connection, person_id)


@blueprint.get("/")
def front_door() -> Response:
    """Leads to the courses, or to the sign-in page first."""
    return redirect(url_for("courses.list_own" if signed_in_person() else "sign_in.choose"))


@blueprint.get("/sign-in")
def choose() -> str:
    """The list of people to be."""
    with work(running_lms().engine) as connection:
        people = list_people(connection)
    return render_template("sign_in.html", people=people)


@blueprint.post("/sign-in")
def sign_in() -> Response:
    """Begins a session as the chosen person."""
    chosen = request.form.get("person_id", "")
    with work(running_lms().engine) as connection:
        person = find_person(connection, int(chosen) if chosen.isascii() and chosen.isdigit() else -1)
    if person is None:
        raise PageNotFound("Không có người này trong danh sách đăng nhập.")
    session.clear()
    session["person_id"] = person.person_id
    return redirect(url_for("courses.list_own"), code=303)


@blueprint.post("/sign-out")
def sign_out() -> Response:
    """Ends the session."""
    session.clear()
    return redirect(url_for("sign_in.choose"), code=303)
