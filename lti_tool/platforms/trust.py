"""Which key of ours each LMS has last accepted, and what it granted: told by its token replies."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Engine, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from lti_tool.platforms.models import PlatformRegistration
from lti_tool.platforms.register import Platform
from lti_tool.platforms.token_requests import Grant

#: The same key again is noted at most this often.
NOTED_EVERY: Final = timedelta(minutes=10)


class TrustNotes:
    """Notes after each granted token which key the LMS verified; safe among threads.

    It never makes a caller wait on SQLite: a caller that holds the write lock would wait for itself, and the
    next token tells the same.
    """

    def __init__(self, engine: Engine, *, clock: Callable[[], datetime]) -> None:
        self._engine = engine
        self._clock = clock

    def __call__(self, platform: Platform, grant: Grant) -> None:
        try:
            with Session(self._engine.execution_options(only_if_free=True)) as session, session.begin():
                note_trust(session, platform.id, kid=grant.kid, now=self._clock())
        except OperationalError:
            return


def note_trust(session: Session, registration_id: int, *, kid: str, now: datetime) -> None:
    """Notes that an LMS accepted a signature by this key."""
    # A row that someone else is changing is left alone: that may be our own caller.
    registration = session.scalar(
        select(PlatformRegistration)
        .where(PlatformRegistration.id == registration_id)
        .with_for_update(key_share=True, skip_locked=True)
    )
    if registration is None:
        return
    known_at = registration.trusted_kid_at
    if registration.trusted_kid != kid or known_at is None or now - known_at >= NOTED_EVERY:
        registration.trusted_kid, registration.trusted_kid_at = kid, now


def note_scopes(session: Session, registration_id: int, *, granted: frozenset[str], now: datetime) -> None:
    """Keeps what token replies granted."""
    registration = session.get(PlatformRegistration, registration_id)
    if registration is not None:
        registration.granted_scopes, registration.scopes_checked_at = " ".join(sorted(granted)), now


def list_trusting(session: Session, kid: str) -> list[PlatformRegistration]:
    """Registrations whose LMS last accepted this key, and no later one: they may still trust it."""
    return list(
        session.scalars(
            select(PlatformRegistration)
            .where(PlatformRegistration.trusted_kid == kid)
            .order_by(PlatformRegistration.id)
        )
    )
