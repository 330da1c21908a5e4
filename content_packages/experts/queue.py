"""The queue as experts see it: filters, deadlines with their tone, what is overdue, reminders."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, Literal

from sqlalchemy import ColumnElement, Select, func, literal, or_, select
from sqlalchemy.orm import Session

from content_packages.experts.history import SYSTEM, note_step
from content_packages.experts.models import ExpertQuestion
from content_packages.experts.routing import areas_of
from content_packages.experts.states import OPEN, State, Step
from content_packages.experts.working_days import Holidays, add_working_days, local_day, working_days_until

#: How a deadline is coloured: more than one working day left, at most one, over; "": answered.
Tone = Literal["good", "warn", "bad", ""]
#: Questions reminded of in one transaction.
_REMINDED_AT_ONCE: Final = 100


@dataclass(frozen=True)
class QueueFilter:
    """Which questions; an empty field leaves nothing out.

    Attributes:
        of_expert: those of this expert, and unassigned ones of the expert's areas.
        overdue_on: open ones whose deadline is before this day.
    """

    states: frozenset[State] = OPEN
    area: str = ""
    expert: str = ""
    of_expert: str = ""
    overdue_on: date | None = None
    words: str = ""


@dataclass(frozen=True)
class Deadline:
    """How a question stands to its deadline.

    Attributes:
        days_left: working days; below zero: so many too late.
    """

    due_on: date
    days_left: int
    tone: Tone


def list_queue(
    session: Session, wanted: QueueFilter, *, offset: int = 0, limit: int = 50
) -> Sequence[ExpertQuestion]:
    """Questions, the most urgent first."""
    return session.scalars(
        select(ExpertQuestion)
        .where(*_conditions(session, wanted))
        .order_by(ExpertQuestion.due_on, ExpertQuestion.id)
        .offset(offset)
        .limit(limit)
    ).all()


def count_queue(session: Session, wanted: QueueFilter) -> int:
    """How many questions `list_queue` would give in all."""
    return session.scalar(select(func.count(ExpertQuestion.id)).where(*_conditions(session, wanted))) or 0


def deadline_of(question: ExpertQuestion, *, today: date, holidays: Holidays) -> Deadline:
    """The deadline with its tone; an answered question has none."""
    if question.state not in OPEN:
        return Deadline(question.due_on, 0, "")
    left = working_days_until(today, question.due_on, holidays)
    tone: Tone = "bad" if today > question.due_on else "warn" if left <= 1 else "good"
    return Deadline(question.due_on, left, tone)


def was_in_time(question: ExpertQuestion) -> bool | None:
    """Whether the answer came within the deadline; None: no answer yet."""
    if question.answered_at is None:
        return None
    return local_day(question.answered_at) <= question.due_on


def is_reminder_due(session: Session, *, today: date, holidays: Holidays) -> bool:
    """Whether an expert has to be reminded today; takes no lock."""
    return session.scalar(_due(today, holidays).limit(1)) is not None


def remind_experts(session: Session, *, now: datetime, holidays: Holidays) -> int:
    """Notes a reminder for each question that is due within a working day or overdue, once a working day.

    The expert sees it in the console and the history shows it. Returns how many were noted.
    """
    today = local_day(now)
    due = session.scalars(_due(today, holidays).limit(_REMINDED_AT_ONCE).with_for_update()).all()
    for question in due:
        question.reminded_on = today
        note_step(session, question, Step.REMIND, who=SYSTEM, now=now, note=question.expert)
    return len(due)


def _due(today: date, holidays: Holidays) -> Select[ExpertQuestion]:
    return (
        select(ExpertQuestion)
        .where(
            ExpertQuestion.state.in_(OPEN),
            ExpertQuestion.expert != "",
            ExpertQuestion.due_on <= add_working_days(today, 1, holidays),
            or_(ExpertQuestion.reminded_on.is_(None), ExpertQuestion.reminded_on < today),
            # Nobody is reminded on a day off.
            literal(holidays.is_working(today)),
        )
        .order_by(ExpertQuestion.id)
    )


def _conditions(session: Session, wanted: QueueFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [ExpertQuestion.state.in_(wanted.states)]
    if wanted.area:
        conditions.append(ExpertQuestion.area == wanted.area)
    if wanted.expert:
        conditions.append(ExpertQuestion.expert == wanted.expert)
    if wanted.of_expert:
        own = ExpertQuestion.area.in_(areas_of(session, wanted.of_expert))
        conditions.append(or_(ExpertQuestion.expert == wanted.of_expert, own))
    if wanted.overdue_on is not None:
        conditions.append(ExpertQuestion.due_on < wanted.overdue_on)
    if wanted.words:
        conditions.append(ExpertQuestion.text.icontains(wanted.words, autoescape=True))
    return conditions
