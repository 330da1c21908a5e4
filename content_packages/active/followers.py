"""Who follows an imported course and how far everyone is, for whoever runs it; units waived on request."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from content_packages.active.closing import waive_unit
from content_packages.active.errors import RegistrationUnknown, WaivingReasonUnknown
from content_packages.active.models import ActiveRegistration, ActiveSession, ActiveUnitProgress
from content_packages.active.moving_on import UnitProgress
from content_packages.active.outline import count_done
from content_packages.active.running import Following, find_registration, hold_registration, progress_of
from content_packages.formats.course_structure import CourseStructure
from xapi_bridge.statement import Account

#: Why a unit may count without being run, in the words of cmi5 9.5.5.2.
WAIVING_REASONS: Final = ("Tested Out", "Equivalent AU", "Equivalent Outside Activity", "Administrative")


@dataclass(frozen=True)
class Follower:
    """One learner of a course.

    Attributes:
        done: units that the learner is done with, waived ones included.
        running: sessions that have not ended.
    """

    registration_id: UUID
    learner: Account
    opened_at: datetime
    satisfied_at: datetime | None
    done: int
    running: int


def count_followers(session: Session, package_id: str) -> int:
    """How many learners began this version of the course."""
    asked = select(func.count()).where(ActiveRegistration.package_id == package_id)
    return session.scalar(asked) or 0


def list_followers(
    session: Session, package_id: str, structure: CourseStructure, *, limit: int, offset: int = 0
) -> list[Follower]:
    """The learners of this version of the course, who came last first."""
    newest = (
        select(ActiveRegistration)
        .where(ActiveRegistration.package_id == package_id)
        .order_by(ActiveRegistration.opened_at.desc(), ActiveRegistration.id)
        .limit(limit)
        .offset(offset)
    )
    rows = session.scalars(newest).all()
    ids = [row.id for row in rows]
    progress, running = _progress_of(session, ids), _running_of(session, ids)
    return [
        Follower(
            row.id,
            Account(home_page=row.home_page, name=row.name),
            row.opened_at,
            row.satisfied_at,
            count_done(structure, progress.get(row.id, {})),
            running.get(row.id, 0),
        )
        for row in rows
    ]


def _progress_of(session: Session, ids: Sequence[UUID]) -> Mapping[UUID, dict[int, UnitProgress]]:
    found: dict[UUID, dict[int, UnitProgress]] = defaultdict(dict)
    kept = select(ActiveUnitProgress).where(ActiveUnitProgress.registration_id.in_(ids))
    for row in session.scalars(kept):
        found[row.registration_id][row.place] = progress_of(row)
    return found


def _running_of(session: Session, ids: Sequence[UUID]) -> dict[UUID, int]:
    counted = (
        select(ActiveSession.registration_id, func.count())
        .where(ActiveSession.registration_id.in_(ids), ActiveSession.ended_at.is_(None))
        .group_by(ActiveSession.registration_id)
    )
    return {one: count for one, count in session.execute(counted) if count}


def find_follower(session: Session, registration_id: UUID, package_id: str, *, iri_base: str) -> Following:
    """A learner in a course.

    Raises:
        RegistrationUnknown: nobody follows this version under that id.
    """
    found = find_registration(session, registration_id, iri_base=iri_base)
    return _of_course(found, package_id)


def list_running(session: Session, registration_id: UUID) -> Sequence[ActiveSession]:
    """The learner's sessions that have not ended, the oldest first."""
    wanted = (
        select(ActiveSession)
        .where(ActiveSession.registration_id == registration_id, ActiveSession.ended_at.is_(None))
        .order_by(ActiveSession.launched_at, ActiveSession.id)
    )
    return session.scalars(wanted).all()


def waive_for(
    session: Session,
    registration_id: UUID,
    package_id: str,
    place: int,
    *,
    reason: str,
    by: str,
    iri_base: str,
    now: datetime,
) -> None:
    """Lets a unit count for a learner without being run; once, and for good (cmi5 9.3.7).

    Raises:
        RegistrationUnknown: nobody follows this version under that id.
        WaivingReasonUnknown: `reason` is none of `WAIVING_REASONS`.
        UnitNotFound: the course has no such unit.
    """
    if reason not in WAIVING_REASONS:
        raise WaivingReasonUnknown(f"A unit is waived for one of: {', '.join(WAIVING_REASONS)}.")
    held = _of_course(hold_registration(session, registration_id, iri_base=iri_base), package_id)
    waive_unit(session, held, place, reason=reason, by=by, now=now)


def _of_course(found: Following | None, package_id: str) -> Following:
    if found is None or found.course.package.id != package_id:
        raise RegistrationUnknown("Nobody follows this version of the course under that id.")
    return found
