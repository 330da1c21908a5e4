"""Which terms stand in a statement, and in which part (pure)."""

from collections.abc import Iterable, Iterator, Mapping
from hashlib import blake2b
from typing import NamedTuple

from xapi_bridge.statement import Activity, Actor, Context, Statement, SubStatement, listed
from xapi_bridge.statement.objects import StatementObject
from xapi_bridge.store.models import Part, TermKind

# Plain numbers: `|` on an IntFlag costs ten times as much, and there are ten in a statement.
_ACTOR, _OBJECT, _VERB = int(Part.ACTOR), int(Part.OBJECT), int(Part.VERB)
_MEMBER, _SUB = int(Part.MEMBER), int(Part.SUB)
#: Parts by the name of the list in `context.contextActivities`.
_RELATED = (
    ("parent", int(Part.PARENT)),
    ("grouping", int(Part.GROUPING)),
    ("category", int(Part.CATEGORY)),
    ("other", int(Part.OTHER)),
)


class TermKey(NamedTuple):
    """A term before the dictionary has given it a number."""

    kind: TermKind
    value: str

    @property
    def digest(self) -> bytes:
        """16 bytes that name the term in the dictionary."""
        return blake2b(f"{self.kind:d} {self.value}".encode(), digest_size=16).digest()


#: Term -> the sum of the `Part`s that it plays.
Postings = Mapping[TermKey, int]


def agent_term(identifier: Iterable[str]) -> TermKey:
    """The term of an agent, from `Actor.identifier`. An IRL holds no blank, so the parts stay apart."""
    return TermKey(TermKind.AGENT, " ".join(identifier))


def postings_of(statement: Statement, *, authority: Actor) -> Postings:
    """Every term of the statement itself; what its StatementRef points to comes on top elsewhere."""
    found: dict[TermKey, int] = {}
    _add_core(found, statement.actor, statement.verb.id, statement.object)
    _add_context(found, statement.context)
    _add_actor(found, authority, int(Part.AUTHORITY))
    if isinstance(statement.object, SubStatement):
        for key in _postings_inside(statement.object):
            _add(found, key, _SUB)
    return found


def _postings_inside(inner: SubStatement) -> list[TermKey]:
    """The agents and activities of a SubStatement; its verb and registration do not count for filters."""
    found: dict[TermKey, int] = {}
    _add_core(found, inner.actor, inner.verb.id, inner.object)
    _add_context(found, inner.context)
    return [key for key in found if key.kind in {TermKind.AGENT, TermKind.ACTIVITY}]


def _add(found: dict[TermKey, int], key: TermKey, part: int) -> None:
    found[key] = found.get(key, 0) | part


def _add_core(found: dict[TermKey, int], actor: Actor, verb: str, thing: StatementObject) -> None:
    _add_actor(found, actor, _ACTOR)
    _add(found, TermKey(TermKind.VERB, verb), _VERB)
    if isinstance(thing, Actor):
        _add_actor(found, thing, _OBJECT)
    elif isinstance(thing, Activity):
        _add(found, TermKey(TermKind.ACTIVITY, thing.id), _OBJECT)


def _add_actor(found: dict[TermKey, int], actor: Actor, part: int) -> None:
    identifier = actor.identifier
    if identifier is not None:
        _add(found, agent_term(identifier), part)
    # A Group counts as a match for each of its members (xAPI Communication 2.1.3, agent).
    for member in actor.member or ():
        if member.identifier is not None:
            _add(found, agent_term(member.identifier), part | _MEMBER)


def _add_context(found: dict[TermKey, int], context: Context | None) -> None:
    if context is None:
        return
    if context.registration_text is not None:
        hexadecimal = context.registration_text.replace("-", "").lower()
        _add(found, registration_term(hexadecimal), int(Part.REGISTRATION))
    for actor, part in _actors_around(context):
        _add_actor(found, actor, part)
    related = context.context_activities
    if related is None:
        return
    for name, part in _RELATED:
        for activity in listed(getattr(related, name)):
            _add(found, TermKey(TermKind.ACTIVITY, activity.id), part)


def _actors_around(context: Context) -> Iterator[tuple[Actor, int]]:
    if context.instructor is not None:
        yield context.instructor, int(Part.INSTRUCTOR)
    if context.team is not None:
        yield context.team, int(Part.TEAM)
    for one in context.context_agents or ():
        yield one.agent, int(Part.CONTEXT_AGENT)
    for several in context.context_groups or ():
        yield several.group, int(Part.CONTEXT_AGENT)


def registration_term(registration_hex: str) -> TermKey:
    """The term of a registration, from `UUID.hex`, so that upper and lower case are one."""
    return TermKey(TermKind.REGISTRATION, registration_hex)
