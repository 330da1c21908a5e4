"""How it went: score, success, completion, response, duration (xAPI Data 2.4.5)."""

from typing import Any

from xapi_bridge.statement.errors import ScoreOutOfRange
from xapi_bridge.statement.formats import check_duration, check_extensions
from xapi_bridge.statement.parts import Part


class Score(Part, frozen=True):
    """Attributes: scaled is -1.0 to 1.0; raw, min and max are points of the activity's own scale."""

    scaled: float | None = None
    raw: float | None = None
    min: float | None = None
    max: float | None = None


class Result(Part, frozen=True):
    """Every property is optional; `duration` is an ISO 8601 text."""

    score: Score | None = None
    success: bool | None = None
    completion: bool | None = None
    response: str | None = None
    duration: str | None = None
    extensions: dict[str, Any] | None = None


def check_result(result: Result, *, at: str) -> None:
    """Refuses a result that breaks a rule of xAPI Data 2.4.5."""
    if result.score is not None:
        _check_score(result.score, at=f"{at}.score")
    if result.duration is not None:
        check_duration(result.duration, at=f"{at}.duration")
    check_extensions(result.extensions, at=f"{at}.extensions")


def _check_score(score: Score, *, at: str) -> None:
    if score.scaled is not None and not -1 <= score.scaled <= 1:
        raise ScoreOutOfRange(f"{at}.scaled", "is outside -1 to 1")
    if score.min is not None and score.max is not None and score.min >= score.max:
        raise ScoreOutOfRange(f"{at}.min", "is not below max")
    if score.raw is None:
        return
    if score.min is not None and score.raw < score.min:
        raise ScoreOutOfRange(f"{at}.raw", "is below min")
    if score.max is not None and score.raw > score.max:
        raise ScoreOutOfRange(f"{at}.raw", "is above max")
