"""What the index knows a passage by: its terms with how often each occurs, as bytes (pure).

A term is a folded syllable, a pair of neighbours, or the number of a legal document. It is kept as 64 bits of
its BLAKE2b digest, so a passage's postings depend on its text alone: no list of terms, no number that two
writers could give twice, the same bytes on every engine. Two terms out of a million meet with probability
3 in 100 million.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from content_packages.knowledge.law_numbers import law_numbers
from content_packages.knowledge.syllables import pairs, syllables

_TERM, _COUNT = np.dtype("<i8"), np.dtype("u1")
_MOST = 255


@dataclass(frozen=True)
class Postings:
    """A passage as the index keeps it.

    Attributes:
        length: syllables and pairs together.
        packed: term digests in ascending order, then as many counts.
    """

    length: int
    packed: bytes


@lru_cache(maxsize=1 << 18)
def term_digest(term: str) -> int:
    """64 bits that stand for the term, signed."""
    return int.from_bytes(blake2b(term.encode(), digest_size=8).digest(), "little", signed=True)


def postings_of(*fields: str) -> Postings:
    """The postings of a passage; no pair reaches from one field into the next."""
    counted: Counter[str] = Counter()
    for field in fields:
        listed = syllables(field)
        counted.update(listed)
        counted.update(pairs(listed))
        counted.update(term for number in law_numbers(field) for term in number.terms)
    return Postings(counted.total(), _packed((term_digest(term), n) for term, n in counted.items()))


def _packed(counts: Iterable[tuple[int, int]]) -> bytes:
    ordered = sorted(counts)
    terms = np.fromiter((term for term, _ in ordered), _TERM, len(ordered))
    often = np.fromiter((min(count, _MOST) for _, count in ordered), _COUNT, len(ordered))
    return terms.tobytes() + often.tobytes()


def unpacked(packed: bytes) -> tuple[NDArray[np.int64], NDArray[np.uint8]]:
    """Term digests and their counts."""
    size = len(packed) // (_TERM.itemsize + _COUNT.itemsize)
    terms = np.frombuffer(packed, _TERM, size)
    return terms, np.frombuffer(packed, _COUNT, size, offset=size * _TERM.itemsize)
