"""A folder of sources, read whole and checked across its files."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from content_packages.authoring.findings import Finding
from content_packages.authoring.source_text import SourceText, read_source
from content_packages.knowledge.records import Document, Entry, KnowledgeSource, Vocabulary
from content_packages.knowledge.source.documents import read_documents
from content_packages.knowledge.source.entries import read_entries
from content_packages.knowledge.source.words import read_abbreviations, read_synonyms

Read = TypeVar("Read")


@dataclass(frozen=True)
class KnowledgeReading:
    """What was read, and what was found; with errors nothing of it should be published."""

    source: KnowledgeSource
    findings: tuple[Finding, ...]

    @property
    def errors(self) -> tuple[Finding, ...]:
        """The findings that stop a publication."""
        return tuple(finding for finding in self.findings if finding.severity == "error")


def read_folder(folder: Path) -> KnowledgeReading:
    """Everything in `folder`; the same files give the same records on every machine."""
    findings: list[Finding] = []
    documents = [one for read in _each(folder, "documents/*.yaml", read_documents, findings) for one in read]
    entries = [one for read in _each(folder, "qa/*.md", read_entries, findings) for one in read]
    short = next(_each(folder, "abbreviations.yaml", read_abbreviations, findings), {})
    words = next(_each(folder, "synonyms.yaml", read_synonyms, findings), Vocabulary())
    findings += check_across(documents, entries)
    source = KnowledgeSource(tuple(documents), tuple(entries), replace(words, abbreviations=short))
    return KnowledgeReading(source, tuple(sorted(set(findings))))


def _each(
    folder: Path,
    pattern: str,
    read: Callable[[SourceText], tuple[Read, list[Finding]]],
    findings: list[Finding],
) -> Iterator[Read]:
    for file in sorted(folder.glob(pattern)):
        try:
            value, found = read(read_source(folder, file))
        except UnicodeDecodeError:
            path = file.relative_to(folder).as_posix()
            findings.append(Finding(path, 1, "R001", "tệp không phải UTF-8; hãy lưu lại ở dạng UTF-8"))
            continue
        findings += found
        yield value


def check_across(documents: Iterable[Document], entries: Iterable[Entry]) -> Iterator[Finding]:
    """What only shows when all records lie side by side."""
    by_ref: dict[str, Document] = {}
    for document in documents:
        if document.ref in by_ref:
            yield Finding("documents", 1, "R003", f"{document.ref} được ghi hai lần")
        by_ref[document.ref] = document
    seen: set[str] = set()
    for entry in entries:
        if entry.id in seen:
            yield Finding("qa", 1, "R003", f"mã {entry.id} được dùng hai lần")
        seen.add(entry.id)
        for basis in entry.sources:
            if basis.ref not in by_ref:
                message = f"{entry.id} dựa vào {basis.ref}, nhưng văn bản này chưa được ghi"
                yield Finding("qa", 1, "R005", message, "warning")
    yield from _replaced_without_end(by_ref)
    yield from _repeated_sentences(by_ref.values())


def _replaced_without_end(by_ref: dict[str, Document]) -> Iterator[Finding]:
    for document in by_ref.values():
        ends = document.expires is not None or document.superseded_known
        if document.replaced_by and not ends and not any(ref in by_ref for ref in document.replaced_by):
            message = f"{document.ref} đã bị thay thế nhưng chưa ghi ngày hết hiệu lực"
            yield Finding("documents", 1, "R006", message, "warning")


def _repeated_sentences(documents: Iterable[Document]) -> Iterator[Finding]:
    owner: dict[str, str] = {}
    for document in documents:
        for passage in document.passages:
            first = owner.setdefault(passage.text, document.ref)
            if first != document.ref:
                message = f"{first} và {document.ref} có cùng một đoạn"
                yield Finding("documents", 1, "R010", message, "warning")
