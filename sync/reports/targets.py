"""A stock held against its targets: reached or not, how many people are missing, on the path or not (pure).

The path joins the targets by straight lines, from nobody on the day of the decision. The acts name only the
targets; the lines in between are ours, and pages say so.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction
from typing import Final

from sync.rollups.definitions import Indicator, Target

#: Day of Decision 905/QĐ-BNV: the path begins here.
FIRST_DAY: Final = date(2022, 11, 17)


class Standing(StrEnum):
    """How a unit stands on a day."""

    REACHED = "reached"
    #: Not reached yet, and not behind the path to it.
    ON_PATH = "on_path"
    BEHIND = "behind"
    #: Not reached, and its day is past.
    MISSED = "missed"
    #: Nobody to count: no share exists.
    NOBODY = "nobody"


@dataclass(frozen=True)
class Judgement:
    """A stock against one target on a day.

    Attributes:
        people: above the line.
        of: below the line.
        missing: how many more people the target needs; 0 when it is reached.
        path_percent: where the path is on that day, 0 to 100.
    """

    target: Target
    people: int
    of: int
    missing: int
    path_percent: Fraction
    standing: Standing

    @property
    def percent(self) -> Fraction | None:
        """The exact share in percent; `None` of nobody."""
        return Fraction(self.people * 100, self.of) if self.of else None


def judge(indicator: Indicator, people: int, *, of: int, on: date) -> Judgement:
    """Against the target that is due next on that day, or the last one when all are past."""
    return judge_target(indicator, target_on(indicator, on), people, of=of, on=on)


def judge_target(indicator: Indicator, target: Target, people: int, *, of: int, on: date) -> Judgement:
    """Against one target of the indicator, whenever it is due."""
    path = path_percent(indicator, on)
    return Judgement(
        target=target,
        people=people,
        of=of,
        missing=max(0, people_needed(target, of=of) - people),
        path_percent=path,
        standing=_standing(target, people, of, path, on),
    )


def target_on(indicator: Indicator, on: date) -> Target:
    """The target that is due next on that day, or the last one."""
    return next((target for target in indicator.targets if on <= target.due_on), indicator.targets[-1])


def people_needed(target: Target, *, of: int) -> int:
    """The least number of people that reaches the target; 0 of nobody."""
    if of <= 0:
        return 0
    at_the_line = target.percent * of
    return at_the_line // 100 + 1 if target.exceeds else -(-at_the_line // 100)


def path_percent(indicator: Indicator, on: date) -> Fraction:
    """Where the straight lines between the targets are on a day, 0 to 100."""
    last_day, last_percent = FIRST_DAY, 0
    for target in indicator.targets:
        if on <= target.due_on:
            gone, length = max(0, (on - last_day).days), (target.due_on - last_day).days
            return last_percent + Fraction((target.percent - last_percent) * gone, length)
        last_day, last_percent = target.due_on, target.percent
    return Fraction(last_percent)


def _standing(target: Target, people: int, of: int, path: Fraction, on: date) -> Standing:
    if of <= 0:
        return Standing.NOBODY
    if target.is_reached(people, of=of):
        return Standing.REACHED
    if on > target.due_on:
        return Standing.MISSED
    return Standing.ON_PATH if Fraction(people * 100, of) >= path else Standing.BEHIND
