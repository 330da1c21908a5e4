"""People and posts: one primary post a day, in the database itself; posts live within their unit."""

import threading
from datetime import date

import pytest
from sqlalchemy import Engine, select, text
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
from sync.organization.staff import (
    appoint,
    end_appointment,
    find_identity,
    find_person_by_staff_code,
    find_primary_post,
    link_identity,
    register_person,
    transfer,
)
from tests.factories.organization import NOW, create_person, create_post, create_small_tree, create_unit
from xapi_bridge.statement import Account

_RAW_POST = text(
    "INSERT INTO sync_appointment (person_id, unit_id, position, staff_category, is_cchc, is_primary,"
    " valid_from, valid_to, recorded_at) VALUES (:person, :unit, '', 'cong_chuc', :yes, :primary,"
    " :start, :end, '2026-11-24 02:00:00')"
)


def _insert_raw(session: Session, post: Appointment, start: str, end: str, *, primary: bool = True) -> None:
    session.execute(
        _RAW_POST,
        {
            "person": post.person_id, "unit": post.unit_id, "yes": True, "primary": primary,
            "start": start, "end": end,
        },
    )  # fmt: skip


def test_a_person_is_found_by_staff_code_and_stands_in_reports_under_a_pseudonym(session):
    person = register_person(session, staff_code="CB001", full_name="Trần Thị Mẫu", now=NOW)

    assert find_person_by_staff_code(session, "CB001") is person
    assert find_person_by_staff_code(session, "CB002") is None
    assert len(person.pseudonym) == 32


def test_a_staff_code_belongs_to_one_person_and_a_refused_one_leaves_nothing_behind(session):
    create_person(session, staff_code="CB001")

    with pytest.raises(StaffCodeTaken):
        create_person(session, staff_code="CB001")

    assert len(session.scalars(select(Person)).all()) == 1
    assert len(session.scalars(select(PersonDetail)).all()) == 1


def test_a_second_primary_post_on_the_same_days_is_refused_and_the_first_stays(session):
    _, province, commune = create_small_tree(session)
    person = create_person(session)
    first = create_post(session, person, commune)

    with pytest.raises(PrimaryPostsOverlap):
        create_post(session, person, province, valid_from=date(2026, 1, 1))

    assert session.scalars(select(Appointment)).all() == [first]


def test_a_secondary_post_may_stand_beside_the_primary_one(session):
    _, province, commune = create_small_tree(session)
    person = create_person(session)
    create_post(session, person, commune)

    create_post(session, person, province, is_primary=False)

    assert find_primary_post(session, person.person_id, on_date=date(2026, 1, 1)).unit_id == commune.unit_id


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("2025-07-01", "9999-12-31"),
        ("2025-07-01", "2025-07-02"),
        ("2024-01-01", "2025-07-02"),
        ("2026-12-31", "2027-01-01"),
    ],
)
def test_the_database_itself_refuses_overlapping_primary_posts(session, start, end):
    _, _, commune = create_small_tree(session)
    post = create_post(session, create_person(session), commune)

    with pytest.raises(IntegrityError, match="one_primary_post"):
        _insert_raw(session, post, start, end)


def test_the_database_takes_posts_that_touch_and_posts_that_are_not_primary(session):
    _, _, commune = create_small_tree(session)
    post = create_post(session, create_person(session), commune, valid_to=date(2026, 1, 1))

    _insert_raw(session, post, "2024-01-01", "2025-07-01")
    _insert_raw(session, post, "2026-01-01", "9999-12-31")
    _insert_raw(session, post, "2025-07-01", "9999-12-31", primary=False)

    assert len(session.scalars(select(Appointment)).all()) == 4


@pytest.mark.parametrize(
    "change",
    ["valid_from = '2025-12-31'", "is_primary = :yes", "valid_from = '2025-08-01', is_primary = :yes"],
)
def test_the_database_refuses_an_update_that_makes_primary_posts_overlap(session, change):
    _, _, commune = create_small_tree(session)
    post = create_post(session, create_person(session), commune, valid_to=date(2026, 1, 1))
    primary = change.startswith("valid_from = '2025-12-31'")
    start = "2026-01-01" if primary else "2025-10-01"
    _insert_raw(session, post, start, "9999-12-31", primary=primary)

    with pytest.raises(IntegrityError, match="one_primary_post"):
        session.execute(
            text(f"UPDATE sync_appointment SET {change} WHERE appointment_id <> :first"),  # noqa: S608
            {"first": post.appointment_id} | ({"yes": True} if ":yes" in change else {}),
        )


def test_an_update_that_keeps_the_dates_is_not_mistaken_for_an_overlap_with_itself(session):
    _, _, commune = create_small_tree(session)
    post = create_post(session, create_person(session), commune)

    post.position = "Công chức văn phòng"
    session.flush()

    assert session.get(Appointment, post.appointment_id).position == "Công chức văn phòng"


