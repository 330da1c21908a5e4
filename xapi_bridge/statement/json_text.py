"""One JSON text, read strictly: what two readers could understand differently is refused."""

import json
from typing import Any, NoReturn

import msgspec

from xapi_bridge.statement.errors import (
    CharacterForbidden,
    JsonMalformed,
    KeyRepeated,
    NullForbidden,
    StatementTooLarge,
)

#: A statement without its attachments; ordinary ones have one or two kilobytes.
MAX_STATEMENT_BYTES = 1024 * 1024
#: Deep enough for any SubStatement with extensions, far from Python's recursion limit.
MAX_DEPTH = 64

_ANY_DECODER = msgspec.json.Decoder()
_ANY_ENCODER = msgspec.json.Encoder()
_BATCH_DECODER = msgspec.json.Decoder(list[msgspec.Raw])


def read_object(raw: bytes) -> dict[str, Any]:
    """The JSON object in `raw`, as dicts, lists and scalars.

    Raises:
        StatementTooLarge: more than MAX_STATEMENT_BYTES, or nested deeper than MAX_DEPTH.
        JsonMalformed: not UTF-8, not JSON, NaN or Infinity, lone surrogates, or no object.
        KeyRepeated, CharacterForbidden, NullForbidden: as their names say.
    """
    if len(raw) > MAX_STATEMENT_BYTES:
        raise StatementTooLarge("", f"{len(raw)} bytes received, at most {MAX_STATEMENT_BYTES} are kept")
    _refuse_deep_nesting(raw)
    tree = _decode(raw)
    if not isinstance(tree, dict):
        raise JsonMalformed("", "a statement is a JSON object")
    _refuse_repeated_keys(raw, tree)
    if b"\\u0000" in raw and _holds_nul(tree):
        raise CharacterForbidden("", "a text holds the character NUL (\\u0000); remove it")
    if b"null" in raw:
        _refuse_nulls(tree, at="")
    return tree


def split_batch(raw: bytes) -> list[bytes]:
    """The statements of a request body, each with its exact bytes: one object, or an array of them."""
    if not raw.lstrip(b" \t\r\n").startswith(b"["):
        return [raw]
    try:
        return [bytes(one) for one in _BATCH_DECODER.decode(raw)]
    except (msgspec.MsgspecError, UnicodeDecodeError) as malformed:
        raise JsonMalformed("", str(malformed)) from malformed
    except RecursionError as deep:
        raise StatementTooLarge("", f"nested deeper than {MAX_DEPTH} levels") from deep


def _decode(raw: bytes) -> Any:
    try:
        return _ANY_DECODER.decode(raw)
    except (msgspec.MsgspecError, UnicodeDecodeError) as malformed:
        raise JsonMalformed("", str(malformed)) from malformed


def _refuse_deep_nesting(raw: bytes) -> None:
    # Counting brackets is a bound from above and costs nothing; only texts with many are looked at closely.
    if raw.count(b"{") + raw.count(b"[") > MAX_DEPTH and _depth(raw) > MAX_DEPTH:
        raise StatementTooLarge("", f"nested deeper than {MAX_DEPTH} levels")


def _depth(raw: bytes) -> int:
    depth = deepest = 0
    in_text = escaped = False
    for byte in raw:
        if in_text:
            in_text = escaped or byte != 0x22
            escaped = not escaped and byte == 0x5C
        elif byte == 0x22:
            in_text = True
        else:
            depth += (byte in b"{[") - (byte in b"}]")
            deepest = max(deepest, depth)
    return deepest


def _refuse_repeated_keys(raw: bytes, tree: Any) -> None:
    # msgspec keeps the last of two equal keys silently. Each pair that is lost takes its colon with it, and
    # every other colon, outside texts or inside, is written again as it was, unless it came escaped. So equal
    # counts mean that no key is repeated; otherwise the slow reader says which.
    is_escaped = b"\\u003" in raw and b"\\u003a" in raw.lower()
    if is_escaped or raw.count(b":") != _ANY_ENCODER.encode(tree).count(b":"):
        refuse_repeated_keys_slowly(raw)


def refuse_repeated_keys_slowly(raw: bytes) -> None:
    """Looks at every pair of a JSON text that was read before.

    Raises:
        KeyRepeated: names the key.
    """
    json.loads(raw, object_pairs_hook=_unique_keys, parse_constant=_refuse_constant)


def _unique_keys(pairs: list[tuple[str, Any]]) -> None:
    if len({key for key, _ in pairs}) == len(pairs):
        return
    seen: set[str] = set()
    for key, _ in pairs:
        if key in seen:
            raise KeyRepeated("", f"the property `{key}` occurs twice in one object")
        seen.add(key)


def _refuse_constant(constant: str) -> NoReturn:
    raise JsonMalformed("", f"{constant} is not JSON")


def _holds_nul(value: Any) -> bool:
    if isinstance(value, str):
        return "\x00" in value
    if isinstance(value, dict):
        return any("\x00" in key or _holds_nul(item) for key, item in value.items())
    return isinstance(value, list) and any(map(_holds_nul, value))


def _refuse_nulls(value: Any, *, at: str) -> None:
    if isinstance(value, dict):
        for key, item in value.items():
            if item is None:
                raise NullForbidden(f"{at}.{key}".lstrip("."), "is null; leave the property out")
            if key != "extensions":
                _refuse_nulls(item, at=f"{at}.{key}")
    elif isinstance(value, list):
        for position, item in enumerate(value):
            _refuse_nulls(item, at=f"{at}[{position}]")
