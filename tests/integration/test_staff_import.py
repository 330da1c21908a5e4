"""Lists of staff: read, judged row by row, entered in parts, taken back as a whole."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from functools import partial

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from sync.followers import follow_once
from sync.organization.models import OPEN_END, Appointment, Person, PersonDetail
from sync.organization.staff import find_identity, link_identity, transfer
from sync.organization.staff_import.applying import (
    apply_next_rows,
    apply_to_the_end,
    is_batch_applying,
    start_applying,
)
from sync.organization.staff_import.duplicates import merge_people, suggest_twins
from sync.organization.staff_import.models import StaffBatch, StaffBatchRow
from sync.organization.staff_import.planning import Effect
from sync.organization.staff_import.staging import (
    count_effects,
    discard_batch,
    find_same_file,
    get_batch,
    list_rows,
    stage_staff_file,
)
from sync.organization.staff_import.undoing import undo_batch
from sync.organization_errors import BatchNotReady, BatchUnknown, PeopleNotMergeable
from sync.rollups.follower import rollups_follower
from sync.rollups.models import PersonModule
from sync.rollups.verify import verify_rollups
from tests.factories.learning import IRI_BASE, NOON, make_account, make_completed, record
from tests.factories.organization import (
    NOW,
    REORGANISATION,
    create_person,
    create_post,
    create_small_tree,
    create_unit,
)
from tests.factories.staff_lists import make_csv, make_staff_row, make_xlsx


def stage(
    session: Session, *rows: dict, scope: int | None = None, content: bytes | None = None
) -> StaffBatch:
    return stage_staff_file(
        session,
        content or make_csv(rows),
        file_name="danh-sach.csv",
        scope_unit_id=scope,
        by="quan-tri",
        now=NOW,
    )


def enter(session: Session, *rows: dict, scope: int | None = None) -> StaffBatch:
    batch = stage(session, *rows, scope=scope)
    start_applying(session, batch, now=NOW)
    while apply_next_rows(session, now=NOW, limit=3):
        pass
    return batch


def found_in(session: Session, batch: StaffBatch) -> dict[int, set[str]]:
    return {row.number: {one.code for one in row.findings} for row in list_rows(session, batch.batch_id)}


def registry(session: Session) -> dict[str, tuple[str, list[tuple]]]:
    """Everything about people, without numbers that a database gives."""
    session.expire_all()
    told = {}
    for detail in session.scalars(select(PersonDetail)):
        posts = session.scalars(
            select(Appointment)
            .where(Appointment.person_id == detail.person_id)
            .order_by(Appointment.valid_from, Appointment.unit_id)
        )
        told[detail.staff_code] = (
            detail.full_name,
            [
                (
                    p.unit_id,
                    p.position,
                    p.staff_category,
                    p.is_cchc,
                    p.cchc_role,
                    p.is_primary,
                    p.valid_from,
                    p.valid_to,
                )
                for p in posts
            ],
        )
    return told


def test_a_new_person_enters_with_the_post_that_the_row_says(session):
    _, _, commune = create_small_tree(session)

    enter(session, make_staff_row(cchc_role="Một cửa", valid_to="30/06/2026"))

    assert registry(session) == {
        "CB001": (
            "Trần Thị Mẫu",
            [
                (
                    commune.unit_id,
                    "Chuyên viên",
                    "cong_chuc",
                    True,
                    "one_stop",
                    True,
                    REORGANISATION,
                    date(2026, 7, 1),
                )
            ],
        )
    }


def test_xlsx_with_real_dates_says_the_same_as_csv_with_semicolons(session):
    create_small_tree(session)
    row = make_staff_row()

    by_csv = stage(session, content=make_csv([row], delimiter=";"))
    by_xlsx = stage(session, content=make_xlsx([row | {"valid_from": date(2025, 7, 1)}]))

    rows = [list_rows(session, batch.batch_id)[0] for batch in (by_csv, by_xlsx)]
    assert [(row.effect, row.findings) for row in rows] == [(Effect.NEW, ())] * 2


def test_entering_the_same_list_again_changes_nothing_and_the_second_file_is_recognised(session):
    create_small_tree(session)
    enter(session, make_staff_row())

    again = stage(session, make_staff_row())

    assert count_effects(session, again.batch_id)[Effect.SAME] == 1
    assert find_same_file(session, again) is not None


ERRORS = [
    ({"staff_code": ""}, "staff_code_missing"),
    ({"staff_code": "x" * 65}, "staff_code_malformed"),
    ({"full_name": ""}, "name_missing"),
    ({"full_name": "x" * 161}, "name_too_long"),
    ({"position": "x" * 161}, "position_too_long"),
    ({"unit_code": ""}, "unit_missing"),
    ({"unit_code": "99999"}, "unit_unknown"),
    ({"valid_from": "30/06/2025"}, "unit_unknown"),
    ({"valid_from": ""}, "day_missing"),
    ({"valid_from": "hôm qua"}, "day_malformed"),
    ({"valid_to": "31/02/2026"}, "day_malformed"),
    ({"valid_to": "30/06/2025"}, "days_reversed"),
    ({"staff_category": "Bộ đội"}, "category_unknown"),
    ({"cchc_role": "Vua"}, "role_unknown"),
    ({"is_primary": "có lẽ"}, "yes_no_unknown"),
]


@pytest.mark.parametrize(("change", "code"), ERRORS)
def test_a_row_with_an_error_stays_out_and_the_others_enter(session, change, code):
    create_small_tree(session)

    batch = enter(session, make_staff_row(**change), make_staff_row(staff_code="CB002"))

    assert code in found_in(session, batch)[2]
    assert list(registry(session)) == ["CB002"]


def test_a_code_said_twice_or_with_two_names_is_an_error_of_the_later_row(session):
    create_small_tree(session)

    batch = stage(
        session,
        make_staff_row(),
        make_staff_row(),
        make_staff_row(full_name="Người Khác", valid_from="02/07/2025"),
    )

    assert found_in(session, batch) == {2: set(), 3: {"row_repeated"}, 4: {"name_conflict"}}


def test_a_unit_code_of_two_lists_must_name_its_list(session):
    _, province, _ = create_small_tree(session)
    create_unit(session, code="02545", scheme="LOCAL", parent=province)

    batch = stage(session, make_staff_row(), make_staff_row(staff_code="CB002", unit_scheme="QD19/2025"))

    assert found_in(session, batch) == {2: {"unit_ambiguous"}, 3: set()}


def test_a_later_primary_post_elsewhere_ends_the_one_before_also_when_planned(session):
    _, province, commune = create_small_tree(session)
    person = create_person(session)
    create_post(session, person, commune)

    batch = enter(session, make_staff_row(unit_code="08", valid_from="01/01/2027"))

    spans = [(unit, start, end) for unit, *_, start, end in registry(session)["CB001"][1]]
    assert spans == [
        (commune.unit_id, REORGANISATION, date(2027, 1, 1)),
        (province.unit_id, date(2027, 1, 1), OPEN_END),
    ]
    assert found_in(session, batch)[2] == {"planned_move", "person_moves"}


def test_a_primary_post_before_a_known_one_is_refused_and_a_secondary_one_is_not(session):
    _, _province, commune = create_small_tree(session)
    create_post(session, create_person(session), commune, valid_from=date(2026, 1, 1))

    batch = stage(
        session,
        make_staff_row(unit_code="08"),
        make_staff_row(unit_code="08", is_primary="Không", valid_from="02/07/2025"),
    )

    assert found_in(session, batch) == {2: {"posts_overlap"}, 3: set()}


def test_what_happened_between_looking_and_entering_is_seen(session):
    _, province, _commune = create_small_tree(session)
    batch = stage(session, make_staff_row())
    create_post(session, create_person(session), province, valid_from=date(2026, 1, 1))

    start_applying(session, batch, now=NOW)
    apply_next_rows(session, now=NOW)

    assert found_in(session, batch)[2] == {"posts_overlap"}
    assert count_effects(session, batch.batch_id)[Effect.ERROR] == 1


def test_a_manager_touches_neither_units_nor_people_outside_the_subtree(session):
    nation, province, _commune = create_small_tree(session)
    neighbour = create_unit(session, code="04", level="province", kind="tinh", name="Cao Bằng", parent=nation)
    create_post(session, create_person(session, staff_code="CB-LA"), neighbour)

    batch = enter(
        session,
        make_staff_row(staff_code="CB-LA"),
        make_staff_row(staff_code="CB-A", unit_code="04"),
        make_staff_row(staff_code="CB-B"),
        scope=province.unit_id,
    )

    assert found_in(session, batch) == {2: {"person_elsewhere"}, 3: {"unit_outside"}, 4: set()}
    assert set(registry(session)) == {"CB-LA", "CB-B"}
    with pytest.raises(BatchUnknown):
        get_batch(session, batch.batch_id, scope_unit_id=neighbour.unit_id)


def test_the_registry_is_after_undoing_what_it_was_before(session):
    _, _province, commune = create_small_tree(session)
    moved, renamed = create_person(session, staff_code="CB-M"), create_person(session, staff_code="CB-R")
    create_post(session, moved, commune)
    create_post(session, renamed, commune)
    before = registry(session)
    batch = enter(
        session,
        make_staff_row(staff_code="CB-NEW"),
        make_staff_row(staff_code="CB-M", unit_code="08", valid_from="01/03/2026"),
        make_staff_row(staff_code="CB-R", full_name="Tên Mới", staff_category="Viên chức", is_cchc="Không"),
    )
    assert registry(session) != before

    result = undo_batch(session, batch, by="quan-tri", now=NOW)

    assert result.kept == ()
    assert registry(session) == before


def test_what_changed_after_the_import_stays_and_is_named(session):
    _, province, _commune = create_small_tree(session)
    batch = enter(session, make_staff_row(staff_code="CB-A"), make_staff_row(staff_code="CB-B"))
    person = session.scalars(select(PersonDetail).where(PersonDetail.staff_code == "CB-A")).one()
    transfer(session, person.person_id, unit_id=province.unit_id, on=date(2026, 5, 1), now=NOW)

    result = undo_batch(session, batch, by="quan-tri", now=NOW)

    assert [(change.row_number, change.kind, change.kept_because) for change in result.kept] == [
        (2, "post_added", "changed_later"),
        (2, "person_added", "in_use"),
    ]
    assert list(registry(session)) == ["CB-A"]


def test_an_old_post_does_not_come_back_over_a_later_one(session):
    _, _province, commune = create_small_tree(session)
    create_post(session, create_person(session), commune)
    batch = enter(session, make_staff_row(unit_code="08", valid_from="01/03/2026", valid_to="31/03/2026"))
    person = session.scalars(select(Person)).one()
    create_post(session, person, commune, valid_from=date(2026, 4, 1))

    result = undo_batch(session, batch, by="quan-tri", now=NOW)

    assert [(change.kind, change.kept_because) for change in result.kept] == [
        ("post_changed", "posts_overlap")
    ]


def test_a_list_dies_in_the_middle_and_goes_on_where_it_stopped(engine):
    with Session(engine) as session, session.begin():
        create_small_tree(session)
        batch = stage(session, *[make_staff_row(staff_code=f"CB{number}") for number in range(8)])
        start_applying(session, batch, now=NOW)
        batch_id = batch.batch_id
    with Session(engine) as session, session.begin():
        assert apply_next_rows(session, now=NOW, limit=3) == 3
    with Session(engine) as session:
        # The process dies before it commits.
        apply_next_rows(session, now=NOW, limit=3)
        session.rollback()

    with Session(engine) as session, session.begin():
        assert is_batch_applying(session)
    told = []
    apply_to_the_end(partial(_begin, engine), batch_id, clock=lambda: NOW, told=told.append)

    with Session(engine) as session:
        assert len(registry(session)) == 8
        assert session.get_one(StaffBatch, batch_id).state == "applied"
        assert session.scalar(select(func.count()).where(StaffBatchRow.content != "")) == 0
        assert sum(told) == 5


@contextmanager
def _begin(engine: Engine) -> Iterator[Session]:
    with Session(engine) as session, session.begin():
        yield session


def test_steps_happen_once(session):
    create_small_tree(session)
    batch = stage(session, make_staff_row())
    discard_batch(session, batch)

    with pytest.raises(BatchNotReady):
        start_applying(session, batch, now=NOW)
    with pytest.raises(BatchNotReady):
        undo_batch(session, batch, by="quan-tri", now=NOW)
    assert [row.values for row in list_rows(session, batch.batch_id)] == [{}]


def test_counts_follow_an_import_and_its_undoing(session):
    _, province, commune = create_small_tree(session)
    person = create_person(session)
    create_post(session, person, commune)
    account = find_identity(session, make_account(), now=NOW)
    link_identity(session, account.identity_id, person_id=person.person_id, now=NOW)
    record(session, make_completed())
    follow(session)

    batch = enter(session, make_staff_row(unit_code="08", valid_from="01/03/2026"))
    follow(session)
    moved_to = session.scalars(select(PersonModule.leaf_unit_id)).one()
    undo_batch(session, batch, by="quan-tri", now=NOW)
    follow(session)

    assert moved_to == province.unit_id
    assert session.scalars(select(PersonModule.leaf_unit_id)).one() == commune.unit_id
    assert verify_rollups(session, iri_base=IRI_BASE).agree


def follow(session: Session) -> None:
    while follow_once(session, rollups_follower(iri_base=IRI_BASE), limit=100, now=NOON):
        session.expire_all()


def test_two_people_of_one_name_in_one_unit_are_suggested_and_made_one_and_two_again(session):
    _, province, commune = create_small_tree(session)
    enter(
        session,
        make_staff_row(staff_code="CB-1", full_name="Lê Văn Hai"),
        make_staff_row(staff_code="CB-2", full_name="Lê Văn Hai"),
        make_staff_row(
            staff_code="CB-2",
            full_name="Lê Văn Hai",
            unit_code="08",
            is_primary="Không",
            valid_from="01/08/2025",
        ),
    )
    before = registry(session)
    [twins] = suggest_twins(session, root_id=province.unit_id)
    account = find_identity(session, make_account(), now=NOW)
    link_identity(session, account.identity_id, person_id=twins.other_id, now=NOW)

    batch = merge_people(
        session, keep_id=twins.person_id, drop_id=twins.other_id, scope_unit_id=None, by="quan-tri", now=NOW
    )
    merged = registry(session)
    owner = account.person_id
    result = undo_batch(session, batch, by="quan-tri", now=NOW)

    assert twins.is_certain
    assert merged["CB-2"][1] == []
    assert [unit for unit, *_ in merged["CB-1"][1]] == [commune.unit_id, province.unit_id]
    assert owner == twins.person_id
    assert result.kept == ()
    assert registry(session) == before


def test_nobody_is_merged_into_himself(session):
    person = create_person(session)

    with pytest.raises(PeopleNotMergeable):
        merge_people(
            session, keep_id=person.person_id, drop_id=person.person_id, scope_unit_id=None, by="a", now=NOW
        )
