"""A line that breaks in the middle of a request: half a body is refused, and what was there before stays."""

import base64
import json
import socket
from urllib.parse import urlencode, urlsplit

import pytest
import requests

from lti_tool.cli.application import running_application
from lti_tool.settings import load_settings
from tests.factories.web_server import running_web_server
from tests.factories.xapi_door import create_key

VERSION = {"X-Experience-API-Version": "1.0.3"}


@pytest.fixture
def auth(database_url):
    with running_application(load_settings({"CCHC_DATABASE_URL": database_url})) as app:
        made = create_key(app, "all")
    return made.key, made.secret


@pytest.fixture
def server(auth, database_url, tmp_path):
    with running_web_server(database_url, tmp_path) as started:
        yield started


def send_part(
    address: str, auth, method: str, path: str, body: bytes, *, announced: int, media_type: str
) -> int:
    """Sends less than announced, closes this side of the line, and gives the status of the answer."""
    place = urlsplit(address)
    head = {
        **VERSION,
        "Host": place.netloc,
        "Authorization": "Basic " + base64.b64encode(":".join(auth).encode()).decode(),
        "Content-Type": media_type,
        "Content-Length": str(announced),
    }
    lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in head.items()), "", ""]
    with socket.create_connection((place.hostname, place.port), timeout=30) as line:
        line.sendall("\r\n".join(lines).encode() + body)
        line.shutdown(socket.SHUT_WR)
        return int(line.makefile("rb").readline().split()[1])


def test_half_a_document_does_not_take_the_place_of_the_whole_one(server, auth):
    agent = json.dumps({"mbox": "mailto:hoc-vien@example.vn"})
    asked = {"activityId": "https://example.vn/bai", "agent": agent, "stateId": "cho-dung"}
    path = f"/xapi/activities/state?{urlencode(asked)}"
    whole = b"trang 7, dong 12"
    plain = {**VERSION, "Content-Type": "text/plain"}
    kept = requests.put(server.address + path, whole, auth=auth, headers=plain, timeout=30)
    assert kept.status_code == 204

    status = send_part(server.address, auth, "PUT", path, b"trang", announced=900, media_type="text/plain")

    assert status == 400
    assert requests.get(server.address + path, auth=auth, headers=VERSION, timeout=30).content == whole


def test_a_statement_is_not_taken_from_a_body_that_ends_early(server, auth):
    statement = {
        "id": "5a1e1a77-0c1f-4e0f-9d5e-6f1f0f6f2a10",
        "actor": {"mbox": "mailto:hoc-vien@example.vn"},
        "verb": {"id": "http://adlnet.gov/expapi/verbs/completed"},
        "object": {"id": "https://example.vn/bai"},
    }
    body = json.dumps(statement).encode()

    status = send_part(
        server.address,
        auth,
        "POST",
        "/xapi/statements",
        body,
        announced=len(body) + 40,
        media_type="application/json",
    )

    assert status == 400
    found = requests.get(
        f"{server.address}/xapi/statements",
        params={"statementId": statement["id"]},
        auth=auth,
        headers=VERSION,
        timeout=30,
    )
    assert found.status_code == 404
