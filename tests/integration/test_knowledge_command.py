"""`cchc knowledge`: what an operator sees when publishing, importing, asking, keeping and examining."""

import json

import pytest
from click.testing import CliRunner, Result
from openpyxl import Workbook

from content_packages.knowledge.confidence import model_from_json
from lti_tool.cli.knowledge import knowledge
from lti_tool.settings import Settings

ENTRY = """\
---
qa: thu
area: quan-diem-chu-truong
---

## cau-thu
{also: ["cau thu"], source: "76/NQ-CP", as_of: 2026-11-22}

Câu hỏi thử là gì?

---

Là câu hỏi để **thử**.
"""
DOCUMENT = """\
- ref: 76/NQ-CP
  kind: Nghị quyết
  title: Chương trình tổng thể cải cách hành chính
  issuer: Chính phủ
  signed: 2021-07-15
  area: quan-diem-chu-truong
  grade: A
  source_note: Bản thử.
  checked_on: 2026-11-22
"""


@pytest.fixture
def run(tmp_path, prepared_sqlite_file):
    """Runs `cchc knowledge …` on SQLite; that both engines agree is tested elsewhere."""
    copy = tmp_path / "test.sqlite"
    copy.write_bytes(prepared_sqlite_file.read_bytes())
    settings = Settings(database_url=f"sqlite:///{copy}", data_dir=tmp_path)

    def run_command(*words: str) -> Result:
        return CliRunner().invoke(knowledge, [str(word) for word in words], obj=settings)

    return run_command


@pytest.fixture
def source(tmp_path):
    """A folder with one document and one entry."""
    folder = tmp_path / "nguon"
    (folder / "documents").mkdir(parents=True)
    (folder / "qa").mkdir()
    (folder / "documents" / "khung.yaml").write_text(DOCUMENT, "utf-8")
    (folder / "qa" / "thu.md").write_text(ENTRY, "utf-8")
    return folder


def test_an_operator_publishes_asks_and_checks(run, source):
    published, again = run("publish", source), run("publish", source)
    searched, checked, rebuilt = run("search", "chương trình"), run("check", "--index"), run("rebuild")
    run("publish")
    answered = run("answer", "muc luong co so hien nay la bao nhieu", "--on", "26/11/2026")

    assert "Đã cập nhật 1 văn bản, 1 mục hỏi đáp" in published.output
    assert "Đã cập nhật 0 văn bản, 0 mục hỏi đáp; 0 đoạn" in again.output
    assert answered.output.startswith("2.530.000 đồng")
    assert "Máy trả lời; mức tin cậy cao" in answered.output
    assert "Căn cứ: 161/2026/NĐ-CP (còn hiệu lực; đối chiếu ngày 22/11/2026)" in answered.output
    assert "[Chương trình]" in searched.output
    assert "0 sai lệch" in checked.output
    assert "Đã dựng lại chỉ mục: 4 đoạn." in rebuilt.output


def test_what_nobody_wrote_about_is_not_known(run, source):
    run("publish", source)

    assert run("answer", "cách nấu phở bò").output.startswith("Không biết.")


def test_a_source_with_errors_is_refused_with_file_and_line(run, source):
    (source / "documents" / "khung.yaml").write_text(DOCUMENT.replace("grade: A", "grade: D"), "utf-8")

    checked, published = run("check", source), run("publish", source)

    assert checked.exit_code == 1
    assert "documents/khung.yaml:1: R002 lỗi: 76/NQ-CP: “grade” phải là một trong: A, B, C" in checked.output
    assert type(published.exception).__name__ == "KnowledgeHasErrors"
    assert run("search", "chương trình").output == ""


