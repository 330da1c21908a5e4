"""A statement without a person: identifiers become a pseudonym, and on wish little else stays (pure).

What does not name the person is kept byte for byte. A rewritten statement is again a statement, and rewriting
it once more changes nothing.
"""

import hashlib
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import msgspec

from xapi_bridge.statement.actors import Actor
from xapi_bridge.statement.json_spans import (
    Edit,
    Span,
    apply_edits,
    change_strings,
    items_of,
    members_of,
    start_of_value,
)

#: An inverse functional identifier, its kind first (`Actor.identifier`).
Identifier = tuple[str, ...]

#: Usage type of the JWS of a signed statement (xAPI Data 2.6): it repeats the statement, identifiers and all.
SIGNATURE = "http://adlnet.gov/expapi/attachments/signature"

#: Shorter account names stand in other texts by chance.
_SHORTEST_DISTINCTIVE = 8


@dataclass(frozen=True)
class Rewriting:
    """What becomes of one person in statements.

    Attributes:
        identifiers: all that name the person.
        pseudonym: an Agent with one fresh random identifier.
        reduces: whether the person's own statements keep only what counts need.
        registration_for: the replacement of a registration of the person's own.
        shares_registration: whether a registration in someone else's statement is one of the person's.
        forbidden_texts: parts of the identifiers that are replaced wherever they stand in a text.
    """

    identifiers: frozenset[Identifier]
    pseudonym: Actor
    reduces: bool
    registration_for: Callable[[UUID], UUID]
    shares_registration: Callable[[UUID], bool]
    forbidden_texts: tuple[str, ...] = ()

    @property
    def word(self) -> str:
        """What stands in a text where a part of an identifier stood."""
        identifier = self.pseudonym.identifier or ("",)
        return identifier[-1].rpartition("/")[2]


def all_identifiers_of(identifier: Identifier) -> set[Identifier]:
    """The identifier, and what follows from it: the hash of an e-mail address names the same person."""
    if identifier[0] != "mbox":
        return {identifier}
    digest = hashlib.sha1(identifier[1].encode(), usedforsecurity=False).hexdigest()
    return {identifier, ("mbox_sha1sum", digest)}


def distinctive_texts(identifiers: frozenset[Identifier]) -> tuple[str, ...]:
    """The parts of identifiers that name the person wherever they stand, longest first.

    A short account name such as 42 is no such part: it would be found in other people's statements.
    """
    texts = {one[-1].removeprefix("mailto:") for one in identifiers}
    long = [text for text in texts if len(text) >= _SHORTEST_DISTINCTIVE]
    return tuple(sorted(long, key=lambda text: (-len(text), text)))


def is_own(raw: bytes, rewriting: Rewriting) -> bool:
    """Whether the person is the actor, under an old identifier or already under the pseudonym."""
    actor = msgspec.json.decode(raw, type=_OnlyActor).actor
    return actor.identifier in rewriting.identifiers or actor.identifier == rewriting.pseudonym.identifier


def rewrite_statement(raw: bytes, rewriting: Rewriting) -> bytes:
    """The statement without the person; the same object when it names the person nowhere.

    Args:
        raw: a statement that `parse_statement` accepted.
    """
    text = raw.decode()
    top = members_of(text, start_of_value(text))
    named = list(_agent_edits(text, top, rewriting))
    own = is_own(raw, rewriting)
    changed = apply_edits(
        text, [*named, *_registration_edits(text, top, rewriting, own=own, named=bool(named))]
    )
    if own:
        changed = _own_statement(changed, rewriting)
    elif named:
        changed = _without_attachments(changed, keep=lambda one: one["usageType"] != SIGNATURE)
    changed = _without_texts(changed, rewriting)
    return raw if changed == text else changed.encode()


class _OnlyActor(msgspec.Struct):
    actor: Actor


