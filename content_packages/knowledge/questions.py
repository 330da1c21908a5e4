"""A question as the index understands it: terms with weights (pure)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from content_packages.knowledge.law_numbers import LawNumber, law_numbers
from content_packages.knowledge.records import Vocabulary
from content_packages.knowledge.syllables import QUESTION_WORDS, pairs, syllables

#: A phrase that the person did not write weighs less than one that they wrote.
_SYNONYM, _NEWER = 0.5, 0.7
#: Characters of a question that are read; a longer text is no question, and may be an attack on our time.
LONGEST = 1_000
#: A named document outweighs words.
_NUMBER = 1.5


@dataclass(frozen=True)
class Question:
    """A question, read.

    Attributes:
        listed: its syllables in order.
        weights: term -> weight; own words 1.0, what vocabulary adds less.
        own: terms of `weights` that the person wrote (or abbreviated).
        numbers: documents that it names.
        asking: its words that only ask, once each.
        spoken: its syllables with each abbreviation written out.
    """

    text: str
    listed: tuple[str, ...]
    weights: Mapping[str, float]
    own: frozenset[str]
    numbers: tuple[LawNumber, ...]
    asking: tuple[str, ...] = ()
    spoken: tuple[str, ...] = ()


@dataclass(frozen=True)
class FoldedVocabulary:
    """A vocabulary with every phrase as syllables, and abbreviations both ways."""

    #: Short form -> full forms.
    short: Mapping[str, tuple[tuple[str, ...], ...]] = field(default_factory=dict)
    #: Phrase -> (other phrase, weight).
    others: Mapping[tuple[str, ...], tuple[tuple[tuple[str, ...], float], ...]] = field(default_factory=dict)
    #: First syllable -> phrases of `others`.
    beginning: Mapping[str, tuple[tuple[str, ...], ...]] = field(default_factory=dict)


def folded_vocabulary(vocabulary: Vocabulary) -> FoldedVocabulary:
    """The vocabulary as questions are read with it."""
    short: dict[str, tuple[tuple[str, ...], ...]] = {}
    others: dict[tuple[str, ...], list[tuple[tuple[str, ...], float]]] = {}
    for abbreviation, meanings in vocabulary.abbreviations.items():
        key = tuple(syllables(abbreviation))
        full = tuple(tuple(syllables(meaning)) for meaning in meanings)
        if len(key) == 1:
            short[key[0]] = (*short.get(key[0], ()), *full)
        else:
            others.setdefault(key, []).extend((meaning, 1.0) for meaning in full)
        for meaning in full:
            others.setdefault(meaning, []).append((key, 1.0))
    for old, new in vocabulary.newer.items():
        others.setdefault(tuple(syllables(old)), []).extend((tuple(syllables(one)), _NEWER) for one in new)
    for group in vocabulary.synonyms:
        phrases = [tuple(syllables(phrase)) for phrase in group]
        for phrase in phrases:
            others.setdefault(phrase, []).extend((other, _SYNONYM) for other in phrases if other != phrase)
    beginning: dict[str, tuple[tuple[str, ...], ...]] = {}
    for phrase in filter(None, others):
        beginning[phrase[0]] = (*beginning.get(phrase[0], ()), phrase)
    listed = {phrase: tuple(found) for phrase, found in others.items() if phrase}
    return FoldedVocabulary(short, listed, beginning)


def read_question(text: str, vocabulary: FoldedVocabulary) -> Question:
    """The question's own terms, what its abbreviations stand for, and words that mean the same."""
    listed = syllables(text[:LONGEST])
    weights: dict[str, float] = dict.fromkeys(content_terms(listed), 1.0)
    for syllable in listed:
        for meaning in vocabulary.short.get(syllable, ()):
            _add(weights, content_terms(list(meaning)), 1.0)
    own = frozenset(weights)
    for phrase, weight in _other_phrases(listed, vocabulary):
        _add(weights, content_terms(list(phrase)), weight)
    numbers = tuple(law_numbers(text[:LONGEST]))
    for number in numbers:
        _add(weights, number.terms, _NUMBER)
    asking = tuple(dict.fromkeys(syllable for syllable in listed if syllable in QUESTION_WORDS))
    spoken = tuple(
        part for syllable in listed for part in next(iter(vocabulary.short.get(syllable, ())), (syllable,))
    )
    return Question(text, tuple(listed), weights, own, numbers, asking, spoken)


def content_terms(listed: list[str]) -> Iterator[str]:
    """Syllables that say something, and all pairs: "bộ máy" is made of two that say nothing alone."""
    yield from (syllable for syllable in listed if syllable not in QUESTION_WORDS)
    yield from pairs(listed)


def _add(weights: dict[str, float], terms: Iterator[str] | tuple[str, ...], weight: float) -> None:
    for term in terms:
        weights[term] = max(weight, weights.get(term, 0.0))


def _other_phrases(
    listed: list[str], vocabulary: FoldedVocabulary
) -> Iterator[tuple[tuple[str, ...], float]]:
    for place, syllable in enumerate(listed):
        for phrase in vocabulary.beginning.get(syllable, ()):
            if tuple(listed[place : place + len(phrase)]) == phrase:
                yield from vocabulary.others[phrase]
