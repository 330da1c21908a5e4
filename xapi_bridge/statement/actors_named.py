"""Everyone whom a statement names (pure)."""

from collections.abc import Iterator

from xapi_bridge.statement.actors import Actor
from xapi_bridge.statement.contexts import Context
from xapi_bridge.statement.objects import SubStatement
from xapi_bridge.statement.parse import Statement


def actors_in(statement: Statement | SubStatement) -> Iterator[Actor]:
    """Actor, object, authority, people of the context, members of all these; inside a SubStatement too."""
    for actor in _actors_at_the_top(statement):
        yield actor
        yield from actor.member or ()


def identifiers_in(statement: Statement) -> set[tuple[str, ...]]:
    """Their identifiers (`Actor.identifier`)."""
    return {actor.identifier for actor in actors_in(statement) if actor.identifier is not None}


def _actors_at_the_top(statement: Statement | SubStatement) -> Iterator[Actor]:
    yield statement.actor
    if isinstance(statement.object, Actor):
        yield statement.object
    elif isinstance(statement.object, SubStatement):
        yield from actors_in(statement.object)
    if isinstance(statement, Statement) and statement.authority is not None:
        yield statement.authority
    yield from _actors_around(statement.context)


def _actors_around(context: Context | None) -> Iterator[Actor]:
    if context is None:
        return
    yield from (one for one in (context.instructor, context.team) if one is not None)
    yield from (one.agent for one in context.context_agents or ())
    yield from (one.group for one in context.context_groups or ())
