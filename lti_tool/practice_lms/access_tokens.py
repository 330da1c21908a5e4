"""Access tokens for the services (Security Framework 1.0, 4.1; RFC 7523)."""

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import jwt
from sqlalchemy import Connection, delete, insert, select
from sqlalchemy.dialects.sqlite import insert as insert_or_skip

from lti_tool.practice_lms.courses import Tool
from lti_tool.practice_lms.errors import ServiceRefused, TokenRefused
from lti_tool.practice_lms.profiles import Profile
from lti_tool.practice_lms.tables import access_token, used_assertion
from lti_tool.practice_lms.tools import FetchKeySet, find_tool_by_client_id

TOKEN_LIFETIME_SECONDS: Final = 3600
LONGEST_ASSERTION: Final = timedelta(hours=1)
_ASSERTION_TYPE: Final = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


@dataclass(frozen=True)
class GrantedToken:
    """What the token endpoint answers; `scopes` are those of the asked ones that we know."""

    token: str
    scopes: tuple[str, ...]


def read_client(connection: Connection, form: Mapping[str, str], *, profile: Profile) -> Tool:
    """The tool that the request says it comes from; not proven yet.

    Raises:
        TokenRefused: wrong grant, wrong assertion type, or an assertion that names no registered tool.
    """
    if form.get("grant_type") != "client_credentials":
        raise TokenRefused("unsupported_grant_type", "grant_type must be client_credentials.")
    if form.get("client_assertion_type") != _ASSERTION_TYPE:
        raise TokenRefused("invalid_request", f"client_assertion_type must be {_ASSERTION_TYPE}.")
    try:
        claims = jwt.decode(form.get("client_assertion", ""), options={"verify_signature": False})
    except jwt.PyJWTError as broken:
        raise TokenRefused("invalid_client", "client_assertion is not a JSON Web Token.") from broken
    tool = find_tool_by_client_id(connection, str(claims.get("sub", "")))
    if tool is None or claims.get("iss") != tool.client_id:
        raise TokenRefused(
            "invalid_client", "iss and sub of the assertion must be the client id of a registered tool."
        )
    if tool.status != "active" and not profile.pending_gets_tokens:
        raise TokenRefused("invalid_client", "The tool waits to be activated at this LMS.")
    return tool


def verify_assertion(
    assertion: str,
    tool: Tool,
    *,
    token_url: str,
    profile: Profile,
    fetch_key_set: FetchKeySet,
    now: datetime,
) -> dict[str, Any]:
    """The claims of an assertion that the tool signed for us, now and briefly.

    Raises:
        TokenRefused: unknown kid, forged, expired, issued in the future, too long-lived, or not for us, as
            far as the profile looks.
    """
    key = _find_key(assertion, fetch_key_set(tool.key_set_url))
    try:
        claims = jwt.decode(
            assertion, key, algorithms=["RS256"], audience=token_url, options=_checks(profile)
        )
    except jwt.PyJWTError as refused:
        raise TokenRefused("invalid_client", f"The assertion is refused: {refused}.") from refused
    _check_times(claims, now=now)
    return claims


def _checks(profile: Profile) -> Any:
    required = ["iss", "sub", "iat"]
    required += ["aud"] if profile.assertion_audience_checked else []
    required += ["exp"] if profile.assertion_expiry_required else []
    required += ["jti"] if profile.assertion_once else []
    return {
        "require": required,
        "verify_aud": profile.assertion_audience_checked,
        # The times are checked afterwards, against the clock that this LMS was given.
        "verify_exp": False,
        "verify_iat": False,
    }


def _find_key(assertion: str, key_set: dict[str, Any]) -> jwt.PyJWK:
    kid = jwt.get_unverified_header(assertion).get("kid")
    if not kid:
        raise TokenRefused("invalid_client", "The assertion's header names no kid.")
    try:
        return jwt.PyJWKSet.from_dict(key_set)[kid]
    except (KeyError, jwt.PyJWTError) as unknown:
        raise TokenRefused(
            "invalid_client", "The tool's key set has no usable key with that kid."
        ) from unknown


def _check_times(claims: dict[str, Any], *, now: datetime) -> None:
    issued_at = _instant(claims, "iat")
    # No leeway, as on the strictest LMS observed: a tool whose clock runs ahead must back-date.
    if issued_at > now:
        raise TokenRefused("invalid_client", "iat lies in the future of this LMS's clock.")
    if "exp" not in claims:
        return
    expires_at = _instant(claims, "exp")
    if expires_at <= now:
        raise TokenRefused("invalid_client", "The assertion has expired.")
    if expires_at - issued_at > LONGEST_ASSERTION:
        raise TokenRefused("invalid_client", "The assertion lives longer than an hour.")


def _instant(claims: dict[str, Any], name: str) -> datetime:
    try:
        return datetime.fromtimestamp(float(claims[name]), UTC)
    except (TypeError, ValueError, OverflowError) as broken:
        raise TokenRefused("invalid_client", f"{name} is not a number of seconds.") from broken


def grant_token(
    connection: Connection,
    tool: Tool,
    claims: dict[str, Any],
    *,
    asked_scopes: str,
    profile: Profile,
    now: datetime,
) -> GrantedToken:
    """An access token for those scopes that the tool was granted; others are left out in silence.

    Raises:
        TokenRefused: the assertion was used before, or none of the scopes is the tool's.
    """
    if profile.assertion_once:
        _use_assertion(connection, tool, claims, now=now)
    scopes = tuple(scope for scope in tool.granted_scopes if scope in asked_scopes.split())
    if not scopes:
        raise TokenRefused("invalid_scope", "None of the scopes asked for is granted to this tool.")
    token = secrets.token_urlsafe(32)
    connection.execute(delete(access_token).where(access_token.c.expires_at <= now))
    connection.execute(
        insert(access_token).values(
            token_hash=_hash(token),
            tool_id=tool.tool_id,
            scopes=" ".join(scopes),
            expires_at=now + timedelta(seconds=TOKEN_LIFETIME_SECONDS),
        )
    )
    return GrantedToken(token=token, scopes=scopes)


def _use_assertion(connection: Connection, tool: Tool, claims: dict[str, Any], *, now: datetime) -> None:
    connection.execute(delete(used_assertion).where(used_assertion.c.expires_at <= now))
    first_use = connection.execute(
        insert_or_skip(used_assertion)
        .values(client_id=tool.client_id, jti=str(claims["jti"]), expires_at=_instant(claims, "exp"))
        .on_conflict_do_nothing()
    )
    if first_use.rowcount == 0:
        raise TokenRefused("invalid_client", "This assertion was used before: jti must be new each time.")


def tool_of_token(
    connection: Connection,
    authorization: str,
    *,
    scopes: tuple[str, ...],
    missing_scope_status: int,
    now: datetime,
) -> int:
    """The id of the tool whose bearer token this is, when it holds one of the scopes.

    Raises:
        ServiceRefused: 401 without a living token; `missing_scope_status`, which RFC 6750, 3.1 wants to be
            403, when it lacks the scope.
    """
    scheme, _, token = authorization.partition(" ")
    found = connection.execute(
        select(access_token.c.tool_id, access_token.c.scopes).where(
            access_token.c.token_hash == _hash(token), access_token.c.expires_at > now
        )
    ).one_or_none()
    if scheme != "Bearer" or found is None:
        raise ServiceRefused(401, "A living access token is needed: Authorization: Bearer …")
    if not set(scopes) & set(found.scopes.split()):
        raise ServiceRefused(missing_scope_status, f"The access token lacks the scope {scopes[0]}.")
    return int(found.tool_id)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
