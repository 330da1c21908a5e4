"""Which posts of a day belong to a unit: as the tree was on that day, or restated to a later day's units."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, and_, cast, func, null, or_, select
from sqlalchemy.orm import Session, aliased

from sync.kept import STAFF, keep
from sync.organization.models import Appointment, Unit, UnitSuccession
from sync.reports.population import below
from sync.reports.restatement import SuccessorMap

#: Ids per list: databases limit the parameters of one statement.
_SLICE = 400


@dataclass(frozen=True)
class Placing:
    """How posts find their units. `Appointment` and `Unit` must be in the query that is narrowed.

    Attributes:
        moved_to: the person's unit on the first day after the post's unit ended; null as it was.
        place: that unit, or else the post's: `unit_of` says to which unit of the tree it belongs.
    """

    moved_to: Any
    place: Any
    _rules: tuple[ColumnElement[bool], ...]
    _join: tuple[Any, ColumnElement[bool]] | None = None
    _successors: SuccessorMap | None = None
    _to: date = date.max

    def narrow(self, question: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
        """The query with only those posts that belong to the unit."""
        if self._join is not None:
            question = question.outerjoin(*self._join)
        return question.where(*self._rules)

    def unit_of(self, place: int) -> int:
        """The unit of the tree that is shown to which posts at `place` belong."""
        return place if self._successors is None else self._successors.unit_of(place, on=self._to)


def place_posts(
    session: Session, unit_id: int, *, on: date, restated_to: date | None, direct_only: bool = False
) -> Placing:
    """The posts at or below a unit.

    Args:
        direct_only: only posts in the unit itself.
        restated_to: a later day whose units take the people of `on`; `None`: the units of `on`.
    """
    if restated_to is None or restated_to <= on:
        # PostgreSQL groups by no bare NULL.
        at_unit = Appointment.unit_id == unit_id if direct_only else Appointment.unit_id.in_(below(unit_id))
        return Placing(cast(null(), Integer), Appointment.unit_id, (at_unit,))
    successors = read_successor_map(session)
    later = aliased(Appointment)
    on_next_day = and_(
        later.person_id == Appointment.person_id,
        later.is_primary.is_(True),
        Unit.valid_to <= restated_to,
        later.valid_from <= Unit.valid_to,
        Unit.valid_to < later.valid_to,
    )
    rules: list[ColumnElement[bool]] = []
    home = func.coalesce(later.unit_id, Appointment.unit_id)
    if successors.parents.get(unit_id) is not None or direct_only:
        here = {unit_id} if direct_only else set(session.scalars(below(unit_id)))
        targets = frozenset(one for one in here if successors.is_in_force(one, restated_to))
        sources = _sources(session, successors, unit_id, targets, on=restated_to)
        rules = [_may_come(unit_id, sources), _is_among(home, [*targets, *sources])]
    return Placing(later.unit_id, home, tuple(rules), (later, on_next_day), successors, restated_to)


def read_successor_map(session: Session) -> SuccessorMap:
    """All units with their default successors."""
    return keep(session, "successors", lambda: _read_successor_map(session), of=STAFF)


def _sources(
    session: Session, successors: SuccessorMap, unit_id: int, targets: frozenset[int], *, on: date
) -> list[int]:
    key = ("sources", targets if len(targets) == 1 else unit_id, on)
    return keep(session, key, lambda: successors.sources_of(targets, on=on), of=STAFF)


def _read_successor_map(session: Session) -> SuccessorMap:
    units = session.execute(select(Unit.unit_id, Unit.parent_id, Unit.valid_from, Unit.valid_to)).all()
    steps = session.execute(
        select(UnitSuccession.from_unit_id, UnitSuccession.to_unit_id).where(
            UnitSuccession.is_default.is_(True)
        )
    )
    return SuccessorMap(
        parents={unit_id: parent_id for unit_id, parent_id, _, _ in units},
        lives={unit_id: (first_day, ended) for unit_id, _, first_day, ended in units},
        successors={from_id: to_id for from_id, to_id in steps},  # noqa: C416 - rows are no pairs to mypy
    )


def _may_come(unit_id: int, sources: Sequence[int]) -> ColumnElement[bool]:
    """Leaves most posts unread: the person never was in the unit, and the post's unit did not join it."""
    ever_here = select(Appointment.person_id).where(Appointment.unit_id.in_(below(unit_id)))
    return or_(Appointment.person_id.in_(ever_here), _is_among(Appointment.unit_id, sources))


def _is_among(column: ColumnElement[int] | Any, ids: Sequence[int]) -> ColumnElement[bool]:
    slices = [column.in_(ids[start : start + _SLICE]) for start in range(0, max(len(ids), 1), _SLICE)]
    return or_(*slices)
