"""What an annex is, and the same annex as CSV and as printed words (pure)."""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from fractions import Fraction

from sync.csv_files import Table
from sync.official_reports.numbers import NOTHING, day, decimal, percent, whole

Cell = str | int | float | date | None


class Kind(StrEnum):
    """What a column holds. Shares are 0 to 100 with the sign in the format, points are of 100."""

    TEXT = "text"
    WHOLE = "whole"
    SHARE = "share"
    POINTS = "points"
    DAY = "day"


@dataclass(frozen=True)
class Column:
    """One column; `width` in characters."""

    title: str
    kind: Kind = Kind.WHOLE
    width: int = 12


@dataclass(frozen=True)
class Annex:
    """One annex.

    Attributes:
        number: 1 to 10; 0: a table that the decree's list of annexes does not have.
        name: of the sheet.
        note: what is said under the title.
        depths: per row, how deep it lies in the tree, 0 for the top; empty: flat.
    """

    number: int
    name: str
    title: str
    note: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    depths: tuple[int, ...] = field(default=())


def table_of(annex: Annex) -> Table:
    """The annex for CSV: days as 2026-12-14, numbers bare, so that programs read them."""
    return Table(
        tuple(column.title for column in annex.columns),
        tuple(
            tuple(cell.isoformat() if isinstance(cell, date) else cell for cell in row) for row in annex.rows
        ),
    )


def words_of(annex: Annex) -> list[list[str]]:
    """The rows as printed texts."""
    return [
        [_word(cell, column.kind) for cell, column in zip(row, annex.columns, strict=True)]
        for row in annex.rows
    ]


def _word(cell: Cell, kind: Kind) -> str:
    if cell is None:
        return NOTHING
    if isinstance(cell, date):
        return day(cell)
    if isinstance(cell, str):
        return cell
    if kind is Kind.SHARE:
        return percent(Fraction(cell).limit_denominator(10**9))
    return decimal(cell) if kind is Kind.POINTS else whole(int(cell))
