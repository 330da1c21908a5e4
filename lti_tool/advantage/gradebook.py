"""Scores to the LMS's gradebook: fills sync's port `Gradebook` with AGS 2.0.

Only final scores go out, each with points: some LMSs delete the grade at anything else.

Spec: AGS 2.0, score service, result service and line item service.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import requests
from pylti1p3.grade import Grade
from sqlalchemy import Engine

from lti_tool.advantage.access_tokens import AccessTokens
from lti_tool.advantage.line_items import LINE_ITEM_SCOPE, LineItems
from lti_tool.advantage.link_headers import find_link, is_same_server
from lti_tool.advantage.reasons import redact_reason
from lti_tool.advantage.services import (
    LARGEST_LIST_BYTES,
    LmsServices,
    PlatformConnector,
    retry_after_seconds,
)
from lti_tool.platforms.errors import AccessTokenRefused, PlatformRefused
from lti_tool.platforms.lms_http import LmsHttp
from lti_tool.platforms.trust import TrustNotes
from sync.grade_errors import (
    ColumnGone,
    LearnerNotGraded,
    ResultsUnreadable,
    ScoreConflict,
    ScoreForbidden,
    ScoreNotDelivered,
    ScoreNotTaken,
    ScoreRefused,
)
from sync.ports import FoundLineItem, HeldResult, LineItemScore, WantedLineItem

SCORE_SCOPE: Final = "https://purl.imsglobal.org/spec/lti-ags/scope/score"
RESULT_SCOPE: Final = "https://purl.imsglobal.org/spec/lti-ags/scope/result.readonly"
SCORE_TYPE: Final = "application/vnd.ims.lis.v1.score+json"
RESULTS_TYPE: Final = "application/vnd.ims.lis.v2.resultcontainer+json"

#: The LMS has no time, or does not know our token any more; everything else below 500 stays refused.
_TRY_AGAIN: Final = frozenset({401, 408, 425, 429})
_MOST_PAGES: Final = 2_000


class AgsGradebook:
    """Talks to gradebooks with the credentials of their registration.

    Args:
        secret: opens our signing key.
        clock: the application's; tokens and assertions follow it.
    """

    def __init__(self, engine: Engine, http: LmsHttp, *, secret: str, clock: Callable[[], datetime]) -> None:
        tokens = AccessTokens(http, clock=clock, on_granted=TrustNotes(engine, clock=clock))
        self._services = LmsServices(engine, http, secret, clock, tokens)

    def post_score(self, score: LineItemScore) -> None:
        """As the port says. The words of the LMS are redacted: they repeat the learner's id."""
        connector = self._connect(score.platform_registration_id)
        answer = self._ask(
            connector,
            "POST",
            service_address(score.line_item_url, "scores"),
            SCORE_SCOPE,
            accept="*/*",
            body=_grade_of(score).get_value().encode(),
            content_type=SCORE_TYPE,
        )
        if answer.status_code == 409:
            raise ScoreConflict("The gradebook holds a score with the same or a later timestamp.")
        if not answer.ok:
            raise explained(connector, answer)

    def read_result(
        self, platform_registration_id: int, line_item_url: str, lms_user_id: str
    ) -> HeldResult | None:
        """As the port says; asks for the one learner only."""
        connector = self._connect(platform_registration_id)
        address = service_address(line_item_url, "results", user_id=lms_user_id)
        for _page, results in self._pages(connector, address):
            for result in results:
                if result.lms_user_id == lms_user_id:
                    return result
        return None

    def read_results(self, platform_registration_id: int, line_item_url: str) -> Sequence[HeldResult]:
        """As the port says. `limit` is never sent: some LMSs answer it with 404."""
        connector = self._connect(platform_registration_id)
        address = service_address(line_item_url, "results")
        return [one for _page, results in self._pages(connector, address) for one in results]

    def find_line_item(self, wanted: WantedLineItem) -> FoundLineItem | None:
        return self._line_items(wanted.platform_registration_id).find(wanted)

    def create_line_item(self, wanted: WantedLineItem) -> str:
        return self._line_items(wanted.platform_registration_id).create(wanted)

    def rename_line_item(self, platform_registration_id: int, line_item_url: str, label: str) -> None:
        self._line_items(platform_registration_id).rename(line_item_url, label)

    def _line_items(self, registration_id: int) -> LineItems:
        connector = self._connect(registration_id)

        def ask(method: str, address: str, **how: Any) -> requests.Response:
            answer = self._ask(connector, method, address, LINE_ITEM_SCOPE, **how)
            if not answer.ok:
                raise explained(connector, answer)
            return answer

        return LineItems(ask)

    def _pages(self, connector: PlatformConnector, address: str) -> Iterator[tuple[str, list[HeldResult]]]:
        """The pages of a result container, each with its address."""
        page, seen = address, {address}
        for _ in range(_MOST_PAGES):
            answer = self._ask_results(connector, page)
            yield page, read_result_container(answer.content)
            page = find_link(answer.headers.get("Link", ""), "next", base=page)
            if not page:
                return
            if page in seen or not is_same_server(page, address):
                break
            seen.add(page)
        raise ScoreNotDelivered("The pages of the gradebook's results lead in a circle or elsewhere.")

    def _ask_results(self, connector: PlatformConnector, address: str) -> requests.Response:
        try:
            answer = connector.ask(
                "GET",
                address,
                RESULT_SCOPE,
                accept=RESULTS_TYPE,
                largest_answer_bytes=LARGEST_LIST_BYTES,
            )
        except AccessTokenRefused as refused:
            raise ResultsUnreadable(str(refused)) from refused
        except PlatformRefused as failed:
            raise ScoreNotDelivered(str(failed)) from failed
        if answer.ok:
            return answer
        refusal = explained(connector, answer)
        if isinstance(refusal, ScoreRefused) and not isinstance(refusal, ColumnGone):
            raise ResultsUnreadable(str(refusal))
        raise refusal

    def _connect(self, registration_id: int) -> PlatformConnector:
        try:
            return self._services.connect(registration_id)
        except PlatformRefused as failed:
            raise ScoreNotDelivered(str(failed)) from failed

    def _ask(
        self, connector: PlatformConnector, method: str, address: str, scope: str, **how: Any
    ) -> requests.Response:
        try:
            return connector.ask(method, address, scope, **how)
        except PlatformRefused as failed:
            raise ScoreNotDelivered(str(failed)) from failed


