"""Recording: a batch of statements enters the store as a whole, or not at all."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from xapi_bridge.database import driver_uuid
from xapi_bridge.errors import StatementConflict, StatementIdRepeated
from xapi_bridge.statement import Account, Statement
from xapi_bridge.store.activities import keep_definitions
from xapi_bridge.store.erased import find_rewritten, keep_erased_out
from xapi_bridge.store.first_look import FirstLook, look_first
from xapi_bridge.store.keys import Key, find_keys, find_payloads, key_rows, says_the_same
from xapi_bridge.store.models import TermKind
from xapi_bridge.store.new_rows import NewRows, insert_new_rows
from xapi_bridge.store.payload import authority_actor, build_payload, encode_authority
from xapi_bridge.store.postings import Postings, TermKey, agent_term, postings_of
from xapi_bridge.store.references import (
    Reference,
    connect_references,
    find_references,
    insert_references,
    void_stored_targets,
)
from xapi_bridge.store.sequence import hold_sequence, sequence_after
from xapi_bridge.store.terms import count_terms, number_and_count_terms


@dataclass(frozen=True, slots=True)
class _Numbered:
    """A statement that is new to the store, with what was assigned to it."""

    statement: Statement
    statement_id: UUID
    sequence: int
    postings: Postings


class Recorded(NamedTuple):
    """What came of a batch.

    Attributes:
        ids: in the order of the batch.
        through: the number up to which the store is complete for ever, once the transaction has committed.
    """

    ids: list[UUID]
    through: int


def record_statements(
    session: Session,
    statements: Sequence[Statement],
    *,
    authority: Account,
    now: datetime,
    may_void_others: bool = True,
    may_define: bool = True,
) -> list[UUID]:
    """Records the batch and returns the ids in its order; see `record_batch`."""
    return record_batch(
        session,
        statements,
        authority=authority,
        now=now,
        may_void_others=may_void_others,
        may_define=may_define,
    ).ids


def record_batch(
    session: Session,
    statements: Sequence[Statement],
    *,
    authority: Account,
    now: datetime,
    may_void_others: bool = True,
    may_define: bool = True,
) -> Recorded:
    """Records the batch; a statement that is known already is left alone.

    From here to the end of the transaction no other transaction can record, so let this be the last that a
    use case does.

    Args:
        authority: who vouches for the statements.
        now: the `stored` instant of the first one; moved up where the clock went back.
        may_void_others: whether a voiding statement takes back what another authority vouches for; if not, it
            takes effect only on statements of the same authority, in whatever order the two arrive.
        may_define: whether what the statements tell about activities is remembered (scope `define`).

    Raises:
        StatementIdRepeated: the batch uses an id twice.
        StatementConflict: another statement already has one of the ids.
        VoidingReachesTooFar: a known statement of another authority would be taken back.

    Spec: xAPI 1.0.3 Data 2.3, Communication 2.1.1 and 2.1.2.
    """
    ids = [statement.id or uuid4() for statement in statements]
    _refuse_repeated_ids(ids)
    hold_sequence(session)
    look = look_first(session, ids)
    if look.is_anyone_erased:
        statements = keep_erased_out(session, statements)
    known = find_keys(session, ids) if look.is_any_id_known else {}
    _refuse_conflicts(session, ids, statements, known)
    new = [(one, statement) for one, statement in zip(ids, statements, strict=True) if one not in known]
    if not new:
        return Recorded(ids, look.through)
    first = sequence_after(look.through, now=now)
    vouching = authority_actor(authority)
    fresh = [
        _Numbered(statement, one, first + place, postings_of(statement, authority=vouching))
        for place, (one, statement) in enumerate(new)
    ]
    numbers = _insert(session, fresh, look, authority=authority, may_void_others=may_void_others)
    if may_define:
        keep_definitions(session, [one.statement for one in fresh], numbers)
    return Recorded(ids, fresh[-1].sequence)


def _refuse_repeated_ids(ids: Sequence[UUID]) -> None:
    if len(set(ids)) == len(ids):
        return
    repeated = [str(one) for one, count in Counter(ids).items() if count > 1]
    raise StatementIdRepeated(f"The batch uses {', '.join(repeated[:10])} more than once.")


def _refuse_conflicts(
    session: Session, ids: Sequence[UUID], statements: Sequence[Statement], known: Mapping[UUID, Key]
) -> None:
    if not known:
        return
    payloads = find_payloads(session, known)
    differing = [
        one
        for one, statement in zip(ids, statements, strict=True)
        if one in known
        and not says_the_same(
            statement.raw,
            has_timestamp=statement.timestamp is not None,
            payload=payloads.get(one),
            digest=known[one].digest,
        )
    ]
    # What was rewritten to erase a person cannot be compared with what was sent; its id is enough.
    rewritten = find_rewritten(session, differing)
    conflicting = [str(one) for one in differing if one not in rewritten]
    if conflicting:
        raise StatementConflict(
            f"Another statement already has the id {', '.join(conflicting[:10])}. "
            "Nothing of the batch was stored; send the statement under a new id."
        )


def _insert(
    session: Session,
    fresh: Sequence[_Numbered],
    look: FirstLook,
    *,
    authority: Account,
    may_void_others: bool,
) -> Mapping[TermKey, int]:
    """Inserts what is new; returns the numbers of all its terms."""
    numbers = number_and_count_terms(session, count_terms([one.postings for one in fresh]))
    vouching = numbers[agent_term(("account", authority.home_page, authority.name))]
    ids = {one.statement_id: one.sequence for one in fresh}
    going_out = list(_references_of(fresh, only_authority=None if may_void_others else vouching))
    coming_in = find_references(session, list(ids)) if look.is_any_awaited else []
    voided = {one.target_id for one in [*going_out, *coming_in] if one.voids(authority=vouching)}
    rows = NewRows(
        key_rows(session, ids),
        list(_statement_rows(session, fresh, numbers, voided, authority=authority, vouching=vouching)),
        _posting_rows(fresh, numbers),
    )
    insert_new_rows(session, rows, through=fresh[-1].sequence)
    if going_out or coming_in:
        insert_references(session, going_out)
        void_stored_targets(session, [one for one in going_out if one.target_id not in ids])
        connect_references(session, [*going_out, *coming_in])
    return numbers


def _references_of(fresh: Sequence[_Numbered], *, only_authority: int | None) -> Iterable[Reference]:
    for one in fresh:
        target_id = one.statement.target_id
        if target_id is not None:
            is_voiding = one.statement.is_voiding
            yield Reference(
                target_id, one.sequence, one.statement_id, is_voiding, only_authority if is_voiding else None
            )


def _posting_rows(fresh: Sequence[_Numbered], numbers: Mapping[TermKey, int]) -> list[tuple[int, int, int]]:
    # In the order of the primary key, which touches each page of the index once.
    return sorted((numbers[key], one.sequence, mask) for one in fresh for key, mask in one.postings.items())


def _statement_rows(
    session: Session,
    fresh: Sequence[_Numbered],
    numbers: Mapping[TermKey, int],
    voided: set[UUID],
    *,
    authority: Account,
    vouching: int,
) -> Iterable[tuple[object, ...]]:
    """Rows of `xapi_statement`, in the order of its columns."""
    written, encoded = driver_uuid(session), encode_authority(authority)
    for one in fresh:
        statement, statement_id = one.statement, one.statement_id
        payload = build_payload(
            statement, statement_id=statement_id, sequence=one.sequence, authority=encoded
        )
        registration, target_id = statement.registration, statement.target_id
        yield (
            one.sequence,
            written(statement_id),
            numbers[TermKey(TermKind.VERB, statement.verb.id)],
            None if registration is None else written(registration),
            None if target_id is None else written(target_id),
            # A statement that takes back another one cannot itself be taken back (xAPI Data 2.3.2).
            statement_id in voided and not statement.is_voiding,
            payload.version,
            vouching,
            payload.text,
            payload.received,
        )
