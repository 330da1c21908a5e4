"""Answers of an attempt: saved at once, never lost, never overwritten from a stale page."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from content_packages.assessment.attempts import GRACE, lock_attempt
from content_packages.assessment.models import IN_PROGRESS, Answer, Attempt, AttemptItem, Draft
from content_packages.assessment.responses import Response, read_response, written_response
from content_packages.contents import Package
from content_packages.errors import AnswerConflict, AttemptOver, ItemNotFound


@dataclass(frozen=True)
class ItemState:
    """One question of an attempt with the answer that counts now.

    Attributes:
        seq: how many saves the item has had; a page sends back the number that it was made with.
        response: None while nothing was saved.
    """

    item_id: int
    position: int
    question_id: str
    option_order: tuple[int, ...]
    seq: int
    response: Mapping[str, Any] | None
    saved_at: datetime | None

    @property
    def is_answered(self) -> bool:
        """Whether a saved answer says anything."""
        return bool(self.response)


@dataclass(frozen=True)
class SavedAnswer:
    """What is acknowledged to the learner."""

    seq: int
    saved_at: datetime


def read_items(session: Session, attempt_id: int) -> tuple[ItemState, ...]:
    """The questions of an attempt in the learner's order, each with the newest saved answer."""
    rows = session.scalars(
        select(AttemptItem).where(AttemptItem.attempt_id == attempt_id).order_by(AttemptItem.position)
    ).all()
    newest = _newest_saves(session, [row.id for row in rows])
    return tuple(_item_state(row, newest.get(row.id)) for row in rows)


def save_draft(
    session: Session,
    attempt_id: int,
    *,
    position: int,
    response: Response,
    seen_seq: int,
    now: datetime,
) -> SavedAnswer:
    """Keeps an answer while the learner still thinks; it counts if nothing newer comes.

    A repeated save (the reply got lost on the way) is acknowledged again.

    Args:
        seen_seq: the item's `seq` when the page was made.

    Raises:
        AttemptOver: the attempt is finished or its time is over.
        AnswerConflict: another page saved a different answer since.
    """
    item, newest = _item_for_save(session, attempt_id, position, now=now)
    written = written_response(response)
    known = _settle(newest, written, seen_seq, now=now)
    if known is not None:
        return known
    draft = session.get(Draft, item.id)
    if draft is None:
        draft = Draft(item_id=item.id, seq=seen_seq + 1, response=written, saved_at=now)
        session.add(draft)
    draft.seq, draft.response, draft.saved_at = seen_seq + 1, written, now
    session.flush()
    return SavedAnswer(draft.seq, now)


def save_answer(
    session: Session,
    attempt_id: int,
    *,
    position: int,
    response: Response,
    seen_seq: int,
    now: datetime,
) -> SavedAnswer:
    """Adds a step: the learner sent this answer and went on. The draft, being older, is done with.

    Args:
        seen_seq: the item's `seq` when the page was made.

    Raises:
        AttemptOver: the attempt is finished or its time is over.
        AnswerConflict: another page saved a different answer since.
    """
    item, newest = _item_for_save(session, attempt_id, position, now=now)
    written = written_response(response)
    known = _settle(newest, written, seen_seq, now=now)
    if known is not None:
        return known
    _delete_draft(session, item.id)
    session.add(Answer(item_id=item.id, seq=seen_seq + 1, response=written, saved_at=now))
    session.flush()
    return SavedAnswer(seen_seq + 1, now)


def promote_drafts(session: Session, attempt_id: int) -> None:
    """Turns what was only autosaved into answers, so that nothing is lost at the end."""
    drafts = session.scalars(
        select(Draft)
        .join(AttemptItem, AttemptItem.id == Draft.item_id)
        .where(AttemptItem.attempt_id == attempt_id)
    ).all()
    for draft in drafts:
        session.add(
            Answer(item_id=draft.item_id, seq=draft.seq, response=draft.response, saved_at=draft.saved_at)
        )
        session.delete(draft)
    session.flush()


def response_of(item: ItemState, package: Package) -> Response:
    """The saved answer of an item, read; empty when there is none."""
    return read_response(package.questions[item.question_id], item.response or {})


def _item_for_save(
    session: Session, attempt_id: int, position: int, *, now: datetime
) -> tuple[AttemptItem, Draft | Answer | None]:
    """The item with its newest save, its attempt held; refuses when the attempt is over."""
    attempt = lock_attempt(session, attempt_id)
    _refuse_if_over(attempt, now=now)
    item = session.scalar(
        select(AttemptItem).where(AttemptItem.attempt_id == attempt_id, AttemptItem.position == position)
    )
    if item is None:
        raise ItemNotFound(f"The attempt has no question {position}.")
    return item, _newest_saves(session, [item.id]).get(item.id)


def _refuse_if_over(attempt: Attempt, *, now: datetime) -> None:
    if attempt.state != IN_PROGRESS:
        raise AttemptOver("The attempt is finished; its answers can no longer change.")
    if attempt.due_at is not None and now > attempt.due_at + GRACE:
        raise AttemptOver("The time of the attempt is over; the answers saved before are handed in.")


def _settle(
    newest: Draft | Answer | None, written: dict[str, Any], seen_seq: int, *, now: datetime
) -> SavedAnswer | None:
    """None when the save may go on; the earlier acknowledgement when this save is already kept.

    To say nothing where nothing was said is no save at all.
    """
    current = newest.seq if newest is not None else 0
    kept = newest.response if newest is not None else {}
    if kept == written and seen_seq in {current, current - 1}:
        return SavedAnswer(current, newest.saved_at if newest is not None else now)
    if seen_seq != current:
        raise AnswerConflict(
            f"The question has {current} saves, the page knew {seen_seq}. Open the question again."
        )
    return None


def _delete_draft(session: Session, item_id: int) -> None:
    draft = session.get(Draft, item_id)
    if draft is not None:
        session.delete(draft)
        session.flush()


def _newest_saves(session: Session, item_ids: list[int]) -> dict[int, Draft | Answer]:
    answers = session.scalars(select(Answer).where(Answer.item_id.in_(item_ids)).order_by(Answer.seq))
    newest: dict[int, Draft | Answer] = {answer.item_id: answer for answer in answers}
    for draft in session.scalars(select(Draft).where(Draft.item_id.in_(item_ids))):
        if draft.item_id not in newest or draft.seq > newest[draft.item_id].seq:
            newest[draft.item_id] = draft
    return newest


def _item_state(row: AttemptItem, newest: Draft | Answer | None) -> ItemState:
    return ItemState(
        item_id=row.id,
        position=row.position,
        question_id=row.question_id,
        option_order=tuple(row.option_order),
        seq=newest.seq if newest is not None else 0,
        response=newest.response if newest is not None else None,
        saved_at=newest.saved_at if newest is not None else None,
    )
