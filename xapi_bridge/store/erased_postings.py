"""The inverted index and the dictionary after statements were rewritten."""

import secrets
from collections import Counter
from collections.abc import Collection, Iterable, Mapping

from sqlalchemy import delete, exists, select, tuple_, update
from sqlalchemy.orm import Session

from xapi_bridge.database import insert_or_update
from xapi_bridge.store.models import Posting, Term, TermKind
from xapi_bridge.store.terms import count_postings, in_chunks


def exchange_postings(
    session: Session, candidates: Mapping[int, Collection[int]], wanted: Mapping[tuple[int, int], int]
) -> None:
    """Brings the postings of the statements to what is wanted, and the counters with them.

    Args:
        candidates: sequence number -> numbers of all terms that may stand in the statement now.
        wanted: (term number, sequence number) -> mask.
    """
    kept = _kept_postings(session, candidates)
    gone = sorted(kept.keys() - wanted.keys())
    for chunk in in_chunks(gone):
        session.execute(delete(Posting).where(tuple_(Posting.term_id, Posting.seq).in_(chunk)))
    rows = [
        {"term_id": term_id, "seq": seq, "mask": mask}
        for (term_id, seq), mask in sorted(wanted.items())
        if kept.get((term_id, seq)) != mask
    ]
    insert_or_update(session, Posting.__table__, rows)
    added = Counter(term_id for term_id, seq in wanted if (term_id, seq) not in kept)
    added.subtract(Counter(term_id for term_id, _ in gone))
    count_postings(session, {term_id: count for term_id, count in added.items() if count})
    blank_unused(session, {term_id for term_id, _ in gone})


def _kept_postings(session: Session, candidates: Mapping[int, Collection[int]]) -> dict[tuple[int, int], int]:
    keys = sorted((term_id, seq) for seq, term_ids in candidates.items() for term_id in term_ids)
    kept: dict[tuple[int, int], int] = {}
    for chunk in in_chunks(keys):
        rows = session.execute(
            select(Posting.term_id, Posting.seq, Posting.mask).where(
                tuple_(Posting.term_id, Posting.seq).in_(chunk)
            )
        )
        kept |= {(term_id, seq): mask for term_id, seq, mask in rows}
    return kept


def blank_unused(session: Session, term_ids: Iterable[int]) -> None:
    """People, registrations and activities that stand in no statement any more leave the dictionary.

    The numbered row stays, empty: to remove it, the database would look through all statements for foreign
    keys, one time per term, with every writer waiting.
    """
    for term_id in sorted(term_ids):
        session.execute(
            update(Term)
            .where(
                Term.term_id == term_id,
                Term.posting_count <= 0,
                Term.kind != TermKind.VERB,
                ~exists().where(Posting.term_id == Term.term_id),
            )
            .values(value="", digest=secrets.token_bytes(16))
            .execution_options(synchronize_session=False)
        )
