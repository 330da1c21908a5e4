"""Numbers, shares and days as Vietnamese official texts print them: 1.234; 91,7%; 14/12/2026 (pure)."""

from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Final

from sync.calendars import VIET_NAM

NOTHING: Final = "–"
LEVEL_NAMES: Final = {
    "national": "Cấp quốc gia",
    "central": "Cấp trung ương",
    "province": "Cấp tỉnh",
    "district": "Cấp huyện",
    "commune": "Cấp xã",
}
FORM_NAMES: Final = {
    "in-class": "Trực tiếp",
    "live-online": "Trực tuyến",
    "self-paced": "Qua mạng",
    "blended": "Kết hợp",
    "workshop": "Hội thảo, tọa đàm",
    "study-trip": "Khảo sát, học tập kinh nghiệm",
}
TIMING_NAMES: Final = {"stock": "lũy kế tại một ngày (số tồn)", "flow": "trong kỳ (số phát sinh)"}
_MOST_DECIMALS: Final = 4


def whole(value: int | None) -> str:
    """1234 → 1.234."""
    return NOTHING if value is None else f"{value:,}".replace(",", ".")


def decimal(value: float | Fraction | None, decimals: int = 1) -> str:
    """1234.56 → 1.234,6, half up."""
    if value is None:
        return NOTHING
    exact = Fraction(value)
    rounded = (Decimal(exact.numerator) / Decimal(exact.denominator)).quantize(
        Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP
    )
    return f"{rounded:,.{decimals}f}".translate(str.maketrans(",.", ".,"))


def percent(value: Fraction | None, *, against: int = 100) -> str:
    """91,7%; with more decimals while the share would look like a line that it is not on (84,96% of 85%)."""
    if value is None:
        return NOTHING
    decimals = 1
    while decimals < _MOST_DECIMALS and _looks_like(value, decimals, (against, 100)):
        decimals += 1
    return f"{decimal(value, decimals)}%"


def day(value: date | None) -> str:
    """14/12/2026."""
    return NOTHING if value is None else f"{value:%d/%m/%Y}"


def instant(value: datetime | None) -> str:
    """09:05 ngày 14/12/2026, in Viet Nam."""
    return NOTHING if value is None else f"{value.astimezone(VIET_NAM):%H:%M ngày %d/%m/%Y}"


def level_name(level: str) -> str:
    """The level as reports print it; `district` existed until 30/06/2025."""
    return LEVEL_NAMES.get(level, level)


def _looks_like(value: Fraction, decimals: int, lines: tuple[int, ...]) -> bool:
    return any(value != line and decimal(value, decimals) == decimal(line, decimals) for line in lines)
