"""A gradebook that remembers what it was sent and fails as a test wants it to."""

from sync.ports import LineItemScore


class FakeGradebook:
    """Fills the port `Gradebook`. `troubles` are raised one by one; then every score is taken."""

    def __init__(self, *troubles: Exception) -> None:
        self.troubles = list(troubles)
        self.posted: list[LineItemScore] = []

    def post_score(self, score: LineItemScore) -> None:
        self.posted.append(score)
        if self.troubles:
            raise self.troubles.pop(0)

    @property
    def points(self) -> list[float]:
        return [score.score_given for score in self.posted]
