"""Every change of the registry that belongs to a batch: done and written down in one step, and taken back."""

import json
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from sync.organization.account_moves import move_account
from sync.organization.models import ActorIdentity, Appointment, Person, PersonDetail
from sync.organization.staff import register_person
from sync.organization.staff_import.models import StaffBatch, StaffBatchRow, StaffChange
from sync.rollups.models import DirtyKey

#: The columns of a post that a change may touch.
POST_FIELDS: Final = (
    "person_id",
    "unit_id",
    "position",
    "staff_category",
    "is_cchc",
    "cchc_role",
    "is_primary",
    "valid_from",
    "valid_to",
)


@dataclass(frozen=True)
class ChangeLog:
    """Writes changes of one row of one batch."""

    session: Session
    batch: StaffBatch
    row_number: int
    now: datetime

    def add_person(self, *, staff_code: str, full_name: str) -> int:
        """A new person; returns the number."""
        person = register_person(self.session, staff_code=staff_code, full_name=full_name, now=self.now)
        self._note("person_added", person.person_id, None, after={"staff_code": staff_code})
        return person.person_id

    def rename(self, person_id: int, full_name: str) -> None:
        """Another name for a known person."""
        detail = self.session.get_one(PersonDetail, person_id)
        before, detail.full_name = detail.full_name, full_name
        self.session.flush()
        self._note("name_changed", person_id, None, {"full_name": before}, {"full_name": full_name})

    def add_post(self, values: dict[str, Any]) -> Appointment:
        """A post with these columns."""
        post = Appointment(**values, recorded_at=self.now)
        self.session.add(post)
        self.session.flush()
        self._note("post_added", post.person_id, post.appointment_id, after=post_values(post))
        return post

    def change_post(self, appointment_id: int, values: dict[str, Any]) -> None:
        """Other values for some columns of a post."""
        post = self.session.get_one(Appointment, appointment_id)
        before = post_values(post)
        for name, value in values.items():
            setattr(post, name, value)
        post.recorded_at = self.now
        self.session.flush()
        self._note("post_changed", post.person_id, appointment_id, before, post_values(post))

    def remove_post(self, appointment_id: int) -> None:
        """Takes a post away."""
        post = self.session.get_one(Appointment, appointment_id)
        before = post_values(post)
        self.session.delete(post)
        self.session.flush()
        self._note("post_removed", before["person_id"], appointment_id, before=before)

    def move_account(self, identity_id: int, *, person_id: int, by: str) -> None:
        """Gives an account to another person."""
        before = self.session.get_one(ActorIdentity, identity_id).person_id
        move_account(self.session, identity_id, person_id=person_id, by=by, now=self.now)
        self._note("account_moved", person_id, identity_id, {"person_id": before}, {"person_id": person_id})

    def _note(
        self,
        kind: str,
        person_id: int,
        thing_id: int | None,
        before: dict[str, Any] | None = None,
        after: dict[str, Any] | None = None,
    ) -> None:
        self.session.add(
            StaffChange(
                batch_id=self.batch.batch_id,
                row_number=self.row_number,
                kind=kind,
                person_id=person_id,
                thing_id=thing_id,
                before=_as_json(before),
                after=_as_json(after),
            )
        )
        self.session.flush()


def take_back(session: Session, change: StaffChange, *, by: str, now: datetime) -> str:
    """Undoes one change; returns why it was left as it is, or an empty text.

    `changed_later`: the registry holds something else than the change left there. `in_use`: something that
    came later hangs on the person. `posts_overlap`: a later post stands where the old one would return.
    """
    try:
        with session.begin_nested():
            because = _UNDO[change.kind](session, change, by, now)
            session.flush()
    except IntegrityError:
        because = "in_use" if change.kind == "person_added" else "posts_overlap"
        session.expire_all()
    return because


def post_values(post: Appointment) -> dict[str, Any]:
    """The columns of a post as JSON has them."""
    values = {name: getattr(post, name) for name in POST_FIELDS}
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in values.items()}


