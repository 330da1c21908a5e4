"""Parameters of GET /statements, turned into a question (xAPI Communication 2.1.3)."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from xapi_bridge.errors import (
    ParameterMalformed,
    ParametersExclude,
    ParameterUnknown,
)
from xapi_bridge.statement import Account
from xapi_bridge.statement.actors import Actor, check_actor
from xapi_bridge.statement.errors import StatementRefused
from xapi_bridge.statement.formats import check_iri, check_uuid, instant_from_timestamp
from xapi_bridge.statement.json_text import read_object
from xapi_bridge.statement.parts import convert_part
from xapi_bridge.store.query import MAX_PAGE, StatementQuery

#: In a `more` address: the Accept-Language with which the first page was asked for.
LANGUAGE = "language"
#: What the parameter `format` may be; the first is meant when it is absent.
FORMATS = ("exact", "ids", "canonical")

_ONE_STATEMENT = ("statementId", "voidedStatementId")
_PRESENTATION = ("format", "attachments")
_FILTERS = (
    "agent", "verb", "activity", "registration", "related_agents", "related_activities", "since", "until",
    "limit", "ascending", "cursor",
)  # fmt: skip
_ALL = frozenset({*_ONE_STATEMENT, *_PRESENTATION, *_FILTERS})


def refuse_bad_combination(parameters: Mapping[str, str]) -> None:
    """Refuses unknown parameters, and filters beside the id of one statement.

    Raises:
        ParameterUnknown, ParametersExclude: as their names say.
        ParameterMalformed: `format` is none of FORMATS.
    """
    # The language belongs to our own `more` addresses only.
    allowed = _ALL | {LANGUAGE} if "cursor" in parameters else _ALL
    unknown = sorted(set(parameters) - allowed)
    if unknown:
        raise ParameterUnknown(f"There is no parameter {', '.join(unknown)}. Upper and lower case differ.")
    ids = [name for name in _ONE_STATEMENT if name in parameters]
    others = sorted(set(parameters) - {*_ONE_STATEMENT, *_PRESENTATION})
    if len(ids) > 1 or (ids and others):
        raise ParametersExclude(f"{ids[0]} cannot be used together with {', '.join([*ids[1:], *others])}.")
    _refuse_other_presentation(parameters)


def query_from_parameters(parameters: Mapping[str, str], *, authority: Account | None) -> StatementQuery:
    """The filters of a request.

    Args:
        authority: only what this account vouches for, when the key may read no more.

    Raises:
        QueryRefused, StatementRefused: `at` names the parameter.
    """
    return StatementQuery(
        agent=_agent(parameters),
        verb=_iri(parameters, "verb"),
        activity=_iri(parameters, "activity"),
        registration=uuid_parameter(parameters, "registration"),
        related_agents=_truth(parameters, "related_agents"),
        related_activities=_truth(parameters, "related_activities"),
        since=instant_parameter(parameters, "since"),
        until=instant_parameter(parameters, "until"),
        authority=authority,
        limit=_limit(parameters),
        ascending=_truth(parameters, "ascending"),
    )


def wants_attachments(parameters: Mapping[str, str]) -> bool:
    """Whether the bytes of attachments are asked for, so that the answer is multipart/mixed."""
    return _truth(parameters, "attachments")


def uuid_from_text(text: str, *, at: str) -> UUID:
    """The UUID that a parameter named `at` holds.

    Raises:
        UuidMalformed: another text.
    """
    check_uuid(text, at=at)
    return UUID(text)


def iri_from_text(text: str, *, at: str) -> str:
    """The IRI that a parameter named `at` holds.

    Raises:
        IriMalformed: another text.
    """
    check_iri(text, at=at)
    return text


def actor_from_text(text: str, *, at: str) -> Actor:
    """The Agent or identified Group that a parameter named `at` holds as JSON.

    Raises:
        StatementRefused: no JSON, or no Agent.
        ParameterMalformed: a Group without an identifier.
    """
    try:
        tree = read_object(text.encode())
    except StatementRefused as refused:
        raise refused.inside(at) from refused
    actor = convert_part(tree, Actor, at=at)
    check_actor(actor, at=at)
    if actor.identifier is None:
        raise ParameterMalformed(f"{at} must be an Agent or an identified Group.")
    return actor


def agent_from_text(text: str, *, at: str) -> tuple[str, ...]:
    """The identifier of the Agent or Group that a parameter holds; raises as `actor_from_text`."""
    identifier = actor_from_text(text, at=at).identifier
    assert identifier is not None, "actor_from_text refuses Groups without one"  # noqa: S101
    return identifier


def uuid_parameter(parameters: Mapping[str, str], name: str) -> UUID | None:
    """The UUID in an optional parameter."""
    text = parameters.get(name)
    return None if text is None else uuid_from_text(text, at=name)


def instant_parameter(parameters: Mapping[str, str], name: str) -> datetime | None:
    """The instant in an optional parameter."""
    text = parameters.get(name)
    return None if text is None else instant_from_timestamp(text, at=name)


def _refuse_other_presentation(parameters: Mapping[str, str]) -> None:
    if parameters.get("format", "exact") not in FORMATS:
        raise ParameterMalformed(f"format must be one of {', '.join(FORMATS)}.")
    _truth(parameters, "attachments")


def _agent(parameters: Mapping[str, str]) -> tuple[str, ...] | None:
    text = parameters.get("agent")
    return None if text is None else agent_from_text(text, at="agent")


def _iri(parameters: Mapping[str, str], name: str) -> str | None:
    text = parameters.get(name)
    return None if text is None else iri_from_text(text, at=name)


def _truth(parameters: Mapping[str, str], name: str) -> bool:
    text = parameters.get(name, "false")
    if text not in {"true", "false"}:
        raise ParameterMalformed(f"{name} must be true or false.")
    return text == "true"


def _limit(parameters: Mapping[str, str]) -> int:
    """1 to MAX_PAGE; 0 and anything above mean as many as there may be."""
    text = parameters.get("limit", "0")
    if not (text.isascii() and text.isdigit()) or len(text) > 18:
        raise ParameterMalformed("limit must be a whole number, 0 or more.")
    return min(int(text), MAX_PAGE) or MAX_PAGE
