"""Answers of an attempt: saved at once, never lost, never overwritten from a stale page."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from content_packages.assessment.attempts import GRACE, lock_attempt
from content_packages.assessment.models import (
    ANSWER,
    IN_PROGRESS,
    MARK,
    REGRADE,
    SETTLED,
    TRY,
    Attempt,
    AttemptItem,
    Draft,
    Step,
)
from content_packages.assessment.own_saves import replaces
from content_packages.assessment.responses import Response, read_response, written_response
from content_packages.assessment.steps import add_step
from content_packages.contents import Package
from content_packages.errors import AnswerConflict, AnswerSettled, AttemptOver, ItemNotFound


@dataclass(frozen=True)
class ItemState:
    """One question of an attempt with the answer that counts now.

    Attributes:
        slot: place in the blueprint, from 1.
        seq: how many saves the item has had; a page sends back the number that it was made with.
        response: None while nothing was saved.
        tries: how often it was checked at once.
        is_settled: whether it was checked and no further try is allowed.
        earned: what the newest step says that the answer earns, 0..1; None when it says nothing.
        mark: what a person decided about an essay: `points` per criterion and `comment`.
        is_regraded: whether points were counted again by another key.
    """

    item_id: int
    position: int
    slot: int
    question_id: str
    option_order: tuple[int, ...]
    seq: int = 0
    response: Mapping[str, Any] | None = None
    saved_at: datetime | None = None
    client_id: str | None = None
    tries: int = 0
    is_settled: bool = False
    earned: float | None = None
    mark: Mapping[str, Any] | None = None
    is_regraded: bool = False

    @property
    def is_answered(self) -> bool:
        """Whether a saved answer says anything."""
        return bool(self.response)


@dataclass(frozen=True)
class SavedAnswer:
    """What is acknowledged to the learner."""

    seq: int
    saved_at: datetime


@dataclass(frozen=True)
class HeldItem:
    """An item whose attempt is held until the transaction ends."""

    attempt: Attempt
    row: AttemptItem
    state: ItemState


def read_items(session: Session, attempt_id: int) -> tuple[ItemState, ...]:
    """The questions of an attempt in the learner's order, each with what its steps and draft say."""
    rows = session.scalars(
        select(AttemptItem).where(AttemptItem.attempt_id == attempt_id).order_by(AttemptItem.position)
    ).all()
    return _item_states(session, list(rows))


def save_draft(
    session: Session,
    attempt_id: int,
    *,
    position: int,
    response: Response,
    seen_seq: int,
    now: datetime,
    client_id: str | None = None,
    after: Collection[str] = (),
) -> SavedAnswer:
    """Keeps an answer while the learner still thinks; it counts if nothing newer comes.

    A repeated save (the reply got lost on the way) is acknowledged again.

    Args:
        seen_seq: the item's `seq` when the page was made.
        client_id: the browser's own id of this save; the same id is never kept twice.
        after: ids of saves that the same browser made before and does not know the fate of.

    Raises:
        AttemptOver: the attempt is finished or its time is over.
        AnswerSettled: the answer was checked, and no further try is allowed.
        AnswerConflict: another page saved a different answer since.
    """
    held = hold_item(session, attempt_id, position, now=now)
    written = written_response(response)
    known = settle_save(session, held.state, written, seen_seq, client_id=client_id, after=after, now=now)
    if known is not None:
        return known
    draft = session.get(Draft, held.row.id)
    if draft is None:
        draft = Draft(item_id=held.row.id)
        session.add(draft)
    draft.seq, draft.response, draft.saved_at = held.state.seq + 1, written, now
    draft.client_id = client_id
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
    client_id: str | None = None,
) -> SavedAnswer:
    """Adds a step: the learner sent this answer and went on. The draft, being older, is done with.

    Args:
        seen_seq, client_id: as in `save_draft`.

    Raises:
        AttemptOver, AnswerSettled, AnswerConflict: as in `save_draft`.
    """
    held = hold_item(session, attempt_id, position, now=now)
    written = written_response(response)
    known = settle_save(session, held.state, written, seen_seq, client_id=client_id, now=now)
    if known is not None:
        return known
    return add_answer(session, held, ANSWER, written, now=now, client_id=client_id)


def add_answer(
    session: Session,
    held: HeldItem,
    kind: str,
    written: Mapping[str, Any],
    *,
    now: datetime,
    earned: float | None = None,
    client_id: str | None = None,
) -> SavedAnswer:
    """Adds a step with an answer; a draft of the item is older and goes."""
    draft = session.get(Draft, held.row.id)
    if draft is not None:
        session.delete(draft)
        session.flush()
    seq = held.state.seq + 1
    add_step(
        session,
        held.attempt,
        kind,
        written,
        at=now,
        item=held.row,
        seq=seq,
        earned=earned,
        client_id=client_id,
    )
    return SavedAnswer(seq, now)


