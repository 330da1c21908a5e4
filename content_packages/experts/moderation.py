"""Moderation: refuse a question, keep somebody from asking for a while, look into what readers call wrong."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from content_packages.errors import DraftIncomplete, QuestionNotFound
from content_packages.experts.history import get_question, take_step
from content_packages.experts.models import AnswerVote, AskerBlock, ExpertQuestion
from content_packages.experts.states import Step
from xapi_bridge.database import insert_or_update

MOST_BLOCKED_DAYS: Final = 365


def hide_question(session: Session, question_id: int, *, who: str, reason: str, now: datetime) -> None:
    """Refuses a question; the asker reads the reason.

    Raises:
        DraftIncomplete: no reason.
        QuestionNotFound, StepNotAllowed.
    """
    question = get_question(session, question_id, for_change=True)
    if not reason.strip():
        raise DraftIncomplete("Say why: the asker reads it.")
    take_step(session, question, Step.HIDE, who=who, now=now, note=reason)
    question.news_at, question.told = now, reason.strip()[:500]
    session.flush()


def restore_question(session: Session, question_id: int, *, who: str, now: datetime) -> None:
    """Takes a refusal back; the question waits again.

    Raises:
        QuestionNotFound, StepNotAllowed.
    """
    question = get_question(session, question_id, for_change=True)
    take_step(session, question, Step.RESTORE, who=who, now=now)
    question.told, question.expert = "", ""
    session.flush()


def block_asker(
    session: Session, question_id: int, *, days: int, who: str, reason: str, now: datetime
) -> AskerBlock:
    """Keeps whoever asked this question from asking; searching stays possible.

    Raises:
        DraftIncomplete: no reason, or no sensible number of days.
        QuestionNotFound: there is no such question.
    """
    question = get_question(session, question_id)
    if not reason.strip() or not 1 <= days <= MOST_BLOCKED_DAYS:
        raise DraftIncomplete(f"Say why, and for 1 to {MOST_BLOCKED_DAYS} days.")
    row = {
        "home_page": question.home_page,
        "name": question.name,
        "until": now + timedelta(days=days),
        "reason": reason.strip()[:500],
        "blocked_by": who,
        "blocked_at": now,
    }
    insert_or_update(session, AskerBlock.__table__, [row])
    session.expire_all()
    return session.get_one(AskerBlock, (question.home_page, question.name))


def unblock_asker(session: Session, question_id: int) -> None:
    """Lets whoever asked this question ask again.

    Raises:
        QuestionNotFound: there is no such question.
    """
    question = get_question(session, question_id)
    session.execute(
        delete(AskerBlock).where(AskerBlock.home_page == question.home_page, AskerBlock.name == question.name)
    )
    session.expire_all()


def find_block(session: Session, question: ExpertQuestion, *, now: datetime) -> AskerBlock | None:
    """The block under which whoever asked stands now."""
    block = session.get(AskerBlock, (question.home_page, question.name))
    return block if block is not None and block.until > now else None


def list_objections(session: Session, *, limit: int = 100) -> Sequence[AnswerVote]:
    """Votes that say an answer is wrong and that nobody has looked into, the oldest first."""
    return session.scalars(
        select(AnswerVote)
        .where(AnswerVote.vote == "wrong", AnswerVote.settled_at.is_(None))
        .order_by(AnswerVote.voted_at)
        .limit(limit)
    ).all()


def settle_objections(session: Session, key: str, *, who: str, now: datetime) -> int:
    """Says that somebody looked into the objections to an answer; returns how many.

    Raises:
        QuestionNotFound: none is open.
    """
    open_ones = session.scalars(
        select(AnswerVote)
        .where(AnswerVote.key == key, AnswerVote.vote == "wrong", AnswerVote.settled_at.is_(None))
        .with_for_update()
    ).all()
    if not open_ones:
        raise QuestionNotFound("Nobody objects to this answer any more.")
    for vote in open_ones:
        vote.settled_at, vote.settled_by = now, who
    session.flush()
    return len(open_ones)
