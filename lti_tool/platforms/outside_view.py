"""Our own public addresses, as an LMS asks for them: do they lead here, and with which certificate?

The answer may differ from what LMSs see when names are resolved differently inside and outside; that is why
nothing here is more than a finding.
"""

import hashlib
import hmac
import json
import secrets
import socket
import ssl
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from lti_tool.platforms.errors import LmsAddressForbidden, LmsUnreachable
from lti_tool.platforms.lms_http import LmsHttp

#: Step name, outcome, reason, what was seen.
Finding = tuple[str, str, str, str]


def prove_instance(challenge: str, *, secret: str) -> str:
    """What only an installation with our secret can answer to a challenge."""
    return hmac.new(secret.encode(), f"cchc instance|{challenge}".encode(), hashlib.sha256).hexdigest()


class OutsideView:
    """Looks at the tool's public address from the outside.

    Args:
        origin: the public address, as configured.
        secret: opens the proof that the answering installation is this one.
        authorities_file: PEM file of authorities that are trusted beside the system's; "" for none.
    """

    def __init__(
        self, http: LmsHttp, *, origin: str, secret: str, timeout_seconds: float, authorities_file: str = ""
    ) -> None:
        self._http = http
        self._origin = origin
        self._secret = secret
        self._timeout_seconds = timeout_seconds
        self._authorities_file = authorities_file

    def examine_instance(self) -> Finding:
        """Whether the public address leads to this installation, which sees it as browsers do."""
        challenge = secrets.token_hex(16)
        try:
            answer = self._http.get(f"{self._origin}/lti/instance", params={"challenge": challenge})
            told: Any = json.loads(answer.content)
            proof, seen_origin = str(told["proof"]), str(told["origin"])
        except LmsAddressForbidden as forbidden:
            return "our_address", "warn", self._why_forbidden(), str(forbidden)
        except LmsUnreachable as failed:
            return "our_address", "fail", "unreachable", str(failed)
        except (ValueError, KeyError, TypeError, RecursionError):
            return (
                "our_address",
                "fail",
                "another_server",
                f"{self._origin} did not answer as this tool does.",
            )
        if not hmac.compare_digest(proof, prove_instance(challenge, secret=self._secret)):
            return (
                "our_address",
                "fail",
                "another_installation",
                f"{self._origin} is served by another installation.",
            )
        if seen_origin != self._origin:
            return (
                "our_address",
                "fail",
                "proxy_hides",
                f"Configured {self._origin}, requests arrive as {seen_origin}.",
            )
        return "our_address", "pass", "ours", self._origin

    def examine_key_set(self) -> Finding:
        """Whether our key set can be read from outside, each key complete."""
        try:
            answer = self._http.get(f"{self._origin}/lti/jwks.json")
            keys = json.loads(answer.content)["keys"]
            complete = bool(keys) and all(
                key.get("kid") and key.get("alg") and key.get("use") for key in keys
            )
        except LmsAddressForbidden as forbidden:
            return "our_key_set", "warn", self._why_forbidden(), str(forbidden)
        except LmsUnreachable as failed:
            return "our_key_set", "fail", "unreachable", str(failed)
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            return "our_key_set", "fail", "unreadable", "Our key set's address did not answer with a key set."
        if not complete:
            return "our_key_set", "fail", "unreadable", "A key lacks kid, alg or use."
        return "our_key_set", "pass", "readable", f"{len(keys)} key(s)."

    def _why_forbidden(self) -> str:
        return "private" if self._origin.startswith("https://") else "not_https"

    def certificate_end(self) -> datetime | LmsUnreachable | None:
        """When our TLS certificate ends; a refusal when it is not valid; None without TLS."""
        parts = urlsplit(self._origin)
        if parts.scheme != "https" or not parts.hostname:
            return None
        context = ssl.create_default_context()
        if self._authorities_file:
            context.load_verify_locations(cafile=self._authorities_file)
        try:
            return read_certificate_end(
                parts.hostname, parts.port or 443, timeout_seconds=self._timeout_seconds, context=context
            )
        except ssl.SSLCertVerificationError as invalid:
            return LmsUnreachable(f"The certificate is not valid: {invalid.verify_message}.")
        except OSError as failed:
            return LmsUnreachable(f"No TLS connection to {parts.hostname}: {type(failed).__name__}.")


def read_certificate_end(
    host: str, port: int, *, timeout_seconds: float, context: ssl.SSLContext | None = None
) -> datetime:
    """The end of the certificate that a server shows, once it is verified.

    Args:
        context: whom to trust; the system's authorities unless it is given.

    Raises:
        ssl.SSLCertVerificationError: not valid for this name, by these authorities, now.
        OSError: no connection.
    """
    trusting = context or ssl.create_default_context()
    with (
        socket.create_connection((host, port), timeout=timeout_seconds) as plain,
        trusting.wrap_socket(plain, server_hostname=host) as secured,
    ):
        shown: Any = secured.getpeercert()
    return datetime.fromtimestamp(ssl.cert_time_to_seconds(shown["notAfter"]), UTC)
