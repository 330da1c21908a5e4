"""Which units answer for a unit of today: itself, what is below it, and those that they came from.

A dissolved unit's flow is credited to its default successor; a department that ended without one goes with
the unit above it. Provinces are exact that way (no commune was divided between two of them); of
divided communes the whole flow goes to the one default successor, and pages say so.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from sync.organization.models import COMMAND, Unit, UnitClosure, UnitSuccession
from sync.organization.units import UnitOnDay, label_on

#: No chain of successions is longer; what is, goes round in a circle.
_LONGEST_CHAIN = 30


@dataclass(frozen=True)
class Territory:
    """What a unit answers for on a day.

    Attributes:
        units: every unit at or below it that exists on the day, by number.
        parents: unit → the unit above it, within the territory.
        answers: unit of any time → the unit of `units` that is credited with its flow.
        lineage: the unit, and the dissolved units of its own level that became it, for older days.
    """

    root_id: int
    units: Mapping[int, UnitOnDay]
    parents: Mapping[int, int]
    answers: Mapping[int, int]
    lineage: tuple[int, ...]

    def way_up(self, unit_id: int) -> list[int]:
        """The unit and everything above it, up to the root of the territory."""
        way = [unit_id]
        while way[-1] in self.parents:
            way.append(self.parents[way[-1]])
        return way


def find_territory(session: Session, root_id: int, *, on: date) -> Territory:
    """The territory of a unit on a day."""
    rows = session.execute(
        select(Unit.unit_id, Unit.parent_id)
        .join(UnitClosure, (UnitClosure.descendant_id == Unit.unit_id) & (UnitClosure.hierarchy == COMMAND))
        .where(UnitClosure.ancestor_id == root_id, Unit.valid_from <= on, on < Unit.valid_to)
    ).all()
    here = {unit_id for unit_id, _ in rows}
    # A unit whose parent ended without it hangs on the root, so that no figure is lost.
    parents = {
        unit_id: parent if parent in here else root_id for unit_id, parent in rows if unit_id != root_id
    }
    gone, levels = _gone_units(session, on)
    followed = _follow(session, gone, on)
    answers = {unit_id: unit_id for unit_id in here}
    answers |= {unit_id: heir for unit_id, heir in followed.items() if heir in here}
    # A dissolved unit below the root that leads nowhere stays with the root.
    answers |= dict.fromkeys(_gone_below(session, root_id, gone) - answers.keys(), root_id)
    own_level = levels.get(root_id)
    lineage = [root_id, *(u for u, heir in followed.items() if heir == root_id and levels[u] == own_level)]
    return Territory(root_id, label_on(session, here, on_date=on), parents, answers, tuple(sorted(lineage)))


def _gone_units(session: Session, on: date) -> tuple[dict[int, int | None], dict[int, str]]:
    """Units that do not exist any more on the day, each with the one above it; and the levels of all."""
    rows = session.execute(select(Unit.unit_id, Unit.parent_id, Unit.level, Unit.valid_to)).all()
    gone = {row.unit_id: row.parent_id for row in rows if row.valid_to <= on}
    return gone, {row.unit_id: row.level for row in rows}


def _follow(session: Session, gone: Mapping[int, int | None], on: date) -> dict[int, int]:
    """Dissolved unit → the unit of the day that answers for it."""
    rows = session.execute(
        select(UnitSuccession.from_unit_id, UnitSuccession.to_unit_id)
        .where(UnitSuccession.on_date <= on, UnitSuccession.is_default.is_(True))
        .order_by(UnitSuccession.on_date, UnitSuccession.to_unit_id)
    )
    next_of = {row.from_unit_id: row.to_unit_id for row in rows}
    followed = {}
    for unit_id in gone:
        at: int | None = unit_id
        for _ in range(_LONGEST_CHAIN):
            if at is None or at not in gone:
                break
            at = next_of.get(at, gone[at])
        if at is not None and at not in gone:
            followed[unit_id] = at
    return followed


def _gone_below(session: Session, root_id: int, gone: Mapping[int, int | None]) -> set[int]:
    below = session.scalars(
        select(UnitClosure.descendant_id).where(
            UnitClosure.ancestor_id == root_id, UnitClosure.hierarchy == COMMAND
        )
    )
    return set(below) & gone.keys()


def is_below(session: Session, unit_id: int, root_id: int | None) -> bool:
    """Whether a unit is the root or below it; everything is below no root."""
    if root_id is None or root_id == unit_id:
        return True
    found = select(UnitClosure.depth).where(
        UnitClosure.hierarchy == COMMAND,
        UnitClosure.ancestor_id == root_id,
        UnitClosure.descendant_id == unit_id,
    )
    return session.scalar(found) is not None
