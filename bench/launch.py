"""How many launches per second and at what cost, beside pylti1p3's stock Flask flow, in one run.

    python -m bench.launch [--launches 400] [--clients 8] [--postgresql URL]

Each side is two gunicorn workers with four threads. A launch is a login and the post of its signed message;
the platform lives in this process, signs the messages, and answers for its key set. The stock flow is the
library's documented one: OIDCLogin with enabled cookies, FlaskMessageLaunch, a cache on disk for its data and
its key sets, so that it does not ask for keys at each launch either. What it does not do (single use on the
server, a row for each launch and attempt, the content) is not added to it.

CPU is that of the workers, in ms for each launch; latencies are those of the launch's post.
"""

import argparse
import http.client
import os
import queue
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit

import psycopg
from flask import Flask
from sqlalchemy.orm import Session

from lti_tool.database import create_database_engine
from lti_tool.database_schema import upgrade_database
from lti_tool.demo.servers import serve
from tests.factories.lti import SECRET, FakePlatform, create_package, create_platform, make_claims, make_jwk
from tests.factories.ports import find_free_port

WORKERS, THREADS = 2, 4


@dataclass(frozen=True)
class Figures:
    """What one side needed."""

    name: str
    per_second: float
    cpu_ms: float
    p50_ms: float
    p95_ms: float

    def __str__(self) -> str:
        return (
            f"{self.name:<24} {self.per_second:8.1f} launches/s   CPU {self.cpu_ms:6.2f} ms   "
            f"p50 {self.p50_ms:6.1f} ms   p95 {self.p95_ms:6.1f} ms"
        )


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--launches", type=int, default=400)
    parser.add_argument("--clients", type=int, default=8)
    parser.add_argument("--postgresql", default="postgresql://postgres@127.0.0.1:5432/postgres")
    given = parser.parse_args()
    print(f"{given.launches} launches, {given.clients} clients, load {os.getloadavg()[0]:.1f} at the start")
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        platform = FakePlatform(issuer=f"http://127.0.0.1:{find_free_port()}")
        keys = serve(make_key_server(platform), host="127.0.0.1", port=_port(platform.issuer), option="")
        stack.enter_context(keys)
        stock = measure_stock(platform, Path(folder), given)
        print(stock)
        print_beside(measure_ours("ours, SQLite", f"sqlite:///{folder}/tool.sqlite", platform, given), stock)
        with postgresql_database(given.postgresql) as url:
            print_beside(measure_ours("ours, PostgreSQL", url, platform, given), stock)


def print_beside(ours: Figures, stock: Figures) -> None:
    print(ours)
    print(
        f"  ratio to stock: {ours.per_second / stock.per_second:.2f} of its rate, "
        f"{ours.cpu_ms / stock.cpu_ms:.2f} of its CPU, {ours.p95_ms / stock.p95_ms:.2f} of its p95"
    )


def make_key_server(platform: FakePlatform) -> Flask:
    app = Flask("keys")

    @app.get("/keys")
    def keys() -> dict[str, object]:
        return {"keys": [make_jwk(platform.key, platform.kid)]}

    return app


def measure_stock(platform: FakePlatform, folder: Path, given: argparse.Namespace) -> Figures:
    """The library's own flow, at /login and /launch."""
    environment = {
        "BENCH_ISSUER": platform.issuer,
        "BENCH_CLIENT_ID": platform.client_id,
        "BENCH_DEPLOYMENT": platform.deployment_id,
        "BENCH_FOLDER": str(folder),
    }
    with gunicorn("bench.stock_launch:app", environment) as (port, pids):
        client = Client(port, platform, login="/login", launch="/launch", target="/launch")
        return measure("pylti1p3, stock flow", client, pids, given)


def measure_ours(name: str, database_url: str, platform: FakePlatform, given: argparse.Namespace) -> Figures:
    engine = create_database_engine(database_url)
    upgrade_database(engine)
    with Session(engine) as session, session.begin():
        create_platform(session, platform, now=datetime.now(UTC))
        create_package(session, now=datetime.now(UTC))
    engine.dispose()
    environment = {
        "CCHC_DATABASE_URL": database_url,
        "CCHC_SECRET_KEY": SECRET,
        "CCHC_PRIVATE_NETWORKS_ALLOWED": "true",
        "CCHC_LOG_LEVEL": "error",
        "CCHC_TOOL_URL": "http://127.0.0.1:{port}",
    }
    with gunicorn("lti_tool.wsgi:app", environment) as (port, pids):
        client = Client(port, platform, login="/lti/login", launch="/lti/launch", target="/lti/launch")
        return measure(name, client, pids, given)


