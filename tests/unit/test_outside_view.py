"""Our own certificate, looked at over a real TLS connection."""

import ssl
import threading
from datetime import UTC, datetime
from socket import create_server

import pytest

from lti_tool.platforms.errors import LmsUnreachable
from lti_tool.platforms.lms_http import LmsHttp
from lti_tool.platforms.outside_view import OutsideView, prove_instance, read_certificate_end
from tests.factories.ports import find_free_port
from tests.factories.tls import make_self_signed


def look_from(origin, *, authorities_file=""):
    http = LmsHttp(timeout_seconds=1, private_networks_allowed=True)
    return OutsideView(http, origin=origin, secret="s", timeout_seconds=1, authorities_file=authorities_file)


@pytest.fixture
def self_signed(tmp_path):
    return make_self_signed(tmp_path)


@pytest.fixture
def tls_port(self_signed):
    """A server on localhost that does one TLS handshake."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(self_signed)
    listening = create_server(("127.0.0.1", 0))
    listening.settimeout(10)

    def shake_hands():
        connection, _ = listening.accept()
        with connection:
            try:
                context.wrap_socket(connection, server_side=True).close()
            except OSError:
                return

    thread = threading.Thread(target=shake_hands)
    thread.start()
    yield listening.getsockname()[1]
    thread.join(10)
    listening.close()


def test_a_certificate_that_nobody_vouches_for_is_told(tls_port):
    found = look_from(f"https://localhost:{tls_port}").certificate_end()

    assert isinstance(found, LmsUnreachable)
    assert "not valid: self-signed certificate" in str(found)


def test_the_end_of_a_trusted_certificate_is_read(tls_port, self_signed):
    trusting = ssl.create_default_context(cafile=str(self_signed))

    end = read_certificate_end("localhost", tls_port, timeout_seconds=5, context=trusting)

    assert end == datetime(2100, 1, 1, tzinfo=UTC)


def test_a_certificate_of_an_authority_of_the_intranet_is_valid(tls_port, self_signed):
    end = look_from(f"https://localhost:{tls_port}", authorities_file=str(self_signed)).certificate_end()

    assert end == datetime(2100, 1, 1, tzinfo=UTC)


def test_a_server_that_is_away_is_told():
    found = look_from(f"https://localhost:{find_free_port()}").certificate_end()

    assert isinstance(found, LmsUnreachable)
    assert "No TLS connection to localhost" in str(found)


def test_without_tls_there_is_no_certificate():
    assert look_from("http://localhost:8100").certificate_end() is None


def test_a_proof_depends_on_secret_and_challenge():
    asked = [("a", "s"), ("b", "s"), ("a", "t")]

    assert len({prove_instance(challenge, secret=secret) for challenge, secret in asked}) == 3
