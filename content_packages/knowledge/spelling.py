"""Typing errors mended by what stands beside them (pure).

A syllable is doubted when the knowledge base does not know it, or never has it beside its neighbours. It
gives way to one that differs by one letter and does stand beside them somewhere. What fits is never touched.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from string import ascii_lowercase
from typing import Protocol

from content_packages.knowledge.syllables import QUESTION_WORDS

_LONGEST_COMPLETION = 2
_SHORTEST_SPLIT = 4
#: No syllable has more than seven letters; two run together and a slip make fifteen.
_LONGEST_MENDED = 15
_DOUBLES, _MARKS = re.compile(r"([aeod])\1"), re.compile(r"[sfrxj]$|(?<=[a-z])[1-9]+$")


class Frequencies(Protocol):
    """What passages have."""

    def frequency(self, term: str) -> int:
        """How many passages have a syllable or a pair."""

    def count(self, terms: Sequence[str]) -> None:
        """Announces terms whose frequencies will be asked: counted at once they cost much less."""

    def known(self, terms: Sequence[str]) -> Sequence[str]:
        """Those of the syllables or pairs that any passage has."""


def corrected(listed: Sequence[str], known: Frequencies) -> list[str]:
    """The syllables with those replaced that cannot be meant; equal to `listed` when all can."""
    mended = list(listed)
    for place, syllable in enumerate(listed):
        if not known.frequency(syllable):
            mended[place] = _untyped(syllable, known) or syllable
    for place, syllable in enumerate(mended):
        if syllable.isalpha() and len(syllable) <= _LONGEST_MENDED and _is_doubtful(mended, place, known):
            mended[place] = _better(mended, place, known) or syllable
    return " ".join(mended).split()


def _untyped(syllable: str, known: Frequencies) -> str | None:
    """What keys of Telex or VNI mean when the keyboard did not put the marks: `hanhf`, `ddoij`, `thu3`."""
    bare = _MARKS.sub("", _DOUBLES.sub(r"\1", syllable)).replace("w", "")
    return bare if bare != syllable and known.frequency(bare) else None


def _is_doubtful(listed: Sequence[str], place: int, known: Frequencies) -> bool:
    syllable = listed[place]
    if not known.frequency(syllable):
        return True
    return syllable not in QUESTION_WORDS and not _fit(listed, place, syllable, known)


def _fit(listed: Sequence[str], place: int, syllable: str, known: Frequencies) -> int:
    """How often the syllable stands beside its neighbours."""
    return sum(map(known.frequency, _beside(listed, place, syllable)))


def _beside(listed: Sequence[str], place: int, syllable: str) -> Iterator[str]:
    """The pairs that the syllable would make with its neighbours."""
    if place:
        yield f"{listed[place - 1]} {syllable}"
    if place + 1 < len(listed):
        yield f"{syllable} {listed[place + 1]}"


def _better(listed: Sequence[str], place: int, known: Frequencies) -> str | None:
    """The candidate that stands most often beside the neighbours; two when a blank was forgotten."""
    syllable = listed[place]
    candidates = set(_one_letter_off(syllable))
    if place + 1 == len(listed):
        candidates |= set(_completions(syllable))
    found, halves = known.known(list(candidates)), known.known(list(_splits(syllable)))
    known.count([*halves, *(pair for one in found for pair in _beside(listed, place, one))])
    ranked = [(_fit(listed, place, one, known), one) for one in found]
    ranked += [(known.frequency(both), both) for both in halves]
    best = max(ranked, default=(0, ""))
    if best[0]:
        return best[1]
    lone = len(listed) == 1 and ranked
    return max(ranked, key=lambda pair: (known.frequency(pair[1]), pair[1]))[1] if lone else None


def _one_letter_off(syllable: str) -> Iterator[str]:
    for place in range(len(syllable) + 1):
        left, right = syllable[:place], syllable[place:]
        if right:
            yield left + right[1:]
        if len(right) > 1:
            yield left + right[1] + right[0] + right[2:]
        for letter in ascii_lowercase:
            yield left + letter + right
            if right:
                yield left + letter + right[1:]


def _completions(syllable: str) -> Iterable[str]:
    """The last word may be half typed."""
    ends = [""]
    for _ in range(_LONGEST_COMPLETION):
        ends = [end + letter for end in ends for letter in ascii_lowercase]
        yield from (syllable + end for end in ends)


def _splits(syllable: str) -> Iterator[str]:
    if len(syllable) >= _SHORTEST_SPLIT:
        yield from (f"{syllable[:place]} {syllable[place:]}" for place in range(2, len(syllable) - 1))
