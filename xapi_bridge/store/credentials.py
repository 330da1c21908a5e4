"""Keys for the xAPI door: made, used, given a new secret, revoked.

The secret is 256 random bits, so a fast keyed hash protects it: nothing can be guessed, and without the
pepper (from CCHC_SECRET_KEY) a stolen table cannot even be tried against. Nothing of a key is remembered
between requests, so that revoking it counts from the next request on, in every process.
"""

import hmac
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

from sqlalchemy import Connection, or_, select, update
from sqlalchemy.orm import Session

from xapi_bridge.access_errors import (
    AuthorityForKeyMalformed,
    CredentialExpired,
    CredentialNotFound,
    CredentialRevoked,
    CredentialUnknown,
    LabelMalformed,
    LifetimeMalformed,
    SourceMalformed,
)
from xapi_bridge.database import UtcInstant, ask_driver, instant_read
from xapi_bridge.statement import Account
from xapi_bridge.statement.errors import StatementRefused
from xapi_bridge.statement.formats import check_iri
from xapi_bridge.store.models import CredentialRow
from xapi_bridge.store.scopes import check_scopes
from xapi_bridge.vocabulary import cchc

#: How exact `last_used_at` is.
_USE_INTERVAL = timedelta(minutes=1)
#: How long the old secret opens beside a new one, at most.
LONGEST_OVERLAP = timedelta(days=30)
#: Names the key group of those keys whose pseudonyms are the same.
DEFAULT_GROUP = "analysts"

_KEY = re.compile(r"[0-9a-f]{1,40}")
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
_LONGEST_AUTHORITY_NAME = 160
_LONGEST_LABEL = 160

_COLUMNS = tuple(CredentialRow.__table__.columns)
_NAMES = tuple(column.name for column in _COLUMNS)
_INSTANTS = [column.name for column in _COLUMNS if isinstance(column.type, UtcInstant)]
#: Asked of the driver itself: every request at the door waits for this.
_BY_KEY = f"SELECT {', '.join(_NAMES)} FROM xapi_credential WHERE key = "  # noqa: S608 - our own names


@dataclass(frozen=True)
class NewCredential:
    """A key just made; the secret is shown this once."""

    key: str
    secret: str


@dataclass(frozen=True)
class Terms:
    """What a new key may do, for whom, and how long.

    Attributes:
        label: who uses it and what for.
        scopes: names from SCOPES, at least one.
        expires_at: None for a key without end.
        authority: the account that vouches for what is recorded with the key; several keys may share one.
            None: an account of the key's own.
        source: name of the system that records with it, for example `moodle-bonoivu`; empty for none.
        note: free words of the operator.
        pseudonym_group: keys of one group see the same pseudonyms.
        requests_per_minute: None for the installation's own limit.
    """

    label: str
    scopes: frozenset[str]
    expires_at: datetime | None = None
    authority: Account | None = None
    source: str = ""
    note: str = ""
    pseudonym_group: str = DEFAULT_GROUP
    requests_per_minute: int | None = None


@dataclass(frozen=True)
class Credential:
    """A key without its secret; see `Terms` for what it may do.

    Attributes:
        last_used_at: to the minute; None when never used.
        old_secret_until: until when the secret before the present one opens, too.
    """

    key: str
    label: str
    scopes: frozenset[str]
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None
    revoked_at: datetime | None
    old_secret_until: datetime | None
    own_authority: Account | None
    source: str
    note: str
    pseudonym_group: str
    requests_per_minute: int | None

    def authority(self, *, iri_base: str) -> Account:
        """The account that vouches for what is recorded with this key."""
        if self.own_authority is not None:
            return self.own_authority
        if self.source:
            return cchc.source_authority(iri_base, self.source)
        return Account(home_page=iri_base, name=f"key-{self.key}")

    def is_usable(self, *, now: datetime) -> bool:
        """Whether the key is neither revoked nor expired."""
        return self.revoked_at is None and (self.expires_at is None or self.expires_at > now)


def create_credential(
    session: Session,
    *,
    label: str,
    scopes: Iterable[str],
    expires_at: datetime | None,
    now: datetime,
    pepper: bytes,
) -> NewCredential:
    """Makes a key with an authority of its own and no source; see `issue_credential`."""
    terms = Terms(label=label, scopes=frozenset(scopes), expires_at=expires_at)
    return issue_credential(session, terms, now=now, pepper=pepper)


def issue_credential(session: Session, terms: Terms, *, now: datetime, pepper: bytes) -> NewCredential:
    """Makes a key with a random secret.

    Raises:
        ScopeUnknown, ScopesContradict: the scopes cannot be given.
        LifetimeMalformed: it would have expired already.
        LabelMalformed, AuthorityForKeyMalformed, SourceMalformed: as their names say.
    """
    scopes = check_scopes(terms.scopes)
    _check_terms(terms, now=now)
    made = NewCredential(key=secrets.token_hex(12), secret=_random_secret())
    session.add(
        CredentialRow(
            key=made.key,
            secret_hash=_hash_secret(made.secret, pepper=pepper),
            label=terms.label,
            scopes=" ".join(sorted(scopes)),
            created_at=now,
            expires_at=terms.expires_at,
            authority_home_page=terms.authority.home_page if terms.authority else None,
            authority_name=terms.authority.name if terms.authority else None,
            source=terms.source,
            note=terms.note.replace("\x00", ""),
            pseudonym_group=terms.pseudonym_group,
            requests_per_minute=terms.requests_per_minute,
        )
    )
    session.flush()
    return made


def rotate_secret(
    session: Session, key: str, *, overlap: timedelta, now: datetime, pepper: bytes
) -> NewCredential:
    """Gives the key a new secret; the one before opens until the overlap is over.

    Raises:
        CredentialNotFound: there is no such key.
        CredentialRevoked, CredentialExpired: a key that ended stays ended.
        LifetimeMalformed: an overlap below zero or above LONGEST_OVERLAP.
    """
    if not timedelta(0) <= overlap <= LONGEST_OVERLAP:
        raise LifetimeMalformed(
            f"The old secret may open 0 to {LONGEST_OVERLAP.days} days beside the new one."
        )
    row = _find_row(session, key)
    _refuse_ended(row.revoked_at, row.expires_at, now=now)
    made = NewCredential(key=key, secret=_random_secret())
    row.old_secret_hash, row.old_secret_until = row.secret_hash, now + overlap
    row.secret_hash = _hash_secret(made.secret, pepper=pepper)
    session.flush()
    return made


def authenticate(
    connection: Connection, key: str, secret: str, *, now: datetime, pepper: bytes
) -> Credential:
    """The credential behind a key and its secret.

    Args:
        connection: rather than a session, which costs as much as the one question here.

    Raises:
        CredentialUnknown: no such key, or another secret; the answer takes the same time and words for both.
        CredentialRevoked, CredentialExpired: told only to who knows the secret.
    """
    # Databases refuse some characters, for example NUL; no key of ours has them.
    row = _row_of(connection, key if _KEY.fullmatch(key) else "")
    given = _hash_secret(secret, pepper=pepper)
    expected = row.secret_hash if row else bytes(32)
    is_present = hmac.compare_digest(given, expected)
    old = row.old_secret_hash if row and row.old_secret_until and row.old_secret_until > now else None
    is_old = hmac.compare_digest(given, old or bytes(32)) and old is not None
    if row is None or not (is_present or is_old):
        raise CredentialUnknown("Key and secret do not belong together. Check both, or ask for a new key.")
    _refuse_ended(row.revoked_at, row.expires_at, now=now)
    return _credential_from_row(row)


def _row_of(connection: Connection, key: str) -> Any:
    mark = "%s" if connection.dialect.name == "postgresql" else "?"
    rows = ask_driver(connection, _BY_KEY + mark, (key,))
    if not rows:
        return None
    row = SimpleNamespace(**dict(zip(_NAMES, rows[0], strict=True)))
    for name in _INSTANTS:
        setattr(row, name, instant_read(getattr(row, name)))
    return row


def is_use_unnoted(credential: Credential, *, now: datetime) -> bool:
    """Whether `note_use` is due: at most once a minute, so that reading seldom writes."""
    return credential.last_used_at is None or now - credential.last_used_at >= _USE_INTERVAL


def note_use(session: Session, key: str, *, now: datetime) -> None:
    """Remembers that the key was used, unless another process has done so within this minute."""
    used = CredentialRow.last_used_at
    session.execute(
        update(CredentialRow)
        .where(CredentialRow.key == key, or_(used.is_(None), used <= now - _USE_INTERVAL))
        .values(last_used_at=now)
    )


