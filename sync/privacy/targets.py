"""What other record stores were given of an erased person, and how far they are with letting go of it."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from sync.forwarding.models import ForwardingTarget
from sync.forwarding.withdrawals import count_withdrawn, find_given, queue_withdrawals
from sync.privacy.models import Erasure, ErasureTarget
from sync.privacy_errors import ErasureTargetUnknown
from xapi_bridge.statement.rewriting import Identifier
from xapi_bridge.store.erasure import find_named_seqs

NOTHING, ASKED, VOIDED, CONFIRMED = "none", "asked", "voided", "confirmed"

_LONGEST_NOTE = ErasureTarget.note.type.length or 0


@dataclass(frozen=True)
class GivenToTarget:
    """What one target was given: the person's own statements, and those of others that name the person."""

    target_id: int
    name: str
    own: dict[int, UUID]
    others: dict[int, UUID]


def find_given_statements(
    session: Session, identifiers: Sequence[Identifier], *, until: int
) -> list[GivenToTarget]:
    """For each target what it holds, or may hold, that names the person."""
    own, others = find_named_seqs(session, identifiers, until=until)
    targets = session.execute(
        select(ForwardingTarget.target_id, ForwardingTarget.name).order_by(ForwardingTarget.target_id)
    )
    return [
        GivenToTarget(
            target_id,
            name,
            find_given(session, target_id, own),
            find_given(session, target_id, others),
        )
        for target_id, name in targets.all()
    ]


def withdraw_from_targets(
    session: Session, erasure: Erasure, given: Sequence[GivenToTarget], *, now: datetime
) -> int:
    """Sends every target the voiding of the person's own statements, and keeps the list for its operator."""
    queued = 0
    for one in given:
        queued += queue_withdrawals(session, one.target_id, one.own, now=now)
        session.add(
            ErasureTarget(
                erasure_id=erasure.erasure_id,
                target_id=one.target_id,
                target_name=one.name,
                statements=len(one.own),
                state=ASKED if one.own or one.others else NOTHING,
                statement_ids=json.dumps(_listed(one)) if one.own or one.others else "",
                changed_at=now,
            )
        )
    session.flush()
    return queued


def _listed(given: GivenToTarget) -> dict[str, dict[str, str]]:
    return {
        "own": {str(seq): str(one) for seq, one in sorted(given.own.items())},
        "others": {str(seq): str(one) for seq, one in sorted(given.others.items())},
    }


def list_targets_of(session: Session, erasure_id: int) -> list[ErasureTarget]:
    """The state of each target, by its number."""
    return list(
        session.scalars(
            select(ErasureTarget)
            .where(ErasureTarget.erasure_id == erasure_id)
            .order_by(ErasureTarget.target_id)
        )
    )


def is_target_asked(session: Session) -> bool:
    """Whether a target has been asked and has not taken everything; takes no lock."""
    asked = select(ErasureTarget.target_id).where(ErasureTarget.state == ASKED).limit(1)
    return session.scalar(asked) is not None


def note_voided(session: Session, *, now: datetime) -> int:
    """Marks targets that have taken every voiding statement; returns how many."""
    marked = 0
    asked = session.scalars(select(ErasureTarget).where(ErasureTarget.state == ASKED).with_for_update())
    for target in asked.all():
        own = [int(seq) for seq in json.loads(target.statement_ids or "{}").get("own", {})]
        if len(own) == count_withdrawn(session, target.target_id, own):
            target.state, target.changed_at = VOIDED, now
            marked += 1
    session.flush()
    return marked


def list_for_operator(session: Session, erasure_id: int, target_id: int) -> str:
    """The list for the operator of the other store: what to delete, one statement id a line, no person.

    Raises:
        ErasureTargetUnknown: nothing went there, or its deletion was confirmed.
    """
    target = session.get(ErasureTarget, (erasure_id, target_id))
    if target is None or not target.statement_ids:
        raise ErasureTargetUnknown(
            "There is no list for this record store: nothing went there, or its deletion was confirmed."
        )
    listed = json.loads(target.statement_ids)
    lines = [f"{one},delete" for one in _in_order(listed["own"])]
    lines += [f"{one},remove the person" for one in _in_order(listed["others"])]
    return "statement_id,action\r\n" + "".join(f"{line}\r\n" for line in lines)


def _in_order(listed: dict[str, str]) -> list[str]:
    return [statement_id for _, statement_id in sorted(listed.items(), key=lambda one: int(one[0]))]


def confirm_target(
    session: Session, erasure_id: int, target_id: int, *, note: str, by: str, now: datetime
) -> None:
    """A person vouches that the other store has deleted; the list of ids is not needed any more.

    Raises:
        ErasureTargetUnknown: nothing of this erasure concerns that target, or the note is missing.
    """
    target = session.get(ErasureTarget, (erasure_id, target_id), with_for_update=True)
    if target is None or target.state == NOTHING:
        raise ErasureTargetUnknown("Nothing of this person went to that record store.")
    if not 0 < len(note.strip()) <= _LONGEST_NOTE:
        raise ErasureTargetUnknown(
            f"Write who confirmed the deletion, and how: 1 to {_LONGEST_NOTE} characters."
        )
    target.state, target.note, target.confirmed_by = CONFIRMED, note.strip(), by
    target.statement_ids, target.changed_at = "", now
    session.flush()
