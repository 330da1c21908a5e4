"""Sessions of units: found by the secrets that their launch gave out, never by their id alone."""

import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from content_packages.active.closing import abandon, record_as_lms
from content_packages.active.cmi5_rules import LaunchMode, SessionRecord
from content_packages.active.errors import CapabilityRefused, SessionOver, SessionUnknown
from content_packages.active.files import find_file
from content_packages.active.launching import auth_token, digest_of
from content_packages.active.models import ActiveFile, ActivePackage, ActiveRegistration, ActiveSession
from content_packages.active.moving_on import NOTHING_YET
from content_packages.active.running import Following, hold_registration
from content_packages.active.staging import RUNNING

#: After a session ended its page may still load what it shows as a farewell.
FAREWELL: Final = timedelta(minutes=10)
_SECRET_BYTES: Final = 24


@dataclass(frozen=True)
class HeldSession:
    """A session and its registration, both held to be changed."""

    row: ActiveSession
    following: Following

    def record(self) -> SessionRecord:
        """What the rules of cmi5 need to know of it."""
        course, row = self.following.course, self.row
        part = course.unit_part(course.find_unit(row.place))
        progress = self.following.progress.get(row.place, NOTHING_YET)
        return SessionRecord(
            session_id=row.id,
            registration=self.following.row.id,
            learner=self.following.learner,
            activity_iri=part.iri,
            publisher_iri=part.publisher_iri,
            launch_mode=msgspec.convert(row.launch_mode, LaunchMode),
            mastery=row.mastery,
            said=said_of(row),
            completed=progress.completed,
            passed=progress.passed,
            preferences_read=row.preferences_read,
        )


def said_of(row: ActiveSession) -> frozenset[str]:
    """Verbs of cmi5 that the unit used."""
    return msgspec.json.decode(row.said, type=frozenset[str])


def hold_session(session: Session, session_id: UUID, *, iri_base: str) -> HeldSession | None:
    """The session, held with its registration; the registration first, as everybody does."""
    of = select(ActiveSession.registration_id).where(ActiveSession.id == session_id)
    registration_id = session.scalar(of)
    if registration_id is None:
        return None
    following = hold_registration(session, registration_id, iri_base=iri_base)
    wanted = select(ActiveSession).where(ActiveSession.id == session_id).with_for_update()
    row = session.scalars(wanted.execution_options(populate_existing=True)).one_or_none()
    return None if row is None or following is None else HeldSession(row, following)


def admit_run(session: Session, session_id: UUID, token: str, *, iri_base: str, now: datetime) -> HeldSession:
    """The running session that a request's token opens.

    Args:
        token: as the unit sends it, the password of Basic authorization.

    Raises:
        SessionUnknown: no such session, or another token.
        SessionOver: it ended, or its course was withdrawn.

    Spec: cmi5 8.1.2, 8.2.
    """
    held = hold_session(session, session_id, iri_base=iri_base)
    known = held.row.token_digest if held else ""
    if held is None or not known or not hmac.compare_digest(known, digest_of(token)):
        raise SessionUnknown("Send the token that fetch gave for this session, as Basic authorization.")
    if held.row.ended_at is not None or held.row.expires_at <= now:
        raise SessionOver("The session is over. Open the unit again from the course.")
    if held.following.course.package.state not in RUNNING:
        raise SessionOver("The course was withdrawn. Nothing more is recorded.")
    return held


def fetch_token(session: Session, secret: str, *, new_token: str, now: datetime) -> str | None:
    """The token of the session whose one-time address was asked, once; None afterwards and for a wrong one.

    Args:
        new_token: random; becomes the session's.

    Spec: cmi5 8.2.
    """
    wanted = select(ActiveSession).where(ActiveSession.fetch_digest == digest_of(secret)).with_for_update()
    row = session.scalars(wanted).one_or_none()
    if row is None or row.token_digest or row.ended_at is not None or row.expires_at <= now:
        return None
    row.token_digest = digest_of(new_token)
    session.flush()
    return auth_token(row.id, new_token)


@dataclass(frozen=True)
class OpenedFile:
    """A file that may be sent, and who may frame it."""

    file: ActiveFile
    frame_origin: str


def open_file(session: Session, capability: str, path: str, *, now: datetime) -> OpenedFile:
    """The file of a course that an address on the second host opens.

    Raises:
        CapabilityRefused: the address is not, or no longer, valid.
        UnitNotFound: the course has no such file.
    """
    row, package = find_opened(session, capability, now=now)
    return OpenedFile(find_file(session, package.id, path), row.frame_origin)


def find_opened(session: Session, capability: str, *, now: datetime) -> tuple[ActiveSession, ActivePackage]:
    """The session whose files a capability opens, and its course.

    Raises:
        CapabilityRefused: it opens none, or no longer.
    """
    found = session.execute(
        select(ActiveSession, ActivePackage)
        .join(ActiveRegistration, ActiveRegistration.id == ActiveSession.registration_id)
        .join(ActivePackage, ActivePackage.id == ActiveRegistration.package_id)
        .where(ActiveSession.capability_digest == digest_of(capability))
    ).one_or_none()
    if found is None:
        raise CapabilityRefused("This address was not made by this service. Open the unit from the course.")
    row, package = found
    is_over = row.ended_at is not None and row.ended_at + FAREWELL <= now
    if is_over or row.expires_at <= now or package.state not in RUNNING:
        raise CapabilityRefused("The time of this address is over. Open the unit again from the course.")
    return row, package


def abandon_session(session: Session, session_id: UUID, *, iri_base: str, now: datetime) -> None:
    """Ends a session that does not end itself; nothing happens to one that is over (cmi5 9.3.6).

    Raises:
        SessionUnknown: there is none.
    """
    held = hold_session(session, session_id, iri_base=iri_base)
    if held is None:
        raise SessionUnknown("No session has this id.")
    record_as_lms(session, held.following, abandon(held.following, held.row, now=now), now=now)