@pytest.mark.postgresql
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_of_two_appointments_at_the_same_moment_one_wins(engine: Engine):
    with Session(engine) as session, session.begin():
        _, province, commune = create_small_tree(session)
        person_id = create_person(session).person_id
        units = [province.unit_id, commune.unit_id]
    outcomes: list[str] = []
    both_inside = threading.Barrier(2)

    def appoint_in(unit_id: int) -> None:
        with Session(engine) as session:
            session.get(Person, person_id)
            both_inside.wait(10)
            try:
                appoint(
                    session, person_id, unit_id=unit_id, valid_from=date(2025, 7, 1),
                    staff_category="cong_chuc", is_cchc=True, now=NOW,
                )  # fmt: skip
                session.commit()
                outcomes.append("appointed")
            except PrimaryPostsOverlap:
                outcomes.append("refused")

    threads = [threading.Thread(target=appoint_in, args=[unit_id]) for unit_id in units]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    with Session(engine) as session:
        posts = session.scalars(select(Appointment)).all()
    assert sorted(outcomes) == ["appointed", "refused"]
    assert len(posts) == 1


def test_an_open_post_ends_with_its_unit(session):
    old = create_unit(
        session, code="02524", scheme="QD124/2004", valid_from=date(2022, 11, 17), valid_to=date(2025, 7, 1)
    )

    post = create_post(session, create_person(session), old, valid_from=date(2023, 1, 1))

    assert post.valid_to == date(2025, 7, 1)


def test_a_post_outside_the_life_of_its_unit_is_refused(session):
    _, _, commune = create_small_tree(session)
    person = create_person(session)

    with pytest.raises(UnitNotInForce):
        create_post(session, person, commune, valid_from=date(2025, 6, 30))


def test_a_post_that_ends_before_it_begins_is_refused(session):
    _, _, commune = create_small_tree(session)
    person = create_person(session)

    with pytest.raises(AppointmentDatesInvalid):
        create_post(session, person, commune, valid_from=date(2026, 1, 1), valid_to=date(2026, 1, 1))


def test_unknown_people_units_posts_and_accounts_are_refused_by_name(session):
    _, _, commune = create_small_tree(session)
    person = create_person(session)
    nobody = Person(person_id=999, pseudonym="x", created_at=NOW)

    with pytest.raises(PersonUnknown):
        create_post(session, nobody, commune)
    with pytest.raises(UnitUnknown):
        create_post(session, person, Unit(unit_id=999))
    with pytest.raises(AppointmentUnknown):
        end_appointment(session, 999, on=date(2026, 1, 1), now=NOW)
    with pytest.raises(IdentityUnknown):
        link_identity(session, 999, person_id=person.person_id, now=NOW)


def test_ending_a_post_makes_room_for_the_next(session):
    _, province, commune = create_small_tree(session)
    person = create_person(session)
    first = create_post(session, person, commune)

    end_appointment(session, first.appointment_id, on=date(2026, 3, 1), now=NOW)
    create_post(session, person, province, valid_from=date(2026, 3, 1))

    assert find_primary_post(session, person.person_id, on_date=date(2026, 2, 28)).unit_id == commune.unit_id
    assert find_primary_post(session, person.person_id, on_date=date(2026, 3, 1)).unit_id == province.unit_id


@pytest.mark.parametrize("day", [date(2025, 7, 1), date(2026, 2, 1)])
def test_a_post_is_not_ended_before_its_second_day_nor_prolonged(session, day):
    _, _, commune = create_small_tree(session)
    post = create_post(session, create_person(session), commune, valid_to=date(2026, 1, 1))

    with pytest.raises(AppointmentDatesInvalid):
        end_appointment(session, post.appointment_id, on=day, now=NOW)


def test_a_transfer_ends_the_old_post_and_begins_one_like_it(session):
    _, province, commune = create_small_tree(session)
    person = create_person(session)
    old = create_post(session, person, commune)

    new = transfer(session, person.person_id, unit_id=province.unit_id, on=date(2026, 5, 1), now=NOW)

    assert old.valid_to == new.valid_from == date(2026, 5, 1)
    assert (new.unit_id, new.valid_to, new.staff_category) == (province.unit_id, OPEN_END, "cong_chuc")


def test_a_person_without_a_post_cannot_be_transferred(session):
    _, province, _ = create_small_tree(session)
    person = create_person(session)

    with pytest.raises(AppointmentUnknown):
        transfer(session, person.person_id, unit_id=province.unit_id, on=date(2026, 5, 1), now=NOW)


def test_an_account_gets_one_row_however_often_it_is_met(session):
    account = Account(home_page="https://lms.example.vn", name="a1b2")

    first = find_identity(session, account, now=NOW)
    again = find_identity(session, account, now=NOW)

    assert first is again
    assert first.person_id is None
    assert len(session.scalars(select(ActorIdentity)).all()) == 1


def test_an_account_is_linked_moved_and_taken_away(session):
    one, other = create_person(session), create_person(session, staff_code="CB002")
    identity = find_identity(session, Account(home_page="https://lms.example.vn", name="a1"), now=NOW)

    for person_id in (one.person_id, other.person_id, None):
        link_identity(session, identity.identity_id, person_id=person_id, now=NOW)
        session.refresh(identity)

        assert identity.person_id == person_id
        assert identity.linked_at == NOW
