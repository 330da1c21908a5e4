"""Sign in by choosing a person, and sign out. It is a practice LMS: there are no passwords."""

from flask import Blueprint, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from lti_tool.practice_lms.courses import Person, find_person, list_people
from lti_tool.practice_lms.database_file import work
from lti_tool.practice_lms.errors import PageNotFound
from lti_tool.practice_lms.running import running_lms

blueprint = Blueprint("sign_in", __name__)


class SignInFirst(Exception):  # noqa: N818 - not an error: it leads to the sign-in page
    """Nobody is signed in."""


@blueprint.app_errorhandler(SignInFirst)
def lead_to_sign_in(_reason: SignInFirst) -> Response:
    """Whoever is not signed in chooses a person first."""
    return redirect(url_for("sign_in.choose"))


def require_sign_in() -> Person:
    """Who is signed in.

    Raises:
        SignInFirst: nobody is.
    """
    person = signed_in_person()
    if person is None:
        raise SignInFirst
    return person


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
    return redirect(url_for(_first_page(signed_in_person())))


def _first_page(person: Person | None) -> str:
    if person is None:
        return "sign_in.choose"
    return "administration.show_tools" if person.is_administrator else "courses.list_own"


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
    return redirect(url_for(_first_page(person)), code=303)


@blueprint.post("/sign-out")
def sign_out() -> Response:
    """Ends the session."""
    session.clear()
    return redirect(url_for("sign_in.choose"), code=303)
