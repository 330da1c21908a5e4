"""Why `sync` refuses something.

RuleBroken                      (xapi_bridge.errors)
└── SyncRefused
    └── ScoreNotTaken           a gradebook does not hold our score
        ├── ScoreNotDelivered   it may later: try again
        └── ScoreRefused        it never will
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
