"""People, courses, activities and tools: the questions that pages and services ask, and copying a course."""

from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import Connection, Table, func, insert, literal, select

from lti_tool.practice_lms.errors import PageNotFound
from lti_tool.practice_lms.tables import activity, course, enrolment, line_item, person, tool
from lti_tool.practice_lms.vocabulary import SCOPES

Role = Literal["teacher", "assistant", "learner"]


@dataclass(frozen=True)
class Person:
    """One account; its id, as text, is the `sub` of messages."""

    person_id: int
    username: str
    staff_code: str
    family_name: str
    given_name: str
    affiliation: str
    is_administrator: bool

    @property
    def full_name(self) -> str:
        """Vietnamese order: family name, then given name."""
        return f"{self.family_name} {self.given_name}"

    @property
    def email(self) -> str:
        """A made-up address."""
        return f"{self.username}@example.test"


@dataclass(frozen=True)
class Course:
    """One course, with the role that the reader has in it."""

    course_id: int
    label: str
    title: str
    copied_from: int | None
    role: Role


@dataclass(frozen=True)
class Tool:
    """A registered tool; its id is also its deployment id.

    Attributes:
        status: `active`, or `pending` until the administrator activates it.
        custom: custom parameters of every launch.
        container: `iframe` or `window`.
    """

    tool_id: int
    client_id: str
    name: str
    login_url: str
    redirect_uri: str
    key_set_url: str
    more_redirect_uris: str
    target_link_uri: str
    deep_linking_url: str
    status: str
    scopes: str
    shares_name: bool
    shares_email: bool
    custom: dict[str, str]
    container: str

    @property
    def redirect_uris(self) -> tuple[str, ...]:
        """Every address to which messages may be posted."""
        return (self.redirect_uri, *self.more_redirect_uris.split())

    @property
    def opens_at(self) -> str:
        """What opens when an activity names nothing of its own."""
        return self.target_link_uri or self.redirect_uri

    @property
    def granted_scopes(self) -> tuple[str, ...]:
        """The scopes that it may ask for."""
        return tuple(self.scopes.split()) or SCOPES


@dataclass(frozen=True)
class Activity:
    """One activity; its id, as text, is the resource link id.

    Attributes:
        content: custom parameter `content` of a planned activity.
        custom: custom parameters from deep linking.
        target_link_uri: empty when it is the tool's.
        submission_review: what the tool said about reviewing submissions: `url`, `custom`.
        line_item_id: its own column.
        added_columns: how many columns the tool tied to it later.
    """

    activity_id: int
    course_id: int
    tool_id: int
    position: int
    title: str
    description: str
    content: str | None
    custom: dict[str, str]
    target_link_uri: str
    submission_review: dict[str, Any] | None
    line_item_id: int | None
    added_columns: int


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
    return select(course, enrolment.c.role).join(enrolment).where(enrolment.c.person_id == person_id)


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
    added = line_item.alias("added")
    counted = (
        select(func.count())
        .where(added.c.tied_activity_id == activity.c.activity_id)
        .scalar_subquery()
        .label("added_columns")
    )
    return select(activity, line_item.c.line_item_id, counted).outerjoin(
        line_item, line_item.c.activity_id == activity.c.activity_id
    )


@dataclass(frozen=True)
class Participant:
    """Somebody in a course."""

    person: Person
    role: Role


def list_participants(connection: Connection, course_id: int) -> list[Participant]:
    """Everybody in the course, in the order in which they were entered."""
    query = (
        select(person, enrolment.c.role)
        .join(enrolment)
        .where(enrolment.c.course_id == course_id)
        .order_by(person.c.person_id)
    )
    return [
        Participant(Person(**{name: value for name, value in row.items() if name != "role"}), row["role"])
        for row in connection.execute(query).mappings()
    ]


def list_learners(connection: Connection, course_id: int) -> list[Person]:
    """The learners of a course, as entered."""
    return [found.person for found in list_participants(connection, course_id) if found.role == "learner"]


def list_tools(connection: Connection) -> list[Tool]:
    """Every registered tool, the pending ones too."""
    return [Tool(**row) for row in connection.execute(select(tool).order_by(tool.c.tool_id)).mappings()]


def find_tool(connection: Connection, tool_id: int) -> Tool:
    """The registered tool with that id.

    Raises:
        PageNotFound: there is none.
    """
    row = connection.execute(select(tool).where(tool.c.tool_id == tool_id)).mappings().one_or_none()
    if row is None:
        raise PageNotFound("Công cụ này chưa đăng ký ở LMS.")
    return Tool(**row)


def course_label(connection: Connection, course_id: int) -> str:
    """The short name of a course.

    Raises:
        PageNotFound: there is none.
    """
    label = connection.scalar(select(course.c.label).where(course.c.course_id == course_id))
    if label is None:
        raise PageNotFound("Khóa học này không có.")
    return str(label)


def course_history(connection: Connection, course_id: int) -> list[int]:
    """The ids of the courses that this one was copied from, nearest first."""
    found: list[int] = []
    source = connection.scalar(select(course.c.copied_from).where(course.c.course_id == course_id))
    while source is not None and source not in found:
        found.append(source)
        source = connection.scalar(select(course.c.copied_from).where(course.c.course_id == source))
    return found


def copy_course(connection: Connection, course_id: int) -> int:
    """A copy of the course under a new id, as LMSs make it each year; returns the id.

    Activities and their columns get new ids, too, and keep what the tool gave them. Teachers and assistants
    come along, learners and grades do not.
    """
    source = connection.execute(select(course).where(course.c.course_id == course_id)).one()
    copies = connection.scalar(
        select(func.count()).select_from(course).where(course.c.label.like(f"{source.label}-%"))
    )
    number = int(copies or 0) + 2
    values = {
        "label": f"{source.label}-{number}",
        "title": f"{source.title} ({number})",
        "copied_from": course_id,
    }
    copy_id = _insert(connection, course, values)
    teaching = select(literal(copy_id), enrolment.c.person_id, enrolment.c.role).where(
        enrolment.c.course_id == course_id, enrolment.c.role != "learner"
    )
    connection.execute(insert(enrolment).from_select(["course_id", "person_id", "role"], teaching))
    for copied in list_activities(connection, course_id):
        _copy_activity(connection, copied, course_id=copy_id)
    return copy_id


def _copy_activity(connection: Connection, copied: Activity, *, course_id: int) -> None:
    row = (
        connection.execute(select(activity).where(activity.c.activity_id == copied.activity_id))
        .mappings()
        .one()
    )
    values = {name: value for name, value in row.items() if name != "activity_id"} | {"course_id": course_id}
    activity_id = _insert(connection, activity, values)
    column = (
        connection.execute(select(line_item).where(line_item.c.activity_id == copied.activity_id))
        .mappings()
        .one_or_none()
    )
    if column is not None:
        kept = {name: value for name, value in column.items() if name != "line_item_id"}
        connection.execute(insert(line_item).values(**kept | {"activity_id": activity_id}))


def _insert(connection: Connection, table: Table, values: dict[str, Any]) -> int:
    made = connection.execute(insert(table).values(values)).inserted_primary_key
    return int(made[0]) if made else 0
