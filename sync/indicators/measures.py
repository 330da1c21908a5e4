"""What a measurement is, and the arithmetic of the indicators that are more than a share (pure)."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from sync.indicators.catalogue import BANDS, Band


class Unmeasured(StrEnum):
    """Why there is no figure; an honest state, not a zero."""

    NOBODY = "nobody"
    #: Nothing of the kind has been recorded: no question, no result at the quiz.
    NOTHING_RECORDED = "nothing_recorded"
    #: The modules do not say to which areas or skills they belong.
    NOT_TAGGED = "not_tagged"


@dataclass(frozen=True)
class Share:
    """A numerator and a denominator, both people unless the indicator says otherwise.

    Attributes:
        because: why there is no share; `None` when there is one.
    """

    people: int
    of: int
    because: Unmeasured | None = None

    @property
    def value(self) -> Fraction | None:
        """The exact share, 0 to 1."""
        return Fraction(self.people, self.of) if self.of and self.because is None else None


@dataclass(frozen=True)
class BandCounts:
    """How many people reached which band, highest band first; `mean` is 0.0 to 1.0."""

    counts: tuple[tuple[Band, int], ...]
    mean: float | None

    @property
    def passed(self) -> Share:
        """Everybody above the lowest band."""
        of = sum(count for _, count in self.counts)
        people = sum(count for _, count in self.counts[:-1])
        return Share(people, of, None if of else Unmeasured.NOTHING_RECORDED)


@dataclass(frozen=True)
class Gain:
    """Before and after, in points of 100.

    Attributes:
        pairs: people with both results.
        mean_gain: mean of after minus before.
        normalised: gain as a share of what was still to be gained; `None` when nothing was.
        low, high: 95 % interval of the mean gain; `None` below two pairs.
    """

    pairs: int
    mean_before: float | None = None
    mean_after: float | None = None
    mean_gain: float | None = None
    normalised: float | None = None
    low: float | None = None
    high: float | None = None
    because: Unmeasured | None = None


def count_bands(scores: Iterable[float], *, bands: Sequence[Band] = BANDS) -> BandCounts:
    """The people by band, from the best result of each (-1.0 to 1.0)."""
    listed = list(scores)
    reached = [next(band for band in bands if score >= band.at_least) for score in listed]
    mean = math.fsum(listed) / len(listed) if listed else None
    return BandCounts(tuple((band, reached.count(band)) for band in bands), mean)


def gain_of(pairs: Sequence[tuple[float, float]]) -> Gain:
    """The gain from (before, after) of each person, -1.0 to 1.0."""
    if not pairs:
        return Gain(0, because=Unmeasured.NOTHING_RECORDED)
    count = len(pairs)
    before = 100 * math.fsum(one for one, _ in pairs) / count
    after = 100 * math.fsum(one for _, one in pairs) / count
    gains = [100 * (later - earlier) for earlier, later in pairs]
    mean = math.fsum(gains) / count
    left = 100 - before
    margin = _margin(gains, mean)
    return Gain(
        count,
        before,
        after,
        mean,
        normalised=mean / left if left > 0 else None,
        low=None if margin is None else mean - margin,
        high=None if margin is None else mean + margin,
    )


def _margin(gains: Sequence[float], mean: float) -> float | None:
    """Half of the 95 % interval of a mean, by Student's t."""
    count = len(gains)
    if count < 2:
        return None
    variance = math.fsum((one - mean) ** 2 for one in gains) / (count - 1)
    return student_t(count - 1) * math.sqrt(variance / count)


def student_t(freedom: int) -> float:
    """The 97.5 % point of Student's t, to three digits.

    Cornish-Fisher expansion (Abramowitz and Stegun 26.7.5); exact values below four degrees of freedom,
    where it is too coarse.
    """
    exact = {1: 12.7062, 2: 4.3027, 3: 3.1824}
    if freedom in exact:
        return exact[freedom]
    z = 1.959964
    terms = (
        (z**3 + z) / 4,
        (5 * z**5 + 16 * z**3 + 3 * z) / 96,
        (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384,
        (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / 92160,
    )
    correction: float = sum(term / freedom**power for power, term in enumerate(terms, start=1))
    return z + correction
