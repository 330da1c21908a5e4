"""Empties the outbox of scores: claim, post outside the transaction, record what came of it.

A claim moves the row's due instant forward (a lease) and numbers itself. If the process dies between
posting and recording, the lease ends and the same score goes out again, which a gradebook takes as no
change. An outcome counts only for the newest claim, so a worker that was thought dead cannot overwrite it.
"""

import secrets
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from sync.errors import ScoreNotDelivered, ScoreRefused
from sync.models import OutgoingScore
from sync.ports import Gradebook, LineItemScore

#: How long a claimed score belongs to its worker: longer than posting a whole batch may take.
LEASE = timedelta(minutes=15)
FIRST_PAUSE_SECONDS = 60.0
LONGEST_PAUSE_SECONDS = 6 * 3600.0
#: With the pauses above, about two weeks of an LMS that does not answer.
MOST_FAILURES = 64

OpenTransaction = Callable[[], AbstractContextManager[Session]]

_RANDOM = secrets.SystemRandom()

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class DeliveryRound:
    """What became of the claimed scores.

    Attributes:
        delivered: the LMS holds them now.
        postponed: they will be tried again.
        given_up: the LMS will never take them, or has not answered for too long.
    """

    delivered: int = 0
    postponed: int = 0
    given_up: int = 0

    @property
    def claimed(self) -> int:
        return self.delivered + self.postponed + self.given_up


@dataclass(frozen=True)
class _Claim:
    outgoing_score_id: int
    number: int
    scaled: float
    score: LineItemScore


@dataclass(frozen=True)
class _Failure:
    """Why a score was not delivered, and whether trying again makes sense."""

    trouble: str
    is_final: bool = False
    retry_after_seconds: float = 0.0


def deliver_due_scores(
    open_transaction: OpenTransaction,
    gradebook: Gradebook,
    *,
    now: datetime,
    limit: int = 20,
    draw: Callable[[], float] = _RANDOM.random,
) -> DeliveryRound:
    """Posts the scores that are due, at most `limit`; several workers may do this at once.

    Args:
        open_transaction: opens a session that commits at the end of its block. Posting happens outside.
        draw: 0.0 to 1.0; spreads the retries so that an LMS that comes back is not overrun.
    """
    with open_transaction() as session:
        claims = _claim_due_scores(session, now=now, limit=limit)
    delivered = postponed = given_up = 0
    for claim in claims:
        failure = _post(gradebook, claim.score)
        with open_transaction() as session:
            is_given_up = _record_outcome(session, claim, failure, now=now, draw=draw)
        delivered += failure is None
        given_up += is_given_up
        postponed += failure is not None and not is_given_up
    return DeliveryRound(delivered=delivered, postponed=postponed, given_up=given_up)


def is_score_due(session: Session, *, now: datetime) -> bool:
    """Whether the outbox has something to send; asks without locking."""
    due = select(OutgoingScore.outgoing_score_id).where(OutgoingScore.due_at <= now).limit(1)
    return session.scalar(due) is not None


def count_waiting_scores(session: Session) -> int:
    """How many scores the LMSs do not hold yet, those given up left out."""
    return session.scalar(select(func.count()).where(OutgoingScore.due_at.is_not(None))) or 0


def send_waiting_now(session: Session, *, now: datetime) -> None:
    """Makes every waiting score due at once, whatever its pause or lease.

    For when an LMS is known to be back, and after the only process of an installation was killed while it
    held leases. A score that goes out twice changes nothing.
    """
    session.execute(update(OutgoingScore).where(OutgoingScore.due_at.is_not(None)).values(due_at=now))


def retry_pause_seconds(failures: int, *, drawn: float) -> float:
    """Pause before the next attempt: doubles with each failure, spread by half around its middle.

    Args:
        failures: unsuccessful attempts so far, from 1.
        drawn: 0.0 to 1.0.
    """
    middle = min(FIRST_PAUSE_SECONDS * 2.0 ** min(failures - 1, 30), LONGEST_PAUSE_SECONDS)
    return middle * (0.5 + drawn)


