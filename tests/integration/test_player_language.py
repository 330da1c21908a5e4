"""Who asks for English sees what is translated in English; what counts and is told stays as written."""

import pytest

from tests.factories.player import MODULE, QUIZ, open_classroom
from tests.unit.test_translations import TRANSLATED


@pytest.fixture
def learner(database_url, tmp_path, clock):
    with open_classroom(database_url, tmp_path, clock=clock, changes=TRANSLATED) as classroom:
        admitted = classroom.admit()
        admitted.client.set_cookie("cchc_lang", "en")
        yield admitted


def test_translated_pages_are_shown_in_english_and_the_rest_as_written(learner):
    section = learner.get(f"{MODULE}/1").text

    assert "How many areas has the programme?" in section
    assert "Introduction to the reform" in section
    assert "Final test" in learner.get(QUIZ).text
    attempt = learner.begin()
    questions = "".join(learner.get(f"{attempt}/{position}").text for position in range(1, 5))
    assert "Cơ quan nào ban hành chương trình?" in questions


def test_points_and_statements_do_not_depend_on_the_language(learner):
    learner.read_everything()
    attempt = learner.begin()
    learner.answer_all(attempt)
    learner.hand_in(attempt)

    passed = next(one for one in learner.statements() if one.verb.id.endswith("/passed"))
    names = {str(one.object.definition.name) for one in learner.statements()}
    assert passed.result.score.scaled == 1.0
    assert not any("Final test" in name or "Overview" in name or "areas" in name for name in names)
    assert any("Tổng quan cải cách hành chính" in name for name in names)


def test_a_vietnamese_reader_sees_the_original(learner):
    learner.client.delete_cookie("cchc_lang")

    assert "Chương trình có mấy nội dung?" in learner.get(f"{MODULE}/1").text
