"""The client of other record stores, against a real server on this machine."""

import json
import threading
import time
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from uuid import UUID, uuid4

import pytest

from xapi_bridge.lrs_account import AttachmentBody, LrsAccount
from xapi_bridge.remote_errors import (
    RemoteAccessRefused,
    RemoteAddressForbidden,
    RemoteAnswerMalformed,
    RemoteBatchTooLarge,
    RemoteConflict,
    RemoteStatementsRefused,
    RemoteUnavailable,
)
from xapi_bridge.remote_lrs import HttpRemoteLrs

STATEMENT = {"id": "6690e6c9-3ef0-4ed3-8b37-7f3964730bee", "actor": {"mbox": "mailto:a@b.example"}}
RAW = json.dumps(STATEMENT).encode()


class Store(BaseHTTPRequestHandler):
    """Answers as the test laid out; notes what came."""

    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        self._answer()

    def do_GET(self) -> None:
        self._answer()

    def _answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.seen.append((self.command, self.path, dict(self.headers), body, self.client_address[1]))
        status, content, headers = self.server.answers.pop(0)
        time.sleep(headers.pop("Test-Pause", 0))
        self.send_response_only(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if status != 204:
            self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_arguments: object) -> None:
        """The test's output stays quiet."""


class QuietServer(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_arguments: object) -> None:
        """The client hangs up on purpose."""

    def will(self, status, content=b"", **headers):
        raw = content if isinstance(content, bytes) else json.dumps(content).encode()
        self.answers.append((status, raw, {name.replace("_", "-"): value for name, value in headers.items()}))


@pytest.fixture
def server():
    made = QuietServer(("127.0.0.1", 0), Store)
    made.seen, made.answers = [], []
    thread = threading.Thread(target=made.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield made
    made.shutdown()
    thread.join()
    made.server_close()


@pytest.fixture
def lrs():
    made = HttpRemoteLrs(timeout_seconds=0.5, private_networks_allowed=True)
    yield made
    made.close()


@pytest.fixture
def account(server):
    return LrsAccount(f"http://127.0.0.1:{server.server_port}/xapi", "khóa", "mật khẩu", "2.0.0")


def test_statements_go_as_one_array_with_key_and_version(server, lrs, account):
    server.will(200, [STATEMENT["id"]])

    lrs.post_statements(account, [RAW])

    ((method, path, headers, body, _),) = server.seen
    assert (method, path, body) == ("POST", "/xapi/statements", b"[" + RAW + b"]")
    assert headers["X-Experience-API-Version"] == "2.0.0"
    assert headers["Authorization"] == "Basic a2jDs2E6beG6rXQga2jhuql1"
    assert headers["Content-Type"] == "application/json"


def test_connections_are_kept_alive(server, lrs, account):
    for _ in range(3):
        server.will(200, [STATEMENT["id"]])

    for _ in range(3):
        lrs.post_statements(account, [RAW])

    assert len({port for *_, port in server.seen}) == 1


def test_no_content_and_a_part_of_the_ids_are_success(server, lrs, account):
    server.will(204)
    server.will(200, [])
    server.will(200, [STATEMENT["id"].upper()])

    for _ in range(3):
        lrs.post_statements(account, [RAW])


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, RemoteStatementsRefused),
        (422, RemoteStatementsRefused),
        (401, RemoteAccessRefused),
        (403, RemoteAccessRefused),
        (404, RemoteAccessRefused),
        (405, RemoteAccessRefused),
        (302, RemoteAccessRefused),
        (409, RemoteConflict),
        (413, RemoteBatchTooLarge),
        (408, RemoteUnavailable),
        (429, RemoteUnavailable),
        (500, RemoteUnavailable),
        (503, RemoteUnavailable),
        (202, RemoteAnswerMalformed),
    ],
)
def test_the_class_of_a_refusal_says_what_can_be_done(server, lrs, account, status, kind):
    server.will(status, b"because", Location="/elsewhere")

    with pytest.raises(kind) as refused:
        lrs.post_statements(account, [RAW])

    assert type(refused.value) is kind
    assert refused.value.status == status
    assert len(server.seen) == 1


@pytest.mark.parametrize("content", [b"<html>Sign in</html>", b'{"ok": true}', b"[1]", b"", b'["', b"\xff"])
def test_an_answer_that_no_record_store_gives_is_not_taken_for_success(server, lrs, account, content):
    server.will(200, content)

    with pytest.raises(RemoteAnswerMalformed):
        lrs.post_statements(account, [RAW])


def test_ids_that_were_not_sent_are_not_taken_for_success(server, lrs, account):
    server.will(200, [str(uuid4())])

    with pytest.raises(RemoteAnswerMalformed):
        lrs.post_statements(account, [RAW])


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry_After": "120"}, 120.0),
        ({"Retry_After": "999999999999"}, 86_400.0),
        ({"Retry_After": "Wed, 25 Nov 2026 10:01:00 GMT", "Date": "Wed, 25 Nov 2026 10:00:00 GMT"}, 60.0),
        ({"Retry_After": "soon"}, None),
        ({"Retry_After": "-5"}, None),
        ({}, None),
    ],
)
def test_the_pause_that_is_asked_for_is_read(server, lrs, account, headers, seconds):
    server.will(503, b"", **headers)

    with pytest.raises(RemoteUnavailable) as later:
        lrs.post_statements(account, [RAW])

    assert later.value.retry_after_seconds == seconds


