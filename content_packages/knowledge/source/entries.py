"""Questions with answers from Markdown or from rows (pure)."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from content_packages.authoring.findings import Finding
from content_packages.authoring.source_text import SourceText, split_front_matter
from content_packages.authoring.yaml_text import YamlUnreadable, read_yaml
from content_packages.knowledge.records import Basis, Entry
from content_packages.knowledge.source.fields import (
    AREAS,
    LEVELS,
    Field,
    FieldWrong,
    block,
    day,
    one_of,
    read_fields,
    text,
    texts,
)

_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


def slug(value: Any) -> str:
    """A word of lower case letters, digits and hyphens."""
    written = text(value)
    if not _SLUG.fullmatch(written) or len(written) > 96:
        raise FieldWrong("phải gồm chữ thường không dấu, chữ số và gạch nối")
    return written


def bases(value: Any) -> tuple[Basis, ...]:
    """`118/2025/NĐ-CP, Điều 5, Khoản 1; 76/NQ-CP` -> two."""
    return tuple(_basis(one) for one in texts(value))


def _basis(written: str) -> Basis:
    ref, *places = [part.strip() for part in written.split(",")]
    article = next((place for place in places if not place.lower().startswith("khoản")), "")
    clause = next((place for place in places if place.lower().startswith("khoản")), "")
    return Basis(ref, article, clause)


ENTRY_FIELDS = {
    "id": Field(slug, required=True),
    "question": Field(text, required=True),
    "answer": Field(block, required=True),
    "also": Field(texts),
    "source": Field(bases, required=True),
    "as_of": Field(day, required=True),
    "area": Field(one_of(AREAS), required=True),
    "level": Field(one_of(LEVELS)),
}


def entry_from(given: Mapping[str, Any]) -> tuple[Entry | None, list[tuple[str, str]]]:
    """An entry from its fields, or (code, message) of what is wrong."""
    values, messages = read_fields(given, ENTRY_FIELDS)
    if messages:
        name = given.get("id", "?")
        return None, [("R002", f"{name}: {message}") for message in messages]
    sources = values.pop("source")
    return Entry(**values, sources=sources), []


def read_entries(source: SourceText) -> tuple[list[Entry], list[Finding]]:
    """The entries of one Markdown file, those without errors, and what was found."""
    front = split_front_matter(source.text)
    if front is None:
        return [], [Finding(source.path, 1, "R001", "thiếu phần đầu tệp giữa hai dòng “---”")]
    try:
        header = read_yaml(front.yaml, first_line=2).value
    except YamlUnreadable as refused:
        return [], [Finding(source.path, refused.line, "R001", f"không đọc được YAML: {refused}")]
    entries, findings = [], list[Finding]()
    for line, lines in _blocks(front.body, front.body_line, source.path, findings):
        entry, problems = _entry(line, lines, header if isinstance(header, dict) else {})
        findings += [Finding(source.path, line, code, message) for code, message in problems]
        if entry is not None:
            entries.append(entry)
    return entries, findings


def _blocks(
    body: str, first_line: int, path: str, findings: list[Finding]
) -> Iterator[tuple[int, list[str]]]:
    """(Line of the `##`, its lines) of each entry; text before the first is a finding."""
    start, lines = 0, list[str]()
    for number, line in enumerate(body.split("\n"), start=first_line):
        if line.startswith("## "):
            if lines:
                yield start, lines
            start, lines = number, [line]
        elif lines:
            lines.append(line)
        elif line.strip():
            message = "dòng này đứng ngoài mọi mục hỏi đáp; mỗi mục bắt đầu bằng “## mã”"
            findings.append(Finding(path, number, "R008", message))
    if lines:
        yield start, lines


def _entry(
    line: int, lines: list[str], header: Mapping[str, Any]
) -> tuple[Entry | None, list[tuple[str, str]]]:
    entry_id, rest = lines[0][3:].strip(), lines[1:]
    attributes: Any = {}
    if rest and rest[0].startswith("{"):
        try:
            attributes = read_yaml(rest.pop(0), first_line=line + 1).value
        except YamlUnreadable as refused:
            return None, [("R002", f"{entry_id}: dòng thuộc tính không phải YAML: {refused}")]
    divider = next((number for number, one in enumerate(rest) if one.strip() == "---"), None)
    if divider is None or not isinstance(attributes, dict):
        return None, [("R009", f"{entry_id}: cần câu hỏi, một dòng “---”, rồi câu trả lời")]
    question, answer = "\n".join(rest[:divider]).strip(), "\n".join(rest[divider + 1 :]).strip()
    shared = {name: header[name] for name in ("area", "level") if name in header}
    return entry_from({**shared, **attributes, "id": entry_id, "question": question, "answer": answer})
