"""Access tokens for an LMS's services: asked for with a signed assertion, kept until shortly before they end.

Spec: Security Framework 1.0, 4.1.1 (JWT bearer client assertion); RFC 6749, 4.4; RFC 7523, 2.2.
"""

import json
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import uuid4

import jwt
from pylti1p3.service_connector import ServiceConnector

from lti_tool.platforms.errors import AccessTokenRefused, LmsUnreachable
from lti_tool.platforms.lms_http import LmsHttp
from lti_tool.platforms.register import Platform
from lti_tool.platforms.tool_keys import SigningKey

#: Moodle allows no leeway: an assertion from a clock a little ahead of its own would be refused.
BACKDATED: Final = timedelta(seconds=5)
ASSERTION_LIFETIME: Final = timedelta(seconds=60)
#: A token is not used in its last seconds, so that it does not end on the way.
RESERVE: Final = timedelta(seconds=60)
#: What a platform grants when it does not say for how long.
USUAL_LIFETIME_SECONDS: Final = 3600


@dataclass(frozen=True)
class _Token:
    text: str
    usable_until: datetime


class AccessTokens:
    """Tokens of all registrations, never shared between two of them (W13); safe among threads."""

    def __init__(self, http: LmsHttp, *, clock: Callable[[], datetime]) -> None:
        self._http = http
        self._clock = clock
        self._tokens: dict[tuple[int, frozenset[str]], _Token] = {}
        self._lock = threading.Lock()

    def find_token(self, platform: Platform, key: SigningKey, scopes: Sequence[str]) -> str:
        """A token for exactly these scopes.

        Raises:
            AccessTokenRefused: the token endpoint grants nothing.
            LmsUnreachable: it does not answer, or not with a token.
        """
        slot = (platform.id, frozenset(scopes))
        now = self._clock()
        with self._lock:
            known = self._tokens.get(slot)
        if known is None or known.usable_until <= now:
            known = self._ask(platform, key, scopes, now)
            with self._lock:
                self._tokens[slot] = known
        return known.text

    def forget_token(self, platform: Platform, scopes: Sequence[str]) -> None:
        """Drops a token that a service refused."""
        with self._lock:
            self._tokens.pop((platform.id, frozenset(scopes)), None)

    def _ask(self, platform: Platform, key: SigningKey, scopes: Sequence[str], now: datetime) -> _Token:
        answer = self._http.post(
            platform.token_url,
            data={
                "grant_type": "client_credentials",
                "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
                "client_assertion": write_client_assertion(platform, key, now=now),
                "scope": " ".join(sorted(scopes)),
            },
            headers={"Accept": "application/json"},
        )
        if not answer.ok:
            # Moodle answers 404 with a page when it cannot read our key set.
            raise AccessTokenRefused(
                f"The token endpoint of registration {platform.id} answered {answer.status_code}. Check that "
                "the LMS can read our key set (/lti/jwks.json) and allows the grade services."
            )
        return _read_token(answer.content, now)


def write_client_assertion(platform: Platform, key: SigningKey, *, now: datetime) -> str:
    """The JWT by which we say who we are, signed with our key."""
    issued_at = now - BACKDATED
    claims = {
        "iss": platform.client_id,
        "sub": platform.client_id,
        "aud": platform.token_audience,
        "iat": int(issued_at.timestamp()),
        "exp": int((now + ASSERTION_LIFETIME).timestamp()),
        "jti": str(uuid4()),
    }
    return jwt.encode(claims, key.private_key, algorithm="RS256", headers={"kid": key.kid})


def _read_token(content: bytes, now: datetime) -> _Token:
    """The token of an answer; Moodle sends JSON and calls it text/html."""
    try:
        answer: Any = json.loads(content)
        token, lifetime = answer["access_token"], float(answer.get("expires_in") or USUAL_LIFETIME_SECONDS)
        usable_until = now + max(timedelta(seconds=lifetime) - RESERVE, timedelta())
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError) as malformed:
        raise LmsUnreachable("The token endpoint did not answer with a JSON access token.") from malformed
    if not isinstance(token, str) or not token.isascii() or not token.isprintable():
        raise LmsUnreachable("The token endpoint answered with something that is not a token.")
    return _Token(token, usable_until)


class PlatformConnector(ServiceConnector):
    """pylti1p3's connector with shared tokens and bounded requests.

    Its own asks for a token at each use, waits without limit and knows no end of a token (W12, W13).
    """

    def __init__(self, platform: Platform, key: SigningKey, tokens: AccessTokens, http: LmsHttp) -> None:
        super().__init__(platform.as_pylti1p3(), http)
        self._platform = platform
        self._key = key
        self._tokens = tokens

    def get_access_token(self, scopes: Sequence[str]) -> str:
        return self._tokens.find_token(self._platform, self._key, scopes)

    def forget_access_token(self, scopes: Sequence[str]) -> None:
        """After 401: the next call asks for a new token."""
        self._tokens.forget_token(self._platform, scopes)
