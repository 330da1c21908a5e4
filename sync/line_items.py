"""Finds or makes the columns that are wished for, one per link and purpose, and sends the scores there.

As the outbox does: claim, ask the LMS outside the transaction, record what came of it. A process that dies
after making a column is followed by one that finds it, because it looks for our `resourceId` first.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from sync.bookmarks import hold_bookmark_shared
from sync.grade_errors import ScoreNotDelivered, ScoreRefused
from sync.gradebook_breaker import list_open_breakers
from sync.grades import GRADES, expect_score
from sync.line_item_wishes import find_or_create_wish, wanted_of
from sync.models import AwaitedColumn, FinalResult, LineItemWish
from sync.ports import FoundLineItem, Gradebook, WantedLineItem
from sync.score_delivery import retry_pause_seconds

#: Longer than looking for one column and making it may take.
LEASE = timedelta(minutes=5)
#: After so many failures only a new launch or an operator has it tried again.
MOST_FAILURES = 40

OpenTransaction = Callable[[], AbstractContextManager[Session]]

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class _Claim:
    wish_id: int
    number: int
    wanted: WantedLineItem
    known: FoundLineItem | None


def expect_score_in_wanted_column(
    session: Session, wanted: WantedLineItem, *, registration: UUID, lms_user_id: str, now: datetime
) -> None:
    """As `grades.expect_score`, for a launch that names no column.

    Args:
        registration: the xAPI registration in the learner's ticket.
        lms_user_id: `sub` of the learner at that LMS.
    """
    wish = find_or_create_wish(session, wanted, now=now)
    if wish.is_ours and wish.label != wanted.label and wish.due_at is None:
        wish.label, wish.due_at = wanted.label, now
    if wish.line_item_url is not None:
        _expect(session, wish, registration=registration, lms_user_id=lms_user_id, now=now)
        return
    hold_bookmark_shared(session, GRADES)
    session.merge(
        AwaitedColumn(
            registration=registration,
            line_item_wish_id=wish.line_item_wish_id,
            lms_user_id=lms_user_id,
            named_at=now,
        )
    )
    session.flush()
    if wish.due_at is None and session.get(FinalResult, registration, populate_existing=True) is not None:
        wish.due_at = now


def is_column_wanted(session: Session, *, now: datetime) -> bool:
    """Whether a column is to be looked for; asks without locking."""
    due = select(LineItemWish.line_item_wish_id).where(LineItemWish.due_at <= now).limit(1)
    return session.scalar(due) is not None


def find_wanted_columns(
    open_transaction: OpenTransaction,
    gradebook: Gradebook,
    *,
    now: datetime,
    drawn: float = 0.5,
    limit: int = 20,
) -> int:
    """Looks for the columns that are due; returns how many were tried.

    Args:
        drawn: 0.0 to 1.0; spreads the retries.
    """
    tried = 0
    while tried < limit:
        with open_transaction() as session:
            claim = _claim(session, now=now)
        if claim is None:
            break
        tried += 1
        try:
            found = _settle(gradebook, claim)
        except (ScoreNotDelivered, ScoreRefused) as refused:
            with open_transaction() as session:
                _record_failure(session, claim, refused, now=now, drawn=drawn)
            continue
        with open_transaction() as session:
            _record_found(session, claim, found, now=now)
    return tried


def _claim(session: Session, *, now: datetime) -> _Claim | None:
    due = (
        select(LineItemWish)
        .where(
            LineItemWish.due_at <= now,
            LineItemWish.platform_registration_id.not_in(list_open_breakers(session)),
        )
        .order_by(LineItemWish.due_at, LineItemWish.line_item_wish_id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    wish = session.scalars(due).first()
    if wish is None:
        return None
    wish.claims += 1
    wish.due_at = now + LEASE
    known = FoundLineItem(wish.line_item_url, wish.is_ours) if wish.line_item_url else None
    return _Claim(wish.line_item_wish_id, wish.claims, wanted_of(wish), known)


def _settle(gradebook: Gradebook, claim: _Claim) -> FoundLineItem:
    wanted = claim.wanted
    if claim.known is not None:
        # It is known; only its heading is to be changed.
        gradebook.rename_line_item(wanted.platform_registration_id, claim.known.url, wanted.label)
        return claim.known
    found = gradebook.find_line_item(wanted)
    return found or FoundLineItem(gradebook.create_line_item(wanted), is_ours=True)


def _record_found(session: Session, claim: _Claim, found: FoundLineItem, *, now: datetime) -> None:
    # The follower and this agree on who puts a result into the outbox: see `expect_score`.
    hold_bookmark_shared(session, GRADES)
    wish = session.get(LineItemWish, claim.wish_id, with_for_update=True)
    if wish is None or wish.claims != claim.number:
        return
    wish.line_item_url, wish.is_ours, wish.found_at = found.url, found.is_ours, now
    wish.due_at, wish.failures, wish.trouble_code, wish.trouble = None, 0, "", ""
    waiting = select(AwaitedColumn).where(AwaitedColumn.line_item_wish_id == claim.wish_id)
    for awaited in session.scalars(waiting.order_by(AwaitedColumn.registration)).all():
        _expect(session, wish, registration=awaited.registration, lms_user_id=awaited.lms_user_id, now=now)
    session.execute(delete(AwaitedColumn).where(AwaitedColumn.line_item_wish_id == claim.wish_id))


def _record_failure(
    session: Session,
    claim: _Claim,
    refused: ScoreNotDelivered | ScoreRefused,
    *,
    now: datetime,
    drawn: float,
) -> None:
    wish = session.get(LineItemWish, claim.wish_id, with_for_update=True)
    if wish is None or wish.claims != claim.number:
        return
    wish.failures += 1
    wish.trouble_code, wish.trouble = refused.code, str(refused)[:500]
    if isinstance(refused, ScoreRefused) or wish.failures >= MOST_FAILURES:
        wish.due_at = None
        log.warning("line_item_given_up", line_item_wish_id=wish.line_item_wish_id, code=refused.code)
        return
    pause = max(retry_pause_seconds(wish.failures, drawn=drawn), refused.retry_after_seconds or 0.0)
    wish.due_at = now + timedelta(seconds=pause)


def _expect(
    session: Session, wish: LineItemWish, *, registration: UUID, lms_user_id: str, now: datetime
) -> None:
    if wish.line_item_url is None:
        return
    expect_score(
        session,
        registration=registration,
        platform_registration_id=wish.platform_registration_id,
        line_item_url=wish.line_item_url,
        lms_user_id=lms_user_id,
        score_maximum=wish.score_maximum,
        now=now,
    )
