"""What must not leave the house: values in errors, passwords, statements in caches, people's later posts."""

import json
from datetime import date

import pytest
from click.testing import CliRunner
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from lti_tool.admin.operators import Role
from lti_tool.cli.settings import show
from lti_tool.settings import load_settings
from sync.organization.models import OPEN_END, Unit
from tests.factories.learning import record
from tests.factories.lti import open_tool
from tests.factories.reports import come_in, create_country, create_operators, create_posted_person
from tests.factories.statements import make_properties
from tests.factories.xapi_door import open_door
from xapi_bridge.statement import parse_statement


def test_a_failed_database_statement_does_not_repeat_its_values(engine):
    with pytest.raises(SQLAlchemyError) as failed, engine.connect() as connection:
        connection.execute(text("SELECT :name FROM no_such_table"), {"name": "Nguyễn Thị Hạnh"})

    assert "Nguyễn Thị Hạnh" not in str(failed.value)


@pytest.mark.parametrize(
    "address",
    [
        "redis://:geheim@127.0.0.1:6379/0",
        "sentinel://:geheim@a:26379;sentinel://:geheim@b:26379",
        "amqp://cchc:geheim@a:5672//;amqp://cchc:geheim@b:5672//",
    ],
)
def test_settings_show_no_password_of_any_broker_in_a_list(address):
    settings = load_settings({"CCHC_BROKER_URL": address})

    shown = CliRunner().invoke(show, obj=settings).output

    assert "geheim" not in shown
    assert address.replace("geheim", "***") in shown


def test_settings_show_no_password_among_the_parameters_of_an_address():
    settings = load_settings({"CCHC_DATABASE_URL": "postgresql://db/cchc?user=cchc&password=geheim"})

    shown = CliRunner().invoke(show, obj=settings).output

    assert "CCHC_DATABASE_URL=postgresql://db/cchc?user=cchc&password=***" in shown


def test_statements_are_kept_by_no_cache(database_url, clock):
    with open_door(database_url, clock=clock) as door:
        [statement_id] = door.post(make_properties()).get_json()

        answers = [door.get(statementId=statement_id), door.get()]

    assert [answer.headers.get("Cache-Control") for answer in answers] == ["no-store", "no-store"]


def test_the_manager_of_an_earlier_unit_is_not_told_of_the_next_one(database_url, engine, clock):
    with Session(engine) as session, session.begin():
        country = create_country(session)
        create_operators(session, country)
        own, elsewhere = session.get(Unit, country.province), session.get(Unit, country.ministry)
        moved = create_posted_person(
            session,
            "phuong",
            [(own, date(2025, 7, 1), date(2026, 3, 1)), (elsewhere, date(2026, 3, 1), OPEN_END)],
        )
    with open_tool(database_url, clock=clock) as app:
        client = app.test_client()
        come_in(client, Role.UNIT_MANAGER)

        page = client.get(f"/thong-ke/nguoi/{moved}?ngay=2026-01-31")

    assert page.status_code == 200
    assert f"/thong-ke/don-vi/{country.province}" in page.text
    assert f"/thong-ke/don-vi/{country.ministry}" not in page.text


def test_an_analyst_reads_no_hash_of_an_address_that_can_be_guessed(database_url, engine, clock):
    hashed = "ebd31e95054c018b10727ccffd2ef2ec3a016ee9"
    instructor = {"objectType": "Agent", "mbox_sha1sum": hashed}
    written = make_properties(context={"instructor": instructor})
    with Session(engine) as session, session.begin():
        create_operators(session, create_country(session))
        [statement_id] = record(session, parse_statement(json.dumps(written).encode()))
    with open_tool(database_url, clock=clock) as app:
        client = app.test_client()
        come_in(client, Role.ANALYST)

        page = client.get(f"/thong-ke/ban-ghi/{statement_id}")

    assert page.status_code == 200
    assert "instructor" in page.text
    assert hashed not in page.text


@pytest.mark.parametrize("elsewhere", ["/\t\\evil.example", "///evil.example", "/x\r\nSet-Cookie: a=b"])
def test_a_way_back_with_signs_that_browsers_drop_is_not_taken(database_url, clock, elsewhere):
    with open_tool(database_url, clock=clock) as app:
        answer = app.test_client().get("/ngon-ngu/vi", query_string={"next": elsewhere})

    assert (answer.status_code, answer.headers["Location"]) == (302, "/")
