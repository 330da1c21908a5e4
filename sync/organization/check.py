"""Counts the loaded units and checks what must hold between them."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, aliased

from sync.organization.models import (
    COMMAND,
    OPEN_END,
    TERRITORY,
    Unit,
    UnitClosure,
    UnitLabel,
    UnitSuccession,
)
from sync.organization.unit_files import BEFORE, CENTRAL, NOW

#: Day → level → how many units the official lists count on it.
OFFICIAL_COUNTS: Final = {
    date(2025, 2, 28): {"central": 30, "province": 63, "district": 696},
    date(2025, 6, 30): {"central": 22, "province": 63, "district": 696, "commune": 10_035},
    date(2025, 7, 1): {"central": 22, "province": 34, "district": 0, "commune": 3_321},
}
_OFFICIAL_SCHEMES: Final = (CENTRAL, BEFORE, NOW)


@dataclass(frozen=True)
class LevelCount:
    """How many units of a level exist on a day, and how many should."""

    day: date
    level: str
    found: int
    expected: int


@dataclass(frozen=True)
class UnitCheck:
    """The counts, and one English sentence for each rule that is broken."""

    counts: tuple[LevelCount, ...]
    problems: tuple[str, ...]

    @property
    def agree(self) -> bool:
        """Whether every count and every rule holds."""
        return not self.problems and all(count.found == count.expected for count in self.counts)


def check_units(session: Session) -> UnitCheck:
    """Counts and cross-checks the units that the database holds."""
    counts = tuple(
        LevelCount(day, level, _count_on(session, day, level), expected)
        for day, levels in OFFICIAL_COUNTS.items()
        for level, expected in levels.items()
    )
    found = (
        (_outside_parent(session), "units do not live within their parent's dates"),
        (_broken_paths(session), "units are not joined to the nation step by step in the closure"),
        (_broken_labels(session), "units have days without a name, or with two"),
        (_without_default(session), "closed units have not exactly one default successor"),
    )
    return UnitCheck(counts, tuple(f"{number} {rule}." for number, rule in found if number))


def _count_on(session: Session, day: date, level: str) -> int:
    query = select(func.count()).where(
        Unit.scheme.in_(_OFFICIAL_SCHEMES), Unit.level == level, Unit.valid_from <= day, day < Unit.valid_to
    )
    return session.scalar(query) or 0


def _outside_parent(session: Session) -> int:
    parent = aliased(Unit)
    query = (
        select(func.count())
        .select_from(Unit)
        .join(parent, parent.unit_id == Unit.parent_id)
        .where(or_(Unit.valid_from < parent.valid_from, Unit.valid_to > parent.valid_to))
    )
    return session.scalar(query) or 0


def _broken_paths(session: Session) -> int:
    """Units whose ancestors do not number their depth below the nation plus one."""
    broken = 0
    nation = select(Unit.unit_id).where(Unit.level == "national").scalar_subquery()
    units = session.scalar(select(func.count()).select_from(Unit)) or 0
    for hierarchy in (COMMAND, TERRITORY):
        steps = (
            select(func.count().label("steps"), func.max(UnitClosure.depth).label("deepest"))
            .where(UnitClosure.hierarchy == hierarchy)
            .group_by(UnitClosure.descendant_id)
            .subquery()
        )
        whole = select(func.count()).where(steps.c.steps == steps.c.deepest + 1)
        below_nation = select(func.count()).where(
            UnitClosure.hierarchy == hierarchy, UnitClosure.ancestor_id == nation
        )
        broken += (units - (session.scalar(whole) or 0)) + (units - (session.scalar(below_nation) or 0))
    return broken


def _broken_labels(session: Session) -> int:
    spans: dict[int, list[tuple[date, date]]] = defaultdict(list)
    for unit_id, start, end in session.execute(
        select(UnitLabel.unit_id, UnitLabel.valid_from, UnitLabel.valid_to).order_by(UnitLabel.valid_from)
    ):
        spans[unit_id].append((start, end))
    lives = session.execute(select(Unit.unit_id, Unit.valid_from, Unit.valid_to)).all()
    return sum(not _covers(spans[unit_id], start, end) for unit_id, start, end in lives)


def _covers(spans: list[tuple[date, date]], start: date, end: date) -> bool:
    """Whether the spans follow each other without gap or overlap from the first day to the last."""
    for span_start, span_end in spans:
        if span_start != start:
            return False
        start = span_end
    return start == end


def _without_default(session: Session) -> int:
    defaults = (
        select(UnitSuccession.from_unit_id, func.count().label("defaults"))
        .where(UnitSuccession.is_default)
        .group_by(UnitSuccession.from_unit_id)
        .subquery()
    )
    query = (
        select(func.count())
        .select_from(Unit)
        .outerjoin(defaults, defaults.c.from_unit_id == Unit.unit_id)
        .where(
            Unit.scheme.in_(_OFFICIAL_SCHEMES),
            Unit.valid_to < OPEN_END,
            func.coalesce(defaults.c.defaults, 0) != 1,
        )
    )
    return session.scalar(query) or 0
