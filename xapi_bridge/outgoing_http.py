"""The one way out to other servers: bounded in time and size, and only to addresses that may be asked.

The addresses come from registrations, messages and operators, so they are not trusted: without a rule about
them, somebody could make this server knock at doors inside its own network.
"""

import time
from http.cookiejar import DefaultCookiePolicy
from ipaddress import ip_address
from ssl import SSLContext
from typing import Any, ClassVar, Final
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPSConnectionPool, PoolManager
from urllib3.connection import HTTPSConnection
from urllib3.exceptions import HTTPError
from urllib3.util.ssl_ import create_urllib3_context

from xapi_bridge.errors import RuleBroken
from xapi_bridge.remote_errors import RemoteAddressForbidden, RemoteAnswerTooLarge, RemoteUnavailable

USER_AGENT: Final = "cchc-training"


class OutgoingHttp(requests.Session):
    """A session that refuses what a server that we ask never needs.

    A subclass may name refusals of its own package.

    Raises, from every request:
        address_forbidden: not https, or a private address, and private networks are not allowed.
        answer_too_large: more than `largest_answer_bytes`.
        unreachable: no connection, no complete answer in time.
    """

    address_forbidden: ClassVar[type[RuleBroken]] = RemoteAddressForbidden
    answer_too_large: ClassVar[type[RuleBroken]] = RemoteAnswerTooLarge
    unreachable: ClassVar[type[RuleBroken]] = RemoteUnavailable

    def __init__(
        self,
        *,
        timeout_seconds: float,
        private_networks_allowed: bool,
        largest_answer_bytes: int,
        connect_timeout_seconds: float | None = None,
        authorities_file: str = "",
    ) -> None:
        """A session; its connections are kept alive between requests.

        Args:
            timeout_seconds: for each silence of the server, and for reading the whole answer.
            connect_timeout_seconds: for the connection; None: as `timeout_seconds`.
            authorities_file: PEM file of certificate authorities that are trusted beside the public ones.

        Raises:
            OSError: that file cannot be read, or holds no certificate.
        """
        super().__init__()
        self._timeout_seconds = timeout_seconds
        self._connect_seconds = min(connect_timeout_seconds or timeout_seconds, timeout_seconds)
        self._private_networks_allowed = private_networks_allowed
        self._largest_answer_bytes = largest_answer_bytes
        # A compressed answer could unfold into any size.
        self.headers.update({"User-Agent": USER_AGENT, "Accept-Encoding": "identity"})
        # Proxies and .netrc passwords of the environment would carry requests where nobody decided.
        self.trust_env = False
        # Nothing that we ask for needs a cookie, and one server's must not wander to another.
        self.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        trusted = _context_with(authorities_file) if authorities_file else None
        transport = _Trusting if private_networks_allowed else PublicAddressesOnly
        self.mount("https://", transport(trusted))

    def request(self, method: str | bytes, url: str | bytes, **options: Any) -> requests.Response:  # type: ignore[override]
        """As `requests.Session.request`; `largest_answer_bytes` allows one answer another size."""
        address = url.decode() if isinstance(url, bytes) else url
        largest = options.pop("largest_answer_bytes", self._largest_answer_bytes)
        self._refuse_scheme(address)
        timeouts = (self._connect_seconds, self._timeout_seconds)
        options |= {"timeout": timeouts, "allow_redirects": False, "stream": True}
        try:
            answer = super().request(method, url, **options)
            with answer:
                self._read_within(answer, time.monotonic() + self._timeout_seconds, largest=largest)
        except (requests.RequestException, HTTPError) as failed:
            raise self.unreachable(f"{host_of(address)} did not answer: {type(failed).__name__}.") from failed
        except PrivateAddress as private:
            raise self.address_forbidden(str(private)) from private
        return answer

    def _refuse_scheme(self, address: str) -> None:
        allowed = {"https", "http"} if self._private_networks_allowed else {"https"}
        if urlsplit(address).scheme not in allowed:
            raise self.address_forbidden(
                f"{host_of(address)} must be asked over https. On an intranet, "
                "CCHC_PRIVATE_NETWORKS_ALLOWED=true allows http."
            )

    def _read_within(self, answer: requests.Response, deadline: float, *, largest: int) -> None:
        """Reads the body into the answer; a server that drips bytes for ever meets the deadline."""
        body = bytearray()
        # read1 returns what has come; iter_content would wait for a full piece and never look at the clock.
        while piece := answer.raw.read1(64 * 1024, decode_content=False):
            body += piece
            if len(body) > largest:
                raise self.answer_too_large(f"{host_of(answer.url)} answered with more than {largest} bytes.")
            if time.monotonic() > deadline:
                raise self.unreachable(f"{host_of(answer.url)} did not finish its answer in time.")
        answer._content = bytes(body)  # noqa: SLF001 - requests has no public way to hand over a body read in pieces


def host_of(address: str) -> str:
    """Scheme and host of an address: enough for a message, without ids and keys of its path and query."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"


class PrivateAddress(Exception):  # noqa: N818 - named by what was met, as our rules are
    """The connection leads to an address that is not public."""


class _AskingPeer(HTTPSConnection):
    """Looks at the address that it is really connected to, before TLS and before the request.

    Looking the name up beforehand would not do: a second look-up may give another answer.
    """

    def _new_conn(self) -> Any:
        connected = super()._new_conn()
        peer = str(connected.getpeername()[0])
        if not ip_address(peer.partition("%")[0]).is_global:
            connected.close()
            raise PrivateAddress(
                f"{self.host} is on a private network. On an intranet, set "
                "CCHC_PRIVATE_NETWORKS_ALLOWED=true."
            )
        return connected


class _AskingPool(HTTPSConnectionPool):
    ConnectionCls = _AskingPeer


def _context_with(authorities_file: str) -> SSLContext:
    # requests adds the public authorities to the context that it is given.
    context = create_urllib3_context()
    context.load_verify_locations(cafile=authorities_file)
    return context


class _Trusting(HTTPAdapter):
    """A requests transport that may trust authorities of its own."""

    def __init__(self, trusted: SSLContext | None = None) -> None:
        self._trusted = trusted
        super().__init__()

    def init_poolmanager(self, *arguments: Any, **options: Any) -> None:
        if self._trusted is not None:
            options["ssl_context"] = self._trusted
        super().init_poolmanager(*arguments, **options)


class PublicAddressesOnly(_Trusting):
    """A requests transport that talks to public addresses only."""

    def init_poolmanager(self, *arguments: Any, **options: Any) -> None:
        super().init_poolmanager(*arguments, **options)
        manager: PoolManager = self.poolmanager
        manager.pool_classes_by_scheme = {"https": _AskingPool}
