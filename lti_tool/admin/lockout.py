"""Guessing is slowed down: failures are counted before a password is looked at, and locks grow longer.

Three counters: one user name from one address, one user name from everywhere, one address with all names.
Names that belong to nobody are counted like the others, so that a lock does not tell which names exist.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from lti_tool.admin.errors import TooManySignIns
from lti_tool.admin.models import SignInAttempt, SignInLock
from xapi_bridge.database import insert_if_absent

ATTEMPT_WINDOW: Final = timedelta(minutes=15)
#: Failures for one user name from one address.
ATTEMPTS_PER_NAME: Final = 5
#: Failures for one user name from everywhere: more than one office makes by mistake.
ATTEMPTS_EVERYWHERE: Final = 25
#: Failures within the window from one address, whatever the names: a whole office may share an address.
ATTEMPTS_PER_ADDRESS: Final = 50
#: Each lock lasts twice as long as the one before, up to this.
LONGEST_LOCK: Final = timedelta(hours=24)
#: After so long without a failure everything is forgotten.
FORGOTTEN_AFTER: Final = timedelta(hours=48)
_LONGEST_USERNAME: Final = 64
_EVERYWHERE: Final = ""


@dataclass(frozen=True)
class Lock:
    """A user name that must wait.

    Attributes:
        address: from there only; empty: from everywhere.
    """

    username: str
    address: str
    locked_until: datetime
    locks: int


def note_attempt(session: Session, *, username: str, address: str, now: datetime) -> None:
    """Counts an attempt as failed until `forget_failures` takes it back.

    Raises:
        TooManySignIns: the name or the address must wait.
    """
    name = typed_name(username)
    session.execute(delete(SignInAttempt).where(SignInAttempt.tried_at <= now - ATTEMPT_WINDOW))
    session.execute(delete(SignInLock).where(SignInLock.failed_at <= now - FORGOTTEN_AFTER))
    counters = [_take_counter(session, name, place, now=now) for place in (_EVERYWHERE, address)]
    waits = [counter.locked_until for counter in counters if counter.locked_until is not None]
    if waits and max(waits) > now:
        raise TooManySignIns(_wait_words(max(waits) - now))
    if _count_from(session, address) >= ATTEMPTS_PER_ADDRESS:
        raise TooManySignIns(_wait_words(ATTEMPT_WINDOW))
    session.add(SignInAttempt(username=name, address=address, tried_at=now))
    for counter, most in zip(counters, (ATTEMPTS_EVERYWHERE, ATTEMPTS_PER_NAME), strict=True):
        _count_failure(counter, most=most, now=now)
    session.flush()


def forget_failures(session: Session, *, username: str, address: str) -> None:
    """Right at last: the failures of this name, from this address and in sum, are forgotten."""
    name = typed_name(username)
    session.execute(
        delete(SignInAttempt).where(SignInAttempt.username == name, SignInAttempt.address == address)
    )
    session.execute(
        delete(SignInLock).where(
            SignInLock.username == name, SignInLock.address.in_(sorted({_EVERYWHERE, address}))
        )
    )


def list_locks(session: Session, *, now: datetime) -> list[Lock]:
    """The names that must wait now, longest wait first."""
    rows = session.scalars(
        select(SignInLock).where(SignInLock.locked_until > now).order_by(SignInLock.locked_until.desc())
    )
    return [
        Lock(row.username, row.address, row.locked_until, row.locks)
        for row in rows
        if row.locked_until is not None
    ]


def unlock(session: Session, username: str) -> int:
    """Ends every lock of a user name; how many there were."""
    ended = session.execute(delete(SignInLock).where(SignInLock.username == typed_name(username)))
    session.execute(delete(SignInAttempt).where(SignInAttempt.username == typed_name(username)))
    return int(getattr(ended, "rowcount", 0))


def typed_name(username: str) -> str:
    """User names are the same in capital and small letters; a longer one is nobody's."""
    return username.replace("\x00", "").strip().lower()[:_LONGEST_USERNAME]


def _take_counter(session: Session, name: str, address: str, *, now: datetime) -> SignInLock:
    """The row of a name and address, held until the end of the transaction."""
    row = {"username": name, "address": address, "failures": 0, "locks": 0, "failed_at": now}
    insert_if_absent(session, SignInLock.__table__, [row])
    return session.scalars(
        select(SignInLock)
        .where(SignInLock.username == name, SignInLock.address == address)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()


def _count_failure(counter: SignInLock, *, most: int, now: datetime) -> None:
    if now - counter.failed_at >= ATTEMPT_WINDOW:
        counter.failures = 0
    counter.failures += 1
    counter.failed_at = now
    if counter.failures >= most:
        counter.locked_until = now + min(ATTEMPT_WINDOW * 2**counter.locks, LONGEST_LOCK)
        counter.locks = min(counter.locks + 1, 10)
        counter.failures = 0


def _count_from(session: Session, address: str) -> int:
    counted = select(func.count()).select_from(SignInAttempt).where(SignInAttempt.address == address)
    return session.scalar(counted) or 0


def _wait_words(wait: timedelta) -> str:
    minutes = max(1, -(-int(wait.total_seconds()) // 60))
    return f"Too many attempts failed. Wait {minutes} minutes, or ask another administrator to unlock you."
