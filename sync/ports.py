"""What sync needs from outside, as Protocols. `lti_tool.app` introduces who fills them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True)
class LineItemScore:
    """A final result for one learner in one gradebook column.

    Attributes:
        platform_registration_id: the LMS registration whose credentials send it.
        line_item_url: the column, as the LMS gave it (keeps its query string).
        lms_user_id: `sub` of the learner at that LMS.
        score_given: 0.0 to `score_maximum`.
        score_maximum: points possible, above zero.
        scored_at: instant of the result; the LMS ignores a score older than the one it has.
        comment: shown to the learner in the gradebook; may be empty.
    """

    platform_registration_id: int
    line_item_url: str
    lms_user_id: str
    score_given: float
    score_maximum: float
    scored_at: datetime
    comment: str = ""


class Gradebook(Protocol):
    """Posts a score to the LMS's gradebook (AGS 2.0, score service)."""

    def post_score(self, score: LineItemScore) -> None:
        """Returns when the LMS holds the score, also when it already held a newer one.

        Raises:
            ScoreNotDelivered: try again later (network, 5xx, 429, token refused for now).
            ScoreRefused: the LMS will never take it (unknown user or column).
        """
