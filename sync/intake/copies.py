"""Whether a statement that comes back is one that we hold, told with other people in it (pure).

A store that we forward to may give our statements back, and a target that is forwarded to pseudonymously has
other actors in them. The id says that it is our statement; verb, object and time say that nobody used the id
for something else. Such a copy is passed over: it is no news, and no contradiction that a person must judge.
"""

from typing import Any

import msgspec

from xapi_bridge.statement.errors import TimestampMalformed
from xapi_bridge.statement.formats import instant_from_timestamp

_PEOPLE = frozenset({"Agent", "Group"})


def is_altered_copy(received: bytes, kept: bytes) -> bool:
    """Whether both tell the same event, so that only the people in them may differ.

    Args:
        received, kept: JSON of valid statements with the same id; `kept` has a timestamp.
    """
    one, other = msgspec.json.decode(received), msgspec.json.decode(kept)
    return _event(one, timestamp=one.get("timestamp") or other["timestamp"]) == _event(
        other, timestamp=other["timestamp"]
    )


def _event(statement: dict[str, Any], *, timestamp: str) -> dict[str, Any]:
    context = statement.get("context", {})
    return {
        "verb": statement["verb"]["id"],
        "object": _target(statement["object"]),
        "registration": str(context.get("registration", "")).lower(),
        "success": statement.get("result", {}).get("success"),
        "completion": statement.get("result", {}).get("completion"),
        "score": statement.get("result", {}).get("score"),
        "timestamp": _instant(timestamp),
    }


def _target(thing: dict[str, Any]) -> str:
    """What it was done with; people are not compared, because they may have been renamed."""
    kind = str(thing.get("objectType", "Activity"))
    if kind in _PEOPLE:
        return kind
    if kind == "SubStatement":
        return f"SubStatement {thing['verb']['id']} {_target(thing['object'])}"
    return f"{kind} {str(thing['id']).lower() if kind == 'StatementRef' else thing['id']}"


def _instant(timestamp: str) -> object:
    try:
        return instant_from_timestamp(timestamp, at="timestamp")
    except TimestampMalformed:
        return timestamp
