"""Units side by side: ranks with honest ties, and how their rates are distributed (pure)."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from sync.organization.units import UnitOnDay
from sync.reports.coverage import PartStock
from sync.reports.disclosure import SMALLEST, band_of
from sync.reports.stock import Stock
from sync.reports.vietnamese_order import vietnamese_key

#: Width of a bin of the histogram, in whole percent.
_BIN: Final = 10


@dataclass(frozen=True)
class Ranked:
    """One unit in a ranking.

    Attributes:
        place: 1 for the highest rate; equal rates share a place and the next places stay empty. `None`: too
            few people for a place.
        is_tied: whether another unit has the same place.
        band: of a unit without a place, the limits of its rate in percent; `None`: nothing can be said.
    """

    unit: UnitOnDay
    stock: Stock
    place: int | None
    is_tied: bool = False
    band: tuple[int, int] | None = None

    @property
    def percent(self) -> Fraction | None:
        """The exact rate; `None` of a unit without a place."""
        return None if self.place is None else rate_of(self.stock)


@dataclass(frozen=True)
class Bin:
    """How many units have a rate above `low` percent and at most `high`; the first bin includes 0."""

    low: int
    high: int
    units: int


def rate_of(stock: Stock) -> Fraction | None:
    """The share that completed something, in percent; `None` of nobody."""
    return Fraction(stock.completed * 100, stock.people) if stock.people else None


def rank_units(parts: Sequence[PartStock]) -> list[Ranked]:
    """Units with people: those with a place first, by rate, then by name; small ones after them, by name."""
    named = sorted(
        (part for part in parts if part.stock.people), key=lambda part: vietnamese_key(part.unit.short_name)
    )
    large = [part for part in named if part.stock.people >= SMALLEST]
    rates = [_rate(part) for part in large]
    placed = [
        Ranked(
            part.unit,
            part.stock,
            place=1 + sum(other > rate for other in rates),
            is_tied=rates.count(rate) > 1,
        )
        for part, rate in sorted(zip(large, rates, strict=True), key=lambda one: -one[1])
    ]
    small = [
        Ranked(part.unit, part.stock, None, band=band_of(part.stock.completed, of=part.stock.people))
        for part in named
        if part.stock.people < SMALLEST
    ]
    return placed + small


def distribute(parts: Sequence[PartStock]) -> list[Bin]:
    """How many units fall into each tenth of the scale; units with fewer than five people are left out."""
    rates = [_rate(part) for part in parts if part.stock.people >= SMALLEST]
    return [
        Bin(low, low + _BIN, sum(low < rate <= low + _BIN or (low == 0 == rate) for rate in rates))
        for low in range(0, 100, _BIN)
    ]


def median_rate(parts: Sequence[PartStock]) -> Fraction | None:
    """The rate in the middle of the units with a place; `None` without any."""
    rates = sorted(_rate(part) for part in parts if part.stock.people >= SMALLEST)
    if not rates:
        return None
    middle = len(rates) // 2
    return rates[middle] if len(rates) % 2 else (rates[middle - 1] + rates[middle]) / 2


def _rate(part: PartStock) -> Fraction:
    return Fraction(part.stock.completed * 100, part.stock.people)
