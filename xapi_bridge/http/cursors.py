"""`more` addresses: where a page ended, sealed together with the filters that it belongs to."""

import base64
import binascii
import hmac
import json
from collections.abc import Mapping
from hashlib import sha256

from xapi_bridge.errors import CursorForged

_SEQUENCE_BYTES = 8
_SEAL_BYTES = 16


def seal_cursor(last_seq: int, parameters: Mapping[str, str], *, secret: bytes) -> str:
    """An opaque text for the parameter `cursor`; it stays valid as long as the secret does."""
    place = last_seq.to_bytes(_SEQUENCE_BYTES, "big")
    sealed = place + _seal(place, parameters, secret=secret)
    return base64.urlsafe_b64encode(sealed).decode()


def open_cursor(cursor: str, parameters: Mapping[str, str], *, secret: bytes) -> int:
    """The `last_seq` inside.

    Raises:
        CursorForged: not from us, or used with other filters than it was made for.
    """
    try:
        sealed = base64.urlsafe_b64decode(cursor.encode("ascii"))
    except (binascii.Error, UnicodeEncodeError, ValueError) as malformed:
        raise CursorForged("The cursor cannot be read. Begin again without it.") from malformed
    place = sealed[:_SEQUENCE_BYTES]
    if not hmac.compare_digest(sealed[_SEQUENCE_BYTES:], _seal(place, parameters, secret=secret)):
        raise CursorForged("The cursor does not belong to these parameters. Follow `more` as it was given.")
    return int.from_bytes(place, "big")


def _seal(place: bytes, parameters: Mapping[str, str], *, secret: bytes) -> bytes:
    filters = json.dumps(sorted(parameters.items())).encode()
    return hmac.new(secret, b"xapi-cursor\n" + place + filters, sha256).digest()[:_SEAL_BYTES]
