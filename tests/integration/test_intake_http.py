"""Pulling over real HTTP: from a store of our own, through `cchc intake run`, also when it is killed."""

import json
import os
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.serving import make_server

from lti_tool.database import create_database_engine
from sync.intake.models import IntakeSource
from sync.intake.pulling import pull_due_sources
from sync.intake.sources import NewSource, add_source, find_source
from tests.conftest import prepare_schema
from tests.factories.statements import make_properties
from tests.factories.xapi_door import open_door
from xapi_bridge.remote_lrs import HttpRemoteLrs
from xapi_bridge.running_app import utc_now
from xapi_bridge.store.models import StatementRow

BASE = "https://cchc.example/"
SECRET = "insecure-development-key"
STATEMENTS = 450


class SlowDoor:
    """A WSGI application that answers after a pause, and counts."""

    def __init__(self, app, pause_seconds):
        self.app, self.pause_seconds, self.answered = app, pause_seconds, 0

    def __call__(self, environ, start_response):
        time.sleep(self.pause_seconds)
        self.answered += 1
        return self.app(environ, start_response)


@contextmanager
def served(app):
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.port}/xapi"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def other(tmp_path):
    """Another record store with statements in it, and a door that can be made slow."""
    url = f"sqlite:///{tmp_path / 'other.sqlite'}"
    engine = create_database_engine(url)
    prepare_schema(engine)
    engine.dispose()
    with open_door(url, clock=utc_now) as door:
        for start in range(0, STATEMENTS, 50):
            answer = door.post([make_properties(result={"response": str(start + one)}) for one in range(50)])
            assert answer.status_code == 200
        slow = SlowDoor(door.app, 0.0)
        with served(slow) as address:
            yield door, slow, address


@pytest.fixture
def opened(engine):
    @contextmanager
    def transaction():
        with Session(engine, expire_on_commit=False) as session, session.begin():
            yield session

    return transaction


@pytest.fixture
def source(opened, other):
    door, _slow, address = other
    with opened() as session:
        new = NewSource(
            "kho", "Kho", endpoint=address, key=door.credential.key, secret=door.credential.secret
        )
        add_source(session, new, secret=SECRET, now=utc_now())


@pytest.fixture
def remote():
    made = HttpRemoteLrs(timeout_seconds=20, private_networks_allowed=True)
    yield made
    made.close()


def stored_texts(opened):
    with opened() as session:
        payloads = session.scalars(select(StatementRow.payload)).all()
    return sorted(int(json.loads(one)["result"]["response"]) for one in payloads)


def pull(opened, remote, **options):
    return pull_due_sources(opened, remote, secret=SECRET, iri_base=BASE, clock=utc_now, **options)


def test_a_whole_store_comes_over_http_and_what_is_new_later(opened, source, other, remote):
    taken = pull(opened, remote)

    assert (taken.accepted, taken.rejected) == (STATEMENTS, 0)
    assert stored_texts(opened) == list(range(STATEMENTS))

    other[0].post(make_properties(result={"response": str(STATEMENTS)}))
    with opened() as session:
        find_source(session, "kho").due_at = utc_now()
    assert pull(opened, remote).accepted == 1


def test_two_workers_bring_everything_once(opened, source, remote):
    with ThreadPoolExecutor(2) as workers:
        rounds = list(workers.map(lambda _: pull(opened, remote), range(2)))

    assert sum(one.accepted for one in rounds) == STATEMENTS
    assert stored_texts(opened) == list(range(STATEMENTS))


def test_a_worker_whose_claim_another_took_over_changes_nothing(opened, source, remote, other):
    def take_over(_number_of_pages=0):
        with opened() as session:
            row = find_source(session, "kho", locked=True)
            row.claims += 1

    class Overtaken:
        def read_page(self, account, **asked):
            page = remote.read_page(account, **asked)
            take_over()
            return page

    assert pull(opened, Overtaken()).total == 0
    assert stored_texts(opened) == []


def test_a_process_killed_in_the_middle_loses_and_doubles_nothing(opened, source, other, database_url):
    _door, slow, _address = other
    slow.pause_seconds = 0.3
    command = [sys.executable, "-c", "from lti_tool.cli import main; main()", "intake", "run"]
    environment = os.environ | {
        "CCHC_DATABASE_URL": database_url,
        "CCHC_PRIVATE_NETWORKS_ALLOWED": "true",
    }
    running = subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL)
    wait_until(lambda: len(stored_texts(opened)) > 0 or running.poll() is not None)
    running.kill()
    running.wait(timeout=30)
    begun = len(stored_texts(opened))
    slow.pause_seconds = 0.0
    with opened() as session:
        # The lease of the dead process has ended.
        session.scalars(select(IntakeSource)).one().due_at = utc_now()

    finished = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120)

    assert 0 < begun <= STATEMENTS
    assert finished.returncode == 0, finished.stderr
    assert stored_texts(opened) == list(range(STATEMENTS))


def wait_until(is_done, *, seconds=60.0):
    deadline = time.monotonic() + seconds
    while not is_done():
        assert time.monotonic() < deadline, "nothing happened in time"
        time.sleep(0.02)


HOSTILE = {
    "an HTML page": (200, "text/html", b"<html>captive portal</html>", "remote_answer_malformed"),
    "no statements": (200, "application/json", b"{}", "remote_answer_malformed"),
    "statements of another shape": (
        200,
        "application/json",
        b'{"statements": {}}',
        "remote_answer_malformed",
    ),
    "an overloaded server": (503, "text/plain", b"later", "remote_unavailable"),
    "a wrong key": (401, "application/json", b"{}", "remote_access_refused"),
    "a redirect": (302, "text/plain", b"", "remote_access_refused"),
    "another server as more": (
        200,
        "application/json",
        b'{"statements": [], "more": "http://127.0.0.2:1/xapi/statements?x"}',
        "remote_access_refused",
    ),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_server_that_is_no_record_store_is_told_apart(opened, remote, name):
    status, content_type, body, code = HOSTILE[name]

    def hostile(_environ, start_response):
        headers = [("Content-Type", content_type), ("Location", "http://127.0.0.1:1/")]
        start_response(f"{status} X", headers)
        return [body]

    with served(hostile) as address:
        with opened() as session:
            new = NewSource("kho", "Kho", endpoint=address)
            add_source(session, new, secret=SECRET, now=utc_now())
        pull(opened, remote)

    with opened() as session:
        assert find_source(session, "kho").trouble_code == code
