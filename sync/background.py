"""The timetable in threads of the web process, one for each lane: for installations without a broker."""

import threading
import time
from collections.abc import Sequence

import structlog
from flask import Flask

from sync.timetable import Job

log = structlog.get_logger(__name__)


class BackgroundThread:
    """Runs jobs, each when it is due, until it is stopped; those of one lane one after the other.

    A job that fails is logged and comes again at its next time; the others go on. Several processes may
    each run such a thread on one database: the followers' bookmarks keep them apart.
    """

    def __init__(self, app: Flask, jobs: Sequence[Job]) -> None:
        self._app = app
        self._stopping = threading.Event()
        lanes: dict[str, dict[Job, float]] = {}
        for job in jobs:
            lanes.setdefault(job.lane, {})[job] = 0.0
        # Daemons, so that a process which forgets to stop them can still end: the work is in the database.
        self._threads = [
            threading.Thread(target=self._work, args=[due_at], name=f"cchc-background-{lane}", daemon=True)
            for lane, due_at in lanes.items()
        ]

    def start(self) -> None:
        """Begins at once; call it after the process has forked."""
        for thread in self._threads:
            thread.start()

    def stop(self, *, timeout_seconds: float = 30.0) -> bool:
        """Waits for the running jobs and ends; returns whether they ended in time."""
        self._stopping.set()
        end = time.monotonic() + timeout_seconds
        for thread in self._threads:
            thread.join(max(end - time.monotonic(), 0.0))
        return not self.is_running

    @property
    def is_running(self) -> bool:
        return any(thread.is_alive() for thread in self._threads)

    def _work(self, due_at: dict[Job, float]) -> None:
        while not self._stopping.is_set():
            self._run_due_jobs(due_at)
            pause = min(due_at.values(), default=60.0) - time.monotonic()
            self._stopping.wait(max(pause, 0.0))

    def _run_due_jobs(self, due_at: dict[Job, float]) -> None:
        for job, due in due_at.items():
            if self._stopping.is_set() or due > time.monotonic():
                continue
            self._run(job)
            due_at[job] = time.monotonic() + job.every_seconds

    def _run(self, job: Job) -> None:
        try:
            with self._app.app_context():
                job.run()
        except Exception:
            # One failing job must not end the thread: the next round tries it again.
            log.exception("background_job_failed", job=job.name)
