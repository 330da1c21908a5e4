"""Yesterday's people in today's units: where a post of a dissolved unit belongs afterwards (pure).

Whoever had a post on the first day after the unit ended went where that post is: people are moved by their
appointments. Everybody else follows the default successor of the unit, or of the nearest unit above that has
one. Nobody is divided, so the parts of today's tree sum to their parent.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

Life = tuple[date, date]


@dataclass(frozen=True)
class SuccessorMap:
    """Everything that a restatement looks up.

    Attributes:
        parents: unit → the unit above; `None` for the root.
        lives: unit → (first day, first day no more).
        successors: unit → its default successor.
    """

    parents: Mapping[int, int | None]
    lives: Mapping[int, Life]
    successors: Mapping[int, int]

    def is_in_force(self, unit_id: int, on: date) -> bool:
        """Whether the unit exists on that day."""
        first_day, ended = self.lives[unit_id]
        return first_day <= on < ended

    def unit_of(self, unit_id: int, *, on: date) -> int:
        """The unit of a later day that stands for a unit: itself, or who took over, step by step."""
        seen: set[int] = set()
        while not self.is_in_force(unit_id, on) and unit_id not in seen:
            seen.add(unit_id)
            unit_id = self._next(unit_id)
        return unit_id if self.is_in_force(unit_id, on) else self._in_force_above(unit_id, on)

    def sources_of(self, targets: frozenset[int], *, on: date) -> list[int]:
        """Units that no longer exist on that day and whose default way leads into `targets`."""
        return [
            unit_id
            for unit_id in self.lives
            if not self.is_in_force(unit_id, on) and self.unit_of(unit_id, on=on) in targets
        ]

    def _next(self, unit_id: int) -> int:
        """The successor of the unit, or of the nearest unit above that has one; the root without any."""
        above: int | None = unit_id
        while above is not None:
            if above in self.successors:
                return self.successors[above]
            unit_id, above = above, self.parents[above]
        return unit_id

    def _in_force_above(self, unit_id: int, on: date) -> int:
        above: int | None = unit_id
        while above is not None and not self.is_in_force(above, on):
            unit_id, above = above, self.parents[above]
        return unit_id if above is None else above
