"""People, courses and activities: the questions that the pages ask, and opening a course."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import Connection, Row, and_, select
from sqlalchemy.dialects.sqlite import insert

from lti_tool.practice_lms.errors import PageNotFound
from lti_tool.practice_lms.tables import activity, course, enrolment, line_item, person, tool

Role = Literal["teacher", "learner"]


@dataclass(frozen=True)
class PersonPlan:
    """Somebody who shall be able to sign in.

    Attributes:
        username: sign-in name, unique.
        staff_code: what the tool receives as `lis.person_sourcedid`.
        family_name: family and middle name: 'Trần Thị'.
        given_name: 'Hoa'.
        affiliation: unit and post in words.
    """

    username: str
    staff_code: str
    family_name: str
    given_name: str
    affiliation: str


@dataclass(frozen=True)
class ActivityPlan:
    """An activity of a course; `content` goes to the tool as the custom parameter of that name."""

    title: str
    description: str
    content: str
    score_maximum: float = 100.0


@dataclass(frozen=True)
class CoursePlan:
    """A course as it shall be, its label being what it is known by."""

    label: str
    title: str
    teachers: tuple[PersonPlan, ...]
    learners: tuple[PersonPlan, ...]
    activities: tuple[ActivityPlan, ...]


@dataclass(frozen=True)
class Person:
    """One account; its id, as text, is the `sub` of messages."""

    person_id: int
    username: str
    staff_code: str
    family_name: str
    given_name: str
    affiliation: str

    @property
    def full_name(self) -> str:
        """Vietnamese order: family name, then given name."""
        return f"{self.family_name} {self.given_name}"


@dataclass(frozen=True)
class Course:
    """One course, with the role that the reader has in it."""

    course_id: int
    label: str
    title: str
    role: Role


@dataclass(frozen=True)
class Tool:
    """A registered tool; its id is also its deployment id."""

    tool_id: int
    client_id: str
    name: str
    login_url: str
    redirect_uri: str
    key_set_url: str


@dataclass(frozen=True)
class Activity:
    """One activity; its id, as text, is the resource link id."""

    activity_id: int
    course_id: int
    tool_id: int
    position: int
    title: str
    description: str
    content: str
    line_item_id: int | None


def list_people(connection: Connection) -> list[Person]:
    """Everybody who may sign in, in the order in which they were entered."""
    return [
        Person(**row) for row in connection.execute(select(person).order_by(person.c.person_id)).mappings()
    ]


def find_person(connection: Connection, person_id: int) -> Person | None:
    """The person with that id."""
    row = connection.execute(select(person).where(person.c.person_id == person_id)).mappings().one_or_none()
    return Person(**row) if row else None


def list_courses(connection: Connection, person_id: int) -> list[Course]:
    """The courses in which the person is enrolled."""
    query = _courses_of(person_id).order_by(course.c.title)
    return [Course(**row) for row in connection.execute(query).mappings()]


def find_course(connection: Connection, course_id: int, *, person_id: int) -> Course:
    """The course, for somebody enrolled in it.

    Raises:
        PageNotFound: no such course, or the person is not enrolled.
    """
    query = _courses_of(person_id).where(course.c.course_id == course_id)
    row = connection.execute(query).mappings().one_or_none()
    if row is None:
        raise PageNotFound("Khóa học này không có, hoặc bạn không có tên trong khóa học.")
    return Course(**row)


def _courses_of(person_id: int) -> Any:
    return (
        select(course.c.course_id, course.c.label, course.c.title, enrolment.c.role)
        .join(enrolment)
        .where(enrolment.c.person_id == person_id)
    )


def list_activities(connection: Connection, course_id: int) -> list[Activity]:
    """The activities of a course, in their order."""
    query = _activities().where(activity.c.course_id == course_id).order_by(activity.c.position)
    return [Activity(**row) for row in connection.execute(query).mappings()]


def find_activity(connection: Connection, activity_id: int) -> Activity:
    """The activity with that id.

    Raises:
        PageNotFound: there is none.
    """
    query = _activities().where(activity.c.activity_id == activity_id)
    row = connection.execute(query).mappings().one_or_none()
    if row is None:
        raise PageNotFound("Hoạt động này không có.")
    return Activity(**row)


def _activities() -> Any:
    return select(activity, line_item.c.line_item_id).outerjoin(
        line_item, line_item.c.activity_id == activity.c.activity_id
    )


def list_learners(connection: Connection, course_id: int) -> list[Person]:
    """The learners of a course, as entered."""
    query = (
        select(person)
        .join(enrolment)
        .where(enrolment.c.course_id == course_id, enrolment.c.role == "learner")
        .order_by(person.c.person_id)
    )
    return [Person(**row) for row in connection.execute(query).mappings()]


def find_tool(connection: Connection, tool_id: int) -> Tool:
    """The registered tool with that id."""
    return Tool(**connection.execute(select(tool).where(tool.c.tool_id == tool_id)).mappings().one())


def open_course(connection: Connection, plan: CoursePlan, *, tool_id: int) -> int:
    """Brings a course to its plan and returns its id; doing it twice changes nothing.

    People, activities and columns that are not in the plan stay, and so do all grades.
    """
    course_id = _upsert(connection, course, {"label": plan.label}, {"title": plan.title}).course_id
    for role, people in (("teacher", plan.teachers), ("learner", plan.learners)):
        _enrol(connection, course_id, people, role=role)
    for position, planned in enumerate(plan.activities, start=1):
        _place_activity(connection, planned, course_id=course_id, tool_id=tool_id, position=position)
    return int(course_id)


def _enrol(connection: Connection, course_id: int, people: Sequence[PersonPlan], *, role: str) -> None:
    for planned in people:
        named = {
            "staff_code": planned.staff_code,
            "family_name": planned.family_name,
            "given_name": planned.given_name,
            "affiliation": planned.affiliation,
        }
        person_id = _upsert(connection, person, {"username": planned.username}, named).person_id
        _upsert(connection, enrolment, {"course_id": course_id, "person_id": person_id}, {"role": role})


def _place_activity(
    connection: Connection, planned: ActivityPlan, *, course_id: int, tool_id: int, position: int
) -> None:
    placed = _upsert(
        connection,
        activity,
        {"course_id": course_id, "tool_id": tool_id, "content": planned.content},
        {"position": position, "title": planned.title, "description": planned.description},
    )
    _upsert(
        connection,
        line_item,
        {"activity_id": placed.activity_id},
        {"label": planned.title, "score_maximum": planned.score_maximum},
    )


def _upsert(connection: Connection, table: Any, key: dict[str, Any], values: dict[str, Any]) -> Row[Any]:
    """The row with that key, having those values now."""
    connection.execute(
        insert(table).values(key | values).on_conflict_do_update(index_elements=list(key), set_=values)
    )
    conditions = [table.c[name] == value for name, value in key.items()]
    return connection.execute(select(table).where(and_(*conditions))).one()
