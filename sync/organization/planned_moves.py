"""Posts that begin in the future: who is about to come, go, or change (decision on enrolling needs it)."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session, aliased

from sync.organization.models import COMMAND, Appointment, UnitClosure


@dataclass(frozen=True)
class PlannedMove:
    """A primary post that begins after the day asked for.

    Attributes:
        from_unit_id: unit of the primary post of the day before; `None`: the person comes from nowhere.
        leaves_cchc: the post before worked on administrative reform, this one does not.
    """

    person_id: int
    on: date
    from_unit_id: int | None
    to_unit_id: int
    leaves_cchc: bool


def list_planned_moves(session: Session, unit_id: int, *, after: date, limit: int = 500) -> list[PlannedMove]:
    """Moves into, out of or within a unit and everything below it, the next ones first."""
    coming, held = Appointment, aliased(Appointment)
    below = select(UnitClosure.descendant_id).where(
        UnitClosure.hierarchy == COMMAND, UnitClosure.ancestor_id == unit_id
    )
    rows = session.execute(
        select(
            coming.person_id, coming.valid_from, held.unit_id, coming.unit_id, held.is_cchc, coming.is_cchc
        )
        .outerjoin(
            held,
            and_(
                held.person_id == coming.person_id,
                held.is_primary.is_(True),
                held.valid_from < coming.valid_from,
                held.valid_to >= coming.valid_from,
            ),
        )
        .where(
            coming.is_primary.is_(True),
            coming.valid_from > after,
            or_(coming.unit_id.in_(below), held.unit_id.in_(below)),
        )
        .order_by(coming.valid_from, coming.person_id)
        .limit(limit)
    )
    return [
        PlannedMove(person_id, on, from_id, to_id, bool(was_cchc) and not is_cchc)
        for person_id, on, from_id, to_id, was_cchc, is_cchc in rows
    ]
