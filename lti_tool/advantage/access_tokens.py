"""Access tokens for an LMS's services, kept until shortly before they end."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from lti_tool.platforms.errors import AccessTokenRefused, LmsUnreachable
from lti_tool.platforms.lms_http import LmsHttp
from lti_tool.platforms.register import Platform
from lti_tool.platforms.token_requests import Grant, request_token
from lti_tool.platforms.tool_keys import SigningKey

#: A token is not used in its last seconds, lest it end on the way; of a short one, the last tenth.
RESERVE: Final = timedelta(seconds=60)
_NO_TIME: Final = frozenset({408, 425, 429})

_Slot = tuple[int, str, frozenset[str]]


@dataclass(frozen=True)
class _Token:
    text: str
    usable_until: datetime


class AccessTokens:
    """Tokens of all registrations, never shared between two of them (W13); safe among threads.

    Threads that need the same token at the same time ask for it once.

    Args:
        on_granted: told of each token that an LMS granted: it trusts the key that asked.
    """

    def __init__(
        self,
        http: LmsHttp,
        *,
        clock: Callable[[], datetime],
        on_granted: Callable[[Platform, Grant], None] = lambda _platform, _grant: None,
    ) -> None:
        self._http = http
        self._clock = clock
        self._on_granted = on_granted
        self._tokens: dict[_Slot, _Token] = {}
        self._asking: dict[_Slot, threading.Lock] = {}
        self._lock = threading.Lock()

    def find_token(self, platform: Platform, key: SigningKey, scopes: Sequence[str]) -> str:
        """A token for exactly these scopes.

        Raises:
            AccessTokenRefused: the token endpoint grants nothing, or not this.
            LmsUnreachable: it does not answer, or not with a token.
        """
        slot = (platform.id, platform.client_id, frozenset(scopes))
        with self._lock:
            asking = self._asking.setdefault(slot, threading.Lock())
        with asking:
            now = self._clock()
            known = self._tokens.get(slot)
            if known is None or known.usable_until <= now:
                known = self._ask(platform, key, scopes, now)
                self._tokens[slot] = known
        return known.text

    def forget_token(self, platform: Platform, scopes: Sequence[str], *, token: str) -> None:
        """Drops a token that a service refused, unless another one took its place already."""
        slot = (platform.id, platform.client_id, frozenset(scopes))
        with self._lock:
            known = self._tokens.get(slot)
            if known is not None and known.text == token:
                del self._tokens[slot]

    def _ask(self, platform: Platform, key: SigningKey, scopes: Sequence[str], now: datetime) -> _Token:
        try:
            grant = request_token(self._http, platform, key, scopes, now=now)
        except AccessTokenRefused as refused:
            if refused.status >= 500 or refused.status in _NO_TIME:
                # It said nothing about the scopes.
                raise LmsUnreachable(f"The token endpoint answered {refused.status}.") from refused
            raise
        self._on_granted(platform, grant)
        if not grant.scopes:
            raise AccessTokenRefused(
                "The LMS granted a token, but not for the service that it was asked for."
            )
        reserve = min(RESERVE, grant.lifetime / 10)
        return _Token(grant.token, now + max(grant.lifetime - reserve, timedelta()))
