"""One request for an access token, and what the LMS really granted.

Spec: Security Framework 1.0, 4.1.1 (JWT bearer client assertion); RFC 6749, 4.4 and 5; RFC 7523, 2.2.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import uuid4

import jwt
from requests import Response

from lti_tool.platforms.errors import AccessTokenRefused, LmsUnreachable
from lti_tool.platforms.lms_http import LmsHttp
from lti_tool.platforms.lms_words import words_of
from lti_tool.platforms.register import Platform
from lti_tool.platforms.tool_keys import SigningKey

ASSERTION_LIFETIME: Final = timedelta(seconds=60)
#: What a platform grants when it does not say for how long.
USUAL_LIFETIME_SECONDS: Final = 3600.0

AGS: Final = "https://purl.imsglobal.org/spec/lti-ags/scope/"
LINE_ITEM_SCOPE: Final = f"{AGS}lineitem"
LINE_ITEM_READ_SCOPE: Final = f"{AGS}lineitem.readonly"
RESULT_SCOPE: Final = f"{AGS}result.readonly"
SCORE_SCOPE: Final = f"{AGS}score"
ROSTER_SCOPE: Final = "https://purl.imsglobal.org/spec/lti-nrps/scope/contextmembership.readonly"
#: All that this tool asks for.
TOOL_SCOPES: Final = (LINE_ITEM_SCOPE, LINE_ITEM_READ_SCOPE, RESULT_SCOPE, SCORE_SCOPE, ROSTER_SCOPE)


@dataclass(frozen=True)
class Grant:
    """An access token.

    Attributes:
        lifetime: from the instant of the request.
        scopes: what the reply names; what was asked for when it names none (RFC 6749, 5.1).
        kid: the key of ours that the LMS verified.
        lms_date: the reply's `Date` header; empty when there is none.
    """

    token: str
    lifetime: timedelta
    scopes: frozenset[str]
    kid: str
    lms_date: str


def request_token(
    http: LmsHttp, platform: Platform, key: SigningKey, scopes: Sequence[str], *, now: datetime
) -> Grant:
    """Asks the platform for a token of these scopes, once.

    Raises:
        AccessTokenRefused: the token endpoint grants nothing.
        LmsUnreachable: it does not answer, or not with a token.
    """
    answer = http.post(
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
        raise _refusal(platform, answer)
    return _read_grant(answer, scopes=scopes, kid=key.kid)


def write_client_assertion(platform: Platform, key: SigningKey, *, now: datetime) -> str:
    """The JWT by which we say who we are, signed with our key."""
    issued_at = now - timedelta(seconds=platform.quirks.assertion_backdate_seconds)
    claims = {
        "iss": platform.client_id,
        "sub": platform.client_id,
        "aud": platform.token_audience,
        "iat": int(issued_at.timestamp()),
        "exp": int((now + ASSERTION_LIFETIME).timestamp()),
        "jti": str(uuid4()),
    }
    return jwt.encode(claims, key.private_key, algorithm="RS256", headers={"kid": key.kid})


def _refusal(platform: Platform, answer: Response) -> AccessTokenRefused:
    # Moodle answers 404 with a page when it cannot read our key set.
    unread = answer.status_code == 404 and platform.quirks.token_404_means_key_set_unread
    why = " It could not read our key set." if unread else ""
    return AccessTokenRefused(
        f"The token endpoint of registration {platform.id} answered {answer.status_code}.{why} Check that "
        "the LMS can read our key set (/lti/jwks.json) and allows the services.",
        status=answer.status_code,
        lms_words=words_of(answer),
    )


def _read_grant(answer: Response, *, scopes: Sequence[str], kid: str) -> Grant:
    """The token of an answer; Moodle sends JSON and calls it text/html."""
    try:
        told: Any = json.loads(answer.content)
        token, seconds = told["access_token"], float(told.get("expires_in") or USUAL_LIFETIME_SECONDS)
        lifetime = timedelta(seconds=seconds)
        named = told.get("scope")
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError) as malformed:
        raise LmsUnreachable("The token endpoint did not answer with a JSON access token.") from malformed
    if not isinstance(token, str) or not token.isascii() or not token.isprintable():
        raise LmsUnreachable("The token endpoint answered with something that is not a token.")
    granted = frozenset(named.split()) if isinstance(named, str) and named.strip() else frozenset(scopes)
    return Grant(token, lifetime, granted & frozenset(scopes), kid, str(answer.headers.get("Date", "")))
