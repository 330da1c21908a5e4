"""Why `sync` refuses something.

RuleBroken                      (xapi_bridge.errors)
└── SyncRefused
    ├── ScoreNotTaken, ResultsUnreadable, ScoreUnknown, RosterNotTaken, RosterUnknown
    │                           drawn in sync.grade_errors
    ├── ArchivesNeeded          months are archived that a recount of everything needs
    ├── IntakeRefused           statements from other systems
    │   ├── SourceUnknown       no source has this name
    │   ├── SourceNameTaken     another source has it
    │   ├── IntakeSourceMalformed  a name, address or filter in another form than it must have
    │   ├── SourceNotPulled     it has no address from which it could be read
    │   ├── SourceKeySealed     its password was sealed under another CCHC_SECRET_KEY
    │   ├── SourcePagingBroken  its pages go back, repeat themselves or lead nowhere
    │   ├── IntakeFileMalformed a file that is neither NDJSON nor a JSON array
    │   ├── VoidingOfOthers     a source takes back what it did not say
    │   └── RejectedUnknown     no statement waits under this number
    ├── ReportRefused           a question that the reports cannot answer
    │   ├── ReportDayRefused    a day before the first list of units, or in the future
    │   ├── ReportPeriodUnknown no month of the calendar begins on that day
    │   └── EvidenceUnknown     the store has no such statement
    ├── PrivacyRefused          erasure, retention, exports of one person (sync.privacy_errors)
    ├── ForwardingRefused       statements to other record stores
    │   ├── TargetUnknown
    │   ├── TargetNameTaken
    │   ├── TargetFieldRefused  an address, version or size that cannot be
    │   ├── TargetSecretUnreadable  sealed under another CCHC_SECRET_KEY
    │   ├── ForwardingFilterRefused
    │   └── DeadLetterUnknown
    ├── ExportRefused           an export of statements that cannot be had
    │   ├── ExportUnknown       no such export, or someone else's: which of them is not told
    │   ├── ExportNotReady      it is still being written, was cancelled, or failed
    │   ├── ExportExpired       its file was deleted
    │   ├── ExportEnded         it cannot be cancelled or continued any more
    │   ├── ExportTooLarge      more rows than one file may have
    │   ├── ExportFormUnknown   another form than NDJSON, CSV or Parquet
    │   └── TooManyExports      the requester has enough unfinished ones
    ├── AnalysisRefused         files for analysts and their comparison (sync.analysis.errors)
    ├── FilterRefused           a filter of statements that nothing can be asked by
    └── OrganizationRefused     units, people and posts; more of them in sync.organization_errors
        ├── UnitUnknown
        ├── UnitNotInForce      it did not exist on those days
        ├── UnitCodeTaken
        ├── UnitListChanged     another list of units is loaded already
        ├── PersonUnknown
        ├── StaffCodeTaken
        ├── IdentityUnknown
        ├── AppointmentUnknown
        ├── AppointmentDatesInvalid
        ├── PrimaryPostsOverlap two primary posts on one day
        ├── UnitClaimRefused    what a learner says about the own unit
        │   ├── ClaimUnknown
        │   ├── ClaimDecided    somebody decided it already
        │   ├── ClaimChanged    the learner named another unit meanwhile
        │   ├── TooManyDeclarations
        │   ├── AccountKnown    the staff list knows the account
        │   └── PersonElsewhere the staff list has the person in another unit
        └── MoveNotUndoable     the account went on since
"""

from xapi_bridge.errors import RuleBroken


class SyncRefused(RuleBroken):
    """Root of the refusals of this package."""

    code = "sync_refused"


class ArchivesNeeded(SyncRefused):
    """Everything is to be counted again, but months of it were moved into files."""

    code = "archives_needed"


class OrganizationRefused(SyncRefused):
    """A rule about units, people or posts is broken."""

    code = "organization_refused"


class UnitUnknown(OrganizationRefused):
    """No unit has this code on that day, or this number at all."""

    code = "unit_unknown"


class UnitNotInForce(OrganizationRefused):
    """The unit exists, but not on every day that was asked for."""

    code = "unit_not_in_force"


class UnitCodeTaken(OrganizationRefused):
    """Another unit has this code in this scheme on one of those days."""

    code = "unit_code_taken"


class UnitListChanged(OrganizationRefused):
    """The database holds another list of units than this version ships."""

    code = "unit_list_changed"


class PersonUnknown(OrganizationRefused):
    """No person has this number or this staff code."""

    code = "person_unknown"


class StaffCodeTaken(OrganizationRefused):
    """A staff code belongs to one person for ever."""

    code = "staff_code_taken"


class IdentityUnknown(OrganizationRefused):
    """No account of the statements has this number."""

    code = "identity_unknown"


class AppointmentUnknown(OrganizationRefused):
    """No post has this number."""

    code = "appointment_unknown"


class AppointmentDatesInvalid(OrganizationRefused):
    """A post ends before it begins, or would end later than it already does."""

    code = "appointment_dates_invalid"


class PrimaryPostsOverlap(OrganizationRefused):
    """A person has one primary post on a day; secondary posts may be added beside it."""

    code = "primary_posts_overlap"