class Client:
    """A browser as far as a launch needs one; each login's cookies go back with its own launch."""

    def __init__(self, port: int, platform: FakePlatform, *, login: str, launch: str, target: str) -> None:
        self.port, self.platform, self.login, self.launch_path = port, platform, login, launch
        self.target = f"http://127.0.0.1:{port}{target}"

    def begin(self, number: int) -> tuple[dict[str, str], str]:
        """A login; the fields of its message, already signed, and the cookies."""
        asked = {
            "iss": self.platform.issuer,
            "client_id": self.platform.client_id,
            "login_hint": str(number),
            "target_link_uri": self.target,
        }
        answer = self.send(self.login, asked, "cchc_frame=1")
        assert answer.status == 302, answer.status
        sent = dict(parse_qsl(urlsplit(answer.headers["Location"]).query))
        cookies = "; ".join(cookie.split(";")[0] for cookie in answer.headers.get_all("Set-Cookie") or [])
        claims = make_claims(
            self.platform,
            nonce=sent["nonce"],
            now=datetime.now(UTC),
            sub=str(number),
            target_link_uri=self.target,
        )
        return {"state": sent["state"], "id_token": self.platform.sign(claims)}, cookies

    def launch(self, fields: dict[str, str], cookies: str) -> float:
        """Posts the message; returns the seconds until its answer."""
        begun = time.perf_counter()
        answer = self.send(self.launch_path, fields, cookies)
        assert answer.status in {200, 303}, answer.status
        return time.perf_counter() - begun

    def send(self, path: str, fields: dict[str, str], cookies: str) -> http.client.HTTPResponse:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "text/html"}
        connection.request("POST", path, urlencode(fields), headers | {"Cookie": cookies})
        answer = connection.getresponse()
        answer.read()
        connection.close()
        return answer


def measure(name: str, client: Client, pids: list[int], given: argparse.Namespace) -> Figures:
    """Warms up, then sends the launches from several clients at once."""
    for number in range(WORKERS * THREADS * 2):
        client.launch(*client.begin(number))
    waiting: queue.SimpleQueue[int] = queue.SimpleQueue()
    for number in range(given.launches):
        waiting.put(1000 + number)
    seconds: list[float] = []

    def work() -> None:
        while True:
            try:
                number = waiting.get_nowait()
            except queue.Empty:
                return
            seconds.append(client.launch(*client.begin(number)))

    cpu, begun = cpu_seconds(pids), time.perf_counter()
    threads = [threading.Thread(target=work) for _ in range(given.clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    elapsed, used = time.perf_counter() - begun, cpu_seconds(pids) - cpu
    assert len(seconds) == given.launches
    slices = statistics.quantiles(seconds, n=20)
    return Figures(
        name,
        given.launches / elapsed,
        used * 1000 / given.launches,
        statistics.median(seconds) * 1000,
        slices[-1] * 1000,
    )


def cpu_seconds(pids: list[int]) -> float:
    """User and system time of the workers so far."""
    ticks = 0
    for pid in pids:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


@contextmanager
def gunicorn(app: str, environment: dict[str, str]) -> Iterator[tuple[int, list[int]]]:
    """Serves an application; yields its port and the pids of its workers."""
    port = find_free_port()
    command = [sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{port}", "--workers", str(WORKERS)]
    own = {name: value.replace("{port}", str(port)) for name, value in environment.items()}
    process = subprocess.Popen(
        [*command, "--threads", str(THREADS), "--no-control-socket", app],
        env={"PATH": os.environ["PATH"], **own},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait(port)
        yield port, _children(process.pid)
    finally:
        process.terminate()
        process.wait(30)


def _wait(port: int) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", "/")
            connection.getresponse()
            connection.close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise SystemExit("The server does not answer.")


def _children(pid: int) -> list[int]:
    """Pids of the workers, once all have started."""
    path = Path(f"/proc/{pid}/task/{pid}/children")
    deadline = time.monotonic() + 30
    while len(found := path.read_text(encoding="ascii").split()) < WORKERS and time.monotonic() < deadline:
        time.sleep(0.05)
    return [int(child) for child in found]


def _port(address: str) -> int:
    port = urlsplit(address).port
    assert port is not None
    return port


@contextmanager
def postgresql_database(server: str) -> Iterator[str]:
    """A database of its own, dropped at the end."""
    name = f"cchc_bench_{uuid.uuid4().hex[:8]}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"'.encode())
    try:
        yield f"{server.rsplit('/', 1)[0]}/{name}"
    finally:
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)'.encode())


if __name__ == "__main__":
    main()