def revoke_credential(session: Session, key: str, *, now: datetime) -> None:
    """Ends a key at once; a key that was revoked before keeps its first instant.

    Raises:
        CredentialNotFound: there is no such key.
    """
    row = _find_row(session, key)
    row.revoked_at = row.revoked_at or now


def find_credential(session: Session, key: str) -> Credential:
    """The key with this name, usable or not.

    Raises:
        CredentialNotFound: there is no such key.
    """
    return _credential_from_row(_find_row(session, key))


def list_credentials(session: Session) -> list[Credential]:
    """All keys, oldest first, revoked and expired ones included."""
    rows = session.execute(select(*_COLUMNS).order_by(CredentialRow.created_at, CredentialRow.key))
    return [_credential_from_row(row) for row in rows]


def _check_terms(terms: Terms, *, now: datetime) -> None:
    # Databases refuse NUL, and other invisible characters help nobody.
    if not terms.label.strip() or len(terms.label) > _LONGEST_LABEL or not terms.label.isprintable():
        raise LabelMalformed(f"Say in 1 to {_LONGEST_LABEL} characters who uses the key and what for.")
    if terms.expires_at is not None and terms.expires_at <= now:
        raise LifetimeMalformed("The key would have expired already. Choose a later day.")
    if terms.source and not _NAME.fullmatch(terms.source):
        raise SourceMalformed(
            "A source is named by 1 to 64 small letters, digits, dots, hyphens, underscores."
        )
    if not _NAME.fullmatch(terms.pseudonym_group):
        raise SourceMalformed(
            "A group is named by 1 to 64 small letters, digits, dots, hyphens, underscores."
        )
    if terms.requests_per_minute is not None and terms.requests_per_minute < 1:
        raise LifetimeMalformed("A key that may ask less than once a minute is of no use.")
    if terms.authority is not None:
        _check_authority(terms.authority)


def _check_authority(authority: Account) -> None:
    """An authority is an account of a system, and never a mailbox (xAPI Data 2.4.9)."""
    try:
        check_iri(authority.home_page, at="authority.account.homePage")
    except StatementRefused as malformed:
        raise AuthorityForKeyMalformed(str(malformed)) from malformed
    name = authority.name
    if not name.strip() or len(name) > _LONGEST_AUTHORITY_NAME or not name.isprintable() or "@" in name:
        raise AuthorityForKeyMalformed(
            f"The authority's account name has 1 to {_LONGEST_AUTHORITY_NAME} visible characters and is no "
            "e-mail address: everybody who reads a statement reads it."
        )
    if cchc.is_reserved_authority(name):
        raise AuthorityForKeyMalformed(
            f"{name} vouches for this installation's own statements or for a source. Name the source instead."
        )


def _find_row(session: Session, key: str) -> CredentialRow:
    row = session.get(CredentialRow, key, populate_existing=True) if _KEY.fullmatch(key) else None
    if row is None:
        raise CredentialNotFound("There is no such key. `cchc credentials list` shows all.")
    return row


def _refuse_ended(revoked_at: datetime | None, expires_at: datetime | None, *, now: datetime) -> None:
    if revoked_at is not None:
        raise CredentialRevoked("This key was revoked. Ask for a new one.")
    if expires_at is not None and expires_at <= now:
        raise CredentialExpired(f"This key expired at {expires_at.isoformat()}. Ask for a new one.")


def _random_secret() -> str:
    return secrets.token_urlsafe(32)


def _hash_secret(secret: str, *, pepper: bytes) -> bytes:
    return hmac.digest(pepper, b"xapi-credential\n" + secret.encode("utf-8", "surrogatepass"), "sha256")


def _credential_from_row(row: Any) -> Credential:
    own = row.authority_home_page, row.authority_name
    return Credential(
        key=row.key,
        label=row.label,
        scopes=frozenset(row.scopes.split()),
        created_at=row.created_at,
        expires_at=row.expires_at,
        last_used_at=row.last_used_at,
        revoked_at=row.revoked_at,
        old_secret_until=row.old_secret_until,
        own_authority=Account(home_page=own[0], name=own[1]) if own[0] and own[1] else None,
        source=row.source,
        note=row.note,
        pseudonym_group=row.pseudonym_group,
        requests_per_minute=row.requests_per_minute,
    )
