"""Taking out of a text what names a person: e-mail addresses, telephone and identity numbers (pure).

Done at the door, so that nothing of it is ever stored, and again before a text is published.
"""

import re
from dataclasses import dataclass
from typing import Final, Literal

Kind = Literal["email", "phone", "number"]

#: What stands in the place of each kind; holds no digit, so that stripping twice changes nothing.
PLACES: Final[dict[Kind, str]] = {
    "email": "[đã bỏ thư điện tử]",
    "phone": "[đã bỏ số điện thoại]",
    "number": "[đã bỏ số giấy tờ]",
}

_EMAIL: Final = re.compile(r"[^\s@<>()\[\],;:\"]+@[^\s@<>()\[\],;:\"]+\.[^\W\d_]{2,}")
#: Vietnamese numbers: 0 or +84, then eight to ten digits, single blanks, dots or hyphens between them.
_PHONE: Final = re.compile(r"(?<![\w/.])(?:\+84|84|0)(?:[ .-]?\d){8,10}(?![\w/])")
#: Identity card (9 or 12 digits), tax code, account: a long run of digits that is no amount of money.
_NUMBER: Final = re.compile(
    r"(?<![\w/.,-])\d{9,19}(?![\w/-])(?!\s*(?:đồng|đ\b|vnđ|vnd|triệu|tỷ|tỉ))", re.IGNORECASE
)
#: A passport: one capital letter and seven or eight digits.
_PASSPORT: Final = re.compile(r"(?<![\w/.-])[A-Z]\d{7,8}(?![\w/-])")

_PATTERNS: Final[tuple[tuple[Kind, re.Pattern[str]], ...]] = (
    ("email", _EMAIL),
    ("phone", _PHONE),
    ("number", _NUMBER),
    ("number", _PASSPORT),
)


@dataclass(frozen=True)
class Stripped:
    """A text without what names people.

    Attributes:
        removed: kinds that were taken out, each once; empty when the text is as it was.
    """

    text: str
    removed: tuple[Kind, ...] = ()


def strip_personal(text: str) -> Stripped:
    """The text with each such number or address replaced by words that say so."""
    removed: list[Kind] = []
    for kind, pattern in _PATTERNS:
        text, count = pattern.subn(PLACES[kind], text)
        if count and kind not in removed:
            removed.append(kind)
    return Stripped(text, tuple(removed))
