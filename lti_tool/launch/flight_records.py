"""Keeps attempts to log in and to launch, finds them again by their code, and forgets them in time.

An attempt is one insert of its own, after the launch's transaction, so that refused launches are kept and an
attempt that cannot be kept never fails a launch: the log then has its code.
"""

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

import structlog
from sqlalchemy import Select, delete, func, insert, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from lti_tool.launch.flight import Flight, read_code
from lti_tool.launch.models import LaunchAttempt
from lti_tool.launch.redaction import product_family_of, redact_message, short_digest
from xapi_bridge.running_app import insert_alone, transaction

#: Attempts without a known registration that one process keeps in a minute: anyone can make such attempts.
MOST_STRANGERS: Final = 60
#: Logins that one process keeps in a minute: they cost nobody a signature. Launches are all kept.
MOST_LOGINS: Final = 1200
_MINUTE: Final = 60.0
#: Rows removed in one transaction.
_SWEPT_AT_ONCE: Final = 500

log = structlog.get_logger(__name__)


@dataclass
class Allowance:
    """So many in a minute, counted in one process."""

    most: int
    _begun: float = 0.0
    _used: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, now: float) -> bool:
        """Whether there is one left."""
        with self._lock:
            if now - self._begun >= _MINUTE:
                self._begun, self._used = now, 0
            self._used += 1
            return self._used <= self.most


class FlightRecorder:
    """Keeps the attempts of one application; fills `sync.ports.LaunchRecords`.

    Args:
        secret: keys the digests of ids.
        kept_for: afterwards the background work removes an attempt.
    """

    def __init__(self, *, secret: str, kept_for: timedelta) -> None:
        self._secret = secret
        self._kept_for = kept_for
        self._strangers = Allowance(MOST_STRANGERS)
        self._logins = Allowance(MOST_LOGINS)

    def keep_attempt(self, flight: Flight, *, now: datetime) -> bool:
        """Writes the attempt down; False when it was not, which the log says."""
        if not self._may_keep(flight):
            log.info("launch_attempt_not_kept", attempt=flight.code, reason="too_many")
            return False
        row = attempt_row(flight, secret=self._secret, now=now)
        try:
            insert_alone(insert(LaunchAttempt), [row])
        except SQLAlchemyError as failed:
            log.warning("launch_attempt_not_kept", attempt=flight.code, reason=type(failed).__name__)
            return False
        return True

    def _may_keep(self, flight: Flight) -> bool:
        """Whether nobody fills the table with what needs no LMS to sign it."""
        if flight.registration_id is None:
            return self._strangers.take(time.monotonic())
        return flight.step == "launch" or self._logins.take(time.monotonic())

    def sweep_launch_records(self, *, now: datetime) -> int:
        """Removes attempts that were kept long enough; returns how many."""
        swept = 0
        while True:
            with transaction() as session:
                removed = remove_old_attempts(session, before=now - self._kept_for, limit=_SWEPT_AT_ONCE)
            swept += removed
            if removed < _SWEPT_AT_ONCE:
                return swept


def attempt_row(flight: Flight, *, secret: str, now: datetime) -> dict[str, Any]:
    """The columns of an attempt; what may not be kept is gone from here on."""
    kept = redact_message(flight.header, flight.claims, secret=secret, now=now) if flight.claims else {}
    return {
        "code": flight.code,
        "step": flight.step,
        "outcome": flight.outcome,
        "error_code": flight.error_code,
        "started_at": flight.started_at,
        "duration_ms": round((time.perf_counter() - flight.begun) * 1000),
        "registration_id": flight.registration_id,
        "login_digest": short_digest(flight.state, secret=secret) if flight.state else "",
        "product_family": product_family_of(flight.claims)
        or guess_product_family(flight.issuer, flight.authorization_url),
        "message_type": str(kept.get("message_type", ""))[:64],
        "role": flight.role,
        "rung": flight.rung,
        "browser": flight.browser,
        "placed": flight.placed,
        "checks": [list(check) for check in flight.checks()],
        "claims": kept,
    }


def guess_product_family(issuer: str, authorization_url: str) -> str:
    """The product behind a platform, by the shape of its addresses; empty where they tell nothing."""
    address = f"{issuer} {authorization_url}".lower()
    marks = {
        "moodle": ("/mod/lti/", "moodle"),
        "canvas": ("/api/lti/authorize_redirect", "instructure.com", "canvaslms.com"),
    }
    return next((name for name, parts in marks.items() if any(part in address for part in parts)), "")


