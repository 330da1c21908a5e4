"""What asking leaves behind of a learner: told to whoever asks for it, and taken from them on request."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.orm import Session

from content_packages.experts.models import AnswerVote, AskerBlock, ExpertQuestion
from content_packages.experts.states import OPEN, State
from xapi_bridge.statement import Account


def erase_asker(session: Session, learner: Account, *, pseudonym: Account, reduces: bool) -> dict[str, int]:
    """Questions go to the pseudonym; votes and blocks are deleted. Published entries name nobody and stay.

    Args:
        reduces: whether the words of the questions go as well; open ones are closed then.

    Returns:
        `asked_questions` that were kept under the pseudonym, `votes` that were deleted.
    """
    votes = session.execute(
        delete(AnswerVote)
        .where(AnswerVote.home_page == learner.home_page, AnswerVote.name == learner.name)
        .returning(AnswerVote.key)
    ).all()
    session.execute(
        delete(AskerBlock).where(AskerBlock.home_page == learner.home_page, AskerBlock.name == learner.name)
    )
    if reduces:
        _forget_words(session, learner)
    kept = session.execute(
        update(ExpertQuestion)
        .where(*_of(learner))
        .values(home_page=pseudonym.home_page, name=pseudonym.name, registration=None)
        .returning(ExpertQuestion.id)
        .execution_options(synchronize_session=False)
    ).all()
    return {"asked_questions": len(kept), "votes": len(votes)}


def questions_of(session: Session, learner: Account) -> list[dict[str, Any]]:
    """Everything that this person asked, as JSON."""
    rows = session.scalars(
        select(ExpertQuestion).where(*_of(learner)).order_by(ExpertQuestion.asked_at, ExpertQuestion.id)
    )
    return [
        {
            "text": row.text,
            "details": row.details,
            "area": row.area,
            "state": row.state,
            "asked_at": _text(row.asked_at),
            "answered_at": _text(row.answered_at),
            "answer": row.entry_id or None,
        }
        for row in rows
    ]


def votes_of(session: Session, learner: Account) -> list[dict[str, Any]]:
    """This person's votes, as JSON."""
    rows = session.scalars(
        select(AnswerVote)
        .where(AnswerVote.home_page == learner.home_page, AnswerVote.name == learner.name)
        .order_by(AnswerVote.voted_at, AnswerVote.key)
    )
    return [
        {"answer": row.key, "vote": row.vote, "remark": row.remark, "voted_at": _text(row.voted_at)}
        for row in rows
    ]


def _forget_words(session: Session, learner: Account) -> None:
    session.execute(
        update(ExpertQuestion)
        .where(*_of(learner), ExpertQuestion.state.in_(OPEN))
        .values(state=State.RETRACTED)
        .execution_options(synchronize_session=False)
    )
    session.execute(
        update(ExpertQuestion)
        .where(*_of(learner))
        .values(text="", details="")
        .execution_options(synchronize_session=False)
    )


def _of(learner: Account) -> tuple[ColumnElement[bool], ...]:
    return ExpertQuestion.home_page == learner.home_page, ExpertQuestion.name == learner.name


def _text(instant: datetime | None) -> str | None:
    return instant.isoformat() if instant else None
