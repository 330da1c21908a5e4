"""Around it: registration, instructor, course, language (xAPI Data 2.4.6; contextAgents: 2.0.0)."""

from collections.abc import Sequence
from typing import Any, Literal
from uuid import UUID

import msgspec

from xapi_bridge.statement.activities import Activity, check_activity
from xapi_bridge.statement.actors import Actor, check_actor, check_agent
from xapi_bridge.statement.errors import ContextMalformed, ContextNotApplicable, PropertyUnknown
from xapi_bridge.statement.formats import check_extensions, check_iri, check_language_tag, check_uuid
from xapi_bridge.statement.parts import Part

Activities = Activity | tuple[Activity, ...] | None


class StatementRef(Part, frozen=True):
    """Another statement, by its id; it need not be known yet (xAPI Data 2.4.4.3)."""

    object_type: Literal["StatementRef"]
    id_text: str = msgspec.field(name="id")

    @property
    def id(self) -> UUID:
        """The id of the other statement."""
        return UUID(self.id_text)


class ContextActivities(Part, frozen=True):
    """Related activities. Each may come as one object or as a list; `listed` evens that out."""

    parent: Activities = None
    grouping: Activities = None
    category: Activities = None
    other: Activities = None


class ContextAgent(Part, frozen=True):
    """An Agent with the part that it played (2.0.0, 4.2.2.6)."""

    object_type: Literal["contextAgent"]
    agent: Actor
    relevant_types: tuple[str, ...] | None = None


class ContextGroup(Part, frozen=True):
    """A Group with the part that it played (2.0.0, 4.2.2.6)."""

    object_type: Literal["contextGroup"]
    group: Actor
    relevant_types: tuple[str, ...] | None = None


class Context(Part, frozen=True):
    """What gives the statement its meaning; every property is optional."""

    registration_text: str | None = msgspec.field(default=None, name="registration")
    instructor: Actor | None = None
    team: Actor | None = None
    context_activities: ContextActivities | None = None
    context_agents: tuple[ContextAgent, ...] | None = None
    context_groups: tuple[ContextGroup, ...] | None = None
    revision: str | None = None
    platform: str | None = None
    language: str | None = None
    statement: StatementRef | None = None
    extensions: dict[str, Any] | None = None

    @property
    def registration(self) -> UUID | None:
        """One learner's enrolment or attempt."""
        return None if self.registration_text is None else UUID(self.registration_text)


def listed(activities: Activities) -> Sequence[Activity]:
    """The activities as a sequence, however they came."""
    if activities is None:
        return ()
    return (activities,) if isinstance(activities, Activity) else activities


def check_statement_ref(reference: StatementRef, *, at: str) -> None:
    """Refuses a reference whose id is no UUID."""
    check_uuid(reference.id_text, at=f"{at}.id")


def check_context(context: Context, *, version: str, about_activity: bool, at: str) -> None:
    """Refuses a context that breaks a rule of xAPI Data 2.4.6.

    Args:
        version: of the request; contextAgents and contextGroups exist since 2.0.0.
        about_activity: whether the statement's object is an Activity.
    """
    if context.registration_text is not None:
        check_uuid(context.registration_text, at=f"{at}.registration")
    if not about_activity and (context.revision is not None or context.platform is not None):
        raise ContextNotApplicable(at, "has revision or platform, but the object is no Activity")
    if context.language is not None:
        check_language_tag(context.language, at=f"{at}.language")
    if context.statement is not None:
        check_statement_ref(context.statement, at=f"{at}.statement")
    check_extensions(context.extensions, at=f"{at}.extensions")
    _check_people(context, at=at)
    _check_roles(context, version=version, at=at)
    _check_activities(context.context_activities, at=f"{at}.contextActivities")


def _check_people(context: Context, *, at: str) -> None:
    if context.instructor is not None:
        check_actor(context.instructor, at=f"{at}.instructor")
    if context.team is None:
        return
    if not context.team.is_group:
        raise ContextMalformed(f"{at}.team", "is not a Group")
    check_actor(context.team, at=f"{at}.team")


def _check_roles(context: Context, *, version: str, at: str) -> None:
    if version.startswith("1.") and (
        context.context_agents is not None or context.context_groups is not None
    ):
        raise PropertyUnknown(at, "contextAgents and contextGroups exist since version 2.0.0")
    for position, agent in enumerate(context.context_agents or ()):
        place = f"{at}.contextAgents[{position}]"
        check_agent(agent.agent, at=f"{place}.agent")
        _check_relevant_types(agent.relevant_types, at=place)
    for position, group in enumerate(context.context_groups or ()):
        place = f"{at}.contextGroups[{position}]"
        if not group.group.is_group:
            raise ContextMalformed(f"{place}.group", "is not a Group")
        check_actor(group.group, at=f"{place}.group")
        _check_relevant_types(group.relevant_types, at=place)


def _check_relevant_types(types: tuple[str, ...] | None, *, at: str) -> None:
    if types is None:
        return
    if not types:
        raise ContextMalformed(f"{at}.relevantTypes", "is empty; leave it out")
    for one in types:
        check_iri(one, at=f"{at}.relevantTypes")


def _check_activities(related: ContextActivities | None, *, at: str) -> None:
    if related is None:
        return
    for name in ("parent", "grouping", "category", "other"):
        for position, activity in enumerate(listed(getattr(related, name))):
            check_activity(activity, at=f"{at}.{name}[{position}]")
