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
    │   ├── SignatureRefused        root of what is wrong with a signed statement
    │   │   ├── SignatureMalformed          no compact JSON Web Signature, or not declared as one
    │   │   ├── SignatureAlgorithmRefused   another algorithm than RS256, RS384 and RS512
    │   │   ├── SignatureKeyRefused         an x5c that holds no RSA certificate of 2048 bits or more
    │   │   ├── SignatureWrong              the certificate says that another key signed, or other bytes
    │   │   └── SignedStatementDiffers      what was signed is not the statement that came
    │   └── VersionNotAllowed       `version` of another data model
    ├── StoreRefused                the statement is well formed, but the store cannot take or find it
    │   ├── StatementConflict       another statement already has this id
    │   ├── StatementIdRepeated     one batch uses an id twice
    │   ├── ErasureKeyMissing       people were erased, and the key that recognises them is not there
    │   ├── StatementIdDiffers      PUT: the address and the body name different ids
    │   ├── VoidingReachesTooFar    a key that may take back only its own statements names another's
    │   ├── StatementArchived       the statement was moved to the archive of its month
    │   ├── ArchiveRefused          a month that cannot be archived, parted or restored as it stands
    │   ├── StatementNotFound       no such statement, or it is voided (or not voided)
    │   ├── AttachmentLost          the storage does not have the bytes that the store once took
    │   ├── AttachmentStorageUnavailable    disk full, bucket unreachable: nothing was stored
    │   └── AttachmentStorageRefused    for the operator: the settings name no storage that can be used
    ├── QueryRefused                parameters of GET /statements
    │   ├── ParameterUnknown  ├── ParameterMissing  ├── ParameterMalformed  ├── ParametersExclude
    │   └── CursorForged            a `more` address that we did not give out
    ├── RequestRefused              the request around the statement
    │   ├── VersionHeaderMissing  ├── VersionHeaderUnsupported
    │   ├── ContentTypeRefused      a body of another kind than this resource takes
    │   ├── ContentEncodingRefused  a compressed body, or JSON in another charset than UTF-8
    │   ├── AlternateSyntaxRefused  POST ?method=… in version 2.0.0, or without its form
    │   ├── MultipartMalformed      the form of multipart/mixed
    │   │   ├── BoundaryMissing         Content-Type without a usable boundary
    │   │   ├── MultipartTruncated      the closing boundary did not come
    │   │   └── PartHeaderRefused       a header that a part must have is absent, repeated or wrong
    │   ├── AttachmentHashDiffers   the bytes are not those that X-Experience-API-Hash names
    │   ├── AttachmentUnnamed       a part that no statement of the request names
    │   └── RequestTooLarge         more bytes or parts than the installation takes
    ├── DocumentRefused             documents: states and profiles
    │   ├── DocumentNotFound  ├── DocumentTooLarge
    │   ├── DocumentConflict        PUT over an existing document without If-Match
    │   ├── DocumentNotMergeable    POST where one of the two is no JSON object
    │   ├── PreconditionMissing     PUT of a new profile without If-None-Match (1.0.3)
    │   ├── PreconditionFailed      If-Match or If-None-Match does not hold
    │   └── EntityTagMalformed      If-Match or If-None-Match that cannot be read
    ├── CredentialRefused           who asks
    │   ├── CredentialMissing  ├── CredentialUnknown  ├── CredentialExpired  ├── CredentialRevoked
    │   ├── CredentialNotFound      for the operator: no such key
    │   ├── CredentialNotGiven      for the operator: a key like this cannot be made
    │   │   ├── ScopeUnknown  ├── ScopesContradict  ├── LifetimeMalformed  ├── LabelMalformed
    │   │   └── AuthorityForKeyMalformed  ├── SourceMalformed
    │   ├── TokenRefused            a bearer token that is not for us, or not now
    │   │   └── TokenKeysUnavailable    the issuer's key set cannot be read
    │   ├── TooManyRequests         the key asked too often
    │   │   └── TooManyFailures     too many wrong keys from one address
    │   ├── ScopeMissing            the key may not do this
    │   └── PseudonymOnly           the key sees pseudonyms, and may ask by pseudonyms only
    └── RemoteLrsRefused            another record store did not do what we asked (xapi_bridge.remote_errors)
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
    #: Section of xAPI 1.0.3 that asks for it; 2.0.0 has the same rule unless the class says otherwise.
    rule: ClassVar[str] = "Communication 3.2"


class StoreRefused(XapiRefused):
    """Well formed, but the store cannot take it or has nothing to show."""

    code = "store_refused"


class StatementConflict(StoreRefused):
    """Another statement already has this id (xAPI Communication 2.1.1, 2.1.2)."""

    code = "statement_conflict"
    rule = "Communication 2.1.1, 2.1.2"


class StatementIdRepeated(StoreRefused):
    """One batch uses an id twice (xAPI Communication 2.1.2)."""

    code = "statement_id_repeated"
    rule = "Communication 2.1.2"


class StatementIdDiffers(StoreRefused):
    """The address and the body of a PUT name different ids (xAPI Communication 2.1.1)."""

    code = "statement_id_differs"
    rule = "Communication 2.1.1"


class VoidingReachesTooFar(StoreRefused):
    """A key that may take back only what it recorded names another's statement (xAPI Data 2.3.2)."""

    code = "voiding_reaches_too_far"


class StatementArchived(StoreRefused):
    """The statement was moved out of the store with its month; the archive that holds it is named."""

    code = "statement_archived"


