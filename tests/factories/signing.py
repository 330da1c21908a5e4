"""Signed statements: keys, certificates and JSON Web Signatures as clients make them."""

import base64
import json
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import jwt
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

from tests.factories.attachments import make_attachment
from xapi_bridge.statement.attachments import SIGNATURE


@cache
def make_key(bits: int = 2048, number: int = 0) -> rsa.RSAPrivateKey:
    """A key of this size; keys of different numbers differ. Made once, because that takes time."""
    del number
    return rsa.generate_private_key(public_exponent=65537, key_size=bits)


@cache
def make_curve_key() -> ec.EllipticCurvePrivateKey:
    """A key of another kind than xAPI allows."""
    return ec.generate_private_key(ec.SECP256R1())


@cache
def certificate_of(key: Any) -> str:
    """The key's certificate, signed by itself, as x5c holds it."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Nơi ký")])
    begins = datetime(2026, 1, 1, tzinfo=UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(905)
        .not_valid_before(begins)
        .not_valid_after(begins + timedelta(days=3650))
        .sign(key, hashes.SHA256())
    )
    return base64.b64encode(made.public_bytes(serialization.Encoding.DER)).decode()


def make_signature(payload: Any, *, key: Any = None, algorithm: str = "RS256", **header: Any) -> bytes:
    """A compact JWS over these properties or bytes; `header` joins what the algorithm asks for."""
    raw = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    chosen = make_key() if key is None else key
    return jwt.api_jws.encode(raw, chosen, algorithm=algorithm, headers=header or None).encode()


def make_jws(header: Any, payload: bytes, signature: bytes = b"x" * 256) -> bytes:
    """The three parts of a JWS as they are, right or wrong."""
    parts = (json.dumps(header).encode(), payload, signature)
    return b".".join(base64.urlsafe_b64encode(part).rstrip(b"=") for part in parts)


def make_signed(properties: dict[str, Any], signature: bytes, **given: Any) -> dict[str, Any]:
    """The statement with the declaration of its signature; what is given changes that declaration."""
    declared = make_attachment(
        signature, **{"usageType": SIGNATURE, "contentType": "application/octet-stream", **given}
    )
    return {**properties, "attachments": [*properties.get("attachments", []), declared]}
