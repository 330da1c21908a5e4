"""What one statement does to another: a StatementRef passes on filters, a voiding takes back.

Both work in either order of arrival, because every reference is kept by the id of its target
(`xapi_statement_reference`) and looked up when that target arrives.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from xapi_bridge.database import (
    EngineSql,
    driver_uuid,
    insert_many,
    insert_or_update,
    run_sql,
    uuids_text,
)
from xapi_bridge.errors import VoidingReachesTooFar
from xapi_bridge.statement import parse_statement
from xapi_bridge.store.keys import find_keys
from xapi_bridge.store.models import (
    Part,
    Posting,
    StatementKey,
    StatementReference,
    StatementRow,
    TermKind,
)
from xapi_bridge.store.postings import Postings, TermKey, postings_of
from xapi_bridge.store.terms import count_postings, find_terms, in_chunks
from xapi_bridge.vocabulary import adl

# One parameter whatever the number of ids, so that the command is read and planned once.
_REFERENCES_TO = EngineSql(
    sqlite="SELECT target_id, seq, statement_id, is_voiding, only_authority_term_id "
    "FROM xapi_statement_reference WHERE target_id IN (SELECT value FROM json_each(?))",
    postgresql="SELECT target_id, seq, statement_id, is_voiding, only_authority_term_id "
    "FROM xapi_statement_reference WHERE target_id = ANY(%s::uuid[])",
)


@dataclass(frozen=True, slots=True)
class Reference:
    """One statement that is about another.

    Attributes:
        target_id: the other.
        seq, statement_id: of the statement that refers.
        is_voiding: whether it takes the other back.
        only_authority: it reaches only what this account vouches for (number of its term); None: anything.
    """

    target_id: UUID
    seq: int
    statement_id: UUID
    is_voiding: bool
    only_authority: int | None

    def voids(self, *, authority: int) -> bool:
        """Whether it takes back a target that `authority` vouches for."""
        return self.is_voiding and self.only_authority in {None, authority}


def find_references(session: Session, targets: Sequence[UUID]) -> list[Reference]:
    """Every reference to one of the targets, known to the store or not."""
    if not targets:
        return []
    rows = run_sql(session, _REFERENCES_TO, (uuids_text(session, targets),))
    return [
        Reference(_uuid(target), seq, _uuid(one), bool(is_voiding), only)
        for target, seq, one, is_voiding, only in rows
    ]


def insert_references(session: Session, references: Sequence[Reference]) -> None:
    """Keeps the references by their targets."""
    written = driver_uuid(session)
    insert_many(
        session,
        StatementReference.__table__,
        [
            (written(one.target_id), one.seq, written(one.statement_id), one.is_voiding, one.only_authority)
            for one in sorted(references, key=lambda one: (one.target_id, one.seq))
        ],
    )


def void_stored_targets(session: Session, references: Sequence[Reference]) -> None:
    """Marks as voided what the references take back and the store holds already.

    A statement that voids another cannot itself be voided (xAPI Data 2.3.2).

    Raises:
        VoidingReachesTooFar: a key that may take back only its own statements named another's.
    """
    voiding = {one.target_id: one for one in references if one.is_voiding}
    keys = find_keys(session, sorted(voiding))
    by_seq = {key.seq: voiding[one] for one, key in keys.items()}
    voiders = find_terms(session, [TermKey(TermKind.VERB, adl.VOIDED)]).values()
    for chunk in in_chunks(sorted(by_seq)):
        rows = session.execute(
            select(StatementRow.seq, StatementRow.authority_term_id, StatementRow.verb_term_id).where(
                StatementRow.seq.in_(chunk)
            )
        ).all()
        for seq, authority, _ in rows:
            _refuse_foreign(by_seq[seq], authority=authority)
        mark_voided(session, [seq for seq, _, verb in rows if verb not in voiders])


def find_voided(session: Session, statement_ids: Collection[UUID], *, through: int) -> set[UUID]:
    """Those that a statement up to `through` had taken back, as the store decided it.

    A statement that came later may have taken back others of them since: a follower that has not read it yet
    must not know.
    """
    voided: set[UUID] = set()
    for chunk in in_chunks(sorted(statement_ids)):
        voided |= set(
            session.scalars(
                select(StatementKey.statement_id)
                .join(StatementRow, StatementRow.seq == StatementKey.seq)
                .join(StatementReference, StatementReference.target_id == StatementKey.statement_id)
                .where(
                    StatementKey.statement_id.in_(chunk),
                    StatementRow.voided.is_(True),
                    StatementReference.is_voiding.is_(True),
                    StatementReference.seq <= through,
                    or_(
                        StatementReference.only_authority_term_id.is_(None),
                        StatementReference.only_authority_term_id == StatementRow.authority_term_id,
                    ),
                )
            )
        )
    return voided


def mark_voided(session: Session, sequences: Sequence[int]) -> None:
    """Marks the statements at these places as taken back."""
    for chunk in in_chunks(sorted(sequences)):
        session.execute(
            update(StatementRow)
            .where(StatementRow.seq.in_(chunk))
            .values(voided=True)
            .execution_options(synchronize_session=False)
        )


def connect_references(session: Session, pointing: Iterable[Reference]) -> None:
    """Lets every statement that points to another be found by the other's agent, verb, activity …

    Chains are followed to their end, also when a statement in their middle arrives last.

    Args:
        pointing: references from or to the statements just inserted.

    Spec: xAPI 1.0.3 Communication 2.1.4, StatementRefs.
    """
    found = _with_referrers(session, pointing)
    # A statement that refers may be in an archive, and would leave postings that lead nowhere.
    here: set[int] = set()
    for chunk in in_chunks([one.seq for one in found]):
        here |= set(session.scalars(select(StatementRow.seq).where(StatementRow.seq.in_(chunk))))
    for one in found:
        if one.seq in here:
            _pass_on(session, _postings_along_chain(session, one), to=one.seq)


def _refuse_foreign(reference: Reference, *, authority: int) -> None:
    if not reference.voids(authority=authority):
        raise VoidingReachesTooFar(
            f"The statement {reference.target_id} was recorded with another key. This key may take back only "
            "what it recorded itself; ask the operator of the record store."
        )


def _with_referrers(session: Session, first: Iterable[Reference]) -> list[Reference]:
    """The references, and all that point to them, directly or through others."""
    found = {one.statement_id: one for one in first}
    wave = list(found)
    while wave:
        nearer = {one.statement_id: one for one in find_references(session, sorted(wave))}
        wave = [one for one in nearer if one not in found]
        found |= nearer
    return sorted(found.values(), key=lambda one: one.seq)


def _postings_along_chain(session: Session, reference: Reference) -> Postings:
    """The terms of the target, of its own target, and so on. References may run in a circle."""
    collected: Counter[TermKey] = Counter()
    seen = {reference.statement_id}
    target_id: UUID | None = reference.target_id
    while target_id is not None and target_id not in seen:
        seen.add(target_id)
        key = find_keys(session, [target_id]).get(target_id)
        row = session.execute(
            select(StatementRow.payload, StatementRow.target_id).where(
                StatementRow.seq == (key.seq if key else -1)
            )
        ).one_or_none()
        if row is None:
            break
        # Version 2.0.0 accepts all that 1.0.3 accepts, so it reads every stored statement.
        target = parse_statement(row.payload, version="2.0.0")
        if target.authority is not None:
            for term, part in postings_of(target, authority=target.authority).items():
                collected[term] |= part
        target_id = row.target_id
    return {term: mask | int(Part.VIA_REF) for term, mask in collected.items()}


def _pass_on(session: Session, postings: Postings, *, to: int) -> None:
    if not postings:
        return
    numbers = find_terms(session, postings)
    has_already = set(
        session.scalars(
            select(Posting.term_id).where(Posting.seq == to, Posting.term_id.in_(numbers.values()))
        )
    )
    rows = [{"term_id": numbers[key], "seq": to, "mask": part} for key, part in sorted(postings.items())]
    insert_or_update(
        session, Posting.__table__, rows, change=lambda kept, new: {"mask": kept.c.mask.op("|")(new.mask)}
    )
    count_postings(session, Counter(number for number in numbers.values() if number not in has_already))


def _uuid(value: UUID | str) -> UUID:
    return value if isinstance(value, UUID) else UUID(value)
