"""States, commendation and recommendation of a periodic test, from the results of people (pure)."""

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class SittingState(StrEnum):
    """How far one person is. Whoever passed or failed has sat the test."""

    NOT_STARTED = "not_started"
    PASSED = "passed"
    #: Sat, and not passed yet.
    FAILED = "failed"
    #: The last day is over without a result.
    OVERDUE = "overdue"


@dataclass(frozen=True)
class Sitting:
    """One person who must sit, with the best result within the days of the test.

    Attributes:
        level: of the unit of the post; commendation compares within it.
        best: -1.0 to 1.0; `None` without a result.
        reached_on: the day of the best result (the first, of equal ones).
    """

    person_id: int
    unit_id: int
    level: str
    state: SittingState
    best: float | None = None
    attempts: int = 0
    reached_on: date | None = None


@dataclass(frozen=True)
class CommendationRule:
    """Commend the best so many percent of each level, from a share of the points on, or both.

    Attributes:
        percent: 1 to 100; `None`: the place does not matter.
        at_least: 0.0 to 1.0; `None`: the points do not matter.
    """

    percent: int | None
    at_least: float | None


@dataclass(frozen=True)
class Commended:
    """Somebody on the list, with the reason: place `rank` of `of` at the level; the last place that counts
    is `places`, and whoever has as many points as that place counts, too.
    """

    sitting: Sitting
    rank: int
    of: int
    places: int | None


def state_of(best: float | None, *, pass_scaled: float, closes_on: date, today: date) -> SittingState:
    """The state that a best result gives on a day."""
    if best is not None:
        return SittingState.PASSED if best >= pass_scaled else SittingState.FAILED
    return SittingState.OVERDUE if today > closes_on else SittingState.NOT_STARTED


def commend(sittings: Iterable[Sitting], rule: CommendationRule) -> list[Commended]:
    """Who is commended: by level, best first. Nobody who failed, and nobody at all without a rule."""
    if rule.percent is None and rule.at_least is None:
        return []
    levels: dict[str, list[Sitting]] = defaultdict(list)
    for one in sittings:
        if one.best is not None:
            levels[one.level].append(one)
    return [found for level in sorted(levels) for found in _commend_level(levels[level], rule)]


def recommend(sittings: Iterable[Sitting], *, below: float) -> list[Sitting]:
    """Who failed, or passed below a share of the points; lowest first."""
    found = [
        one
        for one in sittings
        if one.best is not None and (one.state is SittingState.FAILED or one.best < below)
    ]
    return sorted(found, key=lambda one: (one.best, one.person_id))


def _commend_level(sat: Sequence[Sitting], rule: CommendationRule) -> list[Commended]:
    ranked = sorted(sat, key=lambda one: (-(one.best or 0.0), one.person_id))
    places = None if rule.percent is None else math.ceil(len(ranked) * rule.percent / 100)
    limit = None if places is None else ranked[places - 1].best
    found = []
    for one in ranked:
        best = one.best or 0.0
        rank = 1 + sum((other.best or 0.0) > best for other in ranked)
        is_placed = limit is None or best >= limit
        is_good = rule.at_least is None or best >= rule.at_least
        if is_placed and is_good and one.state is SittingState.PASSED:
            found.append(Commended(one, rank, len(ranked), places))
    return found
