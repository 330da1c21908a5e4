"""LMSs of an intranet, whose certificates are of an authority that only the intranet knows."""

import ssl
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from requests import Request

from lti_tool.platforms.errors import LmsAddressForbidden, LmsUnreachable
from lti_tool.platforms.lms_http import LmsHttp
from tests.factories.tls import make_self_signed


class KeySet(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_arguments: object) -> None:
        """The test's output stays quiet."""


class QuietServer(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_arguments: object) -> None:
        """A client that does not trust the certificate hangs up."""


@pytest.fixture
def authority(tmp_path):
    return make_self_signed(tmp_path)


@pytest.fixture
def address(authority):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(authority)
    server = QuietServer(("127.0.0.1", 0), KeySet)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"https://localhost:{server.server_port}/keys"
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_server_of_an_authority_that_was_named_is_trusted(address, authority):
    with LmsHttp(timeout_seconds=5, private_networks_allowed=True, authorities_file=str(authority)) as http:
        assert http.get(address).content == b"{}"


def test_a_server_of_an_authority_that_nobody_named_is_not(address):
    with LmsHttp(timeout_seconds=5, private_networks_allowed=True) as http, pytest.raises(LmsUnreachable):
        http.get(address)


def test_public_authorities_stay_trusted_beside_it(authority):
    with LmsHttp(timeout_seconds=5, private_networks_allowed=True, authorities_file=str(authority)) as http:
        adapter = http.get_adapter("https://lms.example.test/")
        pool = adapter.get_connection_with_tls_context(
            Request("GET", "https://lms.example.test/").prepare(), verify=True, proxies={}, cert=None
        )
        adapter.cert_verify(pool, "https://lms.example.test/", True, None)

    assert pool.ca_certs.endswith("cacert.pem")


def test_an_authority_opens_no_private_network(address, authority):
    with (
        LmsHttp(timeout_seconds=5, private_networks_allowed=False, authorities_file=str(authority)) as http,
        pytest.raises(LmsAddressForbidden),
    ):
        http.get(address)


def test_a_file_that_holds_no_authority_is_told_at_the_start(tmp_path):
    empty = tmp_path / "empty.pem"
    empty.write_text("")

    with pytest.raises(ssl.SSLError):
        LmsHttp(timeout_seconds=5, private_networks_allowed=True, authorities_file=str(empty))
