"""The best units of a shelf for a question: one unit is an article, an entry, a section (pure)."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from content_packages.knowledge.segments import Scores, Segment, Shelf, StoredPassage, Weighed

#: Passages looked at before units are formed. Measured: more change nothing.
CANDIDATES = 300

#: Which of a segment's passages may be shown, or None for all.
Admits = Callable[[StoredPassage], bool]


@dataclass(frozen=True)
class Ranked:
    """A unit with its best passage."""

    passage: StoredPassage
    score: float

    def holds_on(self, day: int) -> bool:
        """Whether the text holds on a day (ordinal)."""
        return self.passage.valid_from <= day < self.passage.valid_to


@dataclass(frozen=True)
class Found:
    """One shelf's units for a question.

    Attributes:
        ideal: what a passage would score that has every term of the question once, at average length.
        whole: passage of the shelf of answers that holds all of the best unit, for entries.
    """

    ranked: Sequence[Ranked] = ()
    terms: Sequence[Weighed] = field(default_factory=tuple)
    ideal: float = 0.0
    whole: int | None = None

    @property
    def share(self) -> float:
        """How near the best unit comes to the ideal, 0 to 1."""
        return min(1.0, self.ranked[0].score / self.ideal) if self.ranked and self.ideal else 0.0


def rank(
    shelf: Shelf, terms: Sequence[Weighed], *, admits: Admits | None = None, candidates: int = CANDIDATES
) -> list[Ranked]:
    """The units, best first; equal scores in the order of their keys, so that every engine agrees."""
    found: list[tuple[float, StoredPassage]] = []
    for segment, scores in zip(shelf.segments, shelf.score(terms), strict=True):
        if admits is not None:
            found += _admitted(segment, scores, admits, candidates)
        else:
            found += [(float(scores[place]), segment.passages[place]) for place in _best(scores, candidates)]
    found.sort(key=lambda pair: (-pair[0], pair[1].key))
    return _units(found[:candidates])


def _best(scores: Scores, limit: int) -> Iterable[int]:
    """Places of the highest scores above zero; all that tie with the last are among them."""
    places = np.flatnonzero(scores)
    if len(places) > limit:
        least = np.partition(scores[places], -limit)[-limit]
        places = places[scores[places] >= least]
    return map(int, places)


def _admitted(
    segment: Segment, scores: Scores, admits: Admits, limit: int
) -> Iterable[tuple[float, StoredPassage]]:
    """Filters are narrow more often than wide: best first until enough were admitted."""
    places = np.flatnonzero(scores)
    admitted: list[tuple[float, StoredPassage]] = []
    for place in places[np.argsort(-scores[places], kind="stable")]:
        passage, score = segment.passages[int(place)], float(scores[place])
        if len(admitted) >= limit and score < admitted[-1][0]:
            break
        if admits(passage):
            admitted.append((score, passage))
    return admitted


def _units(ordered: list[tuple[float, StoredPassage]]) -> list[Ranked]:
    """Of the passages of one unit the best; adding them up was measured to be worse."""
    best: dict[str, Ranked] = {}
    for score, passage in ordered:
        if passage.unit not in best:
            best[passage.unit] = Ranked(passage, score)
    return list(best.values())


def boosted(ranked: list[Ranked], extra: Mapping[str, float]) -> list[Ranked]:
    """The units with what else speaks for each (by unit) or for all of its owner, in their new order."""
    if not extra:
        return ranked
    raised = [
        Ranked(one.passage, one.score + more) if (more := _extra(one.passage, extra)) else one
        for one in ranked
    ]
    return sorted(raised, key=lambda one: (-one.score, one.passage.key))


def _extra(passage: StoredPassage, extra: Mapping[str, float]) -> float:
    by_owner = extra.get(passage.owner, 0.0) if passage.owner != passage.unit else 0.0
    return max(extra.get(passage.unit, 0.0), by_owner)
