"""The real list of units in both databases: loading, asking as of a day, searching, following successors."""

import threading
import uuid
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import psycopg
import pytest
from sqlalchemy import Engine, delete, func, select, text, update
from sqlalchemy.orm import Session

from lti_tool.all_models import metadata
from lti_tool.database import create_database_engine
from sync.errors import UnitCodeTaken, UnitListChanged, UnitNotInForce, UnitUnknown
from sync.organization.check import OFFICIAL_COUNTS, check_units
from sync.organization.closure import rebuild_closure
from sync.organization.load import load_unit_list, load_units
from sync.organization.local_units import LOCAL, add_local_unit
from sync.organization.models import COMMAND, TERRITORY, Unit, UnitClosure, UnitLabel, UnitSuccession
from sync.organization.unit_files import ListedName, ListedSuccession, ListedUnit, UnitList, read_unit_list
from sync.organization.units import (
    breadcrumb,
    children_of,
    find_nation,
    find_unit,
    get_unit,
    label_on,
    predecessors_of,
    search_units,
    successors_of,
)
from tests.factories.organization import create_small_tree, create_unit

OLD, NEW = "QD124/2004", "QD19/2025"
LAST_OLD_DAY, FIRST_NEW_DAY, TODAY = date(2025, 6, 30), date(2025, 7, 1), date(2026, 11, 24)
#: The nation and 36 central bodies, provinces, districts, communes before and after.
ALL_UNITS = 37 + 63 + 34 + 696 + 10_035 + 3_321


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def loaded_engine(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Engine]:
    """A database of this module's own that holds the whole shipped list; tests roll back."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path_factory.mktemp('units') / 'units.sqlite'}"
        yield from _loaded(url)
        return
    server = request.getfixturevalue("postgresql_server")
    name = f"cchc_test_units_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(server.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    yield from _loaded(server.rsplit("/", 1)[0] + f"/{name}")
    with psycopg.connect(server.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def _loaded(url: str) -> Iterator[Engine]:
    engine = create_database_engine(url)
    metadata.create_all(engine)
    with Session(engine) as session, session.begin():
        assert load_units(session).is_new
    yield engine
    engine.dispose()


@pytest.fixture
def country(loaded_engine: Engine) -> Iterator[Session]:
    """A session on the loaded list; what a test changes is rolled back."""
    with Session(loaded_engine, expire_on_commit=False) as session:
        yield session


def test_the_whole_list_is_loaded_and_checks_out(country):
    result = check_units(country)

    assert country.scalar(select(func.count()).select_from(Unit)) == ALL_UNITS
    assert [count for count in result.counts if count.found != count.expected] == []
    assert len(result.counts) == sum(map(len, OFFICIAL_COUNTS.values()))
    assert result.problems == ()
    assert result.agree


def test_loading_a_second_time_changes_nothing_and_says_so(country):
    before = country.execute(text("SELECT max(unit_id), count(*) FROM sync_unit")).one()

    again = load_units(country)

    assert not again.is_new
    assert again.units == ALL_UNITS
    assert country.execute(text("SELECT max(unit_id), count(*) FROM sync_unit")).one() == before


def test_another_list_than_the_loaded_one_is_refused_and_nothing_is_overwritten(country):
    listed = read_unit_list()
    other = replace(listed, digest="0" * 64)

    with pytest.raises(UnitListChanged, match="000000000000"):
        load_unit_list(country, other)

    assert country.scalar(select(func.count()).select_from(Unit)) == ALL_UNITS


def test_the_closure_holds_every_ancestor_of_every_unit(country):
    """Depths: nation 0, central bodies and provinces 1, districts and new communes 2, old communes 3."""
    depths = 1 * (36 + 63 + 34) + 2 * (696 + 3_321) + 3 * 10_035
    rows = 1 + 2 * (36 + 63 + 34) + 3 * (696 + 3_321) + 4 * 10_035
    # Each unit counts its ancestors' depths: 1, then 1 + 2, then 1 + 2 + 3.
    summed = 1 * (36 + 63 + 34) + 3 * (696 + 3_321) + 6 * 10_035

    for hierarchy in (COMMAND, TERRITORY):
        found = country.execute(
            select(func.count(), func.sum(UnitClosure.depth), func.max(UnitClosure.depth)).where(
                UnitClosure.hierarchy == hierarchy
            )
        ).one()
        assert tuple(found) == (rows, summed, 3)
    to_the_nation = select(func.sum(UnitClosure.depth)).where(
        UnitClosure.hierarchy == COMMAND, UnitClosure.ancestor_id == find_nation(country).unit_id
    )
    assert country.scalar(to_the_nation) == depths


def test_one_code_means_different_units_before_and_after(country):
    old = get_unit(country, scheme=OLD, code="00004", on_date=LAST_OLD_DAY)
    new = get_unit(country, scheme=NEW, code="00004", on_date=FIRST_NEW_DAY)

    assert (old.name, new.name) == ("Phường Trúc Bạch", "Phường Ba Đình")
    assert old.unit_id != new.unit_id
    assert find_unit(country, scheme=OLD, code="00004", on_date=FIRST_NEW_DAY) is None
    assert find_unit(country, scheme=NEW, code="00004", on_date=LAST_OLD_DAY) is None


def test_an_unknown_code_is_refused_with_the_code_and_the_day(country):
    with pytest.raises(UnitUnknown, match=r"'4'.*2025-07-01"):
        get_unit(country, scheme=NEW, code="4", on_date=FIRST_NEW_DAY)


@pytest.mark.parametrize(
    ("scheme", "code", "day", "way"),
    [
        (OLD, "02545", LAST_OLD_DAY, ["Cả nước", "Tỉnh Tuyên Quang", "Huyện Sơn Dương", "Xã Tân Trào"]),
        (NEW, "02545", FIRST_NEW_DAY, ["Cả nước", "Tỉnh Tuyên Quang", "Xã Tân Trào"]),
        (OLD, "46", date(2024, 12, 31), ["Cả nước", "Tỉnh Thừa Thiên Huế"]),
        (OLD, "46", date(2025, 1, 1), ["Cả nước", "Thành phố Huế"]),
        (NEW, "26368", date(2026, 4, 29), ["Cả nước", "Tỉnh Đồng Nai", "Xã Long Thành"]),
        (NEW, "26368", date(2026, 4, 30), ["Cả nước", "Thành phố Đồng Nai", "Phường Long Thành"]),
        ("TW", "bo-noi-vu", TODAY, ["Cả nước", "Bộ Nội vụ"]),
    ],
)
def test_the_way_down_bears_the_names_of_the_day(country, scheme, code, day, way):
    unit = get_unit(country, scheme=scheme, code=code, on_date=day)

    assert [step.name for step in breadcrumb(country, unit.unit_id, on_date=day)] == way


def test_a_new_name_is_the_same_unit(country):
    before = get_unit(country, scheme=NEW, code="75", on_date=date(2026, 4, 29))
    after = get_unit(country, scheme=NEW, code="75", on_date=date(2026, 4, 30))

    assert before.unit_id == after.unit_id
    assert (before.kind, after.kind) == ("tinh", "thanh-pho")


def test_outside_its_life_a_unit_bears_its_first_or_last_name(country):
    hue = get_unit(country, scheme=OLD, code="46", on_date=LAST_OLD_DAY).unit_id

    assert label_on(country, [hue], on_date=date(2020, 1, 1))[hue].name == "Tỉnh Thừa Thiên Huế"
    assert label_on(country, [hue], on_date=TODAY)[hue].name == "Thành phố Huế"
    assert label_on(country, [], on_date=TODAY) == {}


def test_the_names_of_all_units_come_at_once(country):
    ids = list(country.scalars(select(Unit.unit_id)))

    named = label_on(country, ids, on_date=TODAY)

    assert len(named) == len(ids)


@pytest.mark.parametrize(("day", "provinces"), [(LAST_OLD_DAY, 63), (FIRST_NEW_DAY, 34)])
def test_the_children_of_the_nation_are_those_of_the_day(country, day, provinces):
    children = children_of(country, find_nation(country).unit_id, on_date=day)

    assert [child.level for child in children] == ["central"] * 22 + ["province"] * provinces
    assert all(child.is_in_force(day) for child in children)


def test_a_closed_unit_has_no_children_afterwards(country):
    district = get_unit(country, scheme=OLD, code="001", on_date=LAST_OLD_DAY)

    assert len(children_of(country, district.unit_id, on_date=LAST_OLD_DAY)) > 0
    assert children_of(country, district.unit_id, on_date=FIRST_NEW_DAY) == []


@pytest.mark.parametrize("text", ["tan trao", "Xã Tân Trào", "TÂN TRÀO", "xa tan trao", " tân  trào "])
def test_a_name_is_found_however_it_is_typed(country, text):
    found = search_units(country, text, on_date=TODAY)

    assert found[0].unit.name == "Xã Tân Trào"
    assert [unit.name for unit in found[0].above] == ["Cả nước", "Tỉnh Tuyên Quang"]


def test_an_exact_name_comes_before_names_that_contain_it(country):
    names = [found.unit.name for found in search_units(country, "hue", on_date=TODAY)]

    assert names[0] == "Thành phố Huế"
    assert "Phường Thụy Khuê" not in names[:2]


@pytest.mark.parametrize("text", ["", "  ", "%", "_", "không có xã này"])
def test_a_search_for_nothing_or_for_wildcards_finds_nothing(country, text):
    assert search_units(country, text, on_date=TODAY) == []


def test_a_search_stops_at_its_limit(country):
    assert len(search_units(country, "xa", on_date=TODAY, limit=7)) == 7


def test_a_divided_commune_has_several_successors_the_default_one_first(country):
    commune = get_unit(country, scheme=OLD, code="00040", on_date=LAST_OLD_DAY)

    steps = successors_of(country, commune.unit_id)

    assert commune.name == "Phường Đồng Xuân"
    assert len(steps) > 1
    assert [step.is_default for step in steps] == [True] + [False] * (len(steps) - 1)
    assert {step.mode for step in steps} == {"part"}
    assert {step.on_date for step in steps} == {FIRST_NEW_DAY}
    assert {step.legal_basis for step in steps} == {"NQ 1656/NQ-UBTVQH15"}


def test_a_new_unit_knows_its_predecessors_by_their_last_names(country):
    hue = get_unit(country, scheme=NEW, code="46", on_date=FIRST_NEW_DAY)
    ministry = get_unit(country, scheme="TW", code="bo-noi-vu", on_date=TODAY)

    assert [step.unit.name for step in predecessors_of(country, hue.unit_id)][:1] == ["Thành phố Huế"]
    assert sorted(step.unit.name for step in predecessors_of(country, ministry.unit_id)) == [
        "Bộ Lao động - Thương binh và Xã hội",
        "Bộ Nội vụ",
    ]


def test_an_island_district_became_a_special_zone(country):
    island = get_unit(country, scheme=OLD, code="536", on_date=LAST_OLD_DAY)

    assert [step.unit.name for step in successors_of(country, island.unit_id)] == ["Đặc khu Lý Sơn"]


def test_a_department_is_added_below_its_province_with_all_ancestors(country):
    province = get_unit(country, scheme=NEW, code="08", on_date=TODAY)

    office = add_local_unit(
        country, province.unit_id, code="08.SNV", name="Sở Nội vụ tỉnh Tuyên Quang", kind="so",
        valid_from=FIRST_NEW_DAY, legal_basis="NĐ 150/2025/NĐ-CP",
    )  # fmt: skip

    way = [unit.name for unit in breadcrumb(country, office.unit_id, on_date=TODAY)]
    assert way == ["Cả nước", "Tỉnh Tuyên Quang", "Sở Nội vụ tỉnh Tuyên Quang"]
    assert (office.scheme, office.level) == (LOCAL, "province")
    assert search_units(country, "so noi vu", on_date=TODAY)[0].unit.unit_id == office.unit_id
    assert check_units(country).agree


def test_a_department_ends_with_its_parent_and_does_not_outlive_it(country):
    old = get_unit(country, scheme=OLD, code="08", on_date=LAST_OLD_DAY)

    office = add_local_unit(
        country, old.unit_id, code="08.SNV", name="Sở Nội vụ", kind="so", valid_from=date(2023, 1, 1)
    )

    assert office.valid_to == FIRST_NEW_DAY
    with pytest.raises(UnitNotInForce):
        add_local_unit(
            country, old.unit_id, code="08.STC", name="Sở Tài chính", kind="so", valid_from=date(2023, 1, 1),
            valid_to=date(2026, 1, 1),
        )  # fmt: skip


def test_a_department_code_may_be_used_again_only_after_its_first_owner(session):
    _, province, _ = create_small_tree(session)
    add_local_unit(
        session, province.unit_id, code="A", name="Phòng A", kind="phong", valid_from=FIRST_NEW_DAY,
        valid_to=date(2026, 1, 1),
    )  # fmt: skip

    with pytest.raises(UnitCodeTaken):
        add_local_unit(
            session, province.unit_id, code="A", name="Phòng B", kind="phong", valid_from=date(2025, 12, 31)
        )
    later = add_local_unit(
        session, province.unit_id, code="A", name="Phòng B", kind="phong", valid_from=date(2026, 1, 1)
    )
    assert find_unit(session, scheme=LOCAL, code="A", on_date=TODAY).unit_id == later.unit_id


def test_a_department_needs_a_parent(session):
    with pytest.raises(UnitUnknown):
        add_local_unit(session, 999, code="A", name="Phòng A", kind="phong", valid_from=FIRST_NEW_DAY)


def test_without_a_list_there_is_no_nation(session):
    with pytest.raises(UnitUnknown, match="cchc units load"):
        find_nation(session)


def test_an_office_that_lies_elsewhere_has_other_ancestors_in_the_territory(session):
    nation, province, commune = create_small_tree(session)
    ministry = create_unit(
        session, code="bo", scheme="TW", level="central", kind="bo", name="Bộ Tài chính", parent=nation
    )
    office = create_unit(session, code="cuc", scheme=LOCAL, level="central", kind="cuc", parent=ministry)
    office.territory_id = commune.unit_id
    session.flush()

    rebuild_closure(session)

    ancestors = {
        hierarchy: list(
            session.scalars(
                select(UnitClosure.ancestor_id)
                .where(UnitClosure.hierarchy == hierarchy, UnitClosure.descendant_id == office.unit_id)
                .order_by(UnitClosure.depth)
            )
        )
        for hierarchy in (COMMAND, TERRITORY)
    }
    assert ancestors[COMMAND] == [office.unit_id, ministry.unit_id, nation.unit_id]
    assert ancestors[TERRITORY] == [office.unit_id, commune.unit_id, province.unit_id, nation.unit_id]


def _tiny_list() -> UnitList:
    def unit(scheme: str, code: str, level: str, parent: str, start: date, end: date) -> ListedUnit:
        return ListedUnit(scheme, code, level, "xa", f"Tên {code}", parent, start, end, "enacted", "Luật")

    start, end = date(2022, 11, 17), date(9999, 12, 31)
    return UnitList(
        units=(
            unit("TW", "VN", "national", "", start, end),
            unit(OLD, "08", "province", "", start, FIRST_NEW_DAY),
            unit(NEW, "08", "province", "", FIRST_NEW_DAY, end),
        ),
        names=(ListedName(NEW, "08", date(2026, 1, 1), "tinh", "Tên mới", "enacted", "Luật"),),
        successions=(ListedSuccession(OLD, "08", NEW, "08", FIRST_NEW_DAY, "whole", True, "Luật"),),
        digest="1" * 64,
    )


@pytest.mark.parametrize(
    ("damage", "problem"),
    [
        (delete(UnitClosure).where(UnitClosure.depth == 1, UnitClosure.hierarchy == COMMAND), "closure"),
        (delete(UnitLabel).where(UnitLabel.valid_from == date(2026, 1, 1)), "without a name"),
        (delete(UnitSuccession), "default successor"),
        (update(Unit).where(Unit.code == "VN").values(valid_from=date(2024, 1, 1)), "parent's dates"),
    ],
    ids=["closure", "labels", "successions", "dates"],
)
def test_the_check_finds_each_kind_of_damage(session, damage, problem):
    load_unit_list(session, _tiny_list())
    assert check_units(session).problems == ()

    session.execute(damage)

    assert any(problem in sentence for sentence in check_units(session).problems)


@pytest.mark.postgresql
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_two_processes_that_load_at_once_load_one_list(engine):
    results: list[bool] = []
    both_ready = threading.Barrier(2)

    def load() -> None:
        with Session(engine) as session, session.begin():
            session.connection()
            both_ready.wait(10)
            results.append(load_unit_list(session, _tiny_list()).is_new)

    threads = [threading.Thread(target=load) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    with Session(engine) as session:
        assert session.scalar(select(func.count()).select_from(Unit)) == 3
    assert sorted(results) == [False, True]
