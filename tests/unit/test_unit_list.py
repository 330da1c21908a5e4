"""The shipped list of units agrees with the official counts, with itself and with a second source."""

import csv
import re
import unicodedata
from collections import Counter, defaultdict
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest

from sync.organization.kinds import KIND_WORDS, full_name
from sync.organization.unit_files import (
    BEFORE,
    CENTRAL,
    NOW,
    ListedUnit,
    UnitList,
    read_unit_list,
    shipped_folder,
)

LAST_OLD_DAY = date(2025, 6, 30)
FIRST_NEW_DAY = date(2025, 7, 1)
PROGRAMME_START = date(2022, 11, 17)
CONTROL = Path(__file__).with_name("unit_list_control.csv")
#: Island districts without communes, and the special zones that they became.
ISLANDS = {"318": "11948", "471": "19742", "498": "20333", "536": "21548", "755": "26732"}


@pytest.fixture(scope="module")
def listed() -> UnitList:
    return read_unit_list()


def _on(listed: UnitList, day: date, level: str) -> list[ListedUnit]:
    return [unit for unit in listed.units if unit.level == level and unit.valid_from <= day < unit.valid_to]


def _kinds_on(listed: UnitList, day: date, level: str) -> Counter[str]:
    """Kinds on a day, later changes of kind included."""
    kinds = {(unit.scheme, unit.code): unit.kind for unit in _on(listed, day, level)}
    for name in sorted(listed.names, key=lambda name: name.valid_from):
        if name.valid_from <= day and (name.scheme, name.code) in kinds:
            kinds[name.scheme, name.code] = name.kind
    return Counter(kinds.values())


@pytest.mark.parametrize(
    ("day", "level", "number"),
    [
        (date(2025, 2, 28), "central", 30),
        (date(2025, 3, 1), "central", 22),
        (LAST_OLD_DAY, "province", 63),
        (LAST_OLD_DAY, "district", 696),
        (LAST_OLD_DAY, "commune", 10_035),
        (FIRST_NEW_DAY, "province", 34),
        (FIRST_NEW_DAY, "district", 0),
        (FIRST_NEW_DAY, "commune", 3_321),
        (PROGRAMME_START, "province", 63),
        (PROGRAMME_START, "national", 1),
    ],
)
def test_there_are_as_many_units_as_the_acts_say(listed, day, level, number):
    assert len(_on(listed, day, level)) == number


@pytest.mark.parametrize(
    ("day", "level", "kinds"),
    [
        (date(2025, 2, 28), "central", {"bo": 18, "co-quan-ngang-bo": 4, "co-quan-thuoc-chinh-phu": 8}),
        (date(2025, 3, 1), "central", {"bo": 14, "co-quan-ngang-bo": 3, "co-quan-thuoc-chinh-phu": 5}),
        (date(2024, 12, 31), "province", {"tinh": 58, "thanh-pho": 5}),
        (LAST_OLD_DAY, "province", {"tinh": 57, "thanh-pho": 6}),
        (FIRST_NEW_DAY, "province", {"tinh": 28, "thanh-pho": 6}),
        (FIRST_NEW_DAY, "commune", {"xa": 2_621, "phuong": 687, "dac-khu": 13}),
        (date(2026, 4, 30), "province", {"tinh": 27, "thanh-pho": 7}),
        (date(2026, 4, 30), "commune", {"xa": 2_611, "phuong": 697, "dac-khu": 13}),
    ],
)
def test_the_kinds_are_as_the_acts_say(listed, day, level, kinds):
    assert _kinds_on(listed, day, level) == kinds


def test_the_communes_of_the_provinces_agree_with_a_second_source(listed):
    counted: dict[str, Counter[str]] = defaultdict(Counter)
    for unit in _on(listed, FIRST_NEW_DAY, "commune"):
        counted[unit.parent][unit.kind] += 1

    with CONTROL.open(encoding="utf-8") as opened:
        control = list(csv.DictReader(opened))

    assert len(control) == 13
    for row in control:
        found = counted[row["province"]]
        expected = [int(row["xa"]), int(row["phuong"]), int(row["dac_khu"])]
        assert [found["xa"], found["phuong"], found["dac-khu"]] == expected, row["province"]


def test_every_parent_exists_as_long_as_its_children(listed):
    lives: dict[tuple[str, str], list[ListedUnit]] = defaultdict(list)
    for unit in listed.units:
        lives[unit.scheme, unit.code].append(unit)

    orphans = [
        unit
        for unit in listed.units
        if unit.parent
        and not any(
            parent.valid_from <= unit.valid_from and unit.valid_to <= parent.valid_to
            for parent in lives[unit.scheme, unit.parent]
        )
    ]

    assert orphans == []


def test_parents_are_one_level_above(listed):
    above = {"commune": {BEFORE: "district", NOW: "province"}, "district": {BEFORE: "province"}}
    levels = {(unit.scheme, unit.code): unit.level for unit in listed.units}

    for unit in listed.units:
        if unit.level in above:
            assert levels[unit.scheme, unit.parent] == above[unit.level][unit.scheme], unit
        else:
            assert unit.parent == "", unit


def test_a_code_names_one_unit_on_a_day(listed):
    spans: dict[tuple[str, str], list[tuple[date, date]]] = defaultdict(list)
    for unit in listed.units:
        spans[unit.scheme, unit.code].append((unit.valid_from, unit.valid_to))

    for key, found in spans.items():
        found.sort()
        assert all(end <= start for (_, end), (start, _) in pairwise(found)), key


