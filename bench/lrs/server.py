"""The store under load: our own, started here on a database of its own, or another by its address."""

import base64
import os
import re
import shutil
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")
_START_SECONDS = 60.0


@dataclass
class Target:
    """A record store that answers.

    Attributes:
        address: http://127.0.0.1:PORT and the path, without a slash at the end.
        authorization: text of the header.
        database_url: ours only, for filling it quickly.
        root_pid: process whose CPU counts, with all below it; None: not measured.
        backends: asks for the database processes that count as well.
    """

    name: str
    address: str
    authorization: str
    database_url: str = ""
    root_pid: int | None = None
    postgresql: str = ""
    extra_pids: list[int] = field(default_factory=list)

    def cpu_seconds(self) -> float:
        """User and system time so far of the server's processes and of its PostgreSQL backends."""
        pids = set(self.extra_pids)
        if self.root_pid is not None:
            pids |= _with_children(self.root_pid)
        if self.postgresql:
            with psycopg.connect(self.postgresql) as connection:
                rows = connection.execute(
                    "SELECT pid FROM pg_stat_activity WHERE datname = current_database() "
                    "AND pid <> pg_backend_pid()"
                )
                pids |= {pid for (pid,) in rows}
        return sum(map(_cpu_of, pids))


@contextmanager
def own_server(
    engine: str, *, tree: Path, postgresql: str, folder: str | None = None, kept: str = ""
) -> Iterator[Target]:
    """gunicorn with two workers of four threads from `tree`, full durability, on a new database.

    Args:
        engine: sqlite or postgresql.
        tree: a checkout with an environment in `.venv`.
        postgresql: address of a server where a database may be made.
        folder: keep the SQLite file there, and find it again.
        kept: name of a PostgreSQL database that is made if it is not there, and kept.
    """
    work = Path(folder or tempfile.mkdtemp(prefix="cchc-bench-"))
    environment = {
        **{key: value for key, value in os.environ.items() if not key.startswith("CCHC_")},
        "CCHC_DATA_DIR": str(work),
        "CCHC_LOG_LEVEL": "error",
        "CCHC_SECRET_KEY": "insecure-key-of-the-benchmark-0123456789",
        # Followers are measured by bench.rollups; here they would only add their own work.
        "CCHC_FOLLOW_INTERVAL_SECONDS": "3600",
    }
    database, name = f"sqlite:///{work / 'cchc.sqlite'}", kept or f"cchc_bench_{uuid.uuid4().hex[:10]}"
    if engine == "postgresql":
        if not _is_there(postgresql, name):
            _command(postgresql, f'CREATE DATABASE "{name}"')
        database = postgresql.rsplit("/", 1)[0] + f"/{name}"
        environment["CCHC_DATABASE_URL"] = database
    try:
        with _gunicorn(tree, environment) as (pid, port, authorization):
            yield Target(
                name=f"{tree.resolve().name} {engine}",
                address=f"http://127.0.0.1:{port}/xapi",
                authorization=authorization,
                database_url=database,
                root_pid=pid,
                postgresql=database if engine == "postgresql" else "",
            )
    finally:
        if engine == "postgresql" and not kept:
            _command(postgresql, f'DROP DATABASE "{name}" WITH (FORCE)')
        if folder is None:
            shutil.rmtree(work, ignore_errors=True)


@contextmanager
def _gunicorn(tree: Path, environment: dict[str, str]) -> Iterator[tuple[int, int, str]]:
    programs = tree / ".venv" / "bin"

    def run(*words: str) -> str:
        command = [programs / "cchc", *words]
        return subprocess.run(
            command, cwd=tree, env=environment, check=True, capture_output=True, text=True
        ).stdout

    run("database", "upgrade")
    made = run("credentials", "add", "--label", "bench", "--scope", "all")
    key = re.search(r"Khóa:\s*(\S+)", made)
    secret = re.search(r"Mật khẩu:\s*(\S+)", made)
    assert key, made
    assert secret, made
    port = _free_port()
    command = [programs / "gunicorn", "--bind", f"127.0.0.1:{port}", "--workers", "2", "--threads", "4"]
    # The address of the control socket would be one for every gunicorn of this user.
    options = ["--no-control-socket", "--log-level", "error"]
    server = subprocess.Popen([*command, *options, "lti_tool.wsgi:app"], cwd=tree, env=environment)
    try:
        wait_until_it_answers(f"http://127.0.0.1:{port}/xapi")
        yield server.pid, port, basic_authorization(key[1], secret[1])
    finally:
        server.terminate()
        server.wait(timeout=30)


def basic_authorization(key: str, secret: str) -> str:
    """The Authorization header of a key and its secret."""
    return "Basic " + base64.b64encode(f"{key}:{secret}".encode()).decode()


def wait_until_it_answers(address: str) -> None:
    """Returns when GET /about is answered at all.

    Raises:
        TimeoutError: nobody answers.
    """
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline:
        try:
            urllib.request.urlopen(f"{address}/about", timeout=2).close()  # noqa: S310 - loopback only
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise TimeoutError(f"Nobody answers at {address}.")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _command(server: str, command: str) -> None:
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(command)


def _is_there(server: str, name: str) -> bool:
    with psycopg.connect(server) as connection:
        found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,))
        return found.fetchone() is not None


def _with_children(root: int) -> set[int]:
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            fields = _stat(int(entry.name))
            if fields:
                children.setdefault(int(fields[1]), []).append(int(entry.name))
    found, wave = {root}, [root]
    while wave:
        wave = [child for parent in wave for child in children.get(parent, [])]
        found |= set(wave)
    return found


def _cpu_of(pid: int) -> float:
    fields = _stat(pid)
    return (int(fields[11]) + int(fields[12])) / TICKS_PER_SECOND if fields else 0.0


def _stat(pid: int) -> list[str]:
    """The fields of /proc/PID/stat from `state` on; empty when the process is gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []
