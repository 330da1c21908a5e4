"""Who was there: each presence is `attended` statements, one for each module that the class teaches.

A fact belongs to one statement and one module, so a class of three modules says three statements about one
presence; all name the same session (decision 0037).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from sync.organization.models import Person
from sync.organization.staff import find_identity, link_identity
from sync.organization_errors import AttendanceUnknown, ClassMalformed
from sync.rollups.definitions import TrainingForm
from sync.training_classes.models import Attendance, TrainingClass
from xapi_bridge.database import insert_if_absent
from xapi_bridge.statement import Account, Statement
from xapi_bridge.store.record import record_statements
from xapi_bridge.translate.attendance import ClassSession, Delivery, session_attended, statement_voided
from xapi_bridge.translate.building import NamedActivity
from xapi_bridge.vocabulary import adl
from xapi_bridge.vocabulary.cchc import tool_authority

_SESSION: Final = "1"
_MISTAKE: Final = "roll-call-mistake"


@dataclass(frozen=True)
class Caller:
    """Who calls the roll, when, and how our IRIs begin."""

    username: str
    now: datetime
    iri_base: str


def record_attendance(
    session: Session,
    row: TrainingClass,
    person_id: int,
    *,
    source: str,
    caller: Caller,
    site_id: int | None = None,
) -> bool:
    """Enters a presence with its statements; returns whether it is new.

    Raises:
        ClassMalformed: nobody attends what everybody learns alone.
    """
    if row.form == TrainingForm.SELF_PACED.value:
        raise ClassMalformed("A self-paced course has no roll: its statements come from the lessons.")
    values = {
        "class_id": row.class_id,
        "person_id": person_id,
        "site_id": site_id,
        "source": source,
        "statement_ids": "",
        "recorded_by": caller.username,
        "recorded_at": caller.now,
        "taken_back_by": "",
    }
    # Two phones, or a phone and a list, may say the same at the same moment: the index lets one of them in.
    if not insert_if_absent(session, Attendance.__table__, [values]):
        return False
    entered = _present(session, row.class_id, person_id)
    person = session.get_one(Person, person_id)
    account = _account_of(session, person, caller=caller)
    statements = [
        _statement(row, account, module, entered.attendance_id, site_id=site_id, caller=caller)
        for module in (row.module_iris.splitlines() or [""])
    ]
    authority = tool_authority(caller.iri_base)
    ids = record_statements(session, statements, authority=authority, now=caller.now)
    entered.statement_ids = " ".join(map(str, ids))
    session.flush()
    return True


def take_back_attendance(session: Session, row: TrainingClass, attendance_id: int, *, caller: Caller) -> None:
    """Takes a presence back: its statements are voided, and the person may be entered again.

    Raises:
        AttendanceUnknown: no such presence in this class, or taken back already.
    """
    entered = session.get(Attendance, attendance_id, with_for_update=True, populate_existing=True)
    if entered is None or entered.class_id != row.class_id or entered.taken_back_at is not None:
        raise AttendanceUnknown(f"There is no attendance {attendance_id} in this class to take back.")
    authority = tool_authority(caller.iri_base)
    voidings = [
        statement_voided(
            authority,
            UUID(one),
            reason=_MISTAKE,
            iri_base=caller.iri_base,
            event_id=f"attendance-{attendance_id}-taken-back-{number}",
            at=caller.now,
        )
        for number, one in enumerate(entered.statement_ids.split())
    ]
    record_statements(session, voidings, authority=authority, now=caller.now)
    entered.taken_back_at, entered.taken_back_by = caller.now, caller.username
    session.flush()


def list_attendance(session: Session, class_id: int) -> Sequence[Attendance]:
    """Who was there, in the order of entering; what was taken back is left out."""
    return session.scalars(
        select(Attendance)
        .where(Attendance.class_id == class_id, Attendance.taken_back_at.is_(None))
        .order_by(Attendance.attendance_id)
    ).all()


def _present(session: Session, class_id: int, person_id: int) -> Attendance:
    return session.scalars(
        select(Attendance).where(
            Attendance.class_id == class_id,
            Attendance.person_id == person_id,
            Attendance.taken_back_at.is_(None),
        )
    ).one()


def _account_of(session: Session, person: Person, *, caller: Caller) -> Account:
    """The account of the registry itself: whoever never opened an LMS attends classes, too."""
    account = Account(home_page=caller.iri_base, name=f"can-bo-{person.pseudonym}")
    identity = find_identity(session, account, now=caller.now)
    if identity.person_id != person.person_id:
        link_identity(session, identity.identity_id, person_id=person.person_id, now=caller.now)
    return account


def _statement(
    row: TrainingClass,
    account: Account,
    module: str,
    attendance_id: int,
    *,
    site_id: int | None,
    caller: Caller,
) -> Statement:
    held = ClassSession(
        class_id=str(row.class_id),
        session_id=_SESSION,
        class_title=row.title,
        title=row.title,
        delivery=_delivery(row.form, at_site=site_id is not None),
        begins_at=row.begins_at,
        module=NamedActivity(module, row.title, adl.MODULE) if module else None,
    )
    return session_attended(
        account,
        held,
        responsible=tool_authority(caller.iri_base),
        seconds=row.minutes * 60,
        iri_base=caller.iri_base,
        event_id=f"attendance-{attendance_id}-{module}",
    )


def _delivery(form: str, *, at_site: bool) -> Delivery:
    """A blended class is in a room, or live online at one of its sites; the rest of it says lessons."""
    match TrainingForm(form):
        case TrainingForm.LIVE_ONLINE:
            return "live-online"
        case TrainingForm.WORKSHOP:
            return "workshop"
        case TrainingForm.STUDY_TRIP:
            return "study-trip"
        case TrainingForm.BLENDED if at_site:
            return "live-online"
    return "in-class"
