"""Commits of SCOs are kept and turned into progress, in the order in which the SCO made them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from content_packages.active.closing import TERMINATED, change_progress, record_as_lms
from content_packages.active.errors import SessionOver, UnitNotFound
from content_packages.active.launching import digest_of
from content_packages.active.models import ActiveSession, ScormRecord
from content_packages.active.moving_on import NOTHING_YET
from content_packages.active.scorm_tracking import Commit, resumed_elements, tracked
from content_packages.active.sessions import HeldSession, hold_session
from content_packages.active.staging import RUNNING


@dataclass(frozen=True)
class PlayedUnit:
    """What the page that plays a unit needs.

    Attributes:
        elements: the data model as the SCO finds it.
        commit_number: of the last commit of this session.
    """

    kind: str
    url: str
    title: str
    elements: Mapping[str, str]
    commit_number: int
    is_over: bool


def find_played(session: Session, capability: str, *, iri_base: str, now: datetime) -> PlayedUnit:
    """The unit that a capability plays.

    Raises:
        SessionOver, UnitNotFound: there is none, or no longer.
    """
    held = _hold(session, capability, iri_base=iri_base)
    course, row = held.following.course, held.row
    unit = course.find_unit(row.place)
    kept = session.get(ScormRecord, (row.registration_id, row.place))
    elements = msgspec.json.decode(kept.elements, type=dict[str, str]) if kept else {}
    return PlayedUnit(
        kind=course.structure.kind,
        url=unit.url,
        title=course.package.title,
        elements=resumed_elements(
            course.structure.kind,
            elements,
            unit,
            learner=held.following.learner.name,
            mode=held.record().launch_mode,
            seconds=kept.total_seconds + kept.session_seconds if kept else 0.0,
        ),
        commit_number=kept.commit_number if kept and kept.session_id == row.id else 0,
        is_over=row.ended_at is not None or row.expires_at <= now,
    )


def record_commit(session: Session, capability: str, commit: Commit, *, iri_base: str, now: datetime) -> bool:
    """Keeps a commit; False for one that a later one of the same session has overtaken.

    Raises:
        SessionOver, UnitNotFound: the session takes nothing (more).
    """
    held = _hold(session, capability, iri_base=iri_base)
    row = held.row
    if row.ended_at is not None or row.expires_at <= now:
        raise SessionOver("The session is over. Open the unit again from the course.")
    row.last_at = now
    if commit.is_last:
        row.ended_at, row.ended_how = now, TERMINATED
    if row.launch_mode != "Normal":
        return True
    return _keep(session, held, commit, now=now)


def _keep(session: Session, held: HeldSession, commit: Commit, *, now: datetime) -> bool:
    row, course = held.row, held.following.course
    kept = session.get(ScormRecord, (row.registration_id, row.place), with_for_update=True)
    if kept is not None and kept.session_id == row.id and kept.commit_number >= commit.number:
        return False
    said = tracked(course.structure.kind, commit.elements, mastery=row.mastery)
    _write(session, kept, row, commit, seconds=said.seconds, now=now)
    progress = said.applied_to(held.following.progress.get(row.place, NOTHING_YET))
    told = change_progress(session, held.following, row.place, progress, session_id=row.id, now=now)
    record_as_lms(session, held.following, told, now=now)
    return True


def _write(
    session: Session,
    kept: ScormRecord | None,
    row: ActiveSession,
    commit: Commit,
    *,
    seconds: float,
    now: datetime,
) -> None:
    """The elements in place of those before; time adds up over sessions, within one it is replaced."""
    given: dict[str, Any] = {
        "elements": msgspec.json.encode(dict(commit.elements)).decode(),
        "session_id": row.id,
        "commit_number": commit.number,
        "saved_at": now,
    }
    if kept is None:
        key = {"registration_id": row.registration_id, "place": row.place}
        session.add(ScormRecord(**key, **given, total_seconds=0.0, session_seconds=seconds))
    else:
        if kept.session_id != row.id:
            kept.total_seconds, kept.session_seconds = kept.total_seconds + kept.session_seconds, 0.0
        for name, value in given.items():
            setattr(kept, name, value)
        kept.session_seconds = seconds
    session.flush()


def _hold(session: Session, capability: str, *, iri_base: str) -> HeldSession:
    wanted = select(ActiveSession.id).where(ActiveSession.capability_digest == digest_of(capability))
    session_id = session.scalar(wanted)
    held = hold_session(session, session_id, iri_base=iri_base) if session_id else None
    if held is None:
        raise UnitNotFound("This address was not made by this service. Open the unit from the course.")
    if held.following.course.package.state not in RUNNING:
        raise SessionOver("The course was withdrawn. Nothing more is recorded.")
    return held
