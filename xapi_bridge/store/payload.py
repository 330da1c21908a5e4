"""The JSON that the store keeps and serves: as received, with what the store assigns spliced in."""

from typing import NamedTuple
from uuid import UUID

import msgspec

from xapi_bridge.statement import Account, Actor, Statement
from xapi_bridge.store.sequence import stored_text

_PROPERTIES = msgspec.json.Decoder(dict[str, msgspec.Raw])
#: The store alone says when and on whose word; what a sender claims is replaced (xAPI Data 2.4.8, 2.4.9).
_REPLACED = ("stored", "authority")
#: A statement without a version gets that of its data model (xAPI Data 2.4.10).
_DEFAULT_VERSION = {"1.0.3": "1.0.0", "2.0.0": "2.0.0"}


class Payload(NamedTuple):
    """The bytes to keep, and the `version` in them."""

    text: bytes
    version: str


def authority_actor(account: Account) -> Actor:
    """The Agent who vouches, as it stands in the statement."""
    return Actor(object_type="Agent", account=account)


def build_payload(statement: Statement, *, statement_id: UUID, sequence: int, authority: Account) -> Payload:
    """The statement as it is kept: id, timestamp and version only where the sender gave none.

    The received bytes follow unchanged, unless the sender gave `stored` or `authority`: then the other
    properties are kept byte for byte, each for itself.
    """
    given = _PROPERTIES.decode(statement.raw)
    stored = stored_text(sequence)
    version = _DEFAULT_VERSION[statement.spoken_version]
    assigned: dict[str, bytes] = {
        "id": msgspec.json.encode(str(statement_id)),
        "stored": msgspec.json.encode(stored),
        "timestamp": msgspec.json.encode(stored),
        "version": msgspec.json.encode(version),
        "authority": msgspec.json.encode(authority_actor(authority)),
    }
    kept = {key: bytes(value) for key, value in given.items() if key not in _REPLACED}
    front = b",".join(_pair(key, value) for key, value in assigned.items() if key not in kept)
    if len(kept) == len(given):
        rest = statement.raw.strip(b" \t\r\n")[1:]
    else:
        rest = b",".join(_pair(key, value) for key, value in kept.items()) + b"}"
    if "version" in given:
        version = msgspec.json.decode(given["version"], type=str)
    return Payload(b"{" + front + b"," + rest, version)


def _pair(key: str, value: bytes) -> bytes:
    return msgspec.json.encode(key) + b":" + value
