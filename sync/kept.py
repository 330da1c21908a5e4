"""Figures kept in the process as long as nothing changed that they are counted from.

A kept figure is never out of date: each is held against the version of what it was counted from
(`sync.figure_versions`), which every process reads from the database. Only sessions that cannot write keep
anything: a version seen by a transaction that is rolled back afterwards comes again with other contents.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from threading import Lock
from typing import Any, Final, TypeVar
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine
from sqlalchemy.orm import Session

from sync.figure_versions import Changed, FigureVersion, read_figure_version

Figures = TypeVar("Figures")
#: Of each database; the longest unread go first.
_MOST: Final = 600
_SEEN: Final = "sync_figure_version"

#: What a figure may be counted from. Days and modules of people without the posts decide nothing.
STAFF: Final = frozenset({Changed.STAFF})
PEOPLE: Final = frozenset({Changed.STAFF, Changed.PEOPLE})
MODULES: Final = frozenset(Changed)


@dataclass
class _Shelf:
    """Key → (version, figures)."""

    lock: Lock = field(default_factory=Lock)
    figures: OrderedDict[Hashable, tuple[Hashable, Any]] = field(default_factory=OrderedDict)

    def find(self, key: Hashable) -> tuple[Hashable, Any] | None:
        with self.lock:
            if key in self.figures:
                self.figures.move_to_end(key)
            return self.figures.get(key)

    def put(self, key: Hashable, version: Hashable, figures: Any) -> None:
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
    tolerates: Callable[[Figures], bool] = lambda _figures: False,
) -> Figures:
    """The figures of `count`, or those counted under the same key from the same contents of the database.

    Args:
        key: everything that the figures depend on, apart from what is in the database.
        of: what they are counted from; units and posts are always among it.
        tolerates: asked whether figures that are out of date will do, as long as units and posts stand still.
    """
    bind = session.get_bind()
    if not bind.get_execution_options().get("read_only"):
        return count()
    shelf = _SHELVES.setdefault(bind, _Shelf())
    seen = _version_seen(session)
    version = tuple(seen[place] if what in of else None for place, what in enumerate(Changed))
    found = shelf.find(key)
    if found is not None:
        was, figures = found
        if was == version or (was[0] == version[0] and tolerates(figures)):  # type: ignore[index]
            kept: Figures = figures
            return kept
    counted = count()
    shelf.put(key, version, counted)
    return counted


def _version_seen(session: Session) -> FigureVersion:
    """The version at the first question of this transaction; what is counted later is at least as new."""
    transaction = session.get_transaction()
    seen: tuple[Any, FigureVersion] | None = session.info.get(_SEEN)
    if seen is None or transaction is None or seen[0] is not transaction:
        version = read_figure_version(session)
        seen = session.info[_SEEN] = (session.get_transaction(), version)
    return seen[1]
