"""Who asks at the xAPI door, and what the caller may do (xAPI Communication 4)."""

from ipaddress import ip_address, ip_network
from typing import Literal, NoReturn

import structlog
from flask import Request, Response, after_this_request, request
from sqlalchemy.exc import OperationalError
from werkzeug.datastructures import Authorization

from xapi_bridge.access_errors import (
    CredentialExpired,
    CredentialMissing,
    CredentialRefused,
    CredentialRevoked,
    CredentialUnknown,
    PseudonymOnly,
    ScopeMissing,
    TokenKeysUnavailable,
    TokenRefused,
    TooManyFailures,
    TooManyRequests,
)
from xapi_bridge.http.bearer import TokenKeys, caller_from_token
from xapi_bridge.http.callers import Caller
from xapi_bridge.http.rate_limits import RateLimits
from xapi_bridge.http.settings import AccessSettings, LrsSettings
from xapi_bridge.running_app import asking_once, borrow, now, section, transaction
from xapi_bridge.statement import Account
from xapi_bridge.store.audit import Reader
from xapi_bridge.store.credentials import Credential, authenticate, is_use_unnoted, note_use
from xapi_bridge.store.scopes import SCOPES_FOR, Right, StatementView, statement_view

log = structlog.get_logger(__name__)

#: Refusals that count as failed attempts of a network address.
_FAILURES = (CredentialUnknown, CredentialExpired, CredentialRevoked, TokenRefused)


def recognise(authorization: str | None) -> Caller:
    """Who the text of an Authorization header speaks for: Basic with a key, or Bearer with a token.

    Raises:
        CredentialMissing, CredentialUnknown, CredentialExpired, CredentialRevoked, TokenRefused: answered
        401.
        TokenKeysUnavailable: the issuer of tokens does not answer.
        TooManyRequests, TooManyFailures: with Retry-After.
    """
    try:
        caller = _caller_from(authorization)
    except TokenKeysUnavailable:
        raise
    except _FAILURES as refusal:
        _count_failure(refusal)
    _count_request(caller)
    return caller


def require_writing(caller: Caller) -> Account:
    """The account that vouches for what this caller records.

    Raises:
        ScopeMissing: the caller may not record.
    """
    require(caller, Right.WRITE_STATEMENTS)
    return caller.authority


def require_reading(caller: Caller) -> Account | None:
    """Whose statements the caller may read: None for everybody's, else only what this account vouches for.

    With `caller.sees_pseudonyms_only` everybody's, veiled.

    Raises:
        ScopeMissing: the caller may not read.
    """
    require(caller, Right.READ_STATEMENTS)
    return caller.authority if statement_view(caller.scopes) is StatementView.OWN else None


def require_documents(caller: Caller, *, resource: Literal["state", "profile"], writing: bool) -> None:
    """Refuses a caller who may not use documents of this kind.

    Args:
        resource: activity states, or profiles of activities and agents.
        writing: whether documents are to be changed.

    Raises:
        ScopeMissing, PseudonymOnly: the caller may not.
    """
    if resource == "state":
        right = Right.WRITE_STATES if writing else Right.READ_STATES
    else:
        right = Right.WRITE_PROFILES if writing else Right.READ_PROFILES
    require(caller, right)


def require_agents(caller: Caller) -> None:
    """Refuses a caller who may not look up what is known of an agent.

    Raises:
        ScopeMissing, PseudonymOnly: the caller may not.
    """
    require(caller, Right.READ_AGENTS)


def require_activities(caller: Caller) -> None:
    """Refuses a caller who may not look up the definition of an activity.

    Raises:
        ScopeMissing: the caller may not.
    """
    require(caller, Right.READ_ACTIVITIES)


def require(caller: Caller, right: Right) -> None:
    """Refuses a caller without a right.

    Raises:
        PseudonymOnly: the caller sees pseudonyms, and this cannot be veiled.
        ScopeMissing: the caller has none of the scopes that would do.
    """
    if caller.has(right):
        return
    enough = ", ".join(sorted(SCOPES_FOR[right]))
    if caller.sees_pseudonyms_only and right is not Right.WRITE_STATEMENTS:
        raise PseudonymOnly(f"This key sees statements under pseudonyms only. This needs one of: {enough}.")
    raise ScopeMissing(f"This key may not do this. It needs one of the scopes {enough}.")


