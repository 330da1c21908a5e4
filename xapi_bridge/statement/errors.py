"""Which rule of the data model a statement breaks. The tree is drawn in `xapi_bridge.errors`."""

from typing import ClassVar, Self

from xapi_bridge.errors import XapiRefused


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


class SignatureRefused(StatementRefused):
    """A signature that does not keep the rules; the statement would look signed and not be."""

    code = "signature_refused"
    rule = "Data 2.6"


class SignatureMalformed(SignatureRefused):
    """A signature is a JWS in compact serialization, sent as application/octet-stream in the same request."""

    code = "signature_malformed"


class SignatureAlgorithmRefused(SignatureRefused):
    """The algorithm is RS256, RS384 or RS512; `none` and shared secrets prove nothing."""

    code = "signature_algorithm_refused"


class SignatureKeyRefused(SignatureRefused):
    """x5c begins with the X.509 certificate of the RSA key that signed."""

    code = "signature_key_refused"


class SignatureWrong(SignatureRefused):
    """The certificate in the signature says that another key signed, or other bytes."""

    code = "signature_wrong"


class SignedStatementDiffers(SignatureRefused):
    """The payload of the signature is the statement itself, before the signature was attached."""

    code = "signed_statement_differs"


class VersionNotAllowed(StatementRefused):
    """`version` names a data model other than that of the request."""

    code = "version_not_allowed"
    rule = "Data 2.4.10"
