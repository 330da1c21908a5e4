"""Parameters of GET /statements, turned into a question (xAPI Communication 2.1.3)."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from xapi_bridge.errors import (
    FormatNotOffered,
    ParameterMalformed,
    ParametersExclude,
    ParameterUnknown,
)
from xapi_bridge.statement import Account
from xapi_bridge.statement.actors import Actor, check_actor
from xapi_bridge.statement.formats import check_iri, check_uuid, instant_from_timestamp
from xapi_bridge.statement.json_text import read_object
from xapi_bridge.statement.parts import convert_part
from xapi_bridge.store.query import MAX_PAGE, StatementQuery

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
        FormatNotOffered: `format` other than exact, or `attachments=true`.
    """
    unknown = sorted(set(parameters) - _ALL)
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
        registration=_uuid(parameters, "registration"),
        related_agents=_truth(parameters, "related_agents"),
        related_activities=_truth(parameters, "related_activities"),
        since=_instant(parameters, "since"),
        until=_instant(parameters, "until"),
        authority=authority,
        limit=_limit(parameters),
        ascending=_truth(parameters, "ascending"),
    )


def uuid_from_text(text: str, *, at: str) -> UUID:
    """The UUID that a parameter named `at` holds.

    Raises:
        UuidMalformed: another text.
    """
    check_uuid(text, at=at)
    return UUID(text)


def _refuse_other_presentation(parameters: Mapping[str, str]) -> None:
    form = parameters.get("format", "exact")
    if form not in {"exact", "ids", "canonical"}:
        raise ParameterMalformed("format must be exact, ids or canonical.")
    if form != "exact":
        raise FormatNotOffered(f"This store answers format=exact only, not {form}.")
    if _truth(parameters, "attachments"):
        raise FormatNotOffered("This store keeps no attachment bodies; ask without attachments=true.")


def _agent(parameters: Mapping[str, str]) -> tuple[str, ...] | None:
    text = parameters.get("agent")
    if text is None:
        return None
    actor = convert_part(read_object(text.encode()), Actor, at="agent")
    check_actor(actor, at="agent")
    if actor.identifier is None:
        raise ParameterMalformed("agent must be an Agent or an identified Group.")
    return actor.identifier


def _iri(parameters: Mapping[str, str], name: str) -> str | None:
    text = parameters.get(name)
    if text is not None:
        check_iri(text, at=name)
    return text


def _uuid(parameters: Mapping[str, str], name: str) -> UUID | None:
    text = parameters.get(name)
    return None if text is None else uuid_from_text(text, at=name)


def _instant(parameters: Mapping[str, str], name: str) -> datetime | None:
    text = parameters.get(name)
    return None if text is None else instant_from_timestamp(text, at=name)


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
