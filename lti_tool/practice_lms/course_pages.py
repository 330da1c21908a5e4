"""Pages of the practice LMS: courses, activities with the tool in a frame, grades."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from flask import Blueprint, redirect, render_template, request, url_for
from sqlalchemy import Connection
from werkzeug.wrappers import Response

from lti_tool.practice_lms.courses import (
    Activity,
    Course,
    Person,
    copy_course,
    find_activity,
    find_course,
    find_tool,
    list_activities,
    list_courses,
    list_learners,
    list_participants,
    list_tools,
)
from lti_tool.practice_lms.database_file import work
from lti_tool.practice_lms.deep_linking_pages import taught_course
from lti_tool.practice_lms.errors import PageNotFound
from lti_tool.practice_lms.gradebook import Column, Grade, list_columns, list_grades
from lti_tool.practice_lms.messages import STORAGE_FRAME, DocumentTarget, Opening, begin_launch
from lti_tool.practice_lms.running import running_lms
from lti_tool.practice_lms.sign_in import require_sign_in

blueprint = Blueprint("courses", __name__)


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
    reader = require_sign_in()
    with work(running_lms().engine) as connection:
        courses = list_courses(connection, reader.person_id)
    return render_template("courses.html", courses=courses)


@blueprint.get("/courses/<int:course_id>")
def show_course(course_id: int) -> str:
    """A course and its activities."""
    reader = require_sign_in()
    with work(running_lms().engine) as connection:
        course = find_course(connection, course_id, person_id=reader.person_id)
        activities = list_activities(connection, course_id)
        columns = {column.activity_id: column for column in list_columns(connection, course_id)}
        grades = list_grades(connection, [column.line_item_id for column in columns.values()])
        pickers = [
            tool for tool in list_tools(connection) if tool.status == "active" and tool.deep_linking_url
        ]
    own = {grade.line_item_id: grade for grade in grades if grade.person_id == reader.person_id}
    lines = [
        ActivityLine(activity, columns.get(activity.activity_id), own.get(activity.line_item_id or 0))
        for activity in activities
    ]
    return render_template("course.html", course=course, lines=lines, pickers=pickers)


@blueprint.get("/activities/<int:activity_id>")
def show_activity(activity_id: int) -> str:
    """An activity: the tool in a frame of 600 px, as common LMSs show it, or a button that opens a window."""
    reader = require_sign_in()
    running = running_lms()
    with work(running.engine) as connection:
        activity = find_activity(connection, activity_id)
        course = find_course(connection, activity.course_id, person_id=reader.person_id)
        tool = find_tool(connection, activity.tool_id)
    reviewed = request.args.get("review", "")
    return render_template(
        "activity.html",
        activity=activity,
        course=course,
        tool=tool,
        reviewed=reviewed if reviewed.isdigit() else None,
        tool_origin="{0.scheme}://{0.netloc}".format(urlsplit(tool.redirect_uri)),
        storage_frame=STORAGE_FRAME if running.profile.platform_storage else "",
    )


@blueprint.get("/activities/<int:activity_id>/launch")
def launch_activity(activity_id: int) -> str:
    """Login initiation: a form that posts itself to the tool (Security Framework 1.0, 5.1.1.1)."""
    reader = require_sign_in()
    running = running_lms()
    document_target: DocumentTarget = "window" if request.args.get("target") == "window" else "iframe"
    with work(running.engine) as connection:
        activity = find_activity(connection, activity_id)
        course = find_course(connection, activity.course_id, person_id=reader.person_id)
        tool = find_tool(connection, activity.tool_id)
        reviewed = _reviewed_person(connection, course, document_target)
        fields = begin_launch(
            connection,
            Opening(document_target, activity=activity, reviewed_person_id=reviewed),
            person=reader,
            tool=tool,
            issuer=running.issuer,
            storage_offered=running.profile.platform_storage,
            now=running.clock(),
        )
    return render_template("post_on.html", address=tool.login_url, fields=fields)


def _reviewed_person(connection: Connection, course: Course, document_target: str) -> int | None:
    """Whose submission a teacher asks to see; nobody's in an ordinary launch."""
    asked = request.args.get("review", "")
    if not asked or (document_target == "window" and running_lms().profile.review_lost_in_window):
        return None
    for learner in list_learners(connection, course.course_id):
        if str(learner.person_id) == asked and course.role == "teacher":
            return learner.person_id
    raise PageNotFound("Chỉ giảng viên xem được bài làm, và chỉ của học viên trong khóa học.")


@blueprint.get("/courses/<int:course_id>/people")
def show_people(course_id: int) -> str:
    """Everybody in the course, with roles."""
    reader = require_sign_in()
    with work(running_lms().engine) as connection:
        course = find_course(connection, course_id, person_id=reader.person_id)
        participants = list_participants(connection, course_id)
    return render_template("participants.html", course=course, participants=participants)


@blueprint.post("/courses/<int:course_id>/copy")
def copy(course_id: int) -> Response:
    """A copy of the course, under new ids."""
    reader = require_sign_in()
    with work(running_lms().engine) as connection:
        taught_course(connection, course_id, person=reader)
        copy_id = copy_course(connection, course_id)
    return redirect(url_for("courses.show_course", course_id=copy_id), code=303)


@blueprint.get("/courses/<int:course_id>/return")
def return_from_tool(course_id: int) -> str:
    """Where the tool sends people back: leaves the frame, shows what the tool had to say."""
    reader = require_sign_in()
    with work(running_lms().engine) as connection:
        course = find_course(connection, course_id, person_id=reader.person_id)
    message = request.args.get("lti_errormsg") or request.args.get("lti_msg") or ""
    return render_template("returned.html", course=course, message=message)


@blueprint.get("/courses/<int:course_id>/grades")
def show_grades(course_id: int) -> str:
    """Teachers see everybody, learners see their own row."""
    reader = require_sign_in()
    with work(running_lms().engine) as connection:
        course = find_course(connection, course_id, person_id=reader.person_id)
        columns = list_columns(connection, course_id)
        reviewable = {
            activity.activity_id
            for activity in list_activities(connection, course_id)
            if activity.submission_review is not None
        }
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
    return render_template(page, course=course, columns=columns, lines=lines, reviewable=reviewable)
