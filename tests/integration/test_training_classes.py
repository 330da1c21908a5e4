"""Classes: presence becomes statements, completes the modules in its form, and can be taken back."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from sync.followers import follow_once
from sync.organization.models import Person
from sync.organization_errors import AttendanceUnknown, ClassMalformed, ClassUnknown
from sync.rollups.definitions import TrainingForm
from sync.rollups.follower import rollups_follower
from sync.rollups.models import LearningFact, PersonModule
from sync.rollups.verify import verify_rollups
from sync.sheets import read_sheet
from sync.training_classes.attendance import (
    Caller,
    list_attendance,
    record_attendance,
    take_back_attendance,
)
from sync.training_classes.classes import (
    ClassPlan,
    create_class,
    expect_people,
    get_class,
    list_classes,
    list_sites,
)
from sync.training_classes.models import Attendance
from sync.training_classes.rolls import COLUMNS, enter_roll, write_roll
from tests.factories.learning import IRI_BASE, make_module
from tests.factories.organization import NOW, create_person, create_post, create_small_tree
from xapi_bridge.store.models import StatementRow

CALLER = Caller("giang-vien", NOW, IRI_BASE)
MODULES = (make_module("m1").iri, make_module("m2").iri)


def hold(session: Session, unit_id: int, **changes):
    plan = ClassPlan(
        title="Tập huấn một cửa",
        form=TrainingForm.IN_CLASS,
        unit_id=unit_id,
        begins_at=datetime(2026, 11, 10, 1, 0, tzinfo=UTC),
        minutes=480,
        module_iris=MODULES,
    )
    return create_class(session, replace(plan, **changes), by="giang-vien", now=NOW)


def follow(session: Session) -> None:
    while follow_once(session, rollups_follower(iri_base=IRI_BASE), limit=50, now=NOW):
        session.expire_all()


@pytest.fixture
def school(session):
    _, province, commune = create_small_tree(session)
    people = [create_person(session, staff_code=f"CB{number}") for number in range(4)]
    for person in people:
        create_post(session, person, commune)
    return session, province.unit_id, commune.unit_id, [one.person_id for one in people]


@pytest.mark.parametrize(
    ("form", "told"),
    [
        (TrainingForm.IN_CLASS, "in-class"),
        (TrainingForm.LIVE_ONLINE, "live-online"),
        (TrainingForm.WORKSHOP, "workshop"),
        (TrainingForm.STUDY_TRIP, "study-trip"),
        (TrainingForm.BLENDED, "in-class"),
    ],
)
def test_who_was_there_has_completed_the_modules_in_the_form_of_the_class(school, form, told):
    session, province, commune, people = school
    row = hold(session, province, form=form)

    assert record_attendance(session, row, people[0], source="hand", caller=CALLER)
    follow(session)

    states = session.scalars(select(PersonModule).order_by(PersonModule.module_iri)).all()
    assert [(one.module_iri, one.first_completed_on, one.leaf_unit_id) for one in states] == [
        (iri, date(2026, 11, 10), commune) for iri in MODULES
    ]
    assert set(session.scalars(select(LearningFact.form))) == {told}
    assert verify_rollups(session, iri_base=IRI_BASE).agree


def test_the_same_presence_twice_is_one_and_taken_back_is_none_and_can_come_again(school):
    session, province, _, people = school
    row = hold(session, province)
    record_attendance(session, row, people[0], source="hand", caller=CALLER)
    again = record_attendance(session, row, people[0], source="qr", caller=CALLER)
    [present] = list_attendance(session, row.class_id)

    take_back_attendance(session, row, present.attendance_id, caller=CALLER)
    follow(session)
    none_left = session.scalar(select(func.count()).select_from(PersonModule))
    with pytest.raises(AttendanceUnknown):
        take_back_attendance(session, row, present.attendance_id, caller=CALLER)
    record_attendance(session, row, people[0], source="hand", caller=CALLER)
    follow(session)

    assert not again
    assert none_left == 0
    assert session.scalar(select(func.count()).select_from(PersonModule)) == 2
    assert verify_rollups(session, iri_base=IRI_BASE).agree


def test_two_phones_at_the_same_moment_enter_one_presence(engine):
    with Session(engine) as session, session.begin():
        _, province, commune = create_small_tree(session)
        person = create_person(session)
        create_post(session, person, commune)
        class_id, person_id = hold(session, province.unit_id).class_id, person.person_id

    def enter(_):
        with Session(engine) as session, session.begin():
            row = get_class(session, class_id, root_id=None)
            return record_attendance(session, row, person_id, source="qr", caller=CALLER)

    with ThreadPoolExecutor(4) as pool:
        entered = list(pool.map(enter, range(4)))

    with Session(engine) as session:
        assert sorted(entered) == [False, False, False, True]
        assert session.scalar(select(func.count()).select_from(Attendance)) == 1
        assert session.scalar(select(func.count()).select_from(StatementRow)) == 2


def test_a_roll_is_read_back_row_by_row(school):
    session, province, _, people = school
    row = hold(session, province, form=TrainingForm.LIVE_ONLINE, sites=("Điểm cầu tỉnh", "Tân Trào"))
    expect_people(session, row.class_id, people[:3])
    blank = read_sheet(write_roll(session, row), COLUMNS, most_rows=10)
    content = (
        "Mã cán bộ,Điểm cầu,Có mặt\nCB0,Tân Trào,Có\nCB1,,Không\nCB2,Nơi khác,\nCB3,,\nLẠ,,\nCB0,,\n".encode()
    )

    told = enter_roll(session, row, content, allowed=None, caller=CALLER)

    sites = {site.site_id: site.name for site in list_sites(session, row.class_id)}
    assert [one["staff_code"] for one in blank] == ["CB0", "CB1", "CB2"]
    assert [(one.number, one.finding, one.is_entered) for one in told] == [
        (2, "", True), (3, "", False), (4, "site_unknown", False),
        (5, "not_expected", True), (6, "staff_code_unknown", False), (7, "row_repeated", False),
    ]  # fmt: skip
    present = list_attendance(session, row.class_id)
    assert [(one.person_id, sites.get(one.site_id)) for one in present] == [
        (people[0], "Tân Trào"),
        (people[3], None),
    ]


def test_a_manager_enters_only_people_who_are_expected_or_own(school):
    session, province, _, people = school
    row = hold(session, province)
    expect_people(session, row.class_id, [people[0]])

    told = enter_roll(
        session, row, b"staff_code\nCB0\nCB1\nCB2\n", allowed=frozenset({people[1]}), caller=CALLER
    )

    assert [one.is_entered for one in told] == [True, True, False]
    assert told[2].finding == "staff_code_unknown"


def test_the_manager_of_another_unit_does_not_find_the_class(school):
    session, province, commune, _ = school
    row = hold(session, province)

    assert get_class(session, row.class_id, root_id=province) is row
    with pytest.raises(ClassUnknown):
        get_class(session, row.class_id, root_id=commune)
    assert list_classes(session, root_id=commune) == []


@pytest.mark.parametrize(
    "changes",
    [{"title": " "}, {"minutes": 0}, {"cost": -1}, {"begins_at": datetime(2026, 1, 1)}, {"unit_id": 999}],  # noqa: DTZ001
)
def test_a_class_that_cannot_be_is_refused(school, changes):
    session, province, *_ = school

    with pytest.raises(ClassMalformed):
        hold(session, **({"unit_id": province} | changes))


def test_nobody_attends_what_everybody_learns_alone(school):
    session, province, _, people = school
    row = hold(session, province, form=TrainingForm.SELF_PACED)

    with pytest.raises(ClassMalformed):
        record_attendance(session, row, people[0], source="hand", caller=CALLER)


def test_the_statement_names_nobody(school):
    session, province, _, people = school
    row = hold(session, province)
    record_attendance(session, row, people[0], source="hand", caller=CALLER)

    payloads = b"".join(session.scalars(select(StatementRow.payload)))
    pseudonym = session.get_one(Person, people[0]).pseudonym

    assert pseudonym.encode() in payloads
    assert b"CB0" not in payloads
    assert "Trần".encode() not in payloads
