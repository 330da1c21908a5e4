"""Documents' records from YAML or from rows (pure)."""

from collections.abc import Iterator, Mapping
from typing import Any

from content_packages.authoring.findings import Finding
from content_packages.authoring.source_text import SourceText
from content_packages.authoring.yaml_text import YamlUnreadable, read_yaml
from content_packages.knowledge.law_numbers import number_of_document
from content_packages.knowledge.records import UNNUMBERED_KINDS, Document, DocumentPassage
from content_packages.knowledge.source.fields import (
    AREAS,
    GRADES,
    KINDS,
    LEVELS,
    STATUSES,
    Field,
    block,
    day,
    one_of,
    parts,
    read_fields,
    text,
    texts,
)

DOCUMENT_FIELDS = {
    "ref": Field(text, required=True),
    "kind": Field(one_of(KINDS), required=True),
    "title": Field(text, required=True),
    "issuer": Field(text, required=True),
    "signed": Field(day),
    "effective": Field(day),
    "expires": Field(day),
    "status": Field(one_of(STATUSES)),
    "also": Field(texts),
    "replaces": Field(texts),
    "replaced_by": Field(texts),
    "amends": Field(texts),
    "amended_by": Field(texts),
    "replaces_in_part": Field(parts),
    "replaced_in_part_by": Field(parts),
    "area": Field(one_of(AREAS), required=True),
    "level": Field(one_of(LEVELS)),
    "topics": Field(texts),
    "grade": Field(one_of(GRADES), required=True),
    "source_note": Field(text, required=True),
    "checked_on": Field(day, required=True),
}
PASSAGE_FIELDS = {
    "article": Field(text),
    "clause": Field(text),
    "heading": Field(text),
    "text": Field(block, required=True),
}


def read_documents(source: SourceText) -> tuple[list[Document], list[Finding]]:
    """The documents of one YAML file, those without errors, and what was found."""
    try:
        parsed = read_yaml(source.text)
    except YamlUnreadable as refused:
        return [], [Finding(source.path, refused.line, "R001", f"không đọc được YAML: {refused}")]
    if not isinstance(parsed.value, list):
        return [], [
            Finding(
                source.path, 1, "R001", "tệp phải là một danh sách văn bản (mỗi mục bắt đầu bằng “- ref:”)"
            )
        ]
    documents, findings = [], []
    for index, given in enumerate(parsed.value):
        document, problems = document_from(given)
        line = parsed.line_of([index])
        findings += [Finding(source.path, line, code, message) for code, message in problems]
        if document is not None:
            documents.append(document)
    return documents, findings


def document_from(given: Any) -> tuple[Document | None, list[tuple[str, str]]]:
    """A record from its fields, or (code, message) of what is wrong."""
    if not isinstance(given, Mapping):
        return None, [("R002", "mỗi văn bản phải có dạng trường: giá trị")]
    own = {name: value for name, value in given.items() if name != "passages"}
    values, messages = read_fields(own, DOCUMENT_FIELDS)
    passages = list(_passages(given.get("passages") or [], messages))
    name = str(given.get("ref", "?"))
    problems = [("R002", f"{name}: {message}") for message in messages]
    if problems:
        return None, problems
    status = values.pop("status", "")
    document = Document(
        **values, passages=tuple(passages), superseded_known=status == "expired" and "expires" not in values
    )
    problems += [(code, f"{name}: {message}") for code, message in _contradictions(document, status)]
    return (None if problems else document), problems


def _passages(given: Any, messages: list[str]) -> Iterator[DocumentPassage]:
    if not isinstance(given, list):
        messages.append("“passages” phải là danh sách")
        return
    for number, one in enumerate(given, start=1):
        if not isinstance(one, Mapping):
            messages.append(f"đoạn {number} phải có dạng trường: giá trị")
            continue
        values, problems = read_fields(one, PASSAGE_FIELDS)
        messages += [f"đoạn {number}: {problem}" for problem in problems]
        if not problems:
            yield DocumentPassage(**values)


def _contradictions(document: Document, status: str) -> Iterator[tuple[str, str]]:
    if document.kind not in UNNUMBERED_KINDS and number_of_document(document.ref, document.kind) is None:
        yield "R007", "không nhận ra số hiệu; viết như trên văn bản, ví dụ 118/2025/NĐ-CP"
    known = [one for one in (document.signed, document.effective, document.expires) if one is not None]
    if known != sorted(known):
        yield "R004", "ngày ký, ngày có hiệu lực, ngày hết hiệu lực phải theo thứ tự"
    day = document.checked_on
    if day is None:
        return
    if status == "in_force" and document.standing_on(day) == "expired":
        yield "R004", "ghi còn hiệu lực (in_force), nhưng ngày hết hiệu lực đã qua"
    if status == "not_yet" and document.standing_on(day) == "in_force":
        yield "R004", "ghi chưa có hiệu lực (not_yet), nhưng ngày có hiệu lực đã qua hoặc chưa ghi"