def test_codes_have_their_official_length_and_fit_the_table(listed):
    lengths = {"province": 2, "district": 3, "commune": 5}

    for unit in listed.units:
        if unit.scheme == CENTRAL:
            assert 0 < len(unit.code) <= 35, unit
        else:
            assert re.fullmatch(rf"\d{{{lengths[unit.level]}}}", unit.code), unit


def test_names_are_composed_tidy_and_without_their_kind(listed):
    kinds = tuple(f"{word} " for word in KIND_WORDS.values())

    for named in (*listed.units, *listed.names):
        assert named.name == unicodedata.normalize("NFC", named.name).strip(), named
        assert "  " not in named.name
        assert named.name
        if named.kind in KIND_WORDS and named.name != "Phường Đúc":
            assert not named.name.startswith(kinds), named


def test_every_row_says_by_which_act_and_how_its_first_day_is_known(listed):
    for row in (*listed.units, *listed.names):
        assert row.dating in {"enacted", "attested"}, row
        assert row.legal_basis, row
        assert row.valid_from >= PROGRAMME_START, row
    assert all(step.legal_basis for step in listed.successions)


def test_siblings_have_different_names_on_a_day(listed):
    for day in (PROGRAMME_START, LAST_OLD_DAY, FIRST_NEW_DAY, date(2026, 11, 24)):
        for level in ("province", "district", "commune"):
            names = Counter(
                (unit.scheme, unit.parent, full_name(unit.kind, unit.name))
                for unit in _on(listed, day, level)
            )

            assert [name for name, times in names.items() if times > 1] == []


def test_every_closed_unit_has_exactly_one_default_successor(listed):
    closed = {(unit.scheme, unit.code) for unit in listed.units if unit.valid_to < date(9999, 12, 31)}
    defaults = Counter((step.from_scheme, step.from_code) for step in listed.successions if step.is_default)

    assert set(defaults) == closed
    assert set(defaults.values()) == {1}


def test_every_new_commune_comes_from_old_ones_or_from_an_island_district(listed):
    new = {unit.code for unit in _on(listed, FIRST_NEW_DAY, "commune")}
    from_communes = {step.to_code for step in listed.successions if len(step.from_code) == 5}
    from_districts = {
        step.from_code: step.to_code
        for step in listed.successions
        if len(step.from_code) == 3 and len(step.to_code) == 5
    }

    assert from_districts == ISLANDS
    assert from_communes | set(ISLANDS.values()) == new
    assert not from_communes & set(ISLANDS.values())


def test_a_divided_commune_has_several_successors_and_an_undivided_one_has_one(listed):
    modes: dict[str, list[str]] = defaultdict(list)
    for step in listed.successions:
        if step.from_scheme == BEFORE and len(step.from_code) == 5:
            modes[step.from_code].append(step.mode)

    assert len(modes) == 10_035
    for code, found in modes.items():
        assert found == ["whole"] or (len(found) > 1 and set(found) == {"part"}), code
    assert sum(len(found) > 1 for found in modes.values()) == 442


def test_the_63_provinces_became_34_and_none_was_divided(listed):
    into: dict[str, list[str]] = defaultdict(list)
    for step in listed.successions:
        if step.from_scheme == BEFORE and len(step.from_code) == 2:
            assert (step.mode, step.is_default) == ("whole", True)
            into[step.to_code].append(step.from_code)

    assert Counter(map(len, into.values())) == {1: 11, 2: 17, 3: 6}
    assert sum(map(len, into.values())) == 63


def test_communes_and_districts_stay_within_the_new_province_of_their_old_one(listed):
    parents = {(unit.scheme, unit.code): unit.parent for unit in listed.units}
    new_province = {
        step.from_code: step.to_code
        for step in listed.successions
        if step.from_scheme == BEFORE and len(step.from_code) == 2
    }

    for step in listed.successions:
        if step.from_scheme == BEFORE and len(step.from_code) > 2:
            district = parents[BEFORE, step.from_code] if len(step.from_code) == 5 else step.from_code
            reached = step.to_code if len(step.to_code) == 2 else parents[NOW, step.to_code]
            assert reached == new_province[parents[BEFORE, district]], step


def test_successions_join_units_that_meet_on_that_day(listed):
    lives: dict[tuple[str, str], list[ListedUnit]] = defaultdict(list)
    for unit in listed.units:
        lives[unit.scheme, unit.code].append(unit)

    for step in listed.successions:
        assert any(unit.valid_to == step.on_date for unit in lives[step.from_scheme, step.from_code]), step
        assert any(
            unit.valid_from <= step.on_date < unit.valid_to for unit in lives[step.to_scheme, step.to_code]
        ), step
        assert step.mode in {"whole", "part", "tasks"}


def test_a_change_of_name_falls_into_the_life_of_its_unit(listed):
    lives = {(unit.scheme, unit.code): unit for unit in listed.units if unit.scheme != CENTRAL}

    for name in listed.names:
        unit = lives[name.scheme, name.code]
        assert unit.valid_from < name.valid_from < unit.valid_to, name


def test_the_files_are_sorted_small_and_have_plain_line_ends():
    for file in shipped_folder().iterdir():
        content = file.read_bytes()
        rows = content.decode("utf-8").splitlines()[1:]

        assert b"\r" not in content, file.name
        assert content.endswith(b"\n"), file.name
        assert len(content) < 1_000_000, file.name
        assert list(csv.reader(rows)) == sorted(csv.reader(rows)), file.name


def test_the_digest_changes_with_any_file(tmp_path):
    for file in shipped_folder().iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    same = read_unit_list(tmp_path).digest
    names = tmp_path / "names.csv"
    names.write_text(names.read_text(encoding="utf-8").replace("Huế", "Hue"), encoding="utf-8")

    assert same == read_unit_list().digest
    assert read_unit_list(tmp_path).digest != same
