"""Every change of a question, with who made it: written in the transaction of the change, never changed."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from content_packages.errors import QuestionNotFound, StepNotAllowed
from content_packages.experts.models import ExpertEvent, ExpertQuestion
from content_packages.experts.states import STEPS, State, Step, may_take

#: Who did it, when no operator did.
ASKER: Final = "asker"
SYSTEM: Final = "system"

LONGEST_NOTE: Final = 500


def take_step(
    session: Session, question: ExpertQuestion, step: Step, *, who: str, now: datetime, note: str = ""
) -> None:
    """Leads the question to the step's state and writes the line of its history.

    Raises:
        StepNotAllowed: the step does not lead on from the question's state.
    """
    if not may_take(step, State(question.state)):
        raise StepNotAllowed(
            f"Question {question.id} is {question.state}; it cannot {step} now. Look at it again."
        )
    question.state = STEPS[step][1]
    note_step(session, question, step, who=who, now=now, note=note)


def note_step(
    session: Session, question: ExpertQuestion, step: Step, *, who: str, now: datetime, note: str = ""
) -> None:
    """A line of history alone: the state stays."""
    session.add(
        ExpertEvent(question_id=question.id, at=now, who=who, step=step, note=note.strip()[:LONGEST_NOTE])
    )
    session.flush()


def list_history(session: Session, question_id: int) -> Sequence[ExpertEvent]:
    """The lines, the first one first."""
    return session.scalars(
        select(ExpertEvent).where(ExpertEvent.question_id == question_id).order_by(ExpertEvent.id)
    ).all()


def get_question(session: Session, question_id: int, *, for_change: bool = False) -> ExpertQuestion:
    """The question; locked until the transaction ends when it is to be changed.

    Raises:
        QuestionNotFound: there is none.
    """
    question = session.get(
        ExpertQuestion, question_id, with_for_update=for_change or None, populate_existing=for_change
    )
    if question is None:
        raise QuestionNotFound(f"There is no question {question_id}.")
    return question
