"""Web and worker are killed (kill -9) while scores go to an LMS that fails: none is lost, none doubled.

TEST_SCORE_POSTS says how many learners get a score: 1000 unless it is set, 100 under CI.
"""

import os
import random
import signal
import subprocess
import sys
import threading
import uuid
from collections import Counter
from contextlib import contextmanager
from pathlib import Path

import pytest
from kombu import Connection
from kombu.exceptions import OperationalError
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lti_tool.background import sync_settings_from
from lti_tool.cli.application import running_application
from lti_tool.settings import load_settings
from sync.bookmarks import find_bookmark
from sync.grades import GRADES, expect_score
from sync.models import OutgoingScore
from sync.tasks import PREFIX, celery_from
from tests.factories.hostile_lms import HostileLms
from tests.factories.hostile_lrs import serving
from tests.factories.learning import NOON, make_registration, make_result, record
from tests.factories.lti import FakePlatform, create_platform
from tests.factories.ports import find_free_port
from tests.factories.waiting import wait_until
from tests.machine import missing_tool
from xapi_bridge.store.follow import count_after

POSTS = int(os.environ.get("TEST_SCORE_POSTS", "100" if os.environ.get("CI") else "1000"))
BROKERS = {
    "redis": os.environ.get("TEST_REDIS_URL", "redis://127.0.0.1:6379/0"),
    "rabbitmq": os.environ.get("TEST_RABBITMQ_URL", "amqp://guest:guest@127.0.0.1:5672//"),
}
KILLS = 5
JOBS = ("follow_grades", "deliver_scores")
SECONDS = 60 + POSTS * 0.6


@pytest.fixture
def lms():
    hostile = HostileLms(seed=20261125, bad=0.35)
    with serving(hostile) as address:
        hostile.address = address
        yield hostile


@pytest.fixture
def learners(engine, lms, clock):
    """Each expects a score; the first half of them gets a better result later."""
    names = [f"hv-{number:04}" for number in range(POSTS)]
    with Session(engine) as session, session.begin():
        platform = create_platform(session, FakePlatform(issuer=lms.address), now=clock())
        for number, name in enumerate(names):
            expect_score(
                session,
                registration=make_registration(name),
                platform_registration_id=platform.id,
                line_item_url=f"{lms.address}/items/{number % 3}/lineitem?type_id=2",
                lms_user_id=name,
                score_maximum=100.0,
                now=NOON,
            )
    record_all(engine, names, lambda number: 0.3 + (number % 5) / 10)
    return names


def record_all(engine, names, scaled, *, at=NOON):
    for start in range(0, len(names), 100):
        with Session(engine) as session, session.begin():
            record(
                session,
                *[
                    make_result(scaled(start + i), name, at=at)
                    for i, name in enumerate(names[start : start + 100])
                ],
            )


def environment_of(database_url, tmp_path, **more):
    return os.environ | {
        "CCHC_DATABASE_URL": database_url,
        "CCHC_DATA_DIR": str(tmp_path),
        "CCHC_PRIVATE_NETWORKS_ALLOWED": "true",
        "CCHC_FOLLOW_INTERVAL_SECONDS": "0.1",
        "CCHC_OUTGOING_TIMEOUT_SECONDS": "0.5",
        "CCHC_SCORE_RETRY_SECONDS": "0.5",
        "CCHC_SCORE_READ_BACK_PERCENT": "0",
        "CCHC_LOG_LEVEL": "error",
        **more,
    }


def is_all_delivered(engine) -> bool:
    with Session(engine.execution_options(read_only=True)) as session:
        bookmark = find_bookmark(session, GRADES)
        if bookmark is None or count_after(session, bookmark.last_seq):
            return False
        waiting = select(func.count()).where(OutgoingScore.due_at.is_not(None))
        return session.scalar(waiting) == 0


