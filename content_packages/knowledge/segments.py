"""Passages in memory, by term: arrays that never change, ranked by BM25 (pure).

A shelf is a list of segments. The first holds what was there when the process began; each later one what was
published since. A passage that was changed or taken out is dead in its segment. Lengths and frequencies count
the living only, so a shelf that grew ranks exactly like one that was read anew.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from content_packages.knowledge.habits import Habits
from content_packages.knowledge.postings import term_digest, unpacked

#: How soon repetition stops to count. Vietnamese law is insensitive to it.
K1 = 1.2
#: Ordinals of "since ever" and "no end known".
ALWAYS, NEVER = date.min.toordinal(), date.max.toordinal() + 1

Number = TypeVar("Number", bound=np.generic)
Scores = NDArray[np.float64]
Places = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class StoredPassage:
    """What of a passage is kept in memory. Days are ordinals; `valid_to` is the first on which it fails."""

    passage_id: int
    key: str
    owner: str
    unit: str
    area: str
    level: str
    valid_from: int
    valid_to: int


@dataclass(frozen=True)
class Indexed:
    """A passage with its postings, as the tables give it."""

    passage: StoredPassage
    length: int
    postings: bytes


@dataclass(frozen=True)
class Segment:
    """Passages turned round: for each term, where it occurs.

    Attributes:
        terms: ascending; term i occurs at places[starts[i]:starts[i + 1]].
        alive: what was changed or taken out later is false.
    """

    passages: Sequence[StoredPassage]
    terms: NDArray[np.int64]
    starts: NDArray[np.int64]
    places: NDArray[np.int32]
    counts: NDArray[np.uint8]
    lengths: NDArray[np.float64]
    alive: NDArray[np.bool_]
    place_of: Mapping[int, int]
    any_dead: bool = False

    def slots(self, terms: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Where the postings of each term begin and end in `places`, dead passages among them."""
        if not len(self.terms):
            none = np.zeros(len(terms), np.int64)
            return none, none
        at = np.minimum(np.searchsorted(self.terms, terms), len(self.terms) - 1)
        begins = self.starts[at]
        return begins, np.where(self.terms[at] == terms, self.starts[at + 1], begins)

    def frequencies(self, terms: NDArray[np.int64]) -> NDArray[np.int64]:
        """How many living passages have each term."""
        begins, ends = self.slots(terms)
        if not self.any_dead:
            return ends - begins
        living = (
            int(self.alive[self.places[begin:end]].sum()) for begin, end in zip(begins, ends, strict=True)
        )
        return np.fromiter(living, np.int64, len(terms))

    def postings(self, term: int) -> tuple[NDArray[np.int32], NDArray[np.uint8]]:
        """Where a term occurs among the living, and how often."""
        found = int(np.searchsorted(self.terms, term))
        if found == len(self.terms) or self.terms[found] != term:
            return self.places[:0], self.counts[:0]
        part = slice(self.starts[found], self.starts[found + 1])
        places, counts = self.places[part], self.counts[part]
        if not self.any_dead:
            return places, counts
        living = self.alive[places]
        return places[living], counts[living]

    def holds(self, passage_id: int) -> bool:
        """Whether the passage lives here."""
        place = self.place_of.get(passage_id)
        return place is not None and bool(self.alive[place])

    def has(self, place: int, term: int) -> bool:
        """Whether the passage at a place has the term; places of a term ascend."""
        places = self.postings(term)[0]
        found = int(np.searchsorted(places, place))
        return found < len(places) and places[found] == place

    def without(self, passage_ids: Iterable[int]) -> "Segment":
        """The same segment in which these passages are dead."""
        places = [place for one in passage_ids if (place := self.place_of.get(one)) is not None]
        if not places:
            return self
        alive = self.alive.copy()
        alive[places] = False
        return replace(self, alive=alive, any_dead=True)


def make_segment(indexed: Sequence[Indexed]) -> Segment:
    """The passages turned round."""
    unpacked_ones = [unpacked(one.postings) for one in indexed]
    sizes = np.fromiter((len(terms) for terms, _ in unpacked_ones), np.int64, len(indexed))
    every_term = _joined([terms for terms, _ in unpacked_ones], np.int64)
    order = np.argsort(every_term, kind="stable")
    terms, starts = np.unique(every_term[order], return_index=True)
    return Segment(
        passages=[one.passage for one in indexed],
        terms=terms,
        starts=np.append(starts, len(every_term)),
        places=np.repeat(np.arange(len(indexed), dtype=np.int32), sizes)[order],
        counts=_joined([counts for _, counts in unpacked_ones], np.uint8)[order],
        lengths=np.fromiter((one.length for one in indexed), np.float64, len(indexed)),
        alive=np.ones(len(indexed), np.bool_),
        place_of={one.passage.passage_id: place for place, one in enumerate(indexed)},
    )


def _joined(parts: Sequence[NDArray[Number]], kind: type[Number]) -> NDArray[Number]:
    return np.concatenate(parts) if parts else np.empty(0, kind)


@dataclass(frozen=True)
class Weighed:
    """A term of a question on one shelf.

    Attributes:
        idf: how much the term tells; the highest for one that the shelf does not have.
        df: passages that have it.
    """

    term: str
    weight: float
    idf: float
    df: int

    @property
    def most(self) -> float:
        """The most that the term can give to a passage, if the passage is short and repeats it."""
        return self.weight * self.idf * (K1 + 1)


