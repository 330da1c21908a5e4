"""The service as an installation runs it: gunicorn in processes of its own, which tests may kill."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import requests

from tests.factories.ports import find_free_port
from tests.factories.waiting import wait_until

_STARTED_SECONDS = 120.0

_CONFIGURATION = """
def post_worker_init(worker):
    worker.log.info("Worker %s has loaded", worker.pid)
"""


@dataclass
class WebServer:
    """gunicorn with its workers, on a port of its own.

    Attributes:
        folder: for its log and data.
    """

    database_url: str
    folder: Path
    workers: int = 2
    port: int = field(default_factory=find_free_port)
    _process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def log_text(self) -> str:
        return (self.folder / "web.log").read_text(errors="replace")

    def start(self) -> None:
        """Starts it and waits until it answers."""
        options = ["--bind", f"127.0.0.1:{self.port}", "--workers", str(self.workers), "--threads", "4"]
        configuration = self.folder / "gunicorn.conf.py"
        configuration.write_text(_CONFIGURATION)
        # The address of the control socket would be one for every gunicorn of this user.
        options += ["--no-control-socket", "--config", str(configuration)]
        environment = os.environ | {
            "CCHC_DATABASE_URL": self.database_url,
            "CCHC_DATA_DIR": str(self.folder),
            "CCHC_LOG_LEVEL": "warning",
        }
        with (self.folder / "web.log").open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "gunicorn", *options, "lti_tool.wsgi:app"],
                env=environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        assert wait_until(self.answers, seconds=_STARTED_SECONDS), self.log_text

    def answers(self) -> bool:
        try:
            return requests.get(f"{self.address}/xapi/about", timeout=5).ok
        except requests.RequestException:
            return False

    def worker_pids(self) -> list[int]:
        """The processes that answer requests now."""
        if self._process is None:
            return []
        children = Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children")
        try:
            return [int(pid) for pid in children.read_text().split()]
        except FileNotFoundError:
            return []

    def all_have_loaded(self) -> bool:
        """Whether every worker, the newest too, has come so far that it answers."""
        loaded = set(map(int, re.findall(r"Worker (\d+) has loaded", self.log_text)))
        pids = self.worker_pids()
        return len(pids) == self.workers and loaded.issuperset(pids)

    def kill_a_worker(self) -> None:
        """kill -9 of the oldest worker while all answer; gunicorn starts another.

        Without waiting for the one before to be replaced, two kills in a second would leave nobody to answer.
        """
        assert wait_until(self.all_have_loaded, seconds=_STARTED_SECONDS), self.log_text
        oldest = self.worker_pids()[0]
        os.kill(oldest, signal.SIGKILL)
        # Until gunicorn has noticed, it could be killed a second time, which would be no kill.
        assert wait_until(lambda: oldest not in self.worker_pids()), self.log_text

    def kill_all(self) -> None:
        """kill -9 of everything at once."""
        if self._process is not None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            self._process = None


@contextmanager
def running_web_server(
    database_url: str, folder: Path, *, wrapper: tuple[str, ...] = ()
) -> Iterator[WebServer]:
    """A web server that is gone when the block ends."""
    server = WebServer(database_url, folder)
    server.start()
    try:
        yield server
    finally:
        server.kill_all()
