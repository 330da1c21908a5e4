"""Tables as CSV that opens right in Excel: UTF-8 with its mark, nothing that runs as a formula (pure)."""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

Cell = str | int | float | None

#: What a spreadsheet takes for a formula, also in full width, and what it skips before one.
_DANGEROUS: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


@dataclass(frozen=True)
class Table:
    """A table as it leaves the house."""

    header: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


def write_csv(header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """The table as RFC 4180 text; a text that could be a formula is kept harmless by an apostrophe."""
    written = io.StringIO(newline="")
    writer = csv.writer(written)
    writer.writerow(header)
    writer.writerows([_harmless(cell) for cell in row] for row in rows)
    return written.getvalue().encode("utf-8-sig")


def _harmless(cell: Cell) -> Cell:
    if isinstance(cell, str) and cell.lstrip(" \u00a0").startswith(_DANGEROUS):
        return f"'{cell}"
    return "" if cell is None else cell