def _agent_edits(text: str, top: dict[str, Span], rewriting: Rewriting) -> Iterator[Edit]:
    """New texts for every Agent and Group that is the person, wherever xAPI allows one."""
    for name in ("actor", "authority"):
        if name in top:
            yield from _actor_edits(text, top[name], rewriting)
    if "object" in top:
        yield from _object_edits(text, top["object"], rewriting)
    if "context" in top:
        yield from _context_edits(text, members_of(text, top["context"].start), rewriting)


def _object_edits(text: str, span: Span, rewriting: Rewriting) -> Iterator[Edit]:
    inside = members_of(text, span.start)
    kind = _value(text, inside["objectType"]) if "objectType" in inside else "Activity"
    if kind == "SubStatement":
        yield from _agent_edits(text, inside, rewriting)
    elif kind in {"Agent", "Group"}:
        yield from _actor_edits(text, span, rewriting)


def _context_edits(text: str, context: dict[str, Span], rewriting: Rewriting) -> Iterator[Edit]:
    for name in ("instructor", "team"):
        if name in context:
            yield from _actor_edits(text, context[name], rewriting)
    for name, who in (("contextAgents", "agent"), ("contextGroups", "group")):
        for item in items_of(text, context[name].start) if name in context else ():
            yield from _actor_edits(text, members_of(text, item.start)[who], rewriting)


def _actor_edits(text: str, span: Span, rewriting: Rewriting) -> Iterator[Edit]:
    actor = msgspec.json.decode(text[span.start : span.end], type=Actor)
    if actor.identifier in rewriting.identifiers:
        members = [_as_pseudonym(one, rewriting) for one in actor.member] if actor.member else None
        renamed = msgspec.structs.replace(
            rewriting.pseudonym, object_type=actor.object_type, member=tuple(members) if members else None
        )
        yield Edit(span, msgspec.json.encode(renamed).decode())
        return
    inside = members_of(text, span.start)
    for item in items_of(text, inside["member"].start) if "member" in inside else ():
        yield from _actor_edits(text, item, rewriting)


def _as_pseudonym(member: Actor, rewriting: Rewriting) -> Actor:
    is_person = member.identifier in rewriting.identifiers
    return (
        msgspec.structs.replace(rewriting.pseudonym, object_type=member.object_type) if is_person else member
    )


def _registration_edits(
    text: str, top: dict[str, Span], rewriting: Rewriting, *, own: bool, named: bool
) -> Iterator[Edit]:
    if "context" not in top or not (own or named):
        return
    context = members_of(text, top["context"].start)
    if "registration" not in context:
        return
    span = context["registration"]
    registration = UUID(_value(text, span))
    # Already replaced ones look like any other, so only what still names the person says that it is new.
    if named and (own or rewriting.shares_registration(registration)):
        yield Edit(span, json.dumps(str(rewriting.registration_for(registration))))


def reduce_statement(raw: bytes) -> bytes:
    """The statement with nothing but what counts need; the actor stays, without a name."""
    written = json.loads(raw)
    skeleton = skeleton_of(written)
    skeleton["actor"] = _bare_actor(skeleton["actor"])
    return raw if skeleton == written else json.dumps(skeleton, ensure_ascii=False).encode()


def drop_attachments(raw: bytes, *, usage_type: str | None) -> bytes:
    """The statement without its attachments of one usage type, or of every type for None."""
    text = raw.decode()
    changed = _without_attachments(
        text, keep=lambda one: usage_type is not None and one["usageType"] != usage_type
    )
    return raw if changed == text else changed.encode()


def _own_statement(text: str, rewriting: Rewriting) -> str:
    if rewriting.reduces:
        skeleton = skeleton_of(json.loads(text))
        return text if skeleton == json.loads(text) else json.dumps(skeleton, ensure_ascii=False)
    return _without_attachments(text, keep=lambda _one: False)


def _without_attachments(text: str, *, keep: Callable[[dict[str, Any]], bool]) -> str:
    top = members_of(text, start_of_value(text))
    if "attachments" not in top:
        return text
    written = [text[item.start : item.end] for item in items_of(text, top["attachments"].start)]
    kept = [one for one in written if keep(json.loads(one))]
    if len(kept) == len(written):
        return text
    return apply_edits(text, [Edit(top["attachments"], f"[{','.join(kept)}]")])


