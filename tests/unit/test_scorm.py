"""SCORM: what a manifest describes, what the data model says, what a SCO finds again."""

import msgspec
import pytest

from content_packages.active.errors import TrackingUnreadable
from content_packages.active.scorm_tracking import read_commit, resumed_elements, tracked
from content_packages.formats.h5p_in import read_h5p
from content_packages.formats.scorm_in import read_scorm
from content_packages.formats.tincan_in import read_tincan
from tests.factories.imported import make_scorm_manifest

LIBRARY = {"machineName": "H5P.A", "majorVersion": 1, "minorVersion": 2}
OF_TEN = {"cmi.core.score.raw": "8", "cmi.core.score.min": "0", "cmi.core.score.max": "10"}
NO_NUMBER = {"cmi.core.lesson_status": "failed", "cmi.core.score.raw": "chín"}


def read(text: str, *files: str):
    return read_scorm(text.encode(), has_file=(files or ("sco.html",)).__contains__)


def unit_of(**manifest: str):
    course, findings = read(make_scorm_manifest(**manifest))
    assert course is not None, findings
    return course.units[0]


@pytest.mark.parametrize(
    ("version", "kind"), [("1.2", "scorm12"), ("2004 4th Edition", "scorm2004"), ("CAM 1.3", "scorm2004")]
)
def test_the_version_is_read_from_the_manifest(version, kind):
    course, _ = read(make_scorm_manifest(version=version))

    assert course.kind == kind
    assert course.title == {"und": "Khóa SCORM"}


def test_mastery_and_launch_data_come_along():
    unit = unit_of(mastery="80", data="chế độ=1")

    assert unit.mastery == 0.8
    assert unit.launch_parameters == "chế độ=1"


def test_items_in_items_become_blocks():
    inner = '<item identifier="a" identifierref="r1" parameters="?b=2"><title>Trong</title></item>'
    course, _ = read(make_scorm_manifest(f'<item identifier="n"><title>Nhóm</title>{inner}</item>'))

    assert [block.title["und"] for block in course.blocks] == ["Nhóm"]
    assert course.units[0].above == 0
    assert course.units[0].url == "sco.html?b=2"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("<manifest", "S001"),
        (make_scorm_manifest(version="AICC").replace("adlcp_v1p3", "khac"), "S002"),
        (make_scorm_manifest("<item identifier='x'><title>Trống</title></item>"), "S003"),
        (make_scorm_manifest().replace('href="sco.html"', 'href="khac.html"'), "S004"),
        (make_scorm_manifest().replace('href="sco.html"', 'href="https://a.example/x.html"'), "S004"),
    ],
)
def test_a_manifest_that_cannot_be_played_says_why(text, code):
    course, findings = read(text)

    assert course is None
    assert code in {finding.code for finding in findings}


def test_of_tincan_the_activity_with_an_address_is_launched():
    text = (
        '<tincan xmlns="http://projecttincan.com/tincan.xsd"><activities>'
        '<activity id="https://a.example/x" type="course"><name lang="vi">Bài</name>'
        '<launch lang="en">en.html</launch><launch lang="vi">vi.html</launch></activity>'
        "</activities></tincan>"
    )

    course, findings = read_tincan(text.encode(), has_file=lambda _path: True)

    assert findings == ()
    assert course.units[0].url == "vi.html"


@pytest.mark.parametrize(
    ("described", "code"),
    [
        ({}, "P102"),
        ({"title": "x", "mainLibrary": "H5P.A", "preloadedDependencies": []}, "P102"),
        (
            {"title": "x", "mainLibrary": "H5P.B", "preloadedDependencies": [LIBRARY]},
            "P103",
        ),
        (
            {"title": "x", "mainLibrary": "A", "preloadedDependencies": [{**LIBRARY, "machineName": "../x"}]},
            "P102",
        ),
    ],
)
def test_an_h5p_description_that_lacks_something_is_refused(described, code):
    course, findings = read_h5p(msgspec.json.encode(described), has_file=lambda _path: True)

    assert course is None
    assert code in {finding.code for finding in findings}


