"""What the xAPI door needs to know of the installation."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from xapi_bridge.statement.veil import VeilPolicy


@dataclass(frozen=True)
class LrsSettings:
    """Lent by the application (`RunningApp.sections`).

    Attributes:
        secret: keys the credential hashes and signs `more` addresses.
        iri_base: home page of the accounts that vouch for statements.
        document_max_bytes: the largest state or profile that is kept.
    """

    secret: bytes
    iri_base: str
    document_max_bytes: int = 1024 * 1024


@dataclass(frozen=True)
class TokenRules:
    """Whose bearer tokens open the door (OpenID Connect).

    Attributes:
        issuer: `iss` of the tokens.
        audience: what `aud` must hold.
        scope_claim: claim, or path of claims with full stops, that holds the caller's roles or scopes.
        scopes: role or scope of the issuer -> scopes of ours; empty: the issuer uses our names.
        leeway_seconds: how far the issuer's clock may differ.
    """

    issuer: str
    audience: str
    scope_claim: str = "scope"
    scopes: Mapping[str, frozenset[str]] = field(default_factory=dict)
    leeway_seconds: int = 10


@dataclass(frozen=True)
class AccessSettings:
    """How the door guards itself; lent as LrsSettings is.

    Attributes:
        requests_per_minute: per key or token; 0 for no limit.
        failures_per_minute: wrong keys and tokens from one network address; 0 for no limit.
        counters_of: begins the names of all counters, so that installations may share a Redis.
        tokens: None when bearer tokens are not taken.
        veil: what analysts see of free text.
    """

    requests_per_minute: int = 0
    failures_per_minute: int = 0
    counters_of: str = "cchc"
    tokens: TokenRules | None = None
    veil: VeilPolicy = field(default_factory=VeilPolicy)


@dataclass(frozen=True)
class AttachmentLimits:
    """How much a request in multipart/mixed may bring.

    Attributes:
        request_bytes: the whole body.
        attachment_bytes: one attachment.
        attachments: how many in one request.
    """

    request_bytes: int
    attachment_bytes: int
    attachments: int
