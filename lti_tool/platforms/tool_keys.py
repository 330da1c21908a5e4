"""The keys that we sign with: made at first use, kept encrypted, published as a key set.

This is the one place that says which key signs. How one key follows another is told in `key_rotation`.

The private half is kept sealed (`xapi_bridge.sealing`), so a copy of the database alone signs nothing. A key
sealed under an earlier secret is passed over and a new one takes its place; LMSs read the new one from our
key set by themselves.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from cryptography.fernet import InvalidToken
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from pylti1p3.registration import Registration
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from lti_tool.platforms.models import ToolKey
from xapi_bridge.sealing import sealer

KEY_BITS: Final = 2048
_PURPOSE: Final = b"cchc lti tool key"


@dataclass(frozen=True)
class SigningKey:
    """A key pair, opened.

    Attributes:
        kid: RFC 7638 thumbprint of the public half.
        private_key: PEM.
        public_key: PEM.
    """

    kid: str
    private_key: str
    public_key: str


def find_signing_key(session: Session, *, secret: str) -> SigningKey | None:
    """The key that signs now: the one that began last, is not retired, and that `secret` opens."""
    signing = sorted(
        (row for row in _published_keys(session) if row.signing_since is not None),
        key=lambda row: (row.signing_since, row.created_at),
        reverse=True,
    )
    opened = (open_key(row, secret) for row in signing)
    return next((key for key in opened if key is not None), None)


def find_or_create_signing_key(session: Session, *, secret: str, now: datetime) -> SigningKey:
    """As `find_signing_key`; the first use makes the first key, also when several come at once."""
    lock_keys(session)
    return find_signing_key(session, secret=secret) or create_tool_key(session, secret=secret, now=now)


def lock_keys(session: Session) -> None:
    """Until the transaction ends nobody else makes, promotes or retires a key."""
    if session.get_bind().dialect.name == "postgresql":
        # SQLite lets one writer in at a time anyway.
        session.execute(text(f"LOCK TABLE {ToolKey.__tablename__} IN SHARE ROW EXCLUSIVE MODE"))


def create_tool_key(session: Session, *, secret: str, now: datetime) -> SigningKey:
    """A new RSA key that signs from now on; earlier ones stay published."""
    return _store_new_key(session, secret=secret, created_at=now, signing_since=now)


def publish_next_key(session: Session, *, secret: str, now: datetime) -> SigningKey:
    """A new RSA key that is published only: LMSs read it before it signs anything."""
    return _store_new_key(session, secret=secret, created_at=now, signing_since=None)


def _store_new_key(
    session: Session, *, secret: str, created_at: datetime, signing_since: datetime | None
) -> SigningKey:
    private = rsa.generate_private_key(public_exponent=65537, key_size=KEY_BITS)
    private_pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    public_pem = private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    key = SigningKey(str(Registration.get_jwk(public_pem)["kid"]), private_pem, public_pem)
    sealed = sealer(secret, purpose=_PURPOSE).encrypt(private_pem.encode()).decode()
    session.add(
        ToolKey(
            kid=key.kid,
            public_key=public_pem,
            sealed_private_key=sealed,
            created_at=created_at,
            signing_since=signing_since,
            retired_at=None,
        )
    )
    session.flush()
    return key


def publish_key_set(session: Session) -> dict[str, list[dict[str, Any]]]:
    """Our JSON Web Key Set. Every key carries kid, alg and use: Moodle refuses the whole set otherwise."""
    return {"keys": [dict(Registration.get_jwk(row.public_key)) for row in _published_keys(session)]}


def _published_keys(session: Session) -> Sequence[ToolKey]:
    """Newest first."""
    return session.scalars(
        select(ToolKey).where(ToolKey.retired_at.is_(None)).order_by(ToolKey.created_at.desc(), ToolKey.kid)
    ).all()


def open_key(row: ToolKey, secret: str) -> SigningKey | None:
    """The key, or None when another secret sealed it."""
    try:
        private_pem = sealer(secret, purpose=_PURPOSE).decrypt(row.sealed_private_key.encode()).decode()
    except InvalidToken:
        return None
    return SigningKey(row.kid, private_pem, row.public_key)
