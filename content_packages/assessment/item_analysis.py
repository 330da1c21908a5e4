"""What attempts say about their questions: classical test theory, with honesty about small numbers (pure).

Definitions, with x the points of a question (share 0..1), T the points of the attempt and R = T - x the rest:

- facility: mean of x. Standard deviations and covariances are those of a sample (n - 1).
- discrimination: correlation of x and R, so that a question does not correlate with itself.
- discriminative efficiency: covariance of x and R as a share of the greatest that these values allow.
- effective weight of a slot: root of the covariance of its points with T, as a share of all slots.
- coefficient of internal consistency (Cronbach's alpha): k/(k-1) * (1 - sum of variances / variance of T).
- error ratio: root of (1 - alpha); standard error: that times the standard deviation of T.

Questions are drawn at random, so a question is compared within the attempts that had it, and consistency is
computed over the slots of the blueprint.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from math import sqrt
from statistics import StatisticsError, correlation, covariance, fmean, stdev, variance

#: Fewer attempts say nothing about a question, and might say something about a person.
SHOWN_FROM = 30
#: Fewer are shown with the remark that they are preliminary.
FIRM_FROM = 100


class Flag(Enum):
    """Why an author should look at a question."""

    TOO_HARD = "too-hard"
    TOO_EASY = "too-easy"
    WEAK = "weak-discrimination"
    UNUSED_CHOICE = "choice-never-chosen"
    DRAWS_THE_STRONG = "choice-draws-the-strong"
    KEY_SUSPECT = "key-suspect"


@dataclass(frozen=True)
class ItemAnswer:
    """One question of one finished attempt.

    Attributes:
        slot: place in the blueprint.
        mark: points possible.
        earned: share of them, 0..1.
        choices: names of the chosen options; of other questions `right`, `partly`, `wrong` or `empty`.
        seconds: time spent, if known.
    """

    question_id: str
    slot: int
    mark: float
    earned: float
    choices: tuple[str, ...]
    seconds: float | None = None


@dataclass(frozen=True)
class ChoiceTable:
    """One choice of a question.

    Attributes:
        share: of the attempts that had the question, 0..1.
        top_share, bottom_share: within the third with the best and with the worst rest.
        correlation: of choosing it with the rest; None when everybody or nobody chose it.
    """

    name: str
    is_right: bool
    count: int
    share: float
    top_share: float
    bottom_share: float
    correlation: float | None


@dataclass(frozen=True)
class QuestionStatistics:
    """One question; figures are None below `SHOWN_FROM` attempts or where they are not defined."""

    question_id: str
    count: int
    facility: float | None = None
    deviation: float | None = None
    discrimination: float | None = None
    efficiency: float | None = None
    seconds: float | None = None
    choices: tuple[ChoiceTable, ...] = ()
    flags: frozenset[Flag] = frozenset()

    @property
    def is_preliminary(self) -> bool:
        """Whether the figures are shown with a remark."""
        return SHOWN_FROM <= self.count < FIRM_FROM

    @property
    def is_hidden(self) -> bool:
        """Whether there are too few attempts for any figure."""
        return self.count < SHOWN_FROM


@dataclass(frozen=True)
class SlotWeight:
    """One slot of the blueprint: the share of points that it should and does decide, 0..1."""

    slot: int
    intended: float
    effective: float | None


@dataclass(frozen=True)
class QuizStatistics:
    """A whole quiz; mean, deviation and standard error are shares of the maximum, 0..1."""

    count: int
    mean: float | None = None
    deviation: float | None = None
    consistency: float | None = None
    error_ratio: float | None = None
    standard_error: float | None = None
    weights: tuple[SlotWeight, ...] = ()
    questions: tuple[QuestionStatistics, ...] = ()


def analyse_quiz(
    attempts: Sequence[Sequence[ItemAnswer]], *, keys: Mapping[str, Mapping[str, bool]]
) -> QuizStatistics:
    """Statistics of a quiz and its questions, these by their id.

    Args:
        attempts: finished attempts, each with its questions.
        keys: question -> choice -> whether it is right, with choices that nobody made; may lack questions.
    """
    questions = _analyse_questions(attempts, keys)
    if len(attempts) < SHOWN_FROM:
        return QuizStatistics(count=len(attempts), questions=questions)
    totals = [_points(attempt) for attempt in attempts]
    highest = max(sum(item.mark for item in attempt) for attempt in attempts)
    by_slot = _points_by_slot(attempts)
    consistency = _consistency(by_slot, totals)
    deviation = stdev(totals) / highest
    error_ratio = sqrt(max(0.0, 1 - consistency)) if consistency is not None else None
    return QuizStatistics(
        count=len(attempts),
        mean=fmean(totals) / highest,
        deviation=deviation,
        consistency=consistency,
        error_ratio=error_ratio,
        standard_error=error_ratio * deviation if error_ratio is not None else None,
        weights=_weights(attempts, by_slot, totals),
        questions=questions,
    )


def _points(attempt: Sequence[ItemAnswer]) -> float:
    return sum(item.mark * item.earned for item in attempt)


def _points_by_slot(attempts: Sequence[Sequence[ItemAnswer]]) -> dict[int, list[float]]:
    """Slot -> points in each attempt; slots that some attempt does not have are left out."""
    by_slot: dict[int, list[float]] = defaultdict(list)
    for attempt in attempts:
        for item in attempt:
            by_slot[item.slot].append(item.mark * item.earned)
    return {slot: points for slot, points in sorted(by_slot.items()) if len(points) == len(attempts)}


def _consistency(by_slot: Mapping[int, Sequence[float]], totals: Sequence[float]) -> float | None:
    count, spread = len(by_slot), variance(totals)
    if count < 2 or spread == 0:
        return None
    return count / (count - 1) * (1 - sum(variance(points) for points in by_slot.values()) / spread)


def _weights(
    attempts: Sequence[Sequence[ItemAnswer]],
    by_slot: Mapping[int, Sequence[float]],
    totals: Sequence[float],
) -> tuple[SlotWeight, ...]:
    marks = {item.slot: item.mark for attempt in attempts for item in attempt}
    whole = sum(marks[slot] for slot in by_slot)
    roots = {slot: sqrt(max(0.0, covariance(points, totals))) for slot, points in by_slot.items()}
    spread = sum(roots.values())
    return tuple(
        SlotWeight(slot, marks[slot] / whole, roots[slot] / spread if spread else None) for slot in by_slot
    )


@dataclass(frozen=True)
class _Asked:
    """A question in one attempt, with the rest of that attempt as a share 0..1."""

    item: ItemAnswer
    rest: float


def _analyse_questions(
    attempts: Sequence[Sequence[ItemAnswer]], keys: Mapping[str, Mapping[str, bool]]
) -> tuple[QuestionStatistics, ...]:
    asked: dict[str, list[_Asked]] = defaultdict(list)
    for attempt in attempts:
        total, highest = _points(attempt), sum(item.mark for item in attempt)
        for item in attempt:
            others = highest - item.mark
            rest = (total - item.mark * item.earned) / others if others else 0.0
            asked[item.question_id].append(_Asked(item, rest))
    return tuple(_analyse_question(name, asked[name], keys.get(name, {})) for name in sorted(asked))


def _analyse_question(name: str, asked: Sequence[_Asked], key: Mapping[str, bool]) -> QuestionStatistics:
    if len(asked) < SHOWN_FROM:
        return QuestionStatistics(name, len(asked))
    earned, rests = [one.item.earned for one in asked], [one.rest for one in asked]
    times = [one.item.seconds for one in asked if one.item.seconds is not None]
    choices = _choice_tables(asked, key)
    facility, discrimination = fmean(earned), _correlation(earned, rests)
    return QuestionStatistics(
        question_id=name,
        count=len(asked),
        facility=facility,
        deviation=stdev(earned),
        discrimination=discrimination,
        efficiency=discriminative_efficiency(earned, rests),
        seconds=fmean(times) if times else None,
        choices=choices,
        flags=frozenset(_flags(facility, discrimination, choices)),
    )


def discriminative_efficiency(earned: Sequence[float], rests: Sequence[float]) -> float | None:
    """Covariance of points and rest as a share of the greatest possible; None without any spread."""
    greatest = covariance(sorted(earned), sorted(rests))
    return covariance(earned, rests) / greatest if greatest > 1e-12 else None


def _correlation(one: Sequence[float], other: Sequence[float]) -> float | None:
    try:
        return correlation(one, other)
    except StatisticsError:
        return None  # One of them does not vary at all.


def _choice_tables(asked: Sequence[_Asked], key: Mapping[str, bool]) -> tuple[ChoiceTable, ...]:
    names = [*key, *sorted({choice for one in asked for choice in one.item.choices} - key.keys())]
    ranked = sorted(asked, key=lambda one: one.rest)
    third = max(1, len(ranked) // 3)
    rests = [one.rest for one in asked]
    return tuple(
        ChoiceTable(
            name=name,
            is_right=key.get(name, name == "right"),
            count=sum(name in one.item.choices for one in asked),
            share=_share(asked, name),
            top_share=_share(ranked[-third:], name),
            bottom_share=_share(ranked[:third], name),
            correlation=_correlation([float(name in one.item.choices) for one in asked], rests),
        )
        for name in names
    )


def _share(asked: Sequence[_Asked], name: str) -> float:
    return sum(name in one.item.choices for one in asked) / len(asked)


def _flags(facility: float, discrimination: float | None, choices: Sequence[ChoiceTable]) -> list[Flag]:
    wrong = [choice for choice in choices if not choice.is_right and choice.name not in _OUTCOMES]
    right = [choice.correlation for choice in choices if choice.is_right and choice.correlation is not None]
    tests = {
        Flag.TOO_HARD: facility < 0.25,
        Flag.TOO_EASY: facility > 0.90,
        Flag.WEAK: discrimination is not None and discrimination < 0.15,
        Flag.UNUSED_CHOICE: any(choice.count == 0 for choice in wrong),
        Flag.DRAWS_THE_STRONG: any(
            choice.top_share > choice.bottom_share and choice.top_share >= 1 / 3 for choice in wrong
        ),
        Flag.KEY_SUSPECT: any(
            choice.correlation is not None and choice.correlation > max([0.0, *right]) for choice in wrong
        ),
    }
    return [flag for flag, is_raised in tests.items() if is_raised]


#: What stands for a choice where there are no options.
_OUTCOMES = frozenset({"right", "partly", "wrong", "empty"})
