"""Counting attempts again by another key: first the difference is shown, then it is added as steps.

Answers and earlier points stay as they were. A question whose options, pairs, items or blanks were changed
cannot be counted again by the new key, because its answers are positions; it can be given to everybody.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from sqlalchemy import select
from sqlalchemy.orm import Session

from content_packages.assessment.attempts import AttemptState, attempt_state, lock_attempt
from content_packages.assessment.finishing import ScoredItem, read_outcome
from content_packages.assessment.models import FINISHED, OVERDUE, REGRADE, Attempt, AttemptItem, Step
from content_packages.assessment.scoring import is_passed, score_attempt, score_response
from content_packages.assessment.steps import add_step
from content_packages.assessment.tries import allowed_tries, earned_in_try
from content_packages.contents import Package, Question, Quiz


@dataclass(frozen=True)
class NewKey:
    """By what attempts are counted again.

    Attributes:
        package: the version that holds the corrected key.
        given_to_all: questions for which everybody gets full points, for they should not have been asked.
        only: questions to count again; empty for all.
    """

    package: Package
    given_to_all: frozenset[str] = frozenset()
    only: frozenset[str] = frozenset()


@dataclass(frozen=True)
class ItemChange:
    """One answer that earns something else by the new key; `old` and `new` are 0..1."""

    position: int
    question_id: str
    old: float
    new: float


@dataclass(frozen=True)
class AttemptChange:
    """One attempt that changes. Scores are 0..1; None while an essay waits."""

    attempt: AttemptState
    items: tuple[ItemChange, ...]
    old_score: float | None
    new_score: float | None
    old_passed: bool | None
    new_passed: bool | None


@dataclass(frozen=True)
class RegradePlan:
    """What would change.

    Attributes:
        seen: how many attempts were looked at.
        not_comparable: questions whose answers the new version cannot read; they stay as they are.
        fingerprint: names exactly this difference; it is applied only while it is still the same.
    """

    changes: tuple[AttemptChange, ...]
    seen: int
    not_comparable: tuple[str, ...]

    @property
    def fingerprint(self) -> str:
        """Short digest over who changes from what to what."""
        lines = [
            f"{change.attempt.id}:{one.position}:{one.old}:{one.new}"
            for change in self.changes
            for one in change.items
        ]
        return sha256("\n".join(lines).encode()).hexdigest()[:12]


def find_regradable(session: Session, *, package_id: str, quiz_id: str) -> tuple[AttemptState, ...]:
    """Attempts of a quiz that were handed in, oldest first."""
    rows = session.scalars(
        select(Attempt)
        .where(
            Attempt.package_id == package_id,
            Attempt.quiz_id == quiz_id,
            Attempt.state.in_([FINISHED, OVERDUE]),
        )
        .order_by(Attempt.id)
    )
    return tuple(attempt_state(row) for row in rows)


def is_comparable(old: Question, new: Question | None) -> bool:
    """Whether answers to the old wording mean the same in the new one (pure)."""
    return new is not None and _shape(old) == _shape(new)


def compare_attempt(
    session: Session, attempt: AttemptState, *, pinned: Package, key: NewKey
) -> AttemptChange | None:
    """What the new key changes about one attempt; None when nothing."""
    quiz = pinned.quizzes[attempt.quiz_id]
    outcome = read_outcome(session, attempt, package=pinned)
    renewed = [(scored, _earned_by(scored, quiz, key)) for scored in outcome.items]
    items = tuple(
        ItemChange(scored.item.position, scored.question.id, scored.earned, earned)
        for scored, earned in renewed
        if earned != scored.earned
    )
    if not items:
        return None
    # An essay that still waits has no points by any key.
    is_waiting = any(one.awaits_marking for one, _ in renewed if one.question.id not in key.given_to_all)
    score = None if is_waiting else score_attempt((one.question.mark, earned) for one, earned in renewed)
    passed = None if score is None else is_passed(score, mastery=quiz.mastery)
    return AttemptChange(attempt, items, attempt.score, score, attempt.passed, passed)


def not_comparable(pinned: Iterable[Package], *, key: NewKey, drawn: Iterable[str]) -> tuple[str, ...]:
    """Drawn questions that the new version has with other choices, or not any more (pure)."""
    wanted = {one for one in drawn if (not key.only or one in key.only) and one not in key.given_to_all}
    return tuple(
        sorted(
            question_id
            for package in pinned
            for question_id in wanted & package.questions.keys()
            if not is_comparable(package.questions[question_id], key.package.questions.get(question_id))
        )
    )


def apply_change(
    session: Session, change: AttemptChange, *, key: NewKey, reason: str, made_by: str, now: datetime
) -> AttemptState:
    """Adds one step per changed answer and writes the new score; answers and older steps stay."""
    attempt = lock_attempt(session, change.attempt.id)
    rows = {
        row.position: row
        for row in session.scalars(select(AttemptItem).where(AttemptItem.attempt_id == attempt.id))
    }
    for one in change.items:
        content = {"old": one.old, "new": one.new, "key": key.package.digest, "reason": reason}
        add_step(
            session,
            attempt,
            REGRADE,
            content,
            at=now,
            item=rows[one.position],
            seq=_next_seq(session, rows[one.position].id),
            earned=one.new,
            made_by=made_by,
        )
    attempt.score, attempt.passed = change.new_score, change.new_passed
    session.flush()
    return attempt_state(attempt)


def _earned_by(scored: ScoredItem, quiz: Quiz, key: NewKey) -> float:
    question_id = scored.question.id
    if question_id in key.given_to_all:
        return 1.0
    new = key.package.questions.get(question_id)
    is_asked = not key.only or question_id in key.only
    if (
        not is_asked
        or new is None
        or scored.question.type == "essay"
        or not is_comparable(scored.question, new)
    ):
        return scored.earned
    raw = score_response(new, scored.response)
    before = max(scored.item.tries - 1, 0)
    return earned_in_try(raw, tries_before=before, allowed=allowed_tries(quiz))


def _shape(question: Question) -> tuple[object, ...]:
    """What an answer's positions refer to. For `match` and `order` the written order is the key itself."""
    return (
        question.type,
        tuple(option.text for option in question.options),
        question.pairs,
        question.items,
        tuple(tuple(option.text for option in blank.options) for blank in question.blanks),
    )


def _next_seq(session: Session, item_id: int) -> int:
    newest = session.scalar(
        select(Step.seq).where(Step.item_id == item_id).order_by(Step.seq.desc()).limit(1)
    )
    return (newest or 0) + 1
