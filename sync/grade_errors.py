"""Why `sync` refuses something about gradebooks and rosters.

SyncRefused                     (sync.errors)
├── ScoreNotTaken               a gradebook does not hold our score
│   ├── ScoreNotDelivered       it may later: try again
│   ├── ScoreConflict           it holds one that is as new or newer
│   └── ScoreRefused            it never will
│       ├── LearnerNotGraded
│       ├── ColumnGone
│       └── ScoreForbidden
├── ResultsUnreadable           the LMS does not let us read what its gradebook holds
├── ScoreUnknown                no score in the outbox has this number
├── RosterNotTaken              the list of a course's members could not be read
│   ├── RosterNotRead           it may be later: try again
│   ├── RosterPageGone          the bookmark leads nowhere any more: begin anew
│   ├── RosterIncomplete        what came cannot be the whole list
│   └── RosterForbidden         the LMS does not give it to us
└── RosterUnknown               no roster has this number
"""

from sync.errors import SyncRefused


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


class LearnerNotGraded(ScoreRefused):
    """The LMS grades nobody with this user id in the course: a teacher, or someone not enrolled."""

    code = "learner_not_graded"


class ColumnGone(ScoreRefused):
    """The gradebook column does not exist any more."""

    code = "column_gone"


class ScoreForbidden(ScoreRefused):
    """The LMS does not let this tool use its grade services."""

    code = "score_forbidden"


class ScoreConflict(ScoreNotTaken):
    """The gradebook holds a score with the same or a later timestamp (AGS 2.0, 3.4.1)."""

    code = "score_conflict"


class ResultsUnreadable(SyncRefused):
    """The LMS does not let us read what its gradebook holds (AGS 2.0, result service)."""

    code = "results_unreadable"


class ScoreUnknown(SyncRefused):
    """No score in the outbox has this number, or it is not of this course."""

    code = "score_unknown"


class RosterNotTaken(SyncRefused):
    """The list of a course's members could not be read (NRPS 2.0)."""

    code = "roster_not_taken"


class RosterNotRead(RosterNotTaken):
    """The LMS could not be reached, or had no time: network, 5xx, 429, no token for now.

    Attributes:
        retry_after_seconds: the pause that the LMS asked for (Retry-After), if it asked.
    """

    code = "roster_not_read"

    def __init__(self, message: str, *, retry_after_seconds: float | None = None) -> None:
        super().__init__(message)
        self.retry_after_seconds = retry_after_seconds


class RosterPageGone(RosterNotTaken):
    """A page of the list that was named earlier is gone: the list is read from its beginning."""

    code = "roster_page_gone"


class RosterIncomplete(RosterNotTaken):
    """What the LMS sent cannot be the whole list: nobody in it, or pages that lead in a circle."""

    code = "roster_incomplete"


class RosterForbidden(RosterNotTaken):
    """The LMS does not give this tool the list of members."""

    code = "roster_forbidden"


class RosterUnknown(SyncRefused):
    """No roster has this number."""

    code = "roster_unknown"
