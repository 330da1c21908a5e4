"""`cchc audit …` and the console's page: the log for those who must answer for it."""

import csv
import io
import json
from datetime import timedelta

import pytest
from click.testing import CliRunner
from sqlalchemy.orm import Session

from lti_tool.cli.audit import audit
from lti_tool.settings import load_settings
from tests.factories.lti import open_tool
from tests.factories.reports import come_in, create_country, create_operators
from xapi_bridge.reading_log import log_reading
from xapi_bridge.running_app import utc_now
from xapi_bridge.store.audit import Reader

PERSON = ("account", "https://lms.example", "hoc vien 1")


def fill(app, clock):
    """A reading about a person by a key 800 days ago, and one about nobody by an operator now."""
    present = clock.instant
    with app.app_context():
        clock.instant = present - timedelta(days=800)
        log_reading(
            Reader("key", "k1"), "statements", asked={"verb": "https://v.example"}, records=3, person=PERSON
        )
        clock.instant = present
        log_reading(Reader("operator", "an"), "export", asked={"format": "=csv"}, records=9)


@pytest.fixture
def app(database_url, clock):
    clock.instant = utc_now()
    with open_tool(database_url, clock=clock) as opened:
        fill(opened, clock)
        yield opened


@pytest.fixture
def run(app, database_url):
    settings = load_settings(
        {"CCHC_DATABASE_URL": database_url, "CCHC_SECRET_KEY": "a-secret-of-the-tests-that-is-long-enough"}
    )
    return lambda *words: CliRunner().invoke(audit, words, obj=settings)


@pytest.fixture
def client(app, engine):
    with Session(engine) as session, session.begin():
        create_operators(session, create_country(session))
    opened = app.test_client()
    come_in(opened, "administrator")
    return opened


def test_the_list_can_be_narrowed(run):
    assert [line.split()[3] for line in run("list").output.splitlines()] == ["an", "k1"]
    assert "k1" not in run("list", "--reader", "an").output
    assert "k1" in run("list", "--person", "https://lms.example hoc vien 1").output
    assert "Không có lần xem nào" in run("list", "--person", "https://lms.example ai-khac").output
    assert "Không có lần xem nào" in run("list", "--day", "2020-01-01").output


@pytest.mark.parametrize("person", ["", "hoc-vien", "{}", '{"mbox":"x"}'])
def test_a_person_that_cannot_be_understood_is_refused(run, person):
    assert run("list", "--person", person).exit_code == 2


def test_pruning_keeps_the_time_of_the_setting_and_is_logged(run):
    answer = run("prune")

    assert "Đã xóa 1 lần xem" in answer.output
    assert "k1" not in run("list").output
    assert "audit_pruned" in run("actions").output


def test_nobody_can_prune_the_last_month(run):
    assert run("prune", "--days", "29").exit_code == 2


def test_the_table_is_safe_in_a_spreadsheet(run):
    rows = list(csv.reader(io.StringIO(run("list", "--csv").output)))

    assert rows[0][0] == "read_at"
    assert [row[2] for row in rows[1:]] == ["an", "k1"]


def test_the_page_shows_and_narrows_the_log(client):
    every = client.get("/quan-tri/nhat-ky").text
    about = client.get("/quan-tri/nhat-ky", query_string={"nguoi": "https://lms.example hoc vien 1"}).text
    wrong = client.get("/quan-tri/nhat-ky", query_string={"nguoi": "hoc vien"}).text
    by_agent = client.get(
        "/quan-tri/nhat-ky",
        query_string={"nguoi": json.dumps({"account": {"homePage": PERSON[1], "name": PERSON[2]}})},
    ).text

    assert "k1" in every
    assert "khoa=an" in every
    assert "https://v.example" in about
    assert "khoa=an" not in about
    assert "https://v.example" in by_agent
    assert "Không hiểu được" in wrong
    assert "Không có lần xem nào như vậy" in wrong


@pytest.mark.parametrize(
    "query", ["ngay=x", "truoc=x", "truoc=" + "9" * 40, "ngay=9999-12-31", "khoa=%00", "nguoi=%00"]
)
def test_the_page_takes_any_address(client, query):
    for address in ("/quan-tri/nhat-ky", "/quan-tri/nhat-ky/thao-tac", "/quan-tri/nhat-ky.csv"):
        assert client.get(f"{address}?{query}").status_code == 200


def test_taking_the_file_is_a_reading_too(client):
    rows = list(csv.reader(io.StringIO(client.get("/quan-tri/nhat-ky.csv").get_data().decode("utf-8-sig"))))
    page = client.get("/quan-tri/nhat-ky").text

    assert [row[2] for row in rows[1:]] == ["an", "k1"]
    assert "Nhật ký này" in page
