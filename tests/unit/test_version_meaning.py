"""What a change weighs, which number it needs, and what learners see of it."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from content_packages.authoring.differences import Weight, compare_packages, heaviest
from content_packages.authoring.numbering import is_enough, lowest_version, numbers_of, weight_between
from content_packages.library.following import Following, following
from tests.factories.content import compile_package

BANK = "banks/tong-quan.md"
MODULE = "modules/01-tong-quan/module.md"
QUIZ = "quizzes/cuoi-bai.yaml"
ADDED = "## tq-9\n{source: '76/NQ-CP'}\n\nĐơn vị nào phải lập kế hoạch năm?\n\n= Sở Nội vụ\n\n## tq-5"

MAJOR = [
    ("another key", {BANK: ("- [ ] Bốn\n  > Thiếu hai nội dung.\n- [x] Sáu", "- [x] Bốn\n- [ ] Sáu")}),
    ("a key that says another number", {BANK: ("- [x] Chính phủ", "- [x] Nghị quyết 12")}),
    ("one more option", {BANK: ("- [ ] Quốc hội", "- [ ] Quốc hội\n- [ ] Bộ Tài chính")}),
    ("another accepted number", {BANK: ("= 91,7", "= 91,6")}),
    ("another tolerance", {BANK: ("tolerance: 0.1", "tolerance: 1")}),
    ("another pass mark", {QUIZ: ("mastery: 0.75", "mastery: 0.8")}),
    ("fewer attempts", {QUIZ: ("attempts: 2", "attempts: 1")}),
    ("another blueprint", {QUIZ: ("count: 4", "count: 3")}),
    ("another rule of completion", {MODULE: ("checks: all, ", "")}),
]
MINOR = [
    ("one more question", {BANK: ("## tq-5", ADDED)}),
    ("a question that counts now", {BANK: ("## tq-1\n{level", "## tq-1\n{graded: true, level")}),
    ("one more section", {MODULE: ("## Kế hoạch", "## Giữa\n\nChữ.\n\n## Kế hoạch")}),
    ("one more check", {MODULE: ("## Kế hoạch", "## Kế hoạch\n\n::: kiem-tra tq-2\n:::\n")}),
]
PATCH = [
    ("other words of an option", {BANK: ("- [ ] Bộ Nội vụ", "- [ ] Bộ Nội vụ (cũ)")}),
    ("a slip in the key's words", {BANK: ("- [x] Cải cách thể chế", "- [x] Cải cách thể chế hành chính")}),
    (
        "another order of options",
        {BANK: ("- [ ] Quốc hội\n- [ ] Bộ Nội vụ", "- [ ] Bộ Nội vụ\n- [ ] Quốc hội")},
    ),
    ("other words of a stem", {BANK: ("có mấy nội dung?", "gồm mấy nội dung?")}),
    ("other words of a section", {MODULE: ("Có **sáu", "Gồm **sáu")}),
    ("another title", {"package.yaml": ("title: Nhập môn", "title: Cơ bản về")}),
    ("law with an end", {"package.yaml": ("2021-07-15}", "2021-07-15, expires: 2030-12-31}")}),
]
CHANGES = [(Weight.MAJOR, *one) for one in MAJOR] + [(Weight.MINOR, *one) for one in MINOR]
CHANGES += [(Weight.PATCH, *one) for one in PATCH]


def canonical_of(folder, changes=None) -> str:
    compiled = compile_package(folder, changes=changes)
    assert compiled.canonical is not None, [str(one) for one in compiled.errors]
    return compiled.canonical


@pytest.mark.parametrize(("weight", "name", "changes"), CHANGES, ids=[one[1] for one in CHANGES])
def test_a_change_weighs_what_it_means_for_learners(tmp_path, weight, name, changes):
    before, after = canonical_of(tmp_path / "a"), canonical_of(tmp_path / "b", changes)

    assert heaviest(compare_packages(before, after)) == weight, name


def test_something_that_is_gone_is_a_major_change(tmp_path):
    before, after = canonical_of(tmp_path / "a"), json.loads(canonical_of(tmp_path / "b"))
    after["questions"] = after["questions"][:-1]

    (change,) = compare_packages(before, json.dumps(after))

    assert (change.weight, change.what, change.id, change.field) == (Weight.MAJOR, "question", "tq-5", "")


def test_a_package_does_not_differ_from_itself(tmp_path):
    canonical = canonical_of(tmp_path)

    assert compare_packages(canonical, canonical) == ()
    assert heaviest(()) is None


def test_the_version_number_and_the_change_log_are_no_change(tmp_path):
    other = {"package.yaml": ("version: 1.0.0", "version: 1.0.1\nchanges: {1.0.1: Sửa chữ}")}

    assert compare_packages(canonical_of(tmp_path / "a"), canonical_of(tmp_path / "b", other)) == ()


def test_a_change_names_the_thing_the_field_and_both_values(tmp_path):
    after = canonical_of(tmp_path / "b", {QUIZ: ("mastery: 0.75", "mastery: 0.8")})

    (change,) = compare_packages(canonical_of(tmp_path / "a"), after)

    assert (change.what, change.id, change.field) == ("quiz", "cuoi-bai", "mastery")
    assert (change.before, change.after) == (0.75, 0.8)


@pytest.mark.parametrize(
    ("old", "new", "weight", "enough"),
    [
        ("1.2.3", "1.2.4", Weight.PATCH, True),
        ("1.2.3", "1.2.4", Weight.MINOR, False),
        ("1.2.3", "1.3.0", Weight.MINOR, True),
        ("1.2.3", "1.9.9", Weight.MAJOR, False),
        ("1.2.3", "2.0.0", Weight.MAJOR, True),
        ("0.1.0", "0.2.0", Weight.MAJOR, False),
        ("1.9.0", "1.10.0", Weight.MINOR, True),
    ],
)
def test_a_number_must_rise_as_much_as_the_change_weighs(old, new, weight, enough):
    assert is_enough(old, new, weight) is enough


VERSIONS = st.tuples(*[st.integers(0, 30)] * 3).map(lambda parts: ".".join(map(str, parts)))


@given(VERSIONS, st.sampled_from(Weight))
def test_the_lowest_number_is_enough_and_differs_in_that_part(version, weight):
    lowest = lowest_version(version, weight)

    assert is_enough(version, lowest, weight)
    assert weight_between(version, lowest) == weight


@given(VERSIONS, VERSIONS, st.sampled_from(Weight))
def test_what_is_enough_for_a_heavy_change_is_enough_for_a_light_one(old, new, weight):
    if is_enough(old, new, weight):
        assert all(is_enough(old, new, lighter) for lighter in Weight if lighter <= weight)
        assert numbers_of(new) > numbers_of(old)


@pytest.mark.parametrize(
    ("begun", "current", "expected"),
    [
        ("1.2.3", "1.2.3", Following.SAME),
        ("1.2.3", "1.2.9", Following.MOVE),
        ("1.2.3", "1.3.0", Following.OFFER),
        ("1.2.3", "2.0.0", Following.FINISH),
        ("1.2.9", "1.2.3", Following.MOVE),
        ("1.3.0", "1.2.3", Following.OFFER),
        ("2.0.0", "1.9.0", Following.FINISH),
    ],
)
def test_learners_follow_as_far_as_the_number_allows(begun, current, expected):
    assert following(begun=begun, current=current) is expected
