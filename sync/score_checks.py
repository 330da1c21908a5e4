"""Asks LMSs what their gradebooks hold, and compares it with what we delivered.

Twice: some time after a delivery (read-back), and every night for each column (drift). A difference is noted
and shown, not overwritten: a teacher may have changed the grade on purpose. Sending again is a person's
decision.
"""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from sync.calendars import VIET_NAM
from sync.grade_errors import ColumnGone, ResultsUnreadable, ScoreNotDelivered, ScoreNotTaken
from sync.gradebook_breaker import list_open_breakers
from sync.models import ColumnCheck, OutgoingScore, ScoreDifference
from sync.ports import Gradebook, HeldResult
from sync.score_delivery import is_same_share, retry_pause_seconds
from xapi_bridge.database import insert_if_absent

#: Longer than reading one learner's result may take.
READ_BACK_LEASE = timedelta(minutes=5)
#: Longer than reading all pages of one column may take.
COLUMN_LEASE = timedelta(minutes=30)
#: A column that cannot be read is tried again so often before the next night.
MOST_FAILURES = 5
#: Who found a difference.
READ_BACK, NIGHTLY = "read_back", "nightly"
_SLICE = 500

OpenTransaction = Callable[[], AbstractContextManager[Session]]

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class _Asked:
    outgoing_score_id: int
    revision: int
    platform_registration_id: int
    line_item_url: str
    lms_user_id: str


def is_read_back_due(session: Session, *, now: datetime) -> bool:
    """Whether an LMS is to be asked what it holds after a delivery; asks without locking."""
    due = select(OutgoingScore.outgoing_score_id).where(OutgoingScore.check_due_at <= now).limit(1)
    return session.scalar(due) is not None


def read_back_scores(
    open_transaction: OpenTransaction, gradebook: Gradebook, *, now: datetime, limit: int = 20
) -> int:
    """Asks for the scores that are to be read back; returns for how many."""
    with open_transaction() as session:
        asked = _claim_read_backs(session, now=now, limit=limit)
    silent: set[int] = set()
    for one in asked:
        if one.platform_registration_id in silent:
            continue
        try:
            held = gradebook.read_result(one.platform_registration_id, one.line_item_url, one.lms_user_id)
        except ScoreNotDelivered:
            # Its lease ends, and it is asked again; scores that wait there tell the breaker.
            silent.add(one.platform_registration_id)
        except (ResultsUnreadable, ScoreNotTaken):
            _record_unreadable(open_transaction, one)
        else:
            with open_transaction() as session:
                outgoing = _lock(session, one)
                if outgoing is not None:
                    outgoing.check_due_at = None
                    compare_score(session, outgoing, held, found_by=READ_BACK, now=now)
    return len(asked)


def plan_comparisons(session: Session, *, now: datetime, hour: int) -> int:
    """Notes every column that was delivered to for the nightly comparison; returns how many are new.

    Args:
        hour: of the night in Viet Nam, after which columns are compared.
    """
    columns = session.execute(
        _unplanned()
        .order_by(OutgoingScore.platform_registration_id, OutgoingScore.line_item_url)
        .limit(_SLICE)
    ).all()
    due_at = next_night(now, hour=hour)
    rows = [
        {"platform_registration_id": platform_id, "line_item_url": url, "due_at": due_at}
        for platform_id, url in columns
    ]
    return insert_if_absent(session, ColumnCheck.__table__, rows)


def is_column_unplanned(session: Session) -> bool:
    """Whether a column was delivered to that `plan_comparisons` has not noted; asks without locking."""
    return session.execute(_unplanned().limit(1)).first() is not None


def is_comparison_due(session: Session, *, now: datetime) -> bool:
    """Whether a column is to be compared; asks without locking."""
    due = select(ColumnCheck.line_item_url).where(ColumnCheck.due_at <= now).limit(1)
    return session.scalar(due) is not None


def compare_due_columns(
    open_transaction: OpenTransaction,
    gradebook: Gradebook,
    *,
    now: datetime,
    hour: int,
    limit: int = 10,
) -> int:
    """Compares the columns that are due with what we delivered there; returns how many were read."""
    done = 0
    for _ in range(limit):
        with open_transaction() as session:
            claim = _claim_column(session, now=now)
        if claim is None:
            break
        done += 1
        platform_id, url = claim
        try:
            results = gradebook.read_results(platform_id, url)
        except (ScoreNotDelivered, ResultsUnreadable, ColumnGone) as refused:
            with open_transaction() as session:
                _record_column_trouble(session, claim, refused, now=now, hour=hour)
            continue
        with open_transaction() as session:
            _compare_column(session, claim, results, now=now, hour=hour)
    return done


def compare_all_now(session: Session, *, now: datetime) -> None:
    """Makes every column due for comparison."""
    columns = session.scalars(select(ColumnCheck).with_for_update())
    for column in columns:
        column.due_at, column.failures = now, 0


