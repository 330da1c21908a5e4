"""People, their posts and their accounts in the statements.

Every change that moves someone's results to another unit marks that person for recounting, in the same
transaction.
"""

from datetime import date, datetime
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from sync.errors import (
    AppointmentDatesInvalid,
    AppointmentUnknown,
    IdentityUnknown,
    PersonUnknown,
    PrimaryPostsOverlap,
    StaffCodeTaken,
    UnitNotInForce,
    UnitUnknown,
)
from sync.organization.models import OPEN_END, ActorIdentity, Appointment, Person, PersonDetail, Unit
from sync.organization.one_primary_post import RULE_NAME
from sync.rollups.dirty import mark_people_dirty, mark_person_dirty
from xapi_bridge.database import insert_if_absent
from xapi_bridge.statement import Account


def register_person(session: Session, *, staff_code: str, full_name: str, now: datetime) -> Person:
    """Enters a person with a new random pseudonym; name and code go to the restricted table.

    Raises:
        StaffCodeTaken: someone has this code.
    """
    person = Person(pseudonym=uuid4().hex, created_at=now)
    try:
        with session.begin_nested():
            session.add(person)
            session.flush()
            session.add(PersonDetail(person_id=person.person_id, staff_code=staff_code, full_name=full_name))
            session.flush()
    except IntegrityError as refused:
        raise StaffCodeTaken(
            "This staff code belongs to someone already. Look the person up instead of entering a second one."
        ) from refused
    return person


def find_person_by_staff_code(session: Session, staff_code: str) -> Person | None:
    """The person whom the LMS names by this code (`lis.person_sourcedid`)."""
    return session.scalar(
        select(Person)
        .join(PersonDetail, PersonDetail.person_id == Person.person_id)
        .where(PersonDetail.staff_code == staff_code)
    )


def appoint(
    session: Session,
    person_id: int,
    *,
    unit_id: int,
    valid_from: date,
    valid_to: date = OPEN_END,
    staff_category: str,
    is_cchc: bool,
    now: datetime,
    position: str = "",
    cchc_role: str = "",
    is_primary: bool = True,
) -> Appointment:
    """Gives a person a post in a unit and has the person's results counted again.

    Args:
        valid_to: first day no more; an open end stops when the unit does.
        staff_category: can_bo, cong_chuc or vien_chuc.
        is_cchc: whether the post works on administrative reform, the population of the targets.
        cchc_role: one of `CCHC_ROLES`; empty: not said.

    Raises:
        PersonUnknown, UnitUnknown: there is no such person or unit.
        AppointmentDatesInvalid: the post would end before it begins.
        UnitNotInForce: the unit does not exist on all those days.
        PrimaryPostsOverlap: the person has another primary post on one of those days.
    """
    if session.get(Person, person_id) is None:
        raise PersonUnknown(f"There is no person {person_id} to appoint.")
    appointment = Appointment(
        person_id=person_id,
        unit_id=unit_id,
        position=position,
        staff_category=staff_category,
        is_cchc=is_cchc,
        cchc_role=cchc_role,
        is_primary=is_primary,
        valid_from=valid_from,
        valid_to=_last_day_limit(session, unit_id, valid_from, valid_to),
        recorded_at=now,
    )
    _store_post(session, appointment)
    mark_person_dirty(session, person_id)
    return appointment


def end_appointment(session: Session, appointment_id: int, *, on: date, now: datetime) -> Appointment:
    """Ends a post: `on` is the first day no more. The person's results are counted again.

    Raises:
        AppointmentUnknown: there is no such post.
        AppointmentDatesInvalid: `on` is not after the first day, or later than the post ends anyway.
    """
    appointment = session.get(Appointment, appointment_id)
    if appointment is None:
        raise AppointmentUnknown(f"There is no post {appointment_id} to end.")
    if not appointment.valid_from < on <= appointment.valid_to:
        raise AppointmentDatesInvalid(
            f"The post began on {appointment.valid_from} and ends before {appointment.valid_to}; "
            f"it cannot end before {on}."
        )
    appointment.valid_to = on
    appointment.recorded_at = now
    session.flush()
    mark_person_dirty(session, appointment.person_id)
    return appointment


