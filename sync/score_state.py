"""What console, commands and the teacher's page tell of scores; sending again what a person decides."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ColumnElement, Select, case, func, select
from sqlalchemy.orm import Session

from sync.grade_errors import ScoreUnknown
from sync.models import (
    AwaitedColumn,
    ColumnCheck,
    ExpectedScore,
    FinalResult,
    LineItemWish,
    OutgoingScore,
    ScoreDifference,
)

_SLICE = 500


class ScoreState(StrEnum):
    """Where a score is, in the order of its life."""

    #: There is no valid result to send.
    NO_RESULT = "no_result"
    #: A result waits for its column to be found or made.
    NO_COLUMN = "no_column"
    #: To be sent for the first time, or as a better one.
    WAITING = "waiting"
    #: It failed at least once and will be tried again.
    RETRYING = "retrying"
    #: The LMS will not take it; see the reason.
    REFUSED = "refused"
    #: The LMS took it.
    SENT = "sent"
    #: The LMS was asked afterwards and showed the same.
    CONFIRMED = "confirmed"
    #: The LMS was asked afterwards and showed something else.
    DIFFERENT = "different"


@dataclass(frozen=True)
class ScoreView:
    """One score as people see it.

    Attributes:
        scaled: 0.0 to 1.0; None without a result.
        trouble_code: stable code of the last refusal; empty without one.
        held_scaled: what the LMS showed when it was asked last.
    """

    state: ScoreState
    outgoing_score_id: int | None = None
    scaled: float | None = None
    scored_at: datetime | None = None
    delivered_at: datetime | None = None
    checked_at: datetime | None = None
    held_scaled: float | None = None
    due_at: datetime | None = None
    failures: int = 0
    trouble_code: str = ""
    trouble: str = ""
    withdrawn: bool = False
    platform_registration_id: int | None = None


@dataclass(frozen=True)
class PlatformScores:
    """How many scores of one LMS are in which state."""

    platform_registration_id: int
    waiting: int
    retrying: int
    refused: int
    delivered: int
    confirmed: int
    settled_by_conflict: int
    differences: int


def view_scores_of_registrations(session: Session, registrations: Sequence[UUID]) -> dict[UUID, ScoreView]:
    """The score of each xAPI registration; those that expect none are left out."""
    found: dict[UUID, ScoreView] = {}
    wanted = sorted(set(registrations))
    for start in range(0, len(wanted), _SLICE):
        part = wanted[start : start + _SLICE]
        found |= _awaiting(session, part) | _expected(session, part)
    return found


def list_scores(
    session: Session, *, state: ScoreState, limit: int, platform_registration_id: int | None = None
) -> list[ScoreView]:
    """Scores in trouble: refused, retrying, waiting or different, the newest results first."""
    conditions = {
        ScoreState.REFUSED: OutgoingScore.given_up_at.is_not(None),
        ScoreState.RETRYING: OutgoingScore.due_at.is_not(None) & (OutgoingScore.failures > 0),
        ScoreState.WAITING: OutgoingScore.due_at.is_not(None) & (OutgoingScore.failures == 0),
        ScoreState.DIFFERENT: ScoreDifference.outgoing_score_id.is_not(None),
    }
    query = _with_difference().where(conditions[state])
    if platform_registration_id is not None:
        query = query.where(OutgoingScore.platform_registration_id == platform_registration_id)
    newest = query.order_by(OutgoingScore.scored_at.desc(), OutgoingScore.outgoing_score_id).limit(limit)
    return [_view(outgoing, difference) for outgoing, difference in session.execute(newest)]


def count_scores(session: Session) -> list[PlatformScores]:
    """The outbox by LMS."""

    def counted(condition: ColumnElement[bool]) -> ColumnElement[int]:
        return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)

    waits = OutgoingScore.due_at.is_not(None)
    rows = session.execute(
        select(
            OutgoingScore.platform_registration_id,
            counted(waits & (OutgoingScore.failures == 0)),
            counted(waits & (OutgoingScore.failures > 0)),
            counted(OutgoingScore.given_up_at.is_not(None)),
            counted(OutgoingScore.delivered_at.is_not(None) & OutgoingScore.due_at.is_(None)),
            counted(OutgoingScore.checked_at >= OutgoingScore.delivered_at),
            counted(OutgoingScore.settled_by.in_(("held", "resent"))),
            counted(ScoreDifference.outgoing_score_id.is_not(None)),
        )
        .outerjoin(ScoreDifference, ScoreDifference.outgoing_score_id == OutgoingScore.outgoing_score_id)
        .group_by(OutgoingScore.platform_registration_id)
        .order_by(OutgoingScore.platform_registration_id)
    )
    return [PlatformScores(*row) for row in rows]


def list_column_checks(session: Session, *, limit: int) -> Sequence[ColumnCheck]:
    """The nightly comparisons: those with differences or trouble first."""
    worst = (ColumnCheck.differences > 0) | (ColumnCheck.trouble_code != "")
    return session.scalars(
        select(ColumnCheck)
        .order_by(case((worst, 0), else_=1), ColumnCheck.checked_at.desc(), ColumnCheck.line_item_url)
        .limit(limit)
    ).all()


def list_troubled_wishes(session: Session, *, limit: int) -> Sequence[LineItemWish]:
    """Columns that could not be found or made."""
    return session.scalars(
        select(LineItemWish)
        .where(LineItemWish.trouble_code != "")
        .order_by(LineItemWish.wished_at.desc(), LineItemWish.line_item_wish_id)
        .limit(limit)
    ).all()


def send_again(session: Session, outgoing_score_id: int, *, now: datetime) -> None:
    """Has a score sent again as of now: after a refusal, a difference, or while it waits.

    Raises:
        ScoreUnknown: there is no such score.
    """
    outgoing = session.get(OutgoingScore, outgoing_score_id, with_for_update=True)
    if outgoing is None:
        raise ScoreUnknown(f"The outbox has no score {outgoing_score_id}. List them: cchc grades list")
    _revive(outgoing, now=now)


def send_all_again(
    session: Session, *, state: ScoreState, platform_registration_id: int | None = None, now: datetime
) -> int:
    """Has all scores of a state sent again, those of one LMS or all; returns how many."""
    views = list_scores(
        session, state=state, limit=100_000, platform_registration_id=platform_registration_id
    )
    for outgoing_score_id in sorted(one.outgoing_score_id or 0 for one in views):
        send_again(session, outgoing_score_id, now=now)
    return len(views)


def look_again_for_columns(session: Session, *, now: datetime) -> int:
    """Has the columns looked for again that could not be found or made; returns how many."""
    wishes = session.scalars(
        select(LineItemWish)
        .where(LineItemWish.trouble_code != "")
        .order_by(LineItemWish.line_item_wish_id)
        .with_for_update()
    ).all()
    for wish in wishes:
        wish.due_at, wish.failures = now, 0
    return len(wishes)


def _revive(outgoing: OutgoingScore, *, now: datetime) -> None:
    if outgoing.delivered_at is not None or outgoing.claims > 0:
        # The LMS may hold this very instant, so the same one again would be a conflict.
        outgoing.scored_at = max(now, outgoing.scored_at + timedelta(seconds=1))
        outgoing.revision += 1
    outgoing.due_at, outgoing.failures, outgoing.given_up_at = now, 0, None


def _awaiting(session: Session, registrations: Sequence[UUID]) -> dict[UUID, ScoreView]:
    rows = session.execute(
        select(AwaitedColumn.registration, FinalResult, LineItemWish)
        .join(LineItemWish, LineItemWish.line_item_wish_id == AwaitedColumn.line_item_wish_id)
        .outerjoin(FinalResult, FinalResult.registration == AwaitedColumn.registration)
        .where(AwaitedColumn.registration.in_(registrations))
    )
    return {
        registration: ScoreView(
            ScoreState.NO_RESULT if result is None else ScoreState.NO_COLUMN,
            scaled=None if result is None else result.best_scaled,
            trouble_code=wish.trouble_code,
            trouble=wish.trouble,
            due_at=wish.due_at,
            failures=wish.failures,
            platform_registration_id=wish.platform_registration_id,
        )
        for registration, result, wish in rows
    }


def _expected(session: Session, registrations: Sequence[UUID]) -> dict[UUID, ScoreView]:
    rows = session.execute(
        select(ExpectedScore.registration, OutgoingScore, ScoreDifference)
        .outerjoin(
            OutgoingScore,
            (OutgoingScore.platform_registration_id == ExpectedScore.platform_registration_id)
            & (OutgoingScore.line_item_url == ExpectedScore.line_item_url)
            & (OutgoingScore.lms_user_id == ExpectedScore.lms_user_id),
        )
        .outerjoin(ScoreDifference, ScoreDifference.outgoing_score_id == OutgoingScore.outgoing_score_id)
        .where(ExpectedScore.registration.in_(registrations))
    )
    return {
        registration: _view(outgoing, difference) if outgoing is not None else ScoreView(ScoreState.NO_RESULT)
        for registration, outgoing, difference in rows
    }


def _with_difference() -> "Select[OutgoingScore, ScoreDifference]":
    return select(OutgoingScore, ScoreDifference).outerjoin(
        ScoreDifference, ScoreDifference.outgoing_score_id == OutgoingScore.outgoing_score_id
    )


def _view(outgoing: OutgoingScore, difference: ScoreDifference | None) -> ScoreView:
    return ScoreView(
        _state(outgoing, difference),
        outgoing_score_id=outgoing.outgoing_score_id,
        scaled=outgoing.best_scaled,
        scored_at=outgoing.scored_at,
        delivered_at=outgoing.delivered_at,
        checked_at=outgoing.checked_at,
        held_scaled=outgoing.held_scaled,
        due_at=outgoing.due_at,
        failures=outgoing.failures,
        trouble_code=outgoing.trouble_code,
        trouble=outgoing.trouble,
        withdrawn=outgoing.withdrawn_at is not None,
        platform_registration_id=outgoing.platform_registration_id,
    )


def _state(outgoing: OutgoingScore, difference: ScoreDifference | None) -> ScoreState:
    if outgoing.given_up_at is not None:
        return ScoreState.REFUSED
    if outgoing.due_at is not None:
        return ScoreState.RETRYING if outgoing.failures else ScoreState.WAITING
    if difference is not None:
        return ScoreState.DIFFERENT
    delivered_at, checked_at = outgoing.delivered_at, outgoing.checked_at
    if delivered_at is not None and checked_at is not None and checked_at >= delivered_at:
        return ScoreState.CONFIRMED
    return ScoreState.SENT