def challenge(request: Request) -> str:
    """The WWW-Authenticate of a 401.

    A browser answers the scheme Basic with a dialog of its own, also when a script on a page asked. Scripts
    get a scheme that browsers leave alone; people and programs get the real one.
    """
    by_script = request.headers.get("Sec-Fetch-Mode", "navigate") != "navigate" or "Origin" in request.headers
    return 'xBasic realm="xAPI"' if by_script else 'Basic realm="xAPI", charset="UTF-8"'


def _caller_from(authorization: str | None) -> Caller:
    given = Authorization.from_header(authorization)
    if given is not None and given.type == "bearer" and given.token:
        return _caller_from_token(given.token)
    if given is None or given.type != "basic" or given.username is None or given.password is None:
        raise CredentialMissing("Send key and secret as HTTP Basic authorization.")
    return _caller_from_key(given.username, given.password)


def _caller_from_token(token: str) -> Caller:
    rules = section(AccessSettings).tokens
    if rules is None:
        raise TokenRefused(
            "This installation takes no bearer tokens. Send key and secret as Basic authorization."
        )
    # A port is asked for by its Protocol, which mypy allows for concrete classes only.
    keys = borrow(TokenKeys)  # type: ignore[type-abstract]
    return caller_from_token(token, rules=rules, keys=keys, secret=section(LrsSettings).secret, now=now())


def _caller_from_key(key: str, secret: str) -> Caller:
    instant, settings = now(), section(LrsSettings)
    with asking_once() as connection:
        credential = authenticate(connection, key, secret, now=instant, pepper=settings.secret)
    if is_use_unnoted(credential, now=instant):
        _note_use(credential)
    return Caller(
        reader=Reader("key", credential.key),
        scopes=credential.scopes,
        authority=credential.authority(iri_base=settings.iri_base),
        source=credential.source,
        pseudonym_group=credential.pseudonym_group,
        requests_per_minute=credential.requests_per_minute,
    )


def _note_use(credential: Credential) -> None:
    try:
        with transaction() as session:
            note_use(session, credential.key, now=now())
    except OperationalError as busy:
        # The next request tries again; a good key is not refused because a long batch is being recorded.
        log.warning("key_use_not_noted", reason=type(busy.orig).__name__)


def _count_request(caller: Caller) -> None:
    settings = section(AccessSettings)
    limit = caller.limit(settings)
    wait = _seconds_to_wait(f"{caller.reader.kind}/{caller.reader.name}", limit)
    if wait is not None:
        _say_when(wait)
        raise TooManyRequests(f"This key may ask {limit} times a minute. Ask again in {wait} seconds.")


def _count_failure(refusal: CredentialRefused) -> NoReturn:
    """Counts after the check, so that a right key opens also from an address where another one goes wrong."""
    limit = section(AccessSettings).failures_per_minute
    wait = _seconds_to_wait(f"failures/{_network(request.remote_addr)}", limit)
    if wait is None:
        raise refusal
    _say_when(wait)
    raise TooManyFailures(
        f"More than {limit} wrong keys a minute came from this address. Ask again in {wait} seconds."
    ) from refusal


def _seconds_to_wait(name: str, limit: int) -> int | None:
    if not limit:
        return None
    counter = f"{section(AccessSettings).counters_of}/{name}"
    return borrow(RateLimits).seconds_to_wait(counter, per_minute=limit)


def _say_when(seconds: int) -> None:
    @after_this_request
    def add_header(response: Response) -> Response:
        response.headers["Retry-After"] = str(seconds)
        return response


def _network(address: str | None) -> str:
    """An IPv4 address, or the /64 that one subscriber has of IPv6."""
    try:
        parsed = ip_address(address or "")
    except ValueError:
        return "unknown"
    return str(parsed if parsed.version == 4 else ip_network(f"{parsed}/64", strict=False))