def promote_drafts(session: Session, attempt: Attempt) -> None:
    """Turns what was only autosaved into steps, so that nothing is lost at the end."""
    found = session.execute(
        select(Draft, AttemptItem)
        .join(AttemptItem, AttemptItem.id == Draft.item_id)
        .where(AttemptItem.attempt_id == attempt.id)
        .order_by(AttemptItem.position)
    ).all()
    for draft, item in found:
        seq, written, at, client_id = draft.seq, draft.response, draft.saved_at, draft.client_id
        session.delete(draft)
        add_step(session, attempt, ANSWER, written, at=at, item=item, seq=seq, client_id=client_id)
    session.flush()


def response_of(item: ItemState, package: Package) -> Response:
    """The saved answer of an item, read; empty when there is none."""
    return read_response(package.questions[item.question_id], item.response or {})


def hold_item(session: Session, attempt_id: int, position: int, *, now: datetime) -> HeldItem:
    """The item with its newest save, its attempt held.

    Raises:
        AttemptOver: the attempt is finished or its time is over.
        ItemNotFound: the attempt has no such question.
    """
    attempt = lock_attempt(session, attempt_id)
    _refuse_if_over(attempt, now=now)
    row = session.scalar(
        select(AttemptItem).where(AttemptItem.attempt_id == attempt_id, AttemptItem.position == position)
    )
    if row is None:
        raise ItemNotFound(f"The attempt has no question {position}.")
    return HeldItem(attempt, row, _item_states(session, [row])[0])


def settle_save(
    session: Session,
    item: ItemState,
    written: Mapping[str, Any],
    seen_seq: int,
    *,
    client_id: str | None,
    now: datetime,
    after: Collection[str] = (),
) -> SavedAnswer | None:
    """None when the save may go on; the earlier acknowledgement when this save is already kept.

    To say nothing where nothing was said is no save at all, nor is to say again what stands there.

    Raises:
        AnswerSettled: the answer was checked, and no further try is allowed.
        AnswerConflict: another page saved a different answer since.
    """
    known = _kept_save(session, item, client_id)
    if known is not None:
        return known
    if dict(item.response or {}) == written:
        return SavedAnswer(item.seq, item.saved_at or now)
    if item.is_settled:
        raise AnswerSettled("This answer was checked; it can no longer change.")
    if seen_seq != item.seq and not replaces(client_id, after, kept=item.client_id):
        raise AnswerConflict(
            f"The question has {item.seq} saves, the page knew {seen_seq}. Open the question again."
        )
    return None


def _kept_save(session: Session, item: ItemState, client_id: str | None) -> SavedAnswer | None:
    """The acknowledgement of a save that came before, with its own number: a page that goes on from there
    meets what came after it."""
    if client_id is None:
        return None
    if item.client_id == client_id and item.saved_at is not None:
        return SavedAnswer(item.seq, item.saved_at)
    step = session.scalar(select(Step).where(Step.item_id == item.item_id, Step.client_id == client_id))
    return SavedAnswer(step.seq, step.saved_at) if step is not None else None


def _refuse_if_over(attempt: Attempt, *, now: datetime) -> None:
    if attempt.state != IN_PROGRESS:
        raise AttemptOver("The attempt is finished; its answers can no longer change.")
    if attempt.due_at is not None and now > attempt.due_at + GRACE:
        raise AttemptOver("The time of the attempt is over; the answers saved before are handed in.")


def _item_states(session: Session, rows: list[AttemptItem]) -> tuple[ItemState, ...]:
    ids = [row.id for row in rows]
    states = {
        row.id: ItemState(row.id, row.position, row.slot, row.question_id, tuple(row.option_order))
        for row in rows
    }
    for step in session.scalars(select(Step).where(Step.item_id.in_(ids)).order_by(Step.seq)):
        assert step.item_id is not None  # noqa: S101 - asked for by item
        states[step.item_id] = _after_step(states[step.item_id], step)
    for draft in session.scalars(select(Draft).where(Draft.item_id.in_(ids))):
        if draft.seq > states[draft.item_id].seq:
            states[draft.item_id] = _after_draft(states[draft.item_id], draft)
    return tuple(states[row.id] for row in rows)


def _after_step(item: ItemState, step: Step) -> ItemState:
    if step.kind == MARK:
        return replace(item, seq=step.seq, earned=step.earned, mark=step.content)
    if step.kind == REGRADE:
        return replace(item, seq=step.seq, earned=step.earned, is_regraded=True)
    return replace(
        item,
        seq=step.seq,
        response=step.content,
        saved_at=step.saved_at,
        client_id=step.client_id,
        tries=item.tries + (step.kind in {TRY, SETTLED}),
        is_settled=step.kind == SETTLED,
        earned=step.earned,
    )


def _after_draft(item: ItemState, draft: Draft) -> ItemState:
    return replace(
        item,
        seq=draft.seq,
        response=draft.response,
        saved_at=draft.saved_at,
        client_id=draft.client_id,
        earned=None,
    )
