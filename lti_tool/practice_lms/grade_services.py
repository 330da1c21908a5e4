"""Token endpoint and grade services of the platform (Security Framework 1.0, 4.1; AGS 2.0)."""

from typing import Any, Final

from flask import Blueprint, Response, jsonify, request

from lti_tool.practice_lms.access_tokens import (
    TOKEN_LIFETIME_SECONDS,
    grant_token,
    read_client,
    tool_of_token,
    verify_assertion,
)
from lti_tool.practice_lms.courses import Activity, find_activity
from lti_tool.practice_lms.errors import ServiceRefused
from lti_tool.practice_lms.gradebook import (
    Column,
    Grade,
    find_column,
    list_columns,
    list_grades,
    read_score,
    record_score,
)
from lti_tool.practice_lms.messages import line_item_url
from lti_tool.practice_lms.running import running_lms
from lti_tool.practice_lms.tables import work

blueprint = Blueprint("services", __name__, url_prefix="/lti")

LINE_ITEM: Final = "application/vnd.ims.lis.v2.lineitem+json"
LINE_ITEMS: Final = "application/vnd.ims.lis.v2.lineitemcontainer+json"
RESULTS: Final = "application/vnd.ims.lis.v2.resultcontainer+json"
SCORE: Final = "application/vnd.ims.lis.v1.score+json"
_SCOPE: Final = "https://purl.imsglobal.org/spec/lti-ags/scope/"
_READ_LINE_ITEMS: Final = (_SCOPE + "lineitem.readonly",)
_READ_RESULTS: Final = (_SCOPE + "result.readonly",)
_POST_SCORES: Final = (_SCOPE + "score",)


@blueprint.post("/token")
def give_token() -> dict[str, Any]:
    """Client credentials with an assertion that the tool signed (RFC 7523)."""
    running = running_lms()
    with work(running.engine) as connection:
        tool = read_client(connection, request.form)
    # Outside the transaction: the tool may ask us something while we ask it for its keys.
    claims = verify_assertion(
        request.form["client_assertion"],
        tool,
        token_url=f"{running.issuer}/lti/token",
        fetch_key_set=running.fetch_key_set,
        now=running.clock(),
    )
    with work(running.engine) as connection:
        granted = grant_token(
            connection, tool, claims, asked_scopes=request.form.get("scope", ""), now=running.clock()
        )
    return {
        "access_token": granted.token,
        "token_type": "Bearer",
        "expires_in": TOKEN_LIFETIME_SECONDS,
        "scope": " ".join(granted.scopes),
    }


@blueprint.get("/courses/<int:course_id>/lineitems")
def show_line_items(course_id: int) -> Response:
    """The tool's columns in a course; `resource_link_id` narrows to one activity (AGS 2.0, 3.2.4)."""
    _require_accept(LINE_ITEMS)
    running = running_lms()
    with work(running.engine) as connection:
        tool_id = tool_of_token(connection, _authorization(), scopes=_READ_LINE_ITEMS, now=running.clock())
        columns = [
            (column, find_activity(connection, column.activity_id))
            for column in list_columns(connection, course_id, tool_id=tool_id)
        ]
    wanted = request.args.get("resource_link_id")
    shown = [
        _line_item(column, activity)
        for column, activity in columns
        if wanted is None or wanted == str(activity.activity_id)
    ]
    return _answer(shown, LINE_ITEMS)


@blueprint.get("/courses/<int:course_id>/lineitems/<int:line_item_id>/lineitem")
def show_line_item(course_id: int, line_item_id: int) -> Response:
    """One column (AGS 2.0, 3.2)."""
    _require_accept(LINE_ITEM)
    running = running_lms()
    with work(running.engine) as connection:
        tool_id = tool_of_token(connection, _authorization(), scopes=_READ_LINE_ITEMS, now=running.clock())
        column = find_column(connection, course_id, line_item_id, tool_id=tool_id)
        activity = find_activity(connection, column.activity_id)
    return _answer(_line_item(column, activity), LINE_ITEM)


@blueprint.post("/courses/<int:course_id>/lineitems/<int:line_item_id>/lineitem/scores")
def take_score(course_id: int, line_item_id: int) -> tuple[str, int]:
    """A score for one learner (AGS 2.0, 3.4); answers 200 with nothing in it."""
    if request.mimetype != SCORE:
        raise ServiceRefused(415, f"The media type must be {SCORE}.")
    score = read_score(request.get_json(force=True, silent=True))
    running = running_lms()
    now = running.clock()
    with work(running.engine) as connection:
        tool_id = tool_of_token(connection, _authorization(), scopes=_POST_SCORES, now=now)
        column = find_column(connection, course_id, line_item_id, tool_id=tool_id)
        record_score(connection, column, score, course_id=course_id, now=now)
    return "", 200


@blueprint.get("/courses/<int:course_id>/lineitems/<int:line_item_id>/lineitem/results")
def show_results(course_id: int, line_item_id: int) -> Response:
    """The grades of one column; `user_id` narrows to one learner (AGS 2.0, 3.3)."""
    _require_accept(RESULTS)
    running = running_lms()
    with work(running.engine) as connection:
        tool_id = tool_of_token(connection, _authorization(), scopes=_READ_RESULTS, now=running.clock())
        column = find_column(connection, course_id, line_item_id, tool_id=tool_id)
        activity = find_activity(connection, column.activity_id)
        grades = list_grades(connection, [line_item_id])
    wanted = request.args.get("user_id")
    shown = [
        _result(grade, column, activity)
        for grade in grades
        if wanted is None or wanted == str(grade.person_id)
    ]
    return _answer(shown, RESULTS)


def _authorization() -> str:
    return request.headers.get("Authorization", "")


def _require_accept(media_type: str) -> None:
    """Exactly one media type, as the strictest LMS observed wants it."""
    if request.headers.get("Accept", "") != media_type:
        raise ServiceRefused(406, f"Accept must be {media_type}.")


def _line_item(column: Column, activity: Activity) -> dict[str, Any]:
    return {
        "id": line_item_url(running_lms().issuer, activity, line_item_id=column.line_item_id),
        "label": column.label,
        "scoreMaximum": column.score_maximum,
        "resourceLinkId": str(activity.activity_id),
        "resourceId": "",
        "tag": "",
    }


def _result(grade: Grade, column: Column, activity: Activity) -> dict[str, Any]:
    line_item = line_item_url(running_lms().issuer, activity, line_item_id=column.line_item_id)
    path, _, query = line_item.partition("?")
    return {
        "id": f"{path}/results?{query}&user_id={grade.person_id}",
        "scoreOf": line_item,
        "userId": str(grade.person_id),
        "resultScore": grade.points,
        "resultMaximum": column.score_maximum,
        "comment": grade.comment,
        "timestamp": grade.scored_at.isoformat(),
    }


def _answer(body: Any, media_type: str) -> Response:
    answer = jsonify(body)
    answer.headers["Content-Type"] = media_type
    return answer
