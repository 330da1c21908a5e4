"""Columns that tools make, change and delete (AGS 2.0, 3.2)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from lti_tool.practice_lms.errors import ServiceRefused
from lti_tool.practice_lms.gradebook import Column, is_number, list_columns
from lti_tool.practice_lms.tables import activity, grade, line_item


@dataclass(frozen=True)
class WantedColumn:
    """A column as a tool describes it; `resource_link_id` ties it to an activity."""

    label: str
    score_maximum: float
    resource_id: str
    tag: str
    resource_link_id: str | None


def read_line_item(sent: Any) -> WantedColumn:
    """A column from the JSON that a tool sends (AGS 2.0, 3.2.1).

    Raises:
        ServiceRefused: 400, no object, or label or scoreMaximum missing or wrong.
    """
    if not isinstance(sent, Mapping):
        raise ServiceRefused(400, "The line item must be a JSON object.")
    label, maximum = sent.get("label"), sent.get("scoreMaximum")
    if not isinstance(label, str) or not label.strip():
        raise ServiceRefused(400, "The line item lacks label.")
    if not is_number(maximum) or maximum <= 0:
        raise ServiceRefused(400, "scoreMaximum must be a number above zero.")
    link = sent.get("resourceLinkId")
    return WantedColumn(
        label=label,
        score_maximum=float(maximum),
        resource_id=str(sent.get("resourceId") or ""),
        tag=str(sent.get("tag") or ""),
        resource_link_id=str(link) if link else None,
    )


def find_column(connection: Connection, course_id: int, line_item_id: int, *, tool_id: int) -> Column:
    """One column that belongs to the tool.

    Raises:
        ServiceRefused: 404, there is none.
    """
    for column in list_columns(connection, course_id, tool_id=tool_id):
        if column.line_item_id == line_item_id:
            return column
    raise ServiceRefused(404, "The tool has no such line item in this course.")


def add_column(connection: Connection, wanted: WantedColumn, *, course_id: int, tool_id: int) -> Column:
    """A further column of the tool; the same resourceId twice makes two, as on common LMSs.

    Raises:
        ServiceRefused: 400, resourceLinkId is no activity of the tool in this course.
    """
    made = connection.execute(
        insert(line_item).values(
            course_id=course_id,
            tool_id=tool_id,
            tied_activity_id=_tied_activity(connection, wanted, course_id=course_id, tool_id=tool_id),
            **_values(wanted),
        )
    ).inserted_primary_key
    return find_column(connection, course_id, int(made[0]) if made else 0, tool_id=tool_id)


def _tied_activity(
    connection: Connection, wanted: WantedColumn, *, course_id: int, tool_id: int
) -> int | None:
    if wanted.resource_link_id is None:
        return None
    own = connection.scalars(
        select(activity.c.activity_id).where(activity.c.course_id == course_id, activity.c.tool_id == tool_id)
    )
    for activity_id in own:
        if str(activity_id) == wanted.resource_link_id:
            return int(activity_id)
    raise ServiceRefused(400, "resourceLinkId is no activity of this tool in this course.")


def _values(wanted: WantedColumn) -> dict[str, Any]:
    return {
        "label": wanted.label,
        "score_maximum": wanted.score_maximum,
        "resource_id": wanted.resource_id,
        "tag": wanted.tag,
    }


def change_column(connection: Connection, column: Column, wanted: WantedColumn) -> Column:
    """The column as wanted now."""
    connection.execute(
        update(line_item).where(line_item.c.line_item_id == column.line_item_id).values(_values(wanted))
    )
    return find_column(connection, column.course_id, column.line_item_id, tool_id=column.tool_id)


def delete_column(connection: Connection, column: Column) -> None:
    """Deletes a column and the grades in it."""
    connection.execute(delete(grade).where(grade.c.line_item_id == column.line_item_id))
    connection.execute(delete(line_item).where(line_item.c.line_item_id == column.line_item_id))
