"""What a statement may be about: Activity, Agent, Group, another statement, or one that is planned."""

from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

from xapi_bridge.statement.activities import Activity, Verb, check_activity, check_verb
from xapi_bridge.statement.actors import Actor, check_actor
from xapi_bridge.statement.attachments import Attachment, check_attachment
from xapi_bridge.statement.contexts import Context, StatementRef, check_context, check_statement_ref
from xapi_bridge.statement.errors import PropertyMissing, PropertyMistyped, SubStatementMalformed
from xapi_bridge.statement.formats import instant_from_timestamp
from xapi_bridge.statement.parts import Part, convert_part
from xapi_bridge.statement.results import Result, check_result

if TYPE_CHECKING:
    SimpleObject = Activity | Actor | StatementRef
else:
    # msgspec cannot tell several untagged structs apart: `parse_object` has done so already.
    SimpleObject = Any


class SubStatement(Part, frozen=True):
    """A statement inside a statement: planned, suggested or told, not vouched for (xAPI Data 2.4.4.3)."""

    object_type: Literal["SubStatement"]
    actor: Actor
    verb: Verb
    object: SimpleObject
    result: Result | None = None
    context: Context | None = None
    timestamp: str | None = None
    attachments: tuple[Attachment, ...] | None = None

    @property
    def happened_at(self) -> datetime | None:
        """The instant of its timestamp."""
        return (
            None if self.timestamp is None else instant_from_timestamp(self.timestamp, at="object.timestamp")
        )


StatementObject = Activity | Actor | StatementRef | SubStatement


def parse_object(holder: dict[str, Any], *, version: str, at: str) -> StatementObject:
    """The `object` of a statement (`holder`), parsed and checked.

    Raises:
        StatementRefused: the precise subclass, with the path below `at`.
    """
    tree = holder.get("object")
    if tree is None:
        raise PropertyMissing(at, "Object missing required field `object`")
    if not isinstance(tree, dict):
        raise PropertyMistyped(at, "is not a JSON object")
    if tree.get("objectType") == "SubStatement":
        return _parse_substatement(tree, version=version, at=at)
    return _parse_simple_object(tree, at=at)


def _parse_simple_object(tree: dict[str, Any], *, at: str) -> Activity | Actor | StatementRef:
    match tree.get("objectType", "Activity"):
        case "Activity":
            activity = convert_part(tree, Activity, at=at)
            check_activity(activity, at=at)
            return activity
        case "Agent" | "Group":
            actor = convert_part(tree, Actor, at=at)
            check_actor(actor, at=at)
            return actor
        case "StatementRef":
            reference = convert_part(tree, StatementRef, at=at)
            check_statement_ref(reference, at=at)
            return reference
    raise PropertyMistyped(
        f"{at}.objectType", "is not one of Activity, Agent, Group, StatementRef and SubStatement"
    )


def _parse_substatement(tree: dict[str, Any], *, version: str, at: str) -> SubStatement:
    inner = tree.get("object")
    if isinstance(inner, dict) and inner.get("objectType") == "SubStatement":
        raise SubStatementMalformed(at, "holds another SubStatement")
    parsed = parse_object(tree, version=version, at=f"{at}.object")
    substatement = convert_part({**tree, "object": parsed}, SubStatement, at=at)
    check_parts(substatement, version=version, at=f"{at}.")
    return substatement


def check_parts(whole: Any, *, version: str, at: str) -> None:
    """Refuses a rule broken in the parts that statements and SubStatements share.

    Args:
        whole: something with actor, verb, object, result, context, timestamp and attachments.
        at: path before the property names, empty or ending in a full stop.
    """
    check_actor(whole.actor, at=f"{at}actor")
    check_verb(whole.verb, at=f"{at}verb")
    if whole.result is not None:
        check_result(whole.result, at=f"{at}result")
    if whole.context is not None:
        about_activity = isinstance(whole.object, Activity)
        check_context(whole.context, version=version, about_activity=about_activity, at=f"{at}context")
    if whole.timestamp is not None:
        instant_from_timestamp(whole.timestamp, at=f"{at}timestamp")
    for position, attachment in enumerate(whole.attachments or ()):
        check_attachment(attachment, at=f"{at}attachments[{position}]")
