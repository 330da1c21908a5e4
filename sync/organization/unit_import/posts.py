"""The posts in units that end: they end too and go on in the successor, and can go back."""

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from sync.organization.models import Appointment
from sync.organization.staff_import.changes import POST_FIELDS, post_values
from sync.organization.staff_import.models import StaffBatch, StaffChange
from sync.organization.unit_import.slices import in_slices
from sync.rollups.dirty import mark_people_dirty


def move_posts(
    session: Session,
    closed_ids: Sequence[int],
    heirs: Mapping[int, int],
    *,
    on: date,
    by: str,
    now: datetime,
) -> tuple[int | None, int]:
    """Ends posts in closed units on the day and begins posts like them in the successors.

    A post that begins later is put into the successor; without a successor a running post just ends.

    Returns:
        The batch that can be undone (`None` when there was nothing), and how many posts it touched.
    """
    posts = [post for chunk in in_slices(closed_ids) for post in _posts_after(session, chunk, on=on)]
    if not posts:
        return None, 0
    batch = StaffBatch(kind="units", state="applied", made_by=by, made_at=now, applied_at=now)
    session.add(batch)
    session.flush()
    before = {post.appointment_id: post_values(post) for post in posts}
    continued = [_continued(post, heirs, on=on, now=now) for post in posts]
    for post in posts:
        if post.valid_from >= on:
            post.unit_id = heirs.get(post.unit_id, post.unit_id)
        else:
            post.valid_to = on
        post.recorded_at = now
    # The old posts must end in the database before the new ones may begin.
    session.flush()
    changes = [_changed(batch, post, before[post.appointment_id]) for post in posts]
    changes += _begin_posts(session, batch, [values for values in continued if values is not None])
    session.execute(insert(StaffChange), changes)
    mark_people_dirty(session, {post.person_id for post in posts})
    return batch.batch_id, len(posts)


def _posts_after(session: Session, unit_ids: Sequence[int], *, on: date) -> Sequence[Appointment]:
    return session.scalars(
        select(Appointment)
        .where(Appointment.unit_id.in_(unit_ids), Appointment.valid_to > on)
        .order_by(Appointment.appointment_id)
    ).all()


def _continued(
    post: Appointment, heirs: Mapping[int, int], *, on: date, now: datetime
) -> dict[str, Any] | None:
    if post.unit_id not in heirs or post.valid_from >= on:
        return None
    values = {name: getattr(post, name) for name in POST_FIELDS}
    return values | {"unit_id": heirs[post.unit_id], "valid_from": on, "recorded_at": now}


def _begin_posts(session: Session, batch: StaffBatch, rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    if not rows:
        return []
    begun = session.scalars(
        insert(Appointment).returning(Appointment, sort_by_parameter_order=True), list(rows)
    ).all()
    return [_change_row(batch, post, "post_added", "", _as_json(post_values(post))) for post in begun]


def _changed(batch: StaffBatch, post: Appointment, before: dict[str, Any]) -> dict[str, Any]:
    return _change_row(batch, post, "post_changed", _as_json(before), _as_json(post_values(post)))


def _change_row(batch: StaffBatch, post: Appointment, kind: str, before: str, after: str) -> dict[str, Any]:
    return {
        "batch_id": batch.batch_id,
        "row_number": 0,
        "kind": kind,
        "person_id": post.person_id,
        "thing_id": post.appointment_id,
        "before": before,
        "after": after,
        "kept_because": "",
    }


def _as_json(values: dict[str, Any]) -> str:
    return json.dumps(values, ensure_ascii=False, sort_keys=True)