def transfer(session: Session, person_id: int, *, unit_id: int, on: date, now: datetime) -> Appointment:
    """Moves a person: the primary post of the day before ends, one like it begins in the new unit.

    Raises:
        AppointmentUnknown: the person has no primary post on the day before, or on that day.
    """
    current = find_primary_post(session, person_id, on_date=on)
    if current is None or current.valid_from >= on:
        raise AppointmentUnknown(f"Person {person_id} has no primary post that goes on until {on}: appoint.")
    end_appointment(session, current.appointment_id, on=on, now=now)
    return appoint(
        session,
        person_id,
        unit_id=unit_id,
        valid_from=on,
        staff_category=current.staff_category,
        is_cchc=current.is_cchc,
        cchc_role=current.cchc_role,
        position=current.position,
        now=now,
    )


def find_primary_post(session: Session, person_id: int, *, on_date: date) -> Appointment | None:
    """The one primary post of a person on a day: it says to which unit the person belongs."""
    return session.scalar(
        select(Appointment).where(
            Appointment.person_id == person_id,
            Appointment.is_primary,
            Appointment.valid_from <= on_date,
            on_date < Appointment.valid_to,
        )
    )


def find_identity(session: Session, account: Account, *, now: datetime) -> ActorIdentity:
    """The row of an account; a new account gets one that belongs to nobody yet."""
    row = {"home_page": account.home_page, "account_name": account.name, "first_seen_at": now}
    insert_if_absent(session, ActorIdentity.__table__, [row])
    return session.scalars(
        select(ActorIdentity).where(
            ActorIdentity.home_page == account.home_page, ActorIdentity.account_name == account.name
        )
    ).one()


def link_identity(session: Session, identity_id: int, *, person_id: int | None, now: datetime) -> None:
    """Says whose account it is; `None` takes it away. Both people's results are counted again.

    Raises:
        IdentityUnknown, PersonUnknown: there is no such account or person.
    """
    # Two clerks may link the same account at the same moment: the second waits, and sees whom the first
    # named. The weaker lock lets the follower go on inserting facts that refer to the account.
    identity = session.get(
        ActorIdentity, identity_id, with_for_update={"key_share": True}, populate_existing=True
    )
    if identity is None:
        raise IdentityUnknown(f"There is no account {identity_id} to link.")
    if person_id is not None and session.get(Person, person_id) is None:
        raise PersonUnknown(f"There is no person {person_id} to link an account to.")
    if identity.person_id == person_id:
        return
    touched = {identity.person_id, person_id} - {None}
    identity.person_id = person_id
    identity.linked_at = now
    session.flush()
    mark_people_dirty(session, [person for person in touched if person is not None])


def _last_day_limit(session: Session, unit_id: int, valid_from: date, valid_to: date) -> date:
    unit = session.get(Unit, unit_id)
    if unit is None:
        raise UnitUnknown(f"There is no unit {unit_id} to appoint someone to.")
    end = unit.valid_to if valid_to == OPEN_END else valid_to
    if valid_to <= valid_from:
        raise AppointmentDatesInvalid(f"A post from {valid_from} cannot end before {valid_to}.")
    if not unit.valid_from <= valid_from < end <= unit.valid_to:
        raise UnitNotInForce(
            f"Unit {unit.code} exists from {unit.valid_from} until before {unit.valid_to}; a post from "
            f"{valid_from} until before {end} does not fit. Use the unit's successor for the later days."
        )
    return end


def _store_post(session: Session, appointment: Appointment) -> None:
    try:
        with session.begin_nested():
            session.add(appointment)
            session.flush()
    except IntegrityError as refused:
        if RULE_NAME not in str(refused.orig):
            raise
        raise PrimaryPostsOverlap(
            f"Person {appointment.person_id} has another primary post between {appointment.valid_from} and "
            f"{appointment.valid_to}. End that one first, or enter this one as a secondary post."
        ) from refused
