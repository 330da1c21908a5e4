"""Empties the outbox of scores: claim, post outside the transaction, record what came of it.

A claim moves the row's due instant forward (a lease) and numbers itself. If the process dies between
posting and recording, the lease ends and the same score goes out again, which a gradebook takes as no
change. An outcome counts only for the newest claim, so a worker that was thought dead cannot overwrite it.

On 409 the gradebook holds a score that is as new or newer. What it holds is read: the same means done,
anything else is sent again as of now, but only while the claim is still the newest: a worker that was late
must not put an old score over a new one. An LMS that is silent is left alone (`sync.gradebook_breaker`).
"""

import secrets
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Select, func, select, update
from sqlalchemy.orm import Session

from sync.grade_errors import ResultsUnreadable, ScoreConflict, ScoreNotDelivered, ScoreRefused
from sync.gradebook_breaker import (
    PlatformTrouble,
    bring_forward,
    claim_probes,
    list_open_breakers,
    note_answer,
    note_trouble,
)
from sync.line_item_wishes import forget_column
from sync.models import GradebookBreaker, OutgoingScore, ScoreDifference
from sync.ports import Gradebook, HeldResult, LineItemScore
from sync.settings import GradesSettings

#: How long a claimed score belongs to its worker: longer than posting a whole batch may take.
LEASE = timedelta(minutes=15)
FIRST_PAUSE_SECONDS = 60.0
LONGEST_PAUSE_SECONDS = 6 * 3600.0
#: With the pauses above, about two weeks of an LMS that does not answer.
MOST_FAILURES = 64
#: An LMS that writes its gradebook a little after it answered is not asked too early.
READ_BACK_AFTER = timedelta(seconds=30)
#: How a score was settled: the column `settled_by`.
SENT, HELD, RESENT = "sent", "held", "resent"

OpenTransaction = Callable[[], AbstractContextManager[Session]]

_RANDOM = secrets.SystemRandom()
_USUAL = GradesSettings()

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class DeliveryRound:
    """What became of the claimed scores.

    Attributes:
        delivered: the LMS holds them now.
        postponed: they will be tried again.
        given_up: the LMS will never take them, or has not answered for too long.
        untried: put back, because their LMS stopped answering or someone else has them now.
    """

    delivered: int = 0
    postponed: int = 0
    given_up: int = 0
    untried: int = 0

    @property
    def claimed(self) -> int:
        return self.delivered + self.postponed + self.given_up + self.untried


@dataclass(frozen=True)
class _Claim:
    outgoing_score_id: int
    number: int
    revision: int
    scaled: float
    score: LineItemScore


@dataclass(frozen=True)
class _Failure:
    """Why a score was not delivered.

    Attributes:
        is_final: trying again makes no sense.
        of_platform: the LMS is in trouble, not this score.
    """

    code: str
    words: str
    is_final: bool = False
    of_platform: bool = False
    retry_after_seconds: float | None = None


@dataclass(frozen=True)
class _Settled:
    """The LMS holds the score; `scored_at` is the instant that it was last sent with."""

    by: str
    scored_at: datetime


@dataclass(frozen=True)
class _Superseded:
    """Another worker has the score now, or another score took its place."""


_Outcome = _Settled | _Failure | _Superseded


@dataclass(frozen=True)
class _Round:
    """What one round works with."""

    open_transaction: OpenTransaction
    gradebook: Gradebook
    now: datetime
    draw: Callable[[], float]
    settings: GradesSettings


def deliver_due_scores(
    open_transaction: OpenTransaction,
    gradebook: Gradebook,
    *,
    now: datetime,
    limit: int = 20,
    draw: Callable[[], float] = _RANDOM.random,
    settings: GradesSettings = _USUAL,
    lease: timedelta = LEASE,
) -> DeliveryRound:
    """Posts the scores that are due, at most `limit`; several workers may do this at once.

    Args:
        open_transaction: opens a session that commits at the end of its block. Posting happens outside.
        draw: 0.0 to 1.0; spreads the retries so that an LMS that comes back is not overrun, and samples
            the scores that are read back.
        lease: longer than `limit` scores may take.
    """
    this = _Round(open_transaction, gradebook, now, draw, settings)
    with open_transaction() as session:
        claims = _claim_due_scores(session, now=now, limit=limit, lease=lease)
    counts = {"delivered": 0, "postponed": 0, "given_up": 0, "untried": 0}
    silent: set[int] = set()
    for claim in claims:
        platform_id = claim.score.platform_registration_id
        if platform_id in silent:
            _put_back(this, claim)
            counts["untried"] += 1
            continue
        became, is_silent = _record(this, claim, _settle(this, claim))
        counts[became] += 1
        if is_silent:
            silent.add(platform_id)
    return DeliveryRound(**counts)


def is_score_due(session: Session, *, now: datetime) -> bool:
    """Whether the outbox has something to send to an LMS that answers; asks without locking."""
    due = select(OutgoingScore.outgoing_score_id).where(
        OutgoingScore.due_at <= now,
        OutgoingScore.platform_registration_id.not_in(_resting(now)),
    )
    return session.scalar(due.limit(1)) is not None


