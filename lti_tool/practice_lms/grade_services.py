"""Scores and results (AGS 2.0, 3.3 and 3.4)."""

from typing import Any

from flask import Blueprint, Response, request

from lti_tool.practice_lms.database_file import work
from lti_tool.practice_lms.errors import BrokenService
from lti_tool.practice_lms.gradebook import Column, Grade, list_grades, read_score, record_score
from lti_tool.practice_lms.line_item_services import line_item_of
from lti_tool.practice_lms.line_items import find_column
from lti_tool.practice_lms.running import running_lms
from lti_tool.practice_lms.service_answers import (
    answer_json,
    asking_tool,
    cut_page,
    link_next,
    require_accept,
    require_content,
)
from lti_tool.practice_lms.vocabulary import RESULT_SCOPE, RESULTS, SCORE, SCORE_SCOPE

blueprint = Blueprint(
    "services", __name__, url_prefix="/lti/courses/<int:course_id>/lineitems/<int:line_item_id>/lineitem"
)


@blueprint.post("/scores")
def take_score(course_id: int, line_item_id: int) -> tuple[str, int]:
    """A score for one learner (AGS 2.0, 3.4); answers 200 with nothing in it."""
    score = read_score(require_content(SCORE))
    tool_id = asking_tool(SCORE_SCOPE)
    running = running_lms()
    with work(running.engine) as connection:
        column = find_column(connection, course_id, line_item_id, tool_id=tool_id)
        record_score(
            connection,
            column,
            score,
            course_id=course_id,
            unfinal_erases=running.profile.unfinal_score_erases,
            now=running.clock(),
        )
    return "", 200


@blueprint.get("/results")
def show_results(course_id: int, line_item_id: int) -> Response:
    """The grades of one column; `user_id` narrows to one learner (AGS 2.0, 3.3)."""
    require_accept(RESULTS)
    tool_id = asking_tool(RESULT_SCOPE)
    running = running_lms()
    if "limit" in request.args and running.profile.results_limit_is_404:
        raise BrokenService
    with work(running.engine) as connection:
        column = find_column(connection, course_id, line_item_id, tool_id=tool_id)
        grades = list_grades(connection, [line_item_id])
    wanted = request.args.get("user_id")
    shown = [_result(grade, column) for grade in grades if wanted is None or wanted == str(grade.person_id)]
    page, next_url = cut_page(shown)
    return link_next(answer_json(page, RESULTS), next_url)


def _result(grade: Grade, column: Column) -> dict[str, Any]:
    line_item = line_item_of(column)["id"]
    path, _, query = line_item.partition("?")
    shows_receipt = running_lms().profile.results_show_receipt
    return {
        "id": f"{path}/results?{query}&user_id={grade.person_id}",
        "scoreOf": line_item,
        "userId": str(grade.person_id),
        "resultScore": grade.points,
        "resultMaximum": column.score_maximum,
        "comment": grade.comment,
        "timestamp": (grade.received_at if shows_receipt else grade.scored_at).isoformat(),
    }
