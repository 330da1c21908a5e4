"""Signed statements: a JSON Web Signature over the statement, attached to it (xAPI Data 2.6, RFC 7515).

The store checks what it can know: that the signature is well formed, that it signs this statement, and, when
it brings a certificate, that the key of that certificate made it. Whether the certificate is to be trusted is
for the reader of the statement to decide; the store keeps signature and certificate exactly as they came.
"""

import base64
from typing import Any

import jwt
import msgspec
from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from xapi_bridge.statement.attachments import SIGNATURE, Attachment
from xapi_bridge.statement.comparison import canonical_form
from xapi_bridge.statement.errors import (
    SignatureAlgorithmRefused,
    SignatureKeyRefused,
    SignatureMalformed,
    SignatureWrong,
    SignedStatementDiffers,
    StatementRefused,
)
from xapi_bridge.statement.json_text import MAX_STATEMENT_BYTES
from xapi_bridge.statement.parse import Statement, parse_statement

#: What xAPI allows; all others, `none` first, are refused.
ALGORITHMS = ("RS256", "RS384", "RS512")
#: A statement in base64, a chain of certificates, and the signature.
MAX_SIGNATURE_BYTES = 2 * MAX_STATEMENT_BYTES
#: The media type that a signature is declared with.
CONTENT_TYPE = "application/octet-stream"

#: RFC 7518 3.3.
_LEAST_KEY_BITS = 2048

_JWS = jwt.PyJWS(algorithms=ALGORITHMS)


def check_signature(statement: Statement, attachment: Attachment, signature: bytes, *, at: str) -> None:
    """Refuses a signature that is not one, or not one of this statement.

    Args:
        attachment: the declaration, with usageType SIGNATURE.
        signature: the bytes that came with it.
        at: path of the attachment.

    Raises:
        SignatureRefused: its subclass names the rule.

    Spec: xAPI 1.0.3 Data 2.6; RFC 7515 3.1 and 4.1.6; RFC 7518 3.3.
    """
    if attachment.content_type != CONTENT_TYPE:
        raise SignatureMalformed(f"{at}.contentType", f"of a signature is {CONTENT_TYPE}")
    header, payload = _open(signature, at=at)
    algorithm = header.get("alg")
    if algorithm not in ALGORITHMS:
        raise SignatureAlgorithmRefused(at, f"is signed with another algorithm than {', '.join(ALGORITHMS)}")
    if "x5c" in header:
        _verify(signature, _certified_key(header["x5c"], at=at), algorithm, at=at)
    _compare(statement, payload, at=at)


def _open(signature: bytes, *, at: str) -> tuple[dict[str, Any], bytes]:
    """Header and payload of a compact JWS, not yet verified."""
    try:
        opened = _JWS.decode_complete(signature, options={"verify_signature": False})
    except (jwt.InvalidTokenError, UnicodeDecodeError) as malformed:
        raise SignatureMalformed(
            at, f"is not a JWS in compact serialization (header.payload.signature): {malformed}"
        ) from malformed
    if not opened["signature"]:
        raise SignatureMalformed(at, "is a JWS without a signature")
    return opened["header"], opened["payload"]


def _certified_key(chain: Any, *, at: str) -> RSAPublicKey:
    """The key of the first certificate in x5c: the one that signed (RFC 7515 4.1.6)."""
    if not isinstance(chain, list) or not chain or not all(isinstance(one, str) for one in chain):
        raise SignatureKeyRefused(at, "has an x5c that is not a list of certificates in base64")
    try:
        certificates = [x509.load_der_x509_certificate(base64.b64decode(one, validate=True)) for one in chain]
        key = certificates[0].public_key()
    except (ValueError, x509.InvalidVersion, UnsupportedAlgorithm) as malformed:
        raise SignatureKeyRefused(at, "has an x5c with something that is no X.509 certificate") from malformed
    if not isinstance(key, RSAPublicKey) or key.key_size < _LEAST_KEY_BITS:
        raise SignatureKeyRefused(at, f"has a certificate without an RSA key of {_LEAST_KEY_BITS} bits")
    return key


def _verify(signature: bytes, key: RSAPublicKey, algorithm: str, *, at: str) -> None:
    try:
        _JWS.decode_complete(signature, key=key, algorithms=[algorithm])
    except jwt.InvalidTokenError as wrong:
        raise SignatureWrong(at, "was not made by the key of its own certificate, or was changed") from wrong


def _compare(statement: Statement, payload: bytes, *, at: str) -> None:
    try:
        signed = parse_statement(payload, version=statement.spoken_version)
    except StatementRefused as refused:
        raise SignedStatementDiffers(at, f"signs something that is no statement: {refused}") from refused
    if signed.id is not None and statement.id is not None and signed.id != statement.id:
        raise SignedStatementDiffers(at, "signs a statement with another id")
    timestamps_count = signed.timestamp is not None and statement.timestamp is not None
    if _unsigned_form(signed, timestamps_count) != _unsigned_form(statement, timestamps_count):
        raise SignedStatementDiffers(at, "signs a statement that says something else than the one received")


def _unsigned_form(statement: Statement, timestamps_count: bool) -> bytes:
    """The statement in one fixed notation, without signatures: it was signed before they were attached."""
    properties = msgspec.json.decode(statement.raw)
    kept = [one for one in properties.pop("attachments", []) if one["usageType"] != SIGNATURE]
    if kept:
        properties["attachments"] = kept
    return canonical_form(msgspec.json.encode(properties), with_timestamp=timestamps_count)