@pytest.mark.parametrize(
    ("elements", "mastery", "expected"),
    [
        ({"cmi.core.lesson_status": "incomplete"}, None, (False, False, False, None)),
        ({"cmi.core.lesson_status": "completed"}, None, (True, False, False, None)),
        ({"cmi.core.lesson_status": "passed", "cmi.core.score.raw": "90"}, None, (True, True, False, 0.9)),
        ({"cmi.core.lesson_status": "passed", "cmi.core.score.raw": "70"}, 0.8, (False, False, True, 0.7)),
        ({"cmi.core.lesson_status": "completed", "cmi.core.score.raw": "85"}, 0.8, (True, True, False, 0.85)),
        (
            {"cmi.core.lesson_status": "passed", **OF_TEN},
            None,
            (True, True, False, 0.8),
        ),
        (NO_NUMBER, None, (False, False, True, None)),
    ],
)
def test_scorm_1_2_says_what_was_reached(elements, mastery, expected):
    found = tracked("scorm12", elements, mastery=mastery)

    assert (found.completed, found.passed, found.failed, found.scaled) == expected


@pytest.mark.parametrize(
    ("elements", "mastery", "expected"),
    [
        (
            {"cmi.completion_status": "completed", "cmi.success_status": "unknown"},
            None,
            (True, False, False, None),
        ),
        (
            {"cmi.completion_status": "completed", "cmi.success_status": "failed"},
            None,
            (False, False, True, None),
        ),
        ({"cmi.score.scaled": "0.9"}, 0.8, (False, True, False, 0.9)),
        ({"cmi.score.scaled": "-0.5"}, None, (False, False, False, 0.0)),
    ],
)
def test_scorm_2004_says_what_was_reached(elements, mastery, expected):
    found = tracked("scorm2004", elements, mastery=mastery)

    assert (found.completed, found.passed, found.failed, found.scaled) == expected


def test_time_is_read_in_both_forms():
    assert tracked("scorm12", {"cmi.core.session_time": "01:02:03.50"}, mastery=None).seconds == 3723.5
    assert tracked("scorm2004", {"cmi.session_time": "PT1H2M3.5S"}, mastery=None).seconds == 3723.5
    assert tracked("scorm2004", {"cmi.session_time": "mười phút"}, mastery=None).seconds == 0.0


def test_a_sco_finds_what_it_kept_and_what_the_lms_says():
    kept = {
        "cmi.suspend_data": "x" * 9000,
        "cmi.core.exit": "suspend",
        "cmi.core.student_name": "bị sửa",
        "cmi.interactions.0.id": "c1",
    }

    found = resumed_elements(
        "scorm12", kept, unit_of(mastery="80"), learner="0f", mode="Normal", seconds=3725
    )

    assert found["cmi.suspend_data"] == "x" * 9000
    assert found["cmi.core.entry"] == "resume"
    assert found["cmi.core.total_time"] == "0001:02:05.00"
    assert found["cmi.core.student_name"] == "Học viên"
    assert found["cmi.student_data.mastery_score"] == "80"
    assert "cmi.core.exit" not in found
    assert "cmi.interactions.0.id" not in found


def test_who_only_looks_gets_no_credit():
    found = resumed_elements("scorm2004", {}, unit_of(), learner="0f", mode="Browse", seconds=0)

    assert (found["cmi.credit"], found["cmi.mode"], found["cmi.entry"]) == (
        "no-credit",
        "browse",
        "ab-initio",
    )


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b'{"number":1}',
        b'{"number":0,"elements":{}}',
        b'{"number":1,"elements":{"__proto__":"x"}}',
        b'{"number":1,"elements":{"cmi.x":{}}}',
    ],
)
def test_a_commit_of_another_form_is_refused(body):
    with pytest.raises(TrackingUnreadable):
        read_commit(body)
