"""Forwarding over real HTTP: our own door as the target, behind a door that fails, and killed workers."""

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session

from sync.forwarding.delivery import deliver_statements
from sync.forwarding.targets import resume_target
from tests.factories.hostile_lrs import HostileDoor, serving
from tests.factories.learning import make_completed, make_opened, make_result, make_voiding
from tests.factories.remote_lrs import ForwardingHouse
from tests.factories.waiting import wait_until
from tests.factories.xapi_door import open_door
from xapi_bridge.remote_lrs import HttpRemoteLrs
from xapi_bridge.store.models import StatementRow

LEARNERS = 12
#: A long soak sets this to 20.
SEEDS = range(1, int(os.environ.get("TEST_SEEDS", "3")) + 1)


class MovingClock:
    """The real clock, with pauses skipped: each look at an idle house moves it on."""

    def __init__(self) -> None:
        self.ahead = timedelta(0)

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead

    def skip(self, length: timedelta) -> None:
        self.ahead += length


@pytest.fixture
def house(engine):
    return ForwardingHouse(engine)


@pytest.fixture
def store(prepared_sqlite_file, tmp_path):
    """A second installation, the target."""
    path = tmp_path / "target.sqlite"
    shutil.copy(prepared_sqlite_file, path)
    with open_door(f"sqlite:///{path}", clock=lambda: datetime.now(UTC)) as door:
        yield door


@pytest.fixture
def remote():
    made = HttpRemoteLrs(timeout_seconds=0.5, private_networks_allowed=True)
    yield made
    made.close()


def learn(house, rounds=10):
    """Statements of several learners, some taken back; returns their ids in the order of the store."""
    ids = []
    for number in range(rounds):
        batch = [make_completed(f"hv-{learner}", f"m{number}") for learner in range(LEARNERS)]
        batch += [make_opened("hv-1"), make_result(0.5, "hv-2")]
        ids += house.record(*batch)
        ids += house.record(make_voiding(ids[-1]))
    return ids


def target_at(house, address, door, **fields):
    credential = door.credential
    return house.create_target(
        endpoint=f"{address}/xapi", key=credential.key, secret=credential.secret, **fields
    )


def stored(engine_or_url):
    """Ids by actor in the order of the store."""
    engine = create_engine(engine_or_url) if isinstance(engine_or_url, str) else engine_or_url
    by_actor: dict[str, list[str]] = {}
    with Session(engine) as session:
        for statement_id, payload in session.execute(
            select(StatementRow.statement_id, StatementRow.payload).order_by(StatementRow.seq)
        ):
            actor = json.dumps(json.loads(payload)["actor"], sort_keys=True)
            by_actor.setdefault(actor, []).append(str(statement_id))
    if isinstance(engine_or_url, str):
        engine.dispose()
    return by_actor


def url_of(store):
    return store.app.config["CCHC_SETTINGS"].effective_database_url


def deliver_all(house, remote, target, clock, *, seconds=90.0):
    """Rounds until nothing waits; pauses are skipped, the requests are real."""
    end = time.monotonic() + seconds
    while house.state(target).waiting and time.monotonic() < end:
        deliver_statements(house.transaction, remote, settings=house.settings, clock=clock)
        clock.skip(timedelta(minutes=11))
    assert house.state(target).waiting == 0


def test_both_stores_hold_the_same_over_a_good_line(house, store, remote):
    learn(house, rounds=3)
    with serving(store.app) as address:
        target = target_at(house, address, store)
        house.follow(target)

        deliver_all(house, remote, target, MovingClock())

    assert stored(url_of(store)) == stored(house.engine)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_hostile_store_ends_with_the_same_statements_once_and_in_order(house, store, remote, seed):
    learn(house)
    hostile = HostileDoor(store.app, seed=seed)
    with serving(hostile) as address:
        target = target_at(house, address, store, batch_statements=25)
        house.follow(target)

        deliver_all(house, remote, target, MovingClock())

    assert house.state(target).dead == 0
    assert stored(url_of(store)) == stored(house.engine)
    assert {"well", "too_large"} < hostile.kinds.keys()


def test_several_workers_at_once_keep_order_and_double_nothing(house, store, remote):
    learn(house)
    hostile = HostileDoor(store.app, seed=4, bad=0.2, slow_seconds=0.6)
    clock = MovingClock()
    with serving(hostile) as address:
        target = target_at(house, address, store, batch_statements=10)
        house.follow(target)
        workers = [
            threading.Thread(target=deliver_all, args=[house, remote, target, clock]) for _ in range(4)
        ]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join(timeout=120)

    assert stored(url_of(store)) == stored(house.engine)
    assert len(house.forwarded(target)) == sum(len(ids) for ids in stored(house.engine).values())


_WORKER = """
import sys
from sqlalchemy.orm import Session
from contextlib import contextmanager
from lti_tool.database import create_database_engine
from sync.forwarding.delivery import deliver_statements
from sync.settings import ForwardingSettings
from xapi_bridge.remote_lrs import HttpRemoteLrs
from xapi_bridge.running_app import utc_now

url, secret, iri_base = sys.argv[1:]
engine = create_database_engine(url)

@contextmanager
def transaction():
    with Session(engine, expire_on_commit=False) as session, session.begin():
        yield session

remote = HttpRemoteLrs(timeout_seconds=10, private_networks_allowed=True)
settings = ForwardingSettings(secret=secret, iri_base=iri_base)
while True:
    deliver_statements(transaction, remote, settings=settings, clock=utc_now)
"""


def test_a_worker_killed_again_and_again_loses_and_doubles_nothing(house, store, database_url):
    learn(house)
    expected = stored(house.engine)
    slow = HostileDoor(store.app, seed=5, bad=0.0)

    def slowly(environ, start_response):
        time.sleep(0.05)
        return slow(environ, start_response)

    with serving(slowly) as address:
        target = target_at(house, address, store, batch_statements=5)
        house.follow(target)
        for _ in range(6):
            _kill_after(slow, database_url, house, posts=slow.posts + 3)
            with house.transaction() as session:
                # What an operator does after a crash: otherwise the lease of the killed one ends by itself.
                resume_target(session, target, now=datetime.now(UTC))
        worker = _start_worker(database_url, house)
        try:
            assert wait_until(lambda: house.state(target).waiting == 0, seconds=60)
        finally:
            worker.kill()
            worker.wait()

    assert stored(url_of(store)) == expected
    assert len(house.forwarded(target)) == sum(len(ids) for ids in expected.values())


def _start_worker(database_url, house):
    arguments = [database_url, house.settings.secret, house.settings.iri_base]
    return subprocess.Popen([sys.executable, "-c", _WORKER, *arguments], stdout=subprocess.DEVNULL)


def _kill_after(door, database_url, house, *, posts):
    """A worker that is killed in the middle of a request."""
    worker = _start_worker(database_url, house)
    assert wait_until(lambda: door.posts >= posts or worker.poll() is not None, seconds=60)
    os.kill(worker.pid, signal.SIGKILL)
    worker.wait()
