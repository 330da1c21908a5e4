"""A new list against the units in force: what is added, closed, renamed, reclassified, moved, merged (pure).

A node stays as long as its parent, level and territory do; only its name and kind may change. Everything
else closes the old node and makes a new one, joined by a succession.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from sync.organization.folding import comparison_key
from sync.organization.unit_import.lists import Conversion, ListedUnit, ListProblem, OfficialList

_TOP_DOWN = ("province", "district", "commune")


class ChangeKind(StrEnum):
    """What happens to a unit."""

    ADDED = "added"
    CLOSED = "closed"
    RENAMED = "renamed"
    RECLASSIFIED = "reclassified"
    #: The same unit under another parent.
    MOVED = "moved"
    #: Its territory comes from several units, or from a part of one.
    MERGED = "merged"
    #: A new node that takes over one whole unit.
    CONTINUED = "continued"


@dataclass(frozen=True)
class KnownUnit:
    """A unit in force on the day before.

    Attributes:
        parent: code of the unit above in the same scheme; empty: the country.
    """

    unit_id: int
    code: str
    level: str
    kind: str
    name: str
    parent: str


@dataclass(frozen=True)
class UnitChange:
    """One line of the difference; texts are empty where there is nothing."""

    kind: ChangeKind
    code: str
    level: str
    before: str
    after: str
    #: Codes of the units before (of a new one) or of the successors (of a closed one).
    others: tuple[str, ...] = ()


@dataclass(frozen=True)
class Step:
    """A succession to be written; both by code."""

    from_code: str
    to_code: str
    mode: str
    is_default: bool
    legal_basis: str


@dataclass(frozen=True)
class UnitDifference:
    """What a list would do.

    Attributes:
        kept: codes whose nodes stay; `relabelled` of them get another name or kind.
        made: new nodes, parents before children.
        closed: nodes that end.
    """

    changes: tuple[UnitChange, ...] = ()
    kept: frozenset[str] = frozenset()
    relabelled: tuple[ListedUnit, ...] = ()
    made: tuple[ListedUnit, ...] = ()
    closed: tuple[KnownUnit, ...] = ()
    steps: tuple[Step, ...] = ()
    problems: tuple[ListProblem, ...] = ()

    @property
    def is_applicable(self) -> bool:
        """Whether nothing is wrong with it and it does anything at all."""
        return not any(one.is_error for one in self.problems) and bool(self.changes)

    def count(self) -> dict[ChangeKind, int]:
        """How many units of each kind of change."""
        counted = Counter(change.kind for change in self.changes)
        return {kind: counted[kind] for kind in ChangeKind if counted[kind]}


@dataclass
class _Comparison:
    """The two lists, by code."""

    known: Mapping[str, KnownUnit]
    listed: Mapping[str, ListedUnit]
    same_scheme: bool
    into: Mapping[str, list[Conversion]]
    out_of: Mapping[str, list[Conversion]]
    kept: set[str] = field(default_factory=set)


def compare_lists(known: Sequence[KnownUnit], official: OfficialList, *, same_scheme: bool) -> UnitDifference:
    """What applying the list would do to the units in force.

    Args:
        known: units of the list that is replaced, on the day before.
        same_scheme: whether old and new codes are of one scheme, so that equal codes may be one node.
    """
    into, out_of = defaultdict(list), defaultdict(list)
    for conversion in official.conversions:
        into[conversion.to_code].append(conversion)
        out_of[conversion.from_code].append(conversion)
    both = _Comparison(
        {one.code: one for one in known}, {one.code: one for one in official.units}, same_scheme, into, out_of
    )
    by_level = [one for level in _TOP_DOWN for one in official.units if one.level == level]
    for one in by_level:
        if _stays(both, one):
            both.kept.add(one.code)
    closed = tuple(one for one in known if one.code not in both.kept)
    made = tuple(one for one in by_level if one.code not in both.kept)
    steps, assumed = _steps(both, closed, made)
    problems = (*official.problems, *_code_problems(both), *assumed, *_without_successor(closed, steps))
    relabelled = tuple(both.listed[code] for code in sorted(both.kept) if _is_relabelled(both, code))
    return UnitDifference(
        changes=(
            *_relabellings(both, relabelled),
            *_beginnings(both, made, steps),
            *_ends(both, closed, steps),
        ),
        kept=frozenset(both.kept),
        relabelled=relabelled,
        made=made,
        closed=closed,
        steps=steps,
        problems=problems,
    )


def _stays(both: _Comparison, unit: ListedUnit) -> bool:
    """Whether the node of the code goes on. Parents are looked at before children, because a new parent
    node makes new nodes of all below it.
    """
    before = both.known.get(unit.code)
    if not both.same_scheme or before is None:
        return False
    is_same_place = (before.level, before.parent) == (unit.level, unit.parent)
    is_same_ground = not any(one.from_code != unit.code for one in both.into[unit.code]) and not any(
        one.to_code != unit.code for one in both.out_of[unit.code]
    )
    return is_same_place and is_same_ground and (not unit.parent or unit.parent in both.kept)


def _is_relabelled(both: _Comparison, code: str) -> bool:
    before, after = both.known[code], both.listed[code]
    return before.kind != after.kind or comparison_key(before.name) != comparison_key(after.name)


def _steps(
    both: _Comparison, closed: Sequence[KnownUnit], made: Sequence[ListedUnit]
) -> tuple[tuple[Step, ...], list[ListProblem]]:
    closed_codes, made_codes = {one.code for one in closed}, {one.code for one in made}
    assumed: list[ListProblem] = []
    steps: list[Step] = []
    for old in closed:
        rows = [one for one in both.out_of[old.code] if one.to_code in both.listed]
        if not rows and both.same_scheme and old.code in made_codes:
            rows = [Conversion(old.code, old.code, "whole", True, both.listed[old.code].legal_basis)]
        defaults = [one for one in rows if one.is_default]
        if rows and len(defaults) != 1:
            assumed += [ListProblem("default_assumed", old.code, is_error=False)] if len(rows) > 1 else []
            defaults = [next((one for one in rows if one.mode == "whole"), rows[0])]
        steps += [
            Step(one.from_code, one.to_code, one.mode, one is defaults[0], one.legal_basis) for one in rows
        ]
    steps += _derived_steps(both, closed, steps)
    return tuple(step for step in steps if step.from_code in closed_codes), assumed


def _derived_steps(both: _Comparison, closed: Sequence[KnownUnit], steps: Sequence[Step]) -> list[Step]:
    """Where old districts and provinces went, from where their communes went, lowest level first."""
    target = {step.from_code: step.to_code for step in steps if step.is_default}
    acts = {step.from_code: step.legal_basis for step in steps}
    below: dict[str, list[str]] = defaultdict(list)
    for unit in closed:
        below[unit.parent].append(unit.code)
    levels = {one.level for one in both.listed.values()}
    derived = []
    for unit in sorted(closed, key=lambda one: _TOP_DOWN.index(one.level), reverse=True):
        wanted = unit.level if unit.level in levels else "province"
        went = [target[code] for code in below[unit.code] if code in target]
        places = Counter(_climb(both, code, to=wanted) for code in went)
        if unit.code in target or not places:
            continue
        act = next(acts[code] for code in below[unit.code] if code in acts)
        for number, (code, _) in enumerate(places.most_common()):
            mode = "whole" if len(places) == 1 else "part"
            derived.append(Step(unit.code, code, mode, number == 0, act))
        target[unit.code], acts[unit.code] = places.most_common(1)[0][0], act
    return derived


def _climb(both: _Comparison, code: str, *, to: str) -> str:
    """The unit of the new list at that level that holds the code."""
    unit = both.listed[code]
    while unit.level != to and unit.parent in both.listed:
        unit = both.listed[unit.parent]
    return unit.code


def _code_problems(both: _Comparison) -> list[ListProblem]:
    rows = [one for listed in both.out_of.values() for one in listed]
    return [
        *(ListProblem("old_code_unknown", one.from_code) for one in rows if one.from_code not in both.known),
        *(ListProblem("new_code_unknown", one.to_code) for one in rows if one.to_code not in both.listed),
    ]


def _without_successor(closed: Sequence[KnownUnit], steps: Sequence[Step]) -> list[ListProblem]:
    followed = {step.from_code for step in steps}
    return [
        ListProblem("no_successor", one.code, is_error=False) for one in closed if one.code not in followed
    ]


def _relabellings(both: _Comparison, relabelled: Sequence[ListedUnit]) -> list[UnitChange]:
    changes = []
    for after in relabelled:
        before = both.known[after.code]
        kind = ChangeKind.RENAMED if before.kind == after.kind else ChangeKind.RECLASSIFIED
        changes.append(
            UnitChange(
                kind, after.code, after.level, f"{before.kind} {before.name}", f"{after.kind} {after.name}"
            )
        )
    return changes


def _beginnings(both: _Comparison, made: Sequence[ListedUnit], steps: Sequence[Step]) -> list[UnitChange]:
    sources: dict[str, list[Step]] = defaultdict(list)
    for step in steps:
        sources[step.to_code].append(step)
    changes = []
    for unit in made:
        came = sources[unit.code]
        kind, before = _beginning(both, unit, came)
        others = tuple(step.from_code for step in came)
        changes.append(UnitChange(kind, unit.code, unit.level, before, f"{unit.kind} {unit.name}", others))
    return changes


def _beginning(both: _Comparison, unit: ListedUnit, came: Sequence[Step]) -> tuple[ChangeKind, str]:
    if not came:
        return ChangeKind.ADDED, ""
    if len(came) > 1 or came[0].mode != "whole":
        return ChangeKind.MERGED, ""
    before = both.known[came[0].from_code]
    is_same_unit = both.same_scheme and before.code == unit.code
    kind = ChangeKind.MOVED if is_same_unit and before.parent != unit.parent else ChangeKind.CONTINUED
    return kind, f"{before.kind} {before.name}"


def _ends(both: _Comparison, closed: Sequence[KnownUnit], steps: Sequence[Step]) -> list[UnitChange]:
    successors: dict[str, list[str]] = defaultdict(list)
    for step in steps:
        successors[step.from_code].append(step.to_code)
    return [
        UnitChange(
            ChangeKind.CLOSED, one.code, one.level, f"{one.kind} {one.name}", "", tuple(successors[one.code])
        )
        for one in closed
        if not (both.same_scheme and one.code in both.listed and successors[one.code] == [one.code])
    ]
