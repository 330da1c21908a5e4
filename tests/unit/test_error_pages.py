"""Every refusal is answered in one shape: Vietnamese words on pages, a stable code for programs."""

import pytest

from lti_tool.app import create_app
from lti_tool.settings import load_settings
from sync.errors import SyncRefused


@pytest.fixture
def app():
    made = create_app(load_settings({"CCHC_DATABASE_URL": "sqlite://"}))

    @made.get("/broken-rule")
    def broken_rule() -> str:
        raise SyncRefused("The headcount is negative.")

    @made.get("/broken-program")
    def broken_program() -> str:
        raise ZeroDivisionError

    return made


def test_a_person_reads_what_happened_and_what_to_do(app):
    answer = app.test_client().get("/broken-rule")

    assert answer.status_code == 400
    assert "Dữ liệu không hợp lệ" in answer.text
    assert "sync_refused" in answer.text


def test_a_person_may_read_it_in_english(app):
    answer = app.test_client().get("/broken-rule?lang=en")

    assert '<html lang="en">' in answer.text
    assert "Dữ liệu" not in answer.text


def test_a_program_gets_a_stable_code(app):
    answer = app.test_client().get("/broken-rule", headers={"Accept": "application/json"})

    assert answer.json["code"] == "sync_refused"
    assert answer.json["detail"] == "The headcount is negative."


def test_an_unknown_address_is_answered_in_the_same_shape(app):
    page = app.test_client().get("/khong-co")
    program = app.test_client().get("/xapi/khong-co")

    assert (page.status_code, program.status_code) == (404, 404)
    assert "Không tìm thấy trang" in page.text
    assert program.json["code"] == "http_404"


def test_a_broken_program_tells_nothing_of_its_inside(app):
    answer = app.test_client().get("/broken-program")

    assert answer.status_code == 500
    assert "ZeroDivisionError" not in answer.text


def test_pages_allow_no_inline_code_and_no_framing_by_default(app):
    policy = app.test_client().get("/khong-co").headers["Content-Security-Policy"]

    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy


@pytest.mark.parametrize("number", [2**31, 10**19, 10**40])
def test_a_number_that_no_table_holds_names_nothing(app, number):
    assert app.test_client().get(f"/thong-ke/don-vi/{number}").status_code == 404
