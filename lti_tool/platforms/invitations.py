"""Invitations: links by which one LMS may register itself, once and within a time.

The link holds a random token, and the database its hash. An attempt first *claims* the invitation, then talks
to the LMS without any transaction, and then either uses it up or gives it back: two attempts at once reach
the LMS once, and one that failed can be repeated.
"""

import hashlib
import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from lti_tool.platforms.errors import (
    InvitationBusy,
    InvitationExpired,
    InvitationFieldRefused,
    InvitationUnknown,
    InvitationUsed,
)
from lti_tool.platforms.models import RegistrationInvitation
from lti_tool.platforms.register import LONGEST_NAME
from xapi_bridge.store.audit import note_action

LONGEST_LIFE: Final = timedelta(days=30)
#: Longer than any attempt takes; after it the claim of a process that died is worth nothing.
CLAIM_LIFE: Final = timedelta(minutes=5)
MOST_HOSTS: Final = 10
_LONGEST_NOTE: Final = 2000
_HOST = re.compile(
    r"(?=.{1,253}(?::|$))[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*(:\d{1,5})?"
)
_VARIABLE = re.compile(r"\$[A-Za-z][A-Za-z0-9_.]{1,78}")


class InvitationState(StrEnum):
    """Where an invitation stands."""

    OPEN = "open"
    USED = "used"
    REVOKED = "revoked"
    EXPIRED = "expired"


@dataclass(frozen=True)
class InvitationTerms:
    """What an operator decides.

    Attributes:
        name: what the registration will be called.
        expected_hosts: host names, each with a port where it is not the usual one, where the LMS's addresses
            may lie beside its issuer's; with any given, the configuration must lie on one of them.
        unit_variable: LTI variable that holds the unit's code in this LMS; empty: none is asked for.
        life: how long the link works.
    """

    name: str
    life: timedelta
    note: str = ""
    expected_hosts: tuple[str, ...] = ()
    unit_variable: str = ""
    auto_approve: bool = False


@dataclass(frozen=True)
class Invitation:
    """An invitation that an attempt works with."""

    id: int
    name: str
    expected_hosts: tuple[str, ...]
    unit_variable: str
    auto_approve: bool
    created_by: str


@dataclass(frozen=True)
class InvitationEntry:
    """An invitation, as lists show it.

    Attributes:
        registration_id: what it became; None before that, and when that registration was deleted.
    """

    id: int
    name: str
    note: str
    expected_hosts: tuple[str, ...]
    state: InvitationState
    auto_approve: bool
    created_by: str
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None
    registration_id: int | None
    last_failure: str
    last_failure_at: datetime | None


def hosts_from_text(text: str) -> tuple[str, ...]:
    """Host names as typed, with commas or blanks between; of a whole address only the host counts."""
    typed = re.split(r"[\s,;]+", text.strip().lower())
    return tuple(dict.fromkeys(re.sub(r"^https?://", "", each).split("/")[0] for each in typed if each))


def invite(session: Session, terms: InvitationTerms, *, operator: str, now: datetime) -> str:
    """Makes an invitation; returns its token, which is not kept.

    Raises:
        InvitationFieldRefused
    """
    _refuse_terms(terms)
    token = secrets.token_urlsafe(32)
    row = RegistrationInvitation(
        token_hash=_hash(token),
        name=terms.name.strip(),
        note=terms.note.strip(),
        expected_hosts=" ".join(terms.expected_hosts),
        unit_variable=terms.unit_variable,
        auto_approve=terms.auto_approve,
        created_by=operator,
        created_at=now,
        expires_at=now + terms.life,
    )
    session.add(row)
    session.flush()
    note_action(
        session,
        "registration_invited",
        operator=operator,
        subject=f"invitation {row.id}",
        now=now,
        hosts=list(terms.expected_hosts),
        auto_approve=terms.auto_approve,
        expires_at=row.expires_at.isoformat(),
    )
    return token


def find_open_invitation(session: Session, token: str, *, now: datetime) -> Invitation:
    """The invitation of a link; looking does not use it up.

    Raises:
        InvitationUnknown, InvitationExpired, InvitationUsed
    """
    row = session.scalar(
        select(RegistrationInvitation).where(RegistrationInvitation.token_hash == _hash(token))
    )
    if row is None or row.revoked_at is not None:
        raise InvitationUnknown("No open invitation has this link.")
    if row.used_at is not None:
        raise InvitationUsed("This invitation was used. Each works once.")
    if row.expires_at <= now:
        raise InvitationExpired("The invitation's time is over.")
    return Invitation(
        id=row.id,
        name=row.name,
        expected_hosts=tuple(row.expected_hosts.split()),
        unit_variable=row.unit_variable,
        auto_approve=row.auto_approve,
        created_by=row.created_by,
    )


