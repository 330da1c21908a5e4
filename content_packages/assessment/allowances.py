"""More time for one person (WCAG 2.2, 2.2.1): given by a teacher or an operator, with a reason."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from content_packages.assessment.models import IN_PROGRESS, Attempt, TimeAllowance
from content_packages.errors import AllowanceRefused
from xapi_bridge.statement import Account

#: Five times the ordinary time.
HIGHEST_PERCENT = 400


@dataclass(frozen=True)
class Allowance:
    """More time that somebody has; `quiz_id` is empty for all quizzes of the package."""

    learner: Account
    package_id: str
    quiz_id: str
    percent: int
    reason: str
    given_by: str
    given_at: datetime


def extended(length: timedelta, *, percent: int) -> timedelta:
    """A time limit with so many percent in addition, in whole seconds, rounded up (pure)."""
    seconds = -(-int(length.total_seconds()) * (100 + percent) // 100)
    return timedelta(seconds=seconds)


def allowed_percent(session: Session, learner: Account, *, package_id: str, quiz_id: str) -> int:
    """How much more time the learner has, in percent: what was said last of this quiz, else of all."""
    rows = session.scalars(
        select(TimeAllowance)
        .where(
            TimeAllowance.home_page == learner.home_page,
            TimeAllowance.name == learner.name,
            TimeAllowance.package_id == package_id,
            TimeAllowance.quiz_id.in_([quiz_id, ""]),
        )
        .order_by(TimeAllowance.id)
    ).all()
    newest = {row.quiz_id: row.percent for row in rows}
    return newest.get(quiz_id, newest.get("", 0))


def allow_more_time(
    session: Session,
    learner: Account,
    *,
    package_id: str,
    quiz_id: str,
    percent: int,
    reason: str,
    given_by: str,
    now: datetime,
) -> Allowance:
    """Gives the learner more time from now on; 0 percent takes it back. Attempts in progress
    are the caller's (`player.examinations.give_more_time`).

    Args:
        quiz_id: empty for all quizzes of the package.
        reason: a few words, such as a number of the decision; never a diagnosis.

    Raises:
        AllowanceRefused: the percentage is out of bounds, or the reason is missing or too long.
    """
    said = " ".join(reason.split())
    if not 0 <= percent <= HIGHEST_PERCENT:
        raise AllowanceRefused(f"More time is 0 to {HIGHEST_PERCENT} percent, not {percent}.")
    if not 3 <= len(said) <= 200:
        raise AllowanceRefused("Give a reason of 3 to 200 characters.")
    row = TimeAllowance(
        home_page=learner.home_page,
        name=learner.name,
        package_id=package_id,
        quiz_id=quiz_id,
        percent=percent,
        reason=said,
        given_by=given_by,
        given_at=now,
    )
    session.add(row)
    session.flush()
    return _allowance(row)


def list_allowances(session: Session, learner: Account, *, package_id: str) -> tuple[Allowance, ...]:
    """What was ever given to the learner in a package, the newest first."""
    rows = session.scalars(
        select(TimeAllowance)
        .where(
            TimeAllowance.home_page == learner.home_page,
            TimeAllowance.name == learner.name,
            TimeAllowance.package_id == package_id,
        )
        .order_by(TimeAllowance.id.desc())
    )
    return tuple(_allowance(row) for row in rows)


def open_attempt_ids(session: Session, learner: Account, *, package_id: str, quiz_id: str) -> list[int]:
    """Attempts in progress to which a new allowance applies."""
    rows = select(Attempt.id).where(
        Attempt.home_page == learner.home_page,
        Attempt.name == learner.name,
        Attempt.package_id == package_id,
        Attempt.state == IN_PROGRESS,
    )
    if quiz_id:
        rows = rows.where(Attempt.quiz_id == quiz_id)
    return list(session.scalars(rows.order_by(Attempt.id)))


def _allowance(row: TimeAllowance) -> Allowance:
    return Allowance(
        learner=Account(home_page=row.home_page, name=row.name),
        package_id=row.package_id,
        quiz_id=row.quiz_id,
        percent=row.percent,
        reason=row.reason,
        given_by=row.given_by,
        given_at=row.given_at,
    )
