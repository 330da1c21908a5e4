"""A new official list of units: compared, applied on its day, taken back; the real one of 1 July 2025."""

import csv
import io
from collections import Counter
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from sync.followers import follow_once
from sync.organization.check import check_units
from sync.organization.closure import rebuild_closure
from sync.organization.kinds import full_name
from sync.organization.load import load_unit_list
from sync.organization.local_units import add_local_unit
from sync.organization.models import (
    COMMAND,
    OPEN_END,
    Appointment,
    Unit,
    UnitClosure,
    UnitLabel,
    UnitSuccession,
)
from sync.organization.staff import find_identity, link_identity
from sync.organization.unit_files import BEFORE, CENTRAL, NOW, UnitList, read_unit_list
from sync.organization.unit_import.applying import apply_unit_list
from sync.organization.unit_import.difference import ChangeKind
from sync.organization.unit_import.models import UnitImport
from sync.organization.unit_import.staging import (
    ListTerms,
    compare_with_units,
    discard_unit_import,
    look_ahead,
    stage_unit_list,
)
from sync.organization.unit_import.undoing import undo_unit_list
from sync.organization_errors import UnitImportNotReady, UnitImportNotUndoable
from sync.rollups.follower import rollups_follower
from sync.rollups.models import PersonModule
from sync.rollups.verify import verify_rollups
from tests.factories.learning import IRI_BASE, NOON, make_account, make_completed, record
from tests.factories.organization import NOW as TODAY
from tests.factories.organization import (
    REORGANISATION,
    create_person,
    create_post,
    create_small_tree,
    create_unit,
)

DAY = date(2026, 1, 1)
#: Districts without communes: nothing but the table says where they went.
ISLANDS = {"318", "471", "498", "536", "755"}


def list_file(*rows: tuple[str, ...], header=("Mã", "Tên", "Loại", "Mã cấp trên")) -> bytes:
    written = io.StringIO(newline="")
    csv.writer(written).writerows([header, *rows])
    return written.getvalue().encode()


def conversion_file(*rows: tuple[str, ...]) -> bytes:
    return list_file(*rows, header=("Mã cũ", "Mã mới", "Phạm vi"))


def stage(session, content, conversion=None, *, scheme=NOW, replaces=NOW, on=DAY, within="") -> UnitImport:
    terms = ListTerms(scheme, replaces, on, "NQ thử nghiệm", within_code=within)
    return stage_unit_list(
        session, content, conversion, terms=terms, file_name="danh-muc.csv", by="quan-tri", now=TODAY
    )


def snapshot(session: Session) -> tuple:
    """Everything about units, without the numbers of nodes."""
    session.expire_all()
    parent, other = aliased(Unit), aliased(Unit)
    units = session.execute(
        select(Unit.scheme, Unit.code, Unit.level, parent.code, Unit.valid_from, Unit.valid_to).outerjoin(
            parent, parent.unit_id == Unit.parent_id
        )
    )
    names = session.execute(
        select(
            Unit.scheme, Unit.code, UnitLabel.valid_from, UnitLabel.valid_to, UnitLabel.name, UnitLabel.kind
        ).join(UnitLabel, UnitLabel.unit_id == Unit.unit_id)
    )
    steps = session.execute(
        select(Unit.code, other.code, UnitSuccession.on_date, UnitSuccession.mode, UnitSuccession.is_default)
        .join(Unit, Unit.unit_id == UnitSuccession.from_unit_id)
        .join(other, other.unit_id == UnitSuccession.to_unit_id)
    )
    above = session.execute(
        select(Unit.code, Unit.valid_from, other.code, UnitClosure.depth)
        .join(Unit, Unit.unit_id == UnitClosure.descendant_id)
        .join(other, other.unit_id == UnitClosure.ancestor_id)
        .where(UnitClosure.hierarchy == COMMAND)
    )
    return tuple(Counter(tuple(row) for row in rows) for rows in (units, names, steps, above))


