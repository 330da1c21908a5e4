"""What a teacher can choose: every kind of published content, with its area and skills."""

import pytest

from lti_tool.deep_linking.catalogue import (
    Wanted,
    areas_in,
    find_content,
    find_contents,
    kind_of,
    list_contents,
    propose_item,
    skills_in,
)
from tests.factories.content import create_package

PERIODIC = {"quizzes/cuoi-bai.yaml": ("mode: graded", "mode: periodic")}
SKILLED = {
    "package.yaml": (
        "areas: [quan-diem-chu-truong]",
        "areas: [quan-diem-chu-truong, cai-cach-bo-may]\nskills: [quan-ly-su-thay-doi]",
    ),
    "modules/01-tong-quan/module.md": ("minutes: 10", "minutes: 10\narea: cai-cach-bo-may"),
}


def test_contents_come_in_their_order_of_delivery(session, tmp_path):
    create_package(session, tmp_path)

    found = [(entry.content, entry.kind) for entry in list_contents(session)]

    assert found == [
        ("nhap-mon", "package"),
        ("nhap-mon/m/tong-quan", "module"),
        ("nhap-mon/z/cuoi-bai", "quiz"),
    ]


def test_a_periodic_test_is_a_kind_of_its_own(session, tmp_path):
    create_package(session, tmp_path, changes=PERIODIC)

    (entry,) = find_contents(session, Wanted(kind="periodic"))

    assert entry.content == "nhap-mon/z/cuoi-bai"
    assert kind_of(entry).is_test
    assert propose_item(entry).graded
    assert find_contents(session, Wanted(kind="quiz")) == []


def test_a_module_has_the_area_that_its_author_named_and_the_skills_of_its_package(session, tmp_path):
    create_package(session, tmp_path, changes=SKILLED)

    found = [entry.content for entry in find_contents(session, Wanted(area="cai-cach-bo-may"))]
    everything = list_contents(session)

    assert found == ["nhap-mon", "nhap-mon/m/tong-quan"]
    assert areas_in(everything) == ["quan-diem-chu-truong", "cai-cach-bo-may"]
    assert skills_in(everything) == ["quan-ly-su-thay-doi"]
    assert len(find_contents(session, Wanted(skill="quan-ly-su-thay-doi"))) == 3


@pytest.mark.parametrize(
    ("words", "count"),
    [("", 3), ("bo may", 2), ("BỘ MÁY", 2), ("quan ly thay doi", 3), ("sáu nội dung", 1), ("bo may xyz", 0)],
)
def test_all_words_must_occur_whatever_their_tone_marks(session, tmp_path, words, count):
    create_package(session, tmp_path, changes=SKILLED)

    assert len(find_contents(session, Wanted(words=words))) == count


def test_a_test_tells_its_questions_and_its_time(session, tmp_path):
    create_package(session, tmp_path)

    entry = find_content(session, "nhap-mon/z/cuoi-bai")

    assert entry is not None
    assert (entry.question_count, str(entry.time_limit)) == (4, "0:20:00")


def test_nothing_published_is_an_empty_list(session):
    assert list_contents(session) == []
    assert find_content(session, "nhap-mon") is None
