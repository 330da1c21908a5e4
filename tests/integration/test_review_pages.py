"""A teacher reads a learner's attempts, with the key; nothing changes."""

import pytest
from sqlalchemy.orm import Session

from content_packages.assessment.models import Attempt
from tests.factories.player import QUIZ, open_classroom
from xapi_bridge.statement import Account


@pytest.fixture
def classroom(database_url, tmp_path, clock):
    with open_classroom(database_url, tmp_path, clock=clock) as opened:
        yield opened


def test_a_finished_attempt_is_shown_with_every_answer_and_its_marks(classroom):
    learner = classroom.admit()
    learner.read_everything()
    attempt = learner.begin()
    learner.answer_all(attempt, rightly=2)
    learner.hand_in(attempt)
    teacher = classroom.admit(role="teacher", learner=learner.ticket.learner)

    work = teacher.get("bai-lam")
    page = teacher.get(f"bai-lam/{QUIZ.partition('/')[2]}/1")

    assert work.status_code == 200
    assert f"/bai-lam/{QUIZ.partition('/')[2]}/1" in work.text
    assert "hoàn thành lúc" in work.text or "chưa hoàn thành" in work.text
    assert page.status_code == 200
    assert page.text.count("<h3") == 4
    assert "50%" in page.text
    assert "Đúng" in page.text
    assert "Chưa đúng" in page.text


def test_an_attempt_in_progress_is_named_and_not_shown(classroom, engine):
    learner = classroom.admit()
    learner.begin()
    teacher = classroom.admit(role="teacher", learner=learner.ticket.learner)

    work = teacher.get("bai-lam")
    page = teacher.get(f"bai-lam/{QUIZ.partition('/')[2]}/1")

    assert "đang làm" in work.text
    assert page.status_code == 404
    with Session(engine) as session:
        assert session.query(Attempt).one().finished_at is None


def test_another_learners_work_is_not_shown(classroom):
    learner = classroom.admit()
    learner.hand_in(learner.begin())
    other = Account(home_page=learner.ticket.learner.home_page, name="0" * 32)
    teacher = classroom.admit(role="teacher", learner=other)

    assert "chưa làm bài này" in teacher.get("bai-lam").text
    assert teacher.get(f"bai-lam/{QUIZ.partition('/')[2]}/1").status_code == 404


@pytest.mark.parametrize("path", ["bai-lam", f"bai-lam/{QUIZ.partition('/')[2]}/1"])
def test_a_learner_sees_neither_page(classroom, path):
    learner = classroom.admit()
    learner.hand_in(learner.begin())

    answer = learner.get(path)

    assert answer.status_code == 403
    assert "review_for_teachers" in answer.text