class Shelf:
    """Segments that are ranked as one. A shelf never changes; what is published makes a new one."""

    def __init__(self, segments: Sequence[Segment] = (), *, habits: Habits | None = None) -> None:
        self.segments = tuple(segments)
        self.habits = habits or Habits()
        self.size = sum(int(segment.alive.sum()) for segment in self.segments)
        total = sum(float(segment.lengths[segment.alive].sum()) for segment in self.segments)
        self.average_length = total / self.size if self.size else 1.0
        long = self.habits.length
        self._norms = [K1 * (1.0 - long + long * one.lengths / self.average_length) for one in self.segments]

    def changed(self, indexed: Sequence[Indexed], *, gone: Iterable[int] = ()) -> "Shelf":
        """The shelf with more passages, and without those that were changed or taken out."""
        dead = list(gone)
        kept = [segment.without(dead) for segment in self.segments]
        return Shelf([*kept, make_segment(indexed)] if indexed else kept, habits=self.habits)

    def covered(self, passage_id: int, terms: Sequence[Weighed]) -> list[bool]:
        """Which of the terms a passage has."""
        segment = next((one for one in self.segments if one.holds(passage_id)), None)
        if segment is None:
            return [False] * len(terms)
        place = segment.place_of[passage_id]
        return [bool(term.df) and segment.has(place, term_digest(term.term)) for term in terms]

    def passages(self, *, having: str = "") -> list[StoredPassage]:
        """The living passages, or those that have a term."""
        return [
            segment.passages[int(place)]
            for segment in self.segments
            for place in (
                segment.postings(term_digest(having))[0] if having else np.flatnonzero(segment.alive)
            )
        ]

    def has_all(self, passage_id: int, terms: Iterable[str]) -> bool:
        """Whether a passage has every one of the terms."""
        segment = next((one for one in self.segments if one.holds(passage_id)), None)
        return segment is not None and all(
            segment.has(segment.place_of[passage_id], term_digest(term)) for term in terms
        )

    def length_of(self, passage_id: int) -> float:
        """Syllables and pairs in a passage; none when it is not here."""
        segment = next((one for one in self.segments if one.holds(passage_id)), None)
        return float(segment.lengths[segment.place_of[passage_id]]) if segment else 0.0

    def frequency(self, term: str) -> int:
        """How many passages have the term."""
        return int(self.frequencies([term])[0])

    def frequencies(self, terms: Sequence[str]) -> NDArray[np.int64]:
        """How many passages have each of the terms."""
        return self.counted(digests_of(terms))

    def counted(self, digests: NDArray[np.int64]) -> NDArray[np.int64]:
        """As `frequencies`, of digests: whoever asks several shelves makes them once."""
        none = np.zeros(len(digests), np.int64)
        return sum((segment.frequencies(digests) for segment in self.segments), start=none)

    def present(self, digests: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Which of the terms any passage has or had; many at once."""
        found = np.zeros(len(digests), np.bool_)
        for segment in (one for one in self.segments if len(one.terms)):
            places = np.minimum(np.searchsorted(segment.terms, digests), len(segment.terms) - 1)
            found |= segment.terms[places] == digests
        return found

    def weigh(self, weights: Mapping[str, float], *, asking: Iterable[str] = ()) -> list[Weighed]:
        """The terms of a question with how much they tell here; `asking`: its words that only ask."""
        asked = dict.fromkeys(asking, self.habits.asking) if self.habits.asking else {}
        every = {**asked, **weights}
        frequencies = map(int, self.frequencies(list(every)))
        return [
            Weighed(term, weight * (self.habits.pairs if " " in term else 1.0), self._idf(df), df)
            for (term, weight), df in zip(every.items(), frequencies, strict=True)
        ]

    def _idf(self, df: int) -> float:
        return math.log(1.0 + (self.size - df + 0.5) / (df + 0.5))

    def score(self, terms: Sequence[Weighed]) -> list[Scores]:
        """BM25 of every passage, a list per segment; the same sum in the same order wherever it stands."""
        return [
            self._score(segment, norms, terms)
            for segment, norms in zip(self.segments, self._norms, strict=True)
        ]

    def _score(self, segment: Segment, norms: Scores, terms: Sequence[Weighed]) -> Scores:
        used = [term for term in terms if term.df]
        begins, ends = segment.slots(digests_of([term.term for term in used]))
        parts = [slice(begin, end) for begin, end in zip(begins.tolist(), ends.tolist(), strict=True)]
        places = _joined([segment.places[part] for part in parts], np.int32)
        often = _joined([segment.counts[part] for part in parts], np.uint8).astype(np.float64)
        told = np.array([term.weight * term.idf * (K1 + 1.0) for term in used])
        # One sum over all postings, term by term: the same order, so the same last bit, on every shelf.
        given = np.repeat(told, ends - begins) * often / (often + norms[places])
        scores = np.bincount(places, weights=given, minlength=len(segment.passages)).astype(
            np.float64, copy=False
        )
        if segment.any_dead:
            scores[~segment.alive] = 0.0
        return scores


def digests_of(terms: Sequence[str]) -> NDArray[np.int64]:
    """The digest of each term."""
    return np.fromiter(map(term_digest, terms), np.int64, len(terms))