def service_address(line_item_url: str, service: str, **asked: str) -> str:
    """A service below a line item: its path grows, its query stays (Moodle keeps `?type_id=` there)."""
    parts = urlsplit(line_item_url)
    query = parse_qsl(parts.query, keep_blank_values=True) + list(asked.items())
    return urlunsplit(parts._replace(path=f"{parts.path.rstrip('/')}/{service}", query=urlencode(query)))


def explained(connector: PlatformConnector, answer: requests.Response) -> ScoreNotTaken:
    """What an answer that is not a success means for a score or a column."""
    status = answer.status_code
    told = f"The gradebook answered {status}{redact_reason(answer.reason)}"
    if status in _TRY_AGAIN or status >= 500:
        return ScoreNotDelivered(f"{told}.", retry_after_seconds=retry_after_seconds(answer.headers))
    if is_page(answer):
        # A gradebook speaks JSON; a page comes from something before it: maintenance, a firewall, a crash.
        return ScoreNotDelivered(f"{told}, with a web page instead of a reason.")
    if status in {404, 410}:
        return ColumnGone(f"{told}: the column does not exist any more.")
    if status == 403:
        return ScoreForbidden(f"{told}: the LMS does not let this tool use its grade services.")
    if connector.quirks.only_learners_graded and status == 400:
        return LearnerNotGraded(f"{told}: the LMS does not grade this user in this course.")
    return ScoreRefused(f"{told}: the learner is not graded in this course, or the column is gone.")


def is_page(answer: requests.Response) -> bool:
    """Whether an answer is a page for people."""
    return answer.content[:1000].lstrip().lower().startswith((b"<!doctype html", b"<html"))


def read_result_container(content: bytes) -> list[HeldResult]:
    """The results of a page.

    Raises:
        ScoreNotDelivered: it is no JSON list.
    """
    try:
        listed: Any = json.loads(content)
    except (ValueError, RecursionError) as malformed:
        raise ScoreNotDelivered("The gradebook's results cannot be read.") from malformed
    if not isinstance(listed, list):
        raise ScoreNotDelivered("The gradebook's results are not a list.")
    return [_held(one) for one in listed if isinstance(one, dict) and one.get("userId") is not None]


def _held(result: dict[str, Any]) -> HeldResult:
    """A result as a share; AGS 2.0, 3.3.4.4: the maximum is 1 where none is named."""
    score, maximum = result.get("resultScore"), result.get("resultMaximum")
    usable = _is_number(score) and (maximum is None or (_is_number(maximum) and maximum > 0))
    share = float(score) / float(maximum or 1) if usable and score is not None else None
    return HeldResult(lms_user_id=str(result["userId"]), share=share)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _grade_of(score: LineItemScore) -> Grade:
    at = score.scored_at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    grade = (
        Grade()
        .set_user_id(score.lms_user_id)
        .set_score_given(score.score_given)
        .set_score_maximum(score.score_maximum)
        .set_activity_progress("Completed")
        .set_grading_progress("FullyGraded")
        .set_timestamp(at)
    )
    return grade.set_comment(score.comment) if score.comment else grade
