"""The part of a text that answers, with the question's words marked (pure)."""

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from content_packages.knowledge.results import Extract
from content_packages.knowledge.syllables import QUESTION_WORDS, Word, fold, words

#: Longer texts are cut to the sentences around what was asked.
LONGEST = 420
_SENTENCE = re.compile(r"(?<=[.!?;:])\s+|\n+")
_ENDS = ".!?;:"


#: The same answers and articles are shown again and again; folding them took a third of a search.
_folded = lru_cache(maxsize=2_048)(fold)


@dataclass(frozen=True)
class Wanted:
    """The words of a question that say something, ready to be looked for in many texts.

    Attributes:
        compounds: finds what stands together in the question though half of it says nothing alone, such as
            "thủ tục"; for marking only.
    """

    syllables: frozenset[str]
    pattern: re.Pattern[str] | None
    compounds: re.Pattern[str] | None

    @classmethod
    def of(cls, asked: Sequence[str]) -> "Wanted":
        """From the folded syllables of a question, in its order."""
        told = frozenset(syllable for syllable in asked if syllable not in QUESTION_WORDS)
        halves = {pair for pair in pairwise(asked) if len(told.intersection(pair)) == 1}
        return cls(
            told, _any_of(map(re.escape, told)), _any_of(r"\s+".join(map(re.escape, pair)) for pair in halves)
        )

    def words_in(self, text: str) -> list[Word]:
        """Where they stand in a text in NFC."""
        if self.pattern is None:
            return []
        folded = _folded(text)
        if len(folded) != len(text):
            return [word for word in words(text) if word.folded in self.syllables]
        return [Word(found[0], *found.span()) for found in self.pattern.finditer(folded)]

    def compounds_in(self, text: str, start: int, end: int) -> list[tuple[int, int]]:
        """Where compounds stand in that part of a text in NFC."""
        folded = _folded(text)
        if self.compounds is None or len(folded) != len(text):
            return []
        return [found.span() for found in self.compounds.finditer(folded, start, end)]


def _any_of(ways: Iterable[str]) -> re.Pattern[str] | None:
    """Finds any of these as whole words."""
    listed = "|".join(sorted(ways))
    return re.compile(rf"(?<![^\W_])(?:{listed})(?![^\W_])") if listed else None


def extract(text: str, wanted: Wanted, *, longest: int = LONGEST) -> Extract:
    """The best part of `text` of at most about `longest` characters."""
    text = unicodedata.normalize("NFC", text).strip()
    held = wanted.words_in(text)
    start, end = (0, len(text)) if len(text) <= longest else _best_part(text, held, longest)
    part = text[start:end].rstrip()
    last = start + len(part)
    places = [(word.start, word.end) for word in held if start <= word.start and word.end <= last]
    marks = _marks(text, sorted([*places, *wanted.compounds_in(text, start, last)]), start)
    is_cut = end < len(text) and part[-1:] not in _ENDS
    return Extract(f"{part} …" if is_cut else part, marks)


def _best_part(text: str, held: Sequence[Word], longest: int) -> tuple[int, int]:
    """Neighbouring sentences with the most different words of the question; the first such part."""
    bounds = [0, *(found.end() for found in _SENTENCE.finditer(text)), len(text)]
    starts, ends = [word.start for word in held], [word.end for word in held]
    best, most, all_words = (0, longest), -1, len({word.folded for word in held})
    for place, start in enumerate(bounds[:-1]):
        last = bisect_right(bounds, start + longest) - 1
        end = bounds[last] if last > place else _last_blank(text, start, longest)
        within = held[bisect_left(starts, start) : bisect_right(ends, end)]
        different = len({word.folded for word in within})
        if different > most:
            best, most = (start, end), different
            if most == all_words:
                break
    return best


def _last_blank(text: str, start: int, longest: int) -> int:
    """Where a sentence that is too long is cut: between two words."""
    blank = text.rfind(" ", start + 1, start + longest)
    return blank if blank > start else start + longest


def _marks(text: str, places: Iterable[tuple[int, int]], start: int) -> tuple[tuple[int, int], ...]:
    """Sorted places within the part that begins at `start`; what overlaps or is a neighbour is one mark."""
    marks: list[tuple[int, int]] = []
    for begins, ends in places:
        if marks and not text[start + marks[-1][1] : begins].strip():
            marks[-1] = (marks[-1][0], max(marks[-1][1], ends - start))
        else:
            marks.append((begins - start, ends - start))
    return tuple(marks)
