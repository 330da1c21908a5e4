"""What an LMS says of a cmi5 course: launched, abandoned, waived, satisfied (cmi5 9.3).

These statements follow cmi5 and not our own profile, so they carry nothing of ours but their ids. What we
count of an imported course is told apart from them, as of any module.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

from xapi_bridge.statement import Account, Statement, statement_from_properties
from xapi_bridge.translate.building import agent, duration_from_seconds, statement_id
from xapi_bridge.vocabulary import cmi5

_DISPLAY: Final[Mapping[str, Mapping[str, str]]] = {
    cmi5.LAUNCHED: {"en": "launched", "vi": "đã mở"},
    cmi5.ABANDONED: {"en": "abandoned", "vi": "đã bỏ dở"},
    cmi5.WAIVED: {"en": "waived", "vi": "được miễn"},
    cmi5.SATISFIED: {"en": "satisfied", "vi": "đã đáp ứng yêu cầu"},
}


@dataclass(frozen=True)
class CourseSession:
    """Who runs what, in which session of which registration.

    Attributes:
        iri_base: beginning of our own IRIs.
    """

    learner: Account
    registration: UUID
    session_id: UUID
    iri_base: str


@dataclass(frozen=True)
class CoursePart:
    """A unit, block or course.

    Attributes:
        iri: the id that we generated.
        publisher_iri: the id in the course structure.
        type: activity type, of a block or course.
    """

    iri: str
    publisher_iri: str
    type: str = ""


def context_template(session_id: UUID, publisher_iri: str) -> dict[str, Any]:
    """What the context of every statement of the session must hold (cmi5 10.2.1)."""
    return {
        "contextActivities": {"grouping": [{"id": publisher_iri}]},
        "extensions": {cmi5.SESSION_ID: str(session_id)},
    }


def unit_launched(
    run: CourseSession, unit: CoursePart, *, launch: Mapping[str, Any], at: datetime
) -> Statement:
    """The LMS launches a unit (cmi5 9.3.1).

    Args:
        launch: the context extensions that tell how: launch mode, address, moveOn, mastery, parameters.
    """
    return _lms_statement(run, cmi5.LAUNCHED, unit, at=at, extensions=launch)


def session_abandoned(run: CourseSession, unit: CoursePart, *, seconds: float, at: datetime) -> Statement:
    """The session ended without its unit saying so (cmi5 9.3.6)."""
    return _lms_statement(
        run, cmi5.ABANDONED, unit, at=at, result={"duration": duration_from_seconds(seconds)}
    )


def unit_waived(run: CourseSession, unit: CoursePart, *, reason: str, at: datetime) -> Statement:
    """The unit counts without being run (cmi5 9.3.7)."""
    result = {"success": True, "completion": True, "extensions": {cmi5.REASON: reason}}
    return _lms_statement(run, cmi5.WAIVED, unit, at=at, result=result, categories=[cmi5.MOVE_ON])


def part_satisfied(run: CourseSession, part: CoursePart, *, at: datetime) -> Statement:
    """Everything in the block or course is done (cmi5 9.3.9)."""
    # Of the registration, not of the session: it is said once, whichever session brings it about.
    return _lms_statement(run, cmi5.SATISFIED, part, at=at, event=f"cmi5/{run.registration}/satisfied")


def _lms_statement(
    run: CourseSession,
    verb: str,
    part: CoursePart,
    *,
    at: datetime,
    result: Mapping[str, Any] | None = None,
    extensions: Mapping[str, Any] | None = None,
    categories: Sequence[str] = (),
    event: str = "",
) -> Statement:
    template = context_template(run.session_id, part.publisher_iri)
    named = event or f"cmi5/{run.session_id}"
    target: dict[str, Any] = {"objectType": "Activity", "id": part.iri}
    if part.type:
        target["definition"] = {"type": part.type}
    properties: dict[str, Any] = {
        "id": str(statement_id(run.iri_base, event_id=named, verb=verb, iri=part.iri)),
        "actor": agent(run.learner),
        "verb": {"id": verb, "display": dict(_DISPLAY[verb])},
        "object": target,
        "context": {
            "registration": str(run.registration),
            "contextActivities": {
                **template["contextActivities"],
                "category": [{"id": one} for one in (cmi5.CATEGORY, *categories)],
            },
            "extensions": {**template["extensions"], **(extensions or {})},
        },
        "timestamp": at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
    }
    if result:
        properties["result"] = dict(result)
    return statement_from_properties(properties)