def forget_person_changes(session: Session, person_id: int, *, staff_code: str) -> int:
    """Empties what log and staged lists say about an erased person; such a change cannot be taken back."""
    said = json.dumps({"staff_code": staff_code}, ensure_ascii=False)[1:-1]
    session.execute(
        update(StaffBatchRow)
        .where(StaffBatchRow.content.contains(said, autoescape=True))
        .values(content="", effect="error")
        .execution_options(synchronize_session=False)
    )
    emptied = session.execute(
        update(StaffChange)
        .where(StaffChange.person_id == person_id)
        .values(before="", after="")
        .returning(StaffChange.change_id)
        .execution_options(synchronize_session=False)
    )
    return len(emptied.all())


def _undo_person_added(session: Session, change: StaffChange, _by: str, _now: datetime) -> str:
    person_id = change.person_id
    has_account = select(ActorIdentity.identity_id).where(ActorIdentity.person_id == person_id).limit(1)
    has_post = select(Appointment.appointment_id).where(Appointment.person_id == person_id).limit(1)
    if session.scalar(has_account) is not None or session.scalar(has_post) is not None:
        return "in_use"
    # Counts that still name the person keep the row: the foreign key of `PersonModule` refuses.
    for table in (DirtyKey, PersonDetail, Person):
        session.execute(
            delete(table).where(table.person_id == person_id).execution_options(synchronize_session="fetch")
        )
    return ""


def _undo_name_changed(session: Session, change: StaffChange, _by: str, _now: datetime) -> str:
    detail = session.get(PersonDetail, change.person_id)
    if detail is None or not change.after or detail.full_name != json.loads(change.after)["full_name"]:
        return "changed_later"
    detail.full_name = json.loads(change.before)["full_name"]
    return ""


def _undo_post_added(session: Session, change: StaffChange, _by: str, _now: datetime) -> str:
    post = _untouched_post(session, change)
    if post is None:
        return "changed_later"
    session.delete(post)
    return ""


def _undo_post_changed(session: Session, change: StaffChange, _by: str, now: datetime) -> str:
    post = _untouched_post(session, change)
    if post is None:
        return "changed_later"
    for name, value in _restored(change.before).items():
        setattr(post, name, value)
    post.recorded_at = now
    return ""


def _undo_post_removed(session: Session, change: StaffChange, _by: str, now: datetime) -> str:
    if not change.before or session.get(Person, change.person_id) is None:
        return "changed_later"
    session.add(Appointment(**_restored(change.before), recorded_at=now))
    return ""


def _undo_account_moved(session: Session, change: StaffChange, by: str, now: datetime) -> str:
    identity = session.get(ActorIdentity, change.thing_id)
    if identity is None or not change.after or identity.person_id != json.loads(change.after)["person_id"]:
        return "changed_later"
    move_account(
        session, identity.identity_id, person_id=json.loads(change.before)["person_id"], by=by, now=now
    )
    return ""


def _untouched_post(session: Session, change: StaffChange) -> Appointment | None:
    """The post, if it still is what the change made of it."""
    post = session.get(Appointment, change.thing_id, populate_existing=True)
    if post is None or not change.after or post_values(post) != json.loads(change.after):
        return None
    return post


def _restored(text: str) -> dict[str, Any]:
    values: dict[str, Any] = json.loads(text)
    return values | {name: date.fromisoformat(values[name]) for name in ("valid_from", "valid_to")}


def _as_json(values: dict[str, Any] | None) -> str:
    return "" if values is None else json.dumps(values, ensure_ascii=False, sort_keys=True)


_UNDO = {
    "person_added": _undo_person_added,
    "name_changed": _undo_name_changed,
    "post_added": _undo_post_added,
    "post_changed": _undo_post_changed,
    "post_removed": _undo_post_removed,
    "account_moved": _undo_account_moved,
}
