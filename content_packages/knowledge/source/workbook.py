"""Records from an XLSX file: sheets `van-ban`, `doan`, `hoi-dap`; any may be missing."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from content_packages.authoring.findings import Finding
from content_packages.knowledge.records import Document, Entry, KnowledgeSource
from content_packages.knowledge.source.documents import document_from
from content_packages.knowledge.source.entries import entry_from
from content_packages.knowledge.source.folder import KnowledgeReading, check_across

DOCUMENTS, PASSAGES, ENTRIES = "van-ban", "doan", "hoi-dap"
#: A spreadsheet says how large it is; nobody writes more rows by hand.
MOST_ROWS = 20_000

Row = dict[str, Any]


def read_workbook(file: Path) -> KnowledgeReading:
    """The records of a spreadsheet; a row with an error is named with its number."""
    try:
        book = load_workbook(file, read_only=True, data_only=True)
    except (BadZipFile, InvalidFileException, KeyError, OSError, ValueError):
        return KnowledgeReading(
            KnowledgeSource(), (Finding(file.name, 1, "R001", "không đọc được tệp XLSX"),)
        )
    try:
        sheets = {
            name: list(_rows(book[name]))
            for name in (DOCUMENTS, PASSAGES, ENTRIES)
            if name in book.sheetnames
        }
    finally:
        book.close()
    findings: list[Finding] = []
    if not sheets:
        message = f"không có trang tính nào tên {DOCUMENTS}, {PASSAGES} hoặc {ENTRIES}"
        findings.append(Finding(file.name, 1, "R001", message))
    documents = _documents(sheets, findings)
    entries = _entries(sheets.get(ENTRIES, []), findings)
    findings += check_across(documents, entries)
    return KnowledgeReading(KnowledgeSource(tuple(documents), tuple(entries)), tuple(sorted(set(findings))))


def _rows(sheet: Any) -> Iterator[tuple[int, Row]]:
    """(Row number, column -> value) of each row that is not empty."""
    names: list[str] = []
    for number, cells in enumerate(sheet.iter_rows(values_only=True, max_row=MOST_ROWS), start=1):
        if number == 1:
            names = [str(cell or "").strip() for cell in cells]
        elif any(cell not in (None, "") for cell in cells):
            yield number, {name: cell for name, cell in zip(names, cells, strict=False) if name}


def _documents(sheets: dict[str, list[tuple[int, Row]]], findings: list[Finding]) -> list[Document]:
    passages: dict[str, list[Row]] = {}
    for number, row in sheets.get(PASSAGES, []):
        ref = str(row.pop("ref", "") or "").strip()
        if not ref:
            findings.append(Finding(PASSAGES, number, "R002", "thiếu trường “ref”"))
        passages.setdefault(ref, []).append(row)
    documents = []
    for number, row in sheets.get(DOCUMENTS, []):
        ref = str(row.get("ref") or "").strip()
        document, problems = document_from({**row, "passages": passages.pop(ref, [])})
        findings += [Finding(DOCUMENTS, number, code, message) for code, message in problems]
        if document is not None:
            documents.append(document)
    for ref in filter(None, passages):
        findings.append(
            Finding(PASSAGES, 1, "R005", f"có đoạn của {ref}, nhưng trang {DOCUMENTS} không có số này")
        )
    return documents


def _entries(rows: list[tuple[int, Row]], findings: list[Finding]) -> list[Entry]:
    entries = []
    for number, row in rows:
        entry, problems = entry_from(row)
        findings += [Finding(ENTRIES, number, code, message) for code, message in problems]
        if entry is not None:
            entries.append(entry)
    return entries
