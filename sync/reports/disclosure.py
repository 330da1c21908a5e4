"""Which figures may be shown to a reader from outside a unit, so that nobody can be recognised (pure).

A figure is small when 1 to 4 people are above the line, or 1 to 4 below it: whoever knows the unit would know
them. Small figures are hidden; where a total is published, further figures are hidden with them, the next
smallest units first, until no sum or difference gives a hidden one away. What the reader knows already (the
own unit) counts as published and hides nothing.

Their reporting days are far apart (`closing_days`), because two days in a row give away who
did something in between.
"""

from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

from sync.calendars import AnyCalendar, Calendar, PeriodKind, period_of

#: Fewer people than this, and not none, are never shown by themselves.
SMALLEST: Final = 5
#: Limits of the bands that stand for the rate of a small unit, in whole percent.
BANDS: Final = ((0, 50), (50, 85), (85, 100))


@dataclass(frozen=True)
class Cell:
    """One unit: how many people, how many of them opened and completed something (completed ≤ accessed)."""

    key: Hashable
    people: int
    accessed: int
    completed: int


@dataclass(frozen=True)
class Shown:
    """The same unit as it may be shown; `None`: hidden."""

    key: Hashable
    people: int
    accessed: int | None
    completed: int | None


@dataclass(frozen=True)
class ShownTable:
    """Units and their total as they may be shown together."""

    rows: tuple[Shown, ...]
    total: Shown


def is_small(count: int, *, of: int) -> bool:
    """Whether the people above the line, or those below it, could be recognised."""
    return 0 < count < SMALLEST or 0 < of - count < SMALLEST


def protect_table(cells: Sequence[Cell], *, known: Collection[Hashable] = ()) -> ShownTable:
    """Units that are published with their total.

    Args:
        known: keys of the units whose figures the reader sees anyway.
    """
    completed = _Column.of({cell.key: _Range(cell.completed, 0, cell.people) for cell in cells}, cells)
    small = {cell.key for cell in cells if is_small(cell.completed, of=cell.people)}
    completed = completed.hide(small - set(known), known)
    accessed = _Column.of({cell.key: _accessed_range(cell, completed) for cell in cells}, cells)
    small = {cell.key for cell in cells if _gives_away(cell)} | completed.hidden
    accessed = accessed.hide(small - set(known), known)
    rows = tuple(
        Shown(cell.key, cell.people, accessed.shown(cell.key), completed.shown(cell.key)) for cell in cells
    )
    people = sum(cell.people for cell in cells)
    return ShownTable(rows, Shown(None, people, accessed.shown_total, completed.shown_total))


def band_of(completed: int, *, of: int) -> tuple[int, int] | None:
    """The band of a rate, lower limit included; `None` when the band would tell too much, or of nobody.

    A small figure has a band only when at least three counts would fall into it.
    """
    if of <= 0:
        return None
    low, high = next(band for band in BANDS if completed * 100 <= band[1] * of)
    possible = sum(1 for count in range(of + 1) if _is_in((low, high), count, of))
    return None if is_small(completed, of=of) and possible < 3 else (low, high)


def closing_days(until: date, *, since: date, calendar: AnyCalendar = Calendar.OFFICIAL) -> list[date]:
    """The closing days of quarters, the newest first: the days that readers from outside may choose."""
    days: list[date] = []
    day = period_of(until, PeriodKind.QUARTER, calendar).first_day - timedelta(days=1)
    while day >= since:
        days.append(day)
        day = period_of(day, PeriodKind.QUARTER, calendar).first_day - timedelta(days=1)
    return days


@dataclass(frozen=True)
class _Range:
    """A count, and what anybody knows about it without the table."""

    count: int
    low: int
    high: int


@dataclass(frozen=True)
class _Column:
    """One figure of all units, and which of them are hidden."""

    ranges: Mapping[Hashable, _Range]
    sizes: Mapping[Hashable, int]
    hidden: frozenset[Hashable] = frozenset()
    hides_total: bool = False

    @classmethod
    def of(cls, ranges: Mapping[Hashable, _Range], cells: Sequence[Cell]) -> "_Column":
        return cls(ranges, {cell.key: cell.people for cell in cells})

    def shown(self, key: Hashable) -> int | None:
        return None if key in self.hidden else self.ranges[key].count

    @property
    def shown_total(self) -> int | None:
        return None if self.hides_total else sum(one.count for one in self.ranges.values())

    def hide(self, small: Collection[Hashable], known: Collection[Hashable]) -> "_Column":
        """The column with the small figures hidden, and as many others as protect them."""
        column = replace(self, hidden=frozenset(small))
        spare = sorted(
            (key for key in self.ranges if key not in column.hidden and key not in set(known)),
            key=lambda key: self.sizes[key],
        )
        # Units without people hide nothing.
        spare = [key for key in spare if self.sizes[key]]
        while column.gives_away():
            if not spare:
                return replace(column, hides_total=True)
            column = replace(column, hidden=column.hidden | {spare.pop(0)})
        return column

    def gives_away(self) -> bool:
        """Whether the total narrows a hidden figure down to fewer counts than a small group has."""
        hidden = [self.ranges[key] for key in self.hidden]
        rest = sum(one.count for one in hidden)
        lowest, highest = sum(one.low for one in hidden), sum(one.high for one in hidden)
        for one in hidden:
            low = max(one.low, rest - (highest - one.high))
            high = min(one.high, rest - (lowest - one.low))
            if high - low + 1 < min(SMALLEST, one.high - one.low + 1):
                return True
        return False


def _accessed_range(cell: Cell, completed: _Column) -> _Range:
    """Whoever completed something has opened it."""
    return _Range(cell.accessed, completed.shown(cell.key) or 0, cell.people)


def _gives_away(cell: Cell) -> bool:
    """Whether the number who opened something is small, or tells a small number who have not completed it."""
    return is_small(cell.accessed, of=cell.people) or 0 < cell.accessed - cell.completed < SMALLEST


def _is_in(band: tuple[int, int], count: int, of: int) -> bool:
    low, high = band
    return (low * of < count * 100 or (low == 0 and count == 0)) and count * 100 <= high * of
