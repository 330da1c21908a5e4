"""The dictionary: terms to numbers, and how often each is used."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import TypeVar

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from xapi_bridge.database import insert_if_absent
from xapi_bridge.store.models import Term
from xapi_bridge.store.postings import TermKey

#: Below every database's limit of parameters in one command.
CHUNK = 500

Item = TypeVar("Item")


def in_chunks(items: Sequence[Item]) -> Iterator[Sequence[Item]]:
    """The items in pieces that fit into one IN (…)."""
    for start in range(0, len(items), CHUNK):
        yield items[start : start + CHUNK]


def number_terms(session: Session, keys: Collection[TermKey]) -> dict[TermKey, int]:
    """The number of each term; unknown terms enter the dictionary.

    Only for the holder of the sequence lock, so that two writers cannot wait for each other.
    """
    numbers = find_terms(session, keys)
    missing = sorted(set(keys) - numbers.keys())
    if missing:
        rows = [
            {"kind": key.kind, "digest": key.digest, "value": key.value, "posting_count": 0}
            for key in missing
        ]
        insert_if_absent(session, Term.__table__, rows)
        numbers |= find_terms(session, missing)
    return numbers


def find_terms(session: Session, keys: Collection[TermKey]) -> dict[TermKey, int]:
    """The numbers of those terms that the dictionary knows."""
    by_digest = {key.digest: key for key in keys}
    numbers: dict[TermKey, int] = {}
    for digests in in_chunks(sorted(by_digest)):
        rows = session.execute(select(Term.digest, Term.term_id).where(Term.digest.in_(digests)))
        numbers |= {by_digest[bytes(digest)]: number for digest, number in rows}
    return numbers


def count_postings(session: Session, added: Mapping[int, int]) -> None:
    """Adds to the use counts: term number -> new postings."""
    if added:
        session.connection().execute(
            update(Term)
            .where(Term.term_id == bindparam("number"))
            .values(posting_count=Term.posting_count + bindparam("added")),
            [{"number": number, "added": count} for number, count in sorted(added.items())],
        )
