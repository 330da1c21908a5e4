"""One file as experts send it, by its ending."""

from pathlib import Path

from content_packages.authoring.findings import Finding
from content_packages.authoring.source_text import read_source
from content_packages.knowledge.records import KnowledgeSource
from content_packages.knowledge.source.documents import read_documents
from content_packages.knowledge.source.entries import read_entries
from content_packages.knowledge.source.folder import KnowledgeReading
from content_packages.knowledge.source.workbook import read_workbook


def read_file(file: Path) -> KnowledgeReading:
    """`.xlsx`: documents and entries; `.md`: entries; `.yaml`: documents."""
    if file.suffix not in (".xlsx", ".md", ".yaml"):
        message = "chỉ nhận tệp .xlsx, .md hoặc .yaml"
        return KnowledgeReading(KnowledgeSource(), (Finding(file.name, 1, "R001", message),))
    if file.suffix == ".xlsx":
        return read_workbook(file)
    try:
        source = read_source(file.parent, file)
    except UnicodeDecodeError:
        message = "tệp không phải UTF-8; hãy lưu lại ở dạng UTF-8"
        return KnowledgeReading(KnowledgeSource(), (Finding(file.name, 1, "R001", message),))
    if file.suffix == ".md":
        entries, findings = read_entries(source)
        return KnowledgeReading(KnowledgeSource(entries=tuple(entries)), tuple(findings))
    documents, findings = read_documents(source)
    return KnowledgeReading(KnowledgeSource(documents=tuple(documents)), tuple(findings))
