"""One question as hurried people type it: without diacritics, with half of them, with a slip (pure).

The same seed gives the same variants on every machine, so measurements can be compared.
"""

import random
from string import ascii_lowercase

from content_packages.knowledge.syllables import fold

_SHORTEST_SLIP = 4


def without_diacritics(question: str) -> str:
    """All marks left out."""
    return fold(question)


def half_without(question: str, draw: random.Random) -> str:
    """Every other word or so without marks."""
    return " ".join(fold(word) if draw.random() < 0.5 else word for word in question.split())


def cut_short(question: str, draw: random.Random) -> str:
    """Still being typed: the last word is not finished."""
    *whole, last = question.rstrip(" ?.!").split()
    return " ".join([*whole, last[: max(1, len(last) - draw.randint(1, 2))]])


def with_slip(question: str, draw: random.Random) -> str:
    """One word with a letter missing, doubled, changed or out of turn."""
    written = question.split()
    places = [place for place, word in enumerate(written) if len(word) >= _SHORTEST_SLIP and word.isalpha()]
    if not places:
        return question
    place = draw.choice(places)
    written[place] = _slipped(written[place], draw)
    return " ".join(written)


def _slipped(word: str, draw: random.Random) -> str:
    at = draw.randrange(len(word) - 1)
    left, right = word[:at], word[at:]
    return draw.choice(
        [
            left + right[1:],
            left + right[0] + right,
            left + draw.choice(ascii_lowercase) + right[1:],
            left + right[1] + right[0] + right[2:],
        ]
    )
