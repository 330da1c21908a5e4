"""The JSON that the store keeps and serves: as received, with what the store assigns spliced in."""

import json
from typing import NamedTuple
from uuid import UUID

import msgspec

from xapi_bridge.statement import Account, Actor, Statement
from xapi_bridge.statement.listing import list_context_activities
from xapi_bridge.store.sequence import stored_text

_SCANNER = json.JSONDecoder()
_PROPERTIES = msgspec.json.Decoder(dict[str, msgspec.Raw])
#: The store alone says when and on whose word; what a sender claims is replaced (xAPI Data 2.4.8, 2.4.9).
_REPLACED = ("stored", "authority")
#: A statement without a version gets that of its data model (xAPI Data 2.4.10).
_DEFAULT_VERSION = {"1.0.3": "1.0.0", "2.0.0": "2.0.0"}


class Payload(NamedTuple):
    """What the store keeps of one statement.

    Attributes:
        text: the JSON to serve.
        version: the `version` in it.
        received: the JSON as it was sent, when `text` cannot give it back (`received_from`).
    """

    text: bytes
    version: str
    received: bytes | None


def authority_actor(account: Account) -> Actor:
    """The Agent who vouches, as it stands in the statement."""
    return Actor(object_type="Agent", account=account)


def encode_authority(account: Account) -> bytes:
    """The JSON of the Agent who vouches, once for a whole batch."""
    return msgspec.json.encode(authority_actor(account))


def build_payload(statement: Statement, *, statement_id: UUID, sequence: int, authority: bytes) -> Payload:
    """The statement as it is kept: id, timestamp and version only where the sender gave none.

    The received bytes follow unchanged (lone context activities become lists), unless the sender gave
    `stored` or `authority`: then the other properties are kept byte for byte, each for itself. What was
    received is kept beside it wherever it cannot be told from the payload.

    Args:
        authority: from `encode_authority`.
    """
    raw = list_context_activities(statement)
    given = _PROPERTIES.decode(raw)
    stored = stored_text(sequence).encode()
    version = statement.version or _DEFAULT_VERSION[statement.spoken_version]
    front = b"" if "id" in given else b'"id":"%b",' % str(statement_id).encode()
    front += b'"stored":"%b",' % stored
    if "timestamp" not in given:
        front += b'"timestamp":"%b",' % stored
    if "version" not in given:
        front += b'"version":"%b",' % version.encode()
    front += b'"authority":%b,' % authority
    received = None if raw is statement.raw else _without_blanks(statement.raw)
    if not any(name in given for name in _REPLACED):
        return Payload(b"{" + front + _without_blanks(raw)[1:], version, received)
    kept = b",".join(_pair(key, bytes(value)) for key, value in given.items() if key not in _REPLACED)
    return Payload(b"{" + front + kept + b"}", version, _without_blanks(statement.raw))


def _without_blanks(text: bytes) -> bytes:
    """Blanks around a JSON text are no part of it."""
    return text.strip(b" \t\r\n")


def received_from(payload: bytes, received: bytes | None) -> bytes:
    """The JSON as it was sent, from what the store keeps: `payload`, and `received` where it was needed.

    What the store assigns stands in front and ends with the authority; the sender's own bytes follow it.
    """
    if received is not None:
        return received
    front = b'"authority":'
    start = payload.index(front) + len(front)
    _, end = _SCANNER.raw_decode(payload[start:].decode())
    return b"{" + payload[start + len(payload[start:].decode()[:end].encode()) :].removeprefix(b",")


def _pair(key: str, value: bytes) -> bytes:
    return msgspec.json.encode(key) + b":" + value