def before_the_reorganisation() -> UnitList:
    """The shipped list as it would have been known in June 2025."""
    whole = read_unit_list()
    units = [
        replace(one, valid_to=OPEN_END) if one.scheme == BEFORE else one
        for one in whole.units
        if one.scheme in {BEFORE, CENTRAL}
    ]
    steps = [one for one in whole.successions if one.from_scheme == CENTRAL]
    return replace(
        whole,
        units=tuple(units),
        successions=tuple(steps),
        names=tuple(n for n in whole.names if n.scheme != NOW),
    )


def test_the_reorganisation_of_1_july_2025_gives_the_units_that_we_ship(session):
    whole = read_unit_list()
    load_unit_list(session, before_the_reorganisation())
    before = snapshot(session)
    listed = list_file(
        *[
            (u.code, u.name, u.kind, u.parent)
            for u in whole.units
            if u.scheme == NOW and u.valid_from == REORGANISATION
        ]
    )
    conversions = [s for s in whole.successions if s.to_scheme == NOW and s.on_date == REORGANISATION]
    table = list_file(
        *[
            (
                s.from_code,
                s.to_code,
                "Nhập toàn bộ" if s.mode == "whole" else "Một phần",
                "Có" if s.is_default else "",
            )
            for s in conversions
            if len(s.from_code) == 5 or s.from_code in ISLANDS
        ],
        header=("Mã cũ", "Mã mới", "Phạm vi", "Kế thừa mặc định"),
    )

    staged = stage(session, listed, table, replaces=BEFORE, on=REORGANISATION)
    outlook = look_ahead(session, staged)
    applied = apply_unit_list(session, staged, by="quan-tri", now=TODAY)

    counted = outlook.difference.count()
    assert (counted[ChangeKind.CLOSED], applied.made, applied.closed) == (10_794, 3_355, 10_794)
    assert outlook.difference.problems == ()
    assert check_units(session).problems == ()
    steps = session.execute(
        select(Unit.code, _TO.code, UnitSuccession.mode, UnitSuccession.is_default)
        .join(Unit, Unit.unit_id == UnitSuccession.from_unit_id)
        .join(_TO, _TO.unit_id == UnitSuccession.to_unit_id)
        .where(_TO.scheme == NOW)
    )
    # Districts and provinces were not in the table: they are derived from where their communes went.
    assert Counter(map(tuple, steps)) == Counter(
        (s.from_code, s.to_code, s.mode, s.is_default) for s in conversions
    )
    made = session.execute(
        select(Unit.code, UnitLabel.name, _TO.code)
        .join(UnitLabel, UnitLabel.unit_id == Unit.unit_id)
        .join(_TO, _TO.unit_id == Unit.parent_id)
        .where(Unit.scheme == NOW)
    )
    assert {tuple(row) for row in made} == {
        (u.code, full_name(u.kind, u.name), u.parent or "VN") for u in whole.units if u.scheme == NOW
    }

    undo_unit_list(session, staged, by="quan-tri", now=TODAY)

    assert snapshot(session) == before


_TO = aliased(Unit)


@pytest.fixture
def tree(session):
    """Nation → Tuyên Quang → Tân Trào, Sơn Dương; and Cao Bằng → Trùng Khánh."""
    nation, province, commune = create_small_tree(session)
    create_unit(session, code="02600", name="Sơn Dương", parent=province)
    other = create_unit(session, code="04", level="province", kind="tinh", name="Cao Bằng", parent=nation)
    create_unit(session, code="01500", name="Trùng Khánh", parent=other)
    rebuild_closure(session)
    return nation, province, commune


SAME = (
    ("08", "Tuyên Quang", "Tỉnh", ""),
    ("02545", "Tân Trào", "Xã", "08"),
    ("02600", "Sơn Dương", "Xã", "08"),
    ("04", "Cao Bằng", "Tỉnh", ""),
    ("01500", "Trùng Khánh", "Xã", "04"),
)


def changed(**rows: tuple[str, str, str]) -> list[tuple[str, ...]]:
    """The list with other rows for some codes (written c02545)."""
    return [(one[0], *rows.get(f"c{one[0]}", one[1:])) for one in SAME]


def test_the_list_that_is_known_changes_nothing_and_cannot_be_applied(session, tree):
    staged = stage(session, list_file(*SAME))

    assert compare_with_units(session, staged).changes == ()
    with pytest.raises(UnitImportNotReady, match="changes nothing"):
        apply_unit_list(session, staged, by="a", now=TODAY)


