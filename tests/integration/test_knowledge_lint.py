"""What a source folder may get wrong: each code once, with its file; and records that have no number."""

import pytest

from content_packages.knowledge.records import Part
from content_packages.knowledge.source import read_file, read_folder

RECORD = """\
- ref: {ref}
  kind: {kind}
  title: Về một việc
  issuer: Chính phủ
  signed: 2025-06-09
  effective: 2025-07-01
  area: cai-cach-the-che
  grade: B
  source_note: Bản thử.
  checked_on: 2026-11-22
"""
ENTRY = """\
---
qa: thu
area: cai-cach-the-che
---

## {entry_id}
{{source: "{source}", as_of: 2026-11-22}}

Hỏi gì?
{divider}
Trả lời.
"""


def record(ref="1/2025/NĐ-CP", kind="Nghị định", more=""):
    return RECORD.format(ref=ref, kind=kind) + more


def entry(entry_id="mot", source="1/2025/NĐ-CP", divider="\n---\n"):
    return ENTRY.format(entry_id=entry_id, source=source, divider=divider)


def folder(tmp_path, *, documents="", entries=""):
    for name, text in (("documents/a.yaml", documents or record()), ("qa/a.md", entries or entry())):
        file = tmp_path / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(text, "utf-8")
    return tmp_path


def test_a_folder_without_faults_is_read_without_findings(tmp_path):
    reading = read_folder(folder(tmp_path))

    assert reading.findings == ()
    assert (len(reading.source.documents), len(reading.source.entries)) == (1, 1)


@pytest.mark.parametrize(
    ("code", "severity", "written"),
    [
        ("R001", "error", {"documents": "ref: không phải danh sách"}),
        ("R001", "error", {"entries": "không có phần đầu"}),
        ("R002", "error", {"documents": record(more="  lạ: 1\n")}),
        ("R002", "error", {"documents": record(more="  replaces_in_part: [90/2020/NĐ-CP]\n")}),
        ("R003", "error", {"documents": record() + record(more="  level: cap-xa\n")}),
        ("R003", "error", {"entries": entry() + entry().partition("---\n\n")[2]}),
        ("R004", "error", {"documents": record(more="  expires: 2025-06-30\n")}),
        ("R004", "error", {"documents": record(more="  status: not_yet\n")}),
        ("R005", "warning", {"entries": entry(source="2/2025/NĐ-CP")}),
        ("R006", "warning", {"documents": record(more="  replaced_by: [2/2026/NĐ-CP]\n")}),
        ("R007", "error", {"documents": record(ref="Nghị định một cửa")}),
        ("R008", "error", {"entries": entry().replace("## mot", "Chữ lạc chỗ\n\n## mot")}),
        ("R009", "error", {"entries": entry(divider="")}),
        (
            "R010",
            "warning",
            {
                "documents": "".join(
                    record(ref, more="  passages: [{text: Cùng một câu.}]\n")
                    for ref in ("1/2025/NĐ-CP", "2/2025/NĐ-CP")
                )
            },
        ),
    ],
)
def test_each_fault_has_its_code(tmp_path, code, severity, written):
    findings = read_folder(folder(tmp_path, **written)).findings

    assert (code, severity) in {(one.code, one.severity) for one in findings}


def test_a_file_of_another_kind_is_refused(tmp_path):
    file = tmp_path / "a.docx"
    file.write_bytes(b"")

    assert [one.code for one in read_file(file).errors] == ["R001"]


def test_a_report_needs_no_number(tmp_path):
    reading = read_folder(folder(tmp_path, documents=record() + record("SIPAS 2024", "Báo cáo")))

    assert reading.findings == ()
    assert reading.source.documents[1].name == "Báo cáo SIPAS 2024"


def test_a_part_names_its_document_and_for_whom(tmp_path):
    written = record(more='  replaces_in_part: ["90/2020/NĐ-CP (công chức)"]\n')

    (document,) = read_folder(folder(tmp_path, documents=written)).source.documents

    assert document.replaces_in_part == (Part("90/2020/NĐ-CP", "công chức"),)
