"""The question in an address, checked. Unknown parameters are refused: a filter that is ignored lies."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from sync.calendars import Calendar
from sync.errors import FilterRefused
from sync.organization.units import LEVELS
from sync.reports.targets import FIRST_DAY

MOST_PER_PAGE: Final = 500
#: Whose units hold the people of a day: those of that day, or those of today.
TREES: Final = ("as-was", "today")
_PER_PAGE: Final = 100
_LAST_PAGE: Final = 1_000_000
_LAST_UNIT: Final = 2**31 - 1


@dataclass(frozen=True)
class Asked:
    """What every address may ask.

    Attributes:
        on: the day of a stock, or on which units are in force.
        module_iri: this module only; `None`: any.
        restated_to: the day whose units hold the people, when it is not `on`.
    """

    on: date
    module_iri: str | None
    level: str | None
    below: int | None
    name: str
    year: int
    calendar: Calendar
    restated_to: date | None
    population: str | None
    page: int
    per_page: int

    @property
    def tree_day(self) -> date:
        """The day whose units are shown."""
        return self.restated_to or self.on


def read_asked(arguments: Mapping[str, str], *, allowed: frozenset[str], today: date) -> Asked:
    """The question in an address.

    Args:
        allowed: the parameters that the address knows.

    Raises:
        FilterRefused: an unknown parameter, or a value that means nothing.
    """
    unknown = sorted(set(arguments) - allowed)
    if unknown:
        raise FilterRefused(
            f"Unknown parameter {', '.join(unknown)[:200]}. There are: {', '.join(sorted(allowed))}."
        )
    on = _day(arguments.get("on"), today=today)
    return Asked(
        on=on,
        module_iri=_text(arguments, "module") or None,
        level=_one_of(arguments, "level", LEVELS) or None,
        below=_number(arguments, "below", low=1, high=_LAST_UNIT) or None,
        name=_text(arguments, "name"),
        year=_number(arguments, "year", low=2000, high=2200) or today.year,
        calendar=Calendar(_one_of(arguments, "calendar", tuple(Calendar)) or Calendar.OFFICIAL),
        restated_to=today if _one_of(arguments, "tree", TREES) == TREES[1] and on < today else None,
        population=_text(arguments, "population") or None,
        page=_number(arguments, "page", low=1, high=_LAST_PAGE) or 1,
        per_page=_number(arguments, "per_page", low=1, high=MOST_PER_PAGE) or _PER_PAGE,
    )


def _day(written: str | None, *, today: date) -> date:
    if not written:
        return today
    try:
        day = date.fromisoformat(written)
    except ValueError as malformed:
        raise FilterRefused("on is a day, written YYYY-MM-DD.") from malformed
    if len(written) != len("2026-11-24") or not FIRST_DAY <= day <= today:
        raise FilterRefused(f"on must lie between {FIRST_DAY.isoformat()} and today, written YYYY-MM-DD.")
    return day


def _text(arguments: Mapping[str, str], name: str) -> str:
    written = arguments.get(name, "").strip()
    if len(written) > 400 or "\0" in written:
        raise FilterRefused(f"{name} has at most 400 characters and no NUL.")
    return written


def _number(arguments: Mapping[str, str], name: str, *, low: int, high: int) -> int:
    """The number, or 0 when it is not given."""
    written = arguments.get(name, "")
    if not written:
        return 0
    if not (written.isascii() and written.isdigit()) or not low <= int(written[:12]) <= high:
        raise FilterRefused(f"{name} must be a whole number from {low} to {high}.")
    return int(written)


def _one_of(arguments: Mapping[str, str], name: str, words: tuple[str, ...]) -> str:
    written = arguments.get(name, "")
    if written and written not in words:
        raise FilterRefused(f"{name} must be one of {', '.join(words)}.")
    return written
