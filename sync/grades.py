"""Results to the LMS gradebook: which column expects which result, and what must still be sent.

A launch says where the result of its xAPI registration belongs; the follower `grades` finds the results.
Whichever comes second puts the best result into the outbox, in its own transaction. A result that is voided
gives way to the best that remains; when none remains, zero points with a comment stand for it, because the
post that would erase a grade has other effects on other LMSs. `sync.score_delivery` empties the outbox.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from sync.bookmarks import hold_bookmark_shared
from sync.followers import Follower
from sync.line_item_wishes import want_columns
from sync.models import ExpectedScore, FinalResult, OutgoingScore
from sync.quiz_results import keep_results, read_graded_batch, void_results
from sync.score_delivery import deliver_due_scores
from sync.trust import counting_authorities
from xapi_bridge.database import insert_if_absent
from xapi_bridge.store.follow import StoredStatement

__all__ = ["GRADES", "deliver_due_scores", "expect_score", "grades_follower"]

#: Name of the follower's bookmark.
GRADES = "grades"
#: An LMS compares timestamps by the second, so a better result is sent as at least this much later.
_LATER = timedelta(seconds=1)
#: Shown in the gradebook, so in the language of its readers.
WITHDRAWN_COMMENT: Final = "Kết quả trước đây đã bị thu hồi; chưa có kết quả hợp lệ khác."
CORRECTED_COMMENT: Final = "Điểm đã được cập nhật sau khi một kết quả trước đây bị thu hồi."


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
    if known is not None and _target(known) == _target(named):
        return
    # From here on the follower waits: it either sees this target, or we see its result.
    hold_bookmark_shared(session, GRADES)
    expected = session.merge(named)
    session.flush()
    result = session.get(FinalResult, registration, populate_existing=True)
    if result is not None:
        _send_best(session, expected, result, now=now)


def grades_follower(*, iri_base: str) -> Follower:
    """The follower that turns final quiz results into outgoing scores, and takes back what was voided.

    Args:
        iri_base: beginning of our activity identifiers; other activities give no grades.
    """

    def take_in(session: Session, batch: Sequence[StoredStatement], _limit: int, now: datetime) -> int:
        authorities = counting_authorities(session, iri_base=iri_base)
        graded = read_graded_batch(batch, iri_base=iri_base, authorities=authorities)
        through = max((stored.seq for stored in batch), default=0)
        improved = keep_results(session, graded.results)
        for expected in _find_expected(session, improved):
            _send_best(session, expected, improved[expected.registration], now=now)
        want_columns(session, improved, now=now)
        fallen = void_results(session, graded.voided_ids, iri_base=iri_base, through=through)
        for expected in _find_expected(session, fallen):
            _send_what_remains(session, expected, now=now)
        session.flush()
        return 0

    return Follower(name=GRADES, take_in=take_in, count_other_work=lambda _session: 0)


def _find_expected(session: Session, registrations: Iterable[UUID]) -> list[ExpectedScore]:
    found = select(ExpectedScore).where(ExpectedScore.registration.in_(list(registrations)))
    return list(session.scalars(found.order_by(ExpectedScore.registration)))


def _send_best(session: Session, expected: ExpectedScore, result: FinalResult, *, now: datetime) -> None:
    """Puts a result into the outbox unless the outbox already holds one at least as good."""
    first = _column_of(expected) | {
        "score_maximum": expected.score_maximum,
        "best_scaled": result.best_scaled,
        "scored_at": result.reached_at,
        "due_at": now,
    }
    if insert_if_absent(session, OutgoingScore.__table__, [first]):
        return
    outgoing = _lock_outgoing(session, expected)
    if outgoing is None:
        return
    outgoing.score_maximum = expected.score_maximum
    if result.best_scaled > outgoing.best_scaled or outgoing.withdrawn_at is not None:
        # A good attempt that was stored late may be older than what the LMS holds; it must not lose to it.
        scored_at = max(result.reached_at, outgoing.scored_at + _LATER)
        _change_score(outgoing, result.best_scaled, scored_at=scored_at, now=now)


def _send_what_remains(session: Session, expected: ExpectedScore, *, now: datetime) -> None:
    """After a voiding: the best result of all registrations that this column and learner have, or none."""
    outgoing = _lock_outgoing(session, expected)
    if outgoing is None:
        return
    best = _best_of_column(session, expected)
    if best is None and outgoing.claims == 0:
        # Nothing was ever sent, so nothing is to be taken back.
        session.delete(outgoing)
        session.flush()
        return
    scaled = best if best is not None else 0.0
    if scaled == outgoing.best_scaled and (best is None) == (outgoing.withdrawn_at is not None):
        return
    _change_score(outgoing, scaled, scored_at=max(now, outgoing.scored_at + _LATER), now=now)
    outgoing.withdrawn_at = now if best is None else None
    outgoing.comment = WITHDRAWN_COMMENT if best is None else CORRECTED_COMMENT


def _change_score(outgoing: OutgoingScore, scaled: float, *, scored_at: datetime, now: datetime) -> None:
    outgoing.best_scaled, outgoing.scored_at = scaled, scored_at
    outgoing.revision += 1
    if outgoing.withdrawn_at is not None:
        outgoing.withdrawn_at, outgoing.comment = None, CORRECTED_COMMENT
    if outgoing.due_at is None:
        outgoing.due_at, outgoing.failures, outgoing.given_up_at = now, 0, None


def _best_of_column(session: Session, expected: ExpectedScore) -> float | None:
    return session.scalar(
        select(FinalResult.best_scaled)
        .join(ExpectedScore, ExpectedScore.registration == FinalResult.registration)
        .where(
            ExpectedScore.platform_registration_id == expected.platform_registration_id,
            ExpectedScore.line_item_url == expected.line_item_url,
            ExpectedScore.lms_user_id == expected.lms_user_id,
        )
        .order_by(FinalResult.best_scaled.desc())
        .limit(1)
    )


def _lock_outgoing(session: Session, expected: ExpectedScore) -> OutgoingScore | None:
    wanted = select(OutgoingScore).filter_by(**_column_of(expected)).with_for_update()
    return session.scalars(wanted.execution_options(populate_existing=True)).one_or_none()


def _column_of(expected: ExpectedScore) -> dict[str, object]:
    return {
        "platform_registration_id": expected.platform_registration_id,
        "line_item_url": expected.line_item_url,
        "lms_user_id": expected.lms_user_id,
    }


def _target(expected: ExpectedScore) -> dict[str, object]:
    return _column_of(expected) | {"score_maximum": expected.score_maximum}
