"""What a unit may say in its session: each refusal with the number of the requirement (cmi5 9). Pure.

Statements that carry the category `cmi5` are defined by cmi5 and held to all its rules; others are allowed as
they are, between the first and the last statement of the session, when they belong to it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal
from uuid import UUID

import msgspec

from content_packages.active.errors import StatementOutsideCmi5
from xapi_bridge.statement import Account, Activity, Statement, listed
from xapi_bridge.vocabulary import cmi5

LaunchMode = Literal["Normal", "Browse", "Review"]

#: A requirement that is broken, and what is wrong in words.
Fault = tuple[str, str]

_RESULT_VERBS: Final = frozenset({cmi5.PASSED, cmi5.FAILED, cmi5.COMPLETED})
_JUDGED: Final = frozenset({cmi5.PASSED, cmi5.FAILED})


@dataclass(frozen=True)
class SessionRecord:
    """What is known of a session when a statement of its unit comes in.

    Attributes:
        learner: as the launch named it.
        activity_iri: the id that we generated for the unit.
        publisher_iri: the id in the course structure.
        said: verbs of cmi5 that the unit used in this session.
        completed, passed: whether the registration holds such a statement for this unit, of any session.
        preferences_read: the unit asked for the learner's preferences.
    """

    session_id: UUID
    registration: UUID
    learner: Account
    activity_iri: str
    publisher_iri: str
    launch_mode: LaunchMode
    mastery: float | None
    said: frozenset[str] = frozenset()
    completed: bool = False
    passed: bool = False
    preferences_read: bool = False


def check_statement(statement: Statement, record: SessionRecord) -> bool:
    """Whether cmi5 defines the statement; False for one that it merely allows.

    Raises:
        StatementOutsideCmi5: the first requirement that it breaks.
    """
    defined = _has_category(statement, cmi5.CATEGORY)
    for requirement, words in _faults(statement, record, defined=defined):
        raise StatementOutsideCmi5(requirement, words)
    return defined


def is_last(statement: Statement) -> bool:
    """Whether nothing may follow in the session."""
    return statement.verb.id == cmi5.TERMINATED


def scaled_score(statement: Statement) -> float | None:
    """The reported score, -1.0 to 1.0; None when there is none."""
    result = statement.result
    return None if result is None or result.score is None else result.score.scaled


def _faults(statement: Statement, record: SessionRecord, *, defined: bool) -> Iterator[Fault]:
    yield from _faults_of_every(statement, record)
    yield from _faults_of_order(statement, record, defined=defined)
    if defined:
        yield from _faults_of_verb(statement, record)
        yield from _faults_of_result(statement)
        yield from _faults_of_score(statement, record)
    yield from _faults_of_categories(statement, defined=defined)


def _faults_of_every(statement: Statement, record: SessionRecord) -> Iterator[Fault]:
    if statement.is_voiding:
        yield "6.3.0.0-1", "A unit does not void statements."
    if statement.id is None:
        yield "9.1.0.0-1", "Every statement brings its own id."
    if statement.timestamp is None:
        yield "9.7.0.0-1", "Every statement brings a timestamp."
    elif not _is_in_utc(statement):
        yield "9.7.0.0-2", "The timestamp is in UTC and ends in Z."
    actor = statement.actor
    if actor.is_group:
        yield "9.2.0.0-2", "The actor is an Agent."
    if actor.account is None:
        yield "9.2.0.0-3", "The actor has an account."
    if actor.account != record.learner:
        yield "8.1.3.0-3", "The actor is the one of the launch."
    yield from _faults_of_context(statement, record)


def _faults_of_context(statement: Statement, record: SessionRecord) -> Iterator[Fault]:
    context = statement.context
    if context is None:
        yield "9.6.0.0-1", "Every statement has the context of LMS.LaunchData."
        return
    if context.registration != record.registration:
        yield "9.6.1.0-1", "The registration is the one of the launch."
    extensions = context.extensions or {}
    if str(extensions.get(cmi5.SESSION_ID, "")).lower() != str(record.session_id):
        yield "9.6.3.1-4", "The context holds the session id of the launch."
    related = context.context_activities
    grouping = () if related is None else listed(related.grouping)
    if record.publisher_iri not in {one.id for one in grouping}:
        yield "10.2.1.0-6", "The grouping holds the publisher's id of the unit, as contextTemplate gives it."


def _faults_of_order(statement: Statement, record: SessionRecord, *, defined: bool) -> Iterator[Fault]:
    is_first = defined and statement.verb.id == cmi5.INITIALIZED
    if is_first and cmi5.INITIALIZED not in record.said and not record.preferences_read:
        yield "11.0.0.0-3", "The learner's preferences are read before the first statement."
    if cmi5.INITIALIZED not in record.said and not is_first:
        yield "9.3.0.0-4", "The first statement of a session is initialized."
    if cmi5.TERMINATED in record.said:
        yield "9.3.0.0-5", "Nothing follows terminated."


def _faults_of_verb(statement: Statement, record: SessionRecord) -> Iterator[Fault]:
    verb = statement.verb.id
    if verb not in cmi5.CONTENT_VERBS:
        yield "9.3.0.0-1", "This verb is not one that a unit uses in a statement of cmi5."
    target = statement.object
    if not isinstance(target, Activity) or target.id != record.activity_iri:
        yield "8.1.5.0-6", "The object is the activityId of the launch."
    if record.launch_mode != "Normal" and verb in _RESULT_VERBS:
        number = "2" if record.launch_mode == "Browse" else "3"
        yield (
            f"10.2.2.0-{number}",
            f"In launch mode {record.launch_mode} nothing is completed, passed or failed.",
        )
    if verb in record.said:
        yield "9.3.0.0-2", "A verb is used once in a session."
    if verb in _JUDGED and record.said & _JUDGED:
        yield "9.3.0.0-3", "A session holds one of passed and failed."
    if verb == cmi5.COMPLETED and record.completed:
        yield "9.3.0.0-6", "The registration is already completed."
    if verb in _JUDGED and record.passed:
        yield ("9.3.0.0-7" if verb == cmi5.PASSED else "9.3.0.0-8"), "The registration is already passed."


def _faults_of_result(statement: Statement) -> Iterator[Fault]:
    verb, result = statement.verb.id, statement.result
    success = None if result is None else result.success
    completion = None if result is None else result.completion
    wanted_success = {cmi5.PASSED: True, cmi5.FAILED: False}.get(verb)
    if success is not wanted_success:
        number = {cmi5.PASSED: "1", cmi5.FAILED: "2"}.get(verb, "3")
        yield f"9.5.2.0-{number}", "result.success is true in passed, false in failed, and absent elsewhere."
    wanted_completion = True if verb == cmi5.COMPLETED else None
    if completion is not wanted_completion:
        number = "1" if verb == cmi5.COMPLETED else "2"
        yield f"9.5.3.0-{number}", "result.completion is true in completed and absent elsewhere."
    if verb in _DURATIONS and (result is None or result.duration is None):
        yield f"9.5.4.1-{_DURATIONS[verb]}", "This statement tells its duration."


_DURATIONS: Final[Mapping[str, str]] = {
    cmi5.TERMINATED: "1",
    cmi5.COMPLETED: "2",
    cmi5.PASSED: "3",
    cmi5.FAILED: "4",
}


def _faults_of_score(statement: Statement, record: SessionRecord) -> Iterator[Fault]:
    verb, result = statement.verb.id, statement.result
    score = None if result is None else result.score
    if score is None:
        return
    if verb not in _JUDGED:
        yield "9.5.1.0-2", "Only passed and failed carry a score."
    if score.raw is not None and (score.min is None or score.max is None):
        yield "9.5.1.0-3", "score.raw comes with score.min and score.max."
    if record.mastery is not None:
        yield from _faults_of_mastery(statement, score.scaled, record.mastery)


def _faults_of_mastery(statement: Statement, scaled: float | None, mastery: float) -> Iterator[Fault]:
    verb = statement.verb.id
    if verb == cmi5.PASSED and scaled is not None and scaled < mastery:
        yield "9.3.4.0-2", "passed needs a score of masteryScore or more."
    if verb == cmi5.FAILED and scaled is not None and scaled >= mastery:
        yield "9.3.5.0-2", "failed needs a score below masteryScore."
    if _extension(statement, cmi5.MASTERY_SCORE) != mastery:
        yield "9.6.3.2-2", "A scored statement names the masteryScore of the launch in its context."


def _faults_of_categories(statement: Statement, *, defined: bool) -> Iterator[Fault]:
    result = statement.result
    counts = defined and result is not None and (result.success is not None or result.completion is not None)
    marked = _has_category(statement, cmi5.MOVE_ON)
    if counts and not marked:
        yield "9.6.2.2-1", "A statement with success or completion has the category moveon."
    if marked and not counts:
        yield "9.6.2.2-2", "Only statements with success or completion have the category moveon."


def _has_category(statement: Statement, iri: str) -> bool:
    related = statement.context.context_activities if statement.context else None
    return related is not None and iri in {one.id for one in listed(related.category)}


def _extension(statement: Statement, iri: str) -> Any:
    extensions = statement.context.extensions if statement.context else None
    value = (extensions or {}).get(iri)
    return float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else value


def _is_in_utc(statement: Statement) -> bool:
    """As it was written: the parsed instant no longer tells."""
    written = str(msgspec.json.decode(statement.raw)["timestamp"])
    return written.upper().endswith(("Z", "+00:00", "+0000", "+00"))
