"""What a target may see of a statement: names left out, accounts as pseudonyms (pure).

Names and e-mail addresses leave only where a target is allowed them. An agent that is known by its e-mail
address or OpenID alone becomes an account with a pseudonym; the hash of an address (mbox_sha1sum) counts as
the address, because whoever has a list of addresses can undo it.
"""

import hashlib
import hmac
import re
from dataclasses import dataclass, field
from typing import Any

import msgspec

_PROPERTIES = msgspec.json.Decoder(dict[str, msgspec.Raw])
#: Every store assigns these itself (xAPI Data 2.4.8, 2.4.9).
_ASSIGNED_THERE = frozenset({"stored", "authority"})
#: Where people stand in a statement.
_WITH_PEOPLE = ("actor", "object", "context")
_MAIL = re.compile(r"[^\s\"'<>@:]+@[^\s\"'<>@]+")
_ADDRESSES = ("mbox", "mbox_sha1sum", "openid")


@dataclass(frozen=True)
class Disclosure:
    """What a target is allowed.

    Attributes:
        pseudonymous: every account name becomes a pseudonym of this target.
        names_allowed: names and e-mail addresses may leave as they are, unless it gets pseudonyms.
        pseudonym_key: 32 random bytes of this target.
        iri_base: home page of the pseudonyms of agents that have no account.
        version: of xAPI that the target is spoken to in.
    """

    pseudonymous: bool
    names_allowed: bool
    pseudonym_key: bytes = field(repr=False)
    iri_base: str
    version: str = "1.0.3"


def disclose(payload: bytes, allowed: Disclosure) -> bytes:
    """The statement as the target gets it; what need not change stays byte for byte.

    Args:
        payload: the JSON that the store keeps.
    """
    given = _PROPERTIES.decode(payload)
    kept = {key: bytes(value) for key, value in given.items() if key not in _ASSIGNED_THERE}
    if allowed.version == "1.0.3" and kept.get("version", b"").startswith(b'"2'):
        # A store that speaks 1.0.3 gives the statement a version of its own.
        del kept["version"]
    for name in _WITH_PEOPLE:
        if name in kept:
            whole = msgspec.json.decode(kept[name])
            shown = _without_people(whole, allowed)
            if shown != whole:
                kept[name] = msgspec.json.encode(shown)
    return b"{" + b",".join(msgspec.json.encode(key) + b":" + value for key, value in kept.items()) + b"}"


def pseudonym(key: bytes, *identifier: str) -> str:
    """64 hexadecimal digits: HMAC-SHA256 of an agent's identifier under a target's key."""
    return hmac.new(key, "\n".join(identifier).encode(), hashlib.sha256).hexdigest()


def _without_people(thing: Any, allowed: Disclosure) -> Any:
    """A part of a statement, each agent and group in it as allowed; extensions are not looked into."""
    if isinstance(thing, list):
        return [_without_people(one, allowed) for one in thing]
    if not isinstance(thing, dict):
        return thing
    if _is_actor(thing):
        return _shown_actor(thing, allowed)
    return {
        key: value if key in {"extensions", "definition", "result"} else _without_people(value, allowed)
        for key, value in thing.items()
    }


def _is_actor(thing: dict[str, Any]) -> bool:
    return "account" in thing or "member" in thing or any(name in thing for name in _ADDRESSES)


def _shown_actor(actor: dict[str, Any], allowed: Disclosure) -> dict[str, Any]:
    shown = dict(actor)
    if allowed.pseudonymous or not allowed.names_allowed:
        shown.pop("name", None)
        _hide_address(shown, allowed)
    if "account" in actor and allowed.pseudonymous:
        account = shown["account"]
        name = pseudonym(allowed.pseudonym_key, "account", account["homePage"], account["name"])
        shown["account"] = {"homePage": account["homePage"], "name": name}
    if "member" in shown:
        shown["member"] = [_shown_actor(one, allowed) for one in shown["member"]]
    return shown


def _hide_address(shown: dict[str, Any], allowed: Disclosure) -> None:
    """Replaces an e-mail address, its hash or an OpenID by an account."""
    for kind in _ADDRESSES:
        if kind in shown:
            name = pseudonym(allowed.pseudonym_key, kind, _even(kind, shown.pop(kind)))
            shown["account"] = {"homePage": allowed.iri_base, "name": name}


def _even(kind: str, value: str) -> str:
    """The same person in one notation: domains and hashes in small letters."""
    local, at, domain = value.rpartition("@")
    return value.lower() if kind == "mbox_sha1sum" else f"{local}{at}{domain.lower()}"


def without_identifiers(text: str, statement: bytes) -> str:
    """A text in which a target quotes our statement, without what it says of persons.

    Args:
        text: the target's answer.
        statement: what was sent.
    """
    for found in sorted(_identifiers(msgspec.json.decode(statement)), key=len, reverse=True):
        text = text.replace(found, "…")
    return _MAIL.sub("…", text)


def _identifiers(thing: Any) -> set[str]:
    """Every name, address and account name of the agents and groups in a part of a statement."""
    if isinstance(thing, list):
        return {one for item in thing for one in _identifiers(item)}
    if not isinstance(thing, dict):
        return set()
    found = {one for item in thing.values() for one in _identifiers(item)}
    if _is_actor(thing):
        own = [thing.get("name"), *(thing.get(kind) for kind in _ADDRESSES)]
        account = thing.get("account")
        own.append(account.get("name") if isinstance(account, dict) else None)
        found |= {one.removeprefix("mailto:") for one in own if isinstance(one, str) and one}
    return found
