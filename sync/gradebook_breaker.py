"""One circuit breaker per LMS, in the database, so that all processes see the same.

Closed: scores go out. After some failures of the LMS in a row (no answer, 5xx, no token) it opens: nothing
goes there, so no score uses up its attempts and no other LMS waits behind it. When the pause is over it is
half open: one score tries. If the LMS answers, the breaker closes and what waited is due at once; if not, the
pause doubles. An LMS that asks to wait (Retry-After) is left alone for that long.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from sync.models import GradebookBreaker, OutgoingScore
from sync.settings import GradesSettings
from xapi_bridge.database import insert_if_absent

#: The first pause of a breaker is this part of the first pause of a score.
FIRST_PAUSE_PART = 0.5
LONGEST_PAUSE_SECONDS = 1800.0

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class PlatformTrouble:
    """Why an LMS did not answer as it should; `retry_after_seconds`: what it asked for, if it asked."""

    code: str
    words: str
    retry_after_seconds: float | None = None


def list_open_breakers(session: Session) -> list[int]:
    """The LMSs that nothing is sent to now, half-open ones among them."""
    return list(
        session.scalars(
            select(GradebookBreaker.platform_registration_id).where(GradebookBreaker.opened_at.is_not(None))
        )
    )


def list_breakers(session: Session) -> Sequence[GradebookBreaker]:
    """Every breaker that ever had something to note."""
    return session.scalars(select(GradebookBreaker).order_by(GradebookBreaker.platform_registration_id)).all()


def claim_probes(session: Session, *, now: datetime, lease: timedelta) -> list[int]:
    """The LMSs that one score may try now; each is given to one caller, for the length of the lease."""
    half_open = (
        select(GradebookBreaker)
        .where(
            GradebookBreaker.opened_at.is_not(None),
            GradebookBreaker.retry_at <= now,
            select(OutgoingScore.outgoing_score_id)
            .where(
                OutgoingScore.platform_registration_id == GradebookBreaker.platform_registration_id,
                OutgoingScore.due_at.is_not(None),
            )
            .exists(),
        )
        .order_by(GradebookBreaker.platform_registration_id)
        .with_for_update(skip_locked=True)
    )
    probing = []
    for breaker in session.scalars(half_open).all():
        breaker.retry_at = now + lease
        probing.append(breaker.platform_registration_id)
    return probing


def note_answer(session: Session, platform_registration_id: int, *, now: datetime) -> bool:
    """The LMS answered, whatever it said of the score; returns whether this closed the breaker."""
    breaker = session.get(GradebookBreaker, platform_registration_id, populate_existing=True)
    if breaker is None or (breaker.failures == 0 and breaker.opened_at is None):
        return False
    breaker = _lock(session, platform_registration_id)
    was_open = breaker.opened_at is not None
    breaker.failures, breaker.probes = 0, 0
    breaker.opened_at = breaker.retry_at = None
    breaker.trouble_code, breaker.trouble, breaker.last_answer_at = "", "", now
    if was_open:
        log.info("gradebook_breaker_closed", platform_registration_id=platform_registration_id)
    return was_open


def note_trouble(
    session: Session,
    platform_registration_id: int,
    trouble: PlatformTrouble,
    *,
    settings: GradesSettings,
    now: datetime,
    drawn: float,
) -> bool:
    """The LMS did not answer as it should; returns whether the breaker is open now.

    Args:
        drawn: 0.0 to 1.0; spreads the tries.
    """
    insert_if_absent(
        session,
        GradebookBreaker.__table__,
        [{"platform_registration_id": platform_registration_id, "failures": 0, "probes": 0}],
    )
    breaker = _lock(session, platform_registration_id)
    breaker.failures += 1
    breaker.trouble_code, breaker.trouble = trouble.code, trouble.words[:500]
    asked_to_wait = trouble.retry_after_seconds is not None
    if breaker.opened_at is None and breaker.failures < settings.breaker_failures and not asked_to_wait:
        return False
    if breaker.opened_at is None:
        breaker.opened_at = now
        log.warning(
            "gradebook_breaker_opened",
            platform_registration_id=platform_registration_id,
            trouble=breaker.trouble,
        )
    first = settings.retry_seconds * FIRST_PAUSE_PART
    pause = probe_pause_seconds(breaker.probes, drawn=drawn, first=first)
    if asked_to_wait:
        pause = max(trouble.retry_after_seconds or 0.0, 1.0)
    breaker.probes += 1
    breaker.retry_at = now + timedelta(seconds=pause)
    return True


def probe_pause_seconds(probes: int, *, drawn: float, first: float = 30.0) -> float:
    """Pause before the next try: doubles with each that failed, spread by half around its middle.

    Args:
        probes: tries that failed since the breaker opened, from 0.
        drawn: 0.0 to 1.0.
        first: middle of the first pause.
    """
    middle = min(first * 2.0 ** min(probes, 30), LONGEST_PAUSE_SECONDS)
    return middle * (0.5 + drawn)


def close_breaker(session: Session, platform_registration_id: int, *, now: datetime) -> bool:
    """Has everything tried at once, because an operator knows that the LMS is back."""
    insert_if_absent(
        session,
        GradebookBreaker.__table__,
        [{"platform_registration_id": platform_registration_id, "failures": 0, "probes": 0}],
    )
    breaker = _lock(session, platform_registration_id)
    was_open = breaker.opened_at is not None
    breaker.failures, breaker.probes = 0, 0
    breaker.opened_at = breaker.retry_at = None
    session.flush()
    bring_forward(session, platform_registration_id, now=now)
    return was_open


def bring_forward(session: Session, platform_registration_id: int, *, now: datetime) -> None:
    """Makes due what waits only because its LMS had not answered. Locks rows that nobody holds."""
    waiting = (
        select(OutgoingScore.outgoing_score_id)
        .where(
            OutgoingScore.platform_registration_id == platform_registration_id,
            OutgoingScore.due_at > now,
            OutgoingScore.failures > 0,
        )
        .order_by(OutgoingScore.outgoing_score_id)
        .with_for_update(skip_locked=True)
    )
    _make_due(session, session.scalars(waiting).all(), now=now)


def _make_due(session: Session, ids: Iterable[int], *, now: datetime) -> None:
    listed = list(ids)
    for start in range(0, len(listed), 500):
        session.execute(
            update(OutgoingScore)
            .where(OutgoingScore.outgoing_score_id.in_(listed[start : start + 500]))
            .values(due_at=now)
            .execution_options(synchronize_session=False)
        )


def _lock(session: Session, platform_registration_id: int) -> GradebookBreaker:
    wanted = select(GradebookBreaker).where(
        GradebookBreaker.platform_registration_id == platform_registration_id
    )
    return session.scalars(wanted.with_for_update().execution_options(populate_existing=True)).one()
