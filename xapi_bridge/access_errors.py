"""Who asks is unknown or may not ask this. Drawn with the others in `xapi_bridge.errors`."""

from xapi_bridge.errors import XapiRefused


class CredentialRefused(XapiRefused):
    """Who asks is unknown or may not ask this (xAPI Communication 4)."""

    code = "credential_refused"
    rule = "Communication 4"


class CredentialMissing(CredentialRefused):
    """The request has neither Basic nor Bearer authorization, or one that cannot be read."""

    code = "credential_missing"


class CredentialUnknown(CredentialRefused):
    """No such key, or another secret. Which of the two is not told."""

    code = "credential_unknown"


class CredentialExpired(CredentialRefused):
    """The key's time is over."""

    code = "credential_expired"


class CredentialRevoked(CredentialRefused):
    """The key was taken back."""

    code = "credential_revoked"


class CredentialNotFound(CredentialRefused):
    """The operator names a key that does not exist."""

    code = "credential_not_found"


class CredentialNotGiven(CredentialRefused):
    """The operator asks for a key that cannot be."""

    code = "credential_not_given"


class ScopeUnknown(CredentialNotGiven):
    """The operator names a scope that does not exist."""

    code = "scope_unknown"


class ScopesContradict(CredentialNotGiven):
    """Pseudonyms together with a scope that would undo them."""

    code = "scopes_contradict"


class LifetimeMalformed(CredentialNotGiven):
    """An end in the past, an overlap too long, or a limit of no requests."""

    code = "lifetime_malformed"


class AuthorityForKeyMalformed(CredentialNotGiven):
    """The account that shall vouch is no account of a system (xAPI Data 2.4.9)."""

    code = "authority_for_key_malformed"


class LabelMalformed(CredentialNotGiven):
    """Nobody could tell later whose key this is."""

    code = "label_malformed"


class SourceMalformed(CredentialNotGiven):
    """The name of a source or a group has other characters than a-z, 0-9, dot, hyphen and underscore."""

    code = "source_malformed"


class TokenRefused(CredentialRefused):
    """A bearer token that is forged, over, not for us, or from another issuer."""

    code = "token_refused"


class TokenKeysUnavailable(TokenRefused):
    """The issuer's key set cannot be read, so no token can be checked."""

    code = "token_keys_unavailable"


class TooManyRequests(CredentialRefused):
    """The key asked more often than it may; Retry-After says when it may again."""

    code = "too_many_requests"


class TooManyFailures(TooManyRequests):
    """Too many wrong keys or tokens came from one address; right ones still open."""

    code = "too_many_failures"


class PseudonymOnly(CredentialRefused):
    """The key sees pseudonyms: it asks for agents by pseudonym, and gets no documents or attachments."""

    code = "pseudonym_only"


class ScopeMissing(CredentialRefused):
    """The key is good, but may not do this."""

    code = "scope_missing"