class ArchiveRefused(StoreRefused):
    """A month that cannot be archived, parted or restored as it stands; nothing was changed."""

    code = "archive_refused"


class StatementNotFound(StoreRefused):
    """No statement has this id; or it is voided and was asked for as valid, or the other way round."""

    code = "statement_not_found"
    rule = "Communication 2.1.3"


class ErasureKeyMissing(StoreRefused):
    """People were erased, and the store was opened without the key that recognises their old statements."""

    code = "erasure_key_missing"


class AttachmentLost(StoreRefused):
    """The store took these bytes once, and its storage does not have them now (restored without it?)."""

    code = "attachment_lost"


class AttachmentStorageUnavailable(StoreRefused):
    """The storage of attachments cannot be written or reached; nothing of the request was stored."""

    code = "attachment_storage_unavailable"


class AttachmentStorageRefused(StoreRefused):
    """The settings name no storage of attachments that can be used."""

    code = "attachment_storage_refused"


class QueryRefused(XapiRefused):
    """Parameters of GET /statements (xAPI Communication 2.1.3)."""

    code = "query_refused"
    rule = "Communication 2.1.3"


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


class CursorForged(QueryRefused):
    """A `more` address that this store did not give out."""

    code = "cursor_forged"


class RequestRefused(XapiRefused):
    """Headers and form of a request (xAPI Communication 1, 3.3)."""

    code = "request_refused"
    rule = "Communication 1"


class VersionHeaderMissing(RequestRefused):
    """Every request carries X-Experience-API-Version (xAPI Communication 3.3)."""

    code = "version_header_missing"
    rule = "Communication 3.3"


class VersionHeaderUnsupported(RequestRefused):
    """X-Experience-API-Version names a version that this store does not speak (xAPI Communication 3.3)."""

    code = "version_header_unsupported"
    rule = "Communication 3.3"


class ContentTypeRefused(RequestRefused):
    """Statements come as application/json or multipart/mixed (xAPI Communication 1.5)."""

    code = "content_type_refused"
    rule = "Communication 1.5"


class ContentEncodingRefused(RequestRefused):
    """Bodies come uncompressed, and JSON in UTF-8 (xAPI Communication 1.4)."""

    code = "content_encoding_refused"
    rule = "Communication 1.4"


class AlternateSyntaxRefused(RequestRefused):
    """POST with ?method= needs a form of its own in 1.0.3, and is gone in 2.0.0 (xAPI Communication 1.3)."""

    code = "alternate_syntax_refused"
    rule = "Communication 1.3"


class MultipartMalformed(RequestRefused):
    """The body does not have the form of multipart/mixed (xAPI Communication 1.5.2, RFC 2046 5.1)."""

    code = "multipart_malformed"
    rule = "Communication 1.5.2"


class BoundaryMissing(MultipartMalformed):
    """Content-Type: multipart/mixed names a boundary of 1 to 70 characters (RFC 2046 5.1.1)."""

    code = "boundary_missing"


class MultipartTruncated(MultipartMalformed):
    """The body ends before the closing boundary, so something may be missing."""

    code = "multipart_truncated"


class PartHeaderRefused(MultipartMalformed):
    """A part carries the headers that its place asks for, each once (xAPI Communication 1.5.2)."""

    code = "part_header_refused"


class AttachmentHashDiffers(RequestRefused):
    """X-Experience-API-Hash is the SHA-2 of the bytes of its part (xAPI Communication 1.5.2)."""

    code = "attachment_hash_differs"
    rule = "Communication 1.5.2"


class AttachmentUnnamed(RequestRefused):
    """Every part after the first is an attachment of a statement in the first (xAPI Communication 1.5.2)."""

    code = "attachment_unnamed"
    rule = "Communication 1.5.2"


class RequestTooLarge(RequestRefused):
    """More bytes or parts than the installation takes (xAPI Communication 1.5.2)."""

    code = "request_too_large"
    rule = "Communication 1.5.2"


class DocumentRefused(XapiRefused):
    """Activity states, activity profiles and agent profiles (xAPI Communication 2.2)."""

    code = "document_refused"
    rule = "Communication 2.2"


class DocumentNotFound(DocumentRefused):
    """No document has this name (xAPI Communication 2.3, 2.6, 2.7)."""

    code = "document_not_found"
    rule = "Communication 2.3, 2.6, 2.7"


class DocumentTooLarge(DocumentRefused):
    """The document has more bytes than this store keeps (CCHC_XAPI_DOCUMENT_MAX_BYTES)."""

    code = "document_too_large"


class DocumentConflict(DocumentRefused):
    """A PUT without If-Match would overwrite a document unseen (xAPI Communication 3.1)."""

    code = "document_conflict"
    rule = "Communication 3.1"


class DocumentNotMergeable(DocumentRefused):
    """POST merges two JSON objects, and one of the two is something else (xAPI Communication 2.2.s8)."""

    code = "document_not_mergeable"
    rule = "Communication 2.2.s8"


class PreconditionMissing(DocumentRefused):
    """A PUT of a new profile says with If-None-Match: * that there was none (xAPI Communication 3.1)."""

    code = "precondition_missing"
    rule = "Communication 3.1"


class PreconditionFailed(DocumentRefused):
    """The document is not what If-Match or If-None-Match says (xAPI Communication 3.1)."""

    code = "precondition_failed"
    rule = "Communication 3.1"


class EntityTagMalformed(DocumentRefused):
    """If-Match and If-None-Match hold * or entity tags in quotation marks (RFC 9110, 8.8.3)."""

    code = "entity_tag_malformed"
    rule = "Communication 3.1"