def count_waiting_scores(session: Session) -> int:
    """How many scores the LMSs do not hold yet, those given up left out."""
    return session.scalar(select(func.count()).where(OutgoingScore.due_at.is_not(None))) or 0


def send_waiting_now(session: Session, *, now: datetime) -> None:
    """Makes every waiting score due at once, whatever its pause or lease.

    For when an LMS is known to be back, and after the only process of an installation was killed while it
    held leases. A score that goes out twice changes nothing.
    """
    session.execute(update(OutgoingScore).where(OutgoingScore.due_at.is_not(None)).values(due_at=now))
    session.execute(
        update(GradebookBreaker).where(GradebookBreaker.opened_at.is_not(None)).values(retry_at=now)
    )


def retry_pause_seconds(failures: int, *, drawn: float, first: float = FIRST_PAUSE_SECONDS) -> float:
    """Pause before the next attempt: doubles with each failure, spread by half around its middle.

    Args:
        failures: unsuccessful attempts so far, from 1.
        drawn: 0.0 to 1.0.
        first: middle of the first pause.
    """
    middle = min(first * 2.0 ** min(failures - 1, 30), LONGEST_PAUSE_SECONDS)
    return middle * (0.5 + drawn)


def score_given(scaled: float, *, score_maximum: float) -> float:
    """Points for the gradebook, from 0.0 to `score_maximum`, to four decimals.

    Args:
        scaled: 0.0 to 1.0.
        score_maximum: points possible, above zero.

    Spec: AGS 2.0, scoreGiven and scoreMaximum.
    """
    return min(round(scaled * score_maximum, 4), score_maximum)


def is_same_share(held: HeldResult | None, scaled: float) -> bool:
    """Whether what a gradebook shows is our score, as far as its rounding lets us tell.

    More than the column's maximum is more than our full score, and not the same.
    """
    return held is not None and held.share is not None and abs(held.share - scaled) <= held.tolerance


def _resting(now: datetime) -> "Select[int]":
    """The LMSs whose breaker is open and whose pause is not over."""
    return select(GradebookBreaker.platform_registration_id).where(
        GradebookBreaker.opened_at.is_not(None), GradebookBreaker.retry_at > now
    )


