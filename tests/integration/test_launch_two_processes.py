"""Two web processes behind one address: one message, posted to both at once, opens exactly once."""

import http.client
import os
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from datetime import UTC, datetime
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lti_tool.demo.servers import serve
from lti_tool.launch.models import LaunchSession
from tests.factories.lti import SECRET, FakePlatform, create_package, create_platform, make_claims, make_jwk
from tests.factories.ports import find_free_port

ROUNDS = 5


def make_key_server(platform: FakePlatform) -> Flask:
    app = Flask("keys")

    @app.get("/keys")
    def keys():
        return {"keys": [make_jwk(platform.key, platform.kid)]}

    return app


@contextmanager
def web_process(database_url: str, port: int, tool: str):
    """One gunicorn worker of the whole application, ready to answer."""
    environment = {
        "PATH": os.environ["PATH"],
        "CCHC_DATABASE_URL": database_url,
        "CCHC_TOOL_URL": tool,
        "CCHC_SECRET_KEY": SECRET,
        "CCHC_PRIVATE_NETWORKS_ALLOWED": "true",
        "CCHC_LOG_LEVEL": "error",
    }
    command = [sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{port}", "--threads", "4"]
    process = subprocess.Popen(
        [*command, "lti_tool.wsgi:app"], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        wait_until_it_answers(port)
        yield
    finally:
        process.terminate()
        process.wait(20)


def wait_until_it_answers(port: int) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            send(port, "GET", "/suc-khoe")
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError("The web process does not answer.")


def send(port: int, method: str, path: str, fields=None, cookie=""):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "text/html", "Cookie": cookie}
    connection.request(method, path, urlencode(fields) if fields else None, headers)
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer


def post_at_once(ports, fields, cookie) -> list[int]:
    start = threading.Barrier(len(ports))
    statuses = []

    def post(port):
        start.wait()
        statuses.append(send(port, "POST", "/lti/launch", fields, cookie).status)

    threads = [threading.Thread(target=post, args=(port,)) for port in ports]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(statuses)


def begin(port: int, platform: FakePlatform, tool: str):
    """A login at one process; the fields of its message, and the cookie that the browser got."""
    asked = {
        "iss": platform.issuer,
        "client_id": platform.client_id,
        "login_hint": "5",
        "target_link_uri": f"{tool}/lti/launch",
    }
    login = send(port, "POST", "/lti/login", asked, "cchc_frame=1")
    answer = dict(parse_qsl(urlsplit(login.headers["Location"]).query))
    cookie = login.headers.get_all("Set-Cookie")[0].split(";")[0]
    claims = make_claims(
        platform, nonce=answer["nonce"], now=datetime.now(UTC), target_link_uri=f"{tool}/lti/launch"
    )
    return {"state": answer["state"], "id_token": platform.sign(claims)}, cookie


@pytest.mark.parametrize("posts", [6])
def test_one_message_posted_to_two_processes_at_once_opens_exactly_once(database_url, engine, posts):
    lms_port, ports = find_free_port(), [find_free_port(), find_free_port()]
    platform = FakePlatform(issuer=f"http://127.0.0.1:{lms_port}")
    tool = "http://127.0.0.1:8100"
    with Session(engine) as session, session.begin():
        create_platform(session, platform, now=datetime.now(UTC))
        create_package(session, now=datetime.now(UTC))
    keys = serve(make_key_server(platform), host="127.0.0.1", port=lms_port, option="")
    with keys, web_process(database_url, ports[0], tool), web_process(database_url, ports[1], tool):
        for _ in range(ROUNDS):
            fields, cookie = begin(ports[0], platform, tool)

            statuses = post_at_once(ports * (posts // 2), fields, cookie)

            assert statuses == [303] + [403] * (posts - 1)

    with Session(engine) as session:
        assert session.scalar(select(func.count()).select_from(LaunchSession)) == ROUNDS
