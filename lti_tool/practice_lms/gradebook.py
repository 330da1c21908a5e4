"""Columns, scores and the pages that show them (AGS 2.0)."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, TypeGuard

from sqlalchemy import Connection, func, select
from sqlalchemy.dialects.sqlite import insert

from lti_tool.practice_lms.errors import ServiceRefused
from lti_tool.practice_lms.tables import activity, enrolment, grade, line_item


@dataclass(frozen=True)
class Column:
    """One column of a gradebook.

    Attributes:
        activity_id: the activity whose own column it is; absent for one that a tool added.
        tied_activity_id: the activity to which a tool tied an added one.
    """

    line_item_id: int
    course_id: int
    tool_id: int
    activity_id: int | None
    tied_activity_id: int | None
    label: str
    score_maximum: float
    resource_id: str
    tag: str


@dataclass(frozen=True)
class Score:
    """A score as a tool sent it.

    Attributes:
        points_of: (given, maximum), or `None` when the score has no points or is not final.
        final: whether its grading is over.
        scored_at: when the tool says that it was reached, aware.
    """

    lms_user_id: str
    final: bool
    points_of: tuple[float, float] | None
    comment: str
    scored_at: datetime


@dataclass(frozen=True)
class Grade:
    """What the gradebook holds for one person in one column; `points` in points of the column."""

    line_item_id: int
    person_id: int
    points: float | None
    comment: str
    scored_at: datetime
    received_at: datetime


def list_columns(connection: Connection, course_id: int, *, tool_id: int | None = None) -> list[Column]:
    """The columns of a course, in the order of its activities, added ones last; one tool's when named."""
    course_of, tool_of = (
        func.coalesce(activity.c.course_id, line_item.c.course_id),
        func.coalesce(activity.c.tool_id, line_item.c.tool_id),
    )
    query = (
        select(
            *(
                line_item.c[field.name]
                for field in fields(Column)
                if field.name not in {"course_id", "tool_id"}
            ),
            course_of.label("course_id"),
            tool_of.label("tool_id"),
        )
        .outerjoin(activity, activity.c.activity_id == line_item.c.activity_id)
        .where(course_of == course_id)
        .order_by(activity.c.position.nulls_last(), line_item.c.line_item_id)
    )
    if tool_id is not None:
        query = query.where(tool_of == tool_id)
    return [Column(**row) for row in connection.execute(query).mappings()]


def read_score(sent: Any) -> Score:
    """A score from the JSON that a tool posts (AGS 2.0, 3.4).

    Raises:
        ServiceRefused: 400, a field is missing or wrong.
    """
    if not isinstance(sent, Mapping):
        raise ServiceRefused(400, "The score must be a JSON object.")
    for name in ("userId", "timestamp", "activityProgress", "gradingProgress"):
        if not sent.get(name):
            raise ServiceRefused(400, f"The score lacks {name}.")
    final = sent["gradingProgress"] == "FullyGraded"
    return Score(
        lms_user_id=str(sent["userId"]),
        final=final,
        points_of=_points(sent) if final else None,
        comment=str(sent.get("comment") or ""),
        scored_at=_timestamp(sent["timestamp"]),
    )


def _points(sent: Mapping[str, Any]) -> tuple[float, float] | None:
    given, maximum = sent.get("scoreGiven"), sent.get("scoreMaximum")
    if given is None:
        return None
    if not is_number(given) or not is_number(maximum) or maximum <= 0:
        raise ServiceRefused(400, "scoreGiven needs a scoreMaximum, both numbers, the maximum above zero.")
    return given, maximum


def is_number(value: Any) -> TypeGuard[float]:
    """Whether JSON's value is a number that can be reckoned with."""
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _timestamp(text: Any) -> datetime:
    try:
        instant = datetime.fromisoformat(str(text))
    except ValueError as broken:
        raise ServiceRefused(400, "timestamp is not an ISO 8601 date and time.") from broken
    if instant.tzinfo is None:
        raise ServiceRefused(400, "timestamp lacks a time zone.")
    return instant


def record_score(
    connection: Connection,
    column: Column,
    score: Score,
    *,
    course_id: int,
    unfinal_erases: bool,
    now: datetime,
) -> None:
    """Takes a score into the gradebook.

    Args:
        unfinal_erases: a score that is not final erases the grade, as on common LMSs; else it leaves it.

    Raises:
        ServiceRefused: 400, not a learner of the course; 409, not later than the score already held (AGS 2.0,
            3.4.1), compared in whole seconds, as common LMSs do.
    """
    person_id = _find_learner(connection, course_id, score.lms_user_id)
    held = connection.scalar(
        select(grade.c.scored_at).where(
            grade.c.line_item_id == column.line_item_id, grade.c.person_id == person_id
        )
    )
    if held is not None and int(score.scored_at.timestamp()) <= int(held.timestamp()):
        raise ServiceRefused(409, "A score with the same or a later timestamp is held already.")
    values: dict[str, Any] = {"scored_at": score.scored_at, "received_at": now}
    if score.final or unfinal_erases:
        values |= {"points": _in_points_of(column, score), "comment": score.comment}
    connection.execute(
        insert(grade)
        .values(**{"line_item_id": column.line_item_id, "person_id": person_id, "comment": ""} | values)
        .on_conflict_do_update(index_elements=["line_item_id", "person_id"], set_=values)
    )


def _find_learner(connection: Connection, course_id: int, lms_user_id: str) -> int:
    person_id = connection.scalar(
        select(enrolment.c.person_id).where(
            enrolment.c.course_id == course_id,
            enrolment.c.person_id
            == (int(lms_user_id) if lms_user_id.isascii() and lms_user_id.isdigit() else -1),
            enrolment.c.role == "learner",
        )
    )
    if person_id is None:
        raise ServiceRefused(400, "userId is not a learner of this course.")
    return int(person_id)


def _in_points_of(column: Column, score: Score) -> float | None:
    """Rescaled to the column's maximum and kept within it."""
    if score.points_of is None:
        return None
    given, maximum = score.points_of
    return max(0.0, min(given / maximum, 1.0)) * column.score_maximum


def list_grades(connection: Connection, line_item_ids: list[int]) -> list[Grade]:
    """All grades of those columns."""
    query = select(grade).where(grade.c.line_item_id.in_(line_item_ids)).order_by(grade.c.person_id)
    return [Grade(**row) for row in connection.execute(query).mappings()]
