"""Verbs and activities, with the definitions of interactions (xAPI Data 2.4.3, 2.4.4.1)."""

from typing import Any, Literal

from xapi_bridge.statement.errors import InteractionMalformed
from xapi_bridge.statement.formats import check_extensions, check_iri, check_language_map
from xapi_bridge.statement.parts import Part

InteractionType = Literal[
    "true-false", "choice", "fill-in", "long-fill-in", "matching", "performance", "sequencing", "likert",
    "numeric", "other",
]  # fmt: skip

#: Which lists of components an interaction type has; types that are not named have none.
_COMPONENTS: dict[str, frozenset[str]] = {
    "choice": frozenset({"choices"}),
    "sequencing": frozenset({"choices"}),
    "likert": frozenset({"scale"}),
    "matching": frozenset({"source", "target"}),
    "performance": frozenset({"steps"}),
}
_COMPONENT_LISTS = ("choices", "scale", "source", "target", "steps")


class Verb(Part, frozen=True):
    """What was done; `display` is for people and not part of the statement's meaning."""

    id: str
    display: dict[str, str] | None = None


class InteractionComponent(Part, frozen=True):
    """One choice, scale point, source, target or step of an interaction."""

    id: str
    description: dict[str, str] | None = None


class ActivityDefinition(Part, frozen=True):
    """What an activity is. Language maps: language tag -> text."""

    name: dict[str, str] | None = None
    description: dict[str, str] | None = None
    type: str | None = None
    more_info: str | None = None
    extensions: dict[str, Any] | None = None
    interaction_type: InteractionType | None = None
    correct_responses_pattern: tuple[str, ...] | None = None
    choices: tuple[InteractionComponent, ...] | None = None
    scale: tuple[InteractionComponent, ...] | None = None
    source: tuple[InteractionComponent, ...] | None = None
    target: tuple[InteractionComponent, ...] | None = None
    steps: tuple[InteractionComponent, ...] | None = None


class Activity(Part, frozen=True):
    """What it was done with: a lesson, a quiz, a question."""

    id: str
    object_type: Literal["Activity"] | None = None
    definition: ActivityDefinition | None = None


def check_verb(verb: Verb, *, at: str) -> None:
    """Refuses a verb that breaks a rule of xAPI Data 2.4.3."""
    check_iri(verb.id, at=f"{at}.id")
    check_language_map(verb.display, at=f"{at}.display")


def check_activity(activity: Activity, *, at: str) -> None:
    """Refuses an activity that breaks a rule of xAPI Data 2.4.4.1."""
    check_iri(activity.id, at=f"{at}.id")
    if activity.definition is not None:
        _check_definition(activity.definition, at=f"{at}.definition")


def _check_definition(definition: ActivityDefinition, *, at: str) -> None:
    check_language_map(definition.name, at=f"{at}.name")
    check_language_map(definition.description, at=f"{at}.description")
    if definition.type is not None:
        check_iri(definition.type, at=f"{at}.type")
    if definition.more_info is not None:
        check_iri(definition.more_info, at=f"{at}.moreInfo")
    check_extensions(definition.extensions, at=f"{at}.extensions")
    _check_interaction(definition, at=at)


def _check_interaction(definition: ActivityDefinition, *, at: str) -> None:
    allowed = _COMPONENTS.get(definition.interaction_type or "", frozenset())
    for name in _COMPONENT_LISTS:
        components: tuple[InteractionComponent, ...] | None = getattr(definition, name)
        if components is None:
            continue
        if name not in allowed:
            raise InteractionMalformed(
                f"{at}.{name}", f"does not belong to interactionType {definition.interaction_type}"
            )
        _check_components(components, at=f"{at}.{name}")
    if definition.correct_responses_pattern is not None and definition.interaction_type is None:
        raise InteractionMalformed(at, "has correctResponsesPattern but no interactionType")


def _check_components(components: tuple[InteractionComponent, ...], *, at: str) -> None:
    if len({component.id for component in components}) < len(components):
        raise InteractionMalformed(at, "uses an id twice")
    for position, component in enumerate(components):
        check_language_map(component.description, at=f"{at}[{position}].description")
