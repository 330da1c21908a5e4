"""Results to the LMS gradebook: which column expects which result, and what must still be sent.

A launch says where the result of its xAPI registration belongs; the follower `grades` finds the results.
Whichever comes second puts the best result into the outbox, in its own transaction.
`sync.score_delivery` empties the outbox.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from sync.bookmarks import hold_bookmark_shared
from sync.followers import Follower
from sync.models import ExpectedScore, FinalResult, OutgoingScore
from sync.rollups.definitions import is_final_result
from sync.score_delivery import deliver_due_scores
from sync.statement_outline import StatementOutline, read_outline
from xapi_bridge.database import insert_if_absent
from xapi_bridge.store.follow import StoredStatement

__all__ = ["GRADES", "deliver_due_scores", "expect_score", "grades_follower"]

#: Name of the follower's bookmark.
GRADES = "grades"
#: An LMS compares timestamps by the second, so a better result is sent as at least this much later.
_LATER = timedelta(seconds=1)


def expect_score(
    session: Session,
    *,
    registration: UUID,
    platform_registration_id: int,
    line_item_url: str,
    lms_user_id: str,
    score_maximum: float,
    now: datetime,
) -> None:
    """Notes which gradebook column takes the best final result of an xAPI registration.

    Repeating it changes nothing. A result that was reached before its column existed is sent now.

    Args:
        registration: the xAPI registration in the learner's ticket.
        platform_registration_id: the LMS registration whose credentials send the score.
        line_item_url: the column, from the launch's AGS claim.
        lms_user_id: `sub` of the learner at that LMS.
        score_maximum: points possible, above zero.
    """
    named = ExpectedScore(
        registration=registration,
        platform_registration_id=platform_registration_id,
        line_item_url=line_item_url,
        lms_user_id=lms_user_id,
        score_maximum=score_maximum,
        named_at=now,
    )
    known = session.get(ExpectedScore, registration)
    if known is not None and _same_target(known, named):
        return
    # From here on the follower waits: it either sees this target, or we see its result.
    hold_bookmark_shared(session, GRADES)
    expected = session.merge(named)
    session.flush()
    result = session.get(FinalResult, registration, populate_existing=True)
    if result is not None:
        _send_best(session, expected, result, now=now)


def grades_follower(*, iri_base: str) -> Follower:
    """The follower that turns final quiz results into outgoing scores.

    Args:
        iri_base: beginning of our activity identifiers; other activities give no grades.
    """

    def take_in(session: Session, batch: Sequence[StoredStatement], _limit: int, now: datetime) -> int:
        best = _best_results(batch, iri_base=iri_base)
        improved = _keep_best(session, best)
        for expected in _find_expected(session, improved):
            _send_best(session, expected, improved[expected.registration], now=now)
        session.flush()
        return 0

    return Follower(name=GRADES, take_in=take_in, count_other_work=lambda _session: 0)


def _best_results(batch: Sequence[StoredStatement], *, iri_base: str) -> dict[UUID, tuple[float, datetime]]:
    """Best result per registration in one batch: (0.0 to 1.0, when)."""
    best: dict[UUID, tuple[float, datetime]] = {}
    for stored in batch:
        outline = read_outline(stored.payload, stored=stored.stored)
        if stored.voided or outline is None or not is_final_result(outline, iri_base=iri_base):
            continue
        registration, scaled = outline.registration, _scaled(outline)
        if registration is not None and (registration not in best or scaled > best[registration][0]):
            best[registration] = (scaled, outline.occurred_at)
    return best


def _scaled(outline: StatementOutline) -> float:
    """0.0 to 1.0: a gradebook knows no score below zero."""
    return min(max(outline.scaled or 0.0, 0.0), 1.0)


def _keep_best(session: Session, best: dict[UUID, tuple[float, datetime]]) -> dict[UUID, FinalResult]:
    """Raises the kept results where a batch was better; returns those that rose."""
    kept = {
        result.registration: result
        for result in session.scalars(select(FinalResult).where(FinalResult.registration.in_(best)))
    }
    improved: dict[UUID, FinalResult] = {}
    for registration, (scaled, reached_at) in best.items():
        result = kept.get(registration)
        if result is None:
            result = FinalResult(registration=registration, best_scaled=scaled, reached_at=reached_at)
            session.add(result)
        elif scaled > result.best_scaled:
            result.best_scaled, result.reached_at = scaled, reached_at
        else:
            continue
        improved[registration] = result
    session.flush()
    return improved


def _find_expected(session: Session, improved: dict[UUID, FinalResult]) -> list[ExpectedScore]:
    found = select(ExpectedScore).where(ExpectedScore.registration.in_(improved))
    return list(session.scalars(found.order_by(ExpectedScore.registration)))


def _send_best(session: Session, expected: ExpectedScore, result: FinalResult, *, now: datetime) -> None:
    """Puts a result into the outbox unless the outbox already holds one at least as good."""
    target = {
        "platform_registration_id": expected.platform_registration_id,
        "line_item_url": expected.line_item_url,
        "lms_user_id": expected.lms_user_id,
    }
    first = target | {
        "score_maximum": expected.score_maximum,
        "best_scaled": result.best_scaled,
        "scored_at": result.reached_at,
        "due_at": now,
    }
    if insert_if_absent(session, OutgoingScore.__table__, [first]):
        return
    outgoing = session.scalars(
        select(OutgoingScore).filter_by(**target).with_for_update().execution_options(populate_existing=True)
    ).one()
    outgoing.score_maximum = expected.score_maximum
    if result.best_scaled > outgoing.best_scaled:
        _raise_score(outgoing, result, now=now)


def _raise_score(outgoing: OutgoingScore, result: FinalResult, *, now: datetime) -> None:
    outgoing.best_scaled = result.best_scaled
    # A good attempt that was stored late may be older than what the LMS holds; it must not lose to it.
    outgoing.scored_at = max(result.reached_at, outgoing.scored_at + _LATER)
    if outgoing.due_at is None:
        outgoing.due_at, outgoing.failures, outgoing.given_up_at = now, 0, None


def _same_target(known: ExpectedScore, named: ExpectedScore) -> bool:
    def target(expected: ExpectedScore) -> tuple[int, str, str, float]:
        return (
            expected.platform_registration_id,
            expected.line_item_url,
            expected.lms_user_id,
            expected.score_maximum,
        )

    return target(known) == target(named)
