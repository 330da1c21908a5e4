"""What a reader asks for in the address: the day, the module, the order, how far people are, the page."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from werkzeug.datastructures import MultiDict

from sync.calendars import Calendar
from sync.errors import ReportDayRefused
from sync.organization.units import LEVELS
from sync.reports.attention import Attention
from sync.reports.people import Progress
from sync.reports.targets import FIRST_DAY
from sync.rollups.definitions import FactKind

#: Word in the address -> states of people.
PROGRESS: Final[dict[str, frozenset[Progress]]] = {
    "tat-ca": frozenset(Progress),
    "chua-mo": frozenset({Progress.NOT_STARTED}),
    "da-mo": frozenset({Progress.STARTED, Progress.COMPLETED}),
    "dang-hoc": frozenset({Progress.STARTED}),
    "da-hoan-thanh": frozenset({Progress.COMPLETED}),
    # Of those who completed something, only who completed everything required: see `Asked.whole_programme`.
    "ca-chuong-trinh": frozenset({Progress.COMPLETED}),
}
CALENDARS: Final[dict[str, Calendar]] = {"hanh-chinh": Calendar.OFFICIAL, "duong-lich": Calendar.CALENDAR}
TURNS: Final[dict[str, FactKind]] = {"mo-lan-dau": FactKind.ACCESSED, "hoan-thanh": FactKind.COMPLETED}
#: No list is longer; a larger number would not fit into a database's OFFSET.
LAST_PAGE: Final = 1_000_000
ORDERS: Final = ("ten", "ty-le", "so-nguoi")
#: Word in the address -> whom the list of those who need attention holds.
ATTENTION: Final[dict[str, Attention]] = {
    "chua-mo": Attention.NOT_OPENED,
    "dang-bo": Attention.STALLED,
    "chua-dat": Attention.FAILED,
}
#: Word in the address for the tree of today instead of that of the day.
RESTATED: Final = "hien-nay"


@dataclass(frozen=True)
class Asked:
    """The part of the address after the question mark, checked.

    Attributes:
        on: the day of the stock.
        module_iri: `None`: any module.
        order: one of ORDERS.
        progress: one of PROGRESS.
        direct_only: only people posted in the unit itself.
        level: only people posted in units of this level.
        page: 1 for the first.
        is_restated: the people of the day in the units of today.
        attention: one of ATTENTION; `None` when none was asked for.
    """

    on: date
    today: date
    module_iri: str | None
    order: str
    progress: str
    direct_only: bool
    level: str | None
    page: int
    is_restated: bool = False
    attention: str | None = None

    @property
    def restated_to(self) -> date | None:
        """The day whose units take the people; `None`: the units of the day asked for."""
        return self.today if self.is_restated and self.on < self.today else None

    @property
    def tree_day(self) -> date:
        """The day whose tree is shown."""
        return self.restated_to or self.on

    @property
    def whole_programme(self) -> bool:
        """Whether only people who completed every required module are meant."""
        return self.progress == "ca-chuong-trinh"

    def link(self, **changes: str | int | None) -> dict[str, str | int]:
        """Arguments for an address with the same day and module, and with changes; `None` takes one away."""
        kept: dict[str, str | int | None] = {
            "ngay": None if self.on == self.today else self.on.isoformat(),
            "chuyen-de": self.module_iri,
            "theo": RESTATED if self.is_restated else None,
        }
        return {name: value for name, value in (kept | changes).items() if value is not None}


def read_asked(arguments: MultiDict[str, str], *, today: date) -> Asked:
    """The question in an address.

    Raises:
        ReportDayRefused: no day, a day before the first list of units, or one in the future.
    """
    order, progress, level, attention = (
        arguments.get(name, "") for name in ("sap-xep", "tien-do", "cap", "viec")
    )
    return Asked(
        on=_day(arguments.get("ngay"), today=today),
        today=today,
        module_iri=arguments.get("chuyen-de") or None,
        order=order if order in ORDERS else ORDERS[0],
        progress=progress if progress in PROGRESS else "tat-ca",
        direct_only=arguments.get("truc-tiep") == "1",
        level=level if level in LEVELS else None,
        page=min(max(1, arguments.get("trang", 1, type=int)), LAST_PAGE),
        is_restated=arguments.get("theo") == RESTATED,
        attention=attention if attention in ATTENTION else None,
    )


def _day(written: str | None, *, today: date) -> date:
    if not written:
        return today
    try:
        day = date.fromisoformat(written)
    except ValueError as malformed:
        raise ReportDayRefused("A day is written YYYY-MM-DD in the address.") from malformed
    if not FIRST_DAY <= day <= today:
        raise ReportDayRefused(
            f"Figures begin on {FIRST_DAY.isoformat()} and end today: {day.isoformat()} lies outside."
        )
    return day
