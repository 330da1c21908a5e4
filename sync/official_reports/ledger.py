"""Who stands behind the frozen figures, and why figures differ later, person by person (pure).

A ledger is kept beside a frozen report. Held against the ledger of today it explains every difference without
a rest: reported + late − withdrawn + moved = now (decision 0059).
"""

import zlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import msgspec


@dataclass(frozen=True)
class LedgerLine:
    """What one person adds to the figures of a report's whole unit; see `figures.Counts`."""

    person_id: int
    people: bool = False
    accessed: bool = False
    trained: bool = False
    period_people: bool = False
    period_turns: int = 0


@dataclass(frozen=True)
class Difference:
    """One figure, as it was reported and as it is now.

    Attributes:
        what: the name of the figure in `LedgerLine`.
        late: what came in afterwards about days of the report.
        withdrawn: what was voided since.
        moved: what posts that were entered or changed since bring (positive) or take away.
    """

    what: str
    reported: int
    now: int
    late: int
    withdrawn: int
    moved: int

    @property
    def change(self) -> int:
        """Now minus reported."""
        return self.now - self.reported


_STOCK: Final = ("accessed", "trained")
_FLOW: Final = ("period_people", "period_turns")
COMPARED: Final = ("people", *_STOCK, *_FLOW)


def pack_ledger(lines: Iterable[LedgerLine]) -> bytes:
    """The ledger as it is kept: compressed, people who add nothing left out."""
    rows = [
        (one.person_id, one.people, one.accessed, one.trained, one.period_people, one.period_turns)
        for one in sorted(lines, key=lambda one: one.person_id)
        if one != LedgerLine(one.person_id)
    ]
    return zlib.compress(msgspec.json.encode(rows), level=6)


def unpack_ledger(kept: bytes) -> list[LedgerLine]:
    """The ledger that `pack_ledger` wrote."""
    rows = msgspec.json.decode(zlib.decompress(kept), type=list[tuple[int, bool, bool, bool, bool, int]])
    return [LedgerLine(*row) for row in rows]


def explain(
    reported: Sequence[LedgerLine],
    now: Sequence[LedgerLine],
    *,
    moved_people: Collection[int],
    elsewhere: Collection[int],
) -> list[Difference]:
    """Every compared figure with its reasons, those without a difference too.

    Args:
        moved_people: people with a post that was entered or changed since the report was made.
        elsewhere: people who have first completions in the period that other units are credited with.
    """
    before = {one.person_id: one for one in reported}
    after = {one.person_id: one for one in now}
    return [
        _explain_figure(what, before, after, moved=set(moved_people), elsewhere=set(elsewhere))
        for what in COMPARED
    ]


def _explain_figure(
    what: str,
    before: Mapping[int, LedgerLine],
    after: Mapping[int, LedgerLine],
    *,
    moved: set[int],
    elsewhere: set[int],
) -> Difference:
    sums = {"late": 0, "withdrawn": 0, "moved": 0}
    for person_id in before.keys() | after.keys():
        old = before.get(person_id, LedgerLine(person_id))
        new = after.get(person_id, LedgerLine(person_id))
        change = int(getattr(new, what)) - int(getattr(old, what))
        if change:
            is_moved = _is_moved(what, old, new, change, moved=moved, elsewhere=elsewhere)
            sums["moved" if is_moved else "late" if change > 0 else "withdrawn"] += change
    return Difference(
        what,
        reported=sum(int(getattr(one, what)) for one in before.values()),
        now=sum(int(getattr(one, what)) for one in after.values()),
        late=sums["late"],
        withdrawn=-sums["withdrawn"],
        moved=sums["moved"],
    )


def _is_moved(
    what: str, old: LedgerLine, new: LedgerLine, change: int, *, moved: set[int], elsewhere: set[int]
) -> bool:
    """Whether a post, and not learning, made the difference of one person."""
    if what == "people":
        return True
    if what in _STOCK:
        return old.people != new.people
    return new.person_id in moved if change > 0 else new.person_id in (moved & elsewhere)
