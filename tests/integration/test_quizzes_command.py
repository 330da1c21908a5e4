"""`cchc quizzes`: counting again, checking chains, more time, figures as a file."""

import re

import pytest
from click.testing import CliRunner
from sqlalchemy import update
from sqlalchemy.orm import Session

from content_packages.assessment.allowances import allowed_percent
from content_packages.assessment.models import Step
from content_packages.errors import ItemNotFound, RegradeRefused
from lti_tool.cli.quizzes import quizzes
from lti_tool.settings import load_settings
from tests.factories.content import LEARNER
from tests.factories.player import open_classroom


@pytest.fixture
def classroom(database_url, tmp_path, clock):
    with open_classroom(database_url, tmp_path, clock=clock) as opened:
        yield opened


@pytest.fixture
def run(classroom, database_url):
    settings = load_settings({"CCHC_DATABASE_URL": database_url})
    return lambda *arguments: CliRunner().invoke(quizzes, [str(one) for one in arguments], obj=settings)


@pytest.fixture
def handed_in(classroom):
    """One attempt with three of four right answers."""
    learner = classroom.admit()
    attempt = learner.begin()
    learner.answer_all(attempt, rightly=3)
    wrong = learner.question_ids(attempt)[3]
    learner.hand_in(attempt)
    return wrong


def test_counting_again_shows_first_and_applies_only_that(run, handed_in):
    shown = run("regrade", "nhap-mon", "cuoi-bai", "--given-to-all", handed_in)
    code = re.search(r"Mã của bảng: (\w+)", shown.output)[1]

    wrong_code = run("regrade", "nhap-mon", "cuoi-bai", "--apply", "khac", "--reason", "Câu hỏi sai")
    applied = run(
        "regrade", "nhap-mon", "cuoi-bai", "--given-to-all", handed_in, "--apply", code, "--reason", "Câu sai"
    )

    assert "lượt 1: 75.0% → 100.0%" in shown.output
    assert isinstance(wrong_code.exception, RegradeRefused)
    assert "Đã chấm lại" in applied.output
    again = run("regrade", "nhap-mon", "cuoi-bai", "--given-to-all", handed_in)
    assert "0 trên 1 lượt thay đổi" in again.output


def test_a_changed_step_is_found(run, handed_in, engine):
    assert run("verify-chains").exit_code == 0
    with Session(engine) as session, session.begin():
        session.execute(update(Step).where(Step.item_id.is_not(None)).values(earned=0.123))

    checked = run("verify-chains")

    assert checked.exit_code == 1
    assert "1 lượt không khớp" in checked.output


def test_more_time_is_given_to_one_account(run, engine):
    given = run(
        "more-time", LEARNER.home_page, LEARNER.name, "nhap-mon", "--percent", 25, "--reason", "Theo đề nghị"
    )

    assert "Đã cộng thêm 25% thời gian." in given.output
    with Session(engine) as session:
        assert allowed_percent(session, LEARNER, package_id="nhap-mon", quiz_id="cuoi-bai") == 25


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_figures_are_written_to_a_file(run, handed_in, tmp_path, ending):
    output = tmp_path / f"so-lieu.{ending}"

    written = run("analyse", "nhap-mon", "cuoi-bai", output)

    assert written.exit_code == 0, written.output
    assert output.stat().st_size > 0


def test_an_unknown_quiz_is_refused(run):
    assert isinstance(run("regrade", "nhap-mon", "khong-co").exception, ItemNotFound)
