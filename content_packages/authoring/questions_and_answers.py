"""Q&A files: what officials ask, other ways to ask it, and the answer -> canonical entries."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from content_packages.authoring.blocks import Block, read_blocks, take_attributes
from content_packages.authoring.findings import Finding
from content_packages.authoring.schema_check import schema_violations
from content_packages.authoring.source_text import SourceText, check_front_matter


@dataclass(frozen=True)
class QAEntrySource:
    """One entry in canonical form, and where it stands."""

    path: str
    line: int
    canonical: dict[str, Any]

    @property
    def id(self) -> str:
        """The entry's id."""
        return str(self.canonical["id"])


@dataclass(frozen=True)
class QAFile:
    """A Q&A file that was read; only entries without errors are in `entries`.

    Attributes:
        broken_ids: entries that have errors of their own, so that nobody calls them missing.
    """

    entries: list[QAEntrySource] = field(default_factory=list)
    broken_ids: set[str] = field(default_factory=set)
    findings: list[Finding] = field(default_factory=list)


def read_qa(source: SourceText) -> QAFile:
    """All entries of a Q&A file."""
    front, header, findings = check_front_matter(source, schema="qa", codes=("H001", "H001"))
    file = QAFile(findings=findings)
    if front is None or header is None:
        return file
    for block in read_blocks(front.body, front.body_line, source, findings, code="H005"):
        canonical, problems = _entry(source, block, header)
        findings += problems
        if problems:
            file.broken_ids.add(block.id)
        else:
            file.entries.append(QAEntrySource(source.path, block.line, canonical))
    return file


def _entry(source: SourceText, block: Block, header: dict[str, Any]) -> tuple[dict[str, Any], list[Finding]]:
    attributes, lines, findings = take_attributes(source, block, code="H004")
    if findings:
        return {}, findings  # What the attributes would have said is not known.
    if "---" not in [line.rstrip() for line in lines]:
        message = f"mục {block.id}: thiếu dòng “---” giữa câu hỏi và câu trả lời"
        return {}, [Finding(source.path, block.line, "H005", message)]
    cut = [line.rstrip() for line in lines].index("---")
    written = {"question": _text(lines[:cut]), "answer": _text(lines[cut + 1 :])}
    area = {"area": header["area"]} if "area" in header else {}
    canonical = {
        **area,
        **attributes,
        "id": block.id,
        "qa": header["qa"],
        **{k: v for k, v in written.items() if v},
    }
    return canonical, list(_violations(source, block, canonical))


def _text(lines: list[str]) -> str:
    return "\n".join(line.rstrip() for line in lines).strip("\n")


def _violations(source: SourceText, block: Block, canonical: dict[str, Any]) -> Iterator[Finding]:
    for _, message in schema_violations(canonical, schema="qa_entry"):
        yield Finding(source.path, block.line, "H002", f"mục {block.id}: {message}")
    if "source" not in canonical:
        yield Finding(source.path, block.line, "H010", f"mục {block.id} chưa ghi nguồn (source)")