def test_a_silent_store_is_given_up_in_time(server, lrs, account):
    server.will(200, [STATEMENT["id"]], Test_Pause=2)
    began = time.monotonic()

    with pytest.raises(RemoteUnavailable):
        lrs.post_statements(account, [RAW])

    assert time.monotonic() - began < 1.5


def test_a_store_that_is_not_there_is_unavailable(lrs):
    with pytest.raises(RemoteUnavailable):
        lrs.post_statements(LrsAccount("http://127.0.0.1:9", "k", "s"), [RAW])


def test_without_private_networks_nothing_inside_is_asked(server, account):
    lrs = HttpRemoteLrs(timeout_seconds=0.5, private_networks_allowed=False)

    with pytest.raises(RemoteAddressForbidden):
        lrs.post_statements(account, [RAW])
    with pytest.raises(RemoteAddressForbidden):
        lrs.post_statements(LrsAccount(f"https://127.0.0.1:{server.server_port}", "k", "s"), [RAW])

    assert server.seen == []
    lrs.close()


def test_bodies_of_attachments_travel_beside_the_statements(server, lrs, account):
    server.will(200, [STATEMENT["id"]])
    body = AttachmentBody("ab" * 32, "text/plain", b"\r\n--inside")

    lrs.post_statements(account, [RAW], bodies=[body])

    ((_, _, headers, sent, _),) = server.seen
    boundary = headers["Content-Type"].removeprefix('multipart/mixed; boundary="').rstrip('"').encode()
    first, second, end = sent.split(b"--" + boundary)[1:]
    assert first == b"\r\nContent-Type: application/json\r\n\r\n[" + RAW + b"]\r\n"
    assert second.endswith(b"\r\n\r\n\r\n--inside\r\n")
    assert b"X-Experience-API-Hash: " + b"ab" * 32 in second
    assert end == b"--\r\n"


def test_a_statement_is_looked_for_among_valid_and_voided_ones(server, lrs, account):
    server.will(404)
    server.will(200, STATEMENT)

    found = lrs.find_statement(account, UUID(STATEMENT["id"]))

    assert json.loads(found) == STATEMENT
    assert [path.split("?")[1].split("=")[0] for _, path, *_ in server.seen] == [
        "statementId",
        "voidedStatementId",
    ]


def test_a_statement_that_is_not_there_is_none(server, lrs, account):
    server.will(404)
    server.will(404)

    assert lrs.find_statement(account, UUID(STATEMENT["id"])) is None


def test_pages_are_read_one_after_the_other(server, lrs, account):
    through = "2026-11-24T02:00:00.5Z"
    server.will(
        200,
        b'{"statements": [ {"id":"1" } ], "more": "/xapi/more/abc?x=1"}',
        X_Experience_API_Consistent_Through=through,
    )
    server.will(200, {"statements": [], "more": ""})

    page = lrs.read_page(account, since=datetime(2026, 11, 24, tzinfo=UTC), limit=10)
    last = lrs.read_more(account, page.more)

    assert page.statements == (b'{"id":"1" }',)
    assert page.consistent_through == datetime(2026, 11, 24, 2, 0, 0, 500_000, tzinfo=UTC)
    assert (last.statements, last.more) == ((), "")
    assert "since=2026-11-24T00%3A00%3A00.000000Z" in server.seen[0][1]
    assert "ascending=true" in server.seen[0][1]
    assert server.seen[1][1] == "/xapi/more/abc?x=1"


def test_more_does_not_carry_our_key_to_another_server(server, lrs, account):
    with pytest.raises(RemoteAccessRefused, match="thief"):
        lrs.read_more(account, "https://thief.example/xapi/more")


def test_a_check_tells_versions_and_rights(server, lrs, account):
    server.will(200, {"version": ["1.0.3", "2.0.0"]})
    server.will(200, {"statements": [], "more": ""})
    server.will(404)
    server.will(403)

    whole, writer = lrs.check(account), lrs.check(account)

    assert (whole.versions, whole.may_read) == (("1.0.3", "2.0.0"), True)
    assert (writer.versions, writer.may_read) == ((), False)


@pytest.mark.parametrize(
    ("status", "content", "kind"),
    [
        (401, b"", RemoteAccessRefused),
        (400, b"version", RemoteStatementsRefused),
        (200, b"<html>", RemoteAnswerMalformed),
    ],
)
def test_a_check_says_what_is_wrong(server, lrs, account, status, content, kind):
    server.will(404)
    server.will(status, content)

    with pytest.raises(kind):
        lrs.check(account)


def test_messages_never_hold_the_password_or_the_answer(server, lrs, account):
    server.will(400, b"actor an@bo.example is unknown")

    with pytest.raises(RemoteStatementsRefused) as refused:
        lrs.post_statements(account, [RAW])

    assert "an@bo.example" not in str(refused.value)
    assert refused.value.answer == "actor an@bo.example is unknown"
    assert "mật khẩu" not in f"{refused.value} {account!r}"
