"""A report for readers outside its subtree: nobody can be recognised in it (pure)."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final, TypeVar

from sync.official_reports.figures import Counts, LevelLine, ReportFigures, UnitLine

Line = TypeVar("Line", UnitLine, LevelLine)

#: Fewer people than this, and not none, are never shown by themselves.
SMALLEST: Final = 5


def for_readers_outside(figures: ReportFigures) -> ReportFigures:
    """The report without lists of people, and without the units whose figures would tell of few people.

    This is the one place where rules of disclosure plug in: the protected table of `sync.reports.disclosure`
    may take the place of `_protected`, which leaves out more than it would.
    """
    parts = [one for one in figures.units if one.depth == 1]
    return replace(
        figures,
        own=Counts(),
        units=_protected(parts),
        tests=(),
        needs=tuple(one for one in figures.needs if one.people >= SMALLEST),
        commended=(),
        recommended=(),
        moved=(),
        moved_people=(),
        classes=tuple(replace(one, attended=(), lecturer="") for one in figures.classes),
        levels=_protected(figures.levels) if parts else (),
        parts=(),
    )


def _protected(lines: Sequence[Line]) -> tuple[Line, ...]:
    """No small line; when just one was left out, the smallest other one too, or a difference would tell."""
    shown = [one for one in lines if not _is_small(one.counts)]
    if len(lines) - len(shown) == 1 and shown:
        shown.remove(min(shown, key=lambda one: one.counts.people))
    return tuple(shown)


def _is_small(counts: Counts) -> bool:
    figures = (counts.trained, counts.accessed, counts.period_people)
    rests = (counts.people - counts.trained, counts.people - counts.accessed)
    return any(0 < count < SMALLEST for count in (counts.staff, counts.people, *figures, *rests))
