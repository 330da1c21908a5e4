"""The public keys of platforms: read when needed, remembered, and never a reason for a long outage.

Spec: Security Framework 1.0, 6.3 (key sets). Moodle changes its key without notice, so an unknown key id is
a reason to look again; and its server may be down while browsers still launch, so an old copy is used.
"""

import json
import threading
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from jwcrypto.common import JWException
from jwcrypto.jwk import JWK
from requests import Response

from lti_tool.platforms.errors import KeySetUnavailable, LmsUnreachable, SigningKeyUnknown
from lti_tool.platforms.lms_http import LmsHttp

#: A copy is used this long without asking again.
FRESH: Final = timedelta(hours=1)
#: A copy is used this long when the platform does not answer; afterwards a withdrawn key could live on.
STALE: Final = timedelta(hours=24)
#: At most one question per platform in this time, whatever key ids the messages name.
PAUSE: Final = timedelta(seconds=10)

SMALLEST_RSA_BITS: Final = 2048


@dataclass
class _Copy:
    """What we know of one key set."""

    keys: dict[str, dict[str, Any]] = field(default_factory=dict)
    read_at: datetime | None = None
    asked_at: datetime | None = None
    lock: threading.Lock = field(default_factory=threading.Lock)

    def is_younger(self, age: timedelta, now: datetime) -> bool:
        return self.read_at is not None and now - self.read_at < age

    def may_ask(self, now: datetime) -> bool:
        return self.asked_at is None or now - self.asked_at >= PAUSE


class KeySets:
    """The key sets of all platforms, by address; one object per application, safe among threads."""

    def __init__(self, http: LmsHttp) -> None:
        self._http = http
        self._copies: dict[str, _Copy] = {}
        self._lock = threading.Lock()

    def find_public_key(self, key_set_url: str, kid: str, *, now: datetime) -> str:
        """The RSA key with this id, as PEM.

        Raises:
            SigningKeyUnknown: the key set has no RS256 signature key of 2048 bits or more with this id.
            KeySetUnavailable: the key set cannot be read and no copy is younger than 24 hours.
        """
        return _pem_of(self._look_up(key_set_url, kid, now=now))

    def find_key(self, key_set_url: str, kid: str, *, now: datetime) -> dict[str, Any]:
        """The key with this id as JSON Web Key, of whatever kind; the caller decides what it may verify.

        Raises:
            SigningKeyUnknown: the key set has no key with this id.
            KeySetUnavailable: as `find_public_key`.
        """
        key = self._look_up(key_set_url, kid, now=now)
        if key is None:
            raise SigningKeyUnknown("The key set has no key with the id that the message names.")
        return key

    def _look_up(self, key_set_url: str, kid: str, *, now: datetime) -> dict[str, Any] | None:
        with self._lock:
            copy = self._copies.setdefault(key_set_url, _Copy())
        is_usable = kid in copy.keys and copy.is_younger(STALE, now)
        # While another thread waits for a slow server, a usable copy is used: one issuer stops nobody.
        if not copy.lock.acquire(blocking=not is_usable):
            return copy.keys.get(kid)
        try:
            if kid not in copy.keys or not copy.is_younger(FRESH, now):
                self._refresh(copy, key_set_url, now)
            return copy.keys.get(kid)
        finally:
            copy.lock.release()

    def _refresh(self, copy: _Copy, key_set_url: str, now: datetime) -> None:
        """Reads the key set again if it is time; an error counts only when no usable copy is left."""
        usable = copy.is_younger(STALE, now)
        if not copy.may_ask(now):
            if not usable:
                raise KeySetUnavailable("The platform's key set could not be read a moment ago. Try again.")
            return
        copy.asked_at = now
        try:
            copy.keys, copy.read_at = self._read(key_set_url), now
        except LmsUnreachable as failed:
            if not usable:
                raise KeySetUnavailable(f"The platform's key set cannot be read. {failed}") from failed

    def _read(self, key_set_url: str) -> dict[str, dict[str, Any]]:
        return read_key_set(self._http.get(key_set_url, headers={"Accept": "application/json"}))


def read_key_set(answer: Response) -> dict[str, dict[str, Any]]:
    """The keys of a key set's answer, by their id; a key without id is left out.

    Raises:
        LmsUnreachable: the answer is not a key set.
    """
    if answer.status_code != 200:
        raise LmsUnreachable(f"The key set's address answered with status {answer.status_code}.")
    try:
        keys = json.loads(answer.content)["keys"]
        return {key["kid"]: key for key in keys if isinstance(key.get("kid"), str)}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as malformed:
        raise LmsUnreachable("The key set's address did not answer with a JSON key set.") from malformed


def usable_key_fault(key: dict[str, Any]) -> str | None:
    """Why messages signed with this key would be refused; None when they would not."""
    try:
        _pem_of(key)
    except SigningKeyUnknown as fault:
        return str(fault)
    return None


def _pem_of(key: dict[str, Any] | None) -> str:
    """The key as PEM, if it may verify RS256 signatures (RFC 7517, 4.2 and 4.4)."""
    if key is None:
        raise SigningKeyUnknown("The platform's key set has no key with the id that the message names.")
    if key.get("kty") != "RSA" or key.get("alg", "RS256") != "RS256" or key.get("use", "sig") != "sig":
        raise SigningKeyUnknown("The key that the message names is not an RS256 signature key.")
    try:
        parsed = JWK.from_json(json.dumps(key))
        if parsed.get_op_key("verify").key_size < SMALLEST_RSA_BITS:
            raise SigningKeyUnknown(
                f"The key that the message names has fewer than {SMALLEST_RSA_BITS} bits."
            )
        return str(parsed.export_to_pem().decode())
    except (JWException, ValueError, TypeError) as malformed:
        raise SigningKeyUnknown("The key that the message names cannot be read.") from malformed
