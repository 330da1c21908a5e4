"""The few parts of a statement that counting and grading need, read fast from its stored JSON.

The store has validated every statement already, so this reads and does not judge again. Nothing here
raises for a statement that the store accepted: a follower that stumbled over one would stand still for ever.

Pure: bytes come in, a frozen outline goes out.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from xapi_bridge.statement.errors import TimestampMalformed
from xapi_bridge.statement.formats import instant_from_timestamp
from xapi_bridge.vocabulary import adl

#: A timestamp outside these years comes from a broken clock; the instant of storing stands for it.
_BELIEVABLE_YEARS = range(2000, 2100)


class StatementOutline(msgspec.Struct, frozen=True):
    """Who did what, with what, when, and how well. A struct, because each batch makes thousands.

    Attributes:
        home_page: `actor.account.homePage`; empty when the actor is not one agent with an account.
        account_name: `actor.account.name`; empty likewise.
        verb_iri: `verb.id`.
        object_iri: `object.id`; empty when the object is not an activity.
        voided_statement_id: target of a voiding statement, if this is a reference.
        context_iris: `contextActivities`: parents first, then groupings.
        registration_text: `context.registration` as it was written; empty when there is none.
        scaled: `result.score.scaled`, -1.0 to 1.0.
        occurred_at: the statement's timestamp.
        authority: home page and name of the account that vouches; empty texts when it is none.
        object_extensions: texts among `object.definition.extensions`, of attended sessions only.
    """

    home_page: str
    account_name: str
    verb_iri: str
    object_iri: str
    voided_statement_id: UUID | None
    context_iris: tuple[str, ...]
    registration_text: str
    scaled: float | None
    occurred_at: datetime
    authority: tuple[str, str] = ("", "")
    object_extensions: tuple[tuple[str, str], ...] = ()

    @property
    def registration(self) -> UUID | None:
        """`context.registration`."""
        return _uuid(self.registration_text)


class _Account(msgspec.Struct):
    homePage: str = ""  # noqa: N815 - the specification's word
    name: str = ""


class _Actor(msgspec.Struct):
    account: _Account = msgspec.field(default_factory=_Account)
    objectType: str = "Agent"  # noqa: N815 - as above


class _Thing(msgspec.Struct):
    id: str = ""
    objectType: str = "Activity"  # noqa: N815 - as above


class _Object(_Thing):
    # Kept as it came: only few statements need what is in it.
    definition: msgspec.Raw = msgspec.field(default_factory=msgspec.Raw)


class _Definition(msgspec.Struct):
    extensions: dict[str, Any] = msgspec.field(default_factory=dict)


class _ContextActivities(msgspec.Struct):
    # One activity may stand without its list (xAPI 1.0.3 Data 2.4.6.2).
    parent: list[_Thing] | _Thing = msgspec.field(default_factory=list)
    grouping: list[_Thing] | _Thing = msgspec.field(default_factory=list)


class _Context(msgspec.Struct):
    registration: str = ""
    contextActivities: _ContextActivities = msgspec.field(  # noqa: N815 - as above
        default_factory=_ContextActivities
    )


class _Score(msgspec.Struct):
    scaled: float | None = None


class _Result(msgspec.Struct):
    score: _Score = msgspec.field(default_factory=_Score)


class _Statement(msgspec.Struct):
    actor: _Actor
    verb: _Thing
    object: _Object
    result: _Result = msgspec.field(default_factory=_Result)
    context: _Context = msgspec.field(default_factory=_Context)
    timestamp: str = ""
    authority: _Actor = msgspec.field(default_factory=_Actor)


_decoder = msgspec.json.Decoder(_Statement)
_definitions = msgspec.json.Decoder(_Definition)


def read_outline(payload: bytes, *, stored: datetime) -> StatementOutline | None:
    """The outline of one stored statement; `None` for JSON that has not the shape of a statement.

    Args:
        payload: the statement's JSON.
        stored: when the store took it; stands for a timestamp that is missing or unbelievable.
    """
    try:
        statement = _decoder.decode(payload)
    except msgspec.DecodeError:
        return None
    is_agent = statement.actor.objectType == "Agent"
    thing, activities = statement.object, statement.context.contextActivities
    parents, groupings = activities.parent, activities.grouping
    return StatementOutline(
        home_page=statement.actor.account.homePage if is_agent else "",
        account_name=statement.actor.account.name if is_agent else "",
        verb_iri=statement.verb.id,
        object_iri=thing.id if thing.objectType == "Activity" else "",
        voided_statement_id=_uuid(thing.id) if thing.objectType == "StatementRef" else None,
        context_iris=_iris(parents) + _iris(groupings) if parents else _iris(groupings),
        registration_text=statement.context.registration,
        scaled=statement.result.score.scaled,
        occurred_at=believable_instant(statement.timestamp, stored=stored),
        authority=(statement.authority.account.homePage, statement.authority.account.name),
        object_extensions=_texts(thing.definition) if statement.verb.id == adl.ATTENDED else (),
    )


def believable_instant(timestamp: str, *, stored: datetime) -> datetime:
    """The instant that a timestamp names, in UTC, or `stored` when it names none that can be true."""
    try:
        instant = instant_from_timestamp(timestamp, at="timestamp")
    except TimestampMalformed:
        return stored
    return instant if instant.year in _BELIEVABLE_YEARS else stored


def _texts(definition: msgspec.Raw) -> tuple[tuple[str, str], ...]:
    if not bytes(definition):
        return ()
    try:
        extensions = _definitions.decode(definition).extensions
    except msgspec.DecodeError:
        return ()
    return tuple((name, value) for name, value in extensions.items() if isinstance(value, str))


def _iris(activities: list[_Thing] | _Thing) -> tuple[str, ...]:
    listed = activities if isinstance(activities, list) else [activities]
    # A list makes a tuple in half the time that a generator takes.
    return tuple([activity.id for activity in listed])


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
