"""A handed-in staff list is entered once, however often it is handed in; moving people has them recounted."""

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from sync.errors import PrimaryPostsOverlap, UnitUnknown
from sync.organization.models import Appointment, Person, PersonDetail
from sync.organization.staff import end_appointment, find_identity, find_primary_post, link_identity
from sync.organization.staff_list import StaffListEntered, StaffRow, register_staff_list
from sync.rollups.models import DirtyKey, PersonModule
from tests.factories.organization import NOW, create_person, create_post, create_small_tree, create_unit
from xapi_bridge.statement import Account

ROW = StaffRow(
    staff_code="CB001",
    full_name="Trần Thị Mẫu",
    unit_scheme="QD19/2025",
    unit_code="02545",
    valid_from=date(2025, 7, 1),
    staff_category="cong_chuc",
    position="Công chức văn phòng",
)
MODULE = "https://hoc.example.vn/p/cchc/m/m1"


def _count(session: Session, table: type) -> int:
    return session.scalar(select(func.count()).select_from(table))


def test_a_list_enters_its_people_and_their_posts(session):
    create_small_tree(session)
    create_unit(
        session, code="02545", scheme="QD124/2004", valid_from=date(2022, 11, 17), valid_to=date(2025, 7, 1)
    )
    earlier = replace(ROW, unit_scheme="QD124/2004", valid_from=date(2023, 1, 1))

    entered = register_staff_list(session, [earlier, ROW, replace(ROW, staff_code="CB002")], now=NOW)

    assert entered == StaffListEntered(new_people=2, new_posts=3, unchanged=0)
    person_id = session.scalar(select(PersonDetail.person_id).where(PersonDetail.staff_code == "CB001"))
    before = find_primary_post(session, person_id, on_date=date(2025, 6, 30))
    after = find_primary_post(session, person_id, on_date=date(2025, 7, 1))
    assert before.valid_to == after.valid_from
    assert before.unit_id != after.unit_id


def test_the_same_list_again_changes_nothing(session):
    create_small_tree(session)
    rows = [ROW, replace(ROW, staff_code="CB002")]
    register_staff_list(session, rows, now=NOW)

    again = register_staff_list(session, rows, now=NOW)

    assert again == StaffListEntered(new_people=0, new_posts=0, unchanged=2)
    assert (_count(session, Person), _count(session, Appointment)) == (2, 2)


def test_a_list_with_an_unknown_unit_is_refused_with_its_code(session):
    create_small_tree(session)

    with pytest.raises(UnitUnknown, match="99999"):
        register_staff_list(session, [replace(ROW, unit_code="99999")], now=NOW)


def test_a_list_that_puts_someone_in_two_units_at_once_is_refused(session):
    create_small_tree(session)
    elsewhere = replace(ROW, unit_code="08", valid_from=date(2026, 1, 1))

    with pytest.raises(PrimaryPostsOverlap):
        register_staff_list(session, [ROW, elsewhere], now=NOW)


def _learned(session: Session, person: Person) -> None:
    session.add(
        PersonModule(
            person_id=person.person_id, module_iri=MODULE, first_accessed_on=date(2026, 1, 5), completions=0
        )
    )
    session.flush()


def _dirty(session: Session) -> set[int]:
    return set(session.scalars(select(DirtyKey.person_id)))


def test_appointing_and_ending_have_the_person_counted_again(session):
    _, _, commune = create_small_tree(session)
    person = create_person(session)
    _learned(session, person)

    post = create_post(session, person, commune)

    assert _dirty(session) == {person.person_id}
    session.execute(DirtyKey.__table__.delete())
    end_appointment(session, post.appointment_id, on=date(2026, 1, 1), now=NOW)
    assert _dirty(session) == {person.person_id}


def test_moving_an_account_has_both_people_counted_again(session):
    one, other = create_person(session), create_person(session, staff_code="CB002")
    _learned(session, one)
    _learned(session, other)
    identity = find_identity(session, Account(home_page="https://lms.example.vn", name="a1"), now=NOW)
    link_identity(session, identity.identity_id, person_id=one.person_id, now=NOW)
    session.execute(DirtyKey.__table__.delete())

    link_identity(session, identity.identity_id, person_id=other.person_id, now=NOW)

    assert _dirty(session) == {one.person_id, other.person_id}


def test_linking_an_account_to_the_person_it_has_changes_nothing(session):
    person = create_person(session)
    _learned(session, person)
    identity = find_identity(session, Account(home_page="https://lms.example.vn", name="a1"), now=NOW)
    link_identity(session, identity.identity_id, person_id=person.person_id, now=NOW)
    session.execute(DirtyKey.__table__.delete())

    link_identity(session, identity.identity_id, person_id=person.person_id, now=NOW)

    assert _dirty(session) == set()
