"""What readers think of answers: thanks, not helpful, wrong. The last vote of each reader counts."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from content_packages.errors import QuestionEmpty
from content_packages.experts.models import AnswerVote
from content_packages.experts.settings import ExpertSettings
from content_packages.experts.stripping import strip_personal
from content_packages.experts.telling import tell_rated
from content_packages.knowledge import find_document, find_entry
from xapi_bridge.database import insert_or_update
from xapi_bridge.statement import Account

Vote = Literal["thanks", "unhelpful", "wrong"]
VOTES: Final[tuple[Vote, ...]] = ("thanks", "unhelpful", "wrong")
LONGEST_REMARK: Final = 500


@dataclass(frozen=True)
class VoteCounts:
    """How often an answer got which vote."""

    thanks: int = 0
    unhelpful: int = 0
    wrong: int = 0


def vote_on_answer(
    session: Session,
    account: Account,
    key: str,
    vote: str,
    *,
    remark: str = "",
    settings: ExpertSettings,
    now: datetime,
) -> None:
    """Keeps the vote in place of an earlier one of the same reader.

    Args:
        key: `entry:<id>` or `document:<ref>`.
        remark: what is wrong; stripped of what names people.

    Raises:
        QuestionEmpty: no such kind of vote.
        KnowledgeItemNotFound: nothing of that name is shown.
    """
    if vote not in VOTES:
        raise QuestionEmpty(f"A vote is one of {', '.join(VOTES)}.")
    title = _title_of(session, key)
    kept = session.get(AnswerVote, (account.home_page, account.name, key))
    stripped = strip_personal(remark.replace("\x00", "").strip()).text[:LONGEST_REMARK]
    if kept is not None and (kept.vote, kept.remark) == (vote, stripped):
        return
    row = {
        "home_page": account.home_page,
        "name": account.name,
        "key": key,
        "vote": vote,
        "remark": stripped,
        "voted_at": now,
        "settled_at": None,
        "settled_by": "",
    }
    insert_or_update(session, AnswerVote.__table__, [row])
    session.expire_all()
    tell_rated(session, account, key=key, title=title, vote=vote, settings=settings, now=now)


def own_vote(session: Session, account: Account, key: str) -> str:
    """This reader's vote, or empty."""
    kept = session.get(AnswerVote, (account.home_page, account.name, key))
    return kept.vote if kept else ""


def count_votes(session: Session, keys: Collection[str]) -> Mapping[str, VoteCounts]:
    """Votes of each answer that has one."""
    rows = session.execute(
        select(AnswerVote.key, AnswerVote.vote, func.count())
        .where(AnswerVote.key.in_(keys))
        .group_by(AnswerVote.key, AnswerVote.vote)
    )
    counted: dict[str, dict[str, int]] = {}
    for key, vote, count in rows:
        counted.setdefault(key, {})[vote] = count
    return {key: VoteCounts(**votes) for key, votes in counted.items()}


def _title_of(session: Session, key: str) -> str:
    kind, _, name = key.partition(":")
    if kind == "document":
        return find_document(session, name).label
    return find_entry(session, name if kind == "entry" else "").question
