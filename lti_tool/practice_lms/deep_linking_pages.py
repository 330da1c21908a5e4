"""Pages of choosing content: the picker in a frame, what came back, and taking it into the course."""

from flask import Blueprint, redirect, render_template, request, url_for
from sqlalchemy import Connection
from werkzeug.wrappers import Response

from lti_tool.practice_lms.courses import Course, Person, find_course, find_tool
from lti_tool.practice_lms.database_file import work
from lti_tool.practice_lms.deep_linking import (
    DeepLink,
    accept_items,
    begin_deep_link,
    find_deep_link,
    keep_answer,
    read_answer,
)
from lti_tool.practice_lms.errors import DeepLinkRefused, PageNotFound
from lti_tool.practice_lms.messages import Opening, begin_launch
from lti_tool.practice_lms.running import running_lms
from lti_tool.practice_lms.sign_in import require_sign_in

blueprint = Blueprint("deep_linking", __name__, url_prefix="/courses/<int:course_id>/deep-linking")


def taught_course(connection: Connection, course_id: int, *, person: Person) -> Course:
    """The course, for its teacher.

    Raises:
        PageNotFound: no such course, or somebody else's.
    """
    course = find_course(connection, course_id, person_id=person.person_id)
    if course.role != "teacher":
        raise PageNotFound("Chỉ giảng viên của khóa học thêm được nội dung.")
    return course


def _own_visit(connection: Connection, course_id: int, deep_link_id: str, *, person: Person) -> DeepLink:
    visit = find_deep_link(connection, deep_link_id)
    if visit.course_id != course_id or visit.person_id != person.person_id:
        raise PageNotFound("Lượt chọn nội dung này là của người khác.")
    return visit


@blueprint.post("")
def begin(course_id: int) -> Response:
    """Opens a tool's picker."""
    person = require_sign_in()
    running = running_lms()
    chosen = request.form.get("tool_id", "")
    with work(running.engine) as connection:
        taught_course(connection, course_id, person=person)
        tool = find_tool(connection, int(chosen) if chosen.isascii() and chosen.isdigit() else 0)
        if tool.status != "active" or not tool.deep_linking_url:
            raise PageNotFound("Công cụ này không cho chọn nội dung, hoặc còn chờ kích hoạt.")
        deep_link_id = begin_deep_link(
            connection,
            course_id=course_id,
            tool_id=tool.tool_id,
            person_id=person.person_id,
            now=running.clock(),
        )
    return redirect(url_for("deep_linking.show", course_id=course_id, deep_link_id=deep_link_id), code=303)


@blueprint.get("/<deep_link_id>")
def show(course_id: int, deep_link_id: str) -> str:
    """The picker in a frame; once it has answered, the items to be added."""
    person = require_sign_in()
    running = running_lms()
    with work(running.engine) as connection:
        visit = _own_visit(connection, course_id, deep_link_id, person=person)
        course = taught_course(connection, course_id, person=person)
        tool = find_tool(connection, visit.tool_id)
    if visit.items is None:
        return render_template("picker.html", visit=visit, course=course, tool=tool)
    return render_template("chosen.html", visit=visit, course=course, items=visit.chosen(running.profile))


@blueprint.get("/<deep_link_id>/launch")
def launch(course_id: int, deep_link_id: str) -> str:
    """Login initiation to the picker."""
    person = require_sign_in()
    running = running_lms()
    with work(running.engine) as connection:
        visit = _own_visit(connection, course_id, deep_link_id, person=person)
        tool = find_tool(connection, visit.tool_id)
        fields = begin_launch(
            connection,
            Opening("iframe", deep_link_id=deep_link_id),
            person=person,
            tool=tool,
            issuer=running.issuer,
            storage_offered=running.profile.platform_storage,
            now=running.clock(),
        )
    return render_template("post_on.html", address=tool.login_url, fields=fields)


@blueprint.post("/<deep_link_id>/return")
def take_answer(course_id: int, deep_link_id: str) -> str:
    """What the tool answers. It comes from the tool's site, so without our cookie: the signature says who."""
    running = running_lms()
    with work(running.engine) as connection:
        visit = find_deep_link(connection, deep_link_id)
        tool = find_tool(connection, visit.tool_id)
    if visit.course_id != course_id:
        raise DeepLinkRefused("Địa chỉ trả về không phải của khóa học này.")
    # Outside the transaction: the tool may ask us something while we ask it for its keys.
    claims = read_answer(
        request.form.get("JWT", ""),
        visit,
        tool,
        issuer=running.issuer,
        profile=running.profile,
        fetch_key_set=running.fetch_key_set,
        now=running.clock(),
    )
    with work(running.engine) as connection:
        keep_answer(connection, visit, claims, profile=running.profile, now=running.clock())
    return render_template("answered.html", visit=visit)


@blueprint.post("/<deep_link_id>/accept")
def accept(course_id: int, deep_link_id: str) -> Response:
    """The teacher takes the items into the course."""
    person = require_sign_in()
    running = running_lms()
    with work(running.engine) as connection:
        visit = _own_visit(connection, course_id, deep_link_id, person=person)
        taught_course(connection, course_id, person=person)
        urls = accept_items(connection, visit, profile=running.profile, now=running.clock())
    if running.profile.visits_new_activities:
        for url in urls:
            running.visit(url)
    return redirect(url_for("courses.show_course", course_id=course_id), code=303)
