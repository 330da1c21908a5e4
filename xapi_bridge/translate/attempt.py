"""A learner answers questions and finishes a quiz."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from xapi_bridge.statement import Statement
from xapi_bridge.statement.activities import InteractionType
from xapi_bridge.translate.building import Enrolment, NamedActivity, build_statement, duration_from_seconds
from xapi_bridge.vocabulary import adl


@dataclass(frozen=True)
class Answer:
    """What the learner answered.

    Attributes:
        interaction_type: of the question, in the words of xAPI Data 2.4.4.1.
        response: in that interaction's notation, for example `b` or `a[,]c`.
        scaled: points earned, 0.0 to 1.0.
        success: whether it counts as right.
        correct_responses: in the same notation; empty when they must not be told.
    """

    interaction_type: InteractionType
    response: str
    scaled: float
    success: bool
    correct_responses: Sequence[str] = ()


@dataclass(frozen=True)
class AttemptScore:
    """The outcome of a finished attempt: points between `minimum` and `maximum`, and whether that passes."""

    raw: float
    maximum: float
    passed: bool
    minimum: float = 0.0

    @property
    def scaled(self) -> float:
        """Share of the points, 0.0 to 1.0."""
        return (self.raw - self.minimum) / (self.maximum - self.minimum)


def quiz_initialized(
    enrolment: Enrolment,
    quiz: NamedActivity,
    *,
    parents: Sequence[NamedActivity],
    event_id: str,
    at: datetime,
) -> Statement:
    """The learner began an attempt at a quiz; `parents` is its module, or the package."""
    return build_statement(enrolment, adl.INITIALIZED, quiz, parents=parents, event_id=event_id, at=at)


def question_answered(
    enrolment: Enrolment,
    question: NamedActivity,
    answer: Answer,
    *,
    parents: Sequence[NamedActivity],
    event_id: str,
    at: datetime,
) -> Statement:
    """The learner answered one question.

    Args:
        question: of type adl.INTERACTION.
        parents: the quiz, or the module for a check inside a lesson.
    """
    interaction: dict[str, Any] = {"interactionType": answer.interaction_type}
    if answer.correct_responses:
        interaction["correctResponsesPattern"] = list(answer.correct_responses)
    return build_statement(
        enrolment,
        adl.ANSWERED,
        question,
        parents=parents,
        event_id=event_id,
        at=at,
        interaction=interaction,
        result={
            "response": answer.response,
            "success": answer.success,
            "score": {"scaled": round(answer.scaled, 4)},
        },
    )


def quiz_passed_or_failed(
    enrolment: Enrolment,
    quiz: NamedActivity,
    score: AttemptScore,
    *,
    parents: Sequence[NamedActivity],
    event_id: str,
    at: datetime,
    seconds: float | None = None,
) -> Statement:
    """The learner finished an attempt; the verb is passed or failed.

    Args:
        parents: the quiz's module, or the package.
        seconds: time spent on the attempt, if known.
    """
    result: dict[str, Any] = {
        "score": {
            "scaled": round(score.scaled, 4),
            "raw": score.raw,
            "min": score.minimum,
            "max": score.maximum,
        },
        "success": score.passed,
        "completion": True,
    }
    if seconds is not None:
        result["duration"] = duration_from_seconds(seconds)
    verb = adl.PASSED if score.passed else adl.FAILED
    return build_statement(enrolment, verb, quiz, parents=parents, event_id=event_id, at=at, result=result)
