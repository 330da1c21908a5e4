"""The end of an attempt: by the learner or by the clock, exactly once, with every saved answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from content_packages.assessment.answers import ItemState, promote_drafts, read_items, response_of
from content_packages.assessment.attempts import GRACE, AttemptState, attempt_state, lock_attempt
from content_packages.assessment.models import FINISHED, IN_PROGRESS, OVERDUE, Attempt
from content_packages.assessment.responses import Response
from content_packages.assessment.scoring import is_passed, score_attempt, score_response
from content_packages.contents import Package, Question


@dataclass(frozen=True)
class ScoredItem:
    """One question of a finished attempt. `earned` is 0..1."""

    item: ItemState
    question: Question
    response: Response
    earned: float


@dataclass(frozen=True)
class AttemptOutcome:
    """A finished attempt with its questions in the learner's order."""

    attempt: AttemptState
    items: tuple[ScoredItem, ...]


def finish_attempt(session: Session, attempt_id: int, *, package: Package, now: datetime) -> AttemptOutcome:
    """Hands in the attempt; handing in again gives the same outcome and changes nothing.

    After the time limit it counts as handed in when the time was over.

    Args:
        package: the version to which the attempt is pinned.
    """
    attempt = lock_attempt(session, attempt_id)
    if attempt.state == IN_PROGRESS:
        promote_drafts(session, attempt_id)
        is_late = attempt.due_at is not None and now > attempt.due_at + GRACE
        items = score_items(read_items(session, attempt_id), package)
        attempt.state = OVERDUE if is_late else FINISHED
        attempt.finished_at = attempt.due_at if is_late else now
        attempt.score = score_attempt((scored.question.mark, scored.earned) for scored in items)
        attempt.passed = is_passed(attempt.score, mastery=package.quizzes[attempt.quiz_id].mastery)
        session.flush()
    return read_outcome(session, attempt_state(attempt), package=package)


def read_outcome(session: Session, attempt: AttemptState, *, package: Package) -> AttemptOutcome:
    """A finished attempt with what each answer earned, scored by the version to which it is pinned."""
    return AttemptOutcome(attempt, score_items(read_items(session, attempt.id), package))


def score_items(items: Sequence[ItemState], package: Package) -> tuple[ScoredItem, ...]:
    """Each item with its question, its answer and what that earns."""
    scored = []
    for item in items:
        question, response = package.questions[item.question_id], response_of(item, package)
        scored.append(ScoredItem(item, question, response, score_response(question, response)))
    return tuple(scored)


def find_overdue(session: Session, *, now: datetime, limit: int) -> list[AttemptState]:
    """Attempts whose time is over and which nobody has closed, the oldest first."""
    rows = session.scalars(
        select(Attempt)
        .where(Attempt.state == IN_PROGRESS, Attempt.due_at < now - GRACE)
        .order_by(Attempt.due_at)
        .limit(limit)
    )
    return [attempt_state(row) for row in rows]
