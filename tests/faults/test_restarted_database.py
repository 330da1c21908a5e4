"""PostgreSQL goes away under load and comes back: senders wait, nothing is lost, nothing is doubled."""

from collections import Counter

import pytest
import requests
from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.cli.application import running_application
from lti_tool.database import create_database_engine
from lti_tool.database_schema import upgrade_database
from lti_tool.settings import load_settings
from tests.factories.own_postgresql import own_postgresql
from tests.factories.retrying import RetryingClient, sending, wait_for_more
from tests.factories.web_server import running_web_server
from tests.factories.xapi_door import create_key
from xapi_bridge.store.models import StatementRow

pytestmark = pytest.mark.postgresql
CLIENTS = 3


@pytest.fixture
def postgresql():
    with own_postgresql() as server:
        engine = create_database_engine(server.url)
        upgrade_database(engine)
        engine.dispose()
        yield server


def make_key(database_url: str) -> tuple[str, str]:
    with running_application(load_settings({"CCHC_DATABASE_URL": database_url})) as app:
        made = create_key(app, "all")
    return made.key, made.secret


def test_senders_outlive_restarts_of_the_database(postgresql, tmp_path):
    auth = make_key(postgresql.url)
    with running_web_server(postgresql.url, tmp_path) as server:
        clients = [RetryingClient(server.address, auth, lambda: 10) for _ in range(CLIENTS)]
        with sending(clients):
            for mode in ("immediate", "fast"):
                wait_for_more(clients, 200)
                postgresql.restart(mode=mode)
            wait_for_more(clients, 200)

    engine = create_database_engine(postgresql.url)
    with Session(engine) as session:
        stored = Counter(str(one) for one in session.scalars(select(StatementRow.statement_id)))
    engine.dispose()
    assert [client.refusals for client in clients] == [[]] * CLIENTS
    assert max(stored.values()) == 1
    assert {one for client in clients for one in client.acknowledged} == set(stored)


def test_a_database_that_is_away_is_told_as_such(postgresql, tmp_path):
    auth = make_key(postgresql.url)
    with running_web_server(postgresql.url, tmp_path) as server:
        postgresql.stop(mode="fast")
        answer = requests.get(
            f"{server.address}/xapi/statements",
            auth=auth,
            headers={"X-Experience-API-Version": "1.0.3"},
            timeout=60,
        )
        postgresql.start()

    assert (answer.status_code, answer.json()["code"]) == (503, "database_unavailable")
    assert int(answer.headers["Retry-After"]) > 0
