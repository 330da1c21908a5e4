"""Working days of Vietnamese public service: Monday to Friday, without the holidays of a file (pure)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache
from importlib.resources import files
from typing import Any
from zoneinfo import ZoneInfo

from content_packages.authoring.yaml_text import YamlUnreadable, read_yaml
from content_packages.errors import HolidaysUnreadable

_VIET_NAM = ZoneInfo("Asia/Ho_Chi_Minh")
_SATURDAY = 5
_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Holidays:
    """Days on which public service rests or works against the week's rule.

    Attributes:
        off: day off -> its name.
        worked: Saturdays and Sundays that are worked in exchange.
    """

    off: Mapping[date, str] = field(default_factory=dict)
    worked: frozenset[date] = frozenset()

    def is_working(self, day: date) -> bool:
        """Whether public service works on that day."""
        return day in self.worked or (day.weekday() < _SATURDAY and day not in self.off)


def local_day(instant: datetime) -> date:
    """The calendar day in Viet Nam of an aware instant."""
    return instant.astimezone(_VIET_NAM).date()


def add_working_days(day: date, count: int, holidays: Holidays) -> date:
    """The `count`-th working day after `day`; the day itself never counts."""
    for _ in range(count):
        day += _ONE_DAY
        while not holidays.is_working(day):
            day += _ONE_DAY
    return day


def working_days_until(day: date, due: date, holidays: Holidays) -> int:
    """Working days after `day` up to and with `due`; below zero when that is over, 0 on the day itself."""
    if due < day:
        return -working_days_until(due, day, holidays)
    return sum(holidays.is_working(day + _ONE_DAY * step) for step in range(1, (due - day).days + 1))


def read_holidays(text: str) -> Holidays:
    """The holidays of a YAML file with `off` (day: name) and `worked` (days).

    Raises:
        HolidaysUnreadable: another form, or something that is no day.
    """
    try:
        written = read_yaml(text).value
        return Holidays(
            off={_day(day): str(name) for day, name in (written["off"] or {}).items()},
            worked=frozenset(_days(written.get("worked") or [])),
        )
    except (YamlUnreadable, ValueError, KeyError, AttributeError, TypeError) as wrong:
        raise HolidaysUnreadable(
            "The file of holidays needs `off` (2026-01-01: name) and may have `worked` (list of days)."
        ) from wrong


@cache
def shipped_holidays() -> Holidays:
    """Those that come with the package; see `holidays.yaml`."""
    return read_holidays((files(__package__) / "holidays.yaml").read_text(encoding="utf-8"))


def _days(written: Iterable[Any]) -> Iterable[date]:
    return (_day(one) for one in written)


def _day(written: Any) -> date:
    return written if type(written) is date else date.fromisoformat(str(written))