def score_given(scaled: float, *, score_maximum: float) -> float:
    """Points for the gradebook, from 0.0 to `score_maximum`, to four decimals.

    Args:
        scaled: 0.0 to 1.0.
        score_maximum: points possible, above zero.

    Spec: AGS 2.0, scoreGiven and scoreMaximum.
    """
    return min(round(scaled * score_maximum, 4), score_maximum)


def _claim_due_scores(session: Session, *, now: datetime, limit: int) -> list[_Claim]:
    due = (
        select(OutgoingScore)
        .where(OutgoingScore.due_at <= now)
        .order_by(OutgoingScore.due_at, OutgoingScore.outgoing_score_id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    claims = []
    for outgoing in session.scalars(due).all():
        outgoing.claims += 1
        outgoing.due_at = now + LEASE
        claims.append(_claim_of(outgoing))
    return claims


def _claim_of(outgoing: OutgoingScore) -> _Claim:
    return _Claim(
        outgoing_score_id=outgoing.outgoing_score_id,
        number=outgoing.claims,
        scaled=outgoing.best_scaled,
        score=LineItemScore(
            platform_registration_id=outgoing.platform_registration_id,
            line_item_url=outgoing.line_item_url,
            lms_user_id=outgoing.lms_user_id,
            score_given=score_given(outgoing.best_scaled, score_maximum=outgoing.score_maximum),
            score_maximum=outgoing.score_maximum,
            scored_at=outgoing.scored_at,
        ),
    )


def _post(gradebook: Gradebook, score: LineItemScore) -> _Failure | None:
    try:
        gradebook.post_score(score)
    except ScoreRefused as refused:
        return _Failure(f"{refused.code}: {refused}", is_final=True)
    except ScoreNotDelivered as failed:
        return _Failure(f"{failed.code}: {failed}", retry_after_seconds=failed.retry_after_seconds or 0.0)
    except Exception as broken:
        # One score that trips the adapter must not hold up the others.
        log.exception("score_posting_broke", platform_registration_id=score.platform_registration_id)
        return _Failure(f"unexpected: {type(broken).__name__}")
    return None


def _record_outcome(
    session: Session, claim: _Claim, failure: _Failure | None, *, now: datetime, draw: Callable[[], float]
) -> bool:
    """Writes what became of a claim; returns whether the score is given up."""
    outgoing = session.get(OutgoingScore, claim.outgoing_score_id, with_for_update=True)
    if outgoing is None or outgoing.claims != claim.number:
        return False
    if failure is None:
        _record_delivery(outgoing, claim, now=now)
        return False
    return _record_failure(outgoing, failure, now=now, draw=draw)


def _record_delivery(outgoing: OutgoingScore, claim: _Claim, *, now: datetime) -> None:
    outgoing.delivered_scaled, outgoing.delivered_at = claim.scaled, now
    outgoing.failures, outgoing.trouble, outgoing.given_up_at = 0, "", None
    # A better result may have come while this one was on its way: then that one is due at once.
    outgoing.due_at = now if outgoing.best_scaled > claim.scaled else None


def _record_failure(
    outgoing: OutgoingScore, failure: _Failure, *, now: datetime, draw: Callable[[], float]
) -> bool:
    outgoing.failures += 1
    outgoing.trouble = failure.trouble[:500]
    if failure.is_final or outgoing.failures >= MOST_FAILURES:
        outgoing.due_at, outgoing.given_up_at = None, now
        log.warning("score_given_up", outgoing_score_id=outgoing.outgoing_score_id, trouble=outgoing.trouble)
        return True
    pause = max(retry_pause_seconds(outgoing.failures, drawn=draw()), failure.retry_after_seconds)
    outgoing.due_at = now + timedelta(seconds=pause)
    return False