@dataclass(frozen=True)
class AttemptFilter:
    """What an operator looks for; empty fields allow everything.

    Attributes:
        outcome: of one kind; `failed` stands for refused and broken ones.
    """

    code: str = ""
    registration_id: int | None = None
    outcome: str = ""
    since: datetime | None = None
    until: datetime | None = None


def list_attempts(session: Session, wanted: AttemptFilter, *, limit: int, offset: int) -> list[LaunchAttempt]:
    """The attempts, newest first."""
    newest = _filtered(select(LaunchAttempt), wanted).order_by(
        LaunchAttempt.started_at.desc(), LaunchAttempt.id.desc()
    )
    return list(session.scalars(newest.limit(limit).offset(offset)))


def count_attempts(session: Session, wanted: AttemptFilter) -> int:
    """How many attempts `list_attempts` would show in all."""
    return session.scalar(_filtered(select(func.count(LaunchAttempt.id)), wanted)) or 0


def find_attempt(session: Session, code: str) -> LaunchAttempt | None:
    """The newest attempt with this support code, however it was typed."""
    read = read_code(code)
    if not read:
        return None
    wanted = select(LaunchAttempt).where(LaunchAttempt.code == read).order_by(LaunchAttempt.id.desc())
    return session.scalars(wanted.limit(1)).first()


def list_related(session: Session, attempt: LaunchAttempt) -> list[LaunchAttempt]:
    """The other attempts of the same login, oldest first: a login, its launch, a repeated launch."""
    if not attempt.login_digest:
        return []
    wanted = select(LaunchAttempt).where(
        LaunchAttempt.login_digest == attempt.login_digest, LaunchAttempt.id != attempt.id
    )
    return list(session.scalars(wanted.order_by(LaunchAttempt.id).limit(20)))


@dataclass(frozen=True)
class RungTally:
    """How often browsers of one family were recognized by one rung at one registration."""

    registration_id: int
    browser: str
    rung: str
    launches: int


def tally_rungs(session: Session, *, since: datetime) -> list[RungTally]:
    """Opened launches by registration, browser and rung, most frequent first within a registration."""
    rows = session.execute(
        select(LaunchAttempt.registration_id, LaunchAttempt.browser, LaunchAttempt.rung, func.count())
        .where(
            LaunchAttempt.outcome == "opened",
            LaunchAttempt.started_at >= since,
            LaunchAttempt.registration_id.is_not(None),
        )
        .group_by(LaunchAttempt.registration_id, LaunchAttempt.browser, LaunchAttempt.rung)
        .order_by(LaunchAttempt.registration_id, func.count().desc())
    )
    return [
        RungTally(registration_id, browser, rung, launches)
        for registration_id, browser, rung, launches in rows
        if registration_id is not None
    ]


def remove_old_attempts(session: Session, *, before: datetime, limit: int) -> int:
    """Removes at most `limit` attempts that began before an instant; returns how many."""
    old = select(LaunchAttempt.id).where(LaunchAttempt.started_at < before).limit(limit)
    found: Sequence[int] = session.scalars(old.with_for_update(skip_locked=True)).all()
    if found:
        session.execute(
            delete(LaunchAttempt).where(LaunchAttempt.id.in_(found)),
            execution_options={"synchronize_session": False},
        )
    return len(found)


def _filtered(statement: Select[Any], wanted: AttemptFilter) -> Select[Any]:
    conditions = []
    if wanted.code:
        conditions.append(LaunchAttempt.code == read_code(wanted.code))
    if wanted.registration_id is not None:
        conditions.append(LaunchAttempt.registration_id == wanted.registration_id)
    if wanted.outcome:
        outcomes = ("refused", "broken") if wanted.outcome == "failed" else (wanted.outcome,)
        conditions.append(LaunchAttempt.outcome.in_(outcomes))
    if wanted.since is not None:
        conditions.append(LaunchAttempt.started_at >= wanted.since)
    if wanted.until is not None:
        conditions.append(LaunchAttempt.started_at < wanted.until)
    return statement.where(*conditions)
