"""How numbers, shares, days, levels and kinds are shown, on pages and in files, in the reader's language."""

from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from importlib.metadata import PackageNotFoundError, version
from typing import Final

from flask import Flask
from flask_babel import format_date, format_decimal, get_locale
from flask_babel import lazy_gettext as _l

from sync.calendars import VIET_NAM, Period
from sync.organization.models import OPEN_END

#: No blank between number and sign, as Vietnamese acts print it.
_PERCENT: Final = "%"
_MOST_DECIMALS: Final = 4
_LEVELS: Final = {
    "national": _l("Toàn quốc"),
    "central": _l("Cấp trung ương"),
    "province": _l("Cấp tỉnh"),
    "district": _l("Cấp huyện"),
    "commune": _l("Cấp xã"),
}
_KINDS: Final = {
    "accessed": _l("Mở, học"),
    "completed": _l("Hoàn thành"),
    "passed": _l("Kiểm tra: đạt"),
    "failed": _l("Kiểm tra: chưa đạt"),
}


def teach_formats(app: Flask) -> None:
    """Makes the formats known to every template."""
    app.jinja_env.filters.update(
        number=show_number,
        percent=show_percent,
        scaled=show_scaled,
        points=show_points,
        change=show_change,
        day=show_day,
        month=show_month,
        instant=show_instant,
        share=exact_share,
        level_name=show_level,
        kind_name=show_kind,
    )
    app.jinja_env.globals.update(service_version=service_version(), one_day=timedelta(days=1))


def show_level(level: str) -> str:
    """The level of a unit as readers call it: `province` → Cấp tỉnh."""
    return str(_LEVELS[level])


def show_kind(kind: str) -> str:
    """What a statement counts as: `accessed` → Mở, học."""
    return str(_KINDS[kind])


def show_number(value: int) -> str:
    """1234 → `1.234` in Vietnamese, `1,234` in English."""
    return str(format_decimal(value))


def show_percent(value: Fraction | None, against: int = 100) -> str:
    """A share in percent: 81,2%.

    A share next to a line gets more decimals, until it looks as far from the line as it is: 94,96% of a
    target of 95% is not shown as 95,0%.

    Args:
        value: 0 to 100; `None` of nobody, shown as a dash.
        against: a whole percentage that the share is held against.
    """
    if value is None:
        return "–"
    decimals = 1
    while decimals < _MOST_DECIMALS and _looks_like_a_line(value, decimals, lines=(against, 100)):
        decimals += 1
    shown = format_decimal(_rounded(value, decimals), format=f"#,##0.{'0' * decimals}")
    return f"{shown}{_PERCENT}"


def show_scaled(value: float | None) -> str:
    """A quiz result of -1.0 to 1.0 as points of ten: 0.85 → `8,5/10`; no result is a dash."""
    return "–" if value is None else f"{format_decimal(round(value * 10, 2))}/10"


def show_points(value: float) -> str:
    """Points of 100: 64.25 → `64,3`."""
    return str(format_decimal(_rounded(Fraction(value), 1), format="#,##0.0"))


def show_change(value: float) -> str:
    """A gain or a loss in points: 4.2 → `+4,2`."""
    return f"{'+' if value > 0 else '−' if value < 0 else ''}{show_points(abs(value))}"


def show_day(value: date | None) -> str:
    """24/11/2026; an open end and no day at all are a dash."""
    return "–" if value is None or value == OPEN_END else value.strftime("%d/%m/%Y")


def show_month(month: Period) -> str:
    """Tháng 5 năm 2026, in English May 2026: in both calendars the month in which it ends."""
    in_english = str(get_locale()) == "en"
    return format_date(month.last_day, "MMMM y") if in_english else month.label


def show_instant(value: datetime | None) -> str:
    """09:05 24/11/2026, in Viet Nam."""
    return "–" if value is None else value.astimezone(VIET_NAM).strftime("%H:%M %d/%m/%Y")


def exact_share(people: int, of: int) -> Fraction | None:
    """The exact share in percent; `None` of nobody."""
    return Fraction(people * 100, of) if of else None


def service_version() -> str:
    """The installed version; empty when the code runs without being installed."""
    try:
        return version("cchc-training")
    except PackageNotFoundError:
        return ""


def _looks_like_a_line(value: Fraction, decimals: int, *, lines: tuple[int, ...]) -> bool:
    return any(value != line and _rounded(value, decimals) == line for line in lines)


def _rounded(value: Fraction, decimals: int) -> Decimal:
    """Half up, as official figures are rounded."""
    exact = Decimal(value.numerator) / Decimal(value.denominator)
    return exact.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
