"""Blanks in Moodle's "embedded answers" text: `{1:SHORTANSWER:=Hà Nội~%50%HN}` <-> `[[1]]`. Pure."""

import re
from html import escape, unescape
from typing import Any

from content_packages.contents import Blank
from content_packages.formats.foreign_text import one_line, plain_to_markdown, plain_words

_TYPED = {"SHORTANSWER", "SA", "MW", "SHORTANSWER_C", "SAC", "MWC", "NUMERICAL", "NM"}
_CHOSEN = {
    "MULTICHOICE", "MC", "MULTICHOICE_V", "MCV", "MULTICHOICE_H", "MCH",
    "MULTICHOICE_S", "MCS", "MULTICHOICE_VS", "MCVS", "MULTICHOICE_HS", "MCHS",
}  # fmt: skip
_BLANK = re.compile(r"\{(\d*):([A-Z_]+):((?:\\.|[^}\\])*)\}")
_ANSWER = re.compile(r"^(=|%(-?\d+(?:\.\d+)?)%)?((?:\\.|[^#\\])*)(?:#.*)?$", re.DOTALL)
_SEPARATOR = re.compile(r"(?<!\\)~")
_ESCAPED = re.compile(r"\\(.)")
_MARKER = "oTrong{}oTrong"
_MARKERS = re.compile(r"oTrong(\d+)oTrong")


def read_cloze(text: str) -> tuple[str, list[dict[str, Any]]] | None:
    """The text with a marker per blank (see `restore_blanks`), and the blanks.

    None when a blank has no right answer or is of an unknown kind, or there is none.
    """
    blanks: list[dict[str, Any]] = []
    for found in _BLANK.finditer(text):
        blank = _blank(found[2], unescape(found[3]))
        if blank is None:
            return None
        blanks.append(blank)
    numbers = iter(range(1, len(blanks) + 1))
    return (_BLANK.sub(lambda _: _MARKER.format(next(numbers)), text), blanks) if blanks else None


def restore_blanks(markdown: str) -> str:
    """`[[1]]` where the markers stand; a marker is one word, which conversion to Markdown leaves alone."""
    return _MARKERS.sub(r"[[\1]]", markdown)


def _blank(kind: str, answers: str) -> dict[str, Any] | None:
    parsed = [_answer(piece) for piece in _SEPARATOR.split(answers)]
    right = [text for text, share in parsed if share >= 100]
    if not right or kind not in _TYPED | _CHOSEN:
        return None
    if kind in _TYPED:
        return {"answers": [text.split(":")[0] if kind in {"NUMERICAL", "NM"} else text for text in right]}
    if len(parsed) == 1:
        return {"answers": right}
    return {"options": [{"text": plain_to_markdown(text), "correct": text == right[0]} for text, _ in parsed]}


def _answer(piece: str) -> tuple[str, float]:
    found = _ANSWER.match(piece.strip())
    assert found is not None  # noqa: S101 - the pattern matches any text
    share = float(found[2]) if found[2] else (100.0 if found[1] == "=" else 0.0)
    return one_line(_ESCAPED.sub(r"\1", found[3])), share


def write_blank(blank: Blank, *, case_sensitive: bool) -> str:
    """One blank in Moodle's form, for HTML."""
    if blank.options:
        pieces = [
            f"{'=' if option.correct else ''}{_escape(plain_words(option.text))}" for option in blank.options
        ]
        return f"{{1:MULTICHOICE:{'~'.join(pieces)}}}"
    kind = "SHORTANSWER_C" if case_sensitive else "SHORTANSWER"
    return f"{{1:{kind}:{'~'.join(f'={_escape(answer)}' for answer in blank.answers)}}}"


def _escape(text: str) -> str:
    # An equals sign or percent at the start would be read as "right" or "partly right".
    return escape(re.sub(r"([\\}#~]|^[=%])", r"\\\1", text), quote=False)