@contextmanager
def killed_again_and_again(command, environment, *, times=KILLS):
    """The process, killed without warning and started anew; at last it runs on."""
    stopping, kills = threading.Event(), []
    chance = random.Random(7)
    running = []

    def start():
        running.append(
            subprocess.Popen(
                command,
                env=environment,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
        )

    def kill():
        process = running.pop()
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(timeout=60)
        kills.append(process.pid)

    def kill_often():
        while len(kills) < times and not stopping.wait(4 + chance.random() * 3):
            kill()
            start()

    start()
    killer = threading.Thread(target=kill_often)
    killer.start()
    try:
        yield kills
    finally:
        stopping.set()
        killer.join()
        kill()


def expect_the_best(lms, engine, names):
    best = {name: 0.3 + (number % 5) / 10 for number, name in enumerate(names)}
    best |= dict.fromkeys(names[: POSTS // 2], 0.95)
    held = {user: round(share, 4) for (_item, user), (_second, share) in lms.grades.items()}
    times = Counter(lms.accepted)
    with Session(engine) as session:
        rows = session.scalars(select(OutgoingScore)).all()
    assert held == {name: round(scaled, 4) for name, scaled in best.items()}
    assert [one for one, count in times.items() if count > 1] == []
    assert len(rows) == POSTS
    assert [row.trouble for row in rows if row.given_up_at or row.delivered_scaled != row.best_scaled] == []


def improve(engine, lms, names):
    """Better results come while the first ones are on their way."""
    assert wait_until(lambda: len(lms.accepted) >= POSTS // 4, seconds=SECONDS)
    record_all(engine, names[: POSTS // 2], lambda _number: 0.95, at=NOON)


def test_a_web_process_without_a_broker_loses_and_doubles_no_score(
    engine, database_url, tmp_path, lms, learners
):
    serve = [Path(sys.executable).parent / "cchc", "serve", "--port", str(find_free_port())]

    with killed_again_and_again(serve, environment_of(database_url, tmp_path)) as kills:
        improve(engine, lms, learners)
        delivered = wait_until(lambda: len(kills) == KILLS and is_all_delivered(engine), seconds=SECONDS)

    assert delivered
    expect_the_best(lms, engine, learners)
    assert set(lms.kinds) > {"well", "slow", "stored_then_dropped", "false_conflict"}


@pytest.mark.parametrize("broker", BROKERS)
def test_workers_of_celery_lose_and_double_no_score(engine, database_url, tmp_path, lms, learners, broker):
    url = BROKERS[broker]
    try:
        with Connection(url, connect_timeout=3) as connection:
            connection.ensure_connection(max_retries=1)
    except OperationalError:
        missing_tool(f"{broker} is not reachable; set TEST_{broker.upper()}_URL")
    queue = f"cchc-test-{uuid.uuid4().hex}"
    environment = environment_of(database_url, tmp_path, CCHC_BROKER_URL=url)
    worker = [sys.executable, "-m", "celery", "-A", "lti_tool.worker", "worker", "-Q", queue]
    worker += ["-n", f"{queue}@%h", "--concurrency", "2", "--without-gossip", "--without-mingle"]

    with (
        beating(environment, queue),
        killed_again_and_again(worker, environment) as kills,
    ):
        improve(engine, lms, learners)
        delivered = wait_until(lambda: len(kills) == KILLS and is_all_delivered(engine), seconds=SECONDS)

    with Connection(url) as connection:
        connection.default_channel.queue_delete(queue)
    assert delivered
    expect_the_best(lms, engine, learners)


@contextmanager
def beating(environment, queue):
    """Sends the tasks again and again, as beat does."""
    settings = load_settings({name: text for name, text in environment.items() if name.startswith("CCHC_")})
    stopping = threading.Event()
    with running_application(settings) as app:
        celery = celery_from(app, settings.broker_url, settings=sync_settings_from(settings), queue=queue)

        def beat():
            while not stopping.wait(0.5):
                for job in JOBS:
                    celery.tasks[PREFIX + job].apply_async(expires=2)

        thread = threading.Thread(target=beat)
        thread.start()
        try:
            yield
        finally:
            stopping.set()
            thread.join()
            celery.close()
