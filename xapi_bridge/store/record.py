"""Recording: a batch of statements enters the store as a whole, or not at all."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from xapi_bridge.errors import StatementConflict, StatementIdRepeated
from xapi_bridge.statement import Account, Statement, canonical_form
from xapi_bridge.store.models import Posting, StatementRow, TermKind
from xapi_bridge.store.payload import authority_actor, build_payload
from xapi_bridge.store.postings import Postings, TermKey, agent_term, postings_of
from xapi_bridge.store.references import connect_references, void_targets
from xapi_bridge.store.sequence import hold_sequence, next_sequence
from xapi_bridge.store.terms import count_postings, in_chunks, number_terms


@dataclass(frozen=True)
class _Numbered:
    """A statement that is new to the store, with what was assigned to it."""

    statement: Statement
    statement_id: UUID
    sequence: int
    postings: Postings


def record_statements(
    session: Session, statements: Sequence[Statement], *, authority: Account, now: datetime
) -> list[UUID]:
    """Records the batch and returns the ids in its order; a statement that is known already is left alone.

    From here to the end of the transaction no other transaction can record, so let this be the last that a
    use case does.

    Args:
        authority: who vouches for the statements.
        now: the `stored` instant of the first one; moved up where the clock went back.

    Raises:
        StatementIdRepeated: the batch uses an id twice.
        StatementConflict: another statement already has one of the ids.

    Spec: xAPI 1.0.3 Data 2.3, Communication 2.1.1 and 2.1.2.
    """
    ids = [statement.id or uuid4() for statement in statements]
    _refuse_repeated_ids(ids)
    hold_sequence(session)
    known = _find_known(session, ids)
    _refuse_conflicts(ids, statements, known)
    fresh = _number(session, ids, statements, known, authority=authority, now=now)
    if fresh:
        _insert(session, fresh, authority=authority)
        connect_references(session, {one.statement_id: one.statement for one in fresh})
        void_targets(session, [one.statement for one in fresh], [one.statement_id for one in fresh])
    return ids


def _refuse_repeated_ids(ids: Sequence[UUID]) -> None:
    repeated = [str(one) for one, count in Counter(ids).items() if count > 1]
    if repeated:
        raise StatementIdRepeated(f"The batch uses {', '.join(repeated[:10])} more than once.")


def _find_known(session: Session, ids: Sequence[UUID]) -> dict[UUID, bytes]:
    known: dict[UUID, bytes] = {}
    for chunk in in_chunks(ids):
        rows = session.execute(
            select(StatementRow.statement_id, StatementRow.payload).where(
                StatementRow.statement_id.in_(chunk)
            )
        )
        known |= {row.statement_id: row.payload for row in rows}
    return known


def _refuse_conflicts(
    ids: Sequence[UUID], statements: Sequence[Statement], known: Mapping[UUID, bytes]
) -> None:
    differing = [
        str(one)
        for one, statement in zip(ids, statements, strict=True)
        if one in known and not _says_the_same(statement, known[one])
    ]
    if differing:
        raise StatementConflict(
            f"Another statement already has the id {', '.join(differing[:10])}. "
            "Nothing of the batch was stored; send the statement under a new id."
        )


def _says_the_same(statement: Statement, stored: bytes) -> bool:
    timestamps_count = statement.timestamp is not None
    return canonical_form(statement.raw, with_timestamp=timestamps_count) == canonical_form(
        stored, with_timestamp=timestamps_count
    )


def _number(
    session: Session,
    ids: Sequence[UUID],
    statements: Sequence[Statement],
    known: Mapping[UUID, bytes],
    *,
    authority: Account,
    now: datetime,
) -> list[_Numbered]:
    first = next_sequence(session, now=now)
    vouching = authority_actor(authority)
    new = [(one, statement) for one, statement in zip(ids, statements, strict=True) if one not in known]
    return [
        _Numbered(statement, one, first + place, postings_of(statement, authority=vouching))
        for place, (one, statement) in enumerate(new)
    ]


def _insert(session: Session, fresh: Sequence[_Numbered], *, authority: Account) -> None:
    numbers = number_terms(session, {key for one in fresh for key in one.postings})
    vouching = numbers[agent_term(("account", authority.home_page, authority.name))]
    connection = session.connection()
    connection.execute(
        insert(StatementRow),
        [_statement_row(one, numbers, authority=authority, authority_term_id=vouching) for one in fresh],
    )
    connection.execute(
        insert(Posting),
        [
            {"term_id": numbers[key], "seq": one.sequence, "mask": int(part)}
            for one in fresh
            for key, part in one.postings.items()
        ],
    )
    count_postings(session, Counter(numbers[key] for one in fresh for key in one.postings))


def _statement_row(
    one: _Numbered, numbers: Mapping[TermKey, int], *, authority: Account, authority_term_id: int
) -> dict[str, object]:
    payload = build_payload(
        one.statement, statement_id=one.statement_id, sequence=one.sequence, authority=authority
    )
    return {
        "seq": one.sequence,
        "statement_id": one.statement_id,
        "verb_term_id": numbers[TermKey(TermKind.VERB, one.statement.verb.id)],
        "registration": one.statement.registration,
        "target_id": one.statement.target_id,
        "voided": False,
        "version": payload.version,
        "authority_term_id": authority_term_id,
        "payload": payload.text,
    }
