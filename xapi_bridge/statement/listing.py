"""Context activities as lists, also where one came alone (pure; xAPI Data 2.4.6.2.s4.b3)."""

from collections.abc import Callable

import msgspec

from xapi_bridge.statement.activities import Activity
from xapi_bridge.statement.contexts import Context
from xapi_bridge.statement.objects import SubStatement
from xapi_bridge.statement.parse import Statement

_PROPERTIES = msgspec.json.Decoder(dict[str, msgspec.Raw])
_LISTS = ("parent", "grouping", "category", "other")


def list_context_activities(statement: Statement) -> bytes:
    """The statement as received, except that lone context activities stand in lists.

    A statement without a lone one, so nearly every one, comes back byte for byte; else all other properties
    keep their bytes, each for itself.
    """
    raw = statement.raw
    if _has_lone_activity(statement.context):
        raw = _changed(raw, "context", _with_lists)
    if isinstance(statement.object, SubStatement) and _has_lone_activity(statement.object.context):
        raw = _changed(raw, "object", lambda inner: _changed(inner, "context", _with_lists))
    return raw


def _has_lone_activity(context: Context | None) -> bool:
    related = None if context is None else context.context_activities
    return related is not None and any(isinstance(getattr(related, name), Activity) for name in _LISTS)


def _with_lists(context: bytes) -> bytes:
    return _changed(context, "contextActivities", _list_each)


def _list_each(related: bytes) -> bytes:
    lists = {name: bytes(value) for name, value in _PROPERTIES.decode(related).items()}
    return msgspec.json.encode(
        {name: msgspec.Raw(b"[" + one + b"]" if one[:1] == b"{" else one) for name, one in lists.items()}
    )


def _changed(raw: bytes, name: str, change: Callable[[bytes], bytes]) -> bytes:
    properties = _PROPERTIES.decode(raw)
    properties[name] = msgspec.Raw(change(bytes(properties[name])))
    return msgspec.json.encode(properties)
