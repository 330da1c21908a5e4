"""How forwarding stands: lag in numbers and in time, rate, troubles; what a filter would let pass."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

import msgspec
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from sync.bookmarks import find_bookmark
from sync.forwarding.filters import StatementFilter, lets_pass
from sync.forwarding.models import ForwardedStatement, ForwardingTarget, OutgoingStatement
from sync.forwarding.targets import bookmark_name, list_targets
from xapi_bridge.store.follow import count_after
from xapi_bridge.store.models import Posting, StatementRow, Term
from xapi_bridge.store.postings import agent_term
from xapi_bridge.store.sequence import instant_of

_RATE_OVER = timedelta(hours=1)
#: Most newest statements that a filter is tried on.
MOST_PREVIEWED = 1000


class Condition(StrEnum):
    """How a target is, in one word."""

    PAUSED = "paused"
    TROUBLED = "troubled"
    CATCHING_UP = "catching_up"
    CURRENT = "current"


@dataclass(frozen=True)
class TargetState:
    """One target and its lag.

    Attributes:
        behind: statements of the store that its follower has not looked at.
        waiting: statements in its outbox.
        dead: statements that it will not take and nobody has put away.
        oldest_stored_at: when the oldest statement that it does not have yet came into our store; of one
            that is to be taken back, when that was asked.
        lag: how long ago that was; zero when it has all.
        delivered_last_hour: a rate.
    """

    target: ForwardingTarget
    behind: int
    waiting: int
    dead: int
    oldest_stored_at: datetime | None
    lag: timedelta
    delivered_last_hour: int

    @property
    def condition(self) -> Condition:
        """How it is, in one word."""
        if self.target.paused_at is not None:
            return Condition.PAUSED
        if self.target.trouble_code:
            return Condition.TROUBLED
        return Condition.CATCHING_UP if self.behind or self.waiting else Condition.CURRENT


@dataclass(frozen=True)
class FilterPreview:
    """How many of the newest statements a filter lets pass."""

    passing: int
    looked_at: int


def look_at_targets(session: Session, *, now: datetime) -> list[TargetState]:
    """Every target, by name."""
    return [look_at_target(session, target, now=now) for target in list_targets(session)]


def look_at_target(session: Session, target: ForwardingTarget, *, now: datetime) -> TargetState:
    """One target."""
    mine = OutgoingStatement.target_id == target.target_id
    waiting, oldest_waiting, oldest_withdrawal_at = session.execute(
        select(
            func.count(),
            func.min(OutgoingStatement.seq).filter(OutgoingStatement.seq > 0),
            func.min(OutgoingStatement.queued_at).filter(OutgoingStatement.seq < 0),
        ).where(mine, OutgoingStatement.due_at.is_not(None))
    ).one()
    dead = select(func.count()).where(
        mine, OutgoingStatement.due_at.is_(None), OutgoingStatement.discarded_at.is_(None)
    )
    bookmark = find_bookmark(session, bookmark_name(target.target_id))
    read_seq = bookmark.last_seq if bookmark else target.start_seq
    oldest = oldest_waiting or session.scalar(
        select(func.min(StatementRow.seq)).where(StatementRow.seq > read_seq)
    )
    instants = [oldest_withdrawal_at, None if oldest is None else instant_of(oldest)]
    oldest_at = min((one for one in instants if one is not None), default=None)
    return TargetState(
        target=target,
        behind=count_after(session, read_seq),
        waiting=waiting,
        dead=session.scalar(dead) or 0,
        oldest_stored_at=oldest_at,
        lag=timedelta(0) if oldest_at is None else max(now - oldest_at, timedelta(0)),
        delivered_last_hour=_count_delivered(session, target.target_id, since=now - _RATE_OVER),
    )


def preview_filter(
    session: Session, chosen: StatementFilter, *, iri_base: str, limit: int = MOST_PREVIEWED
) -> FilterPreview:
    """Tries a filter on the newest `limit` statements of the store."""
    newest = select(StatementRow.payload).order_by(StatementRow.seq.desc()).limit(limit)
    payloads = session.scalars(newest).all()
    passing = sum(lets_pass(chosen, msgspec.json.decode(one), iri_base=iri_base) for one in payloads)
    return FilterPreview(passing=passing, looked_at=len(payloads))


def list_forwarded_of_agent(session: Session, identifier: tuple[str, ...]) -> dict[int, list[int]]:
    """What the targets hold of an agent, in any part of a statement: target number -> seqs in order.

    Args:
        identifier: as `Actor.identifier` gives it.
    """
    rows = session.execute(
        select(ForwardedStatement.target_id, ForwardedStatement.seq)
        .join(Posting, Posting.seq == ForwardedStatement.seq)
        .join(Term, Term.term_id == Posting.term_id)
        .where(Term.digest == agent_term(identifier).digest)
        .order_by(ForwardedStatement.target_id, ForwardedStatement.seq)
    )
    given: dict[int, list[int]] = {}
    for target_id, seq in rows:
        given.setdefault(target_id, []).append(seq)
    return given


def _count_delivered(session: Session, target_id: int, *, since: datetime) -> int:
    delivered = select(func.count()).where(
        ForwardedStatement.target_id == target_id, ForwardedStatement.delivered_at > since
    )
    return session.scalar(delivered) or 0
