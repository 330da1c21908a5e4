"""Which terms stand in a statement, and in which part (pure)."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from hashlib import blake2b
from typing import NamedTuple

from xapi_bridge.statement import Activity, Actor, Context, Statement, SubStatement, listed
from xapi_bridge.statement.objects import StatementObject
from xapi_bridge.store.models import Part, TermKind

#: Parts by the name of the list in `context.contextActivities`.
_RELATED = {
    "parent": Part.PARENT,
    "grouping": Part.GROUPING,
    "category": Part.CATEGORY,
    "other": Part.OTHER,
}


class TermKey(NamedTuple):
    """A term before the dictionary has given it a number."""

    kind: TermKind
    value: str

    @property
    def digest(self) -> bytes:
        """16 bytes that name the term in the dictionary."""
        return blake2b(f"{self.kind:d} {self.value}".encode(), digest_size=16).digest()


Postings = Mapping[TermKey, Part]


def agent_term(identifier: Iterable[str]) -> TermKey:
    """The term of an agent, from `Actor.identifier`. An IRL holds no blank, so the parts stay apart."""
    return TermKey(TermKind.AGENT, " ".join(identifier))


def postings_of(statement: Statement, *, authority: Actor) -> Postings:
    """Every term of the statement itself; what its StatementRef points to comes on top elsewhere."""
    found: defaultdict[TermKey, Part] = defaultdict(lambda: Part(0))
    _add_core(found, statement.actor, statement.verb.id, statement.object)
    _add_context(found, statement.context)
    _add_actor(found, authority, Part.AUTHORITY)
    if isinstance(statement.object, SubStatement):
        for key in _postings_inside(statement.object):
            found[key] |= Part.SUB
    return dict(found)


def _postings_inside(inner: SubStatement) -> list[TermKey]:
    """The agents and activities of a SubStatement; its verb and registration do not count for filters."""
    found: defaultdict[TermKey, Part] = defaultdict(lambda: Part(0))
    _add_core(found, inner.actor, inner.verb.id, inner.object)
    _add_context(found, inner.context)
    return [key for key in found if key.kind in {TermKind.AGENT, TermKind.ACTIVITY}]


def _add_core(found: dict[TermKey, Part], actor: Actor, verb: str, thing: StatementObject) -> None:
    _add_actor(found, actor, Part.ACTOR)
    found[TermKey(TermKind.VERB, verb)] |= Part.VERB
    if isinstance(thing, Actor):
        _add_actor(found, thing, Part.OBJECT)
    elif isinstance(thing, Activity):
        found[TermKey(TermKind.ACTIVITY, thing.id)] |= Part.OBJECT


def _add_actor(found: dict[TermKey, Part], actor: Actor, part: Part) -> None:
    if actor.identifier is not None:
        found[agent_term(actor.identifier)] |= part
    # A Group counts as a match for each of its members (xAPI Communication 2.1.3, agent).
    for member in actor.member or ():
        if member.identifier is not None:
            found[agent_term(member.identifier)] |= part | Part.MEMBER


def _add_context(found: dict[TermKey, Part], context: Context | None) -> None:
    if context is None:
        return
    if context.registration is not None:
        found[registration_term(context.registration.hex)] |= Part.REGISTRATION
    for actor, part in _actors_around(context):
        _add_actor(found, actor, part)
    if context.context_activities is None:
        return
    for name, part in _RELATED.items():
        for activity in listed(getattr(context.context_activities, name)):
            found[TermKey(TermKind.ACTIVITY, activity.id)] |= part


def _actors_around(context: Context) -> Iterator[tuple[Actor, Part]]:
    if context.instructor is not None:
        yield context.instructor, Part.INSTRUCTOR
    if context.team is not None:
        yield context.team, Part.TEAM
    for one in context.context_agents or ():
        yield one.agent, Part.CONTEXT_AGENT
    for several in context.context_groups or ():
        yield several.group, Part.CONTEXT_AGENT


def registration_term(registration_hex: str) -> TermKey:
    """The term of a registration, from `UUID.hex`, so that upper and lower case are one."""
    return TermKey(TermKind.REGISTRATION, registration_hex)
