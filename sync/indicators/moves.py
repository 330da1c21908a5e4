"""Trained, then moved away: who left the work on administrative reform soon after the first completion."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session, aliased

from sync.indicators.measures import Share, Unmeasured
from sync.organization.models import COMMAND, Appointment, UnitClosure
from sync.rollups.models import PersonDays

WITHIN_DAYS: Final = 365


@dataclass(frozen=True)
class MovedAway:
    """One person.

    Attributes:
        unit_id: where the person was on the day of the first completion; it is credited.
        left_on: first day without such work.
    """

    person_id: int
    unit_id: int
    completed_on: date
    left_on: date


def measure_moved_away(
    session: Session, unit_id: int, *, on: date, within_days: int = WITHIN_DAYS
) -> tuple[Share, Sequence[MovedAway]]:
    """Of those who first completed a module while in a unit, who left the work within so many days, by a day.

    Whoever changes to another post of the same work has not left.

    Returns:
        The share, and the people, the newest first.
    """
    first = (
        select(PersonDays.person_id, PersonDays.first_completed_on.label("day"))
        .where(PersonDays.first_completed_on <= on)
        .subquery()
    )
    post, later = aliased(Appointment), aliased(Appointment)
    trained = (
        select(first.c.person_id, first.c.day, post.unit_id)
        .join(
            post,
            and_(
                post.person_id == first.c.person_id,
                post.is_primary.is_(True),
                post.is_cchc.is_(True),
                post.valid_from <= first.c.day,
                first.c.day < post.valid_to,
            ),
        )
        .join(UnitClosure, and_(UnitClosure.descendant_id == post.unit_id, UnitClosure.hierarchy == COMMAND))
        .where(UnitClosure.ancestor_id == unit_id)
        .subquery()
    )
    goes_on = select(later.appointment_id).where(
        later.person_id == Appointment.person_id,
        later.is_primary.is_(True),
        later.is_cchc.is_(True),
        later.valid_from <= Appointment.valid_to,
        Appointment.valid_to < later.valid_to,
    )
    ends = session.execute(
        select(trained.c.person_id, trained.c.unit_id, trained.c.day, func.min(Appointment.valid_to))
        .join(Appointment, Appointment.person_id == trained.c.person_id)
        .where(
            Appointment.is_primary.is_(True),
            Appointment.is_cchc.is_(True),
            Appointment.valid_to > trained.c.day,
            Appointment.valid_to <= on,
            ~goes_on.exists(),
        )
        .group_by(trained.c.person_id, trained.c.unit_id, trained.c.day)
    )
    moved = [MovedAway(*row) for row in ends if row[3] <= row[2] + timedelta(days=within_days)]
    of = session.scalar(select(func.count()).select_from(trained)) or 0
    share = Share(len(moved), of, None if of else Unmeasured.NOTHING_RECORDED)
    return share, sorted(moved, key=lambda one: (one.left_on, one.person_id), reverse=True)
