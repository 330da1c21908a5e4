"""The organisation's sign-in: OpenID Connect Core 1.0 authorization code flow with PKCE (RFC 7636), no web.

A client of our own on PyJWT, because the way out must be ours: bounded, without redirects, and never to
addresses inside the network unless the installation allows them (docs/decisions/0024).
"""

import base64
import hashlib
import json
import math
import secrets
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import urlencode

import jwt

from lti_tool.admin.errors import IssuerUnavailable, SingleSignOnRefused
from lti_tool.platforms.errors import KeySetUnavailable, PlatformRefused, SigningKeyUnknown
from lti_tool.platforms.key_sets import KeySets
from lti_tool.platforms.lms_http import LmsHttp

#: Signature algorithms with public keys; with HS256 our client secret would be the key.
_ALGORITHMS: Final = ("RS256", "PS256", "ES256", "RS384", "RS512", "ES384", "ES512", "PS384", "PS512")
_FRESH: Final = timedelta(hours=1)
_LONGEST_TOKEN: Final = 32 * 1024
_LONGEST_CLAIM: Final = 255


@dataclass(frozen=True)
class IssuerSettings:
    """What an installation says about the organisation's sign-in.

    Attributes:
        client_secret: empty for a public client.
        leeway: how far the clocks may differ.
        roles: group -> role, the first match decides.
    """

    issuer: str
    client_id: str
    client_secret: str
    scopes: str
    name_claim: str
    role_claim: str
    roles: Mapping[str, str]
    leeway: timedelta


@dataclass(frozen=True)
class Journey:
    """What the browser takes along to the issuer and what must come back with it."""

    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True)
class ExternalPerson:
    """Whom the issuer vouches for.

    Attributes:
        name: the claim that finds an account made beforehand; empty when the issuer sent none.
        role: what the groups give; None: nothing.
    """

    issuer: str
    subject: str
    name: str
    role: str | None


@dataclass(frozen=True)
class _Endpoints:
    authorization: str
    token: str
    key_set: str
    read_at: datetime


