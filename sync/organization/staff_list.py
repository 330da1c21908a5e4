"""Enters a list of staff, as a province or ministry hands it in; entering it twice changes nothing."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from sync.organization.models import OPEN_END, Appointment
from sync.organization.staff import appoint, find_person_by_staff_code, register_person
from sync.organization.units import get_unit


@dataclass(frozen=True)
class StaffRow:
    """One post of one person.

    Attributes:
        staff_code: the code that the LMS sends as `lis.person_sourcedid`.
        full_name: used when the person is new.
        unit_scheme: scheme of the unit's code.
        unit_code: with leading zeros.
        valid_from: first day of the post; the unit is the one that has the code on that day.
        staff_category: can_bo, cong_chuc or vien_chuc.
        is_cchc: whether the post works on administrative reform.
        position: title, may be empty.
        valid_to: first day no more; an open end stops when the unit does.
    """

    staff_code: str
    full_name: str
    unit_scheme: str
    unit_code: str
    valid_from: date
    staff_category: str
    is_cchc: bool = True
    position: str = ""
    valid_to: date = OPEN_END


@dataclass(frozen=True)
class StaffListEntered:
    """How many people and posts were new, and how many rows said what was known."""

    new_people: int
    new_posts: int
    unchanged: int


def register_staff_list(session: Session, rows: Iterable[StaffRow], *, now: datetime) -> StaffListEntered:
    """Enters the people and posts of a list that are not known yet.

    A known person keeps the name, and a known post (same person, unit and first day) stays as it is: what a
    later list says differently is for the import with approval, not for this.

    Raises:
        UnitUnknown: a row's unit does not exist on its first day.
        PrimaryPostsOverlap: two rows, or a row and a known post, give one person two primary posts at once.
    """
    new_people = new_posts = unchanged = 0
    for row in rows:
        unit = get_unit(session, scheme=row.unit_scheme, code=row.unit_code, on_date=row.valid_from)
        person = find_person_by_staff_code(session, row.staff_code)
        if person is None:
            person = register_person(session, staff_code=row.staff_code, full_name=row.full_name, now=now)
            new_people += 1
        if _has_post(session, person.person_id, unit.unit_id, row.valid_from):
            unchanged += 1
            continue
        appoint(
            session,
            person.person_id,
            unit_id=unit.unit_id,
            valid_from=row.valid_from,
            valid_to=row.valid_to,
            staff_category=row.staff_category,
            is_cchc=row.is_cchc,
            position=row.position,
            now=now,
        )
        new_posts += 1
    return StaffListEntered(new_people=new_people, new_posts=new_posts, unchanged=unchanged)


def _has_post(session: Session, person_id: int, unit_id: int, first_day: date) -> bool:
    post = select(Appointment.appointment_id).where(
        Appointment.person_id == person_id,
        Appointment.unit_id == unit_id,
        Appointment.valid_from == first_day,
    )
    return session.scalar(post) is not None
