"""The timetable in a thread of the web process: for installations without a broker."""

import threading
import time
from collections.abc import Sequence

import structlog
from flask import Flask

from sync.timetable import Job

log = structlog.get_logger(__name__)


class BackgroundThread:
    """Runs jobs one after the other, each when it is due, until it is stopped.

    A job that fails is logged and comes again at its next time; the others go on. Several processes may
    each run such a thread on one database: the followers' bookmarks keep them apart.
    """

    def __init__(self, app: Flask, jobs: Sequence[Job]) -> None:
        self._app = app
        self._due_at = dict.fromkeys(jobs, 0.0)
        self._stopping = threading.Event()
        # A daemon, so that a process which forgets to stop it can still end: the work is in the database.
        self._thread = threading.Thread(target=self._work, name="cchc-background", daemon=True)

    def start(self) -> None:
        """Begins at once; call it after the process has forked."""
        self._thread.start()

    def stop(self, *, timeout_seconds: float = 30.0) -> bool:
        """Waits for the running job and ends; returns whether it ended in time."""
        self._stopping.set()
        self._thread.join(timeout_seconds)
        return not self._thread.is_alive()

    @property
    def is_running(self) -> bool:
        return self._thread.is_alive()

    def _work(self) -> None:
        while not self._stopping.is_set():
            self._run_due_jobs()
            pause = min(self._due_at.values(), default=60.0) - time.monotonic()
            self._stopping.wait(max(pause, 0.0))

    def _run_due_jobs(self) -> None:
        for job, due_at in self._due_at.items():
            if self._stopping.is_set() or due_at > time.monotonic():
                continue
            self._run(job)
            self._due_at[job] = time.monotonic() + job.every_seconds

    def _run(self, job: Job) -> None:
        try:
            with self._app.app_context():
                job.run()
        except Exception:
            # One failing job must not end the thread: the next round tries it again.
            log.exception("background_job_failed", job=job.name)
