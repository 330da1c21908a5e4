"""The keys that we sign with: made at first use, kept encrypted, published as a key set.

The private half is encrypted with Fernet (AES-128-CBC and HMAC-SHA256) under a key that HKDF-SHA256 derives
from CCHC_SECRET_KEY, so a copy of the database alone signs nothing. A key sealed under an earlier secret is
passed over and a new one takes its place; LMSs read the new one from our key set by themselves.
"""

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
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

KEY_BITS: Final = 2048


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
    """The newest key that is not retired and that `secret` opens."""
    opened = (_open_key(row, secret) for row in _published_keys(session))
    return next((key for key in opened if key is not None), None)


def find_or_create_signing_key(session: Session, *, secret: str, now: datetime) -> SigningKey:
    """As `find_signing_key`; the first use makes the first key, also when several come at once."""
    if session.get_bind().dialect.name == "postgresql":
        # SQLite lets one writer in at a time anyway.
        session.execute(text(f"LOCK TABLE {ToolKey.__tablename__} IN SHARE ROW EXCLUSIVE MODE"))
    return find_signing_key(session, secret=secret) or create_tool_key(session, secret=secret, now=now)


def create_tool_key(session: Session, *, secret: str, now: datetime) -> SigningKey:
    """A new RSA key, stored sealed; from now on it signs, and earlier ones stay published."""
    private = rsa.generate_private_key(public_exponent=65537, key_size=KEY_BITS)
    private_pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    public_pem = private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    key = SigningKey(str(Registration.get_jwk(public_pem)["kid"]), private_pem, public_pem)
    sealed = _sealer(secret).encrypt(private_pem.encode()).decode()
    session.add(
        ToolKey(
            kid=key.kid, public_key=public_pem, sealed_private_key=sealed, created_at=now, retired_at=None
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


def _open_key(row: ToolKey, secret: str) -> SigningKey | None:
    """The key, or None when another secret sealed it."""
    try:
        private_pem = _sealer(secret).decrypt(row.sealed_private_key.encode()).decode()
    except InvalidToken:
        return None
    return SigningKey(row.kid, private_pem, row.public_key)


def _sealer(secret: str) -> Fernet:
    derived = HKDF(SHA256(), length=32, salt=None, info=b"cchc lti tool key").derive(secret.encode())
    return Fernet(base64.urlsafe_b64encode(derived))
