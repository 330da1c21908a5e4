"""Vietnamese names for searching and comparing: pure text, no tables.

Official lists write one name in several ways: composed or decomposed (NFC, NFD), `Hoà` or `Hòa`,
`M'Drắk` or `M’Drắk`. Raw strings are therefore never compared.
"""

import re
import unicodedata
from typing import Final

#: Grave, acute, tilde, hook above, dot below: the five tones, without the marks that make ă â ê ô ơ ư.
_TONES: Final = frozenset("\u0300\u0301\u0303\u0309\u0323")
#: An apostrophe joins its neighbours; every other sign between letters separates them.
_APOSTROPHES: Final = re.compile(r"['’‘`´ʼ]\s*")
_SEPARATORS: Final = re.compile(r"[^\w]+")


def fold_name(name: str) -> str:
    """The name as someone types it in a hurry: `Xã Đắk N'Drung` → `xa dak ndrung`.

    Lower case, without tones and vowel marks, đ as d, words separated by one space.
    """
    decomposed = unicodedata.normalize("NFD", name.lower().replace("đ", "d"))
    letters = "".join(sign for sign in decomposed if not unicodedata.combining(sign))
    return _words(letters)


def comparison_key(name: str) -> str:
    """Equal for two spellings of one Vietnamese name, different for different names.

    Case, Unicode form, place of the tone mark within a word, apostrophes and hyphens do not count;
    tones and vowel marks do: `Cẩm Giàng` is not `Cẩm Giang`.
    """
    words = _words(unicodedata.normalize("NFC", name.lower())).split()
    return " ".join(map(_tone_last, words))


def is_same_name(one: str, other: str) -> bool:
    """Whether two spellings mean the same name; see `comparison_key`."""
    return comparison_key(one) == comparison_key(other)


def _words(text: str) -> str:
    return _SEPARATORS.sub(" ", _APOSTROPHES.sub("", text)).strip()


def _tone_last(word: str) -> str:
    """The word with its tone marks behind it, so that it does not matter which vowel carries them."""
    signs = unicodedata.normalize("NFD", word)
    tones = "".join(sorted(sign for sign in signs if sign in _TONES))
    return "".join(sign for sign in signs if sign not in _TONES) + tones
