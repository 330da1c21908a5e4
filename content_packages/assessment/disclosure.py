"""What a learner may be told about an answer, and when: the policy matrix of a quiz (pure).

Rows are times (during, after, closed), columns are score, marks, answers and explanations. Every page and
every JSON answer that shows a question asks here.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from content_packages.contents import Quiz, Shown

Phase = Literal["during", "after", "closed"]


@dataclass(frozen=True)
class Disclosure:
    """What may be told about an answer.

    Attributes:
        marks: whether it is right.
        key: the right answer.
        feedback: what the author says to who chose an option.
        explanation: of the whole question; it often holds the key.
    """

    marks: bool = False
    key: bool = False
    feedback: bool = False
    explanation: bool = False


NOTHING = Disclosure()
EVERYTHING = Disclosure(marks=True, key=True, feedback=True, explanation=True)


def phase_of(*, is_open: bool, nothing_to_win: bool, closes_at: datetime | None, now: datetime) -> Phase:
    """The row of the matrix that holds now.

    Args:
        is_open: the attempt is in progress.
        nothing_to_win: the learner has passed or has no attempt left.
        closes_at: end of the time window for everybody. While others may still take the quiz, it is not
            closed for those who are done: they sit in the same office.
    """
    if is_open:
        return "during"
    if closes_at is not None:
        return "closed" if now >= closes_at else "after"
    return "closed" if nothing_to_win else "after"


def shown_in(quiz: Quiz, phase: Phase) -> frozenset[Shown]:
    """The columns of the matrix that are open in a phase; what was open stays open."""
    feedback = quiz.feedback
    if phase == "during":
        return feedback.during if quiz.behaviour != "deferred" else frozenset()
    return feedback.after if phase == "after" else feedback.after | feedback.closed


def disclose(quiz: Quiz, phase: Phase, *, is_right: bool, may_try_again: bool = False) -> Disclosure:
    """What may be told about one answer.

    Explanations often hold the key, so a wrong answer is explained only where the key may be told; and while
    another try is allowed, the key is told to nobody.
    """
    shown = shown_in(quiz, phase)
    key = "answers" in shown and not may_try_again
    explains = "explanations" in shown
    return Disclosure(
        marks="marks" in shown,
        key=key,
        feedback=explains and not (may_try_again and not is_right and "marks" not in shown),
        explanation=explains and (key or is_right) and not may_try_again,
    )
