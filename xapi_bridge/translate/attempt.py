"""A learner answers questions and finishes a quiz."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from xapi_bridge.statement import Statement
from xapi_bridge.statement.activities import InteractionType
from xapi_bridge.translate.building import Enrolment, NamedActivity, build_statement, duration_from_seconds
from xapi_bridge.vocabulary import adl, cchc


@dataclass(frozen=True)
class Answer:
    """What the learner answered.

    Attributes:
        interaction_type: of the question, in the words of xAPI Data 2.4.4.1.
        response: in that interaction's notation, for example `b` or `a[,]c`.
        scaled: points earned, 0.0 to 1.0; None while a person must still give them.
        success: whether it counts as right; None as long as `scaled`.
        correct_responses: in the same notation; empty when they must not be told.
    """

    interaction_type: InteractionType
    response: str
    scaled: float | None
    success: bool | None
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
    seconds: float | None = None,
) -> Statement:
    """The learner answered one question.

    Args:
        question: of type adl.INTERACTION.
        parents: the quiz, or the module for a check inside a lesson.
        seconds: time spent on it, if known.
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
        result=_answer_result(answer, seconds),
    )


def _answer_result(answer: Answer, seconds: float | None) -> dict[str, Any]:
    result: dict[str, Any] = {"response": answer.response}
    if answer.scaled is not None:
        result |= {"success": answer.success, "score": {"scaled": round(answer.scaled, 4)}}
    if seconds is not None:
        result["duration"] = duration_from_seconds(seconds)
    return result


def quiz_passed_or_failed(
    enrolment: Enrolment,
    quiz: NamedActivity,
    score: AttemptScore,
    *,
    parents: Sequence[NamedActivity],
    event_id: str,
    at: datetime,
    seconds: float | None = None,
    chain: str = "",
) -> Statement:
    """The learner finished an attempt; the verb is passed or failed.

    Args:
        parents: the quiz's module, or the package.
        seconds: time spent on the attempt, if known.
        chain: digest over all steps of the attempt, so that this record bears witness to them; may be empty.
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
    if chain:
        result["extensions"] = {cchc.chain_extension(enrolment.iri_base): chain}
    verb = adl.PASSED if score.passed else adl.FAILED
    return build_statement(enrolment, verb, quiz, parents=parents, event_id=event_id, at=at, result=result)
