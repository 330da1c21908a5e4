"""Who answers what: experts' areas, and which expert a new question comes to."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from content_packages.experts.history import SYSTEM, note_step, take_step
from content_packages.experts.models import ExpertArea, ExpertQuestion
from content_packages.experts.states import OPEN, State, Step
from xapi_bridge.database import insert_or_update


@dataclass(frozen=True)
class ExpertLoad:
    """An expert and what lies on the desk.

    Attributes:
        areas: (area, whether new questions come).
        open_questions: not yet answered.
    """

    expert: str
    areas: tuple[tuple[str, bool], ...]
    open_questions: int


def set_expert_areas(session: Session, expert: str, areas: dict[str, bool]) -> None:
    """The areas that this expert answers from now on: area -> whether new questions come by themselves."""
    session.execute(delete(ExpertArea).where(ExpertArea.expert == expert))
    insert_or_update(
        session,
        ExpertArea.__table__,
        [{"area": area, "expert": expert, "takes_new": takes} for area, takes in sorted(areas.items())],
    )
    session.expire_all()


def areas_of(session: Session, expert: str) -> frozenset[str]:
    """The areas that this expert answers."""
    return frozenset(session.scalars(select(ExpertArea.area).where(ExpertArea.expert == expert)))


def list_experts(session: Session) -> list[ExpertLoad]:
    """All who have an area, by name."""
    rows = session.scalars(select(ExpertArea).order_by(ExpertArea.expert, ExpertArea.area)).all()
    loads = _open_by_expert(session)
    experts = dict.fromkeys(row.expert for row in rows)
    return [
        ExpertLoad(
            name,
            tuple((row.area, row.takes_new) for row in rows if row.expert == name),
            loads.get(name, 0),
        )
        for name in experts
    ]


def route_question(session: Session, question: ExpertQuestion, *, now: datetime) -> str:
    """Gives the question to the expert of its area with the shortest desk; returns the name, or empty."""
    names = session.scalars(
        select(ExpertArea.expert)
        .where(ExpertArea.area == question.area, ExpertArea.takes_new.is_(True))
        .order_by(ExpertArea.expert)
    ).all()
    if not names:
        return ""
    loads = _open_by_expert(session)
    question.expert = min(names, key=lambda name: (loads.get(name, 0), name))
    take_step(session, question, Step.ROUTE, who=SYSTEM, now=now, note=question.expert)
    return question.expert


def route_waiting(session: Session, *, now: datetime, limit: int) -> int:
    """Routes questions that found no expert when they came; returns how many found one now."""
    return sum(bool(route_question(session, one, now=now)) for one in _unrouted(session, limit))


def is_routable(session: Session) -> bool:
    """Whether a question waits for an expert whom its area has by now; takes no lock."""
    waiting = (
        select(ExpertQuestion.id)
        .join(ExpertArea, ExpertArea.area == ExpertQuestion.area)
        .where(ExpertQuestion.state == State.ASKED, ExpertArea.takes_new.is_(True))
        .limit(1)
    )
    return session.scalar(waiting) is not None


def assign_question(
    session: Session, question: ExpertQuestion, expert: str, *, who: str, now: datetime, note: str = ""
) -> None:
    """Gives an open question to another expert; a draft stays as it is.

    Raises:
        StepNotAllowed: the question is not open any more.
    """
    kept = State(question.state)
    take_step(session, question, Step.ROUTE, who=who, now=now, note=f"{expert} {note}".strip())
    if kept is not State.ASKED:
        question.state = kept
    question.expert = expert
    question.reminded_on = None
    session.flush()


def change_area(session: Session, question: ExpertQuestion, area: str, *, who: str, now: datetime) -> None:
    """Puts the question into another area, where it is routed anew."""
    note_step(session, question, Step.ROUTE, who=who, now=now, note=f"{question.area} → {area}")
    question.area = area
    session.flush()
    route_question(session, question, now=now)


def _unrouted(session: Session, limit: int) -> Sequence[ExpertQuestion]:
    return session.scalars(
        select(ExpertQuestion)
        .where(
            ExpertQuestion.state == State.ASKED,
            ExpertQuestion.area.in_(select(ExpertArea.area).where(ExpertArea.takes_new.is_(True))),
        )
        .order_by(ExpertQuestion.id)
        .limit(limit)
        .with_for_update()
    ).all()


def _open_by_expert(session: Session) -> dict[str, int]:
    counted = (
        select(ExpertQuestion.expert, func.count())
        .where(ExpertQuestion.state.in_(OPEN), ExpertQuestion.expert != "")
        .group_by(ExpertQuestion.expert)
    )
    return {expert: count for expert, count in session.execute(counted)}  # noqa: C416 - rows are no pairs to mypy
