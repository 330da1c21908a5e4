"""Figures of very large units, kept for a minute: the country takes seconds and is looked at all day.

Small units are always counted anew, so whoever corrects an entry sees it at once (docs/decisions/0048).
"""

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, TypeVar

from flask import current_app, g

from xapi_bridge.running_app import now

#: People from which on figures are kept.
LARGE: Final = 20_000
KEPT_FOR: Final = timedelta(minutes=1)
_MOST: Final = 300
_PLACE: Final = "cchc_kept_figures"
Figures = TypeVar("Figures")


@dataclass(frozen=True)
class _Kept:
    figures: Any
    counted_at: datetime


def keep(key: Hashable, count: Callable[[], Figures], *, people: Callable[[Figures], int]) -> Figures:
    """The figures of `count`, or those that were counted under the same key within the last minute.

    Args:
        key: everything that the figures depend on, apart from what is in the database.
        people: how many people the figures are about.
    """
    shelf: dict[Hashable, _Kept] = current_app.extensions.setdefault(_PLACE, {})
    found = shelf.get(key)
    if found is not None and now() - found.counted_at < KEPT_FOR:
        g.figures_counted_at = min(found.counted_at, g.get("figures_counted_at", found.counted_at))
        figures: Figures = found.figures
        return figures
    counted_at, figures = now(), count()
    if people(figures) > LARGE:
        if len(shelf) >= _MOST:
            shelf.clear()
        shelf[key] = _Kept(figures, counted_at)
    return figures


def counted_at() -> datetime | None:
    """When the oldest kept figure of this page was counted; `None`: everything was counted just now."""
    instant: datetime | None = g.get("figures_counted_at")
    return instant
