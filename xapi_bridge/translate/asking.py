"""People search, ask, get answers and rate them: the question-and-answer channel."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from xapi_bridge.statement import Account, Statement
from xapi_bridge.translate.building import NamedActivity, activity_context, activity_object, compose_statement
from xapi_bridge.vocabulary import acrossx, activity_streams, adl, cchc, tincanapi

_KNOWLEDGE_BASE_TITLE = "Kho hỏi đáp về cải cách hành chính"


@dataclass(frozen=True)
class Asking:
    """Who does something with the knowledge base.

    Attributes:
        actor: a learner or an expert, a pseudonymous account; for an automatic answer the tool's own account.
        iri_base: beginning of our own IRIs (CCHC_IRI_BASE).
        registration: of the enrolment in which it happened; None outside of one.
    """

    actor: Account
    iri_base: str
    registration: UUID | None = None


@dataclass(frozen=True)
class Rating:
    """Points given to an answer, between `minimum` and `maximum`."""

    points: int
    minimum: int = 1
    maximum: int = 5

    @property
    def scaled(self) -> float:
        """Share of the points, 0.0 to 1.0."""
        return (self.points - self.minimum) / (self.maximum - self.minimum)


def knowledge_base(iri_base: str) -> NamedActivity:
    """The whole of questions, answers and documents."""
    return NamedActivity(cchc.knowledge_base_iri(iri_base), _KNOWLEDGE_BASE_TITLE, acrossx.SEARCH_ENGINE)


def asked_question(iri_base: str, question_id: str, title: str) -> NamedActivity:
    """A question that a learner put."""
    return NamedActivity(cchc.asked_question_iri(iri_base, question_id), title, adl.QUESTION)


def given_answer(iri_base: str, answer_id: str, title: str) -> NamedActivity:
    """An entry of the knowledge base, or an expert's answer."""
    return NamedActivity(cchc.answer_iri(iri_base, answer_id), title, activity_streams.ARTICLE)


def knowledge_searched(asking: Asking, *, words: str, found: int, event_id: str, at: datetime) -> Statement:
    """Somebody searched.

    Args:
        words: what was searched for, as typed; empty where the installation keeps no such texts.
        found: how many entries were shown.
    """
    result: dict[str, Any] = {"extensions": {cchc.found_extension(asking.iri_base): found}}
    if words:
        result["response"] = words
    whole = knowledge_base(asking.iri_base)
    return _compose(asking, acrossx.SEARCHED, whole, inside=None, event_id=event_id, at=at, result=result)


def question_asked(asking: Asking, question: NamedActivity, *, event_id: str, at: datetime) -> Statement:
    """Somebody put a question; `question` is made by `asked_question`."""
    return _compose(
        asking, adl.ASKED, question, inside=knowledge_base(asking.iri_base), event_id=event_id, at=at
    )


def question_answered(
    asking: Asking,
    question: NamedActivity,
    answer: NamedActivity,
    *,
    event_id: str,
    at: datetime,
    asked_in: UUID | None = None,
) -> Statement:
    """An expert or the system answered what somebody asked.

    Args:
        asking: who answers.
        answer: made by `given_answer`; stands as `other` context activity.
        asked_in: the statement in which the question was put, if there is one.
    """
    return _compose(
        asking,
        adl.ANSWERED,
        question,
        inside=knowledge_base(asking.iri_base),
        event_id=event_id,
        at=at,
        other=answer,
        about=asked_in,
    )


def answer_rated(
    asking: Asking, answer: NamedActivity, rating: Rating, *, event_id: str, at: datetime
) -> Statement:
    """Somebody rated an answer."""
    score = {
        "raw": rating.points,
        "min": rating.minimum,
        "max": rating.maximum,
        "scaled": round(rating.scaled, 4),
    }
    whole = knowledge_base(asking.iri_base)
    return _compose(
        asking, tincanapi.RATED, answer, inside=whole, event_id=event_id, at=at, result={"score": score}
    )


def _compose(
    asking: Asking,
    verb: str,
    thing: NamedActivity,
    *,
    inside: NamedActivity | None,
    event_id: str,
    at: datetime,
    result: Mapping[str, Any] | None = None,
    other: NamedActivity | None = None,
    about: UUID | None = None,
) -> Statement:
    context = activity_context(parents=[inside] if inside else [])
    if other is not None:
        context["contextActivities"]["other"] = [activity_object(other)]
    if asking.registration is not None:
        context["registration"] = str(asking.registration)
    if about is not None:
        context["statement"] = {"objectType": "StatementRef", "id": str(about)}
    return compose_statement(
        asking.actor,
        verb,
        activity_object(thing),
        iri=thing.iri,
        context=context,
        result=result,
        iri_base=asking.iri_base,
        event_id=event_id,
        at=at,
    )
