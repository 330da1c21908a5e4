"""Why the learning record store refuses something.

RuleBroken                          root of every refusal in this project
└── XapiRefused                     root of this package
    ├── StatementRefused            a statement breaks a rule of xAPI Data; `rule` is its section
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

from typing import ClassVar, Self


class RuleBroken(Exception):  # noqa: N818 - our error classes are named by the broken rule, not by "Error"
    """A rule was broken; the message names the rule, what was received, and what to do next.

    Messages never hold tokens, names of people or e-mail addresses. `code` is stable: programs may test it.
    """

    code: ClassVar[str] = "rule_broken"


class XapiRefused(RuleBroken):
    """Root of the refusals of the learning record store."""

    code = "xapi_refused"


class StatementRefused(XapiRefused):
    """A statement breaks a rule of the data model.

    Attributes:
        at: path of the property, for example `actor.member[0].mbox`; empty for the statement itself.
        problem: what is wrong there.
        rule: section of xAPI 1.0.3 (2.0.0 has the same rule unless the class says otherwise).
    """

    code = "statement_refused"
    rule: ClassVar[str] = "Data 2.2"

    def __init__(self, at: str, problem: str) -> None:
        super().__init__(f"{at or 'statement'}: {problem} (xAPI {self.rule})")
        self.at = at
        self.problem = problem

    def inside(self, place: str) -> Self:
        """The same refusal, seen from a batch in which the statement stands at `place`."""
        return type(self)(f"{place}.{self.at}".rstrip("."), self.problem)


class JsonMalformed(StatementRefused):
    """The body is not one JSON text in UTF-8."""

    code = "json_malformed"
    rule = "Communication 3.2"


class KeyRepeated(StatementRefused):
    """One object uses a key twice; which of the two counts would be a guess."""

    code = "key_repeated"
    rule = "Data 2.2.s2.b2"


class CharacterForbidden(StatementRefused):
    """NUL inside a text: databases cannot keep it, and nobody can mean it."""

    code = "character_forbidden"


class StatementTooLarge(StatementRefused):
    """More bytes or deeper nesting than the store keeps."""

    code = "statement_too_large"
    rule = "Communication 3.2"


class NullForbidden(StatementRefused):
    """null is allowed inside extensions only."""

    code = "null_forbidden"
    rule = "Data 2.2.s4.b1.b1"


class PropertyMissing(StatementRefused):
    """A required property is absent."""

    code = "property_missing"
    rule = "Data 2.2.s2.b3, 2.4"


class PropertyUnknown(StatementRefused):
    """A property, or its spelling, that the specification does not allow here."""

    code = "property_unknown"
    rule = "Data 2.2.s4.b1.b7"


class PropertyMistyped(StatementRefused):
    """A value of another JSON type, or a word outside the enumeration."""

    code = "property_mistyped"
    rule = "Data 2.2.s4.b1"


class UuidMalformed(StatementRefused):
    """A UUID is 32 hexadecimal digits in five groups joined by hyphens."""

    code = "uuid_malformed"
    rule = "Data 4.4"


class IriMalformed(StatementRefused):
    """An IRI has a scheme and neither blanks nor control characters."""

    code = "iri_malformed"
    rule = "Data 4.3"


class TimestampMalformed(StatementRefused):
    """Date and time of ISO 8601; an offset of minus zero is refused."""

    code = "timestamp_malformed"
    rule = "Data 4.5"


class DurationMalformed(StatementRefused):
    """A duration of ISO 8601."""

    code = "duration_malformed"
    rule = "Data 4.6"


class LanguageTagMalformed(StatementRefused):
    """A language tag of RFC 5646."""

    code = "language_tag_malformed"
    rule = "Data 4.2"


class MailboxMalformed(StatementRefused):
    """`mbox` is `mailto:` and one e-mail address."""

    code = "mailbox_malformed"
    rule = "Data 2.4.2.3"


class HashMalformed(StatementRefused):
    """A SHA-1 is 40, a SHA-2 is 56, 64, 96 or 128 hexadecimal digits."""

    code = "hash_malformed"
    rule = "Data 2.4.2.3, 2.4.11"


class IdentifierCountWrong(StatementRefused):
    """An Agent or identified Group has exactly one of mbox, mbox_sha1sum, openid and account."""

    code = "identifier_count_wrong"
    rule = "Data 2.4.2.1, 2.4.2.3"


class GroupMalformed(StatementRefused):
    """An anonymous Group needs members; members are Agents; an Agent has none."""

    code = "group_malformed"
    rule = "Data 2.4.2.2"


class InteractionMalformed(StatementRefused):
    """The interaction type decides which component lists there are, and ids in a list differ."""

    code = "interaction_malformed"
    rule = "Data 2.4.4.1"


class ScoreOutOfRange(StatementRefused):
    """scaled is -1 to 1, min is below max, raw lies between them."""

    code = "score_out_of_range"
    rule = "Data 2.4.5.1"


class ContextNotApplicable(StatementRefused):
    """revision and platform describe Activities only."""

    code = "context_not_applicable"
    rule = "Data 2.4.6"


class ContextMalformed(StatementRefused):
    """A part of the context is of another kind than it must be."""

    code = "context_malformed"
    rule = "Data 2.4.6"


class SubStatementMalformed(StatementRefused):
    """A SubStatement holds no SubStatement."""

    code = "substatement_malformed"
    rule = "Data 2.4.4.3"


class VoidingMalformed(StatementRefused):
    """A voiding statement's object is a StatementRef."""

    code = "voiding_malformed"
    rule = "Data 2.3.2"


class AuthorityMalformed(StatementRefused):
    """An authority is an Agent, or a Group of exactly two Agents without an identifier of its own."""

    code = "authority_malformed"
    rule = "Data 2.4.9"


class AttachmentBodyMissing(StatementRefused):
    """An attachment has a fileUrl, or its bytes come in the same multipart request."""

    code = "attachment_body_missing"
    rule = "Data 2.4.11"


class VersionNotAllowed(StatementRefused):
    """`version` names a data model other than that of the request."""

    code = "version_not_allowed"
    rule = "Data 2.4.10"


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