class ReportRefused(SyncRefused):
    """The reports cannot answer the question as it was asked."""

    code = "report_refused"


class ReportDayRefused(ReportRefused):
    """Figures begin on 17 November 2022 and end today."""

    code = "report_day_refused"


class ReportPeriodUnknown(ReportRefused):
    """No month of the calendar begins on that day."""

    code = "report_period_unknown"


class EvidenceUnknown(ReportRefused):
    """The store has no statement with this id."""

    code = "evidence_unknown"


class ForwardingRefused(SyncRefused):
    """A rule about forwarding statements to other record stores is broken."""

    code = "forwarding_refused"


class TargetUnknown(ForwardingRefused):
    """No target has this number or name."""

    code = "target_unknown"


class TargetNameTaken(ForwardingRefused):
    """Another target has this name."""

    code = "target_name_taken"


class TargetFieldRefused(ForwardingRefused):
    """A property of a target is missing or has another form."""

    code = "target_field_refused"


class TargetSecretUnreadable(ForwardingRefused):
    """The password was sealed under another CCHC_SECRET_KEY."""

    code = "target_secret_unreadable"


class ForwardingFilterRefused(ForwardingRefused):
    """The filter of a target is no JSON, or names a condition that does not exist."""

    code = "forwarding_filter_refused"


class DeadLetterUnknown(ForwardingRefused):
    """The target has no dead letter with this number."""

    code = "dead_letter_unknown"


class IntakeRefused(SyncRefused):
    """Statements from other systems: a source, or what it sent, is not as it must be."""

    code = "intake_refused"


class SourceUnknown(IntakeRefused):
    """No source has this name."""

    code = "source_unknown"


class SourceNameTaken(IntakeRefused):
    """Another source has this name: it stands in the authority of its statements for ever."""

    code = "source_name_taken"


class IntakeSourceMalformed(IntakeRefused):
    """A name, an address or a filter of a source has another form than it must have."""

    code = "intake_source_malformed"


class SourceNotPulled(IntakeRefused):
    """The source has no address: its statements come by a key or in files."""

    code = "source_not_pulled"


class SourceKeySealed(IntakeRefused):
    """The source's password was sealed under another CCHC_SECRET_KEY and must be entered again."""

    code = "source_key_sealed"


class SourcePagingBroken(IntakeRefused):
    """The source's pages go back in time, repeat themselves or lead nowhere (xAPI Communication 2.1.3)."""

    code = "source_paging_broken"


class IntakeFileMalformed(IntakeRefused):
    """The file is neither one statement a line (NDJSON) nor a JSON array of statements."""

    code = "intake_file_malformed"


class VoidingOfOthers(IntakeRefused):
    """A source takes back a statement that did not come from it."""

    code = "voiding_of_others"


class RejectedUnknown(IntakeRefused):
    """No rejected statement waits under this number."""

    code = "rejected_unknown"


class ExportRefused(SyncRefused):
    """An export of statements that cannot be had."""

    code = "export_refused"


class ExportUnknown(ExportRefused):
    """There is no such export, or it is someone else's; which of the two is not told."""

    code = "export_unknown"


class ExportNotReady(ExportRefused):
    """The export has no file: it is still being written, was cancelled, or failed."""

    code = "export_not_ready"


class ExportExpired(ExportRefused):
    """The file was deleted when its time was over."""

    code = "export_expired"


class ExportEnded(ExportRefused):
    """An export that has ended cannot be cancelled; one that did not fail cannot be continued."""

    code = "export_ended"


class ExportTooLarge(ExportRefused):
    """The answer has more rows than one file may have (CCHC_EXPORT_MOST_ROWS)."""

    code = "export_too_large"


class ExportFormUnknown(ExportRefused):
    """Files come as ndjson, csv or parquet."""

    code = "export_form_unknown"


class TooManyExports(ExportRefused):
    """One requester may have only a few unfinished exports at once."""

    code = "too_many_exports"


class FilterRefused(SyncRefused):
    """A filter of statements has a form that nothing can be asked by."""

    code = "filter_refused"


class UnitClaimRefused(OrganizationRefused):
    """A declared unit cannot be declared, confirmed or rejected like this."""

    code = "unit_claim_refused"


class ClaimUnknown(UnitClaimRefused):
    """There is no declared unit with this number."""

    code = "unit_claim_unknown"


class ClaimDecided(UnitClaimRefused):
    """The declared unit was confirmed or rejected already."""

    code = "unit_claim_decided"


class ClaimChanged(UnitClaimRefused):
    """The learner named another unit since the page was opened."""

    code = "unit_claim_changed"


class TooManyDeclarations(UnitClaimRefused):
    """One account may change its declared unit a few times a month."""

    code = "too_many_declarations"


class AccountKnown(UnitClaimRefused):
    """The staff list knows whose account it is, so the unit comes from there."""

    code = "account_known"


class PersonElsewhere(UnitClaimRefused):
    """The official with this staff code has no post in the declared unit."""

    code = "person_elsewhere"


class MoveNotUndoable(OrganizationRefused):
    """The account was moved again since, or this move was taken back already."""

    code = "move_not_undoable"
