"""A GIFT file -> its questions as blocks, and the small words of its grammar. Pure.

The grammar is that of Moodle's documentation of the format: blocks apart by empty lines, `//` comments,
`$CATEGORY:`, `::title::`, `[format]`, one `{…}` with the answers, `\\` before `~ = # { } :`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_SPECIAL = "~=#{}:"
_TITLE = re.compile(r"^::((?:\\.|[^\\])*?)::", re.DOTALL)
_FORMAT = re.compile(r"^\s*\[(html|moodle|plain|markdown)\]", re.IGNORECASE)
_TAG = re.compile(r"\[(id|tag):((?:\\.|[^\]\\])*)\]")
_ESCAPED = re.compile(r"\\([~=#{}:\\n])")


@dataclass(frozen=True)
class GiftBlock:
    """One question as written.

    Attributes:
        line: its first line, from 1.
        tags: of `// [id:…] [tag:…]` comments above it, in order.
        text_format: `html`, `moodle`, `plain` or `markdown`.
        before, after: text around the answers, still escaped.
        answers: what stands between the braces, still escaped; None without braces.
    """

    line: int
    title: str
    tags: tuple[tuple[str, str], ...]
    text_format: str
    before: str
    answers: str | None
    after: str


def gift_blocks(text: str) -> Iterator[GiftBlock]:
    """The questions of a GIFT file in their order; comments and categories are read over."""
    lines: list[str] = []
    tags: list[tuple[str, str]] = []
    start = 1
    for number, line in enumerate([*text.split("\n"), ""], start=1):
        stripped = line.strip()
        if stripped.startswith("//"):
            tags += [(kind, unescaped(value)) for kind, value in _TAG.findall(stripped)]
        elif stripped.startswith("$CATEGORY:"):
            tags.clear()
        elif stripped or _is_open("\n".join(lines)):
            start = start if lines else number
            lines.append(line)
        elif lines:
            yield _block("\n".join(lines), start, tuple(tags))
            lines, tags = [], []
    if lines:
        yield _block("\n".join(lines), start, tuple(tags))


def _is_open(text: str) -> bool:
    """Whether a `{` is not closed yet: an empty line inside the answers does not end the question."""
    return find_plain(text, "{") != -1 and find_plain(text, "}") == -1


def _block(text: str, line: int, tags: tuple[tuple[str, str], ...]) -> GiftBlock:
    text = text.strip()
    title = ""
    if found := _TITLE.match(text):
        title, text = unescaped(found[1]).strip(), text[found.end() :].lstrip()
    text_format = "moodle"
    if found := _FORMAT.match(text):
        text_format, text = found[1].lower(), text[found.end() :].lstrip()
    opened, closed = find_plain(text, "{"), find_plain(text, "}")
    if opened == -1 or closed < opened:
        return GiftBlock(line, title, tags, text_format, text, None, "")
    return GiftBlock(
        line, title, tags, text_format, text[:opened], text[opened + 1 : closed], text[closed + 1 :]
    )


def find_plain(text: str, mark: str, start: int = 0) -> int:
    """Where the mark stands without a backslash before it; -1 when nowhere."""
    position = start
    while position < len(text):
        if text[position] == "\\":
            position += 2
            continue
        if text.startswith(mark, position):
            return position
        position += 1
    return -1


def split_plain(text: str, mark: str) -> tuple[str, str | None]:
    """The parts around the first unescaped mark; the second is None when it does not occur."""
    position = find_plain(text, mark)
    return (text, None) if position == -1 else (text[:position], text[position + len(mark) :])


def split_answers(text: str) -> list[str]:
    """The answers of a block, each beginning with its `=` or `~`; text before the first is one of its own."""
    starts = [0]
    position = 0
    while position < len(text):
        if text[position] == "\\":
            position += 2
            continue
        if text[position] in "=~" and position:
            starts.append(position)
        position += 1
    pieces = [text[a:b].strip() for a, b in zip(starts, [*starts[1:], len(text)], strict=True)]
    return [piece for piece in pieces if piece]


def unescaped(text: str) -> str:
    """The words without the backslashes of the format; `\\n` is a line end."""
    return _ESCAPED.sub(lambda found: "\n" if found[1] == "n" else found[1], text)


def escaped(text: str) -> str:
    """The words as GIFT wants them on one line."""
    marked = "".join(f"\\{letter}" if letter in _SPECIAL or letter == "\\" else letter for letter in text)
    return marked.replace("\n", "\\n")
