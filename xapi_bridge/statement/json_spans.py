"""Where the values of a JSON text stand, so that one can be exchanged and the rest kept byte for byte.

Only for texts that `parse_statement` has accepted: nothing is checked here.
"""

import json
import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

_DECODER = json.JSONDecoder()
_BLANK = re.compile(r"[ \t\r\n]*")
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)


class Span(NamedTuple):
    """The half-open stretch of characters that a value takes."""

    start: int
    end: int


class Edit(NamedTuple):
    """A new text for a stretch."""

    span: Span
    text: str


def members_of(text: str, at: int) -> dict[str, Span]:
    """The values of the object that begins at `at`, by their keys."""
    found: dict[str, Span] = {}
    place = _after_blanks(text, at + 1)
    while text[place] != "}":
        key, place = _DECODER.raw_decode(text, place)
        start = _after_blanks(text, _after_blanks(text, place) + 1)
        _, end = _DECODER.raw_decode(text, start)
        found[key] = Span(start, end)
        place = _after_comma(text, end)
    return found


def items_of(text: str, at: int) -> Iterator[Span]:
    """The values of the list that begins at `at`, in order."""
    place = _after_blanks(text, at + 1)
    while text[place] != "]":
        _, end = _DECODER.raw_decode(text, place)
        yield Span(place, end)
        place = _after_comma(text, end)


def start_of_value(text: str) -> int:
    """Where the text's one value begins."""
    return _after_blanks(text, 0)


def apply_edits(text: str, edits: list[Edit]) -> str:
    """The text with each stretch exchanged; stretches do not overlap."""
    pieces: list[str] = []
    place = 0
    for edit in sorted(edits):
        pieces += [text[place : edit.span.start], edit.text]
        place = edit.span.end
    return "".join([*pieces, text[place:]])


def change_strings(text: str, change: Callable[[str], str]) -> str:
    """The text with every JSON string changed by `change`, keys too; unchanged ones keep their notation."""

    def exchanged(match: re.Match[str]) -> str:
        written = match.group()
        value = json.loads(written, strict=False) if "\\" in written else written[1:-1]
        changed = change(value)
        return written if changed == value else json.dumps(changed, ensure_ascii=False)

    return _STRING.sub(exchanged, text)


def _after_comma(text: str, end: int) -> int:
    place = _after_blanks(text, end)
    return _after_blanks(text, place + 1) if text[place] == "," else place


def _after_blanks(text: str, at: int) -> int:
    found = _BLANK.match(text, at)
    return found.end() if found else at
