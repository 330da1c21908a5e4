"""Search in the text of lessons as people type it: without accents, without capitals (pure)."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from html import unescape

from content_packages.contents import Module, Section

#: Most sections shown; who gets more asks better with another word.
_MOST = 40
_AROUND = 90
_TAG = re.compile(r"<[^>]*>")
_SPACE = re.compile(r"\s+")


@dataclass(frozen=True)
class Passage:
    """A section that was found, with the text around the first word; `pieces` are (text, is a found word)."""

    module: Module
    section: Section
    pieces: tuple[tuple[str, bool], ...]


def search_modules(modules: Iterable[Module], asked: str) -> tuple[Passage, ...]:
    """Sections that hold all the words, title or text, in the order of the modules."""
    words = level(asked).split()
    found = (
        passage
        for module in modules
        for section in module.sections
        if (passage := _find(module, section, words)) is not None
    )
    return tuple(passage for passage, _ in zip(found, range(_MOST), strict=False))


def level(text: str) -> str:
    """The text without accents and capitals, letter for letter, so that places stay the same; đ is d."""
    return "".join(_level_letter(letter) for letter in unicodedata.normalize("NFC", text))


@lru_cache(maxsize=2048)
def _level_letter(letter: str) -> str:
    if letter in "đĐ":
        return "d"
    plain = "".join(one for one in unicodedata.normalize("NFD", letter) if not unicodedata.combining(one))
    lowered = plain.lower()
    return lowered if len(lowered) == 1 else letter


@lru_cache(maxsize=512)
def _text_of(section: Section) -> tuple[str, str]:
    """Title and text without markup, as written and levelled."""
    plain = unescape(_TAG.sub(" ", section.html))
    text = unicodedata.normalize("NFC", f"{section.title}. {_SPACE.sub(' ', plain).strip()}")
    return text, level(text)


def _find(module: Module, section: Section, words: list[str]) -> Passage | None:
    text, levelled = _text_of(section)
    places = [levelled.find(word) for word in words]
    if not words or min(places) < 0:
        return None
    first = min(place for place in places)
    begin, end = max(0, first - _AROUND), min(len(text), first + 2 * _AROUND)
    return Passage(module, section, _pieces(text, levelled, words, begin, end))


def _pieces(text: str, levelled: str, words: list[str], begin: int, end: int) -> tuple[tuple[str, bool], ...]:
    pattern = re.compile("|".join(re.escape(word) for word in sorted(words, key=len, reverse=True)))
    pieces, at = [("…" if begin else "", False)], begin
    for found in pattern.finditer(levelled, begin, end):
        pieces += [(text[at : found.start()], False), (text[found.start() : found.end()], True)]
        at = found.end()
    pieces += [(text[at:end], False), ("…" if end < len(text) else "", False)]
    return tuple(piece for piece in pieces if piece[0])
