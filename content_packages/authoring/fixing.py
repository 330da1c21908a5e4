"""Formatting that a program can mend: the compiled package stays the same byte for byte (pure).

Unicode NFC, no byte order mark, `\\n` line ends, no blanks at line ends, one blank line before a heading and
one space after its `##`, one line end at the end of the file. Inside fenced code nothing is touched; two
blanks at the end of a Markdown line stay two, because they are a line break.
"""

import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path

from content_packages.authoring.source_text import split_front_matter

PATTERNS = (
    "package.yaml", "modules/*/module.md", "banks/*.md", "quizzes/*.yaml", "qa/*.md", "surveys/*.yaml",
    "i18n/*/modules/*/module.md", "i18n/*/banks/*.md", "i18n/*/qa/*.md", "i18n/*/*.yaml", "i18n/*/*/*.yaml",
)  # fmt: skip
_HEADING = re.compile(r"^(#{1,6})[ \t]+(\S.*)$")
_FENCE = re.compile(r"^\s{0,3}(`{3,}|~{3,})(.*)$")
_INDENTED = re.compile(r"^( {4}|\t)")
_HTML = re.compile(r"^\s{0,3}<")
#: `key: |` and `key: >`: blanks at the ends of the lines below belong to the value.
_BLOCK_SCALAR = re.compile(r"[|>][+-]?\d?[ \t]*(#.*)?$", re.MULTILINE)


def fixed_text(text: str, *, is_markdown: bool) -> str:
    """The text well formatted; fixing it again changes nothing."""
    plain = unicodedata.normalize("NFC", text.removeprefix("\ufeff"))
    plain = plain.replace("\r\n", "\n").replace("\r", "\n")
    if not is_markdown:
        return _fixed_yaml(plain).rstrip("\n") + "\n"
    front = split_front_matter(plain)
    if front is None:
        return _fixed_markdown(plain)
    return f"---\n{_fixed_yaml(front.yaml)}\n---\n{_fixed_markdown(front.body)}"


def _fixed_yaml(text: str) -> str:
    if _BLOCK_SCALAR.search(text):
        return text
    return "\n".join(line.rstrip(" \t") for line in text.split("\n"))


def _fixed_markdown(text: str) -> str:
    """Lines of code and of raw HTML stay as they are: blanks may mean something there."""
    fixed: list[str] = []
    fence, in_html, has_tick, before = "", False, False, ""
    for line in text.split("\n"):
        was_fence, fence = fence, _fence_after(line, fence)
        in_html = bool(line.strip()) and (in_html or bool(_HTML.match(line)))
        # A code span may go on in the next line, and blanks in it are shown.
        has_tick = bool(line.strip()) and (has_tick or "`" in line)
        if was_fence or fence or in_html or has_tick or _INDENTED.match(line):
            fixed.append(line)
        else:
            one = _one_line(line)
            fixed += ["", one] if _HEADING.match(one) and before.strip() else [one]
        before = line
    return "\n".join(fixed) if fence else "\n".join(fixed).rstrip("\n") + "\n"


def _fence_after(line: str, fence: str) -> str:
    """The fence that is open after the line, such as "```"; "" outside of code."""
    found = _FENCE.match(line)
    if found is None:
        return fence
    if not fence:
        return "" if found[1][0] == "`" and "`" in found[2] else found[1]
    closes = found[1][0] == fence[0] and len(found[1]) >= len(fence) and not found[2].strip()
    return "" if closes else fence


def _one_line(line: str) -> str:
    bare = line.rstrip(" \t")
    heading = _HEADING.match(bare)
    if heading:
        return f"{heading[1]} {heading[2]}"
    is_break = bare != "" and line.endswith("  ")
    return f"{bare}  " if is_break else bare


def unformatted_files(folder: Path) -> Iterator[tuple[Path, str]]:
    """(File, its text as it should be) of every file of the package that is not well formatted."""
    for pattern in PATTERNS:
        for file in sorted(folder.glob(pattern)):
            content = file.read_bytes()
            try:
                fixed = fixed_text(content.decode(), is_markdown=file.suffix == ".md")
            except UnicodeDecodeError:
                continue  # The compiler says so; what it means is not ours to guess.
            if fixed.encode() != content:
                yield file, fixed