def test_a_new_name_or_kind_is_a_label_and_the_node_stays(session, tree):
    rows = changed(
        c08=("Tuyên Quang", "Thành phố", ""),
        c02545=("Phường Tân Trào", "", "08"),
        c02600=("Sơn Dương Mới", "Xã", "08"),
    )
    staged = stage(session, list_file(*rows))
    before = snapshot(session)

    difference = compare_with_units(session, staged)
    applied = apply_unit_list(session, staged, by="a", now=TODAY)
    names = session.scalars(
        select(UnitLabel.name)
        .join(Unit, Unit.unit_id == UnitLabel.unit_id)
        .where(UnitLabel.valid_from == DAY)
    ).all()
    undo_unit_list(session, staged, by="a", now=TODAY)

    assert difference.count() == {ChangeKind.RENAMED: 1, ChangeKind.RECLASSIFIED: 2}
    assert (applied.made, applied.closed, applied.relabelled) == (0, 0, 3)
    assert sorted(names) == ["Phường Tân Trào", "Thành phố Tuyên Quang", "Xã Sơn Dương Mới"]
    assert snapshot(session) == before


def test_a_tone_mark_on_another_vowel_is_no_new_name(session, tree):
    session.execute(
        UnitLabel.__table__.update()
        .where(UnitLabel.name == "Xã Sơn Dương")
        .values(name="Xã Hoà An", short_name="Hoà An")
    )

    staged = stage(session, list_file(*changed(c02600=("Hòa An", "Xã", "08"))))

    assert compare_with_units(session, staged).changes == ()


def test_a_commune_that_goes_to_another_province_is_a_new_node_with_the_old_as_predecessor(session, tree):
    staged = stage(session, list_file(*changed(c02600=("Sơn Dương", "Xã", "04"))))

    difference = compare_with_units(session, staged)
    apply_unit_list(session, staged, by="a", now=TODAY)

    assert difference.count() == {ChangeKind.MOVED: 1}
    [step] = session.scalars(select(UnitSuccession))
    assert (step.mode, step.is_default, step.on_date) == ("whole", True, DAY)
    assert check_units(session).problems == ()


def test_merging_two_communes_makes_a_new_node_even_if_the_code_goes_on(session, tree):
    rows = [row for row in SAME if row[0] != "02600"]
    table = conversion_file(("02545", "02545", "Nhập toàn bộ"), ("02600", "02545", "Nhập toàn bộ"))

    staged = stage(session, list_file(*rows), table)
    difference = compare_with_units(session, staged)
    apply_unit_list(session, staged, by="a", now=TODAY)

    assert difference.count() == {ChangeKind.MERGED: 1, ChangeKind.CLOSED: 1}
    assert len(session.scalars(select(Unit).where(Unit.code == "02545")).all()) == 2


def test_a_province_that_gains_ground_takes_new_nodes_for_everything_below(session, tree):
    table = conversion_file(("04", "08", "Nhập toàn bộ"), ("08", "08", "Nhập toàn bộ"))
    rows = [("08", "Tuyên Quang", "Tỉnh", ""), *[(c, n, k, "08") for c, n, k, p in SAME if p]]

    staged = stage(session, list_file(*rows), table)
    apply_unit_list(session, staged, by="a", now=TODAY)

    assert {u.code for u in session.scalars(select(Unit).where(Unit.valid_from == DAY))} == {
        "08",
        "02545",
        "02600",
        "01500",
    }
    assert check_units(session).problems == ()


def test_a_list_of_one_province_leaves_the_others_alone(session, tree):
    rows = [("08", "Tuyên Quang", "Tỉnh", ""), ("02545", "Tân Trào", "Xã", "08")]
    table = conversion_file(("02600", "02545", "Nhập toàn bộ"), ("02545", "02545", "Nhập toàn bộ"))

    difference = compare_with_units(session, stage(session, list_file(*rows), table, within="08"))

    assert {one.code for one in difference.closed} == {"02545", "02600"}


