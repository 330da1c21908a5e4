"""The one way out to an LMS's servers: bounded in time and size, and only to addresses that may be asked.

Key sets, access tokens and grades go through `LmsHttp`, which pylti1p3 takes for a `requests.Session`.
The addresses come from registrations and messages, so they are not trusted: without a rule about them, an
LMS could make this server knock at doors inside its own network.
"""

import time
from ipaddress import ip_address
from typing import Any, Final
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPSConnectionPool, PoolManager
from urllib3.connection import HTTPSConnection
from urllib3.exceptions import HTTPError

from lti_tool.platforms.errors import LmsAddressForbidden, LmsAnswerTooLarge, LmsUnreachable

USER_AGENT: Final = "cchc-training"
LARGEST_ANSWER_BYTES: Final = 256 * 1024


class LmsHttp(requests.Session):
    """A session that refuses what an LMS never needs.

    Raises, from every request:
        LmsAddressForbidden: not https, or a private address, and private networks are not allowed.
        LmsAnswerTooLarge: more than 256 KiB.
        LmsUnreachable: no connection, no complete answer in time, or a redirect: an LMS that moved should be
            registered where it is now, and a redirect could lead around the rule about addresses.
    """

    def __init__(self, *, timeout_seconds: float, private_networks_allowed: bool) -> None:
        super().__init__()
        self._timeout_seconds = timeout_seconds
        self._private_networks_allowed = private_networks_allowed
        # A compressed answer could unfold into any size.
        self.headers.update({"User-Agent": USER_AGENT, "Accept-Encoding": "identity"})
        # Proxies and .netrc passwords of the environment would carry requests where nobody decided.
        self.trust_env = False
        if not private_networks_allowed:
            self.mount("https://", PublicAddressesOnly())

    def request(self, method: str | bytes, url: str | bytes, **options: Any) -> requests.Response:  # type: ignore[override]
        address = url.decode() if isinstance(url, bytes) else url
        self._refuse_scheme(address)
        options |= {"timeout": self._timeout_seconds, "allow_redirects": False, "stream": True}
        deadline = time.monotonic() + self._timeout_seconds
        try:
            answer = super().request(method, url, **options)
            with answer:
                _read_within(answer, deadline)
        except (requests.RequestException, HTTPError) as failed:
            raise LmsUnreachable(f"{_host(address)} did not answer: {type(failed).__name__}.") from failed
        if answer.is_redirect:
            raise LmsUnreachable(f"{_host(address)} answered with a redirect. Register its final address.")
        return answer

    def _refuse_scheme(self, address: str) -> None:
        allowed = {"https", "http"} if self._private_networks_allowed else {"https"}
        if urlsplit(address).scheme not in allowed:
            raise LmsAddressForbidden(
                f"{_host(address)} must be asked over https. On an intranet, "
                "CCHC_PRIVATE_NETWORKS_ALLOWED=true allows http."
            )


def _read_within(answer: requests.Response, deadline: float) -> None:
    """Reads the body into the answer; a server that drips bytes for ever meets the deadline."""
    body = bytearray()
    # read1 returns what has come; iter_content would wait for a full piece and never look at the clock.
    while piece := answer.raw.read1(16 * 1024, decode_content=False):
        body += piece
        if len(body) > LARGEST_ANSWER_BYTES:
            raise LmsAnswerTooLarge(
                f"{_host(answer.url)} answered with more than {LARGEST_ANSWER_BYTES} bytes."
            )
        if time.monotonic() > deadline:
            raise LmsUnreachable(f"{_host(answer.url)} did not finish its answer in time.")
    answer._content = bytes(body)  # noqa: SLF001 - requests has no public way to hand over a body read in pieces


def _host(address: str) -> str:
    """Scheme and host of an address: enough for a message, without ids and keys of its path and query."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"


class _AskingPeer(HTTPSConnection):
    """Looks at the address that it is really connected to, before TLS and before the request.

    Looking the name up beforehand would not do: a second look-up may give another answer.
    """

    def _new_conn(self) -> Any:
        connected = super()._new_conn()
        peer = str(connected.getpeername()[0])
        if not ip_address(peer.partition("%")[0]).is_global:
            connected.close()
            raise LmsAddressForbidden(
                f"{self.host} is on a private network. On an intranet, set "
                "CCHC_PRIVATE_NETWORKS_ALLOWED=true."
            )
        return connected


class _AskingPool(HTTPSConnectionPool):
    ConnectionCls = _AskingPeer


class PublicAddressesOnly(HTTPAdapter):
    """A requests transport that talks to public addresses only."""

    def init_poolmanager(self, *arguments: Any, **options: Any) -> None:
        super().init_poolmanager(*arguments, **options)
        manager: PoolManager = self.poolmanager
        manager.pool_classes_by_scheme = {"https": _AskingPool}
