"""One person under two codes: who may be meant, and making one person of the two."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session, aliased

from sync.organization.folding import fold_name
from sync.organization.models import COMMAND, ActorIdentity, Appointment, Person, PersonDetail, UnitClosure
from sync.organization.staff_import.changes import ChangeLog
from sync.organization.staff_import.models import StaffBatch
from sync.organization_errors import PeopleNotMergeable
from sync.rollups.dirty import mark_people_dirty


@dataclass(frozen=True)
class Twins:
    """Two people of one name with posts in one unit; the older entry first.

    Attributes:
        unit_id: where both have, or had, a post.
        is_certain: both have the same position there; otherwise only name and unit are the same.
    """

    person_id: int
    other_id: int
    staff_code: str
    other_code: str
    full_name: str
    unit_id: int
    is_certain: bool


def suggest_twins(session: Session, *, root_id: int | None, limit: int = 100) -> list[Twins]:
    """People of the same name (in any case of letters) in the same unit, most certain first.

    Args:
        root_id: only in this unit and below it.
    """
    first, second = aliased(PersonDetail), aliased(PersonDetail)
    post, other = aliased(Appointment), aliased(Appointment)
    asked = (
        select(first, second, post.unit_id, post.position, other.position)
        .join(post, post.person_id == first.person_id)
        .join(other, and_(other.unit_id == post.unit_id, other.person_id > post.person_id))
        .join(second, second.person_id == other.person_id)
        .where(or_(first.full_name == second.full_name, first.full_name.ilike(second.full_name)))
        .order_by(first.person_id, second.person_id)
        .limit(10 * limit)
    )
    if root_id is not None:
        below = and_(UnitClosure.descendant_id == post.unit_id, UnitClosure.hierarchy == COMMAND)
        asked = asked.join(UnitClosure, below).where(UnitClosure.ancestor_id == root_id)
    found: dict[tuple[int, int], Twins] = {}
    for one, two, unit_id, position, other_position in session.execute(asked):
        is_certain = bool(position) and fold_name(position) == fold_name(other_position)
        key = (one.person_id, two.person_id)
        if key not in found or is_certain:
            found[key] = Twins(*key, one.staff_code, two.staff_code, one.full_name, unit_id, is_certain)
    return sorted(found.values(), key=lambda twins: not twins.is_certain)[:limit]


def merge_people(
    session: Session, *, keep_id: int, drop_id: int, scope_unit_id: int | None, by: str, now: datetime
) -> StaffBatch:
    """Makes one person of two: accounts and posts go to the one who stays, posts that both say fall away.

    The other person stays in the registry without posts and accounts, so that the code is never given anew.
    Both are counted again; `undo_batch` takes everything back.

    Raises:
        PeopleNotMergeable: the same person twice, or somebody who is not in the registry.
    """
    known = [session.get(Person, one) for one in (keep_id, drop_id)]
    if keep_id == drop_id or None in known:
        raise PeopleNotMergeable(
            f"{drop_id} cannot be merged into {keep_id}: choose two people of the registry."
        )
    batch = StaffBatch(
        kind="merge",
        state="applied",
        scope_unit_id=scope_unit_id,
        made_by=by,
        made_at=now,
        applied_at=now,
    )
    session.add(batch)
    session.flush()
    log = ChangeLog(session, batch, 0, now)
    accounts = select(ActorIdentity.identity_id).where(ActorIdentity.person_id == drop_id)
    for identity_id in session.scalars(accounts).all():
        log.move_account(identity_id, person_id=keep_id, by=by)
    kept = _primary_spans(session, keep_id)
    posts = session.scalars(
        select(Appointment).where(Appointment.person_id == drop_id).order_by(Appointment.valid_from)
    ).all()
    for post in posts:
        clashes = any(start < post.valid_to and post.valid_from < end for start, end in kept)
        if post.is_primary and clashes:
            log.remove_post(post.appointment_id)
        else:
            log.change_post(post.appointment_id, {"person_id": keep_id})
    mark_people_dirty(session, [keep_id, drop_id])
    return batch


def _primary_spans(session: Session, person_id: int) -> list[tuple[date, date]]:
    rows = session.execute(
        select(Appointment.valid_from, Appointment.valid_to).where(
            Appointment.person_id == person_id, Appointment.is_primary
        )
    )
    return [(start, end) for start, end in rows]
