"""Questions that ask about the same, found by the words that they share (pure).

Folded syllables and pairs, as the search has them; no model, so that everybody sees why two belong together.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from content_packages.knowledge.syllables import pairs, syllables

#: Share of their terms that two questions must have in common.
_ALIKE: Final = 0.34
#: A term in more than this share of all questions says nothing about what they are about.
_COMMON: Final = 0.25
#: So few questions have no common terms.
_FEW: Final = 12


@dataclass(frozen=True)
class CountedText:
    """A text, and how often it was asked."""

    text: str
    times: int = 1
    area: str = ""


@dataclass(frozen=True)
class Cluster:
    """Questions about one thing.

    Attributes:
        title: the most asked of them.
        terms: pairs of syllables that most of them share, the most shared first.
        times: how often they were asked together.
    """

    title: str
    terms: tuple[str, ...]
    texts: tuple[CountedText, ...]
    times: int
    area: str


def cluster_texts(texts: Sequence[CountedText]) -> list[Cluster]:
    """Every text in exactly one cluster, the most asked cluster first.

    A text joins the first cluster whose founder it resembles; the most asked texts found clusters first, so
    the outcome does not depend on the order given.
    """
    ordered = sorted(texts, key=lambda one: (-one.times, one.text))
    terms = _telling_terms(ordered)
    founded: list[tuple[frozenset[str], list[CountedText]]] = []
    places: defaultdict[str, list[int]] = defaultdict(list)
    for text, own in zip(ordered, terms, strict=True):
        near = sorted({place for term in own for place in places[term]})
        home = next((place for place in near if _likeness(own, founded[place][0]) >= _ALIKE), None)
        if home is None:
            for term in own:
                places[term].append(len(founded))
            founded.append((own, [text]))
        else:
            founded[home][1].append(text)
    clusters = [_cluster(members) for _, members in founded]
    return sorted(clusters, key=lambda one: (-one.times, one.title))


def _telling_terms(texts: Sequence[CountedText]) -> list[frozenset[str]]:
    terms = [_terms(one.text) for one in texts]
    if len(texts) <= _FEW:
        return terms
    counts = Counter(term for own in terms for term in own)
    common = {term for term, count in counts.items() if count > _COMMON * len(texts)}
    return [own - common or own for own in terms]


def _terms(text: str) -> frozenset[str]:
    listed = syllables(text)
    return frozenset((*listed, *pairs(listed)))


def _likeness(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / (len(one | other) or 1)


def _cluster(members: Sequence[CountedText]) -> Cluster:
    counts = Counter(pair for one in members for pair in set(pairs(syllables(one.text))))
    shared = [
        pair for pair, count in sorted(counts.items(), key=lambda item: (-item[1], item[0])) if count > 1
    ]
    return Cluster(
        title=members[0].text,
        terms=tuple(shared[:5]),
        texts=tuple(members),
        times=sum(one.times for one in members),
        area=members[0].area,
    )
