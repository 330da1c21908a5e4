"""A PostgreSQL server of a test's own, which it may stop, restart and kill."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.factories.ports import find_free_port
from tests.machine import missing_tool


@dataclass(frozen=True)
class OwnPostgresql:
    """A cluster in a folder, run by `user` (PostgreSQL refuses to run as root)."""

    programs: Path
    folder: Path
    port: int
    user: str

    @property
    def url(self) -> str:
        return f"postgresql+psycopg://{self.user}@127.0.0.1:{self.port}/postgres"

    def start(self) -> None:
        options = f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={self.folder}"
        self._run("pg_ctl", "-D", "cluster", "-l", "log", "-w", "-o", options, "start")

    def stop(self, *, mode: str = "immediate") -> None:
        """`immediate` is what a power cut does: no checkpoint, recovery at the next start."""
        self._run("pg_ctl", "-D", "cluster", "-m", mode, "-w", "stop")

    def restart(self, *, mode: str = "immediate") -> None:
        self.stop(mode=mode)
        self.start()

    def create(self) -> None:
        self._run("initdb", "-D", "cluster", "-A", "trust", "-U", self.user, "--no-sync")

    def _run(self, program: str, *arguments: str) -> None:
        command = [str(self.programs / program), *arguments]
        if os.geteuid() == 0:
            command = ["setpriv", f"--reuid={self.user}", f"--regid={self.user}", "--clear-groups", *command]
        done = subprocess.run(
            command, cwd=self.folder, capture_output=True, text=True, check=False, timeout=120
        )
        assert done.returncode == 0, done.stdout + done.stderr


@contextmanager
def own_postgresql() -> Iterator[OwnPostgresql]:
    """A started server, stopped at the end. Skips, or fails in CI, where there is no PostgreSQL to start.

    Its folder is not below pytest's, which every other run of pytest on the machine closes to others again.
    """
    programs = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if not programs and (found := shutil.which("initdb")):
        programs = [Path(found)]
    if not programs:
        missing_tool("The programs of a PostgreSQL server are not installed: its restart is not tested")
    user = "postgres" if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name
    with tempfile.TemporaryDirectory(prefix="cchc-postgresql-") as name:
        folder = Path(name)
        if os.geteuid() == 0:
            shutil.chown(folder, user, user)
        server = OwnPostgresql(programs[-1].parent, folder, find_free_port(), user)
        server.create()
        server.start()
        try:
            yield server
        finally:
            server.stop()
