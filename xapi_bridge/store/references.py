"""What one statement does to another: a StatementRef passes on filters, a voiding takes back.

Both work in either order of arrival, because the reference is kept with the statement that makes it
(`xapi_statement.target_id`, indexed) and looked up again when its target arrives.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from sqlalchemy import exists, select, update
from sqlalchemy.orm import Session, aliased

from xapi_bridge.database import insert_or_update
from xapi_bridge.statement import Statement, parse_statement
from xapi_bridge.store.models import Part, Posting, StatementRow, TermKind
from xapi_bridge.store.postings import Postings, TermKey, postings_of
from xapi_bridge.store.terms import count_postings, find_terms, in_chunks
from xapi_bridge.vocabulary import adl


def connect_references(session: Session, fresh: Mapping[UUID, Statement]) -> None:
    """Lets every statement that points to another be found by the other's agent, verb, activity …

    Chains are followed to their end, also when a statement in their middle arrives last.

    Args:
        fresh: the statements just inserted.

    Spec: xAPI 1.0.3 Communication 2.1.4, StatementRefs.
    """
    pointing = {one for one, statement in fresh.items() if statement.target_id is not None}
    pointing |= _find_referrers(session, fresh)
    for chunk in in_chunks(sorted(pointing)):
        rows = session.execute(
            select(StatementRow.seq, StatementRow.statement_id, StatementRow.target_id).where(
                StatementRow.statement_id.in_(chunk)
            )
        )
        for sequence, statement_id, target_id in rows.all():
            _pass_on(session, _postings_along_chain(session, target_id, start=statement_id), to=sequence)


def void_targets(session: Session, fresh: Sequence[Statement], fresh_ids: Sequence[UUID]) -> None:
    """Marks as voided what a fresh statement takes back, and fresh statements that were taken back before.

    A statement that voids another cannot itself be voided (xAPI Data 2.3.2).
    """
    voided_verb = find_terms(session, [TermKey(TermKind.VERB, adl.VOIDED)])
    if not voided_verb:
        return
    number = next(iter(voided_verb.values()))
    targets = [one.target_id for one in fresh if one.is_voiding and one.target_id is not None]
    voiding = aliased(StatementRow)
    for chunk in in_chunks([*fresh_ids, *targets]):
        session.execute(
            update(StatementRow)
            .where(
                StatementRow.statement_id.in_(chunk),
                StatementRow.verb_term_id != number,
                exists().where(
                    voiding.target_id == StatementRow.statement_id, voiding.verb_term_id == number
                ),
            )
            .values(voided=True)
            .execution_options(synchronize_session=False)
        )


def _find_referrers(session: Session, ids: Iterable[UUID]) -> set[UUID]:
    """All statements that point to one of these, directly or through others."""
    found: set[UUID] = set()
    wave = list(ids)
    while wave:
        nearer: set[UUID] = set()
        for chunk in in_chunks(wave):
            nearer |= set(
                session.scalars(select(StatementRow.statement_id).where(StatementRow.target_id.in_(chunk)))
            )
        wave = sorted(nearer - found)
        found |= nearer
    return found


def _postings_along_chain(session: Session, target_id: UUID | None, *, start: UUID) -> Postings:
    """The terms of the target, of its own target, and so on. References may run in a circle."""
    collected: Counter[TermKey] = Counter()
    seen = {start}
    while target_id is not None and target_id not in seen:
        seen.add(target_id)
        row = session.execute(
            select(StatementRow.payload, StatementRow.target_id).where(StatementRow.statement_id == target_id)
        ).one_or_none()
        if row is None:
            break
        # Version 2.0.0 accepts all that 1.0.3 accepts, so it reads every stored statement.
        target = parse_statement(row.payload, version="2.0.0")
        if target.authority is not None:
            for key, part in postings_of(target, authority=target.authority).items():
                collected[key] |= int(part)
        target_id = row.target_id
    return {key: Part(mask) | Part.VIA_REF for key, mask in collected.items()}


def _pass_on(session: Session, postings: Postings, *, to: int) -> None:
    if not postings:
        return
    numbers = find_terms(session, postings)
    has_already = set(
        session.scalars(
            select(Posting.term_id).where(Posting.seq == to, Posting.term_id.in_(numbers.values()))
        )
    )
    rows = [{"term_id": numbers[key], "seq": to, "mask": int(part)} for key, part in sorted(postings.items())]
    insert_or_update(
        session, Posting.__table__, rows, change=lambda kept, new: {"mask": kept.c.mask.op("|")(new.mask)}
    )
    count_postings(session, Counter(number for number in numbers.values() if number not in has_already))