def _without_texts(text: str, rewriting: Rewriting) -> str:
    if not any(_may_hold(text, forbidden) for forbidden in rewriting.forbidden_texts):
        return text
    # Someone else's identifier may contain the person's, as nguyenvana2@… contains nguyenvana.
    others = set(_identifier_texts(json.loads(text, strict=False)))
    protected = {one for one in others if one.removeprefix("mailto:") not in rewriting.forbidden_texts}
    pattern = re.compile("|".join(rf"(?<!\w){re.escape(one)}(?!\w)" for one in rewriting.forbidden_texts))
    return change_strings(
        text, lambda value: value if value in protected else pattern.sub(rewriting.word, value)
    )


def _may_hold(text: str, forbidden: str) -> bool:
    return forbidden in text or "\\" in text


def _identifier_texts(value: Any) -> Iterator[str]:
    if isinstance(value, list):
        for one in value:
            yield from _identifier_texts(one)
    elif isinstance(value, dict):
        account = value.get("account")
        named = [value.get(key) for key in ("mbox", "openid", "mbox_sha1sum")]
        named += [account.get("name")] if isinstance(account, dict) else []
        yield from (one for one in named if isinstance(one, str))
        for one in value.values():
            yield from _identifier_texts(one)


def skeleton_of(statement: dict[str, Any]) -> dict[str, Any]:
    """What counts need: ids, verb, activity, registration, score, success, completion, instants.

    Answers, extensions, free text, people of the context and attachments are gone. Names of activities stay:
    they say nothing about the person.
    """
    kept: dict[str, Any] = {
        key: statement[key]
        for key in ("id", "actor", "timestamp", "stored", "version", "authority")
        if key in statement
    }
    kept["verb"] = {"id": statement["verb"]["id"]}
    kept["object"] = _bare_object(statement["object"])
    kept |= _present("result", _bare_result(statement.get("result", {})))
    kept |= _present("context", _bare_context(statement.get("context", {})))
    return {key: kept[key] for key in [*statement, *kept] if key in kept}


def _bare_object(thing: dict[str, Any]) -> dict[str, Any]:
    match thing.get("objectType", "Activity"):
        case "Activity":
            return _bare_activity(thing)
        case "SubStatement":
            inner = {key: value for key, value in skeleton_of(thing).items() if key != "context"}
            return {"objectType": "SubStatement", **inner}
        case "StatementRef":
            return thing
    return _bare_actor(thing)


def _bare_actor(actor: dict[str, Any]) -> dict[str, Any]:
    bare = {key: value for key, value in actor.items() if key not in {"name", "member"}}
    if bare.keys() <= {"objectType"}:
        # An anonymous Group is nothing without its members.
        bare["member"] = [_bare_actor(one) for one in actor.get("member", [])]
    return bare


def _bare_activity(activity: dict[str, Any]) -> dict[str, Any]:
    definition = {
        key: value for key, value in activity.get("definition", {}).items() if key in {"name", "type"}
    }
    bare = {key: activity[key] for key in ("objectType", "id") if key in activity}
    return bare | _present("definition", definition)


def _bare_result(result: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in result.items() if key in {"score", "success", "completion"}}


def _bare_context(context: dict[str, Any]) -> dict[str, Any]:
    related = {
        name: [{"id": one["id"]} for one in (given if isinstance(given, list) else [given])]
        for name, given in context.get("contextActivities", {}).items()
        if name != "other"
    }
    bare = {key: value for key, value in context.items() if key == "registration"}
    return bare | _present("contextActivities", {name: ones for name, ones in related.items() if ones})


def _present(name: str, value: dict[str, Any]) -> dict[str, Any]:
    return {name: value} if value else {}


def _value(text: str, span: Span) -> Any:
    return json.loads(text[span.start : span.end], strict=False)
