"""Requests to an LMS's services, from any thread, with the credentials of their registration.

Works outside a request as well (Celery, background thread): it opens its own short database session for the
registration and our key, closes it, and only then talks to the LMS.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import requests
from pylti1p3.service_connector import ServiceConnector
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from lti_tool.advantage.access_tokens import AccessTokens
from lti_tool.platforms.lms_http import LmsHttp
from lti_tool.platforms.quirks import Quirks
from lti_tool.platforms.register import Platform, find_platform_by_id
from lti_tool.platforms.tool_keys import SigningKey, find_or_create_signing_key, find_signing_key

#: A page of members or results of a large course, from an LMS that does not page.
LARGEST_LIST_BYTES: Final = 16 * 1024 * 1024
_UNAUTHORIZED: Final = 401


class PlatformConnector(ServiceConnector):
    """pylti1p3's connector with shared tokens and bounded requests.

    Its own asks for a token at each use, waits without limit and knows no end of a token (W12, W13).
    """

    def __init__(self, platform: Platform, key: SigningKey, tokens: AccessTokens, http: LmsHttp) -> None:
        super().__init__(platform.as_pylti1p3(), http)
        self._platform = platform
        self._key = key
        self._tokens = tokens
        self._http = http

    @property
    def platform(self) -> Platform:
        return self._platform

    @property
    def quirks(self) -> Quirks:
        """What the LMS's product does differently."""
        return self._platform.quirks

    def get_access_token(self, scopes: Sequence[str]) -> str:
        return self._tokens.find_token(self._platform, self._key, scopes)

    def ask(
        self,
        method: str,
        address: str,
        scope: str,
        *,
        accept: str,
        body: bytes | None = None,
        content_type: str = "",
        largest_answer_bytes: int | None = None,
    ) -> requests.Response:
        """The answer, whatever its status. A token that is refused is forgotten and asked for once more.

        Args:
            scope: the only one that this request needs.
            accept: exactly one media type: Moodle knows no list.

        Raises:
            PlatformRefused: no token, or no answer.
        """
        for is_last in (False, True):
            token = self.get_access_token([scope])
            headers = {"Authorization": f"Bearer {token}", "Accept": accept}
            if body is not None:
                headers["Content-Type"] = content_type
            more: dict[str, Any] = (
                {"largest_answer_bytes": largest_answer_bytes} if largest_answer_bytes else {}
            )
            answer = self._http.request(method, address, headers=headers, data=body, **more)
            if answer.status_code != _UNAUTHORIZED:
                break
            self._tokens.forget_token(self._platform, [scope], token=token)
            if is_last:
                break
        return answer


@dataclass(frozen=True)
class LmsServices:
    """Opens connectors.

    Attributes:
        secret: opens our signing key.
        clock: the application's; tokens and assertions follow it.
    """

    engine: Engine
    http: LmsHttp
    secret: str
    clock: Callable[[], datetime]
    tokens: AccessTokens

    def connect(self, registration_id: int) -> PlatformConnector:
        """A connector for an active registration.

        Raises:
            PlatformUnknown: it does not exist or is inactive.
        """
        # Read-only first: on SQLite a caller that holds the write lock could otherwise wait for itself.
        with Session(self.engine.execution_options(read_only=True)) as session:
            platform = find_platform_by_id(session, registration_id)
            key = find_signing_key(session, secret=self.secret)
        return PlatformConnector(platform, key or self._make_key(), self.tokens, self.http)

    def _make_key(self) -> SigningKey:
        with Session(self.engine) as session, session.begin():
            return find_or_create_signing_key(session, secret=self.secret, now=self.clock())


def retry_after_seconds(headers: Any) -> float | None:
    """Seconds that an LMS asks to wait; its other form, a date, is left to our own pauses."""
    sent = str(headers.get("Retry-After", ""))
    return min(float(sent), 24 * 3600.0) if sent.isascii() and sent.isdigit() else None
