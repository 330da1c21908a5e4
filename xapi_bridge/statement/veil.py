"""A statement as analysts see it: pseudonyms for agents, no free text that could name somebody (pure).

The veiled statement is built from what is known to be harmless; what this module does not know is left out.
Then the texts that are kept are searched for the identifiers and names of the statement's own agents.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal
from urllib.parse import quote

import msgspec

from xapi_bridge.statement.actors import Actor
from xapi_bridge.statement.parts import convert_part

Tree = dict[str, Any]
#: From `Actor.identifier` to the account that stands for it.
Pseudonym = Callable[[tuple[str, ...]], tuple[str, str]]

#: Interaction types whose responses are chosen or short (xAPI Data 2.4.4.1, Interaction Activities).
_SHORT_INTERACTIONS: Final = frozenset(
    {"true-false", "choice", "fill-in", "matching", "performance", "sequencing", "likert", "numeric"}
)
_KEPT_OF_STATEMENT: Final = ("id", "timestamp", "stored", "version", "authority", "objectType")
_KEPT_OF_RESULT: Final = ("score", "success", "completion", "duration")
_KEPT_OF_CONTEXT: Final = ("registration", "revision", "platform", "language", "statement")
_KEPT_OF_DEFINITION: Final = (
    "name", "description", "type", "moreInfo", "interactionType", "correctResponsesPattern",
    "choices", "scale", "source", "target", "steps",
)  # fmt: skip
_IDENTIFIERS: Final = ("mbox", "mbox_sha1sum", "openid", "account")
#: A shorter name or identifier is found in too many words to be looked for.
_SHORTEST_TRACE: Final = 3


@dataclass(frozen=True)
class VeilPolicy:
    """What of the free text analysts may see.

    Attributes:
        responses: `short`: of interactions with chosen or short answers; `none`; `all`.
        longest_response: longer ones are left out, in characters.
        kept_extensions: beginnings of the IRIs of extensions that are kept.
    """

    responses: Literal["short", "none", "all"] = "short"
    longest_response: int = 200
    kept_extensions: tuple[str, ...] = ()


def veil_statement(raw: bytes, *, pseudonym: Pseudonym, policy: VeilPolicy) -> bytes:
    """The JSON of a statement, veiled; ids, registration, instants, verb, scores and authority are kept."""
    tree: Tree = msgspec.json.decode(raw)
    traces = dict(_traces({key: part for key, part in tree.items() if key != "authority"}, pseudonym))
    return msgspec.json.encode(_Veil(pseudonym, policy, traces).statement(tree))


class _Veil:
    """One statement's veil.

    Attributes:
        traces: text that tells who an agent is -> the pseudonym to put in its place.
    """

    def __init__(self, pseudonym: Pseudonym, policy: VeilPolicy, traces: Mapping[str, str]) -> None:
        self._pseudonym = pseudonym
        self._policy = policy
        self._traces = {trace.casefold(): name for trace, name in traces.items()}
        longest_first = sorted(traces, key=len, reverse=True)
        self._pattern = re.compile("|".join(map(re.escape, longest_first)), re.IGNORECASE)

    def statement(self, tree: Tree) -> Tree:
        """A statement or a SubStatement."""
        veiled = _kept(tree, _KEPT_OF_STATEMENT)
        veiled["actor"] = self._actor(tree["actor"])
        veiled["verb"] = _kept(tree["verb"], ("id",)) | self._clean(_kept(tree["verb"], ("display",)))
        veiled["object"] = self._object(tree["object"])
        if "result" in tree:
            veiled["result"] = self._result(tree["result"], _interaction_type(tree["object"]))
        if "context" in tree:
            veiled["context"] = self._context(tree["context"])
        return veiled

    def _actor(self, tree: Tree) -> Tree:
        identifier = _identifier(tree)
        veiled: Tree = {"objectType": tree.get("objectType", "Agent")}
        if identifier is not None:
            home_page, name = self._pseudonym(identifier)
            veiled["account"] = {"homePage": home_page, "name": name}
        if "member" in tree:
            veiled["member"] = [self._actor(member) for member in tree["member"]]
        return veiled

    def _object(self, tree: Tree) -> Tree:
        match tree.get("objectType", "Activity"):
            case "Agent" | "Group":
                return self._actor(tree)
            case "SubStatement":
                return self.statement(tree)
            case "StatementRef":
                return _kept(tree, ("objectType", "id"))
        return self._activity(tree)

    def _activity(self, tree: Tree) -> Tree:
        veiled: Tree = self._clean(_kept(tree, ("objectType", "id")))
        if "definition" in tree:
            definition = self._clean(_kept(tree["definition"], _KEPT_OF_DEFINITION))
            veiled["definition"] = definition | self._extensions(tree["definition"])
        return veiled

    def _result(self, tree: Tree, interaction_type: str | None) -> Tree:
        veiled = _kept(tree, _KEPT_OF_RESULT) | self._extensions(tree)
        response = tree.get("response")
        if response is not None and self._shows(response, interaction_type):
            veiled["response"] = self._clean(response)
        return veiled

    def _shows(self, response: str, interaction_type: str | None) -> bool:
        if self._policy.responses == "none" or len(response) > self._policy.longest_response:
            return False
        return self._policy.responses == "all" or interaction_type in _SHORT_INTERACTIONS

    def _context(self, tree: Tree) -> Tree:
        texts: Tree = self._clean(_kept(tree, ("revision", "platform")))
        veiled = _kept(tree, _KEPT_OF_CONTEXT) | texts | self._extensions(tree)
        for name in ("instructor", "team"):
            if name in tree:
                veiled[name] = self._actor(tree[name])
        for name, person in (("contextAgents", "agent"), ("contextGroups", "group")):
            if name in tree:
                veiled[name] = [
                    self._clean(_kept(one, ("objectType", "relevantTypes")))
                    | {person: self._actor(one[person])}
                    for one in tree[name]
                ]
        if "contextActivities" in tree:
            veiled["contextActivities"] = {
                name: [self._activity(one) for one in (several if isinstance(several, list) else [several])]
                for name, several in tree["contextActivities"].items()
            }
        return veiled

    def _extensions(self, holder: Tree) -> Tree:
        """The extensions of a part, as a property to add, or nothing."""
        beginnings = self._policy.kept_extensions
        given: Tree = holder.get("extensions", {})
        kept = {key: value for key, value in given.items() if key.startswith(beginnings)}
        return {"extensions": self._clean(kept)} if beginnings and kept else {}

    def _clean(self, value: Any) -> Any:
        """The value with pseudonyms in place of what tells who an agent is, in every text and key of it."""
        if isinstance(value, str):
            return self._pattern.sub(self._replacement, value) if self._traces else value
        if isinstance(value, dict):
            return {self._clean(key): self._clean(part) for key, part in value.items()}
        return [self._clean(part) for part in value] if isinstance(value, list) else value

    def _replacement(self, found: re.Match[str]) -> str:
        return self._traces.get(found[0].casefold(), "…")


def _kept(tree: Tree, names: tuple[str, ...]) -> Tree:
    return {name: tree[name] for name in names if name in tree}


def _interaction_type(thing: Tree) -> str | None:
    kind = thing.get("definition", {}).get("interactionType")
    return kind if isinstance(kind, str) else None


def _identifier(tree: Tree) -> tuple[str, ...] | None:
    return convert_part(_kept(tree, _IDENTIFIERS), Actor, at="actor").identifier


def _traces(part: Any, pseudonym: Pseudonym) -> Iterator[tuple[str, str]]:
    """Every text in the statement that tells who one of its agents is, with the agent's pseudonym."""
    if isinstance(part, list):
        for item in part:
            yield from _traces(item, pseudonym)
    if not isinstance(part, dict):
        return
    if _looks_like_agent(part):
        identifier = _identifier(part)
        name = "…" if identifier is None else pseudonym(identifier)[1]
        for text in _telling(part):
            yield from ((spelling, name) for spelling in _spellings(text))
    for item in part.values():
        yield from _traces(item, pseudonym)


def _looks_like_agent(part: Tree) -> bool:
    texts = all(isinstance(part.get(name, ""), str) for name in ("mbox", "mbox_sha1sum", "openid", "name"))
    account = part.get("account", {"homePage": "", "name": ""})
    proper = isinstance(account, dict) and all(
        isinstance(account.get(key), str) for key in ("homePage", "name")
    )
    is_agent = part.get("objectType") in {"Agent", "Group"} or any(name in part for name in _IDENTIFIERS)
    return texts and proper and is_agent


def _telling(agent: Tree) -> Iterator[str]:
    yield from (agent[name] for name in ("name", "mbox_sha1sum", "openid") if name in agent)
    if "account" in agent:
        yield agent["account"]["name"]
    if "mbox" in agent:
        address = agent["mbox"].removeprefix("mailto:")
        yield from (address, address.partition("@")[0])


def _spellings(text: str) -> set[str]:
    forms = {unicodedata.normalize(form, text) for form in ("NFC", "NFD")} | {text}
    forms |= {quote(form, safe="", errors="replace") for form in forms}
    return {form for form in forms if len(form) >= _SHORTEST_TRACE}
