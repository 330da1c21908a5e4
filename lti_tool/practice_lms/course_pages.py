"""Pages of the practice LMS: courses, activities with the tool in a frame, grades."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from lti_tool.practice_lms.courses import (
    Activity,
    Person,
    find_activity,
    find_course,
    find_tool,
    list_activities,
    list_courses,
    list_learners,
)
from lti_tool.practice_lms.gradebook import Column, Grade, list_columns, list_grades
from lti_tool.practice_lms.messages import DocumentTarget, begin_launch
from lti_tool.practice_lms.running import running_lms
from lti_tool.practice_lms.sign_in import signed_in_person
from lti_tool.practice_lms.tables import work

blueprint = Blueprint("courses", __name__)


class _SignInFirst(Exception):  # noqa: N818 - not an error: it leads to the sign-in page
    """Nobody is signed in."""


@blueprint.errorhandler(_SignInFirst)
def lead_to_sign_in(_reason: _SignInFirst) -> Response:
    """Whoever is not signed in chooses a person first."""
    return redirect(url_for("sign_in.choose"))


def _reader() -> Person:
    person = signed_in_person()
    if person is None:
        raise _SignInFirst
    return person


@dataclass(frozen=True)
class ActivityLine:
    """An activity in the course's list, with the reader's own grade."""

    activity: Activity
    column: Column | None
    grade: Grade | None


@dataclass(frozen=True)
class GradebookLine:
    """A learner's row of the gradebook, one cell for each column; `None` where there is no grade."""

    learner: Person
    grades: tuple[Grade | None, ...]


@blueprint.get("/courses")
def list_own() -> str:
    """The reader's courses."""
    reader = _reader()
    with work(running_lms().engine) as connection:
        courses = list_courses(connection, reader.person_id)
    return render_template("courses.html", courses=courses)


@blueprint.get("/courses/<int:course_id>")
def show_course(course_id: int) -> str:
    """A course and its activities."""
    reader = _reader()
    with work(running_lms().engine) as connection:
        course = find_course(connection, course_id, person_id=reader.person_id)
        activities = list_activities(connection, course_id)
        columns = {column.activity_id: column for column in list_columns(connection, course_id)}
        grades = list_grades(connection, [column.line_item_id for column in columns.values()])
    own = {grade.line_item_id: grade for grade in grades if grade.person_id == reader.person_id}
    lines = [
        ActivityLine(activity, columns.get(activity.activity_id), own.get(activity.line_item_id or 0))
        for activity in activities
    ]
    return render_template("course.html", course=course, lines=lines)


@blueprint.get("/activities/<int:activity_id>")
def show_activity(activity_id: int) -> str:
    """An activity: the tool in a frame of 600 px, as common LMSs show it."""
    reader = _reader()
    with work(running_lms().engine) as connection:
        activity = find_activity(connection, activity_id)
        course = find_course(connection, activity.course_id, person_id=reader.person_id)
        tool = find_tool(connection, activity.tool_id)
    return render_template(
        "activity.html",
        activity=activity,
        course=course,
        tool_origin="{0.scheme}://{0.netloc}".format(urlsplit(tool.redirect_uri)),
    )


@blueprint.get("/activities/<int:activity_id>/launch")
def launch_activity(activity_id: int) -> str:
    """Login initiation: a form that posts itself to the tool (Security Framework 1.0, 5.1.1.1)."""
    reader = _reader()
    running = running_lms()
    document_target: DocumentTarget = "window" if request.args.get("target") == "window" else "iframe"
    with work(running.engine) as connection:
        activity = find_activity(connection, activity_id)
        find_course(connection, activity.course_id, person_id=reader.person_id)
        tool = find_tool(connection, activity.tool_id)
        fields = begin_launch(
            connection,
            activity,
            person=reader,
            tool=tool,
            document_target=document_target,
            issuer=running.issuer,
            now=running.clock(),
        )
    return render_template("post_on.html", address=tool.login_url, fields=fields)


@blueprint.get("/courses/<int:course_id>/return")
def return_from_tool(course_id: int) -> str:
    """Where the tool sends people back: leaves the frame, shows what the tool had to say."""
    reader = _reader()
    with work(running_lms().engine) as connection:
        course = find_course(connection, course_id, person_id=reader.person_id)
    message = request.args.get("lti_errormsg") or request.args.get("lti_msg") or ""
    return render_template("returned.html", course=course, message=message)


@blueprint.get("/courses/<int:course_id>/grades")
def show_grades(course_id: int) -> str:
    """Teachers see everybody, learners see their own row."""
    reader = _reader()
    with work(running_lms().engine) as connection:
        course = find_course(connection, course_id, person_id=reader.person_id)
        columns = list_columns(connection, course_id)
        learners = list_learners(connection, course_id) if course.role == "teacher" else [reader]
        grades = list_grades(connection, [column.line_item_id for column in columns])
    held = {(grade.person_id, grade.line_item_id): grade for grade in grades}
    lines = [
        GradebookLine(
            learner, tuple(held.get((learner.person_id, column.line_item_id)) for column in columns)
        )
        for learner in learners
    ]
    page = "gradebook.html" if course.role == "teacher" else "own_grades.html"
    return render_template(page, course=course, columns=columns, lines=lines)
