"""From people and turns to the lines of units, levels and years: parts sum to their whole (no database)."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from sync.official_reports.figures import Counts, LevelLine, UnitLine
from sync.official_reports.ledger import LedgerLine
from sync.official_reports.people import PeriodTurns, StaffMember
from sync.official_reports.succession import Territory
from sync.organization.units import LEVELS, UnitOnDay
from sync.reports.vietnamese_order import vietnamese_key


def counts_by_unit(
    staff: Iterable[StaffMember], turns: Iterable[PeriodTurns], answers: Mapping[int, int]
) -> dict[int, Counts]:
    """Unit → the counts of the posts in the unit itself; of dissolved units in the one that answers."""
    by_unit: defaultdict[int, Counts] = defaultdict(Counts)
    for one in staff:
        by_unit[answers.get(one.unit_id, one.unit_id)] += counts_of_member(one)
    for turn in turns:
        by_unit[answers[turn.unit_id]] += Counts(period_people=int(turn.is_first), period_turns=turn.turns)
    return dict(by_unit)


def counts_of_member(one: StaffMember) -> Counts:
    """What one person adds to the stock."""
    return Counts(
        **{one.staff_category: 1},
        people=int(one.is_counted),
        accessed=int(one.is_counted and one.accessed_on is not None),
        trained=int(one.is_counted and one.trained_on is not None),
    )


def roll_up(own: Mapping[int, Counts], territory: Territory) -> dict[int, Counts]:
    """Unit → the counts of everything at or below it."""
    rolled: defaultdict[int, Counts] = defaultdict(Counts)
    for unit_id, counts in own.items():
        for above in territory.way_up(unit_id):
            rolled[above] += counts
    return dict(rolled)


def unit_lines(rolled: Mapping[int, Counts], territory: Territory) -> tuple[UnitLine, ...]:
    """Every unit below the root, each after the one above it, siblings in the order of levels and names."""
    children: defaultdict[int, list[UnitOnDay]] = defaultdict(list)
    for unit_id, parent_id in territory.parents.items():
        children[parent_id].append(territory.units[unit_id])
    lines: list[UnitLine] = []
    waiting = [(one, 1) for one in _ordered(children[territory.root_id])]
    while waiting:
        unit, depth = waiting.pop(0)
        counts = rolled.get(unit.unit_id, Counts())
        lines.append(UnitLine(unit.unit_id, unit.code, unit.name, unit.level, depth, counts))
        waiting[:0] = [(one, depth + 1) for one in _ordered(children[unit.unit_id])]
    return tuple(lines)


def level_lines(own: Mapping[int, Counts], territory: Territory) -> tuple[LevelLine, ...]:
    """The counts by the level of the unit of the post, from the top down; empty levels are left out."""
    by_level: defaultdict[str, Counts] = defaultdict(Counts)
    for unit_id, counts in own.items():
        by_level[territory.units[unit_id].level] += counts
    return tuple(LevelLine(level, by_level[level]) for level in LEVELS if by_level[level] != Counts())


def trained_by(staff: Iterable[StaffMember], day: date) -> int:
    """Of the people of the population, who had been trained by an earlier day."""
    return sum(one.is_counted and one.trained_on is not None and one.trained_on <= day for one in staff)


def ledger_of(staff: Iterable[StaffMember], turns: Iterable[PeriodTurns]) -> list[LedgerLine]:
    """What each person adds to the total."""
    people: dict[int, StaffMember] = {one.person_id: one for one in staff if one.is_counted}
    by_person: defaultdict[int, list[PeriodTurns]] = defaultdict(list)
    for turn in turns:
        by_person[turn.person_id].append(turn)
    return [
        _line(person, people.get(person), by_person[person]) for person in people.keys() | by_person.keys()
    ]


def _line(person_id: int, member: StaffMember | None, turns: Sequence[PeriodTurns]) -> LedgerLine:
    return LedgerLine(
        person_id,
        people=member is not None,
        accessed=member is not None and member.accessed_on is not None,
        trained=member is not None and member.trained_on is not None,
        period_people=any(one.is_first for one in turns),
        period_turns=sum(one.turns for one in turns),
    )


def _ordered(units: Iterable[UnitOnDay]) -> list[UnitOnDay]:
    return sorted(units, key=lambda one: (LEVELS.index(one.level), vietnamese_key(one.name), one.code))
