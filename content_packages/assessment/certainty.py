"""Certainty-based marking in practice: sure and right earns most, sure and wrong costs most (pure).

Points by how sure the learner was: right 1, 2 or 3; wrong 0, -2 or -6. Who answers without saying how sure
they are counts as hardly sure. These points teach judgement; the score that counts never uses them.
"""

from collections.abc import Iterable
from dataclasses import dataclass

_RIGHT = {1: 1.0, 2: 2.0, 3: 3.0}
_WRONG = {1: 0.0, 2: -2.0, 3: -6.0}
#: What a question can earn at most.
HIGHEST = 3.0


@dataclass(frozen=True)
class CertaintyResult:
    """The points of an attempt.

    Attributes:
        points: sum over the answered questions.
        highest: what all of them could have earned.
        accuracy: share of right answers by how sure the learner was, 0..1; what was never chosen is left out.
    """

    points: float
    highest: float
    accuracy: dict[int, float]


def certainty_points(earned: float, certainty: int | None) -> float:
    """Points for one answer; partly right answers lie between.

    Args:
        earned: 0..1.
        certainty: 1 to 3; None counts as 1.
    """
    level = certainty or 1
    return round(_WRONG[level] + (_RIGHT[level] - _WRONG[level]) * earned, 7)


def sum_certainty(answers: Iterable[tuple[float, int | None]]) -> CertaintyResult:
    """The points of answers, each as (earned 0..1, certainty)."""
    listed = [(earned, certainty or 1) for earned, certainty in answers]
    by_level: dict[int, list[float]] = {}
    for earned, level in listed:
        by_level.setdefault(level, []).append(earned)
    return CertaintyResult(
        points=round(sum(certainty_points(earned, level) for earned, level in listed), 7),
        highest=HIGHEST * len(listed),
        accuracy={level: sum(of) / len(of) for level, of in sorted(by_level.items())},
    )
