"""Milestones of studying, told as statements. Ids follow from the event, so a repeat stores nothing twice.

Events are named by what they are (learner, module, section …), not by row numbers: a database that was
restored elsewhere tells the same event under the same id.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from content_packages.assessment.attempts import AttemptState
from content_packages.assessment.disclosure import shown_in
from content_packages.assessment.finishing import AttemptOutcome, ScoredItem
from content_packages.assessment.keys import right_answer
from content_packages.assessment.responses import Response, read_response
from content_packages.assessment.scoring import numbers_read_from
from content_packages.assessment.timing import seconds_between_saves
from content_packages.contents import Module, Question, Quiz, Section
from content_packages.player.study import Study
from xapi_bridge.statement import Statement
from xapi_bridge.statement.activities import InteractionType
from xapi_bridge.store.record import record_statements
from xapi_bridge.translate import Enrolment, NamedActivity, attempt, lesson
from xapi_bridge.translate.attendance import statement_voided
from xapi_bridge.translate.building import statement_id
from xapi_bridge.vocabulary import adl, cchc

_INTERACTIONS: dict[str, InteractionType] = {
    "single": "choice",
    "truefalse": "choice",
    "multiple": "choice",
    "match": "matching",
    "order": "sequencing",
    "numeric": "numeric",
    "short": "fill-in",
    "cloze": "fill-in",
    "essay": "long-fill-in",
}
_NAME_LENGTH = 120


def record_milestones(
    session: Session, study: Study, statements: Sequence[Statement], *, now: datetime
) -> None:
    """Records the statements, vouched for by this installation; the last step of a use case."""
    if statements:
        record_statements(session, statements, authority=cchc.tool_authority(study.iri_base), now=now)


def opened(study: Study, module: Module, *, at: datetime) -> Statement:
    """The learner opened the module for the first time."""
    event_id = _event(study, "m", module.id, "opened")
    return lesson.module_initialized(_enrolment(study), _module(study, module), event_id=event_id, at=at)


def section_read(study: Study, module: Module, section: Section, *, at: datetime) -> Statement:
    """The learner marked a section as read."""
    iri = cchc.section_iri(study.iri_base, study.package.id, module.id, section.number)
    told = study.package.modules[module.id].sections[section.number - 1]
    return lesson.section_experienced(
        _enrolment(study),
        NamedActivity(iri, told.title, adl.LESSON),
        module=_module(study, module),
        event_id=_event(study, "m", module.id, "s", str(section.number), "read"),
        at=at,
    )


def check_answered(
    study: Study,
    module: Module,
    question: Question,
    *,
    response: Response,
    earned: float,
    seq: int,
    at: datetime,
) -> Statement:
    """The learner tried an inline check for the `seq`-th time."""
    return attempt.question_answered(
        _enrolment(study),
        _question(study, question),
        _answer(question, response, earned, tells_key=earned >= 1.0),
        parents=[_module(study, module)],
        event_id=_event(study, "m", module.id, "q", question.id, str(seq)),
        at=at,
    )


def progressed(study: Study, module: Module, *, percent: int, at: datetime) -> Statement:
    """The learner got further: `percent` 1 to 99 of what the module asks for."""
    event_id = _event(study, "m", module.id, "progressed", str(percent))
    return lesson.module_progressed(
        _enrolment(study), _module(study, module), percent=percent, event_id=event_id, at=at
    )


def completed(study: Study, module: Module, *, at: datetime) -> Statement:
    """The learner did everything that the module asks for."""
    event_id = _event(study, "m", module.id, "completed")
    return lesson.module_completed(_enrolment(study), _module(study, module), event_id=event_id, at=at)


def attempt_begun(study: Study, begun: AttemptState) -> Statement:
    """The learner began an attempt."""
    quiz = study.package.quizzes[begun.quiz_id]
    return attempt.quiz_initialized(
        _enrolment(study),
        _quiz(study, quiz),
        parents=_parents(study, quiz),
        event_id=_attempt_event(begun, "begun"),
        at=begun.started_at,
    )


def answers_given(study: Study, outcome: AttemptOutcome) -> list[Statement]:
    """The answers of an attempt that was handed in, one statement each."""
    quiz = study.package.quizzes[outcome.attempt.quiz_id]
    seconds = seconds_per_item(outcome)
    return [
        _item_answered(study, quiz, outcome.attempt, scored, seconds=seconds.get(scored.item.position))
        for scored in outcome.items
        if scored.item.is_answered
    ]


def attempt_result(study: Study, outcome: AttemptOutcome, telling: int, *, now: datetime) -> Statement:
    """Passed or failed, with the score and the end of the chain of steps.

    Args:
        telling: 1 for the result at the end of the attempt; higher when points were given or counted again.
    """
    told, quiz = outcome.attempt, study.package.quizzes[outcome.attempt.quiz_id]
    maximum = sum(scored.question.mark for scored in outcome.items)
    finished_at = told.finished_at or told.started_at
    return attempt.quiz_passed_or_failed(
        _enrolment(study),
        _quiz(study, quiz),
        attempt.AttemptScore(
            raw=round((told.score or 0.0) * maximum, 4), maximum=maximum, passed=bool(told.passed)
        ),
        parents=_parents(study, quiz),
        event_id=_result_event(told, telling),
        # A result that replaces another one, or that waited for a marker, was reached when it was known.
        at=finished_at if telling == 1 else now,
        seconds=(finished_at - told.started_at).total_seconds(),
        chain=told.chain,
    )


def result_taken_back(
    study: Study, before: AttemptState, telling: int, *, reason: str, at: datetime
) -> Statement:
    """Voids the result that was told before (xAPI Data 2.3.2)."""
    iri = cchc.quiz_iri(study.iri_base, before.package_id, before.quiz_id)
    verb = adl.PASSED if before.passed else adl.FAILED
    event_id = _result_event(before, telling)
    return statement_voided(
        cchc.tool_authority(study.iri_base),
        statement_id(study.iri_base, event_id=event_id, verb=verb, iri=iri),
        reason=reason,
        iri_base=study.iri_base,
        event_id=f"{event_id}/taken-back",
        at=at,
    )


def seconds_per_item(outcome: AttemptOutcome) -> dict[int, float]:
    """Position -> seconds between the save before and the last save of the answer, at most half an hour.

    It is the time of thinking only where questions were answered one after the other; a pause counts to what
    was answered after it, up to the limit.
    """
    return seconds_between_saves(
        outcome.attempt.started_at,
        {one.item.position: one.item.saved_at for one in outcome.items if one.item.saved_at is not None},
    )


def _item_answered(
    study: Study, quiz: Quiz, of: AttemptState, scored: ScoredItem, *, seconds: float | None
) -> Statement:
    tells_key = "answers" in shown_in(quiz, "after")
    return attempt.question_answered(
        _enrolment(study),
        _question(study, scored.question),
        _answer(
            scored.question,
            scored.response,
            None if scored.awaits_marking else scored.earned,
            tells_key=tells_key,
        ),
        parents=[_quiz(study, quiz)],
        event_id=_attempt_event(of, "q", scored.question.id),
        at=scored.item.saved_at or of.started_at,
        seconds=seconds,
    )


def _enrolment(study: Study) -> Enrolment:
    package = study.package
    iri = cchc.package_iri(study.iri_base, package.id)
    return Enrolment(
        learner=study.learner,
        registration=study.registration,
        package=NamedActivity(iri, package.title, adl.COURSE),
        package_version=package.digest,
        iri_base=study.iri_base,
    )


def _module(study: Study, module: Module) -> NamedActivity:
    """Named as the package is written, whatever language the learner reads; so are the next two."""
    title = study.package.modules[module.id].title
    return NamedActivity(cchc.module_iri(study.iri_base, study.package.id, module.id), title, adl.MODULE)


def _quiz(study: Study, quiz: Quiz) -> NamedActivity:
    title = study.package.quizzes[quiz.id].title
    return NamedActivity(cchc.quiz_iri(study.iri_base, study.package.id, quiz.id), title, adl.ASSESSMENT)


def _question(study: Study, question: Question) -> NamedActivity:
    iri = cchc.question_iri(study.iri_base, study.package.id, question.id)
    stem = " ".join(study.package.questions[question.id].stem.split())
    name = stem if len(stem) <= _NAME_LENGTH else stem[: _NAME_LENGTH - 1].rstrip() + "…"
    return NamedActivity(iri, name, adl.INTERACTION)


def _parents(study: Study, quiz: Quiz) -> list[NamedActivity]:
    """The module that the quiz ends; a quiz on its own belongs to the package."""
    module = study.package.module_of_quiz(quiz.id)
    return [_module(study, module)] if module is not None else [_enrolment(study).package]


def _answer(
    question: Question, response: Response, earned: float | None, *, tells_key: bool
) -> attempt.Answer:
    return attempt.Answer(
        interaction_type=_INTERACTIONS[question.type],
        response=told_response(question, response),
        scaled=earned,
        success=None if earned is None else earned >= 1.0,
        correct_responses=told_key(question) if tells_key else (),
    )


def told_response(question: Question, response: Response) -> str:
    """The answer in the notation of xAPI 1.0.3 Data 2.4.4.1; positions are told as a, b, c …

    Right-hand sides of a matching question are told as 1, 2, 3 …
    """
    if question.type == "match":
        given = [(side, place) for side, place in enumerate(response.places) if place is not None]
        return "[,]".join(f"{_letter(side)}[.]{place + 1}" for side, place in given)
    if question.type == "order":
        return "[,]".join(_letter(place) for place in response.places if place is not None)
    if question.type == "numeric":
        numbers = numbers_read_from(response.text)
        return str(next(iter(numbers))) if len(numbers) == 1 else response.text
    if question.type == "cloze":
        return "[,]".join(_told_blank(blank) for blank in response.blanks)
    if question.type in {"short", "essay"}:
        return response.text
    return "[,]".join(_letter(position) for position in response.chosen)


def told_key(question: Question) -> tuple[str, ...]:
    """The right answers in the same notation; empty for an essay."""
    if question.type in {"short", "numeric"}:
        return question.answers
    if question.type == "essay":
        return ()
    return (told_response(question, read_response(question, right_answer(question))),)


def _told_blank(blank: str | int | None) -> str:
    return _letter(blank) if isinstance(blank, int) else blank or ""


def _letter(position: int) -> str:
    return chr(ord("a") + position) if position < 26 else f"o{position + 1}"


def _event(study: Study, *parts: str) -> str:
    return "/".join(["study", study.learner.home_page, study.learner.name, study.package.id, *parts])


def _result_event(of: AttemptState, telling: int) -> str:
    """The first result keeps the name that it always had."""
    return _attempt_event(of, "finished", *([str(telling)] if telling > 1 else []))


def _attempt_event(of: AttemptState, *parts: str) -> str:
    learner = (of.learner.home_page, of.learner.name, str(of.registration))
    return "/".join(["attempt", *learner, of.package_id, of.quiz_id, str(of.number), *parts])
