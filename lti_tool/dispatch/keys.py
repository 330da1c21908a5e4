"""Keys of dispatch packages: given out, looked at, taken back; and the ticket that one opens."""

import hashlib
import hmac
import re
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import NAMESPACE_URL, uuid5

from sqlalchemy import select
from sqlalchemy.orm import Session

from content_packages.active.errors import DispatchRefused
from content_packages.active.models import DispatchKey
from content_packages.formats.dispatch_out import DispatchPackage
from content_packages.player.ticket import Ticket
from lti_tool.deep_linking.catalogue import find_content
from lti_tool.launch.open_content import ContentChoice, choice_of, find_published
from xapi_bridge.statement import Account

_SECRET_BYTES: Final = 32
_LONGEST_LEARNER: Final = 255
_MOST_FRAMES: Final = 6
_ORIGIN: Final = re.compile(r"https?://[A-Za-z0-9.\[\]:_-]+")


def give_out(
    session: Session, content: str, *, label: str, origin: str, lasts: timedelta, by: str, now: datetime
) -> DispatchPackage:
    """Makes a key and what its package says; the secret is not kept.

    Raises:
        DispatchRefused: the content is not published, or nobody is named.
    """
    entry = find_content(session, content)
    if entry is None or not label.strip():
        raise DispatchRefused("Choose a published content, and say whom the package is for.")
    secret = secrets.token_urlsafe(_SECRET_BYTES)
    row = DispatchKey(
        id=secrets.token_hex(16),
        content=content,
        title=entry.title,
        label=label.strip()[:120],
        secret_digest=_digest(secret),
        created_at=now,
        created_by=by,
        expires_at=now + lasts,
    )
    session.add(row)
    session.flush()
    return DispatchPackage(title=row.title, key_id=row.id, origin=origin, secret=secret)


def list_keys(session: Session) -> Sequence[DispatchKey]:
    """The newest first."""
    return session.scalars(select(DispatchKey).order_by(DispatchKey.created_at.desc(), DispatchKey.id)).all()


def take_back(session: Session, key_id: str, *, now: datetime) -> None:
    """From now on the key opens nothing.

    Raises:
        DispatchRefused: there is no such key.
    """
    row = session.get(DispatchKey, key_id)
    if row is None:
        raise DispatchRefused("There is no such key. Open the list again.")
    row.revoked_at = row.revoked_at or now
    session.flush()


def open_key(
    session: Session,
    key_id: str,
    secret: str,
    learner: str,
    *,
    lms_origin: str,
    frames: str,
    tool_origin: str,
    iri_base: str,
    pepper: str,
    open_for: timedelta,
    now: datetime,
) -> Ticket:
    """The ticket for a learner of another LMS, under a pseudonym that only this key gives.

    Args:
        learner: `cmi.core.student_id` there.
        lms_origin: whose page sent the form; it and our own may frame the content.
        frames: origins of the pages around that one, separated by blanks.

    Raises:
        DispatchRefused: wrong, taken back, out of time, or without a learner.
    """
    row = session.get(DispatchKey, key_id)
    if row is None or not hmac.compare_digest(row.secret_digest, _digest(secret)):
        raise DispatchRefused("The key of this package is not known here.")
    if row.revoked_at is not None or row.expires_at <= now:
        raise DispatchRefused("The key of this package was taken back, or its time is over.")
    if not 0 < len(learner) <= _LONGEST_LEARNER or not _ORIGIN.fullmatch(lms_origin):
        raise DispatchRefused("The LMS did not say who learns. Open the content from the course.")
    row.used_at = now
    session.flush()
    choice = choice_of(row.content)
    return _ticket(
        session,
        row,
        choice,
        _pseudonym(row, learner, iri_base=iri_base, pepper=pepper),
        frame_origin=" ".join([lms_origin, tool_origin, *_safe_origins(frames)]),
        expires_at=min(now + open_for, row.expires_at),
    )


def _ticket(
    session: Session,
    row: DispatchKey,
    choice: ContentChoice,
    learner: Account,
    *,
    frame_origin: str,
    expires_at: datetime,
) -> Ticket:
    version = find_published(session, choice)
    major = version.version.partition(".")[0]
    parts = f"dispatch\n{row.id}\n{learner.name}\n{choice.package_id}\n{major}"
    return Ticket(
        launch_session_id=secrets.token_hex(16),
        learner=learner,
        learner_name="",
        role="learner",
        package_id=choice.package_id,
        package_digest=version.digest,
        item=choice.item,
        registration=uuid5(NAMESPACE_URL, parts),
        course_id="",
        course_title="",
        return_url="",
        frame_origin=frame_origin,
        expires_at=expires_at,
    )


def _safe_origins(frames: str) -> list[str]:
    found = [one for one in frames.split()[:_MOST_FRAMES] if _ORIGIN.fullmatch(one)]
    return list(dict.fromkeys(found))


def _pseudonym(row: DispatchKey, learner: str, *, iri_base: str, pepper: str) -> Account:
    name = hmac.new(pepper.encode(), f"dispatch\n{row.id}\n{learner}".encode(), hashlib.sha256).hexdigest()
    return Account(home_page=f"{iri_base.rstrip('/')}/d/{row.id}", name=name[:32])


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
