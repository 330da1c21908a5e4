"""Other forms of a statement for its readers: identifiers only, or canonical in one language (pure).

Spec: xAPI 1.0.3 Communication 2.1.3, parameter format.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

import msgspec

# Numbers in extensions keep their digits: 1.10 stays 1.10.
_DECODER = msgspec.json.Decoder(float_hook=Decimal)
_ENCODER = msgspec.json.Encoder(decimal_format="number")

_IDENTIFIERS = ("mbox", "mbox_sha1sum", "openid", "account")
_ACTIVITY_LISTS = ("parent", "grouping", "category", "other")
_COMPONENT_LISTS = ("choices", "scale", "source", "target", "steps")

Tree = dict[str, Any]


def with_ids_only(payload: bytes) -> bytes:
    """The statement with no more than identifiers of agents, groups, verbs and activities.

    Anonymous groups keep their members, which are all they consist of.
    """
    change = _Change(actor=_actor_id, verb=_verb_id, activity=_activity_id)
    return _ENCODER.encode(change.statement(_DECODER.decode(payload)))


def canonical(payload: bytes, *, languages: Sequence[str], definitions: Mapping[str, bytes]) -> bytes:
    """The statement with the definitions that the store knows, each text in one language.

    Args:
        languages: language ranges, the most wanted first; `*` means any.
        definitions: activity id -> definition in JSON; an activity that is not there keeps its own.
    """

    def activity(told: Tree) -> Tree:
        known = definitions.get(told["id"])
        definition = told.get("definition") if known is None else _DECODER.decode(known)
        if definition is None:
            return told
        return {**told, "definition": _definition_in(definition, languages)}

    def verb(told: Tree) -> Tree:
        return _one_language(told, ("display",), languages)

    change = _Change(actor=lambda told: told, verb=verb, activity=activity)
    return _ENCODER.encode(change.statement(_DECODER.decode(payload)))


def activity_ids_of(payload: bytes) -> set[str]:
    """The ids of all activities in a statement."""
    found: set[str] = set()

    def note(told: Tree) -> Tree:
        found.add(told["id"])
        return told

    _Change(actor=lambda told: told, verb=lambda told: told, activity=note).statement(
        _DECODER.decode(payload)
    )
    return found


def choose_language(texts: Mapping[str, Any], languages: Sequence[str]) -> str | None:
    """The tag of the text to show; None when there is no text.

    For each wanted range in turn: the same tag, then a more precise one, then one of the same language; else
    the text that stands first.
    """
    by_small = {tag.lower(): tag for tag in texts}
    for wanted in languages:
        for candidates in _candidates(wanted.lower(), by_small):
            for tag in candidates:
                return by_small[tag]
    return next(iter(texts), None)


def _candidates(wanted: str, tags: Mapping[str, str]) -> Iterator[list[str]]:
    if wanted == "*":
        yield list(tags)
        return
    yield [tag for tag in tags if tag == wanted]
    yield [tag for tag in tags if tag.startswith(f"{wanted}-")]
    language = wanted.partition("-")[0]
    yield [tag for tag in tags if tag.partition("-")[0] == language]


class _Change:
    """Goes through a statement and changes each actor, verb and activity where it stands."""

    def __init__(
        self,
        *,
        actor: Callable[[Tree], Tree],
        verb: Callable[[Tree], Tree],
        activity: Callable[[Tree], Tree],
    ) -> None:
        self.actor, self.verb, self.activity = actor, verb, activity

    def statement(self, told: Tree) -> Tree:
        changed = {**told, "actor": self.actor(told["actor"]), "verb": self.verb(told["verb"])}
        changed["object"] = self._object(told["object"])
        if "authority" in told:
            changed["authority"] = self.actor(told["authority"])
        if "context" in told:
            changed["context"] = self._context(told["context"])
        return changed

    def _object(self, told: Tree) -> Tree:
        match told.get("objectType", "Activity"):
            case "Activity":
                return self.activity(told)
            case "SubStatement":
                return self.statement(told)
            case "StatementRef":
                return told
        return self.actor(told)

    def _context(self, told: Tree) -> Tree:
        changed = dict(told)
        for name in ("instructor", "team"):
            if name in told:
                changed[name] = self.actor(told[name])
        for name, who in (("contextAgents", "agent"), ("contextGroups", "group")):
            if name in told:
                changed[name] = [{**one, who: self.actor(one[who])} for one in told[name]]
        if "contextActivities" in told:
            changed["contextActivities"] = self._related(told["contextActivities"])
        return changed

    def _related(self, told: Tree) -> Tree:
        changed = dict(told)
        for name in _ACTIVITY_LISTS:
            if name in told:
                activities = told[name] if isinstance(told[name], list) else [told[name]]
                changed[name] = [self.activity(one) for one in activities]
        return changed


def _actor_id(told: Tree) -> Tree:
    kept = {name: told[name] for name in ("objectType", *_IDENTIFIERS) if name in told}
    is_anonymous = not any(name in told for name in _IDENTIFIERS)
    if is_anonymous and "member" in told:
        kept["member"] = [_actor_id(member) for member in told["member"]]
    return kept


def _verb_id(told: Tree) -> Tree:
    return {"id": told["id"]}


def _activity_id(told: Tree) -> Tree:
    # An object without objectType is an Activity.
    return {"id": told["id"]}


def _definition_in(definition: Tree, languages: Sequence[str]) -> Tree:
    changed = _one_language(definition, ("name", "description"), languages)
    for name in _COMPONENT_LISTS:
        if name in definition:
            changed[name] = [_one_language(one, ("description",), languages) for one in definition[name]]
    return changed


def _one_language(told: Tree, names: Sequence[str], languages: Sequence[str]) -> Tree:
    changed = dict(told)
    for name in names:
        tag = choose_language(told.get(name, {}), languages)
        if tag is not None:
            changed[name] = {tag: told[name][tag]}
    return changed
