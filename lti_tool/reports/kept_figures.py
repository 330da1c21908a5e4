"""Figures of pages, kept as long as nothing changed that they are counted from (`sync.kept`).

Single modules change with every batch of statements. What is counted from them for a very large unit is
therefore kept for a minute even so, and the page says when it was counted (docs/decisions/0063).
"""

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final, Generic, TypeVar

from flask import g
from sqlalchemy.orm import Session

from sync.kept import MODULES, PEOPLE
from sync.kept import keep as keep_in_process
from xapi_bridge.running_app import now

#: People from which on figures of modules may be a minute old.
LARGE: Final = 20_000
KEPT_FOR: Final = timedelta(minutes=1)
Figures = TypeVar("Figures")


@dataclass(frozen=True)
class _Counted(Generic[Figures]):
    figures: Figures
    at: datetime


def keep(
    session: Session, key: Hashable, count: Callable[[], Figures], *, on: date, of_modules: bool
) -> Figures:
    """The figures of `count`, or those that were counted from the same contents of the database.

    Args:
        key: everything that the figures depend on, apart from what is in the database.
        on: the day of the stock.
        of_modules: whether single modules are looked at; otherwise only what people did with any of them.
    """
    counted = keep_in_process(
        session, key, lambda: _Counted(count(), now()), of=MODULES if of_modules else PEOPLE, on=on
    )
    return counted.figures


def keep_large(
    session: Session,
    key: Hashable,
    count: Callable[[], Figures],
    *,
    on: date,
    people: Callable[[Figures], int],
) -> Figures:
    """As `keep` for figures of single modules; those of a very large unit may be a minute old.

    Args:
        people: how many people the figures are about.
    """

    def is_good_enough(old: _Counted[Figures]) -> bool:
        if people(old.figures) <= LARGE or now() - old.at >= KEPT_FOR:
            return False
        g.figures_counted_at = min(old.at, g.get("figures_counted_at", old.at))
        return True

    counted = keep_in_process(
        session, key, lambda: _Counted(count(), now()), of=MODULES, on=on, tolerates=is_good_enough
    )
    return counted.figures


def counted_at() -> datetime | None:
    """When the oldest figure of this page was counted that may be out of date; `None`: all are current."""
    instant: datetime | None = g.get("figures_counted_at")
    return instant
