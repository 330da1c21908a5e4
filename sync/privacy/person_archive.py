"""The ZIP of one person's records: for programs (JSON, CSV) and for the person (a page in Vietnamese)."""

import csv
import hashlib
import html
import io
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

from sqlalchemy import select
from sqlalchemy.orm import Session

from sync.calendars import VIET_NAM
from sync.privacy.person_holdings import (
    list_allowances,
    list_attempts,
    list_documents_of,
    list_forwarded,
    list_questions,
    list_study_progress,
    list_version_choices,
    read_registry,
)
from sync.privacy.sentences import RecordInWords, record_in_words
from sync.privacy.subjects import Subject
from xapi_bridge.store.audit import Reading
from xapi_bridge.store.blobs import Blobs
from xapi_bridge.store.erasure import find_named_seqs
from xapi_bridge.store.follow import STORED_COLUMNS, StoredStatement, stored_from_row
from xapi_bridge.store.models import StatementAttachment, StatementRow
from xapi_bridge.store.terms import in_chunks

_REPORT_EVERY = 1000


@dataclass
class _Archive:
    """The ZIP while it is written, and the hash of each file in it."""

    zipped: ZipFile
    hashes: dict[str, dict[str, Any]] = field(default_factory=dict)

    def add(self, name: str, pieces: Iterator[bytes]) -> None:
        """One file, written piece by piece."""
        digest, size = hashlib.sha256(), 0
        with self.zipped.open(name, "w", force_zip64=True) as target:
            for piece in pieces:
                digest.update(piece)
                size += len(piece)
                target.write(piece)
        self.hashes[name] = {"sha256": digest.hexdigest(), "bytes": size}

    def add_json(self, name: str, value: Any) -> None:
        """One JSON file."""
        self.add(name, iter([json.dumps(value, ensure_ascii=False, indent=2, default=str).encode()]))

    def add_table(self, name: str, header: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
        """One CSV file that spreadsheets open as UTF-8."""
        written = io.StringIO(newline="")
        writer = csv.writer(written, delimiter=";")
        writer.writerow(header)
        writer.writerows([[_harmless(cell) for cell in row] for row in rows])
        self.add(name, iter(["\ufeff".encode() + written.getvalue().encode()]))


def write_person_archive(
    session: Session,
    subject: Subject,
    path: Path,
    *,
    reference: str,
    until: int,
    blobs: Blobs,
    readings: Sequence[Reading],
    now: datetime,
    report: Callable[[int], None],
) -> str:
    """Writes the ZIP and returns its SHA-256, hexadecimal.

    What others recorded about themselves and in which the person is only named is listed by id and instant:
    its content belongs to others too.

    Args:
        until: the last statement that belongs to the export.
        readings: who asked for this person's records.
        report: called with the number of statements written, now and then.
    """
    own, others = find_named_seqs(session, subject.identifiers, until=until)
    with ZipFile(path, "w", ZIP_DEFLATED) as zipped:
        archive = _Archive(zipped)
        _add_statements(session, archive, own, report=report)
        _add_mentions(session, archive, others)
        _add_attachments(session, archive, own, blobs=blobs)
        _add_holdings(session, archive, subject, own)
        _add_readings(archive, readings)
        manifest = {
            "reference": reference,
            "written_at": now.isoformat(),
            "statements": len(own),
            "mentions": len(others),
            "files": archive.hashes,
        }
        zipped.writestr("manifest.json", json.dumps(manifest, ensure_ascii=False, indent=2))
    with path.open("rb") as finished:
        return hashlib.file_digest(finished, "sha256").hexdigest()


def _add_statements(
    session: Session, archive: _Archive, seqs: Sequence[int], *, report: Callable[[int], None]
) -> None:
    archive.add("ban-ghi.ndjson", _lines(session, seqs, report=report))
    archive.add("ban-ghi.csv", _table(session, seqs))
    archive.add("doc-truoc.html", _page(session, seqs))


def _lines(session: Session, seqs: Sequence[int], *, report: Callable[[int], None]) -> Iterator[bytes]:
    for place, stored in enumerate(_stored(session, seqs), start=1):
        yield stored.payload.replace(b"\r", b" ").replace(b"\n", b" ") + b"\n"
        if place % _REPORT_EVERY == 0:
            report(place)


def _table(session: Session, seqs: Sequence[int]) -> Iterator[bytes]:
    header = ("thoi_diem", "noi_dung", "hoat_dong", "ket_qua", "tra_loi", "da_huy", "ma_ban_ghi")
    yield "\ufeff".encode() + _csv_line(header)
    for stored in _stored(session, seqs):
        words = record_in_words(stored)
        yield _csv_line(
            (words.at, words.sentence, words.activity_iri, words.result, words.response,
             "có" if stored.voided else "", str(stored.statement_id))
        )  # fmt: skip


def _page(session: Session, seqs: Sequence[int]) -> Iterator[bytes]:
    yield _PAGE_TOP.encode()
    for stored in _stored(session, seqs):
        yield _page_row(record_in_words(stored)).encode()
    yield b"</tbody></table></body></html>\n"


def _page_row(words: RecordInWords) -> str:
    cells = (words.at, words.sentence, words.result, words.response)
    return "<tr>" + "".join(f"<td>{html.escape(cell)}</td>" for cell in cells) + "</tr>\n"


_PAGE_TOP = """<!doctype html>
<html lang="vi"><head><meta charset="utf-8"><title>Bản ghi học tập của một người</title>
<style>body{font-family:sans-serif;max-width:60rem;margin:auto;padding:1rem}
table{border-collapse:collapse;width:100%}td,th{border:1px solid #999;padding:.3rem;text-align:left}</style>
</head><body><h1>Bản ghi học tập của một người</h1>
<p>Trang này kể lại bằng lời mọi bản ghi học tập đang được lưu. Nội dung đầy đủ nằm trong tệp
<code>ban-ghi.ndjson</code>; danh bạ, tài liệu, lượt làm bài và nơi đã gửi nằm trong các tệp còn lại;
<code>manifest.json</code> ghi dấu SHA-256 của từng tệp.</p>
<table><thead><tr><th>Thời điểm</th><th>Nội dung</th><th>Kết quả</th><th>Trả lời</th></tr></thead><tbody>
"""


def _add_mentions(session: Session, archive: _Archive, seqs: Sequence[int]) -> None:
    rows = [(words.at, str(stored.statement_id)) for stored, words in _with_words(session, seqs)]
    archive.add_table("duoc-nhac-den.csv", ("thoi_diem", "ma_ban_ghi"), rows)


def _with_words(session: Session, seqs: Sequence[int]) -> Iterator[tuple[StoredStatement, RecordInWords]]:
    for stored in _stored(session, seqs):
        yield stored, record_in_words(stored)


def _add_attachments(session: Session, archive: _Archive, seqs: Sequence[int], *, blobs: Blobs) -> None:
    seen: set[str] = set()
    for chunk in in_chunks(seqs):
        ids = select(StatementRow.statement_id).where(StatementRow.seq.in_(chunk))
        links = select(StatementAttachment.sha2).where(StatementAttachment.statement_id.in_(ids)).distinct()
        for sha2 in session.scalars(links.order_by(StatementAttachment.sha2)):
            if sha2 not in seen and blobs.size_of(sha2) is not None:
                seen.add(sha2)
                archive.add(f"dinh-kem/{sha2}", blobs.read(sha2))


def _add_holdings(session: Session, archive: _Archive, subject: Subject, own: Sequence[int]) -> None:
    archive.add_json("danh-ba.json", read_registry(session, subject))
    for number, document in enumerate(list_documents_of(session, subject), start=1):
        archive.add(f"tai-lieu/{number:04}.bin", iter([document.body]))
        archive.add_json(f"tai-lieu/{number:04}.json", document.described)
    archive.add_json("luot-lam-bai.json", list_attempts(session, subject))
    archive.add_json("tien-do-doc.json", list_study_progress(session, subject))
    archive.add_json("them-gio-lam-bai.json", list_allowances(session, subject))
    archive.add_json("chon-phien-ban.json", list_version_choices(session, subject))
    archive.add_json("hoi-dap.json", list_questions(session, subject))
    header = ("noi_nhan", "ma_ban_ghi", "gui_luc")
    archive.add_table("da-gui-di.csv", header, list_forwarded(session, own))


def _add_readings(archive: _Archive, readings: Sequence[Reading]) -> None:
    header = ("thoi_diem", "ai_xem", "xem_gi", "so_ban_ghi")
    rows = [
        (
            one.read_at.astimezone(VIET_NAM).isoformat(timespec="seconds"),
            f"{one.reader.kind}: {one.reader.name}",
            one.resource,
            one.records,
        )
        for one in readings
    ]
    archive.add_table("ai-da-xem.csv", header, rows)


def _stored(session: Session, seqs: Sequence[int]) -> Iterator[StoredStatement]:
    for chunk in in_chunks(seqs):
        rows = session.execute(
            select(*STORED_COLUMNS).where(StatementRow.seq.in_(chunk)).order_by(StatementRow.seq)
        )
        for row in rows.all():
            yield stored_from_row(row)


def _csv_line(cells: Sequence[Any]) -> bytes:
    written = io.StringIO(newline="")
    csv.writer(written, delimiter=";").writerow([_harmless(cell) for cell in cells])
    return written.getvalue().encode()


def _harmless(cell: Any) -> str:
    """A spreadsheet must not take a learner's answer for a formula."""
    text = cell.astimezone(VIET_NAM).isoformat() if isinstance(cell, datetime) else str(cell)
    return f"'{text}" if text[:1] in {"=", "+", "-", "@", "\t", "\r"} else text