def _claim_due_scores(session: Session, *, now: datetime, limit: int, lease: timedelta) -> list[_Claim]:
    answering = OutgoingScore.platform_registration_id.not_in(list_open_breakers(session))
    due = (
        select(OutgoingScore)
        .where(OutgoingScore.due_at <= now, answering)
        .order_by(OutgoingScore.due_at, OutgoingScore.outgoing_score_id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    claimed = list(session.scalars(due).all())
    for platform_id in claim_probes(session, now=now, lease=lease):
        # Half open: whichever waits shortest tries, also before its own pause is over.
        one = (
            select(OutgoingScore)
            .where(OutgoingScore.platform_registration_id == platform_id, OutgoingScore.due_at.is_not(None))
            .order_by(OutgoingScore.due_at, OutgoingScore.outgoing_score_id)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        claimed += session.scalars(one).all()
    return [_claim_of(outgoing, due_again_at=now + lease) for outgoing in claimed]


def _claim_of(outgoing: OutgoingScore, *, due_again_at: datetime) -> _Claim:
    outgoing.claims += 1
    outgoing.due_at = due_again_at
    return _Claim(
        outgoing_score_id=outgoing.outgoing_score_id,
        number=outgoing.claims,
        revision=outgoing.revision,
        scaled=outgoing.best_scaled,
        score=LineItemScore(
            platform_registration_id=outgoing.platform_registration_id,
            line_item_url=outgoing.line_item_url,
            lms_user_id=outgoing.lms_user_id,
            score_given=score_given(outgoing.best_scaled, score_maximum=outgoing.score_maximum),
            score_maximum=outgoing.score_maximum,
            scored_at=outgoing.scored_at,
            comment=outgoing.comment,
        ),
    )


def _settle(this: _Round, claim: _Claim) -> _Outcome:
    """Posts a score, and settles a conflict."""
    score = claim.score
    try:
        if _takes(this.gradebook, score):
            return _Settled(SENT, score.scored_at)
        if _holds(this.gradebook, claim):
            return _Settled(HELD, score.scored_at)
        if not _is_current(this, claim):
            return _Superseded()
        # The column took an earlier score later than this one was reached (Moodle notes the time of
        # receipt), so this score counts from now.
        later = replace(score, scored_at=max(this.now, score.scored_at))
        if _takes(this.gradebook, later):
            return _Settled(RESENT, later.scored_at)
    except ScoreRefused as refused:
        return _Failure(refused.code, str(refused), is_final=True)
    except ScoreNotDelivered as failed:
        return _Failure(
            failed.code, str(failed), of_platform=True, retry_after_seconds=failed.retry_after_seconds
        )
    except Exception as broken:
        # One score that trips the adapter must not hold up the others.
        log.exception("score_posting_broke", platform_registration_id=score.platform_registration_id)
        return _Failure("unexpected", type(broken).__name__)
    return _Failure(
        ScoreConflict.code, "The gradebook column holds another score and does not take ours yet."
    )


def _takes(gradebook: Gradebook, score: LineItemScore) -> bool:
    try:
        gradebook.post_score(score)
    except ScoreConflict:
        return False
    return True


def _holds(gradebook: Gradebook, claim: _Claim) -> bool:
    score = claim.score
    try:
        held = gradebook.read_result(score.platform_registration_id, score.line_item_url, score.lms_user_id)
    except ResultsUnreadable:
        # Not every LMS lets us read results; then only sending again can tell.
        return False
    return is_same_share(held, claim.scaled)


def _is_current(this: _Round, claim: _Claim) -> bool:
    with this.open_transaction() as session:
        outgoing = session.get(OutgoingScore, claim.outgoing_score_id, populate_existing=True)
        return (
            outgoing is not None and outgoing.claims == claim.number and outgoing.revision == claim.revision
        )


def _put_back(this: _Round, claim: _Claim) -> None:
    """Ends the lease of a score that was not tried: it is due as soon as its LMS answers."""
    with this.open_transaction() as session:
        outgoing = session.get(OutgoingScore, claim.outgoing_score_id, with_for_update=True)
        if outgoing is not None and outgoing.claims == claim.number:
            outgoing.due_at = this.now


def _record(this: _Round, claim: _Claim, outcome: _Outcome) -> tuple[str, bool]:
    """Writes what became of a claim; returns that in a word, and whether its LMS is left alone now."""
    if isinstance(outcome, _Superseded):
        return "untried", False
    platform_id = claim.score.platform_registration_id
    is_silent = is_back = False
    with this.open_transaction() as session:
        outgoing = session.get(OutgoingScore, claim.outgoing_score_id, with_for_update=True)
        is_newest = outgoing is not None and outgoing.claims == claim.number
        became = "delivered" if isinstance(outcome, _Settled) else "postponed"
        if outgoing is not None and is_newest and isinstance(outcome, _Settled):
            was_different = session.get(ScoreDifference, claim.outgoing_score_id) is not None
            _record_delivery(outgoing, claim, outcome, this, must_check=was_different)
        elif outgoing is not None and is_newest and isinstance(outcome, _Failure):
            became = _record_failure(session, outgoing, outcome, this)
        if isinstance(outcome, _Failure) and outcome.of_platform:
            is_silent = note_trouble(
                session,
                platform_id,
                PlatformTrouble(outcome.code, outcome.words, outcome.retry_after_seconds),
                settings=this.settings,
                now=this.now,
                drawn=this.draw(),
            )
        elif isinstance(outcome, _Settled) or outcome.is_final:
            is_back = note_answer(session, platform_id, now=this.now)
    if is_back:
        # In a transaction of its own: it locks rows that others may hold while they wait for the breaker.
        with this.open_transaction() as session:
            bring_forward(session, platform_id, now=this.now)
    return became, is_silent


def _record_delivery(
    outgoing: OutgoingScore, claim: _Claim, settled: _Settled, this: _Round, *, must_check: bool
) -> None:
    outgoing.delivered_scaled, outgoing.delivered_at = claim.scaled, this.now
    outgoing.settled_by = settled.by
    outgoing.failures, outgoing.trouble, outgoing.trouble_code, outgoing.given_up_at = 0, "", "", None
    outgoing.check_due_at = None
    if outgoing.revision == claim.revision:
        outgoing.due_at = None
        outgoing.scored_at = max(outgoing.scored_at, settled.scored_at)
        if must_check or this.draw() * 100 < this.settings.read_back_percent:
            outgoing.check_due_at = this.now + READ_BACK_AFTER
    else:
        # Another result came while this one was on its way: that one is due at once, and as later.
        outgoing.due_at = this.now
        outgoing.scored_at = max(outgoing.scored_at, settled.scored_at + timedelta(seconds=1))


def _record_failure(session: Session, outgoing: OutgoingScore, failure: _Failure, this: _Round) -> str:
    outgoing.failures += 1
    outgoing.trouble_code = failure.code[:40]
    outgoing.trouble = f"{failure.code}: {failure.words}"[:500]
    if failure.is_final or outgoing.failures >= MOST_FAILURES:
        outgoing.due_at, outgoing.given_up_at = None, this.now
        log.warning("score_given_up", outgoing_score_id=outgoing.outgoing_score_id, trouble=outgoing.trouble)
        if failure.code == "column_gone":
            forget_column(session, outgoing.platform_registration_id, outgoing.line_item_url)
        return "given_up"
    pause = retry_pause_seconds(outgoing.failures, drawn=this.draw(), first=this.settings.retry_seconds)
    outgoing.due_at = this.now + timedelta(seconds=max(pause, failure.retry_after_seconds or 0.0))
    return "postponed"
