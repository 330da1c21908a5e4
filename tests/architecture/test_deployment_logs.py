"""nginx with our configuration, really started: no ticket and no login hint in its access log."""

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests

from tests.architecture.test_deployment import fill_in_nginx
from tests.machine import missing_tool

TICKET = "eyJzIjoiMDhmMDY1MGE2ZWJmYzY4NjgzODNlYmNmZTZjYjNjNmIifQ.c2lnbmF0dXJl"


@dataclass(frozen=True)
class Front:
    """A running nginx whose service is away."""

    plain: str
    tls: str
    log: Path

    def get(self, address: str, **headers: str) -> None:
        requests.get(
            address,
            headers={"Host": "tool.test"} | headers,
            verify=False,  # noqa: S501 - a throw-away certificate
            allow_redirects=False,
            timeout=5,
        )


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def wait_for(port: int) -> None:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        with socket.socket() as tried:
            if tried.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    pytest.fail("nginx did not start")


@pytest.fixture
def front(tmp_path) -> Iterator[Front]:
    nginx = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if nginx is None:
        missing_tool("nginx is not installed: what it logs is not checked")
    plain, tls, log = free_port(), free_port(), tmp_path / "access.log"
    configuration = fill_in_nginx(tmp_path)
    # As in the image, every request is logged in nginx's own format unless a server says otherwise.
    text = (
        configuration.read_text()
        .replace("access_log off;", f"access_log {log};", 1)
        .replace("/dev/stdout", str(log))
    )
    text = text.replace("listen 80;", f"listen 127.0.0.1:{plain};").replace(
        "listen 443", f"listen 127.0.0.1:{tls}"
    )
    configuration.write_text(text)
    started = subprocess.Popen([nginx, "-c", str(configuration), "-p", str(tmp_path), "-g", "daemon off;"])
    try:
        wait_for(tls)
        yield Front(f"http://127.0.0.1:{plain}", f"https://127.0.0.1:{tls}", log)
    finally:
        started.terminate()
        started.wait(timeout=10)


@pytest.mark.filterwarnings("ignore:Unverified HTTPS request")
def test_the_access_log_holds_no_ticket_and_no_login_hint(front):
    front.get(f"{front.plain}/hoc/{TICKET}/")
    front.get(f"{front.tls}/hoc/{TICKET}/")
    front.get(f"{front.tls}/chon/{TICKET}/")
    front.get(f"{front.tls}/lti/login?iss=x&login_hint=hoc-vien-17")
    front.get(f"{front.tls}/static/base.css", Referer=f"https://tool.test/hoc/{TICKET}/")

    written = front.log.read_text()

    assert '"GET /lti/login"' in written
    assert '"GET /static/base.css"' in written
    assert TICKET not in written
    assert "hoc-vien-17" not in written
