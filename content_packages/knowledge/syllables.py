"""Vietnamese text as folded syllables: no case, no diacritics, đ is d (pure).

Everything that is searched and every question goes through here: "Thủ tục", "thu tuc", "thủ tuc" are one.
"""

import re
import unicodedata
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

_WORD = re.compile(r"[^\W_]+")
#: Combining marks fall away after decomposition; đ has none, so it is named.
_DROPPED: dict[int, str | None] = dict.fromkeys(range(0x300, 0x370)) | {ord("đ"): "d"}

#: Words that ask, and words that every sentence has. In a question they weigh nothing alone; pairs stay.
_WORDS = """
    a ai anh ban bang bao bi biet bo boi cac cai can cau cho chi chua co con cua cung da dang dau day de den
    deu di do duoc em gi giup hay hoi hon hoac khi khong ko la lai lam len luc ma may minh mot mong muon nao
    nay neu ngay nhe nhi nhieu nhu nhung o oi phai qua ra rang rat roi sao se sau tai thay the thi theo thu
    toi trong tren tu tui va vay ve vi viec vao voi vui xin a ah
"""
QUESTION_WORDS = frozenset(_WORDS.split())


def fold(text: str) -> str:
    """Lower case without diacritics; characters keep their order, marks fall away."""
    return unicodedata.normalize("NFD", text.lower()).translate(_DROPPED)


def syllables(text: str) -> list[str]:
    """The folded syllables and numbers of a text, in order."""
    return _WORD.findall(fold(text))


def pairs(listed: list[str]) -> Iterator[str]:
    """Neighbours, joined by a blank."""
    return (f"{left} {right}" for left, right in pairwise(listed))


class Word(NamedTuple):
    """A word where it stands in its text (in NFC)."""

    folded: str
    start: int
    end: int


def words(text: str) -> list[Word]:
    """The words of a text in NFC, each with its place."""
    folded = fold(text)
    if len(folded) == len(text):
        return [Word(found[0], found.start(), found.end()) for found in _WORD.finditer(folded)]
    # A letter that falls apart when folded (İ, Hangul) would shift what comes after it.
    return [Word(fold(found[0]), found.start(), found.end()) for found in _WORD.finditer(text)]
