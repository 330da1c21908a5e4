"""Why `sync` refuses something.

RuleBroken                      (xapi_bridge.errors)
└── SyncRefused
    ├── ScoreNotTaken           a gradebook does not hold our score
    │   ├── ScoreNotDelivered   it may later: try again
    │   └── ScoreRefused        it never will
    ├── ReportRefused           a question that the reports cannot answer
    │   ├── ReportDayRefused    a day before the first list of units, or in the future
    │   ├── ReportPeriodUnknown no month of the calendar begins on that day
    │   └── EvidenceUnknown     the store has no such statement
    └── OrganizationRefused     units, people and posts
        ├── UnitUnknown
        ├── UnitNotInForce      it did not exist on those days
        ├── UnitCodeTaken
        ├── UnitListChanged     another list of units is loaded already
        ├── PersonUnknown
        ├── StaffCodeTaken
        ├── IdentityUnknown
        ├── AppointmentUnknown
        ├── AppointmentDatesInvalid
        └── PrimaryPostsOverlap two primary posts on one day
"""

from xapi_bridge.errors import RuleBroken


class SyncRefused(RuleBroken):
    """Root of the refusals of this package."""

    code = "sync_refused"


class ScoreNotTaken(SyncRefused):
    """A gradebook does not hold the score that was sent to it (AGS 2.0, score service)."""

    code = "score_not_taken"


class ScoreNotDelivered(ScoreNotTaken):
    """The gradebook could not be reached, or had no time: network, 5xx, 429, no token for now.

    Attributes:
        retry_after_seconds: the pause that the LMS asked for (Retry-After), if it asked.
    """

    code = "score_not_delivered"

    def __init__(self, message: str, *, retry_after_seconds: float | None = None) -> None:
        super().__init__(message)
        self.retry_after_seconds = retry_after_seconds


class ScoreRefused(ScoreNotTaken):
    """The gradebook will never take this score: unknown learner, deleted column, no permission."""

    code = "score_refused"


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