def compare_score(
    session: Session, outgoing: OutgoingScore, held: HeldResult | None, *, found_by: str, now: datetime
) -> bool:
    """Notes what an LMS shows of a delivered score; returns whether it differs."""
    sent = outgoing.delivered_scaled
    if sent is None:
        return False
    share = held.share if held is not None else None
    outgoing.checked_at, outgoing.held_scaled = now, share
    kept = session.get(ScoreDifference, outgoing.outgoing_score_id)
    if is_same_share(held, sent):
        if kept is not None:
            session.delete(kept)
        return False
    kind = "missing" if share is None else ("lower" if share < sent else "higher")
    if kept is None:
        kept = ScoreDifference(outgoing_score_id=outgoing.outgoing_score_id, found_by=found_by, found_at=now)
        session.add(kept)
        log.warning("score_differs", outgoing_score_id=outgoing.outgoing_score_id, kind=kind)
    kept.kind, kept.sent_scaled, kept.held_scaled, kept.seen_at = kind, sent, share, now
    session.flush()
    return True


def next_night(now: datetime, *, hour: int) -> datetime:
    """The next instant at which it is that hour in Viet Nam."""
    there = now.astimezone(VIET_NAM)
    tonight = there.replace(hour=hour, minute=0, second=0, microsecond=0)
    return tonight if tonight > there else tonight + timedelta(days=1)


def _unplanned() -> "Select[int, str]":
    planned = select(ColumnCheck.line_item_url).where(
        ColumnCheck.platform_registration_id == OutgoingScore.platform_registration_id,
        ColumnCheck.line_item_url == OutgoingScore.line_item_url,
    )
    return (
        select(OutgoingScore.platform_registration_id, OutgoingScore.line_item_url)
        .where(OutgoingScore.delivered_at.is_not(None), ~planned.exists())
        .distinct()
    )


def _claim_read_backs(session: Session, *, now: datetime, limit: int) -> list[_Asked]:
    due = (
        select(OutgoingScore)
        .where(
            OutgoingScore.check_due_at <= now,
            OutgoingScore.platform_registration_id.not_in(list_open_breakers(session)),
        )
        .order_by(OutgoingScore.check_due_at, OutgoingScore.outgoing_score_id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    asked = []
    for outgoing in session.scalars(due).all():
        outgoing.check_due_at = now + READ_BACK_LEASE
        asked.append(
            _Asked(
                outgoing.outgoing_score_id,
                outgoing.revision,
                outgoing.platform_registration_id,
                outgoing.line_item_url,
                outgoing.lms_user_id,
            )
        )
    return asked


def _lock(session: Session, one: _Asked) -> OutgoingScore | None:
    """The score that was asked for; None when another result took its place meanwhile."""
    outgoing = session.get(OutgoingScore, one.outgoing_score_id, with_for_update=True)
    is_same = outgoing is not None and outgoing.revision == one.revision and outgoing.due_at is None
    return outgoing if is_same else None


def _record_unreadable(open_transaction: OpenTransaction, one: _Asked) -> None:
    with open_transaction() as session:
        outgoing = _lock(session, one)
        if outgoing is not None:
            outgoing.check_due_at = None


def _claim_column(session: Session, *, now: datetime) -> tuple[int, str] | None:
    due = (
        select(ColumnCheck)
        .where(
            ColumnCheck.due_at <= now,
            ColumnCheck.platform_registration_id.not_in(list_open_breakers(session)),
        )
        .order_by(ColumnCheck.due_at, ColumnCheck.platform_registration_id, ColumnCheck.line_item_url)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    column = session.scalars(due).first()
    if column is None:
        return None
    column.due_at = now + COLUMN_LEASE
    return column.platform_registration_id, column.line_item_url


def _record_column_trouble(
    session: Session,
    claim: tuple[int, str],
    refused: ScoreNotDelivered | ResultsUnreadable | ColumnGone,
    *,
    now: datetime,
    hour: int,
) -> None:
    column = session.get(ColumnCheck, claim, with_for_update=True)
    if column is None:
        return
    column.failures += 1
    column.trouble_code, column.trouble = refused.code, str(refused)[:500]
    column.due_at = next_night(now, hour=hour)
    if isinstance(refused, ScoreNotDelivered) and column.failures < MOST_FAILURES:
        column.due_at = now + timedelta(seconds=retry_pause_seconds(column.failures + 3, drawn=0.5))


def _compare_column(
    session: Session, claim: tuple[int, str], results: Sequence[HeldResult], *, now: datetime, hour: int
) -> None:
    platform_id, url = claim
    held = {result.lms_user_id: result for result in results}
    compared = differences = 0
    for outgoing in _delivered_to(session, platform_id, url, before=now):
        compared += 1
        differences += compare_score(
            session, outgoing, held.get(outgoing.lms_user_id), found_by=NIGHTLY, now=now
        )
    column = session.get(ColumnCheck, claim, with_for_update=True)
    if column is None:
        return
    column.checked_at, column.due_at = now, next_night(now, hour=hour)
    column.scores, column.differences = compared, differences
    column.failures, column.trouble_code, column.trouble = 0, "", ""


def _delivered_to(
    session: Session, platform_id: int, url: str, *, before: datetime
) -> Sequence[OutgoingScore]:
    """The scores that a column should have shown then; those on their way or just sent are left out."""
    return session.scalars(
        select(OutgoingScore)
        .where(
            OutgoingScore.platform_registration_id == platform_id,
            OutgoingScore.line_item_url == url,
            OutgoingScore.delivered_at < before,
            OutgoingScore.check_due_at.is_(None),
            OutgoingScore.due_at.is_(None),
            OutgoingScore.given_up_at.is_(None),
        )
        .order_by(OutgoingScore.outgoing_score_id)
        .with_for_update()
    ).all()