class Issuer:
    """The organisation's sign-in server; one object per application, safe among threads."""

    def __init__(self, http: LmsHttp, key_sets: KeySets, settings: IssuerSettings) -> None:
        self._http = http
        self._key_sets = key_sets
        self._settings = settings
        self._endpoints: _Endpoints | None = None
        self._lock = threading.Lock()

    def begin(self, journey: Journey, *, redirect_uri: str, is_again: bool, now: datetime) -> str:
        """The address that the browser is sent to.

        Args:
            is_again: the person must prove to be there although the issuer still knows the browser.

        Raises:
            IssuerUnavailable: the issuer does not describe itself.
        """
        digest = hashlib.sha256(journey.verifier.encode()).digest()
        asked = {
            "response_type": "code",
            "client_id": self._settings.client_id,
            "redirect_uri": redirect_uri,
            "scope": self._settings.scopes,
            "state": journey.state,
            "nonce": journey.nonce,
            "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
            "code_challenge_method": "S256",
        }
        if is_again:
            asked |= {"prompt": "login", "max_age": "0"}
        address = self._describe(now=now).authorization
        return f"{address}{'&' if '?' in address else '?'}{urlencode(asked)}"

    def finish(
        self, code: str, journey: Journey, *, redirect_uri: str, is_again: bool, now: datetime
    ) -> ExternalPerson:
        """Whom the code stands for.

        Raises:
            IssuerUnavailable: the issuer does not answer.
            SingleSignOnRefused: the code or the token is not good.
        """
        token = self._exchange(code, journey, redirect_uri=redirect_uri, now=now)
        claims = self._verified_claims(token, now=now)
        if not secrets.compare_digest(str(claims.get("nonce", "")).encode(), journey.nonce.encode()):
            raise SingleSignOnRefused("The token was made for another sign-in (nonce).")
        if is_again:
            _require_fresh(claims, now=now, leeway=self._settings.leeway)
        return self._person(claims)

    def _exchange(self, code: str, journey: Journey, *, redirect_uri: str, now: datetime) -> str:
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect_uri,
            "code_verifier": journey.verifier,
            "client_id": self._settings.client_id,
        }
        if self._settings.client_secret:
            form["client_secret"] = self._settings.client_secret
        answer = self._ask("POST", self._describe(now=now).token, data=form)
        if answer.get("error"):
            raise SingleSignOnRefused(f"The issuer refused the code: {str(answer['error'])[:60]!r}.")
        token = answer.get("id_token")
        if not isinstance(token, str) or len(token) > _LONGEST_TOKEN:
            raise SingleSignOnRefused("The issuer's answer holds no id_token.")
        return token

    def _verified_claims(self, token: str, *, now: datetime) -> dict[str, Any]:
        """The claims after signature, issuer, audience, authorized party and lifetime (Core, 3.1.3.7)."""
        key, algorithm = self._key_of(token, now=now)
        try:
            claims: dict[str, Any] = jwt.decode(
                token,
                key,
                algorithms=[algorithm],
                audience=self._settings.client_id,
                issuer=self._settings.issuer,
                # Lifetimes are checked against the application's clock.
                options={
                    "verify_exp": False,
                    "verify_nbf": False,
                    "verify_iat": False,
                    "require": ["exp", "iat", "sub", "aud", "iss"],
                },
            )
        except (jwt.InvalidTokenError, ValueError, TypeError) as refused:
            raise SingleSignOnRefused(
                f"The id_token is not valid here: {type(refused).__name__}."
            ) from refused
        self._check_party(claims)
        _check_lifetime(claims, now=now, leeway=self._settings.leeway)
        return claims

    def _check_party(self, claims: Mapping[str, Any]) -> None:
        party, audience = claims.get("azp"), claims["aud"]
        several = isinstance(audience, list) and len(audience) > 1
        if (several and party is None) or (party is not None and party != self._settings.client_id):
            raise SingleSignOnRefused("The id_token was made for another client (azp).")

    def _key_of(self, token: str, *, now: datetime) -> tuple[jwt.PyJWK, str]:
        try:
            header = jwt.get_unverified_header(token)
        except jwt.InvalidTokenError as malformed:
            raise SingleSignOnRefused("The id_token is not a signed JSON Web Token.") from malformed
        kid, algorithm = header.get("kid"), header.get("alg")
        if not isinstance(kid, str) or algorithm not in _ALGORITHMS:
            raise SingleSignOnRefused("The id_token must name its key (kid) and a public-key algorithm.")
        try:
            found = self._key_sets.find_key(self._describe(now=now).key_set, kid, now=now)
            if found.get("use", "sig") != "sig" or found.get("alg", algorithm) != algorithm:
                raise SingleSignOnRefused("The key that the id_token names is for something else.")
            return jwt.PyJWK(found, algorithm), str(algorithm)
        except KeySetUnavailable as unavailable:
            raise IssuerUnavailable("The issuer's key set cannot be read. Try again later.") from unavailable
        except (SigningKeyUnknown, jwt.PyJWTError, ValueError, TypeError) as unknown:
            raise SingleSignOnRefused("The issuer has no such key.") from unknown

    def _person(self, claims: Mapping[str, Any]) -> ExternalPerson:
        subject = claims.get("sub")
        if not isinstance(subject, str) or not 0 < len(subject) <= _LONGEST_CLAIM:
            raise SingleSignOnRefused("The id_token names nobody (sub).")
        name = _claim_at(claims, self._settings.name_claim)
        groups = _texts(_claim_at(claims, self._settings.role_claim))
        role = next((role for group, role in self._settings.roles.items() if group in groups), None)
        return ExternalPerson(
            issuer=self._settings.issuer,
            subject=subject,
            name=name if isinstance(name, str) and len(name) <= _LONGEST_CLAIM else "",
            role=role,
        )

    def _describe(self, *, now: datetime) -> _Endpoints:
        """Where the issuer's parts are (OpenID Connect Discovery 1.0, 4)."""
        with self._lock:
            if self._endpoints is None or now - self._endpoints.read_at >= _FRESH:
                self._endpoints = self._read_description(now=now)
            return self._endpoints

    def _read_description(self, *, now: datetime) -> _Endpoints:
        issuer = self._settings.issuer
        told = self._ask("GET", f"{issuer.rstrip('/')}/.well-known/openid-configuration")
        if told.get("issuer") != issuer:
            raise IssuerUnavailable("The issuer describes itself under another name than CCHC_SSO_ISSUER.")
        addresses = [told.get(name) for name in ("authorization_endpoint", "token_endpoint", "jwks_uri")]
        if not all(isinstance(one, str) and one.startswith(("https://", "http://")) for one in addresses):
            raise IssuerUnavailable("The issuer's description lacks one of its addresses.")
        authorization, token, key_set = (str(one) for one in addresses)
        return _Endpoints(authorization, token, key_set, read_at=now)

    def _ask(self, method: str, address: str, **options: Any) -> dict[str, Any]:
        try:
            answer = self._http.request(method, address, headers={"Accept": "application/json"}, **options)
            told = json.loads(answer.content)
        except PlatformRefused as unreachable:
            raise IssuerUnavailable(f"The issuer does not answer. {unreachable}") from unreachable
        except (ValueError, RecursionError) as malformed:
            raise IssuerUnavailable("The issuer did not answer with JSON.") from malformed
        if not isinstance(told, dict):
            raise IssuerUnavailable("The issuer did not answer with a JSON object.")
        return told


def make_journey() -> Journey:
    """Three random texts of 43 characters."""
    return Journey(*(secrets.token_urlsafe(32) for _ in range(3)))


def _check_lifetime(claims: Mapping[str, Any], *, now: datetime, leeway: timedelta) -> None:
    present, slack = now.timestamp(), leeway.total_seconds()
    if _number(claims, "exp") + slack <= present:
        raise SingleSignOnRefused("The id_token is over. Sign in again.")
    if _number(claims, "iat") - slack > present:
        raise SingleSignOnRefused("The id_token comes from the future. Compare the clocks of both servers.")


def _require_fresh(claims: Mapping[str, Any], *, now: datetime, leeway: timedelta) -> None:
    """The issuer must have seen the person just now, since that was asked for (`max_age=0`)."""
    if "auth_time" not in claims:
        raise SingleSignOnRefused("The issuer does not say when it saw the person (auth_time).")
    if now.timestamp() - _number(claims, "auth_time") > 300 + leeway.total_seconds():
        raise SingleSignOnRefused("The issuer saw the person too long ago. Sign in there again.")


def _number(claims: Mapping[str, Any], name: str) -> float:
    value = claims[name]
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise SingleSignOnRefused(f"The claim {name} is not a number of seconds.")
    return float(value)


def _claim_at(claims: Mapping[str, Any], path: str) -> Any:
    """The claim of that name, else the one at that path; None: there is none."""
    if path in claims:
        return claims[path]
    found: Any = claims
    for name in path.split("."):
        found = found.get(name) if isinstance(found, Mapping) else None
    return found


def _texts(value: Any) -> frozenset[str]:
    if isinstance(value, str):
        return frozenset(value.split())
    return frozenset(one for one in value if isinstance(one, str)) if isinstance(value, list) else frozenset()
