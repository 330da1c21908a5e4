"""The front door: words, health, language; and refusals that explain themselves."""

import pytest
from sqlalchemy.orm import Session

from lti_tool.admin.operators import Role, create_operator
from tests.factories.learning import make_opened, record
from tests.factories.lti import open_tool
from tests.factories.organization import NOW
from tests.factories.reports import PASSWORD, come_in, follow


@pytest.fixture
def client(database_url, engine, clock):
    with open_tool(database_url, clock=clock) as app:
        yield app.test_client()


def test_the_front_page_says_where_to_go(client):
    page = client.get("/").text

    assert 'href="/thong-ke/"' in page
    assert 'href="/quan-tri/"' in page
    assert "mở bài từ khóa học" in page


def test_health_names_the_followers_that_are_behind(client, engine):
    with Session(engine) as session, session.begin():
        record(session, make_opened())
        follow(session)
        record(session, make_opened("hoc-vien-2"))

    answer = client.get("/suc-khoe")

    assert answer.status_code == 200
    assert answer.json["status"] == "ok"
    assert answer.json["followers_waiting"] == {"rollups": 1}


def test_health_says_when_the_database_does_not_answer(tmp_path, clock):
    with open_tool(f"sqlite:///{tmp_path / 'leer.sqlite'}", clock=clock) as app:
        answer = app.test_client().get("/suc-khoe")

    assert (answer.status_code, answer.json["database"]) == (503, "unavailable")


def test_the_chosen_language_is_remembered_and_the_page_comes_back(client):
    answer = client.get("/ngon-ngu/en?next=/quan-tri/dang-nhap")

    assert answer.headers["Location"] == "/quan-tri/dang-nhap"
    assert '<html lang="en">' in client.get("/").text


@pytest.mark.parametrize("elsewhere", ["https://evil.example", "//evil.example", "/\\evil.example"])
def test_the_language_switch_leads_to_no_other_site(client, elsewhere):
    assert client.get("/ngon-ngu/vi", query_string={"next": elsewhere}).headers["Location"] == "/"


def test_an_unknown_language_is_not_found(client):
    assert client.get("/ngon-ngu/xx").status_code == 404


def test_without_units_the_statistics_say_what_to_do(client, engine):
    with Session(engine) as session, session.begin():
        create_operator(
            session, username="quantri", password=PASSWORD, role=Role.ADMINISTRATOR, unit_id=None, now=NOW
        )
    come_in(client, "quantri")

    assert "cchc units load" in client.get("/thong-ke/").text


def test_a_program_without_a_session_is_told_so_in_json(client):
    answer = client.get("/thong-ke/", headers={"Accept": "application/json"})

    assert (answer.status_code, answer.json["code"]) == (401, "not_signed_in")
