"""From received bytes to a checked statement."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

import msgspec

from xapi_bridge.statement.activities import Verb
from xapi_bridge.statement.actors import Actor, check_authority
from xapi_bridge.statement.attachments import Attachment
from xapi_bridge.statement.contexts import Context, StatementRef
from xapi_bridge.statement.errors import StatementRefused, VersionNotAllowed, VoidingMalformed
from xapi_bridge.statement.formats import check_uuid, instant_from_timestamp
from xapi_bridge.statement.json_text import read_object, split_batch
from xapi_bridge.statement.objects import StatementObject, check_parts, parse_object
from xapi_bridge.statement.parts import Part, convert_part
from xapi_bridge.statement.results import Result

#: The verb that takes a statement back; the grammar itself knows it (xAPI Data 2.3.2).
VOIDED = "http://adlnet.gov/expapi/verbs/voided"

#: Which `version` a statement may carry, by the version of the request.
_VERSIONS = {
    "1.0.3": re.compile(r"1\.0(?:\.\d+)?"),
    "2.0.0": re.compile(r"2\.0(?:\.\d+)?|1\.0(?:\.\d+)?"),
}

if TYPE_CHECKING:
    ParsedObject = StatementObject
else:
    # msgspec cannot tell several untagged structs apart: `parse_object` has done so already.
    ParsedObject = Any


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement that keeps every rule of xAPI Data.

    Attributes:
        id: as given; None when the store is to choose one.
        timestamp: when it happened, aware, in UTC; None when not given.
        authority: as the sender claims; the store replaces it.
        version: as given, for example 1.0.0; None when the store is to say it.
        spoken_version: the version of the request whose rules were applied, 1.0.3 or 2.0.0.
        raw: the JSON exactly as received.
    """

    id: UUID | None
    actor: Actor
    verb: Verb
    object: StatementObject
    result: Result | None
    context: Context | None
    timestamp: datetime | None
    authority: Actor | None
    attachments: tuple[Attachment, ...]
    version: str | None
    spoken_version: str
    raw: bytes

    @property
    def registration(self) -> UUID | None:
        """`context.registration`, one learner's enrolment or attempt."""
        return None if self.context is None else self.context.registration

    @property
    def target_id(self) -> UUID | None:
        """The statement that this one is about, if its object is a StatementRef."""
        return self.object.id if isinstance(self.object, StatementRef) else None

    @property
    def is_voiding(self) -> bool:
        """Whether this takes another statement back."""
        return self.verb.id == VOIDED


class _WholeStatement(Part, frozen=True):
    """The JSON properties, before ids and instants become values."""

    actor: Actor
    verb: Verb
    object: ParsedObject
    id: str | None = None
    result: Result | None = None
    context: Context | None = None
    timestamp: str | None = None
    stored: str | None = None
    authority: Actor | None = None
    version: str | None = None
    attachments: tuple[Attachment, ...] | None = None


def parse_statement(raw: bytes, *, version: str = "1.0.3") -> Statement:
    """The statement in `raw`, checked against every rule of the data model.

    Args:
        raw: one JSON object in UTF-8.
        version: of the request, "1.0.3" or "2.0.0"; the two differ in places.

    Raises:
        StatementRefused: its subclass names the broken rule, `at` the property.

    Spec: xAPI 1.0.3 Data 2.2 to 2.4 and 4; IEEE 9274.1.1 (2.0.0) 4.2.
    """
    tree = read_object(raw)
    parsed = parse_object(tree, version=version, at="object")
    whole = convert_part({**tree, "object": parsed}, _WholeStatement, at="")
    check_parts(whole, version=version, at="")
    _check_statement(whole, version=version)
    return _statement_from_whole(whole, raw=raw, version=version)


def parse_statements(raw: bytes, *, version: str = "1.0.3") -> list[Statement]:
    """The statements of a request body: one object, or an array of any length.

    Raises:
        StatementRefused: for the first statement that breaks a rule; `at` begins with its place in the array.
    """
    parsed: list[Statement] = []
    for position, one in enumerate(split_batch(raw)):
        try:
            parsed.append(parse_statement(one, version=version))
        except StatementRefused as refused:
            raise refused.inside(f"[{position}]") from refused
    return parsed


def statement_from_properties(properties: Mapping[str, Any]) -> Statement:
    """A statement of our own making, from JSON properties (version 1.0.3, as every LRS understands).

    Raises:
        StatementRefused: we built something that we would refuse from others.
    """
    return parse_statement(msgspec.json.encode(properties))


def _check_statement(whole: _WholeStatement, *, version: str) -> None:
    if whole.id is not None:
        check_uuid(whole.id, at="id")
    if whole.stored is not None:
        instant_from_timestamp(whole.stored, at="stored")
    if whole.authority is not None:
        check_authority(whole.authority, at="authority")
    if whole.version is not None and not _VERSIONS[version].fullmatch(whole.version):
        raise VersionNotAllowed("version", f"does not fit a request of version {version}")
    if whole.verb.id == VOIDED and not isinstance(whole.object, StatementRef):
        raise VoidingMalformed("object", "is not a StatementRef, but the verb is voided")


def _statement_from_whole(whole: _WholeStatement, *, raw: bytes, version: str) -> Statement:
    return Statement(
        id=None if whole.id is None else UUID(whole.id),
        actor=whole.actor,
        verb=whole.verb,
        object=whole.object,
        result=whole.result,
        context=whole.context,
        timestamp=None
        if whole.timestamp is None
        else instant_from_timestamp(whole.timestamp, at="timestamp"),
        authority=whole.authority,
        attachments=whole.attachments or (),
        version=whole.version,
        spoken_version=version,
        raw=raw,
    )
