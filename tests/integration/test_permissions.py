"""Every page of operators against every role: the table is complete, and the pages keep to it."""

import re
from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from lti_tool.admin.operators import Role
from lti_tool.admin.permissions import FIRST_PAGE, PERMISSIONS, PUBLIC, may_open, roles_for
from lti_tool.app import create_app
from lti_tool.database import create_database_engine
from lti_tool.database_schema import upgrade_database
from lti_tool.settings import Settings
from tests.factories.lti import open_tool
from tests.factories.reports import come_in, create_country, create_operators, csrf_token

METHODS = ("GET", "POST", "PUT", "DELETE", "PATCH")


def operators_rules():
    """(endpoint, method, address) of every page that is not one of the public rooms."""
    app = create_app(Settings(database_url="sqlite://"))
    for rule in app.url_map.iter_rules():
        if rule.endpoint.partition(".")[0] not in PUBLIC:
            for method in sorted(set(METHODS) & set(rule.methods or ())):
                yield rule.endpoint, method, filled(rule.rule)


def filled(address: str) -> str:
    """The address with something of the right kind in each of its places."""
    kinds = (
        (r"<int[:(][^>]+>", "1"),
        ("<uuid:[^>]+>", str(UUID(int=1))),
        (r"<any\(csv, xlsx\):form>", "csv"),
        ("<[^>]+>", "x"),
    )
    for kind, value in kinds:
        address = re.sub(kind, value, address)
    return address


RULES = sorted(set(operators_rules()))


def test_every_page_of_operators_stands_in_the_table():
    assert len(RULES) > 60
    assert [endpoint for endpoint, _, _ in RULES if not roles_for(endpoint)] == []


def test_the_table_names_no_page_that_does_not_exist():
    endpoints = {endpoint for endpoint, _, _ in RULES}
    rooms = {f"{endpoint.partition('.')[0]}.*" for endpoint in endpoints}

    assert sorted(set(PERMISSIONS) - endpoints - rooms) == []


def test_public_rooms_exist():
    app = create_app(Settings(database_url="sqlite://"))
    rooms = {rule.endpoint.partition(".")[0] for rule in app.url_map.iter_rules()}

    assert rooms >= PUBLIC


def test_an_administrator_may_open_every_list_and_an_unknown_page_is_nobodys():
    assert roles_for("no_such.page") == frozenset()
    assert all(may_open(role, FIRST_PAGE[role]) for role in Role)


@pytest.mark.parametrize("role", list(Role), ids=lambda role: role.value)
def test_each_role_opens_what_the_table_gives_it_and_nothing_else(database_url, engine, clock, role):
    with Session(engine) as session, session.begin():
        create_operators(session, create_country(session))
    wrong = []
    with open_tool(database_url, clock=clock) as app:
        client = app.test_client()
        come_in(client, role.value)
        token = csrf_token(client.get("/quan-tri/tai-khoan-cua-toi/"))
        for endpoint, method, address in RULES:
            if endpoint.startswith("own_account."):
                continue
            # A form with nothing in it: whatever it lacks, the refusal comes after the gate.
            answer = client.open(
                address, method=method, data={"csrf_token": token} if method == "POST" else {}
            )
            is_barred = answer.status_code == 403 and "Your role does not include" in answer.text
            if is_barred == (role in roles_for(endpoint)):
                wrong.append((endpoint, method, answer.status_code))

    assert wrong == []


@pytest.mark.parametrize(("endpoint", "method", "address"), RULES)
def test_without_a_session_every_page_is_closed(closed_client, endpoint, method, address):
    answer = closed_client.open(address, method=method, data={"csrf_token": closed_client.token})

    if method == "GET":
        assert answer.status_code == 302, endpoint
        assert answer.headers["Location"].startswith("/quan-tri/dang-nhap?next=")
    else:
        assert answer.status_code in {400, 401}, endpoint


@pytest.fixture(scope="module")
def closed_client(tmp_path_factory):
    """A browser of nobody, with a valid form token."""
    url = f"sqlite:///{tmp_path_factory.mktemp('closed') / 'closed.sqlite'}"
    engine = create_database_engine(url)
    upgrade_database(engine)
    engine.dispose()
    client = create_app(Settings(database_url=url)).test_client()
    client.token = csrf_token(client.get("/quan-tri/dang-nhap"))
    return client
