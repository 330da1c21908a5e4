"""Questions about units on a day: find, list, search, climb, follow to successors. They change nothing."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, case, or_, select
from sqlalchemy.orm import Session

from sync.errors import UnitUnknown
from sync.organization.folding import fold_name
from sync.organization.models import COMMAND, Unit, UnitClosure, UnitLabel, UnitSuccession

#: Order of the levels in lists: from the top down.
LEVELS = ("national", "central", "province", "district", "commune")
#: Ids per query: databases limit the parameters of one statement.
_SLICE = 500


@dataclass(frozen=True)
class UnitOnDay:
    """A unit as it was called on a day.

    Attributes:
        unit_id: the node; the same as long as parent, level and territory are.
        scheme: who gave the code.
        code: with leading zeros; unique within the scheme on a day.
        level: one of `LEVELS`.
        kind: tinh, thanh-pho, xa … on that day.
        name: full official name on that day.
        short_name: without the word of its kind.
        valid_from: first day of the unit (not of the name).
        valid_to: first day on which it no longer exists.
    """

    unit_id: int
    scheme: str
    code: str
    level: str
    kind: str
    name: str
    short_name: str
    valid_from: date
    valid_to: date

    def is_in_force(self, day: date) -> bool:
        """Whether the unit exists on that day."""
        return self.valid_from <= day < self.valid_to


@dataclass(frozen=True)
class FoundUnit:
    """A search result with the names above it, from the nation down, without the unit itself."""

    unit: UnitOnDay
    above: tuple[UnitOnDay, ...]


@dataclass(frozen=True)
class Succession:
    """One step between two units.

    Attributes:
        unit: the other unit: the successor, or the predecessor on its last day.
        on_date: first day of the new state.
        mode: whole, part or tasks.
        is_default: whether figures that cannot be divided go this way.
        legal_basis: the act.
    """

    unit: UnitOnDay
    on_date: date
    mode: str
    is_default: bool
    legal_basis: str


def find_unit(session: Session, *, scheme: str, code: str, on_date: date) -> UnitOnDay | None:
    """The unit with this code on that day; a code alone means different units at different times."""
    row = session.execute(
        _units_on(on_date).where(Unit.scheme == scheme, Unit.code == code, _in_force(on_date))
    ).one_or_none()
    return _unit_on_day(row) if row else None


def get_unit(session: Session, *, scheme: str, code: str, on_date: date) -> UnitOnDay:
    """As `find_unit`.

    Raises:
        UnitUnknown: there is none.
    """
    found = find_unit(session, scheme=scheme, code=code, on_date=on_date)
    if found is None:
        raise UnitUnknown(
            f"No unit has code {code!r} of {scheme!r} on {on_date.isoformat()}. "
            "Codes keep their leading zeros; until 30/06/2025 the scheme is QD124/2004, then QD19/2025."
        )
    return found


def find_nation(session: Session) -> UnitOnDay:
    """The root of the tree.

    Raises:
        UnitUnknown: the list of units is not loaded.
    """
    row = session.execute(_units_on(date.max).where(Unit.level == "national")).one_or_none()
    if row is None:
        raise UnitUnknown("There is no national root: load the list of units first (cchc units load).")
    return _unit_on_day(row)


def label_on(session: Session, unit_ids: Iterable[int], *, on_date: date) -> dict[int, UnitOnDay]:
    """Unit id → the unit with its name of that day; outside its life with its first or last name."""
    wanted = sorted(set(unit_ids))
    found: dict[int, UnitOnDay] = {}
    for start in range(0, len(wanted), _SLICE):
        rows = session.execute(_units_on(on_date).where(Unit.unit_id.in_(wanted[start : start + _SLICE])))
        found |= {row.unit_id: _unit_on_day(row) for row in rows}
    return found


def children_of(session: Session, unit_id: int, *, on_date: date) -> list[UnitOnDay]:
    """Units directly below one, in force on that day: by level, then by name."""
    rows = session.execute(
        _units_on(on_date)
        .where(Unit.parent_id == unit_id, _in_force(on_date))
        .order_by(_level_order(), UnitLabel.folded_name, Unit.code)
    )
    return [_unit_on_day(row) for row in rows]


def breadcrumb(session: Session, unit_id: int, *, on_date: date) -> list[UnitOnDay]:
    """The way from the nation down to the unit, itself included, in the line of command."""
    return _ways_down(session, [unit_id], on_date=on_date).get(unit_id, [])


def search_units(session: Session, text: str, *, on_date: date, limit: int = 20) -> list[FoundUnit]:
    """Units in force on that day whose name contains the text, best matches first.

    Upper case, tones and vowel marks do not matter. An exact name comes first, then names that begin with
    the text, then the others; higher levels before lower ones.
    """
    folded = fold_name(text)
    if not folded:
        return []
    name = UnitLabel.folded_name
    rank = case(
        (or_(name == folded, name.endswith(f" {folded}", autoescape=True)), 0),
        (or_(name.startswith(folded, autoescape=True), name.contains(f" {folded}", autoescape=True)), 1),
        else_=2,
    )
    rows = session.execute(
        _units_on(on_date)
        .where(_in_force(on_date), name.contains(folded, autoescape=True))
        .order_by(rank, _level_order(), name, Unit.code)
        .limit(limit)
    )
    units = [_unit_on_day(row) for row in rows]
    ways = _ways_down(session, [unit.unit_id for unit in units], on_date=on_date)
    return [FoundUnit(unit, tuple(ways[unit.unit_id][:-1])) for unit in units]


def successors_of(session: Session, unit_id: int) -> list[Succession]:
    """Who took over from the unit, the default successor first; empty: nobody did."""
    steps = session.scalars(
        select(UnitSuccession)
        .where(UnitSuccession.from_unit_id == unit_id)
        .order_by(UnitSuccession.on_date, UnitSuccession.is_default.desc(), UnitSuccession.to_unit_id)
    ).all()
    return _successions(session, [(step, step.to_unit_id, step.on_date) for step in steps])


def predecessors_of(session: Session, unit_id: int) -> list[Succession]:
    """From whom the unit took over, each as it was called on its last day."""
    steps = session.scalars(
        select(UnitSuccession)
        .where(UnitSuccession.to_unit_id == unit_id)
        .order_by(UnitSuccession.on_date, UnitSuccession.from_unit_id)
    ).all()
    return _successions(
        session, [(step, step.from_unit_id, step.on_date - timedelta(days=1)) for step in steps]
    )


def _successions(session: Session, steps: list[tuple[UnitSuccession, int, date]]) -> list[Succession]:
    named: dict[tuple[int, date], UnitOnDay] = {}
    for day in {day for _, _, day in steps}:
        others = label_on(session, [other for _, other, when in steps if when == day], on_date=day)
        named |= {(unit_id, day): unit for unit_id, unit in others.items()}
    return [
        Succession(named[other, day], step.on_date, step.mode, step.is_default, step.legal_basis)
        for step, other, day in steps
    ]


def _ways_down(session: Session, unit_ids: list[int], *, on_date: date) -> Mapping[int, list[UnitOnDay]]:
    rows = session.execute(
        select(UnitClosure.descendant_id, UnitClosure.ancestor_id)
        .where(UnitClosure.hierarchy == COMMAND, UnitClosure.descendant_id.in_(unit_ids))
        .order_by(UnitClosure.descendant_id, UnitClosure.depth.desc())
    ).all()
    named = label_on(session, [row.ancestor_id for row in rows], on_date=on_date)
    ways: dict[int, list[UnitOnDay]] = {}
    for row in rows:
        ways.setdefault(row.descendant_id, []).append(named[row.ancestor_id])
    return ways


def _units_on(day: date) -> Select[*tuple[Any, ...]]:
    """Units joined to the label of that day, or to the first or last one outside the unit's life."""
    covers = and_(UnitLabel.valid_from <= day, day < UnitLabel.valid_to)
    first = and_(UnitLabel.valid_from == Unit.valid_from, day < Unit.valid_from)
    last = and_(UnitLabel.valid_to == Unit.valid_to, day >= Unit.valid_to)
    return select(
        Unit.unit_id,
        Unit.scheme,
        Unit.code,
        Unit.level,
        UnitLabel.kind,
        UnitLabel.name,
        UnitLabel.short_name,
        Unit.valid_from,
        Unit.valid_to,
    ).join(UnitLabel, and_(UnitLabel.unit_id == Unit.unit_id, or_(covers, first, last)))


def _unit_on_day(row: Row[*tuple[Any, ...]]) -> UnitOnDay:
    return UnitOnDay(*row)


def _in_force(day: date) -> ColumnElement[bool]:
    return and_(Unit.valid_from <= day, day < Unit.valid_to)


def _level_order() -> ColumnElement[int]:
    return case({level: order for order, level in enumerate(LEVELS)}, value=Unit.level, else_=len(LEVELS))
