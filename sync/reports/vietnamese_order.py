"""The order of the Vietnamese alphabet, for names in lists (pure).

Letters first (a ă â b c d đ e ê …), tones only where the letters are equal, in the order of dictionaries:
level, huyền, hỏi, ngã, sắc, nặng. Numbers inside names count as numbers: Phường 2 before Phường 10.
"""

import re
import unicodedata
from typing import Final

_ALPHABET: Final = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
_PLACES: Final = {letter: place for place, letter in enumerate(_ALPHABET, start=20)}
_BLANK: Final = 1
_NUMBER: Final = 2
_OTHER: Final = 3
#: grave, hook above, tilde, acute, dot below
_TONES: Final = {"\u0300": 1, "\u0309": 2, "\u0303": 3, "\u0301": 4, "\u0323": 5}
_PIECES: Final = re.compile(r"\d+|\D")

#: (place of each letter, or of each number with its value; tone of each letter)
SortKey = tuple[tuple[tuple[int, int], ...], tuple[int, ...]]


def vietnamese_key(name: str) -> SortKey:
    """A key for `sorted`: Vietnamese names come in the order of a Vietnamese dictionary."""
    letters: list[tuple[int, int]] = []
    tones: list[int] = []
    for piece in _PIECES.findall(unicodedata.normalize("NFC", name).lower()):
        letter, tone = _without_tone(piece)
        letters.append(_place(letter))
        tones.append(tone)
    return tuple(letters), tuple(tones)


def _without_tone(piece: str) -> tuple[str, int]:
    signs = unicodedata.normalize("NFD", piece)
    tone = next((_TONES[sign] for sign in signs if sign in _TONES), 0)
    return unicodedata.normalize("NFC", "".join(sign for sign in signs if sign not in _TONES)), tone


def _place(letter: str) -> tuple[int, int]:
    if letter.isdecimal():
        return _NUMBER, int(letter)
    if letter.isspace():
        return _BLANK, 0
    place = _PLACES.get(letter)
    return (place, 0) if place is not None else (_OTHER, ord(letter[0]) if letter else 0)
