"""Which texts of many say nearly the same: Jaccard likeness of folded trigrams (pure, quick for hundreds)."""

import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from content_packages.assessment.scoring import fold

#: From this share of common trigrams on, two stems may be one question asked twice. In the shipped
#: curriculum different questions stay below 0.68; a stem with one or two words changed stays above 0.75.
NEARLY_THE_SAME = 0.7
_LETTERS = 3


def shingles(text: str) -> frozenset[str]:
    """All runs of three letters of the text, without case, accents and doubled spaces."""
    plain = f" {fold(text)} "
    return frozenset(plain[start : start + _LETTERS] for start in range(len(plain) - _LETTERS + 1))


def likeness(one: frozenset[str], other: frozenset[str]) -> float:
    """Share of common shingles, 0.0 to 1.0."""
    return len(one & other) / len(one | other) if one or other else 1.0


def like_pairs(
    texts: Sequence[str], *, at_least: float = NEARLY_THE_SAME
) -> Iterator[tuple[int, int, float]]:
    """(Earlier, later, likeness) of all pairs of positions whose texts are that much alike.

    Prefix filter: with shingles sorted from rare to common, two sets with likeness t share one of the first
    n - ceil(t·n) + 1, so only texts that meet in the index are compared.
    """
    sets = [shingles(text) for text in texts]
    frequency = Counter(shingle for one in sets for shingle in one)
    index: dict[str, list[int]] = defaultdict(list)
    for later, one in enumerate(sets):
        rare_first = sorted(one, key=lambda shingle: (frequency[shingle], shingle))
        prefix = rare_first[: len(one) - math.ceil(at_least * len(one)) + 1]
        met = {earlier for shingle in prefix for earlier in index[shingle]}
        for earlier in sorted(met):
            found = likeness(sets[earlier], one)
            if found >= at_least:
                yield earlier, later, found
        for shingle in prefix:
            index[shingle].append(later)
