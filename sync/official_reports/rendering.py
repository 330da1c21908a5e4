"""One file of a report from its figures and words; no database (decision 0057)."""

import io
import json
import zipfile
from dataclasses import dataclass
from typing import Any

from sync.csv_files import write_csv
from sync.official_reports.annex_tables import table_of
from sync.official_reports.annexes import annexes_of
from sync.official_reports.document import Seal, document_fields, letterhead_from
from sync.official_reports.docx_file import write_docx
from sync.official_reports.figures import ReportFigures, ReportHead
from sync.official_reports.ledger import Difference
from sync.official_reports.pdf_file import write_pdf
from sync.official_reports.xlsx_file import write_xlsx
from sync.organization.folding import fold_name

MEDIA_TYPES = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pdf": "application/pdf",
    "csv": "application/zip",
}


@dataclass(frozen=True)
class Rendering:
    """What files are made from; `words`: canonical JSON of sections and letterhead."""

    figures: ReportFigures
    words: bytes
    seal: Seal
    template: bytes
    differences: tuple[Difference, ...] = ()


def render(rendering: Rendering, file_format: str) -> bytes:
    """The file.

    Args:
        file_format: docx, xlsx, pdf or csv (an archive of one CSV per annex).
    """
    figures, seal, differences = rendering.figures, rendering.seal, rendering.differences
    if file_format == "xlsx":
        return write_xlsx(figures, seal=seal, differences=differences)
    if file_format == "csv":
        return _write_archive(figures, differences)
    fields = _fields(rendering)
    if file_format == "docx":
        return write_docx(fields, template=rendering.template)
    return write_pdf(figures, fields, differences=differences)


def file_name(head: ReportHead, file_format: str) -> str:
    """bao-cao-2026-tinh-tuyen-quang.docx; letters that every file system takes."""
    form = {"annual": "bao-cao", "mid_term": "so-ket", "final": "tong-ket"}[head.form.value]
    unit = "-".join(fold_name(head.unit_name).split())[:60]
    return f"{form}-{head.year}-{unit}.{'csv.zip' if file_format == 'csv' else file_format}"


def _fields(rendering: Rendering) -> dict[str, Any]:
    words = json.loads(rendering.words)
    letterhead = letterhead_from(words.get("letterhead", {}))
    return document_fields(rendering.figures, words.get("sections", {}), letterhead, rendering.seal)


def _write_archive(figures: ReportFigures, differences: tuple[Difference, ...]) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for annex in annexes_of(figures, differences):
            table = table_of(annex)
            name = "-".join(fold_name(annex.name).split())
            archive.writestr(f"{name}.csv", write_csv(table.header, table.rows))
    return written.getvalue()
