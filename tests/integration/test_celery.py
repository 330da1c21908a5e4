"""The same work on Celery: a real worker process, on Redis and on RabbitMQ."""

import logging
import os
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from kombu import Connection
from kombu.exceptions import OperationalError
from sqlalchemy.orm import Session

from lti_tool.background import sync_settings_from
from lti_tool.cli.application import running_application
from lti_tool.settings import Settings, load_settings
from sync.rollups.follower import freshness
from sync.rollups.verify import verify_rollups
from sync.tasks import PREFIX, celery_from
from sync.timetable import timetable
from tests.factories.learning import (
    IRI_BASE,
    create_official,
    create_small_tree,
    make_completed,
    make_opened,
    record,
)
from tests.factories.waiting import wait_until
from tests.machine import missing_tool

BROKERS = {
    "redis": os.environ.get("TEST_REDIS_URL", "redis://127.0.0.1:6379/0"),
    "rabbitmq": os.environ.get("TEST_RABBITMQ_URL", "amqp://guest:guest@127.0.0.1:5672//"),
}
NOBODY_LISTENS = "redis://127.0.0.1:1/0"


@pytest.fixture(params=BROKERS)
def broker_url(request) -> str:
    url = BROKERS[request.param]
    try:
        with Connection(url, connect_timeout=3) as connection:
            connection.ensure_connection(max_retries=1)
    except OperationalError:
        missing_tool(f"{request.param} is not reachable; set TEST_{request.param.upper()}_URL")
    return url


@pytest.fixture
def queue(broker_url) -> Iterator[str]:
    """A queue of this test's own, removed at the end."""
    name = f"cchc-test-{uuid.uuid4().hex}"
    yield name
    with Connection(broker_url) as connection:
        connection.default_channel.queue_delete(name)


def settings_for(database_url: str, broker_url: str) -> Settings:
    return load_settings({"CCHC_DATABASE_URL": database_url, "CCHC_BROKER_URL": broker_url})


@contextmanager
def celery_app(settings: Settings, *, queue: str = "cchc"):
    with running_application(settings) as app:
        celery = celery_from(app, settings.broker_url, settings=sync_settings_from(settings), queue=queue)
        try:
            yield celery
        finally:
            celery.close()


@contextmanager
def worker(settings: Settings, *, queue: str) -> Iterator[subprocess.Popen]:
    """`celery -A lti_tool.worker worker`, as an installation runs it, on a queue of its own."""
    options = ["-Q", queue, "-n", f"{queue}@%h", "--concurrency", "2", "--without-gossip", "--without-mingle"]
    command = [sys.executable, "-m", "celery", "-A", "lti_tool.worker", "worker", *options]
    environment = os.environ | {
        "CCHC_DATABASE_URL": settings.database_url,
        "CCHC_BROKER_URL": settings.broker_url,
    }
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        try:
            yield process
        finally:
            process.terminate()
            process.wait(timeout=60)


def learn_something(engine) -> None:
    with Session(engine) as session, session.begin():
        tree = create_small_tree(session)
        for number in range(10):
            name = f"hoc-vien-{number}"
            create_official(session, name, tree.leaves[number % 3])
            record(session, make_opened(name), make_completed(name))


def is_counted(engine) -> bool:
    with Session(engine.execution_options(read_only=True)) as session:
        return freshness(session).waiting == 0


def test_a_worker_counts_what_the_store_holds(engine, database_url, broker_url, queue):
    settings = settings_for(database_url, broker_url)
    learn_something(engine)

    with worker(settings, queue=queue), celery_app(settings, queue=queue) as celery:
        # Twice, as a broker may deliver it: both tasks may run at once.
        for _ in range(2):
            celery.tasks[f"{PREFIX}follow_rollups"].delay()
        counted = wait_until(lambda: is_counted(engine))

    with Session(engine) as session:
        report = verify_rollups(session, iri_base=IRI_BASE)
    assert counted
    assert (report.agree, report.statements, report.states) == (True, 20, 10)


def test_a_dead_broker_delays_work_and_loses_none(engine, database_url):
    learn_something(engine)

    with celery_app(settings_for(database_url, NOBODY_LISTENS)) as celery:
        task = celery.tasks[f"{PREFIX}follow_rollups"]
        with pytest.raises(OperationalError):
            task.apply_async(retry=False)
        was_counted = is_counted(engine)
        # The broker is back, and a worker runs the task of the next round.
        task()

    with Session(engine) as session:
        report = verify_rollups(session, iri_base=IRI_BASE)
    assert not was_counted
    assert (report.agree, report.states) == (True, 10)


def test_every_job_of_the_timetable_is_a_task_on_the_schedule(database_url):
    settings = settings_for(database_url, NOBODY_LISTENS)
    jobs = timetable(sync_settings_from(settings))

    with celery_app(settings) as celery:
        schedule = {entry["task"]: entry["schedule"] for entry in celery.conf.beat_schedule.values()}
        registered = {name for name in celery.tasks if name.startswith(PREFIX)}

    assert schedule == {PREFIX + job.name: job.every_seconds for job in jobs}
    assert registered == schedule.keys()


def test_a_task_that_dies_with_its_worker_is_given_to_another(database_url):
    with celery_app(settings_for(database_url, NOBODY_LISTENS)) as celery:
        conf = celery.conf

        assert (conf.task_acks_late, conf.task_reject_on_worker_lost) == (True, True)
        assert (conf.task_serializer, conf.accept_content) == ("json", ["json"])


def test_the_level_of_our_settings_holds_in_a_worker(database_url, monkeypatch):
    root = logging.getLogger()
    monkeypatch.setattr(root, "level", logging.INFO)
    with celery_app(settings_for(database_url, NOBODY_LISTENS)) as celery:
        celery.log.already_setup = False

        celery.log.setup(loglevel=logging.CRITICAL, redirect_stdouts=False)

        assert root.level == logging.INFO


def test_a_worker_without_a_broker_says_what_to_set():
    environment = {name: value for name, value in os.environ.items() if name != "CCHC_BROKER_URL"}

    refused = subprocess.run(
        [sys.executable, "-c", "import lti_tool.worker"], env=environment, capture_output=True, check=False
    )

    assert refused.returncode == 1
    assert b"CCHC_BROKER_URL" in refused.stderr
