"""Taking back what a target was given: voiding statements that go to that target and are not ours.

xAPI knows no other way to ask another store to let go of a statement. The voiding statement is not recorded
here: our own statement stays, reduced or under a pseudonym, and counts go on. In the outbox it is a row whose
number is the statement's with a minus before it, so that it is sent, retried and given up like every other.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from hashlib import blake2b
from uuid import UUID, uuid5

import msgspec
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from sync.forwarding.models import ForwardedStatement, OutgoingStatement
from xapi_bridge.database import insert_if_absent
from xapi_bridge.store.models import StatementRow
from xapi_bridge.store.terms import in_chunks
from xapi_bridge.vocabulary import adl, cchc

#: Withdrawals of one target are independent of each other and of everything else.
_KEY_BYTES = 16


def is_withdrawal(outgoing: OutgoingStatement) -> bool:
    """Whether the row takes a statement back."""
    return outgoing.seq < 0


def withdrawal_id(statement_id: UUID) -> UUID:
    """The id of the voiding statement: the same on every attempt."""
    return uuid5(statement_id, "withdrawn")


def withdrawal_payload(outgoing: OutgoingStatement, *, iri_base: str) -> bytes:
    """The voiding statement; the same bytes on every attempt."""
    account = cchc.tool_authority(iri_base)
    actor = {"objectType": "Agent", "account": {"homePage": account.home_page, "name": account.name}}
    at = outgoing.queued_at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return msgspec.json.encode(
        {
            "id": str(withdrawal_id(outgoing.statement_id)),
            "actor": actor,
            "verb": {"id": adl.VOIDED, "display": {"en": "voided"}},
            "object": {"objectType": "StatementRef", "id": str(outgoing.statement_id)},
            "timestamp": at,
        }
    )


def find_given(session: Session, target_id: int, seqs: Sequence[int]) -> dict[int, UUID]:
    """Which of our statements a target holds, or may hold because we tried: number -> id."""
    found: dict[int, UUID] = {}
    for chunk in in_chunks(sorted(seqs)):
        given = select(ForwardedStatement.seq).where(
            ForwardedStatement.target_id == target_id, ForwardedStatement.seq.in_(chunk)
        )
        tried = select(OutgoingStatement.seq).where(
            OutgoingStatement.target_id == target_id,
            OutgoingStatement.seq.in_(chunk),
            OutgoingStatement.claims > 0,
        )
        rows = session.execute(
            select(StatementRow.seq, StatementRow.statement_id).where(
                StatementRow.seq.in_(given.union(tried))
            )
        )
        found |= {row.seq: row.statement_id for row in rows}
    return found


def is_any_in_flight(session: Session, seqs: Sequence[int], *, now: datetime) -> bool:
    """Whether a worker is sending one of these statements at this moment."""
    for chunk in in_chunks(sorted(seqs)):
        busy = select(OutgoingStatement.seq).where(
            OutgoingStatement.seq.in_(chunk), OutgoingStatement.is_claimed, OutgoingStatement.due_at > now
        )
        if session.execute(busy.limit(1)).first() is not None:
            return True
    return False


def forget_actor(session: Session, seqs: Sequence[int], *, actor_key: bytes) -> None:
    """Waiting rows and dead letters say no more whose statements they are, nor what a target answered."""
    for chunk in in_chunks(sorted(seqs)):
        session.execute(
            update(OutgoingStatement)
            .where(OutgoingStatement.seq.in_(chunk))
            .values(actor_key=actor_key, answer="")
            .execution_options(synchronize_session=False)
        )


def queue_withdrawals(session: Session, target_id: int, given: dict[int, UUID], *, now: datetime) -> int:
    """Puts a voiding statement for each statement into the target's outbox; returns how many are new."""
    rows = [
        {
            "target_id": target_id,
            "seq": -seq,
            "statement_id": statement_id,
            "actor_key": blake2b(statement_id.bytes, digest_size=_KEY_BYTES).digest(),
            "queued_at": now,
            "due_at": now,
            "is_claimed": False,
            "claims": 0,
            "attempts": 0,
            "reason": "",
            "answer": "",
            "note": "",
        }
        for seq, statement_id in sorted(given.items(), reverse=True)
    ]
    fresh = [row for row in rows if row["seq"] not in _withdrawn(session, target_id, sorted(given))]
    return insert_if_absent(session, OutgoingStatement.__table__, fresh)


def count_withdrawn(session: Session, target_id: int, seqs: Sequence[int]) -> int:
    """How many of the statements the target has taken the voiding of."""
    return len(_withdrawn(session, target_id, seqs))


def count_given(session: Session, target_id: int) -> int:
    """How many statements the target was given, withdrawals left out."""
    given = select(func.count()).where(ForwardedStatement.target_id == target_id, ForwardedStatement.seq > 0)
    return session.scalar(given) or 0


def _withdrawn(session: Session, target_id: int, seqs: Sequence[int]) -> set[int]:
    found: set[int] = set()
    for chunk in in_chunks([-seq for seq in seqs]):
        found |= set(
            session.scalars(
                select(ForwardedStatement.seq).where(
                    ForwardedStatement.target_id == target_id, ForwardedStatement.seq.in_(chunk)
                )
            )
        )
    return found
