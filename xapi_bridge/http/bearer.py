"""Bearer tokens of an OpenID Connect issuer: signature, lifetime, addressee, scopes (RFC 6750, 9068)."""

import functools
import hmac
import json
import math
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, Protocol

import jwt

from xapi_bridge.access_errors import TokenRefused
from xapi_bridge.http.callers import Caller
from xapi_bridge.http.settings import TokenRules
from xapi_bridge.statement import Account
from xapi_bridge.store.audit import Reader
from xapi_bridge.store.scopes import PSEUDONYMS, SCOPES

#: Signature algorithm -> (`kty`, `crv`) of the keys that may verify it. Public keys only: with HS256 the
#: public key itself would be the secret.
_ALGORITHMS: Final = {
    **{name + bits: ("RSA", None) for name in ("RS", "PS") for bits in ("256", "384", "512")},
    "ES256": ("EC", "P-256"),
    "ES384": ("EC", "P-384"),
    "ES512": ("EC", "P-521"),
}
_TYPES: Final = frozenset({"jwt", "at+jwt", "application/at+jwt"})
_LONGEST_TOKEN: Final = 8 * 1024
_LONGEST_NAME: Final = 120
_SMALLEST_RSA_BITS: Final = 2048


class TokenKeys(Protocol):
    """The issuer's public keys; filled by the application."""

    def find_key(self, kid: str, *, now: datetime) -> Mapping[str, Any]:
        """The JSON Web Key with this id.

        Raises:
            TokenRefused: the issuer has no such key.
            TokenKeysUnavailable: the issuer's keys cannot be read.
        """


def caller_from_token(
    token: str, *, rules: TokenRules, keys: TokenKeys, secret: bytes, now: datetime
) -> Caller:
    """Who the token speaks for.

    Args:
        secret: keys the digests that stand for people.

    Raises:
        TokenRefused: forged, over, not yet valid, from another issuer or for another audience.
        TokenKeysUnavailable: the issuer's keys cannot be read.
    """
    claims = _verified_claims(token, rules=rules, keys=keys, now=now)
    _check_lifetime(claims, now=now, leeway=rules.leeway_seconds)
    subject = claims.get("sub")
    client = claims.get("azp") or claims.get("client_id")
    if not isinstance(subject, str) or not isinstance(client or "", str) or not (subject or client):
        raise TokenRefused("The token names neither a subject nor a client.")
    # A subject is often a person, and an authority stands in every statement: it becomes a digest.
    person = hmac.digest(secret, f"token-subject\n{rules.issuer}\n{subject}".encode(), "sha256").hex()[:32]
    name = f"client-{client}" if client and _is_plain(client) else f"subject-{person}"
    return Caller(
        reader=Reader("token", f"{name}/{person}" if client else name),
        scopes=_granted(claims, rules),
        authority=Account(home_page=rules.issuer, name=name),
    )


def _verified_claims(token: str, *, rules: TokenRules, keys: TokenKeys, now: datetime) -> dict[str, Any]:
    if len(token) > _LONGEST_TOKEN:
        raise TokenRefused(f"The token is longer than {_LONGEST_TOKEN} characters.")
    try:
        header = jwt.get_unverified_header(token)
    except jwt.InvalidTokenError as malformed:
        raise TokenRefused("The token is not a signed JSON Web Token.") from malformed
    algorithm, kid, kind = header.get("alg"), header.get("kid"), header.get("typ", "JWT")
    if algorithm not in _ALGORITHMS or not isinstance(kid, str):
        raise TokenRefused(f"The token must name its key (kid) and be signed by {', '.join(_ALGORITHMS)}.")
    if not isinstance(kind, str) or kind.lower() not in _TYPES:
        raise TokenRefused("The token is of another type than JWT or at+jwt.")
    key = _parsed_key(json.dumps(dict(keys.find_key(kid, now=now)), sort_keys=True), algorithm)
    try:
        claims: dict[str, Any] = jwt.decode(
            token,
            key,
            algorithms=[algorithm],
            audience=rules.audience,
            issuer=rules.issuer,
            # Lifetimes are checked against the application's clock.
            options={"verify_exp": False, "verify_nbf": False, "verify_iat": False, "require": ["exp"]},
        )
    except (jwt.InvalidTokenError, ValueError, TypeError) as refused:
        raise TokenRefused(f"The token is not valid here: {type(refused).__name__}.") from refused
    return claims


@functools.lru_cache(maxsize=64)
def _parsed_key(jwk: str, algorithm: str) -> jwt.PyJWK:
    """The key, if it may verify this algorithm; reading one takes longer than verifying with it."""
    key = json.loads(jwk)
    kind, curve = _ALGORITHMS[algorithm]
    if (
        key.get("kty") != kind
        or (curve is not None and key.get("crv") != curve)
        or key.get("alg", algorithm) != algorithm
        or key.get("use", "sig") != "sig"
    ):
        raise TokenRefused(f"The key that the token names is not for {algorithm} signatures.")
    try:
        parsed = jwt.PyJWK(key, algorithm)
    except (jwt.PyJWTError, ValueError, TypeError) as malformed:
        raise TokenRefused("The key that the token names cannot be read.") from malformed
    if kind == "RSA" and parsed.key.key_size < _SMALLEST_RSA_BITS:
        raise TokenRefused(f"The key that the token names has fewer than {_SMALLEST_RSA_BITS} bits.")
    return parsed


def _check_lifetime(claims: Mapping[str, Any], *, now: datetime, leeway: int) -> None:
    present = now.timestamp()
    if _instant(claims, "exp") + leeway <= present:
        raise TokenRefused("The token is over. Get a new one from the issuer.")
    for name in ("nbf", "iat"):
        if name in claims and _instant(claims, name) - leeway > present:
            raise TokenRefused(f"The token is not valid yet ({name}). Compare the clocks of both servers.")


def _instant(claims: Mapping[str, Any], name: str) -> float:
    value = claims[name]
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise TokenRefused(f"The claim {name} is not a number of seconds.")
    return float(value)


def _granted(claims: Mapping[str, Any], rules: TokenRules) -> frozenset[str]:
    given = _claim_at(claims, rules.scope_claim)
    names = given.split() if isinstance(given, str) else given if isinstance(given, list) else []
    mapping = rules.scopes or {scope: frozenset({scope}) for scope in SCOPES}
    granted = frozenset().union(*(mapping.get(name, frozenset()) for name in names if isinstance(name, str)))
    # As for keys, pseudonyms stand alone: the narrower role counts.
    return frozenset({PSEUDONYMS}) if PSEUDONYMS in granted else granted


def _claim_at(claims: Mapping[str, Any], path: str) -> Any:
    """A claim by its name; else, as Keycloak's `realm_access.roles`, by a path."""
    if path in claims:
        return claims[path]
    found: Any = claims
    for step in path.split("."):
        found = found.get(step) if isinstance(found, dict) else None
    return found


def _is_plain(client: str) -> bool:
    return client.isprintable() and "@" not in client and len(client) <= _LONGEST_NAME
