"""What to do after a result: modules to read again, weakest area first (pure)."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from math import sqrt

from content_packages.assessment.finishing import AttemptOutcome, ScoredItem
from content_packages.contents import Module, Package, Quiz

#: Share of normal distribution between -z and z: 95 %.
_Z = 1.96
#: Fewer questions of an area say nothing about it.
_FEWEST = 2


@dataclass(frozen=True)
class WeakArea:
    """An area of which little was known: points earned and possible."""

    area: str
    earned: float
    possible: float


@dataclass(frozen=True)
class Recommendation:
    """The next step.

    Attributes:
        modules: to read again, in the order of their use to this learner; empty after a pass.
        weak: the weakest area of a failed attempt, when it can be told and a module teaches it.
        weak_title: title of that module.
    """

    modules: tuple[Module, ...]
    weak: WeakArea | None
    weak_title: str = ""


def recommend(package: Package, quiz: Quiz, outcome: AttemptOutcome) -> Recommendation:
    """What a learner should read again after this attempt; nothing after a pass or without a score."""
    if outcome.attempt.passed is not False:
        return Recommendation((), None)
    weak = weakest_area(outcome.items)
    of_area = [one for one in package.modules.values() if weak is not None and one.area == weak.area]
    named = [package.modules[one] for one in quiz.recommend if one in package.modules]
    modules = {module.id: module for module in [*of_area, *named]}
    if not of_area:
        return Recommendation(tuple(modules.values()), None)
    return Recommendation(tuple(modules.values()), weak, of_area[0].title)


def weakest_area(items: Iterable[ScoredItem]) -> WeakArea | None:
    """The area whose share of points is lowest even when luck is allowed for (upper Wilson bound below 1).

    One area alone, or areas with too few questions, are not called weak.
    """
    earned: dict[str, float] = defaultdict(float)
    possible: dict[str, int] = defaultdict(int)
    for scored in items:
        if scored.question.area is not None:
            earned[scored.question.area] += scored.earned
            possible[scored.question.area] += 1
    known = [area for area, count in possible.items() if count >= _FEWEST]
    if len(known) < 2:
        return None
    weakest = min(known, key=lambda area: (wilson_upper(earned[area], possible[area]), area))
    if earned[weakest] >= possible[weakest]:
        return None
    return WeakArea(weakest, earned[weakest], float(possible[weakest]))


def wilson_upper(right: float, count: int) -> float:
    """Upper end of the 95 % interval for a share of `right` in `count` (Wilson 1927), 0..1."""
    share = right / count
    centre = share + _Z**2 / (2 * count)
    spread = _Z * sqrt(share * (1 - share) / count + _Z**2 / (4 * count**2))
    return min(1.0, (centre + spread) / (1 + _Z**2 / count))
