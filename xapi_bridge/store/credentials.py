"""Keys for the xAPI door: made, used, revoked.

The secret is 256 random bits, so a fast keyed hash protects it: nothing can be guessed, and without the
pepper (from CCHC_SECRET_KEY) a stolen table cannot even be tried against.
"""

import hmac
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import select
from sqlalchemy.orm import Session

from xapi_bridge.errors import (
    CredentialExpired,
    CredentialNotFound,
    CredentialRevoked,
    CredentialUnknown,
    ScopeUnknown,
)
from xapi_bridge.statement import Account
from xapi_bridge.store.models import CredentialRow

#: Scope -> what it allows (names of xAPI 1.0.3, Communication 4.2).
SCOPES = {
    "statements/write": "record statements",
    "statements/read": "read every statement",
    "statements/read/mine": "read the statements that this key recorded",
    "all/read": "read everything",
    "all": "read and write everything",
}

#: How exact `last_used_at` is.
_USE_INTERVAL = timedelta(minutes=1)

_KEY = re.compile(r"[0-9a-f]{1,40}")


@dataclass(frozen=True)
class NewCredential:
    """A key just made; the secret is shown this once."""

    key: str
    secret: str


@dataclass(frozen=True)
class Credential:
    """A key without its secret.

    Attributes:
        scopes: names from SCOPES.
        last_used_at: to the minute; None when never used.
    """

    key: str
    label: str
    scopes: frozenset[str]
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None
    revoked_at: datetime | None

    def authority(self, *, iri_base: str) -> Account:
        """The account that vouches for what is recorded with this key."""
        return Account(home_page=iri_base, name=f"key-{self.key}")

    @property
    def may_write(self) -> bool:
        """Whether the key may record statements."""
        return bool(self.scopes & {"all", "statements/write"})

    @property
    def may_read_all(self) -> bool:
        """Whether the key may read every statement."""
        return bool(self.scopes & {"all", "all/read", "statements/read"})

    @property
    def may_read_own(self) -> bool:
        """Whether the key may read at least what it recorded itself."""
        return self.may_read_all or "statements/read/mine" in self.scopes


def create_credential(
    session: Session,
    *,
    label: str,
    scopes: Iterable[str],
    expires_at: datetime | None,
    now: datetime,
    pepper: bytes,
) -> NewCredential:
    """Makes a key with a random secret.

    Args:
        label: who uses it and what for.
        scopes: names from SCOPES, at least one.
        expires_at: None for a key without end.

    Raises:
        ScopeUnknown: a scope that does not exist, or none at all.
    """
    wanted = sorted(set(scopes))
    unknown = [scope for scope in wanted if scope not in SCOPES]
    if unknown or not wanted:
        raise ScopeUnknown(f"Unknown scope {', '.join(unknown) or '(none)'}. There are: {', '.join(SCOPES)}.")
    made = NewCredential(key=secrets.token_hex(12), secret=secrets.token_urlsafe(32))
    session.add(
        CredentialRow(
            key=made.key,
            secret_hash=_hash_secret(made.secret, pepper=pepper),
            label=label,
            scopes=" ".join(wanted),
            created_at=now,
            expires_at=expires_at,
        )
    )
    session.flush()
    return made


def authenticate(session: Session, key: str, secret: str, *, now: datetime, pepper: bytes) -> Credential:
    """The credential behind a key and its secret.

    Raises:
        CredentialUnknown: no such key, or another secret; the answer takes the same time and words for both.
        CredentialRevoked, CredentialExpired: told only to who knows the secret.
    """
    # Databases refuse some characters, for example NUL; no key of ours has them.
    row = session.get(CredentialRow, key) if _KEY.fullmatch(key) else None
    given = _hash_secret(secret, pepper=pepper)
    if not hmac.compare_digest(given, row.secret_hash if row else bytes(32)) or row is None:
        raise CredentialUnknown("Key and secret do not belong together. Check both, or ask for a new key.")
    if row.revoked_at is not None:
        raise CredentialRevoked("This key was revoked. Ask for a new one.")
    if row.expires_at is not None and row.expires_at <= now:
        raise CredentialExpired(f"This key expired at {row.expires_at.isoformat()}. Ask for a new one.")
    return _credential_from_row(row)


def is_use_unnoted(credential: Credential, *, now: datetime) -> bool:
    """Whether `note_use` is due: at most once a minute, so that reading seldom writes."""
    return credential.last_used_at is None or now - credential.last_used_at >= _USE_INTERVAL


def note_use(session: Session, key: str, *, now: datetime) -> None:
    """Remembers that the key was used."""
    row = session.get(CredentialRow, key)
    if row is not None:
        row.last_used_at = now


def revoke_credential(session: Session, key: str, *, now: datetime) -> None:
    """Ends a key at once; a key that was revoked before keeps its first instant.

    Raises:
        CredentialNotFound: there is no such key.
    """
    row = session.get(CredentialRow, key)
    if row is None:
        raise CredentialNotFound(f"There is no key {key}. `cchc credentials list` shows all.")
    row.revoked_at = row.revoked_at or now


def list_credentials(session: Session) -> list[Credential]:
    """All keys, oldest first, revoked and expired ones included."""
    rows = session.scalars(select(CredentialRow).order_by(CredentialRow.created_at, CredentialRow.key))
    return [_credential_from_row(row) for row in rows]


def _hash_secret(secret: str, *, pepper: bytes) -> bytes:
    return hmac.new(pepper, b"xapi-credential\n" + secret.encode(), sha256).digest()


def _credential_from_row(row: CredentialRow) -> Credential:
    return Credential(
        key=row.key,
        label=row.label,
        scopes=frozenset(row.scopes.split()),
        created_at=row.created_at,
        expires_at=row.expires_at,
        last_used_at=row.last_used_at,
        revoked_at=row.revoked_at,
    )
