"""The way out to LMSs, against a real server on this machine."""

import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from lti_tool.platforms.errors import LmsAddressForbidden, LmsAnswerTooLarge, LmsUnreachable
from lti_tool.platforms.lms_http import LARGEST_ANSWER_BYTES, LmsHttp


class Lms(BaseHTTPRequestHandler):
    """Answers by path, and notes what came."""

    seen: list[tuple[str, dict[str, str]]]

    def do_GET(self) -> None:
        self.server.seen.append((self.path, dict(self.headers)))
        getattr(self, f"answer_{self.path.strip('/')}")()

    def answer_well(self) -> None:
        self._send(200, b'{"keys": []}')

    def answer_large(self) -> None:
        self._send(200, b"x" * (LARGEST_ANSWER_BYTES + 1))

    def answer_endless(self) -> None:
        self.send_response(200)
        self.end_headers()
        for _ in range(200):
            self.wfile.write(b"x" * 16_384)

    def answer_moved(self) -> None:
        self.send_response(302)
        self.send_header("Location", "/well")
        self.end_headers()

    def answer_dripping(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "1000")
        self.end_headers()
        for _ in range(1000):
            self.wfile.write(b"x")
            self.wfile.flush()
            time.sleep(0.05)

    def answer_silent(self) -> None:
        time.sleep(2)

    def _send(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_arguments: object) -> None:
        """The test's output stays quiet."""


class QuietServer(ThreadingHTTPServer):
    daemon_threads = True
    seen: list[tuple[str, dict[str, str]]]

    def handle_error(self, *_arguments: object) -> None:
        """The client hangs up on purpose."""


@pytest.fixture
def server() -> Iterator[QuietServer]:
    made = QuietServer(("127.0.0.1", 0), Lms)
    made.seen = []
    thread = threading.Thread(target=made.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield made
    made.shutdown()
    thread.join()
    made.server_close()


@pytest.fixture
def http() -> Iterator[LmsHttp]:
    with LmsHttp(timeout_seconds=0.6, private_networks_allowed=True) as made:
        yield made


def address(server, path):
    return f"http://127.0.0.1:{server.server_port}/{path}"


def test_an_answer_is_read_whole(server, http):
    answer = http.get(address(server, "well"))

    assert (answer.status_code, answer.json()) == (200, {"keys": []})


def test_it_says_who_it_is_and_takes_no_compressed_answers(server, http):
    http.get(address(server, "well"))

    _, headers = server.seen[0]
    assert headers["User-Agent"] == "cchc-training"
    assert headers["Accept-Encoding"] == "identity"


@pytest.mark.parametrize("path", ["large", "endless"])
def test_a_large_answer_is_cut_off(server, http, path):
    with pytest.raises(LmsAnswerTooLarge):
        http.get(address(server, path))


@pytest.mark.parametrize("path", ["silent", "dripping"])
def test_w12_a_slow_server_is_given_up_in_time(server, http, path):
    began = time.monotonic()

    with pytest.raises(LmsUnreachable):
        http.get(address(server, path))

    assert time.monotonic() - began < 1.9


def test_a_redirect_is_not_followed(server, http):
    with pytest.raises(LmsUnreachable):
        http.get(address(server, "moved"))

    assert [path for path, _ in server.seen] == ["/moved"]


def test_a_server_that_is_not_there_is_unreachable(http):
    with pytest.raises(LmsUnreachable):
        http.get("http://127.0.0.1:9/keys")


@pytest.mark.parametrize("scheme", ["http", "ftp", "file"])
def test_without_private_networks_only_https_is_asked(scheme):
    with (
        LmsHttp(timeout_seconds=1, private_networks_allowed=False) as http,
        pytest.raises(LmsAddressForbidden),
    ):
        http.get(f"{scheme}://lms.example.test/keys")


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::ffff:127.0.0.1]"])
def test_a_private_address_is_hung_up_before_a_byte_is_sent(server, host):
    with (
        LmsHttp(timeout_seconds=1, private_networks_allowed=False) as http,
        pytest.raises(LmsAddressForbidden),
    ):
        http.get(f"https://{host}:{server.server_port}/well")

    assert server.seen == []


def test_a_message_names_the_host_and_nothing_else(server, http):
    with pytest.raises(LmsUnreachable) as refused:
        http.get(f"http://user:secret@127.0.0.1:{server.server_port}/moved?token=secret")

    assert "secret" not in str(refused.value)
