"""The end of an attempt: by the learner or by the clock, exactly once, with every saved answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from content_packages.assessment.answers import ItemState, promote_drafts, read_items, response_of
from content_packages.assessment.attempts import GRACE, AttemptState, attempt_state, lock_attempt
from content_packages.assessment.models import (
    ABANDONED,
    END,
    FINISHED,
    IN_PROGRESS,
    OVERDUE,
    Attempt,
    AttemptItem,
    Draft,
    Step,
)
from content_packages.assessment.responses import Response
from content_packages.assessment.scoring import is_passed, score_attempt, score_response
from content_packages.assessment.steps import add_step
from content_packages.assessment.tries import allowed_tries, earned_in_try
from content_packages.contents import Package, Question, Quiz

#: How long an attempt without a time limit may lie untouched.
FORGOTTEN_AFTER = timedelta(days=180)


@dataclass(frozen=True)
class ScoredItem:
    """One question of a finished attempt.

    Attributes:
        earned: 0..1; 0 while it waits for a person.
        awaits_marking: an essay that says something and has no points yet.
    """

    item: ItemState
    question: Question
    response: Response
    earned: float
    awaits_marking: bool = False


@dataclass(frozen=True)
class AttemptOutcome:
    """A finished attempt with its questions in the learner's order."""

    attempt: AttemptState
    items: tuple[ScoredItem, ...]


def finish_attempt(session: Session, attempt_id: int, *, package: Package, now: datetime) -> AttemptOutcome:
    """Hands in the attempt; handing in again gives the same outcome and changes nothing.

    After the time limit it counts as handed in when the time was over. While an essay waits for its marker
    there is no score.

    Args:
        package: the version to which the attempt is pinned.
    """
    attempt = lock_attempt(session, attempt_id)
    if attempt.state == IN_PROGRESS:
        promote_drafts(session, attempt)
        is_late = attempt.due_at is not None and now > attempt.due_at + GRACE
        _end(
            session, attempt, OVERDUE if is_late else FINISHED, at=_end_instant(attempt, now, is_late=is_late)
        )
        count_score(session, attempt, package=package)
    return read_outcome(session, attempt_state(attempt), package=package)


def abandon_attempt(session: Session, attempt_id: int, *, now: datetime) -> bool:
    """Closes an attempt that nobody came back to, without a score; returns whether it was still open."""
    attempt = lock_attempt(session, attempt_id)
    if attempt.state != IN_PROGRESS:
        return False
    promote_drafts(session, attempt)
    _end(session, attempt, ABANDONED, at=now)
    return True


def count_score(session: Session, attempt: Attempt, *, package: Package) -> None:
    """Writes score and verdict from what the steps say; none while a question waits for a person.

    Args:
        attempt: locked.
    """
    quiz = package.quizzes[attempt.quiz_id]
    items = score_items(read_items(session, attempt.id), package, quiz)
    if any(scored.awaits_marking for scored in items):
        attempt.score, attempt.passed = None, None
    else:
        attempt.score = score_attempt((scored.question.mark, scored.earned) for scored in items)
        attempt.passed = is_passed(attempt.score, mastery=quiz.mastery)
    session.flush()


def read_outcome(session: Session, attempt: AttemptState, *, package: Package) -> AttemptOutcome:
    """A finished attempt with what each answer earned, scored by the version to which it is pinned."""
    quiz = package.quizzes[attempt.quiz_id]
    return AttemptOutcome(attempt, score_items(read_items(session, attempt.id), package, quiz))


def score_items(items: Sequence[ItemState], package: Package, quiz: Quiz) -> tuple[ScoredItem, ...]:
    """Each item with its question, its answer and what that earns."""
    return tuple(_scored(item, package, quiz) for item in items)


def find_overdue(session: Session, *, now: datetime, limit: int) -> list[AttemptState]:
    """Attempts whose time is over and which nobody has closed, the oldest first."""
    rows = session.scalars(
        select(Attempt)
        .where(Attempt.state == IN_PROGRESS, Attempt.due_at < now - GRACE)
        .order_by(Attempt.due_at)
        .limit(limit)
    )
    return [attempt_state(row) for row in rows]


def find_forgotten(session: Session, *, now: datetime, limit: int) -> list[AttemptState]:
    """Open attempts without a time limit in which nothing was saved for long, the oldest first."""
    before = now - FORGOTTEN_AFTER
    drafts = select(Draft.item_id).join(AttemptItem, AttemptItem.id == Draft.item_id)
    rows = session.scalars(
        select(Attempt)
        .where(
            Attempt.state == IN_PROGRESS,
            Attempt.due_at.is_(None),
            Attempt.started_at < before,
            ~exists().where(Step.attempt_id == Attempt.id, Step.saved_at >= before),
            ~drafts.where(AttemptItem.attempt_id == Attempt.id, Draft.saved_at >= before).exists(),
        )
        .order_by(Attempt.started_at)
        .limit(limit)
    )
    return [attempt_state(row) for row in rows]


def _end_instant(attempt: Attempt, now: datetime, *, is_late: bool) -> datetime:
    return attempt.due_at if is_late and attempt.due_at is not None else now


def _end(session: Session, attempt: Attempt, state: str, *, at: datetime) -> None:
    attempt.state = state
    attempt.finished_at = at
    add_step(session, attempt, END, {"state": state}, at=at)


def _scored(item: ItemState, package: Package, quiz: Quiz) -> ScoredItem:
    question, response = package.questions[item.question_id], response_of(item, package)
    if item.earned is not None:
        return ScoredItem(item, question, response, item.earned)
    raw = score_response(question, response)
    earned = earned_in_try(raw, tries_before=item.tries, allowed=allowed_tries(quiz))
    awaits = question.type == "essay" and not response.is_empty
    return ScoredItem(item, question, response, earned, awaits_marking=awaits)