@pytest.mark.parametrize(
    ("rows", "table", "code"),
    [
        ([*SAME, SAME[1]], (), "unit_code_repeated"),
        ([*SAME, ("09999", "Mồ Côi", "Xã", "99")], (), "unit_parent_unknown"),
        ([*SAME, ("09999", "Không Loại", "", "08")], (), "unit_row_incomplete"),
        (SAME, (("77777", "02545", ""),), "old_code_unknown"),
        (SAME, (("02545", "77777", ""),), "new_code_unknown"),
    ],
)
def test_a_list_with_errors_is_shown_and_never_applied(session, tree, rows, table, code):
    staged = stage(session, list_file(*rows), conversion_file(*table) if table else None)
    before = snapshot(session)

    assert code in {one.code for one in compare_with_units(session, staged).problems if one.is_error}
    with pytest.raises(UnitImportNotReady):
        apply_unit_list(session, staged, by="a", now=TODAY)
    assert snapshot(session) == before


def test_a_list_for_a_day_before_a_known_change_is_refused(session, tree):
    apply_unit_list(
        session, stage(session, list_file(*changed(c02600=("Sơn Mới", "Xã", "08")))), by="a", now=TODAY
    )

    earlier = stage(session, list_file(*changed(c02600=("Sơn Cũ", "Xã", "08"))), on=date(2025, 12, 1))

    assert "later_change_known" in {one.code for one in compare_with_units(session, earlier).problems}


def test_people_learning_and_departments_go_along_and_come_back(session, tree):
    _, _province, commune = tree
    office = add_local_unit(
        session, commune.unit_id, code="P-VP", name="Văn phòng", kind="phong", valid_from=REORGANISATION
    )
    person, clerk = create_person(session), create_person(session, staff_code="CB002")
    create_post(session, person, commune)
    create_post(session, clerk, office)
    account = find_identity(session, make_account(), now=TODAY)
    link_identity(session, account.identity_id, person_id=person.person_id, now=TODAY)
    record(session, make_completed())
    follow(session)
    before = snapshot(session)
    rows = [("08", "Tuyên Quang", "Tỉnh", ""), ("02600", "Sơn Dương", "Xã", "08"), *SAME[3:]]
    table = conversion_file(("02545", "02600", "Nhập toàn bộ"), ("02600", "02600", "Nhập toàn bộ"))

    staged = stage(session, list_file(*rows), table)
    outlook = look_ahead(session, staged)
    applied = apply_unit_list(session, staged, by="a", now=TODAY)
    follow(session)
    heir = session.scalars(select(Unit.unit_id).where(Unit.code == "02600", Unit.valid_from == DAY)).one()
    counted = session.scalars(select(PersonModule.leaf_unit_id)).one()
    posts_then = set(session.scalars(select(Appointment.unit_id).where(Appointment.valid_from == DAY)))
    undo_unit_list(session, staged, by="a", now=TODAY)
    follow(session)

    assert (outlook.departments, outlook.people, outlook.stranded, applied.posts) == (1, 2, 0, 2)
    assert counted == heir
    assert posts_then == {heir}
    assert session.scalars(select(PersonModule.leaf_unit_id)).one() == commune.unit_id
    assert snapshot(session) == before
    assert verify_rollups(session, iri_base=IRI_BASE).agree


def test_a_list_on_whose_units_somebody_was_appointed_is_not_taken_back(session, tree):
    staged = stage(session, list_file(*changed(c02600=("Sơn Dương", "Xã", "04"))))
    apply_unit_list(session, staged, by="a", now=TODAY)
    made = session.scalars(select(Unit).where(Unit.code == "02600", Unit.valid_from == DAY)).one()
    create_post(session, create_person(session), made, valid_from=DAY)
    session.flush()
    after = snapshot(session)

    with pytest.raises(UnitImportNotUndoable):
        undo_unit_list(session, staged, by="a", now=TODAY)

    assert snapshot(session) == after


def test_a_list_is_thrown_away_once(session, tree):
    staged = stage(session, list_file(*SAME))
    discard_unit_import(session, staged)

    with pytest.raises(UnitImportNotReady):
        discard_unit_import(session, staged)


def follow(session: Session) -> None:
    while follow_once(session, rollups_follower(iri_base=IRI_BASE), limit=100, now=NOON):
        session.expire_all()
