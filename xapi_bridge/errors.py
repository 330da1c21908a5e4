"""Why the learning record store refuses something.

RuleBroken                          root of every refusal in this project
└── XapiRefused                     root of this package
    ├── StatementRefused            a statement breaks a rule of xAPI Data (all in `statement.errors`)
    │   ├── JsonMalformed           not one JSON text in UTF-8 (NaN, trailing text, lone surrogates …)
    │   ├── KeyRepeated             one object uses a key twice
    │   ├── CharacterForbidden      NUL, which no database keeps as text
    │   ├── StatementTooLarge       more bytes or deeper nesting than we keep
    │   ├── NullForbidden           null outside extensions
    │   ├── PropertyMissing         a required property is absent
    │   ├── PropertyUnknown         a property that the specification does not allow here
    │   ├── PropertyMistyped        another JSON type or another word than the specification allows
    │   ├── UuidMalformed           ├── IriMalformed           ├── TimestampMalformed
    │   ├── DurationMalformed       ├── LanguageTagMalformed   ├── MailboxMalformed
    │   ├── HashMalformed           a SHA-1 or SHA-2 in another form than lower or upper case hex
    │   ├── IdentifierCountWrong    an Agent without exactly one inverse functional identifier
    │   ├── GroupMalformed          members where none may be, or none where some must be
    │   ├── InteractionMalformed    components that the interaction type does not have
    │   ├── ScoreOutOfRange         scaled, raw, min and max contradict each other
    │   ├── ContextNotApplicable    revision or platform without an Activity as object
    │   ├── ContextMalformed        an Agent where a Group belongs, relevantTypes empty …
    │   ├── SubStatementMalformed   a SubStatement inside a SubStatement
    │   ├── VoidingMalformed        voided without a StatementRef as object
    │   ├── AuthorityMalformed      a Group other than the two of OAuth
    │   ├── AttachmentBodyMissing   an attachment with neither fileUrl nor body
    │   └── VersionNotAllowed       `version` of another data model
    ├── StoreRefused                the statement is well formed, but the store cannot take or find it
    │   ├── StatementConflict       another statement already has this id
    │   ├── StatementIdRepeated     one batch uses an id twice
    │   ├── StatementIdDiffers      PUT: the address and the body name different ids
    │   └── StatementNotFound       no such statement, or it is voided (or not voided)
    ├── QueryRefused                parameters of GET /statements
    │   ├── ParameterUnknown  ├── ParameterMissing  ├── ParameterMalformed  ├── ParametersExclude
    │   ├── FormatNotOffered        a format or attachments=true that this store does not serve
    │   └── CursorForged            a `more` address that we did not give out
    ├── RequestRefused              the request around the statement
    │   ├── VersionHeaderMissing  ├── VersionHeaderUnsupported
    │   └── ContentTypeRefused      a body that is not application/json
    └── CredentialRefused           who asks
        ├── CredentialMissing  ├── CredentialUnknown  ├── CredentialExpired  ├── CredentialRevoked
        ├── CredentialNotFound      for the operator: no such key
        ├── ScopeUnknown            for the operator: no such scope
        └── ScopeMissing            the key may not do this
"""

from typing import ClassVar


class RuleBroken(Exception):  # noqa: N818 - our error classes are named by the broken rule, not by "Error"
    """A rule was broken; the message names the rule, what was received, and what to do next.

    Messages never hold tokens, names of people or e-mail addresses. `code` is stable: programs may test it.
    """

    code: ClassVar[str] = "rule_broken"


class XapiRefused(RuleBroken):
    """Root of the refusals of the learning record store."""

    code = "xapi_refused"


class StoreRefused(XapiRefused):
    """Well formed, but the store cannot take it or has nothing to show."""

    code = "store_refused"


class StatementConflict(StoreRefused):
    """Another statement already has this id (xAPI Communication 2.1.1, 2.1.2)."""

    code = "statement_conflict"


class StatementIdRepeated(StoreRefused):
    """One batch uses an id twice (xAPI Communication 2.1.2)."""

    code = "statement_id_repeated"


class StatementIdDiffers(StoreRefused):
    """The address and the body of a PUT name different ids (xAPI Communication 2.1.1)."""

    code = "statement_id_differs"


class StatementNotFound(StoreRefused):
    """No statement has this id; or it is voided and was asked for as valid, or the other way round."""

    code = "statement_not_found"


class QueryRefused(XapiRefused):
    """Parameters of GET /statements (xAPI Communication 2.1.3)."""

    code = "query_refused"


class ParameterUnknown(QueryRefused):
    """A parameter that the specification does not name; also one in another case."""

    code = "parameter_unknown"


class ParameterMissing(QueryRefused):
    """A required parameter is absent."""

    code = "parameter_missing"


class ParameterMalformed(QueryRefused):
    """A parameter's value has another form than the specification wants."""

    code = "parameter_malformed"


class ParametersExclude(QueryRefused):
    """Parameters that may not be used together."""

    code = "parameters_exclude"


class FormatNotOffered(QueryRefused):
    """A form of answer that this store does not serve."""

    code = "format_not_offered"


class CursorForged(QueryRefused):
    """A `more` address that this store did not give out."""

    code = "cursor_forged"


class RequestRefused(XapiRefused):
    """Headers and form of a request (xAPI Communication 1, 3.3)."""

    code = "request_refused"


class VersionHeaderMissing(RequestRefused):
    """Every request carries X-Experience-API-Version (xAPI Communication 3.3)."""

    code = "version_header_missing"


class VersionHeaderUnsupported(RequestRefused):
    """X-Experience-API-Version names a version that this store does not speak (xAPI Communication 3.3)."""

    code = "version_header_unsupported"


class ContentTypeRefused(RequestRefused):
    """Statements come as application/json (xAPI Communication 1.5)."""

    code = "content_type_refused"


class CredentialRefused(XapiRefused):
    """Who asks is unknown or may not ask this (xAPI Communication 4)."""

    code = "credential_refused"


class CredentialMissing(CredentialRefused):
    """The request has no Basic authorization, or one that cannot be read."""

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


class ScopeUnknown(CredentialRefused):
    """The operator names a scope that does not exist."""

    code = "scope_unknown"


class ScopeMissing(CredentialRefused):
    """The key is good, but may not do this."""

    code = "scope_missing"
