"""Keys of the xAPI door as operators make and end them; each change stands in the audit log."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from xapi_bridge.store.audit import note_action
from xapi_bridge.store.credentials import (
    NewCredential,
    Terms,
    issue_credential,
    revoke_credential,
    rotate_secret,
)

#: Name in the audit log of whoever works at the command line.
COMMAND_LINE = "command"


def issue_key(
    session: Session, terms: Terms, *, operator: str, now: datetime, pepper: bytes
) -> NewCredential:
    """A new key; see `issue_credential` for what is refused."""
    made = issue_credential(session, terms, now=now, pepper=pepper)
    note_action(
        session,
        "credential_created",
        operator=operator,
        subject=made.key,
        now=now,
        scopes=sorted(terms.scopes),
        expires_at=terms.expires_at.isoformat() if terms.expires_at else None,
        authority=f"{terms.authority.home_page} {terms.authority.name}" if terms.authority else None,
        source=terms.source,
        pseudonym_group=terms.pseudonym_group,
    )
    return made


def change_secret(
    session: Session, key: str, *, overlap: timedelta, operator: str, now: datetime, pepper: bytes
) -> NewCredential:
    """A new secret for a key; see `rotate_secret` for what is refused."""
    made = rotate_secret(session, key, overlap=overlap, now=now, pepper=pepper)
    overlap_days = overlap / timedelta(days=1)
    note_action(session, "secret_changed", operator=operator, subject=key, now=now, overlap_days=overlap_days)
    return made


def revoke_key(session: Session, key: str, *, operator: str, now: datetime) -> None:
    """Ends a key; see `revoke_credential` for what is refused."""
    revoke_credential(session, key, now=now)
    note_action(session, "credential_revoked", operator=operator, subject=key, now=now)
