"""Figures kept in the process as long as nothing changed that they are counted from.

A kept figure is never out of date: each is held against the version of what it was counted from
(`sync.figure_versions`), which every process reads from the database. Only sessions that cannot write keep
anything: a version seen by a transaction that is rolled back afterwards comes again with other contents.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from datetime import date
from threading import Lock
from typing import Any, Final, TypeVar
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine
from sqlalchemy.orm import Session

from sync.figure_versions import Changed, FigureVersion, read_figure_version

Figures = TypeVar("Figures")
#: Numbers in the order of `Changed`: staff first.
_Version = tuple[int, ...]
#: Of each database; the longest unread go first.
_MOST: Final = 2000
_SEEN: Final = "sync_figure_version"

#: What a figure may be counted from. Days and modules of people without the posts decide nothing.
STAFF: Final = frozenset({Changed.STAFF})
PEOPLE: Final = frozenset({Changed.STAFF, Changed.PEOPLE})
MODULES: Final = frozenset(Changed)


@dataclass
class _Shelf:
    """Key → (version, figures)."""

    lock: Lock = field(default_factory=Lock)
    figures: OrderedDict[Hashable, tuple[_Version, Any]] = field(default_factory=OrderedDict)

    def find(self, key: Hashable) -> tuple[_Version, Any] | None:
        with self.lock:
            if key in self.figures:
                self.figures.move_to_end(key)
            return self.figures.get(key)

    def put(self, key: Hashable, version: _Version, figures: Any) -> None:
        with self.lock:
            self.figures[key] = (version, figures)
            self.figures.move_to_end(key)
            while len(self.figures) > _MOST:
                self.figures.popitem(last=False)


_SHELVES: WeakKeyDictionary[Engine | Connection, _Shelf] = WeakKeyDictionary()


def keep(
    session: Session,
    key: Hashable,
    count: Callable[[], Figures],
    *,
    of: frozenset[Changed],
    on: date = date.max,
    tolerates: Callable[[Figures], bool] = lambda _figures: False,
) -> Figures:
    """The figures of `count`, or those counted under the same key from the same contents of the database.

    Args:
        key: everything that the figures depend on, apart from what is in the database.
        of: what they are counted from; units and posts are always among it.
        on: what people did later plays no part in them.
        tolerates: asked whether figures that are out of date will do, as long as units and posts stand still.
    """
    shelf = _shelf_of(session)
    if shelf is None:
        return count()
    version = _version_of(session, of, on)
    found = shelf.find(key)
    if found is not None:
        was, figures = found
        if was == version or (was[0] == version[0] and tolerates(figures)):
            kept: Figures = figures
            return kept
    counted = count()
    shelf.put(key, version, counted)
    return counted


def keep_days(
    session: Session,
    key: Hashable,
    days: Sequence[date],
    count: Callable[[list[date]], Sequence[Figures]],
    *,
    of: frozenset[Changed],
) -> list[Figures]:
    """As `keep`, for figures of several days: only the days that are not kept are counted, all at once.

    Args:
        count: days in order → their figures; never called without any.
    """
    shelf = _shelf_of(session)
    if shelf is None:
        return list(count(list(days)))
    versions = {day: _version_of(session, of, day) for day in days}
    kept: dict[date, Figures] = {}
    for day in days:
        found = shelf.find((key, day))
        if found is not None and found[0] == versions[day]:
            kept[day] = found[1]
    missing = [day for day in days if day not in kept]
    if missing:
        for day, figures in zip(missing, count(missing), strict=True):
            kept[day] = figures
            shelf.put((key, day), versions[day], figures)
    return [kept[day] for day in days]


def _shelf_of(session: Session) -> _Shelf | None:
    bind = session.get_bind()
    if not bind.get_execution_options().get("read_only"):
        return None
    return _SHELVES.setdefault(bind, _Shelf())


def _version_of(session: Session, of: frozenset[Changed], on: date) -> _Version:
    seen = _version_seen(session)
    return tuple(seen.of(what, on) if what in of else 0 for what in Changed)


def _version_seen(session: Session) -> FigureVersion:
    """The version at the first question of this transaction; what is counted later is at least as new."""
    transaction = session.get_transaction()
    seen: tuple[Any, FigureVersion] | None = session.info.get(_SEEN)
    if seen is None or transaction is None or seen[0] is not transaction:
        version = read_figure_version(session)
        seen = session.info[_SEEN] = (session.get_transaction(), version)
    return seen[1]
