"""What all translations share: who learns what under which registration, and the deterministic id."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from xapi_bridge.statement import Account, Statement, statement_from_properties
from xapi_bridge.vocabulary import adl, cchc

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
) -> Statement:
    """A statement whose id follows from the event, so that telling it again stores nothing twice.

    Args:
        event_id: of our own event, for example `attempt/17/finished`; one event may give several statements.
        at: when it happened, aware.
        result, interaction: JSON properties of `result` and of the activity's definition.
    """
    properties: dict[str, Any] = {
        "id": str(statement_id(enrolment.iri_base, event_id=event_id, verb=verb, iri=thing.iri)),
        "actor": _learner(enrolment.learner),
        "verb": {"id": verb, "display": dict(adl.VERB_DISPLAY[verb])},
        "object": _activity(thing, more=interaction),
        "context": _context(enrolment, parents=parents),
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


def _learner(account: Account) -> dict[str, Any]:
    return {"objectType": "Agent", "account": {"homePage": account.home_page, "name": account.name}}


def _activity(thing: NamedActivity, *, more: Mapping[str, Any] | None = None) -> dict[str, Any]:
    definition = {"type": thing.type, "name": {"vi": thing.title}, **(more or {})}
    return {"objectType": "Activity", "id": thing.iri, "definition": definition}


def _context(enrolment: Enrolment, *, parents: Sequence[NamedActivity]) -> dict[str, Any]:
    activities: dict[str, Any] = {"grouping": [_activity(enrolment.package)]}
    if parents:
        activities["parent"] = [_activity(parent) for parent in parents]
    return {
        "registration": str(enrolment.registration),
        "contextActivities": activities,
        "language": "vi",
        "extensions": {
            cchc.translation_extension(enrolment.iri_base): TRANSLATION_VERSION,
            cchc.package_version_extension(enrolment.iri_base): enrolment.package_version,
        },
    }
