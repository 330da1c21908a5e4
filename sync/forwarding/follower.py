"""From the store into a target's outbox: a follower for each target, with the bookmark in one transaction."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from sync.bookmarks import lock_bookmark
from sync.followers import Follower, follow_once, is_work_waiting
from sync.forwarding.filters import StatementFilter, lets_pass, read_filter
from sync.forwarding.models import ForwardedStatement, ForwardingTarget, OutgoingStatement
from sync.forwarding.targets import bookmark_name
from xapi_bridge.database import insert_if_absent
from xapi_bridge.store.follow import STORED_COLUMNS, StoredStatement, stored_from_row
from xapi_bridge.store.models import StatementRow, TermKind
from xapi_bridge.store.postings import TermKey
from xapi_bridge.store.terms import find_terms, in_chunks
from xapi_bridge.vocabulary import adl

_IDENTIFIERS = ("mbox", "mbox_sha1sum", "openid", "account")


def take_in_once(
    session: Session,
    target: ForwardingTarget,
    *,
    iri_base: str,
    limit: int,
    most_waiting: int,
    now: datetime,
) -> int:
    """Puts what passes of the next `limit` statements into a target's outbox; returns how many were read.

    Returns 0 without reading while `most_waiting` statements wait, so that a target that is away for days
    costs a bookmark and not a table.
    """
    lock_bookmark(session, bookmark_name(target.target_id))
    if target.paused_at is not None or count_waiting(session, target.target_id) >= most_waiting:
        return 0
    return follow_once(session, target_follower(target, iri_base=iri_base), limit=limit, now=now)


def is_taking_in(session: Session, target: ForwardingTarget) -> bool:
    """Whether the store has something that a target's follower has not read; asks without locking."""
    return target.paused_at is None and is_work_waiting(session, target_follower(target, iri_base=""))


def target_follower(target: ForwardingTarget, *, iri_base: str) -> Follower:
    """The follower that fills one target's outbox."""
    chosen = read_filter(target.filters)

    def take_in(session: Session, batch: Sequence[StoredStatement], _limit: int, now: datetime) -> int:
        passing = list(_passing(session, target.target_id, batch, chosen, iri_base=iri_base))
        queue_statements(session, target.target_id, passing, now=now)
        return 0

    return Follower(
        name=bookmark_name(target.target_id), take_in=take_in, count_other_work=lambda _session: 0
    )


def count_waiting(session: Session, target_id: int) -> int:
    """How many statements wait in a target's outbox, dead letters left out."""
    waiting = select(func.count()).where(
        OutgoingStatement.target_id == target_id, OutgoingStatement.due_at.is_not(None)
    )
    return session.scalar(waiting) or 0


def queue_statements(
    session: Session, target_id: int, statements: Sequence[StoredStatement], *, now: datetime
) -> None:
    """Puts statements into the outbox; those that wait there already stay as they are."""
    rows = [
        {
            "target_id": target_id,
            "seq": one.seq,
            "statement_id": one.statement_id,
            "actor_key": actor_key(msgspec.json.decode(one.payload)),
            "queued_at": now,
            "due_at": now,
            "is_claimed": False,
            "claims": 0,
            "attempts": 0,
            "reason": "",
            "answer": "",
            "note": "",
        }
        for one in sorted({one.seq: one for one in statements}.values(), key=lambda one: one.seq)
    ]
    insert_if_absent(session, OutgoingStatement.__table__, rows)


def actor_key(statement: Mapping[str, Any]) -> bytes:
    """16 bytes that are the same for all statements of one actor."""
    actor = statement.get("actor", {})
    named = {name: actor[name] for name in _IDENTIFIERS if name in actor} or actor
    return hashlib.blake2b(msgspec.json.encode(named, order="sorted"), digest_size=16).digest()


def _passing(
    session: Session,
    target_id: int,
    batch: Sequence[StoredStatement],
    chosen: StatementFilter,
    *,
    iri_base: str,
) -> Iterator[StoredStatement]:
    """What passes the filter, and every voiding of what was or will be forwarded, whichever came first."""
    passed: list[StoredStatement] = []
    voiding: dict[UUID, list[StoredStatement]] = {}
    for stored in batch:
        statement = msgspec.json.decode(stored.payload)
        if lets_pass(chosen, statement, iri_base=iri_base):
            passed.append(stored)
        elif (voided := _voided_by(statement)) is not None:
            voiding.setdefault(voided, []).append(stored)
    yield from passed
    known = {one.statement_id for one in passed} | _sent_or_waiting(session, target_id, sorted(voiding))
    for voided, takers_back in voiding.items():
        if voided in known:
            yield from takers_back
    yield from _earlier_voidings(session, target_id, [one for one in passed if one.voided])


def _voided_by(statement: Mapping[str, Any]) -> UUID | None:
    """The statement that this one takes back."""
    if statement["verb"]["id"] != adl.VOIDED:
        return None
    return UUID(statement["object"]["id"])


def _sent_or_waiting(session: Session, target_id: int, ids: Sequence[UUID]) -> set[UUID]:
    """Which of the statements the target holds, or is to get."""
    found: set[UUID] = set()
    for chunk in in_chunks(ids):
        for table in (ForwardedStatement, OutgoingStatement):
            given = exists().where(table.target_id == target_id, table.seq == StatementRow.seq)
            found |= set(
                session.scalars(
                    select(StatementRow.statement_id).where(StatementRow.statement_id.in_(chunk), given)
                )
            )
    return found


def _earlier_voidings(
    session: Session, target_id: int, taken_back: Sequence[StoredStatement]
) -> Iterator[StoredStatement]:
    """Voiding statements that came into the store before what they take back, and are not sent yet."""
    voided_verb = find_terms(session, [TermKey(TermKind.VERB, adl.VOIDED)]) if taken_back else {}
    for number in voided_verb.values():
        for chunk in in_chunks([one.statement_id for one in taken_back]):
            sent = exists().where(
                ForwardedStatement.target_id == target_id, ForwardedStatement.seq == StatementRow.seq
            )
            rows = session.execute(
                select(*STORED_COLUMNS).where(
                    StatementRow.target_id.in_(chunk), StatementRow.verb_term_id == number, ~sent
                )
            )
            newest = max(one.seq for one in taken_back)
            # Later ones come by themselves: the bookmark has not passed them.
            yield from (one for one in map(stored_from_row, rows) if one.seq < newest)
