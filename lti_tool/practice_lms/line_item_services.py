"""Line items: listed, read, made, changed and deleted by tools (AGS 2.0, 3.2)."""

from typing import Any

from flask import Blueprint, Response, request

from lti_tool.practice_lms.addresses import line_item_url
from lti_tool.practice_lms.database_file import work
from lti_tool.practice_lms.errors import ServiceRefused
from lti_tool.practice_lms.gradebook import Column, list_columns
from lti_tool.practice_lms.line_items import (
    add_column,
    change_column,
    delete_column,
    find_column,
    read_line_item,
)
from lti_tool.practice_lms.running import running_lms
from lti_tool.practice_lms.service_answers import (
    answer_json,
    asking_tool,
    cut_page,
    link_next,
    require_accept,
    require_content,
)
from lti_tool.practice_lms.vocabulary import (
    LINE_ITEM,
    LINE_ITEM_READ_SCOPE,
    LINE_ITEM_SCOPE,
    LINE_ITEMS,
)

blueprint = Blueprint("line_items", __name__, url_prefix="/lti/courses/<int:course_id>/lineitems")
_ONE = "/<int:line_item_id>/lineitem"
#: What a list may be narrowed by (AGS 2.0, 3.2.4) -> the field that is compared.
_FILTERS = {"resource_link_id": "resourceLinkId", "resource_id": "resourceId", "tag": "tag"}


@blueprint.get("")
def show_line_items(course_id: int) -> Response:
    """The tool's columns in a course (AGS 2.0, 3.2.4)."""
    require_accept(LINE_ITEMS)
    tool_id = asking_tool(LINE_ITEM_READ_SCOPE, LINE_ITEM_SCOPE)
    running = running_lms()
    with work(running.engine) as connection:
        columns = list_columns(connection, course_id, tool_id=tool_id)
    shown = [line_item_of(column) for column in columns]
    for name, field in _FILTERS.items():
        if name in request.args:
            shown = [item for item in shown if item.get(field) == request.args[name]]
    page, next_url = cut_page(shown)
    return link_next(answer_json(page, LINE_ITEMS), next_url, broken=running.profile.link_header_broken)


@blueprint.post("")
def make_line_item(course_id: int) -> Response:
    """A further column (AGS 2.0, 3.2.5)."""
    tool_id = asking_tool(LINE_ITEM_SCOPE)
    wanted = read_line_item(require_content(LINE_ITEM))
    with work(running_lms().engine) as connection:
        made = add_column(connection, wanted, course_id=course_id, tool_id=tool_id)
    return answer_json(line_item_of(made), LINE_ITEM, status=201)


@blueprint.get(_ONE)
def show_line_item(course_id: int, line_item_id: int) -> Response:
    """One column (AGS 2.0, 3.2)."""
    require_accept(LINE_ITEM, any_will_do=True)
    tool_id = asking_tool(LINE_ITEM_READ_SCOPE, LINE_ITEM_SCOPE)
    with work(running_lms().engine) as connection:
        column = find_column(connection, course_id, line_item_id, tool_id=tool_id)
    return answer_json(line_item_of(column), LINE_ITEM)


@blueprint.put(_ONE)
def put_line_item(course_id: int, line_item_id: int) -> Response:
    """The column as the tool wants it now: what is left out becomes empty (AGS 2.0, 3.2.7)."""
    tool_id = asking_tool(LINE_ITEM_SCOPE)
    wanted = read_line_item(require_content(LINE_ITEM))
    with work(running_lms().engine) as connection:
        column = find_column(connection, course_id, line_item_id, tool_id=tool_id)
        changed = change_column(connection, column, wanted)
    return answer_json(line_item_of(changed), LINE_ITEM)


@blueprint.delete(_ONE)
def remove_line_item(course_id: int, line_item_id: int) -> tuple[str, int]:
    """Deletes a column with its grades (AGS 2.0, 3.2.8)."""
    tool_id = asking_tool(LINE_ITEM_SCOPE)
    running = running_lms()
    with work(running.engine) as connection:
        column = find_column(connection, course_id, line_item_id, tool_id=tool_id)
        if column.activity_id is not None and not running.profile.own_column_deletable:
            raise ServiceRefused(403, "The column of an activity belongs to the LMS.")
        delete_column(connection, column)
    return "", 204


def line_item_of(column: Column) -> dict[str, Any]:
    """A column as the standard writes it."""
    linked = column.activity_id or column.tied_activity_id
    return {
        "id": line_item_url(
            running_lms().issuer,
            column.course_id,
            tool_id=column.tool_id,
            line_item_id=column.line_item_id,
        ),
        "label": column.label,
        "scoreMaximum": column.score_maximum,
        "resourceId": column.resource_id,
        "tag": column.tag,
    } | ({"resourceLinkId": str(linked)} if linked else {})
