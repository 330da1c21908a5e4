"""Scores to the LMS's gradebook: fills sync's port `Gradebook` with AGS 2.0.

Works outside a request as well (Celery, background thread): it opens its own short database session for the
registration and our key, closes it, and only then talks to the LMS.

Spec: AGS 2.0, score service and result service.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from pylti1p3.exception import LtiServiceException
from pylti1p3.grade import Grade
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from lti_tool.advantage.access_tokens import AccessTokens, PlatformConnector
from lti_tool.platforms.errors import AccessTokenRefused, PlatformRefused
from lti_tool.platforms.lms_http import LmsHttp
from lti_tool.platforms.register import find_platform_by_id
from lti_tool.platforms.tool_keys import SigningKey, find_or_create_signing_key, find_signing_key
from sync.errors import ScoreNotDelivered, ScoreRefused
from sync.ports import LineItemScore

SCORE_SCOPE: Final = "https://purl.imsglobal.org/spec/lti-ags/scope/score"
RESULT_SCOPE: Final = "https://purl.imsglobal.org/spec/lti-ags/scope/result.readonly"
SCORE_TYPE: Final = "application/vnd.ims.lis.v1.score+json"
RESULTS_TYPE: Final = "application/vnd.ims.lis.v2.resultcontainer+json"

#: The LMS has no time, or does not know our token any more; everything else below 500 stays refused.
_TRY_AGAIN: Final = frozenset({401, 408, 425, 429})
_CONFLICT: Final = 409
#: An LMS rounds what it rescales to its column.
_SAME: Final = 0.0001


class AgsGradebook:
    """Posts scores with the credentials of their registration.

    Args:
        secret: opens our signing key.
        clock: the application's; tokens and assertions follow it.
    """

    def __init__(self, engine: Engine, http: LmsHttp, *, secret: str, clock: Callable[[], datetime]) -> None:
        self._engine = engine
        self._http = http
        self._secret = secret
        self._clock = clock
        self._tokens = AccessTokens(http, clock=clock)

    def post_score(self, score: LineItemScore) -> None:
        """Returns when the LMS holds the score, or holds a better one by itself.

        Only final scores go out: Moodle deletes the grade at anything but FullyGraded.

        Raises:
            ScoreNotDelivered: network, 5xx, 429, 401, no token for now.
            ScoreRefused: any other refusal of the LMS: unknown learner, deleted column.
        """
        try:
            connector = self._connect(score.platform_registration_id)
            if self._post(connector, score) or self._is_held(connector, score):
                return
            # The column took an earlier score later than this one was reached (Moodle notes the time of
            # receipt), so this score counts from now.
            if self._post(connector, replace(score, scored_at=max(self._clock(), score.scored_at))):
                return
        except PlatformRefused as failed:
            raise ScoreNotDelivered(str(failed)) from failed
        raise ScoreNotDelivered("The gradebook column holds a lower score and does not take ours yet.")

    def _connect(self, registration_id: int) -> PlatformConnector:
        # Read-only first: on SQLite a caller that holds the write lock could otherwise wait for itself.
        with Session(self._engine.execution_options(read_only=True)) as session:
            platform = find_platform_by_id(session, registration_id)
            key = find_signing_key(session, secret=self._secret)
        return PlatformConnector(platform, key or self._make_key(), self._tokens, self._http)

    def _make_key(self) -> SigningKey:
        with Session(self._engine) as session, session.begin():
            return find_or_create_signing_key(session, secret=self._secret, now=self._clock())

    def _post(self, connector: PlatformConnector, score: LineItemScore) -> bool:
        """Whether the LMS took the score; False on 409: it holds one that is as new or newer."""
        try:
            connector.make_service_request(
                [SCORE_SCOPE],
                service_address(score.line_item_url, "scores"),
                is_post=True,
                data=_grade_of(score).get_value(),
                content_type=SCORE_TYPE,
                accept="*/*",
            )
        except LtiServiceException as refused:
            if refused.response.status_code == _CONFLICT:
                return False
            # `from None`: the library's message repeats the LMS's answer, and with it the learner's id.
            raise _explained(connector, [SCORE_SCOPE], refused) from None
        except ValueError:
            # The status said yes; some platforms answer with a body that is not JSON.
            return True
        return True

    def _is_held(self, connector: PlatformConnector, score: LineItemScore) -> bool:
        """Whether the column already shows this learner at least this score."""
        address = service_address(score.line_item_url, "results", user_id=score.lms_user_id)
        try:
            answer = connector.make_service_request([RESULT_SCOPE], address, accept=RESULTS_TYPE)
        except AccessTokenRefused:
            # Not every LMS lets us read results; then only sending again can tell.
            return False
        except LtiServiceException as refused:
            raise _explained(connector, [RESULT_SCOPE], refused) from None
        except ValueError as malformed:
            raise ScoreNotDelivered("The gradebook's results cannot be read.") from malformed
        held = _held_share(answer["body"], score.lms_user_id)
        return held is not None and held >= score.score_given / score.score_maximum - _SAME


def service_address(line_item_url: str, service: str, **asked: str) -> str:
    """A service below a line item: its path grows, its query stays (Moodle keeps `?type_id=` there)."""
    parts = urlsplit(line_item_url)
    query = parse_qsl(parts.query, keep_blank_values=True) + list(asked.items())
    return urlunsplit(parts._replace(path=f"{parts.path.rstrip('/')}/{service}", query=urlencode(query)))


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


def _held_share(results: Any, lms_user_id: str) -> float | None:
    """0.0 to 1.0 of the column's maximum, from the result container; None when there is no result."""
    for result in results if isinstance(results, list) else []:
        if isinstance(result, dict) and str(result.get("userId")) == lms_user_id:
            score, maximum = result.get("resultScore"), result.get("resultMaximum") or 1
            if isinstance(score, int | float) and isinstance(maximum, int | float):
                return score / maximum
    return None


def _explained(
    connector: PlatformConnector, scopes: list[str], refused: LtiServiceException
) -> ScoreNotDelivered | ScoreRefused:
    """What a status of the LMS means for the outbox. Its words are left out: they repeat the learner's id."""
    status = refused.response.status_code
    if status == 401:
        connector.forget_access_token(scopes)
    if status in _TRY_AGAIN or status >= 500:
        return ScoreNotDelivered(
            f"The gradebook answered {status}.", retry_after_seconds=_retry_after(refused.response.headers)
        )
    return ScoreRefused(
        f"The gradebook answered {status}: the learner is not graded in this course, or the column is gone."
    )


def _retry_after(headers: Any) -> float | None:
    """Seconds that the LMS asks to wait; its other form, a date, is left to our own pauses."""
    sent = str(headers.get("Retry-After", ""))
    return min(float(sent), 24 * 3600.0) if sent.isdigit() else None
