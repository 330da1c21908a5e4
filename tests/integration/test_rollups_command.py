"""`cchc rollups …`: count, recount, compare; a difference is an exit code."""

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import update
from sqlalchemy.orm import Session

from lti_tool.cli.rollups import rollups
from lti_tool.settings import Settings, load_settings
from sync.rollups.models import UnitCount
from tests.factories.learning import create_official, create_small_tree, make_completed, make_opened, record


@pytest.fixture
def settings(database_url) -> Settings:
    return load_settings({"CCHC_DATABASE_URL": database_url})


@pytest.fixture
def learning(engine) -> None:
    with Session(engine) as session, session.begin():
        tree = create_small_tree(session)
        create_official(session, "an", tree.commune_a)
        record(session, make_opened("an"), make_completed("an"))


def command(settings: Settings, *words: str) -> Result:
    return CliRunner().invoke(rollups, words, obj=settings)


def test_status_says_what_waits_before_and_after_a_run(settings, learning):
    before = command(settings, "status").output
    run = command(settings, "run").output
    after = command(settings, "status").output

    assert "chưa có" in before
    assert "Còn chờ: 2" in before
    assert "Đã tính 2 mục" in run
    assert "Còn chờ: 0" in after


def test_verify_counts_what_waits_and_agrees(settings, learning):
    answer = command(settings, "verify")

    assert answer.exit_code == 0, answer.output
    assert "2 bản ghi: 2 sự kiện học tập, 1 cặp người – chuyên đề, 6 ô số liệu" in answer.output
    assert "khớp hoàn toàn" in answer.output


def test_verify_names_each_difference_and_exits_with_1_until_rebuilt(settings, learning, engine):
    command(settings, "run")
    with Session(engine) as session, session.begin():
        session.execute(update(UnitCount).where(UnitCount.calendar == "official").values(people_completed=7))

    wrong = command(settings, "verify")
    rebuilt = command(settings, "rebuild")
    right = command(settings, "verify")

    assert wrong.exit_code == 1
    assert "Không khớp: 3 khác biệt" in wrong.output
    assert "recounted (1, 1), kept (1, 7)" in wrong.output
    assert "Đã tính lại từ đầu: 2 mục" in rebuilt.output
    assert right.exit_code == 0


def test_an_empty_store_agrees_with_itself(settings):
    assert command(settings, "verify").exit_code == 0
