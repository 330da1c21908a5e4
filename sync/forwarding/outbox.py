"""The outbox of a target: claim a batch, record what became of it.

A claim moves the due instant of its rows forward (a lease) and numbers itself. If the process dies, the lease
ends and the same statements go out again under the same ids, which a record store takes as no change. An
outcome counts only for the newest claim.

Order: a statement is not claimed while an earlier one of the same actor waits for a retry or is on its way.
Claims and outcomes of one target hold its row, so that two workers never claim at once; whoever claims a
statement again claims what came before it as well. Sending happens outside.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog
from sqlalchemy import ColumnElement, delete, exists, func, select
from sqlalchemy.orm import Session

from sync.errors import TargetSecretUnreadable
from sync.forwarding.disclosure import disclose
from sync.forwarding.models import ForwardedStatement, ForwardingTarget, OutgoingStatement
from sync.forwarding.sending import HORIZON_OVER, STATEMENT_GONE, Fate, Outcome, Outgoing, SentBatch
from sync.forwarding.targets import account_at, disclosure_to, lock_target
from sync.forwarding.withdrawals import is_withdrawal, withdrawal_id, withdrawal_payload
from sync.settings import ForwardingSettings
from xapi_bridge.database import insert_if_absent
from xapi_bridge.lrs_account import LrsAccount
from xapi_bridge.remote_errors import RemoteAccessRefused
from xapi_bridge.store.models import StatementRow

#: How long a claimed batch belongs to its worker, who begins no request in its last two thirds.
LEASE = timedelta(minutes=10)
#: Pauses of a target that fails: doubling from the first to the longest.
FIRST_PAUSE_SECONDS = 5.0
LONGEST_PAUSE_SECONDS = 15 * 60.0
#: A wrong key or address is seldom put right sooner.
ACCESS_PAUSE_SECONDS = 10 * 60.0
#: Pauses of a single statement that a target breaks on, while the others go on.
FIRST_STATEMENT_PAUSE_SECONDS = 5 * 60.0
LONGEST_STATEMENT_PAUSE_SECONDS = 3600.0
#: Rows looked at in one read while the first due ones are found.
_WINDOW = 1000
#: After so many failures of the first statement in line its batches become smaller and smaller.
_ATTEMPTS_BEFORE_SPLITTING = 2
#: After so many failures alone a statement steps aside, by the target's answer: it breaks on this statement,
#: or claims a conflict that it cannot show. Any other answer may be the target's own trouble for longer.
_ATTEMPTS_BY_STATUS = {500: 3, 409: 1}
_ATTEMPTS_OTHERWISE = 8

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class ClaimedBatch:
    """Statements that belong to one worker until the lease ends.

    Attributes:
        claims: number of the claim, by seq.
    """

    target_id: int
    account: LrsAccount = field(repr=False)
    statements: tuple[Outgoing, ...]
    claims: dict[int, int]


def claim_batch(
    session: Session, target_id: int, *, settings: ForwardingSettings, now: datetime
) -> ClaimedBatch | None:
    """The next statements for a target; None when nothing is due, or another worker is claiming."""
    target = _lock_if_free(session, target_id, now=now)
    if target is None:
        return None
    try:
        account = account_at(target, sealing_secret=settings.secret)
        allowed = disclosure_to(target, sealing_secret=settings.secret, iri_base=settings.iri_base)
    except TargetSecretUnreadable as unreadable:
        _note_trouble(target, unreadable.code, str(unreadable), ACCESS_PAUSE_SECONDS, now=now)
        return None
    rows = _due_rows(session, target, iri_base=settings.iri_base, now=now)
    for outgoing, _ in rows:
        outgoing.claims += 1
        outgoing.is_claimed, outgoing.due_at = True, now + LEASE
    return ClaimedBatch(
        target_id=target_id,
        account=account,
        statements=tuple(_outgoing(one, disclose(payload, allowed)) for one, payload in rows),
        claims={one.seq: one.claims for one, _ in rows},
    )


def record_sent(
    session: Session,
    batch: ClaimedBatch,
    sent: SentBatch,
    *,
    settings: ForwardingSettings,
    now: datetime,
    draw: Callable[[], float],
) -> None:
    """Writes what became of a claimed batch.

    Args:
        draw: 0.0 to 1.0; spreads the retries, so that a target that comes back is not overrun.
    """
    target = lock_target(session, batch.target_id)
    rows = [one for one in _rows_of(session, batch) if one.claims == batch.claims[one.seq]]
    _move_delivered(session, target, rows, sent, now=now)
    for outgoing in rows:
        outcome = sent.outcomes[outgoing.seq]
        if outcome.fate is not Fate.DELIVERED:
            _record_failure(outgoing, outcome, horizon=settings.horizon, now=now, draw=draw)
    _record_health(target, sent, now=now, draw=draw)
    session.flush()


def list_deliverable(session: Session, *, now: datetime) -> Sequence[int]:
    """The targets that something is due for, in their order; asks without locking."""
    due = exists().where(
        OutgoingStatement.target_id == ForwardingTarget.target_id, OutgoingStatement.due_at <= now
    )
    deliverable = select(ForwardingTarget.target_id).where(due, _is_open(now))
    return session.scalars(deliverable.order_by(ForwardingTarget.target_id)).all()


def pause_seconds(failures: int, *, first: float, longest: float, drawn: float) -> float:
    """Pause before the next attempt: doubles with each failure, spread by half around its middle.

    Args:
        failures: unsuccessful attempts so far, from 1.
        drawn: 0.0 to 1.0.
    """
    return min(first * 2.0 ** min(failures - 1, 30), longest) * (0.5 + drawn)


def _is_open(now: datetime) -> ColumnElement[bool]:
    """Neither paused by an operator nor in a pause of ours."""
    retry_at = ForwardingTarget.retry_at
    return ForwardingTarget.paused_at.is_(None) & (retry_at.is_(None) | (retry_at <= now))


def _lock_if_free(session: Session, target_id: int, *, now: datetime) -> ForwardingTarget | None:
    return session.scalar(
        select(ForwardingTarget)
        .where(ForwardingTarget.target_id == target_id, _is_open(now))
        .with_for_update(skip_locked=True, key_share=True)
        .execution_options(populate_existing=True)
    )


def _due_rows(
    session: Session, target: ForwardingTarget, *, iri_base: str, now: datetime
) -> list[tuple[OutgoingStatement, bytes]]:
    """The statements to claim with their payloads: in order, within the sizes of the target."""
    most = 1 if target.failures else target.batch_statements
    due = _find_due(session, target.target_id, most=most, now=now)
    found = session.execute(
        select(OutgoingStatement, StatementRow.payload)
        .outerjoin(StatementRow, StatementRow.seq == OutgoingStatement.seq)
        .where(OutgoingStatement.target_id == target.target_id, OutgoingStatement.seq.in_(due))
        .order_by(OutgoingStatement.seq)
        .execution_options(populate_existing=True)
    )
    rows = []
    for outgoing, kept in found:
        payload = withdrawal_payload(outgoing, iri_base=iri_base) if is_withdrawal(outgoing) else kept
        if not payload:
            _bury(outgoing, STATEMENT_GONE, now=now)
        else:
            rows.append((outgoing, payload))
    return _within(rows, most_bytes=target.batch_bytes)


def _outgoing(row: OutgoingStatement, raw: bytes) -> Outgoing:
    statement_id = withdrawal_id(row.statement_id) if is_withdrawal(row) else row.statement_id
    return Outgoing(row.seq, statement_id, raw)


def _find_due(session: Session, target_id: int, *, most: int, now: datetime) -> list[int]:
    """The first `most` due statements that overtake nothing of their actor.

    Two plain range reads, and the comparison here: as one command with NOT EXISTS a database without
    statistics compares every row with every earlier one.
    """
    holding = _first_held_back(session, target_id, now=now)
    due: list[int] = []
    # Withdrawals have numbers below zero.
    after = -(2**62)
    while len(due) < most:
        window = session.execute(
            select(OutgoingStatement.seq, OutgoingStatement.actor_key)
            .where(
                OutgoingStatement.target_id == target_id,
                OutgoingStatement.due_at <= now,
                OutgoingStatement.seq > after,
            )
            .order_by(OutgoingStatement.seq)
            .limit(_WINDOW)
        ).all()
        due += [seq for seq, actor in window if seq < holding.get(bytes(actor), seq + 1)]
        if len(window) < _WINDOW:
            break
        after = window[-1].seq
    return due[:most]


def _first_held_back(session: Session, target_id: int, *, now: datetime) -> dict[bytes, int]:
    """The earliest statement of each actor that is on its way or waits for a retry; there are few."""
    held = (
        select(OutgoingStatement.actor_key, func.min(OutgoingStatement.seq))
        .where(OutgoingStatement.target_id == target_id, OutgoingStatement.due_at > now)
        .group_by(OutgoingStatement.actor_key)
    )
    return {bytes(actor): seq for actor, seq in session.execute(held)}


def _within(
    rows: list[tuple[OutgoingStatement, bytes]], *, most_bytes: int
) -> list[tuple[OutgoingStatement, bytes]]:
    """The first rows that fit into one request, at least one; fewer where the first has failed before."""
    if not rows:
        return rows
    halvings = max(0, rows[0][0].attempts - _ATTEMPTS_BEFORE_SPLITTING)
    rows = rows[: max(1, len(rows) >> halvings)]
    size = 0
    for place, (_, payload) in enumerate(rows):
        size += len(payload) + 1
        if place and size > most_bytes:
            return rows[:place]
    return rows


def _rows_of(session: Session, batch: ClaimedBatch) -> Sequence[OutgoingStatement]:
    """The rows of a batch that are still there, oldest first."""
    return session.scalars(
        select(OutgoingStatement)
        .where(OutgoingStatement.target_id == batch.target_id, OutgoingStatement.seq.in_(batch.claims))
        .order_by(OutgoingStatement.seq)
        .execution_options(populate_existing=True)
    ).all()


def _move_delivered(
    session: Session,
    target: ForwardingTarget,
    rows: Sequence[OutgoingStatement],
    sent: SentBatch,
    *,
    now: datetime,
) -> None:
    """From the outbox to the record of what was forwarded."""
    delivered = [one.seq for one in rows if sent.outcomes[one.seq].fate is Fate.DELIVERED]
    if not delivered:
        return
    session.execute(
        delete(OutgoingStatement)
        .where(OutgoingStatement.target_id == target.target_id, OutgoingStatement.seq.in_(delivered))
        .execution_options(synchronize_session=False)
    )
    given = [{"target_id": target.target_id, "seq": seq, "delivered_at": now} for seq in delivered]
    target.delivered_count += insert_if_absent(session, ForwardedStatement.__table__, given)
    target.last_delivered_at = now


def _record_failure(
    outgoing: OutgoingStatement,
    outcome: Outcome,
    *,
    horizon: timedelta,
    now: datetime,
    draw: Callable[[], float],
) -> None:
    outgoing.is_claimed, outgoing.due_at = False, now
    if outcome.fate is Fate.UNTRIED:
        return
    outgoing.attempts += 1
    outgoing.first_tried_at = outgoing.first_tried_at or now
    outgoing.reason, outgoing.last_status, outgoing.answer = outcome.reason, outcome.status, outcome.answer
    if outcome.fate is Fate.DEAD:
        _bury(outgoing, outcome.reason, now=now)
    elif now - outgoing.first_tried_at >= horizon:
        _bury(outgoing, HORIZON_OVER, now=now)
    elif outcome.alone:
        outgoing.due_at = now + timedelta(seconds=_stepping_aside(outgoing, outcome, drawn=draw()))


def _bury(outgoing: OutgoingStatement, reason: str, *, now: datetime) -> None:
    outgoing.reason, outgoing.due_at, outgoing.dead_at = reason, None, now
    log.warning(
        "statement_not_forwarded",
        target_id=outgoing.target_id,
        statement_id=str(outgoing.statement_id),
        reason=reason,
        status=outgoing.last_status,
    )


def _stepping_aside(outgoing: OutgoingStatement, outcome: Outcome, *, drawn: float) -> float:
    """Seconds that a statement waits, on which the target seems to break; 0 while the target may be down."""
    borne = _ATTEMPTS_BY_STATUS.get(outcome.status or 0, _ATTEMPTS_OTHERWISE)
    over = outgoing.attempts - borne
    if over < 0:
        return 0.0
    return pause_seconds(
        over + 1,
        first=FIRST_STATEMENT_PAUSE_SECONDS,
        longest=LONGEST_STATEMENT_PAUSE_SECONDS,
        drawn=drawn,
    )


def _record_health(
    target: ForwardingTarget, sent: SentBatch, *, now: datetime, draw: Callable[[], float]
) -> None:
    """The circuit breaker: a target that fails is left alone for a while, then tried with one statement."""
    if sent.trouble is None:
        if sent.requests:
            target.failures, target.retry_at = 0, None
            target.trouble_code, target.trouble, target.trouble_since = "", "", None
        return
    # What was answered before the trouble shows that the target was well until then.
    answered = sent.count(Fate.DELIVERED) + sent.count(Fate.DEAD)
    target.failures = 1 if answered else target.failures + 1
    pause = pause_seconds(
        target.failures, first=FIRST_PAUSE_SECONDS, longest=LONGEST_PAUSE_SECONDS, drawn=draw()
    )
    if isinstance(sent.trouble, RemoteAccessRefused):
        pause = ACCESS_PAUSE_SECONDS
    asked = getattr(sent.trouble, "retry_after_seconds", None) or 0.0
    _note_trouble(target, sent.trouble.code, str(sent.trouble), max(pause, asked), now=now)


def _note_trouble(target: ForwardingTarget, code: str, words: str, pause: float, *, now: datetime) -> None:
    target.retry_at = now + timedelta(seconds=pause)
    target.trouble_code, target.trouble = code, words[:500]
    target.trouble_since = target.trouble_since or now
    log.warning("target_in_trouble", target_id=target.target_id, code=code, pause_seconds=round(pause, 1))
