"""Opening a course from a plan: the demo's and the tests' way in."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, and_, select
from sqlalchemy.dialects.sqlite import insert

from lti_tool.practice_lms.tables import activity, course, enrolment, line_item, person


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
    #: Who may see everything but not change the course; products differ in what they call them.
    assistants: tuple[PersonPlan, ...] = ()


def open_course(connection: Connection, plan: CoursePlan, *, tool_id: int) -> int:
    """Brings a course to its plan and returns its id; doing it twice changes nothing.

    People, activities and columns that are not in the plan stay, and so do all grades.
    """
    course_id = _upsert(connection, course, {"label": plan.label}, {"title": plan.title}).course_id
    for role, people in (
        ("teacher", plan.teachers),
        ("learner", plan.learners),
        ("assistant", plan.assistants),
    ):
        _enrol(connection, course_id, people, role=role)
    for position, planned in enumerate(plan.activities, start=1):
        _place_activity(connection, planned, course_id=course_id, tool_id=tool_id, position=position)
    return int(course_id)


def _enrol(connection: Connection, course_id: int, people: Sequence[PersonPlan], *, role: str) -> None:
    for planned in people:
        person_id = _account(connection, planned, is_administrator=False)
        _upsert(connection, enrolment, {"course_id": course_id, "person_id": person_id}, {"role": role})


def add_administrator(connection: Connection, planned: PersonPlan) -> int:
    """The account of who registers tools; returns its id."""
    return _account(connection, planned, is_administrator=True)


def _account(connection: Connection, planned: PersonPlan, *, is_administrator: bool) -> int:
    named = {
        "staff_code": planned.staff_code,
        "family_name": planned.family_name,
        "given_name": planned.given_name,
        "affiliation": planned.affiliation,
        "is_administrator": is_administrator,
    }
    return int(_upsert(connection, person, {"username": planned.username}, named).person_id)


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
