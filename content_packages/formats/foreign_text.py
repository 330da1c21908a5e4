"""Text of other formats -> lines that our native source can hold. Pure."""

import re
import unicodedata
from collections.abc import Sequence
from html import unescape

import nh3
from markdownify import markdownify

from content_packages.authoring.markup import render_phrase, sanitise

_BREAK = "\\\n"
#: What would begin something else when it opens a line of a bank file.
_OPENS_A_LINE = re.compile(r"^(#|=|~|>|\{|- \[[ xX]\]|- \(|\d+[.)]\s|---)")
_MARKS = re.compile(r"([\\`*_\[\]<>&])")
_LINE_END = re.compile(r"[ \t]*\n[ \t]*")
_PAIR_ARROW = re.compile(r"\s+=>\s+")


def decode_text(content: bytes) -> tuple[str, str]:
    """The text in Unicode NFC with `\\n` line ends, and the name of the encoding that was recognised.

    A byte order mark decides; then UTF-8; then Windows-1258 (Vietnamese), which reads any byte that it has.

    Raises:
        UnicodeDecodeError: the bytes are in none of them.
    """
    for encoding in _encodings_of(content):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return normalised(text), encoding
    raise UnicodeDecodeError("cp1258", content, 0, 1, "neither Unicode nor Windows-1258")


def _encodings_of(content: bytes) -> tuple[str, ...]:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return ("utf-16",)
    return ("utf-8-sig", "cp1258")


def normalised(text: str) -> str:
    """NFC, `\\n` line ends, no byte order mark, no other control characters than line end and tab."""
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    return "".join(letter for letter in text if letter in "\n\t" or unicodedata.category(letter) != "Cc")


def plain_to_markdown(text: str) -> str:
    """Plain words as Markdown that shows exactly these words."""
    return _MARKS.sub(r"\\\1", text)


def html_to_markdown(html: str) -> str:
    """Markdown of an HTML fragment; scripts, styles and foreign frames are gone before it is read."""
    # A line end in HTML is a space; in our stems it would become a break.
    flowing = _LINE_END.sub(" ", sanitise(html))
    written = markdownify(
        flowing, newline_style="backslash", bullets="-", heading_style="ATX", escape_misc=True
    )
    return str(written)


def plain_words(markdown: str) -> str:
    """What a page shows of one line of Markdown, without any marking: lists of choices show only this."""
    return unescape(nh3.clean(render_phrase(markdown), tags=set()))


def block_text(markdown: str) -> str:
    """A stem or explanation: paragraphs joined by line breaks, no line that would mean something else."""
    lines = [line.strip() for line in normalised(markdown).split("\n")]
    kept = [line for line in lines if line and line != "\\"]
    if not kept:
        return ""
    return _joined([_OPENS_A_LINE.sub(r"\\\1", line) for line in kept])


def _joined(lines: Sequence[str]) -> str:
    """Lines that end in a break of their own keep it; others get one, so that paragraphs stay apart."""
    text = _BREAK.join(line.removesuffix("\\").rstrip() for line in lines)
    return _PAIR_ARROW.sub(" ⇒ ", text)


def one_line(markdown: str) -> str:
    """An option, a pair's half or feedback: one line."""
    words = " ".join(normalised(markdown).replace("\\\n", " ").split())
    return _PAIR_ARROW.sub(" ⇒ ", words)
