"""What a learner who knows nothing could use: where the key stands, and how long it is (pure).

Both rules ask how unlikely the bank would be if keys had been placed, or options worded, without a habit.
They speak only when that is less likely than one in a thousand, so an honest bank is rarely accused.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Sequence

from content_packages.contents import Question

#: Standard normal quantile of 0.999: a habit is claimed at one in a thousand (one-sided).
_Z = 3.09
#: Below so many questions no habit is claimed.
FEWEST = 10
#: A key tells by its length when it is so many times the longest wrong option, and so many letters longer.
TELLING_RATIO = 2.0
TELLING_LETTERS = 30


def chi_square_limit(freedom: int) -> float:
    """The chi-square value that chance exceeds once in a thousand (Wilson and Hilferty, within 3 %)."""
    share = 2 / (9 * freedom)
    return float(freedom * (1 - share + _Z * math.sqrt(share)) ** 3)


def key_positions_are_uneven(questions: Sequence[Question]) -> str:
    """Counts such as `A 9, B 2, C 1` when keys have a favourite place; "" when they have none.

    Chi-square against an even spread, for questions with equally many options together; pinned options and
    true/false, whose order is a custom, are left out.
    """
    places: dict[int, Counter[int]] = defaultdict(Counter)
    for question in questions:
        if question.type == "single" and not any(option.pin for option in question.options):
            places[len(question.options)][_key_place(question)] += 1
    total = sum(sum(counts.values()) for counts in places.values())
    statistic = sum(_statistic(counts, size) for size, counts in places.items())
    freedom = sum(size - 1 for size in places)
    if total < FEWEST or statistic <= chi_square_limit(freedom):
        return ""
    together = sum(places.values(), Counter[int]())
    return ", ".join(f"{chr(ord('A') + place)} {together[place]}" for place in range(max(places)))


def _statistic(counts: Counter[int], size: int) -> float:
    expected = sum(counts.values()) / size
    return sum((counts[place] - expected) ** 2 / expected for place in range(size))


def _key_place(question: Question) -> int:
    return next(place for place, option in enumerate(question.options) if option.correct)


def key_is_often_longest(questions: Sequence[Question]) -> str:
    """Text such as `18/24` when keys are strictly the longest option more often than chance; else ""."""
    return _more_often_than_chance([(_key_excess(one) > 0, len(one.options)) for one in _singles(questions)])


def key_is_often_shortest(questions: Sequence[Question]) -> str:
    """Text such as `18/24` when keys are strictly the shortest option more often than chance; else ""."""
    return _more_often_than_chance([(_key_is_shortest(one), len(one.options)) for one in _singles(questions)])


def _singles(questions: Sequence[Question]) -> list[Question]:
    return [question for question in questions if question.type == "single"]


def _more_often_than_chance(told: Sequence[tuple[bool, int]]) -> str:
    """Of (whether the key stands out, number of options): the count, when chance would not reach it."""
    count = sum(stands_out for stands_out, _ in told)
    expected = sum(1 / size for _, size in told)
    spread = math.sqrt(sum((1 - 1 / size) / size for _, size in told))
    return f"{count}/{len(told)}" if len(told) >= FEWEST and count > expected + _Z * spread else ""


def tells_by_length(question: Question) -> bool:
    """Whether the key alone is so long that it is chosen unread."""
    if question.type != "single":
        return False
    key = _length(question.options[_key_place(question)].text)
    excess = _key_excess(question)
    return excess >= TELLING_LETTERS and key >= TELLING_RATIO * (key - excess)


def _key_excess(question: Question) -> int:
    """How many letters the key has more than the longest wrong option; below zero when it has fewer."""
    wrong = max(_length(option.text) for option in question.options if not option.correct)
    return _length(question.options[_key_place(question)].text) - wrong


def _key_is_shortest(question: Question) -> bool:
    shortest = min(_length(option.text) for option in question.options if not option.correct)
    return _length(question.options[_key_place(question)].text) < shortest


def _length(text: str) -> int:
    return len(text.strip())
