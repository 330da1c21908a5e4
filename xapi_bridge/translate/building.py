"""What all translations share: who learns what under which registration, and the deterministic id."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from xapi_bridge.statement import Account, Statement, statement_from_properties
from xapi_bridge.vocabulary import cchc
from xapi_bridge.vocabulary.concepts import VERB_DISPLAY

#: Raised whenever the same event would be told in other words, so that analysts can tell them apart.
TRANSLATION_VERSION = "1"


@dataclass(frozen=True)
class NamedActivity:
    """Something to learn with.

    Attributes:
        iri: from the builders in `xapi_bridge.vocabulary.cchc`.
        title: as the learner reads it, in Vietnamese.
        type: an activity type from `xapi_bridge.vocabulary.adl`.
    """

    iri: str
    title: str
    type: str


@dataclass(frozen=True)
class Enrolment:
    """Who learns, from which package, under which registration.

    Attributes:
        learner: pseudonymous account at the LMS.
        registration: one learner's enrolment in one resource link.
        package: stands as grouping in every statement.
        package_version: digest of the version that the learner sees.
        iri_base: beginning of our own IRIs (CCHC_IRI_BASE).
    """

    learner: Account
    registration: UUID
    package: NamedActivity
    package_version: str
    iri_base: str


def build_statement(
    enrolment: Enrolment,
    verb: str,
    thing: NamedActivity,
    *,
    parents: Sequence[NamedActivity],
    event_id: str,
    at: datetime,
    result: Mapping[str, Any] | None = None,
    interaction: Mapping[str, Any] | None = None,
    courses: Sequence[NamedActivity] = (),
) -> Statement:
    """A statement of a learner about a package, whose id follows from the event.

    Args:
        event_id: of our own event, for example `attempt/17/finished`; one event may give several statements.
        at: when it happened, aware.
        result, interaction: JSON properties of `result` and of the activity's definition.
        courses: further groupings, for example the course in the LMS.
    """
    return compose_statement(
        enrolment.learner,
        verb,
        activity_object(thing, more=interaction),
        iri=thing.iri,
        context={
            "registration": str(enrolment.registration),
            **activity_context(parents=parents, groupings=[enrolment.package, *courses]),
        },
        extensions={cchc.package_version_extension(enrolment.iri_base): enrolment.package_version},
        result=result,
        iri_base=enrolment.iri_base,
        event_id=event_id,
        at=at,
    )


def compose_statement(
    actor: Account,
    verb: str,
    target: Mapping[str, Any],
    *,
    iri: str,
    context: Mapping[str, Any],
    extensions: Mapping[str, Any] | None = None,
    result: Mapping[str, Any] | None = None,
    iri_base: str,
    event_id: str,
    at: datetime,
) -> Statement:
    """A statement whose id follows from the event, so that telling it again stores nothing twice.

    Args:
        target: the JSON of `object`.
        iri: what the id is made of besides event and verb: the activity, or the statement that is taken back.
        context, result: JSON properties; language and the translation's version are added.
        extensions: further context extensions.
        iri_base: beginning of our own IRIs (CCHC_IRI_BASE).
        at: when it happened, aware.
    """
    properties: dict[str, Any] = {
        "id": str(statement_id(iri_base, event_id=event_id, verb=verb, iri=iri)),
        "actor": agent(actor),
        "verb": {"id": verb, "display": dict(VERB_DISPLAY[verb])},
        "object": dict(target),
        "context": {
            **context,
            "language": "vi",
            "extensions": {cchc.translation_extension(iri_base): TRANSLATION_VERSION, **(extensions or {})},
        },
        "timestamp": at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
    }
    if result:
        properties["result"] = dict(result)
    return statement_from_properties(properties)


def statement_id(iri_base: str, *, event_id: str, verb: str, iri: str) -> UUID:
    """The id of the statement that tells this event: the same again on every call."""
    return uuid5(uuid5(NAMESPACE_URL, iri_base), f"{event_id}\n{verb}\n{iri}")


def duration_from_seconds(seconds: float) -> str:
    """An ISO 8601 duration to the hundredth of a second, in seconds only, for example PT272.5S."""
    return f"PT{round(max(seconds, 0.0), 2):.2f}".rstrip("0").rstrip(".") + "S"


def agent(account: Account) -> dict[str, Any]:
    """The JSON of an Agent: an account and never a name."""
    return {"objectType": "Agent", "account": {"homePage": account.home_page, "name": account.name}}


def activity_object(thing: NamedActivity, *, more: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The JSON of an Activity; `more` joins its definition."""
    definition = {"type": thing.type, "name": {"vi": thing.title}, **(more or {})}
    return {"objectType": "Activity", "id": thing.iri, "definition": definition}


def activity_context(
    *, parents: Sequence[NamedActivity] = (), groupings: Sequence[NamedActivity] = ()
) -> dict[str, Any]:
    """`contextActivities`, ready to join a context; nothing when there is none."""
    related = {"grouping": groupings, "parent": parents}
    written = {name: [activity_object(one) for one in things] for name, things in related.items() if things}
    return {"contextActivities": written} if written else {}
