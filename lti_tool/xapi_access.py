"""What the xAPI door needs of the application: how it guards itself, counters, the issuer's keys."""

from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from sqlalchemy import make_url

from lti_tool.platforms.errors import KeySetUnavailable, SigningKeyUnknown
from lti_tool.platforms.key_sets import KeySets
from lti_tool.settings import Settings
from xapi_bridge.access_errors import TokenKeysUnavailable, TokenRefused
from xapi_bridge.http.rate_limits import RateLimits, open_rate_limits
from xapi_bridge.http.settings import AccessSettings, TokenRules
from xapi_bridge.statement.veil import VeilPolicy
from xapi_bridge.store.scopes import scopes_by_role


class IssuerKeys:
    """The public keys of the one issuer of bearer tokens."""

    def __init__(self, key_sets: KeySets, key_set_url: str) -> None:
        self._key_sets = key_sets
        self._key_set_url = key_set_url

    def find_key(self, kid: str, *, now: datetime) -> Mapping[str, Any]:
        """See `TokenKeys.find_key`."""
        try:
            return self._key_sets.find_key(self._key_set_url, kid, now=now)
        except SigningKeyUnknown as unknown:
            raise TokenRefused("The issuer has no key with the id that the token names.") from unknown
        except KeySetUnavailable as unavailable:
            raise TokenKeysUnavailable(
                "The issuer's key set cannot be read. Try again later."
            ) from unavailable


def access_settings_from(settings: Settings) -> AccessSettings:
    """The part of the settings that guards the xAPI door."""
    return AccessSettings(
        requests_per_minute=settings.requests_per_minute,
        failures_per_minute=settings.failed_keys_per_minute,
        counters_of=f"cchc-{sha256(settings.effective_database_url.encode()).hexdigest()[:12]}",
        tokens=_token_rules(settings) if settings.oidc_issuer else None,
        veil=VeilPolicy(
            responses=settings.analyst_responses,
            longest_response=settings.analyst_longest_response,
            kept_extensions=tuple(settings.analyst_extensions.split()),
        ),
    )


def open_counters(settings: Settings) -> RateLimits:
    """In the Redis of the broker; else in a file beside the SQLite database or in the data folder."""
    if settings.broker_url.startswith(("redis://", "rediss://")):
        return open_rate_limits(redis_url=settings.broker_url, file=None)
    database = make_url(settings.effective_database_url)
    if database.get_backend_name() != "sqlite":
        return open_rate_limits(redis_url=None, file=settings.data_dir / "counters.sqlite")
    if not database.database or database.database == ":memory:":
        return open_rate_limits(redis_url=None, file=None)
    beside = Path(database.database)
    return open_rate_limits(redis_url=None, file=beside.with_name(f"{beside.stem}-counters{beside.suffix}"))


def _token_rules(settings: Settings) -> TokenRules:
    return TokenRules(
        issuer=settings.oidc_issuer,
        audience=settings.oidc_audience,
        scope_claim=settings.oidc_scope_claim,
        scopes=scopes_by_role(settings.oidc_scopes),
        leeway_seconds=settings.clock_leeway_seconds,
    )
