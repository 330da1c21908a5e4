"""The best units of a shelf for a question: one unit is an article, an entry, a section (pure)."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from content_packages.knowledge.segments import Scores, Segment, Shelf, StoredPassage, Weighed

#: Passages looked at before units are formed. Measured: more change nothing.
CANDIDATES = 300

#: Which of a segment's passages may be shown, or None for all.
Admits = Callable[[StoredPassage], bool]


class Ranked(NamedTuple):
    """A unit with its best passage. A tuple: a question makes some hundreds."""

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
    found: list[tuple[float, str, StoredPassage]] = []
    for segment, scores in zip(shelf.segments, shelf.score(terms), strict=True):
        if admits is not None:
            found += _admitted(segment, scores, admits, candidates)
        else:
            found += _candidates(segment, scores, candidates)
    # A passage's key is its own on the shelf, so that no two passages are ever compared.
    found.sort()
    return _units(found[:candidates])


def _candidates(segment: Segment, scores: Scores, limit: int) -> Iterable[tuple[float, str, StoredPassage]]:
    """The highest scores above zero, negative; all that tie with the last are among them."""
    places = np.flatnonzero(scores)
    if len(places) > limit:
        least = np.partition(scores[places], -limit)[-limit]
        places = places[scores[places] >= least]
    passages = [segment.passages[place] for place in places.tolist()]
    return zip((-scores[places]).tolist(), [one.key for one in passages], passages, strict=True)


def _admitted(
    segment: Segment, scores: Scores, admits: Admits, limit: int
) -> Iterable[tuple[float, str, StoredPassage]]:
    """Filters are narrow more often than wide: best first until enough were admitted."""
    places = np.flatnonzero(scores)
    admitted: list[tuple[float, str, StoredPassage]] = []
    for place in places[np.argsort(-scores[places], kind="stable")]:
        passage, score = segment.passages[int(place)], float(scores[place])
        if len(admitted) >= limit and score < -admitted[-1][0]:
            break
        if admits(passage):
            admitted.append((-score, passage.key, passage))
    return admitted


def _units(ordered: list[tuple[float, str, StoredPassage]]) -> list[Ranked]:
    """Of the passages of one unit the best; adding them up was measured to be worse."""
    best: dict[str, Ranked] = {}
    for negative, _, passage in ordered:
        if (unit := passage.unit) not in best:
            best[unit] = Ranked(passage, -negative)
    return list(best.values())


def boosted(ranked: list[Ranked], extra: Mapping[str, float]) -> list[Ranked]:
    """The units with what else speaks for each (by unit) or for all of its owner, in their new order."""
    if not extra:
        return ranked
    raised: list[tuple[float, str, Ranked]] = []
    for one in ranked:
        passage, score = one
        # Most have nothing more; an owner that is the unit is the same key.
        if passage.unit in extra or passage.owner in extra:
            score += max(extra.get(passage.unit, 0.0), extra.get(passage.owner, 0.0))
            raised.append((-score, passage.key, Ranked(passage, score)))
        else:
            raised.append((-score, passage.key, one))
    raised.sort()
    return [one for _, _, one in raised]
