"""Answers that are checked at once: one check in the immediate behaviour, several in the interactive one."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from content_packages.assessment.answers import ItemState, SavedAnswer, add_answer, hold_item, settle_save
from content_packages.assessment.models import SETTLED, TRY
from content_packages.assessment.responses import Response, written_response
from content_packages.assessment.scoring import DIGITS, score_response
from content_packages.contents import Question, Quiz
from content_packages.errors import AnswerUnreadable


def allowed_tries(quiz: Quiz) -> int:
    """How often an answer may be checked during an attempt; 0 where nothing is told before its end."""
    return {"deferred": 0, "immediate": 1, "interactive": quiz.tries}[quiz.behaviour]


def is_checkable(quiz: Quiz, question: Question) -> bool:
    """Whether the learner may have this answer checked at once; an essay waits for a person."""
    return allowed_tries(quiz) > 0 and question.type != "essay"


def earned_in_try(raw: float, *, tries_before: int, allowed: int) -> float:
    """What an answer earns after earlier tries: each of those costs an equal share, the first is free.

    With three tries allowed, a right answer earns 1, 2/3 or 1/3.

    Args:
        raw: what the answer earns by itself, 0..1.
    """
    if tries_before == 0 or allowed == 0:
        return raw
    return round(raw * max(0.0, 1 - tries_before / allowed), DIGITS)


def try_answer(
    session: Session,
    attempt_id: int,
    *,
    quiz: Quiz,
    question: Question,
    position: int,
    response: Response,
    seen_seq: int,
    now: datetime,
    client_id: str | None = None,
) -> SavedAnswer:
    """Checks the answer and keeps it as a step; the same check sent twice counts once.

    Args:
        quiz, question: of the version to which the attempt is pinned.
        seen_seq, client_id: as in `answers.save_draft`.

    Raises:
        AnswerUnreadable: nothing was answered, or this quiz tells nothing during an attempt.
        AttemptOver, AnswerSettled, AnswerConflict: as in `answers.save_draft`.
    """
    if not is_checkable(quiz, question):
        raise AnswerUnreadable("This quiz tells nothing about answers before the end of the attempt.")
    if response.is_empty:
        raise AnswerUnreadable("Nothing was answered. Choose or write an answer first.")
    held = hold_item(session, attempt_id, position, now=now)
    written = written_response(response)
    known = _known_check(session, held.state, written, seen_seq, client_id=client_id, now=now)
    if known is not None:
        return known
    allowed = allowed_tries(quiz)
    raw = score_response(question, response)
    earned = earned_in_try(raw, tries_before=held.state.tries, allowed=allowed)
    is_last = raw >= 1.0 or held.state.tries + 1 >= allowed
    return add_answer(
        session, held, SETTLED if is_last else TRY, written, now=now, earned=earned, client_id=client_id
    )


def _known_check(
    session: Session,
    item: ItemState,
    written: dict[str, Any],
    seen_seq: int,
    *,
    client_id: str | None,
    now: datetime,
) -> SavedAnswer | None:
    """The earlier acknowledgement when this check was made before; an answer that was only saved was not."""
    if dict(item.response or {}) != written:
        return settle_save(session, item, written, seen_seq, client_id=client_id, now=now)
    is_checked = item.earned is not None
    return SavedAnswer(item.seq, item.saved_at or now) if is_checked else None
