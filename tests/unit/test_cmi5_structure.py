"""cmi5.xml: what comes in, and which requirement a broken one breaks."""

import pytest

from content_packages.active.moving_on import UnitProgress, course_score, newly_satisfied, satisfied_parts
from content_packages.formats.cmi5_in import read_cmi5
from content_packages.formats.course_structure import CourseStructure
from tests.factories.imported import make_block, make_structure, make_unit


def read(text: str, *, files: set[str] | None = frozenset({"index.html"})):  # type: ignore[assignment]
    return read_cmi5(text.encode(), has_file=None if files is None else files.__contains__)


def course_of(*parts: str) -> CourseStructure:
    course, findings = read(make_structure(*parts))
    assert course is not None, findings
    return course


BAD_IRI = make_unit().replace("https://nxb.example/au/bai-1", "au/1")

BROKEN = {
    "a course id that is no IRI": ("3.0.0.0-1", make_structure(course="khoa-hoc")),
    "a unit id that is no IRI": ("3.0.0.0-1", make_structure(BAD_IRI)),
    "an address that an LMS parameter would meet": (
        "8.1.0.0-6",
        make_structure(make_unit(url="index.html?endpoint=x")),
    ),
    "one block id twice": (
        "13.1.2.0-1",
        make_structure(make_block("a", make_unit("1")), make_block("a", make_unit("2"))),
    ),
    "one unit id twice": ("13.1.4.0-1", make_structure(make_unit(), make_unit())),
    "an address with a blank": ("13.1.4.0-2", make_structure(make_unit(url="https://a.example a.html"))),
    "an address that is a script": ("13.1.4.0-2", make_structure(make_unit(url="javascript:alert(1)"))),
    "a rule that the schema does not know": ("13.2.0.0-1", make_structure(make_unit(moveOn="Maybe"))),
    "mastery above one": ("13.2.0.0-1", make_structure(make_unit(masteryScore="1.5"))),
    "no unit at all": ("13.2.0.0-1", make_structure("<!-- -->")),
    "a document type": ("13.2.0.0-1", '<!DOCTYPE a [<!ENTITY x "y">]>' + make_structure()[38:]),
    "a file that is not there": ("14.1.0.0-4", make_structure(make_unit(url="khac.html"))),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_structure_names_the_requirement(case):
    requirement, text = BROKEN[case]

    course, findings = read(text)

    assert course is None
    assert requirement in {finding.code for finding in findings}


@pytest.mark.spec("14.2.0.0-1")
def test_a_structure_without_a_zip_needs_full_addresses():
    course, findings = read(make_structure(), files=None)

    assert course is None
    assert [finding.code for finding in findings] == ["14.2.0.0-1"]


@pytest.mark.spec("6.1.0.0-2")
def test_a_course_may_have_more_than_a_thousand_units():
    course = course_of(*(make_unit(f"bai-{number}") for number in range(1200)))

    assert len(course.units) == 1200
    assert CourseStructure.from_json(course.to_json()) == course


@pytest.mark.spec("13.1.0.0-1")
def test_white_space_around_texts_falls_away():
    unit = make_unit(url="<![CDATA[\n  index.html?a=1&b=2\n ]]>", launchParameters=" x y ")

    (read_unit,) = course_of(unit).units

    assert read_unit.url == "index.html?a=1&b=2"
    assert read_unit.launch_parameters == "x y"


def test_a_block_is_satisfied_with_its_units_and_the_course_with_its_blocks():
    course = course_of(
        make_block("a", make_unit("1", moveOn="Completed"), make_block("b", make_unit("2", moveOn="Passed"))),
        make_unit("3"),
    )
    before = satisfied_parts(course, {0: UnitProgress(completed=True)})

    now = satisfied_parts(course, {0: UnitProgress(completed=True), 1: UnitProgress(passed=True)})

    assert before.blocks == frozenset()
    assert newly_satisfied(before, now) == ([1, 0], True)


@pytest.mark.parametrize(
    ("move_on", "enough", "too_little"),
    [
        ("NotApplicable", UnitProgress(), None),
        ("Completed", UnitProgress(completed=True), UnitProgress(passed=True)),
        ("Passed", UnitProgress(passed=True), UnitProgress(completed=True)),
        ("CompletedAndPassed", UnitProgress(completed=True, passed=True), UnitProgress(passed=True)),
        ("CompletedOrPassed", UnitProgress(passed=True), UnitProgress(failed=True)),
        ("Passed", UnitProgress(waived=True), UnitProgress(failed=True)),
    ],
)
def test_each_rule_asks_for_what_it_says(move_on, enough, too_little):
    course = course_of(make_unit(moveOn=move_on))

    assert satisfied_parts(course, {0: enough}).course
    assert too_little is None or not satisfied_parts(course, {0: too_little}).course


def test_the_score_is_the_mean_and_a_unit_that_must_be_passed_counts_before_it_is_begun():
    course = course_of(make_unit("1", moveOn="Passed"), make_unit("2", moveOn="Passed"), make_unit("3"))

    assert course_score(course, {}) is None
    assert course_score(course, {0: UnitProgress(passed=True, score=0.9)}) == pytest.approx(0.45)
    assert course_score(course, {2: UnitProgress(completed=True)}) is None
    assert course_score(course, {0: UnitProgress(completed=True)}) is None