def claim_invitation(session: Session, token: str, *, now: datetime) -> tuple[Invitation, str]:
    """Keeps other attempts out for some minutes; commit before talking to the LMS.

    Returns:
        The invitation, and the claim that uses it up or gives it back.

    Raises:
        InvitationUnknown, InvitationExpired, InvitationUsed
        InvitationBusy: another attempt holds it.
    """
    invitation, claim = find_open_invitation(session, token, now=now), secrets.token_hex(16)
    claimed = session.scalar(
        update(RegistrationInvitation)
        .where(
            RegistrationInvitation.id == invitation.id,
            RegistrationInvitation.used_at.is_(None),
            RegistrationInvitation.revoked_at.is_(None),
            or_(RegistrationInvitation.claimed_until.is_(None), RegistrationInvitation.claimed_until <= now),
        )
        .values(claim=claim, claimed_until=now + CLAIM_LIFE)
        .returning(RegistrationInvitation.id)
        .execution_options(synchronize_session=False)
    )
    if claimed is None:
        session.expire_all()
        find_open_invitation(session, token, now=now)
        raise InvitationBusy(
            "Another attempt with this invitation talks to the LMS now. Try again in minutes."
        )
    return invitation, claim


def use_up_invitation(
    session: Session, invitation_id: int, claim: str, *, registration_id: int, now: datetime
) -> None:
    """Marks it as used, in the transaction that stores the registration.

    Raises:
        InvitationUsed: the claim ran out, and another attempt was faster.
    """
    used = session.scalar(
        update(RegistrationInvitation)
        .where(
            RegistrationInvitation.id == invitation_id,
            RegistrationInvitation.claim == claim,
            RegistrationInvitation.used_at.is_(None),
        )
        .values(used_at=now, registration_id=registration_id, last_failure="", last_failure_at=None)
        .returning(RegistrationInvitation.id)
        .execution_options(synchronize_session=False)
    )
    if used is None:
        raise InvitationUsed("Another attempt used this invitation meanwhile.")


def give_back_invitation(
    session: Session, invitation_id: int, claim: str, *, failure: str, now: datetime
) -> None:
    """After an attempt that the LMS did not accept: the link works again, and operators see why."""
    session.execute(
        update(RegistrationInvitation)
        .where(
            RegistrationInvitation.id == invitation_id,
            RegistrationInvitation.claim == claim,
            RegistrationInvitation.used_at.is_(None),
        )
        .values(claimed_until=None, claim="", last_failure=failure[:1000], last_failure_at=now)
        .execution_options(synchronize_session=False)
    )


def revoke_invitation(session: Session, invitation_id: int, *, operator: str, now: datetime) -> None:
    """The link opens nothing from now on.

    Raises:
        InvitationUnknown: there is none, or it was used or revoked already.
    """
    row = session.get(RegistrationInvitation, invitation_id)
    if row is None or row.used_at is not None or row.revoked_at is not None:
        raise InvitationUnknown(f"Invitation {invitation_id} is not open.")
    row.revoked_at = now
    note_action(
        session, "invitation_revoked", operator=operator, subject=f"invitation {invitation_id}", now=now
    )
    session.flush()


def list_invitations(session: Session, *, now: datetime, limit: int = 200) -> list[InvitationEntry]:
    """The newest first, used and expired ones too."""
    rows = session.scalars(
        select(RegistrationInvitation).order_by(RegistrationInvitation.id.desc()).limit(limit)
    )
    return [_entry(row, now) for row in rows]


def _entry(row: RegistrationInvitation, now: datetime) -> InvitationEntry:
    return InvitationEntry(
        id=row.id,
        name=row.name,
        note=row.note,
        expected_hosts=tuple(row.expected_hosts.split()),
        state=_state_of(row, now),
        auto_approve=row.auto_approve,
        created_by=row.created_by,
        created_at=row.created_at,
        expires_at=row.expires_at,
        used_at=row.used_at,
        registration_id=row.registration_id,
        last_failure=row.last_failure,
        last_failure_at=row.last_failure_at,
    )


def _state_of(row: RegistrationInvitation, now: datetime) -> InvitationState:
    if row.used_at is not None:
        return InvitationState.USED
    if row.revoked_at is not None:
        return InvitationState.REVOKED
    return InvitationState.EXPIRED if row.expires_at <= now else InvitationState.OPEN


def _refuse_terms(terms: InvitationTerms) -> None:
    if not terms.name.strip() or len(terms.name.strip()) > LONGEST_NAME or not terms.name.isprintable():
        raise InvitationFieldRefused(
            f"An invitation needs a name of 1 to {LONGEST_NAME} printable characters."
        )
    if not timedelta() < terms.life <= LONGEST_LIFE:
        raise InvitationFieldRefused(f"A link works for at most {LONGEST_LIFE.days} days.")
    if len(terms.note) > _LONGEST_NOTE or "\x00" in terms.note:
        raise InvitationFieldRefused(f"A note has at most {_LONGEST_NOTE} characters.")
    if len(terms.expected_hosts) > MOST_HOSTS:
        raise InvitationFieldRefused(f"Name at most {MOST_HOSTS} hosts.")
    for host in terms.expected_hosts:
        if not _HOST.fullmatch(host):
            raise InvitationFieldRefused(f"{host[:80]!r} is not a host name such as lms.example.vn.")
    if terms.unit_variable and not _VARIABLE.fullmatch(terms.unit_variable):
        raise InvitationFieldRefused("The unit's variable is written as $Person.address.locality.")


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
