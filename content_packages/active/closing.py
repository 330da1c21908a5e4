"""What an LMS says of itself: satisfied, abandoned, waived; and who vouches for which statement."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from content_packages.active.counting import course_changed
from content_packages.active.models import ActiveSession, ActiveUnitProgress
from content_packages.active.moving_on import NOTHING_YET, UnitProgress, newly_satisfied, satisfied_parts
from content_packages.active.running import Following, keep_progress
from xapi_bridge.statement import Statement
from xapi_bridge.store.record import record_statements
from xapi_bridge.translate import cmi5 as telling
from xapi_bridge.vocabulary import cchc

#: How a session ended.
TERMINATED, ABANDONED = "terminated", "abandoned"


def run_of(following: Following, session_id: UUID) -> telling.CourseSession:
    """The session as statements name it."""
    return telling.CourseSession(following.learner, following.row.id, session_id, following.course.iri_base)


def record_as_lms(
    session: Session, following: Following, statements: Sequence[Statement], *, now: datetime
) -> None:
    """Records statements that this installation vouches for; the last step of a use case."""
    if statements:
        authority = cchc.tool_authority(following.course.iri_base)
        record_statements(session, statements, authority=authority, now=now)


def change_progress(
    session: Session,
    following: Following,
    place: int,
    changed: UnitProgress,
    *,
    session_id: UUID,
    now: datetime,
) -> list[Statement]:
    """Keeps the progress of a unit; returns what the LMS has to say about it, for `record_as_lms`."""
    before = following.progress
    if changed == before.get(place, NOTHING_YET):
        return []
    keep_progress(session, following.row.id, place, changed, now=now)
    after = {**before, place: changed}
    told = satisfied_between(following, before, after, session_id=session_id, now=now)
    return [*told, *course_changed(following, after, at=now)]


def satisfied_between(
    following: Following,
    before: Mapping[int, UnitProgress] | None,
    after: Mapping[int, UnitProgress],
    *,
    session_id: UUID,
    now: datetime,
) -> list[Statement]:
    """`satisfied` for every block, then the course, that became so (cmi5 9.3.9).

    Args:
        before: None when the registration is only just made.
    """
    course = following.course
    if course.structure.kind != "cmi5":
        return []
    had = satisfied_parts(course.structure, before) if before is not None else None
    has = satisfied_parts(course.structure, after)
    nothing = replace(has, units=frozenset(), blocks=frozenset(), course=False)
    blocks, whole = newly_satisfied(had or nothing, has)
    parts = [course.block_part(course.structure.blocks[place]) for place in blocks]
    parts += [course.course_part()] if whole else []
    run = run_of(following, session_id)
    return [telling.part_satisfied(run, part, at=now) for part in parts]


def abandon_open_sessions(session: Session, following: Following, *, now: datetime) -> list[Statement]:
    """Ends the sessions of a registration that never said they ended; returns what is to be told of them."""
    still_open = session.scalars(
        select(ActiveSession)
        .where(ActiveSession.registration_id == following.row.id, ActiveSession.ended_at.is_(None))
        .order_by(ActiveSession.launched_at, ActiveSession.id)
        .with_for_update()
    )
    return [told for row in still_open.all() for told in abandon(following, row, now=now)]


def abandon(following: Following, row: ActiveSession, *, now: datetime) -> list[Statement]:
    """Ends one session that did not end itself (cmi5 9.3.6); nothing is told of one that is over."""
    if row.ended_at is not None:
        return []
    row.ended_at, row.ended_how = now, ABANDONED
    course = following.course
    if course.structure.kind != "cmi5":
        return []
    part = course.unit_part(course.find_unit(row.place))
    # From the launch to the last that the unit said (cmi5 9.5.4.2).
    seconds = (row.last_at - row.launched_at).total_seconds()
    return [telling.session_abandoned(run_of(following, row.id), part, seconds=seconds, at=now)]


def waive_unit(
    session: Session, following: Following, place: int, *, reason: str, by: str, now: datetime
) -> None:
    """Lets a unit count without being run, once (cmi5 9.3.7).

    Args:
        by: the operator.

    Raises:
        UnitNotFound: there is none.
    """
    course = following.course
    unit = course.find_unit(place)
    kept = following.progress.get(place, NOTHING_YET)
    if kept.waived:
        return
    session_id = uuid4()
    told = []
    if course.structure.kind == "cmi5":
        part = course.unit_part(unit)
        told.append(telling.unit_waived(run_of(following, session_id), part, reason=reason, at=now))
    changed = replace(kept, waived=True)
    told += change_progress(session, following, place, changed, session_id=session_id, now=now)
    session.get_one(ActiveUnitProgress, (following.row.id, place)).waived_by = by
    record_as_lms(session, following, told, now=now)
