"""The LMS's own RSA key: it signs the messages, the tool checks them against the key set."""

import hashlib
import secrets
from typing import Any

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm
from sqlalchemy import Connection, select, update
from sqlalchemy.dialects.sqlite import insert

from lti_tool.practice_lms.tables import setting

_SIGNING_KEY = "signing_key"
_SESSION_SECRET = "session_secret"  # noqa: S105 - the name of a setting, not a secret


def keep_secrets(connection: Connection) -> None:
    """Makes the signing key and the session secret, unless this installation has them."""
    rows = [
        {"name": _SIGNING_KEY, "value": _new_key()},
        {"name": _SESSION_SECRET, "value": secrets.token_urlsafe(32)},
    ]
    connection.execute(insert(setting).on_conflict_do_nothing(), rows)


def rotate_signing_key(connection: Connection) -> None:
    """Signs with a new key from now on; the old one leaves the key set at once, as on common LMSs."""
    connection.execute(update(setting).where(setting.c.name == _SIGNING_KEY).values(value=_new_key()))


def _new_key() -> str:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()


def session_secret(connection: Connection) -> str:
    """What signs the session cookie of this installation."""
    return _value(connection, _SESSION_SECRET)


def public_key_set(connection: Connection) -> dict[str, Any]:
    """The JSON Web Key Set (RFC 7517) that the tool fetches."""
    key = _signing_key(connection).public_key()
    return {"keys": [{**RSAAlgorithm.to_jwk(key, as_dict=True), **_attributes(key)}]}


def sign_message(connection: Connection, claims: dict[str, Any]) -> str:
    """An id_token: the claims signed with RS256, its header naming the key."""
    key = _signing_key(connection)
    return jwt.encode(claims, key, algorithm="RS256", headers={"kid": _key_id(key.public_key())})


def read_own_token(connection: Connection, token: str) -> dict[str, Any]:
    """The claims of a token that this LMS signed; whoever asks checks its times.

    Raises:
        jwt.PyJWTError: it is somebody else's, or none at all.
    """
    key = _signing_key(connection).public_key()
    return jwt.decode(
        token,
        key,
        algorithms=["RS256"],
        options={"verify_exp": False, "verify_iat": False, "verify_aud": False},
    )


def _value(connection: Connection, name: str) -> str:
    return str(connection.scalar(select(setting.c.value).where(setting.c.name == name)))


def _signing_key(connection: Connection) -> rsa.RSAPrivateKey:
    key = serialization.load_pem_private_key(_value(connection, _SIGNING_KEY).encode(), password=None)
    if not isinstance(key, rsa.RSAPrivateKey):
        raise TypeError(
            "The signing key of the practice LMS is not an RSA key. Delete its file and start again."
        )
    return key


def _attributes(key: rsa.RSAPublicKey) -> dict[str, str]:
    return {"kid": _key_id(key), "alg": "RS256", "use": "sig"}


def _key_id(key: rsa.RSAPublicKey) -> str:
    encoded = key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return hashlib.sha256(encoded).hexdigest()[:20]
