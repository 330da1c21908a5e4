"""Where each province stands on the map of tiles: rows from north to south, columns from west to east (data).

Every province has a tile of the same size, so that small ones can be seen and read. Each stands next to most
of its neighbours; Hoàng Sa (of Đà Nẵng) and Trường Sa (of Khánh Hòa) stand in the sea, at their height.
"""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Tile:
    """A province by its code (QĐ 19/2025/QĐ-TTg); row and column count from 1."""

    code: str
    row: int
    column: int


@dataclass(frozen=True)
class SeaTile:
    """A special zone at sea, shown with the province that it belongs to."""

    code: str
    name: str
    province_code: str
    row: int


SCHEME: Final = "QD19/2025"

TILES: Final = tuple(
    Tile(code, row, column)
    for row, codes in enumerate(
        (
            ("", "12", "15", "08", "04"),
            ("11", "14", "25", "19", "20"),
            ("", "", "01", "24", "22"),
            ("", "", "37", "33", "31"),
            ("", "", "38", "", ""),
            ("", "", "40", "", ""),
            ("", "", "42", "", ""),
            ("", "", "", "44", ""),
            ("", "", "", "46", ""),
            ("", "", "", "", "48"),
            ("", "", "", "", "51"),
            ("", "", "", "", "52"),
            ("", "", "", "", "66"),
            ("", "80", "75", "68", "56"),
            ("91", "82", "79", "", ""),
            ("92", "86", "", "", ""),
            ("96", "", "", "", ""),
        ),
        start=1,
    )
    for column, code in enumerate(codes, start=1)
    if code
)
SEA_TILES: Final = (
    SeaTile("20333", "Hoàng Sa", "48", row=10),
    SeaTile("22736", "Trường Sa", "56", row=15),
)
