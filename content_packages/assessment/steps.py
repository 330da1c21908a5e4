"""Steps of an attempt: added to the end of its chain, read back, and checked link by link."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from content_packages.assessment.chain import Link, first_digest, next_digest
from content_packages.assessment.models import Attempt, AttemptItem, Step


@dataclass(frozen=True)
class ChainCheck:
    """Whether the steps of an attempt are those that were written.

    Attributes:
        state: `unchained` for attempts from before there were chains, or whose answers were erased.
        broken_at: number of the first step that does not fit; 0 when what was drawn was changed, and one
            more than there are steps when the last are missing.
    """

    state: Literal["intact", "broken", "unchained"]
    broken_at: int | None = None


def begin_chain(attempt: Attempt, items: Sequence[AttemptItem]) -> None:
    """Notes what was drawn as the beginning of the chain."""
    attempt.chain = _first(attempt, items)


def add_step(
    session: Session,
    attempt: Attempt,
    kind: str,
    content: Mapping[str, Any],
    *,
    at: datetime,
    item: AttemptItem | None = None,
    seq: int = 0,
    earned: float | None = None,
    made_by: str | None = None,
    client_id: str | None = None,
) -> Step:
    """The step, added behind the others.

    Args:
        attempt: locked, so that steps of one attempt come in turn.
        seq: place in the item's row of saves.
        earned: what the answer earns from now on, 0..1; None when the step says nothing about it.
        made_by: who decided, for a mark or a regrade.
    """
    attempt.steps += 1
    position = item.position if item is not None else 0
    link = Link(attempt.steps, position, seq, kind, content, earned, at)
    attempt.chain = next_digest(attempt.chain, link)
    step = Step(
        attempt_id=attempt.id,
        number=attempt.steps,
        item_id=item.id if item is not None else None,
        seq=seq,
        kind=kind,
        content=dict(content),
        earned=earned,
        made_by=made_by,
        client_id=client_id,
        saved_at=at,
        chain=attempt.chain,
    )
    session.add(step)
    session.flush()
    return step


def check_chain(session: Session, attempt_id: int) -> ChainCheck:
    """Computes the chain anew from the rows and compares it, from the first step to the head."""
    attempt = session.get_one(Attempt, attempt_id, populate_existing=True)
    items = session.scalars(
        select(AttemptItem).where(AttemptItem.attempt_id == attempt_id).order_by(AttemptItem.position)
    ).all()
    steps = session.scalars(select(Step).where(Step.attempt_id == attempt_id).order_by(Step.number)).all()
    if not attempt.chain or any(not step.chain for step in steps):
        return ChainCheck("unchained")
    return _compare(attempt, items, steps)


def _compare(attempt: Attempt, items: Sequence[AttemptItem], steps: Sequence[Step]) -> ChainCheck:
    position_of = {item.id: item.position for item in items}
    digest = _first(attempt, items)
    if not steps and digest != attempt.chain:
        return ChainCheck("broken", 0 if attempt.steps == 0 else 1)
    for number, step in enumerate(steps, start=1):
        position = position_of.get(step.item_id, 0) if step.item_id is not None else 0
        link = Link(number, position, step.seq, step.kind, step.content, step.earned, step.saved_at)
        digest = next_digest(digest, link)
        if step.number != number or step.chain != digest:
            return ChainCheck("broken", number)
    if attempt.steps != len(steps) or attempt.chain != digest:
        return ChainCheck("broken", len(steps) + 1)
    return ChainCheck("intact")


def _first(attempt: Attempt, items: Sequence[AttemptItem]) -> str:
    drawn = [(item.question_id, item.option_order) for item in sorted(items, key=lambda one: one.position)]
    return first_digest(
        package_digest=attempt.package_digest, quiz_id=attempt.quiz_id, seed=attempt.seed, drawn=drawn
    )
