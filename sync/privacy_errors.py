"""Why erasure, retention or an export of one person's records is refused.

SyncRefused                     (sync.errors)
└── PrivacyRefused          erasure, retention, one person's records
    ├── SubjectUnknown      nobody is named by this staff code or identifier
    ├── SubjectMalformed    not one Agent with one identifier
    ├── ErasureUnknown
    ├── ErasureReferenceTaken  a request is filed under this number already
    ├── ErasureIncomplete   reference or legal basis is missing
    ├── ErasureNotConfirmed the reference was typed differently
    ├── ErasureNotOpen      it was begun, finished or cancelled before
    ├── ErasureTargetUnknown
    ├── RetentionRuleUnknown
    ├── RetentionRuleRefused  it would change counts, or cannot be meant
    ├── PersonExportUnknown
    └── PersonExportNotReady  still running, failed, or expired
"""

from sync.errors import SyncRefused


class PrivacyRefused(SyncRefused):
    """A rule about erasure, retention or the export of one person's records is broken."""

    code = "privacy_refused"


class SubjectUnknown(PrivacyRefused):
    """Nobody in the registry and nothing in the records is named so."""

    code = "subject_unknown"


class SubjectMalformed(PrivacyRefused):
    """A person is named by staff code, or by one Agent with exactly one identifier."""

    code = "subject_malformed"


class ErasureUnknown(PrivacyRefused):
    """No request for erasure has this number or reference."""

    code = "erasure_unknown"


class ErasureReferenceTaken(PrivacyRefused):
    """Every request is filed under a reference of its own."""

    code = "erasure_reference_taken"


class ErasureIncomplete(PrivacyRefused):
    """A request carries a reference and its legal basis, neither longer than the record holds."""

    code = "erasure_incomplete"


class ErasureNotConfirmed(PrivacyRefused):
    """Whoever confirms types the reference once more, letter by letter."""

    code = "erasure_not_confirmed"


class ErasureNotOpen(PrivacyRefused):
    """Only a request that waits can be confirmed or cancelled, and only one that was begun can go on."""

    code = "erasure_not_open"


class ErasureTargetUnknown(PrivacyRefused):
    """The erased person's statements did not go to this record store."""

    code = "erasure_target_unknown"


class RetentionRuleUnknown(PrivacyRefused):
    """No retention rule has this number."""

    code = "retention_rule_unknown"


class RetentionRuleRefused(PrivacyRefused):
    """The rule would change counts, or its parts do not fit together."""

    code = "retention_rule_refused"


class PersonExportUnknown(PrivacyRefused):
    """No export of one person's records has this number."""

    code = "person_export_unknown"


class PersonExportNotReady(PrivacyRefused):
    """The file is not written yet, could not be written, or was deleted after its time."""

    code = "person_export_not_ready"
