"""`cchc content preview`: the draft as it stands in the folder, and nothing kept of looking at it."""

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lti_tool.cli.content_preview import make_preview_app, preview_settings
from lti_tool.settings import load_settings
from tests.factories.content import write_package
from xapi_bridge.running_app import running_app
from xapi_bridge.store.models import StatementRow

MODULE = "modules/01-tong-quan/module.md"


@pytest.fixture
def folder(tmp_path):
    return write_package(tmp_path)


@pytest.fixture
def app(tmp_path, folder):
    made = make_preview_app(
        preview_settings(load_settings({}), tmp_path / "data", port=8130), folder, base=None
    )
    yield made
    with made.app_context():
        running_app().dispose()


def test_the_draft_opens_and_shows_what_the_folder_says_now(app, folder):
    client = app.test_client()
    first = client.get("/xem-thu", follow_redirects=True)
    text = (folder / MODULE).read_text("utf-8")
    (folder / MODULE).write_text(text.replace("title: Tổng quan", "title: Toàn cảnh"), "utf-8")

    second = client.get("/xem-thu", follow_redirects=True)

    assert (first.status_code, second.status_code) == (200, 200)
    assert "Tổng quan cải cách hành chính" in first.text
    assert "Toàn cảnh cải cách hành chính" in second.text
    assert "Xem trước với vai trò giảng viên" in second.text


def test_looking_records_nothing(app):
    app.test_client().get("/xem-thu", follow_redirects=True)

    with app.app_context(), Session(running_app().engine) as session:
        assert session.scalar(select(func.count()).select_from(StatementRow)) == 0


def test_a_draft_with_errors_says_what_to_mend(app, folder):
    (folder / "quizzes/cuoi-bai.yaml").write_text("schema: [", "utf-8")

    answer = app.test_client().get("/xem-thu")

    assert answer.status_code == 422
    assert "quizzes/cuoi-bai.yaml:1: Z001 lỗi:" in answer.text


def test_another_browser_cannot_open_the_address(app):
    address = app.test_client().get("/xem-thu").headers["Location"]

    assert app.test_client().get(address).status_code == 403
