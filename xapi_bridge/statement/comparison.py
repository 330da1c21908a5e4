"""Whether two statements say the same (xAPI Data 2.3.1).

What an LRS may assign or write differently is ignored: id, authority, stored, version, a timestamp that was
not given, verb display, activity definitions, the order of group members and of attachments, the zone of a
timestamp, the case of UUIDs and of mail domains, a default objectType, one activity or a list of one.
"""

import re
from typing import Any

import msgspec

from xapi_bridge.statement.formats import instant_from_timestamp
from xapi_bridge.statement.parse import Statement

#: Assigned by the store, so never part of the comparison.
_ASSIGNED = frozenset({"id", "stored", "authority", "version"})
_ACTIVITY_LISTS = ("parent", "grouping", "category", "other")
#: Version 2.0.0 compares durations cut to hundredths of a second.
_BEYOND_HUNDREDTHS = re.compile(r"([.,]\d\d)\d+S")


def equivalent(one: Statement, other: Statement) -> bool:
    """Whether both say the same, so that the second is a repetition and no contradiction."""
    timestamps_count = one.timestamp is not None and other.timestamp is not None
    return canonical_form(one.raw, with_timestamp=timestamps_count) == canonical_form(
        other.raw, with_timestamp=timestamps_count
    )


def canonical_form(raw: bytes, *, with_timestamp: bool = True) -> bytes:
    """The statement in one fixed notation: equal bytes mean equivalent statements.

    Args:
        raw: a statement that `parse_statement` accepted.
        with_timestamp: false when it is compared with a statement that was sent without one.
    """
    whole = {key: value for key, value in msgspec.json.decode(raw).items() if key not in _ASSIGNED}
    if not with_timestamp:
        whole.pop("timestamp", None)
    return msgspec.json.encode(_even(_canonical_statement(whole)), order="sorted")


def _canonical_statement(whole: dict[str, Any]) -> dict[str, Any]:
    canonical = {**whole, "actor": _canonical_actor(whole["actor"]), "verb": whole["verb"]["id"]}
    canonical["object"] = _canonical_object(whole["object"])
    if "context" in whole:
        canonical["context"] = _canonical_context(whole["context"])
    if "timestamp" in whole:
        canonical["timestamp"] = instant_from_timestamp(whole["timestamp"], at="timestamp").isoformat()
    if "duration" in whole.get("result", {}):
        duration = _BEYOND_HUNDREDTHS.sub(r"\1S", whole["result"]["duration"])
        canonical["result"] = {**whole["result"], "duration": duration}
    if "attachments" in whole:
        canonical["attachments"] = sorted(
            whole["attachments"], key=lambda one: (one["sha2"], one["usageType"])
        )
    return canonical


def _canonical_object(thing: dict[str, Any]) -> dict[str, Any]:
    match thing.get("objectType", "Activity"):
        case "Activity":
            return _canonical_activity(thing)
        case "StatementRef":
            return {**thing, "id": thing["id"].lower()}
        case "SubStatement":
            return _canonical_statement(thing)
    return _canonical_actor(thing)


def _canonical_activity(activity: dict[str, Any]) -> dict[str, Any]:
    return {"objectType": "Activity", "id": activity["id"]}


def _canonical_actor(actor: dict[str, Any]) -> dict[str, Any]:
    canonical = {"objectType": "Agent", **actor}
    if "mbox" in actor:
        local, _, domain = actor["mbox"].rpartition("@")
        canonical["mbox"] = f"{local}@{domain.lower()}"
    if "mbox_sha1sum" in actor:
        canonical["mbox_sha1sum"] = actor["mbox_sha1sum"].lower()
    if "member" in actor:
        members = [_canonical_actor(member) for member in actor["member"]]
        canonical["member"] = sorted(members, key=lambda member: msgspec.json.encode(member, order="sorted"))
    return canonical


def _canonical_context(context: dict[str, Any]) -> dict[str, Any]:
    canonical = dict(context)
    if "registration" in context:
        canonical["registration"] = context["registration"].lower()
    for name in ("instructor", "team"):
        if name in context:
            canonical[name] = _canonical_actor(context[name])
    if "statement" in context:
        canonical["statement"] = _canonical_object(context["statement"])
    if "contextActivities" in context:
        canonical["contextActivities"] = _canonical_activities(context["contextActivities"])
    for name, who in (("contextAgents", "agent"), ("contextGroups", "group")):
        if name in context:
            canonical[name] = [{**one, who: _canonical_actor(one[who])} for one in context[name]]
    return canonical


def _canonical_activities(related: dict[str, Any]) -> dict[str, Any]:
    canonical = {}
    for name in _ACTIVITY_LISTS:
        given = related.get(name, [])
        activities = given if isinstance(given, list) else [given]
        if activities:
            canonical[name] = [_canonical_activity(activity) for activity in activities]
    return canonical


def _even(value: Any) -> Any:
    """Writes whole numbers alike: 1, 1.0 and 1e0 are one number in JSON, but True is none."""
    if isinstance(value, dict):
        return {key: _even(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_even(item) for item in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value
