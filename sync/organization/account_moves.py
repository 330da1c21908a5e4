"""Whose account it is: every change is written down, can be looked at before, and taken back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from sync.errors import IdentityUnknown, MoveNotUndoable, PersonUnknown
from sync.organization.claim_models import AccountMove
from sync.organization.models import ActorIdentity, Person
from sync.organization.staff import link_identity
from sync.rollups.definitions import FactKind
from sync.rollups.models import LearningFact

BY_LAUNCH: Final = "launch"
BY_CLAIM: Final = "claim"
_LONGEST_REASON: Final = 300


@dataclass(frozen=True)
class ModuleMoved:
    """What a move does to one module.

    Attributes:
        statements: facts of the account that are counted.
        from_before, from_after: first day of completion of the person who gives the account away.
        to_before, to_after: the same of the person who gets it.
    """

    module_iri: str
    statements: int
    from_before: date | None
    from_after: date | None
    to_before: date | None
    to_after: date | None


@dataclass(frozen=True)
class MovePreview:
    """What would change; None stands for nobody."""

    identity_id: int
    from_person_id: int | None
    to_person_id: int | None
    modules: tuple[ModuleMoved, ...]


def move_account(
    session: Session,
    identity_id: int,
    *,
    person_id: int | None,
    by: str,
    now: datetime,
    reason: str = "",
    undoes_id: int | None = None,
) -> AccountMove | None:
    """Gives the account to a person (or to nobody) and writes it down; both people are counted again.

    Returns:
        None when it is the person's already.

    Raises:
        IdentityUnknown, PersonUnknown.
    """
    identity = _hold(session, identity_id)
    before = identity.person_id
    if before == person_id:
        return None
    link_identity(session, identity_id, person_id=person_id, now=now)
    move = AccountMove(
        identity_id=identity_id,
        from_person_id=before,
        to_person_id=person_id,
        moved_at=now,
        by=by,
        reason=reason.strip()[:_LONGEST_REASON],
        undoes_id=undoes_id,
    )
    session.add(move)
    session.flush()
    return move


def undo_move(session: Session, move_id: int, *, by: str, now: datetime) -> AccountMove | None:
    """Gives the account back to whom it belonged before.

    Raises:
        MoveNotUndoable: the account went on since, or the move was taken back.
    """
    move = session.get(AccountMove, move_id)
    if move is None:
        raise MoveNotUndoable(f"There is no move {move_id}.")
    identity = _hold(session, move.identity_id)
    taken_back = session.scalar(select(AccountMove.move_id).where(AccountMove.undoes_id == move_id))
    if taken_back is not None or identity.person_id != move.to_person_id:
        raise MoveNotUndoable("The account was moved again since, or this move was taken back already.")
    return move_account(
        session, move.identity_id, person_id=move.from_person_id, by=by, now=now, undoes_id=move_id
    )


def list_moves(session: Session, *, limit: int, identity_id: int | None = None) -> Sequence[AccountMove]:
    """Moves, newest first."""
    asked = select(AccountMove).order_by(AccountMove.move_id.desc()).limit(limit)
    if identity_id is not None:
        asked = asked.where(AccountMove.identity_id == identity_id)
    return session.scalars(asked).all()


def preview_move(session: Session, identity_id: int, *, person_id: int | None) -> MovePreview:
    """What a move would change, module by module, from the facts; nothing is written.

    Raises:
        IdentityUnknown, PersonUnknown.
    """
    identity = session.get(ActorIdentity, identity_id)
    if identity is None:
        raise IdentityUnknown(f"There is no account {identity_id}.")
    if person_id is not None and session.get(Person, person_id) is None:
        raise PersonUnknown(f"There is no person {person_id}.")
    moving = _completions(session, [identity_id])
    giving = _completions(session, _accounts_of(session, identity.person_id))
    left = _completions(session, _accounts_of(session, identity.person_id, but=identity_id))
    getting = _completions(session, _accounts_of(session, person_id))
    return MovePreview(
        identity_id=identity_id,
        from_person_id=identity.person_id,
        to_person_id=person_id,
        modules=tuple(
            ModuleMoved(
                module_iri=iri,
                statements=count,
                from_before=giving.get(iri, (0, None))[1] if identity.person_id else None,
                from_after=left.get(iri, (0, None))[1],
                to_before=getting.get(iri, (0, None))[1],
                to_after=_first(getting.get(iri, (0, None))[1], day) if person_id else None,
            )
            for iri, (count, day) in sorted(moving.items())
        ),
    )


def _hold(session: Session, identity_id: int) -> ActorIdentity:
    identity = session.get(
        ActorIdentity, identity_id, with_for_update={"key_share": True}, populate_existing=True
    )
    if identity is None:
        raise IdentityUnknown(f"There is no account {identity_id}.")
    return identity


def _accounts_of(session: Session, person_id: int | None, *, but: int | None = None) -> list[int]:
    if person_id is None:
        return []
    asked = select(ActorIdentity.identity_id).where(ActorIdentity.person_id == person_id)
    return [one for one in session.scalars(asked) if one != but]


def _completions(session: Session, identity_ids: Sequence[int]) -> dict[str, tuple[int, date | None]]:
    """Module → how many facts the accounts have for it together, and the first day of completion."""
    if not identity_ids:
        return {}
    completed_on = case((LearningFact.kind == FactKind.COMPLETED.value, LearningFact.occurred_on))
    rows = session.execute(
        select(LearningFact.module_iri, func.count(), func.min(completed_on))
        .where(LearningFact.identity_id.in_(identity_ids), LearningFact.voided.is_(False))
        .group_by(LearningFact.module_iri)
    )
    return {iri: (count, day) for iri, count, day in rows}


def _first(one: date | None, other: date | None) -> date | None:
    return min((day for day in (one, other) if day is not None), default=None)
