"""What a running unit says is judged, kept and turned into progress, in one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy.orm import Session

from content_packages.active.closing import TERMINATED, change_progress, record_as_lms
from content_packages.active.cmi5_rules import check_statement, is_last, scaled_score
from content_packages.active.errors import StatementOutsideCmi5
from content_packages.active.moving_on import NOTHING_YET, UnitProgress
from content_packages.active.sessions import HeldSession
from xapi_bridge.statement import Activity, Statement
from xapi_bridge.store.keys import find_keys
from xapi_bridge.store.record import record_statements
from xapi_bridge.vocabulary import cchc, cmi5


@dataclass(frozen=True)
class _Judged:
    """A batch that may be recorded: what the unit has said by now, and how far its learner is."""

    said: frozenset[str]
    progress: UnitProgress
    has_ended: bool


def record_from_unit(
    session: Session, held: HeldSession, statements: Sequence[Statement], *, now: datetime
) -> list[UUID]:
    """Records what a unit sends, all or nothing; returns the ids in the same order.

    A statement that is known already, byte for byte of the same meaning, is let through again: its answer may
    have been lost on the way.

    Raises:
        StatementOutsideCmi5: the first requirement that is broken.
        StatementConflict, StatementIdRepeated: as of the store.
    """
    known = find_keys(session, [one.id for one in statements if one.id is not None])
    fresh = [one for one in statements if one.id not in known]
    is_tincan = held.following.course.structure.kind == "tincan"
    judged = _judge_tincan(held, fresh) if is_tincan else _judge(held, fresh)
    row = held.row
    row.last_at, row.said = now, msgspec.json.encode(sorted(judged.said)).decode()
    if judged.has_ended:
        row.ended_at, row.ended_how = now, TERMINATED
    told = change_progress(session, held.following, row.place, judged.progress, session_id=row.id, now=now)
    course = held.following.course
    authority = cchc.imported_authority(course.iri_base, course.package.name)
    # Scripts of others void nothing and define nothing: they could rename our own activities.
    ids = record_statements(
        session, statements, authority=authority, now=now, may_void_others=False, may_define=False
    )
    record_as_lms(session, held.following, told, now=now)
    return ids


def _judge(held: HeldSession, statements: Sequence[Statement]) -> _Judged:
    """One after the other, each in the light of those before it."""
    record = held.record()
    progress, has_ended = _kept_progress(held), False
    for statement in statements:
        if not check_statement(statement, record):
            continue
        verb = statement.verb.id
        progress = _moved(progress, verb, scaled_score(statement))
        has_ended = has_ended or is_last(statement)
        record = replace(
            record, said=record.said | {verb}, completed=progress.completed, passed=progress.passed
        )
    return _Judged(record.said, progress, has_ended)


def _judge_tincan(held: HeldSession, statements: Sequence[Statement]) -> _Judged:
    """Before cmi5 there were few rules: the learner of the launch, and nothing voided."""
    record, unit = held.record(), held.following.course.find_unit(held.row.place)
    progress = _kept_progress(held)
    for statement in statements:
        if statement.is_voiding:
            raise StatementOutsideCmi5("6.3.0.0-1", "A unit does not void statements.")
        if statement.actor.account != record.learner:
            raise StatementOutsideCmi5("8.1.3.0-3", "The actor is the one of the launch.")
        is_about_unit = isinstance(statement.object, Activity) and statement.object.id == unit.id
        if is_about_unit and record.launch_mode == "Normal":
            progress = _moved(progress, statement.verb.id, scaled_score(statement))
    return _Judged(record.said, progress, has_ended=False)


def _kept_progress(held: HeldSession) -> UnitProgress:
    return held.following.progress.get(held.row.place, NOTHING_YET)


def _moved(progress: UnitProgress, verb: str, scaled: float | None) -> UnitProgress:
    if verb == cmi5.COMPLETED:
        return replace(progress, completed=True)
    if verb == cmi5.PASSED:
        return replace(progress, passed=True).with_score(scaled)
    if verb == cmi5.FAILED:
        return replace(progress, failed=True).with_score(scaled)
    return progress
