"""A source file as text in one normal form, and its front matter."""

import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from content_packages.authoring.findings import Finding
from content_packages.authoring.schema_check import SchemaName, schema_violations
from content_packages.authoring.yaml_text import YamlText, YamlUnreadable, read_yaml


@dataclass(frozen=True)
class SourceText:
    """A text file of the package; `path` is relative to the package, with `/`."""

    path: str
    text: str

    @property
    def stem(self) -> str:
        """File name without folder and ending."""
        return Path(self.path).stem


def read_source(folder: Path, file: Path) -> SourceText:
    """The file in Unicode NFC with `\\n` line ends, so that two keyboards make the same bytes.

    Raises:
        UnicodeDecodeError: the file is not UTF-8.
    """
    text = unicodedata.normalize("NFC", file.read_text("utf-8-sig"))
    return SourceText(file.relative_to(folder).as_posix(), text)


@dataclass(frozen=True)
class FrontMatter:
    """Front matter and body of a Markdown file; `body_line` is the body's first line."""

    yaml: str
    body: str
    body_line: int


def split_front_matter(text: str) -> FrontMatter | None:
    """The part between the two `---` lines at the top, and what follows; None when there is none."""
    lines = text.split("\n")
    if lines[0].rstrip() != "---":
        return None
    end = next((number for number, line in enumerate(lines[1:], start=1) if line.rstrip() == "---"), None)
    if end is None:
        return None
    return FrontMatter("\n".join(lines[1:end]), "\n".join(lines[end + 1 :]), end + 2)


def check_yaml(
    source: SourceText, text: str, *, first_line: int, schema: SchemaName, codes: tuple[str, str]
) -> tuple[YamlText | None, list[Finding]]:
    """The parsed YAML when it fits its schema, else None; and what was found.

    Args:
        codes: finding codes for "unreadable" and for "against the schema".
    """
    try:
        parsed = read_yaml(text, first_line=first_line)
    except YamlUnreadable as refused:
        return None, [Finding(source.path, refused.line, codes[0], f"không đọc được YAML: {refused}")]
    findings = [
        Finding(source.path, parsed.line_of(path), codes[1], message)
        for path, message in schema_violations(parsed.value, schema=schema)
    ]
    return (None if findings else parsed), findings


def check_front_matter(
    source: SourceText, *, schema: SchemaName, codes: tuple[str, str]
) -> tuple[FrontMatter | None, dict[str, Any] | None, list[Finding]]:
    """Front matter as text, as a checked mapping, and what was found."""
    front = split_front_matter(source.text)
    if front is None:
        message = "thiếu phần đầu tệp giữa hai dòng “---”"
        return None, None, [Finding(source.path, 1, codes[0], message)]
    parsed, findings = check_yaml(source, front.yaml, first_line=2, schema=schema, codes=codes)
    return front, (parsed.value if parsed else None), findings