def test_a_spreadsheet_is_imported_and_a_bad_row_is_named(run, tmp_path):
    book = Workbook()
    documents, passages, entries = book.active, book.create_sheet("doan"), book.create_sheet("hoi-dap")
    documents.title = "van-ban"
    documents.append(
        [
            "ref",
            "kind",
            "title",
            "issuer",
            "effective",
            "area",
            "topics",
            "grade",
            "source_note",
            "checked_on",
        ]
    )
    documents.append(
        [
            *("9/2025/NĐ-CP", "Nghị định", "Về con dấu", "Chính phủ", "2025-07-01", "cai-cach-bo-may"),
            *("dấu; con dấu", "B", "Bản thử.", "2026-11-22"),
        ]
    )
    passages.append(["ref", "article", "text"])
    passages.append(["9/2025/NĐ-CP", "Điều 2", "Trung tâm có con dấu riêng."])
    entries.append(["id", "question", "answer", "also", "source", "as_of", "area"])
    entries.append(
        ["co-dau", "Có dấu không?", "Có.", "co dau", "9/2025/NĐ-CP, Điều 2", "2026-11-22", "cai-cach-bo-may"]
    )
    book.save(tmp_path / "tot.xlsx")
    entries.append(["Sai Mã", "Câu?", "Đáp.", "", "", "hôm qua", "cai-cach-bo-may"])
    book.save(tmp_path / "hong.xlsx")

    good, bad = run("import", tmp_path / "tot.xlsx"), run("import", tmp_path / "hong.xlsx")

    assert "Đã cập nhật 1 văn bản, 1 mục hỏi đáp" in good.output
    assert "con dấu riêng" in run("search", "con dau rieng").output.replace("[", "").replace("]", "")
    assert "hoi-dap:3: R002" in bad.output
    assert bad.exit_code != 0


@pytest.mark.parametrize("name", ["la.txt", "hong.xlsx", "hong.md"])
def test_a_file_that_is_something_else_is_refused(run, tmp_path, name):
    (tmp_path / name).write_bytes(b"\xff\xfe khong phai")

    assert type(run("import", tmp_path / name).exception).__name__ == "KnowledgeHasErrors"


def test_search_is_examined_on_a_set_from_outside(run, tmp_path):
    corpus = [
        {"id": str(n), "document": "Luật thử", "heading": f"Điều {n}", "text": t}
        for n, t in enumerate(["nghỉ phép năm của công chức", "con dấu của trung tâm", "mức lương cơ sở"])
    ]
    asked = [
        {"question": "nghi phep nam", "relevant": ["0"]},
        {"question": "lương cơ sở là bao nhiêu", "relevant": ["2"]},
        {"question": "cách nấu phở", "relevant": []},
    ]
    for name, lines in (("corpus.jsonl", corpus), ("questions.jsonl", asked)):
        (tmp_path / name).write_text("\n".join(json.dumps(line) for line in lines), "utf-8")

    examined = run("examine", tmp_path / "corpus.jsonl", tmp_path / "questions.jsonl")

    assert examined.exit_code == 0, examined.exception
    assert "3 điều, 3 đoạn." in examined.output
    assert "AUROC trả lời được / không: 1.000" in examined.output
    assert "nguyên văn              1.000  1.000  1.000   1.000" in examined.output


def test_an_examination_of_another_form_is_refused_with_its_line(run, tmp_path):
    (tmp_path / "corpus.jsonl").write_text('{"id": 1, "text": "a"}\n{"id": 2}\n', "utf-8")
    (tmp_path / "questions.jsonl").write_text("", "utf-8")

    refused = run("examine", tmp_path / "corpus.jsonl", tmp_path / "questions.jsonl").exception

    assert type(refused).__name__ == "ExaminationUnreadable"
    assert "line 2" in str(refused)


def test_the_confidence_model_is_learnt_anew(run, source, tmp_path):
    run("publish", source)
    golden = [
        {"question": "câu hỏi thử là gì", "kind": "paraphrase", "expects": ["entry:cau-thu"]},
        {"question": "cách nấu phở bò", "kind": "far", "expects": []},
    ]
    (tmp_path / "golden.jsonl").write_text("\n".join(json.dumps(line) for line in golden), "utf-8")

    refitted = run(
        "refit", tmp_path / "golden.jsonl", "--output", tmp_path / "model.json", "--on", "2026-11-26"
    )

    model = model_from_json((tmp_path / "model.json").read_text("utf-8"))
    assert "2026-11-26, 2 câu" in refitted.output
    assert model.fitted_on == "2026-11-26, 2 câu"
