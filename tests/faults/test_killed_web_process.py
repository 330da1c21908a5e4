"""kill -9 of the web service under load: what was acknowledged is stored, and nothing twice."""

import os
import random
from collections import Counter

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.cli.application import running_application
from lti_tool.settings import load_settings
from tests.factories.retrying import RetryingClient, sending, wait_for_more
from tests.factories.web_server import running_web_server
from tests.factories.xapi_door import create_key
from xapi_bridge.store.models import StatementRow

#: A long soak sets this to 100.
KILLS = int(os.environ.get("TEST_KILLS", "4"))
CLIENTS = 4


def make_key(database_url: str) -> tuple[str, str]:
    with running_application(load_settings({"CCHC_DATABASE_URL": database_url})) as app:
        made = create_key(app, "all")
    return made.key, made.secret


def stored_ids(engine) -> list[str]:
    with Session(engine) as session:
        return [str(one) for one in session.scalars(select(StatementRow.statement_id))]


@pytest.mark.parametrize("whole_service", [False, True], ids=["a worker", "the whole service"])
def test_what_was_acknowledged_is_stored_once(whole_service, database_url, engine, tmp_path):
    draw = random.Random(20261125)
    auth = make_key(database_url)
    with running_web_server(database_url, tmp_path) as server:
        clients = [
            RetryingClient(server.address, auth, lambda: draw.choice([1, 1, 7, 50])) for _ in range(CLIENTS)
        ]
        with sending(clients):
            for _ in range(KILLS):
                wait_for_more(clients, 40)
                if whole_service:
                    server.kill_all()
                    server.start()
                else:
                    server.kill_a_worker()

    stored = Counter(stored_ids(engine))
    acknowledged = {one for client in clients for one in client.acknowledged}
    assert [client.refusals for client in clients] == [[]] * CLIENTS
    assert max(stored.values()) == 1
    assert acknowledged == set(stored)
