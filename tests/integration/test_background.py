"""Background work without a broker: a thread that outlives its failures, in every way to serve."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests
from flask import Flask, current_app
from sqlalchemy import Engine
from sqlalchemy.orm import Session
from structlog.testing import capture_logs

from lti_tool.background import start_background
from lti_tool.cli.application import running_application
from lti_tool.settings import load_settings
from sync.background import BackgroundThread
from sync.rollups.follower import freshness
from sync.rollups.verify import verify_rollups
from sync.timetable import Job
from tests.factories.learning import IRI_BASE, create_official, create_small_tree, make_completed, record
from tests.factories.ports import find_free_port
from tests.factories.waiting import wait_until

SCRIPTS = Path(sys.executable).parent


def learn_something(engine: Engine) -> None:
    with Session(engine) as session, session.begin():
        tree = create_small_tree(session)
        create_official(session, "an", tree.commune_a)
        record(session, make_completed("an"))


def is_counted(engine: Engine) -> bool:
    with Session(engine.execution_options(read_only=True)) as session:
        return freshness(session).waiting == 0


def assert_counted(engine: Engine) -> None:
    assert wait_until(lambda: is_counted(engine))
    with Session(engine) as session:
        report = verify_rollups(session, iri_base=IRI_BASE)
    assert (report.agree, report.states) == (True, 1)


@contextmanager
def running(app: Flask, *jobs: Job) -> Iterator[BackgroundThread]:
    thread = BackgroundThread(app, jobs)
    thread.start()
    try:
        yield thread
    finally:
        thread.stop()


def test_a_job_runs_again_and_again_inside_the_application_context():
    app, seen = Flask("test"), []

    with running(app, Job("note", 0.01, lambda: len(seen) if seen.append(current_app.name) else 0)):
        ran_thrice = wait_until(lambda: len(seen) >= 3, seconds=10)

    assert ran_thrice
    assert set(seen) == {"test"}


def test_a_job_that_fails_is_logged_and_neither_ends_nor_delays_the_others():
    seen, failures = [], []

    def fail() -> int:
        failures.append(1)
        raise ZeroDivisionError

    def note() -> int:
        seen.append(1)
        return 1

    jobs = [Job("broken", 0.01, fail), Job("sound", 0.01, note)]
    with capture_logs() as logs, running(Flask("test"), *jobs) as thread:
        both_go_on = wait_until(lambda: len(seen) >= 3 and len(failures) >= 3, seconds=10)
        is_alive = thread.is_running

    assert both_go_on
    assert is_alive
    assert {(entry["event"], entry["job"], entry["log_level"]) for entry in logs} == {
        ("background_job_failed", "broken", "error")
    }


def test_stopping_waits_for_the_job_that_runs():
    began, finished = threading.Event(), []

    def work() -> int:
        began.set()
        time.sleep(0.2)
        finished.append(1)
        return 1

    thread = BackgroundThread(Flask("test"), [Job("slow", 60.0, work)])
    thread.start()
    began.wait(10)
    ended = thread.stop()

    assert (ended, thread.is_running, finished) == (True, False, [1])


def test_a_web_process_without_a_broker_counts_by_itself(engine, database_url):
    settings = load_settings({"CCHC_DATABASE_URL": database_url, "CCHC_FOLLOW_INTERVAL_SECONDS": "0.05"})
    learn_something(engine)

    with running_application(settings) as app:
        thread = start_background(app, settings)
        try:
            assert_counted(engine)
        finally:
            thread.stop()


def test_a_web_process_with_a_broker_leaves_the_work_to_workers(database_url):
    settings = load_settings({"CCHC_DATABASE_URL": database_url, "CCHC_BROKER_URL": "redis://127.0.0.1:1/0"})

    with running_application(settings) as app:
        assert start_background(app, settings) is None


@pytest.mark.parametrize("server", ["cchc serve", "gunicorn"])
def test_each_way_to_serve_answers_and_counts(engine, database_url, server, tmp_path):
    learn_something(engine)
    port = find_free_port()
    command = {
        "cchc serve": [SCRIPTS / "cchc", "serve", "--port", str(port)],
        "gunicorn": [
            SCRIPTS / "gunicorn",
            "--bind",
            f"127.0.0.1:{port}",
            "--workers",
            "2",
            "lti_tool.wsgi:app",
        ],
    }[server]
    environment = os.environ | {
        "CCHC_DATABASE_URL": database_url,
        "CCHC_DATA_DIR": str(tmp_path),
        "CCHC_FOLLOW_INTERVAL_SECONDS": "0.2",
    }

    with subprocess.Popen(
        command,
        env=environment,
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
        preexec_fn=_listen_to_ctrl_c,
    ) as process:
        try:
            answered = wait_until(lambda: _answers(port) or process.poll() is not None)
            assert process.poll() is None, process.stderr.read().decode()[-2000:]
            assert_counted(engine)
        finally:
            process.send_signal(signal.SIGINT)
            complaints = _ended(process)

    assert answered
    assert b"Traceback" not in complaints


def _listen_to_ctrl_c() -> None:
    """A suite run in the background of a shell ignores Ctrl-C, and what it starts would inherit that."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


def _ended(process: subprocess.Popen[bytes]) -> bytes:
    """What the process wrote to stderr; one that does not end in a minute is killed, and the run goes on."""
    try:
        return process.communicate(timeout=60)[1]
    except subprocess.TimeoutExpired:
        process.kill()
        raise


def _answers(port: int) -> bool:
    try:
        return requests.get(f"http://127.0.0.1:{port}/suc-khoe", timeout=5).ok
    except (requests.ConnectionError, requests.Timeout):
        # gunicorn listens before its workers have loaded the application.
        return False
