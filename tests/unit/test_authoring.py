"""The compiler finds what is wrong, says where, and makes the same bytes of the same sources."""

import json
import re
import unicodedata
from datetime import date
from pathlib import Path

import pytest

import content_packages
from content_packages.authoring import build
from content_packages.authoring.banks import read_bank
from content_packages.authoring.findings import CODES
from content_packages.authoring.source_text import SourceText
from tests.factories.content import PACKAGE, compile_package, serious, write_large_package, write_package

MODULE = "modules/01-tong-quan/module.md"
BANK = "banks/tong-quan.md"
QUIZ = "quizzes/cuoi-bai.yaml"
PNG = bytes.fromhex("89504e470d0a1a0a")


def found(folder: Path, **kinds) -> set[tuple[str, str, int]]:
    return {
        (finding.code, finding.path, finding.line) for finding in serious(build(folder, **kinds).findings)
    }


def test_a_sound_package_has_no_findings_and_a_digest(tmp_path):
    compiled = compile_package(tmp_path)

    assert serious(compiled.findings) == []
    assert (compiled.package_id, compiled.version) == ("nhap-mon", "1.0.0")
    assert len(compiled.digest or "") == 64


def test_the_shipped_curriculum_has_no_errors():
    folder = Path(content_packages.__file__).parent / "cchc"

    assert build(folder, today=date(2026, 11, 24)).errors == ()


BROKEN = [
    ("P001", "package.yaml", 1, {"package.yaml": None}),
    ("P001", "package.yaml", 6, {"package.yaml": ("title: Nhập", "title: [Nhập")}),
    ("P002", "package.yaml", 3, {"package.yaml": ("version: 1.0.0", "version: 1.2")}),
    ("P002", "package.yaml", 1, {"package.yaml": ("lang: vi", "langue: vi")}),
    ("P002", "package.yaml", 8, {"package.yaml": ("module: 01-tong-quan", "video: phan-hoi")}),
    ("P003", "package.yaml", 8, {"package.yaml": ("module: 01-tong-quan", "survey: phan-hoi")}),
    ("P003", "package.yaml", 9, {"package.yaml": ("quiz: cuoi-bai", "quiz: giua-bai")}),
    ("P004", QUIZ, 1, {"package.yaml": ("  - quiz: cuoi-bai\n", "")}),
    ("P006", "thu-vien", 1, {"thu-vien/a.md": "a"}),
    ("M001", MODULE, 1, {MODULE: ("---\nid", "id")}),
    ("M002", MODULE, 2, {MODULE: ("minutes: 10", "phut: 10")}),
    ("M003", MODULE, 9, {MODULE: ("## Sáu nội dung\n", "Lời mở đầu.\n\n## Sáu nội dung\n")}),
    ("M004", MODULE, 17, {MODULE: ("kiem-tra tq-1", "kiem-tra tq-9")}),
    ("M005", MODULE, 11, {MODULE: ("**sáu nội dung**", "[hỏi đáp](qa:khong-co)")}),
    ("M007", MODULE, 1, {MODULE: ("quiz: cuoi-bai", "quiz: giua-bai")}),
    ("M008", MODULE, 17, {MODULE: ("::: kiem-tra", "::: kiemtra")}),
    ("M008", MODULE, 22, {MODULE: ("Nghị quyết.\n:::\n", "Nghị quyết.\n")}),
    ("M008", MODULE, 17, {MODULE: ("tq-1\n:::", "tq-1\nchữ\n:::")}),
    ("M009", MODULE, 20, {MODULE: (":::\n\n## Kế", ":::\n\n::: kiem-tra tq-1\n:::\n\n## Kế")}),
    ("Q001", BANK, 7, {BANK: ('{level: nhan-biet, source: "76/NQ-CP"}\n\nChương', "{level: [}\n\nChương")}),
    ("Q002", BANK, 6, {BANK: ("- [x] Sáu", "- [ ] Sáu")}),
    ("Q002", BANK, 6, {BANK: ("{level: nhan-biet, source", "{do-kho: 1, source")}),
    ("Q003", BANK, 18, {BANK: ("## tq-2", "## tq-1")}),
    ("Q004", BANK, 3, {BANK: ("area: quan-diem-chu-truong", "area: khac")}),
    ("Q005", BANK, 6, {BANK: ("## tq-1\n", "Lạc.\n\n## tq-1\n")}),
    ("Q010", BANK, 6, {BANK: ('nhan-biet, source: "76/NQ-CP"}\n\nChương', "nhan-biet}\n\nChương")}),
    ("Q011", BANK, 18, {BANK: ("- [ ] Bộ Nội vụ", "- [ ] quốc hội")}),
    ("Q012", BANK, 18, {BANK: ("- [ ] Bộ Nội vụ", "- [ ] Tất cả các phương án trên")}),
    (
        "A001",
        MODULE,
        11,
        {MODULE: ("Có **sáu", "![](media/a.png) **sáu"), "modules/01-tong-quan/media/a.png": "x"},
    ),
    ("A002", MODULE, 11, {MODULE: ("Có **sáu", "![Sơ đồ](media/thieu.png) **sáu")}),
    ("A002", MODULE, 11, {MODULE: ("Có **sáu", "![Sơ đồ](media/../../../package.yaml) **sáu")}),
    ("A002", MODULE, 11, {MODULE: ("Có **sáu", "![Sơ đồ](https://nơi-khác.example/a.png) **sáu")}),
    (
        "A003",
        MODULE,
        11,
        {MODULE: ("Có **sáu", "![Sơ đồ](media/a.svg) **sáu"), "modules/01-tong-quan/media/a.svg": "<svg/>"},
    ),
    ("Z001", QUIZ, 4, {QUIZ: ("title: Kiểm", "title: [Kiểm")}),
    ("Z002", QUIZ, 5, {QUIZ: ("mastery: 0.75", "mastery: 75")}),
    ("Z002", QUIZ, 8, {QUIZ: ("PT20M", "20 phút")}),
    ("Z003", QUIZ, 2, {QUIZ: ("id: cuoi-bai", "id: giua-bai")}),
    ("Z004", QUIZ, 11, {QUIZ: ("bank: tong-quan", "bank: khac")}),
    ("Z005", QUIZ, 11, {QUIZ: ("count: 4", "count: 5")}),
    ("Z006", QUIZ, 13, {QUIZ: ("module:tong-quan", "module:khac")}),
]


@pytest.mark.parametrize(
    ("code", "path", "line", "changes"), BROKEN, ids=[f"{b[0]}-{i}" for i, b in enumerate(BROKEN)]
)
def test_what_is_broken_is_found_where_it_is(tmp_path, code, path, line, changes):
    folder = write_package(tmp_path, changes)

    assert (code, path, line) in found(folder)


def test_one_mistake_is_one_finding(tmp_path):
    folder = write_package(tmp_path, {BANK: ("- [x] Sáu", "- [ ] Sáu")})

    assert [finding.code for finding in serious(build(folder).findings)] == ["Q002"]


def test_a_finding_speaks_vietnamese_and_names_the_place(tmp_path):
    (finding,) = build(write_package(tmp_path, {QUIZ: ("count: 4", "count: 5")})).errors

    assert str(finding).startswith("quizzes/cuoi-bai.yaml:11: Z005 lỗi: không đủ câu hỏi")


def test_two_rules_on_one_bank_are_counted_together(tmp_path):
    draw = "  - {bank: tong-quan, count: 4, where: {graded: [true]}}\n"
    enough = draw.replace("4", "2") + draw.replace("4", "2")
    too_many = draw.replace("4", "3") + draw.replace("4", "3")

    assert compile_package(tmp_path / "a", changes={QUIZ: (draw, enough)}).errors == ()
    assert [f.code for f in compile_package(tmp_path / "b", changes={QUIZ: (draw, too_many)}).errors] == [
        "Z005"
    ]


def test_a_package_with_errors_has_no_canonical_form(tmp_path):
    compiled = compile_package(tmp_path, changes={QUIZ: ("count: 4", "count: 5")})

    assert (compiled.canonical, compiled.digest) == (None, None)


def test_dates_warn_only_on_the_day_that_is_asked_for(tmp_path):
    law = "  - {ref: 905/QĐ-BNV, date: 2022-11-17"
    dated = f"{law}, expires: 2026-06-30, replaced_by: 1/QĐ-BNV"
    folder = write_package(tmp_path, {"package.yaml": (law, f"  - {{ref: 1/QĐ, date: 2026-01-02}}\n{dated}")})
    (folder / "package.yaml").write_text((folder / "package.yaml").read_text() + "review_by: 2026-09-01\n")

    assert found(folder) == set()
    assert found(folder, today=date(2026, 6, 30)) == set()
    late = build(folder, today=date(2026, 9, 2))
    assert {(f.code, f.line, f.severity) for f in serious(late.findings)} == {
        ("P020", 14, "warning"),
        ("P021", 13, "warning"),
        ("Z009", 11, "warning"),
    }
    assert "hết hiệu lực sau ngày 30/06/2026; thay bằng 1/QĐ-BNV; 2 câu" in str(late.findings)
    assert late.canonical is not None


def test_the_same_sources_make_the_same_bytes(tmp_path):
    first = compile_package(tmp_path / "a")
    second = compile_package(tmp_path / "b")

    assert first.canonical == second.canonical
    assert first.digest == second.digest


def test_keyboard_and_editor_make_no_difference(tmp_path):
    plain = compile_package(tmp_path / "a")
    folder = write_package(tmp_path / "b")
    for path, text in PACKAGE.items():
        decomposed = unicodedata.normalize("NFD", text).replace("\n", "\r\n")
        (folder / path).write_bytes(b"\xef\xbb\xbf" + decomposed.encode())

    assert build(folder).digest == plain.digest


def test_canonical_json_has_sorted_keys_and_vietnamese_letters(tmp_path):
    canonical = compile_package(tmp_path).canonical or ""

    written = json.loads(canonical)
    assert canonical == json.dumps(written, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert "Nhập môn cải cách hành chính" in canonical


def test_the_sample_question_of_the_format_compiles_to_its_canonical_form():
    sample = """---
bank: tong-quan
area: quan-diem-chu-truong
---

## tq-001
{level: nhan-biet, source: "76/NQ-CP"}

CCHC nhà nước giai đoạn 2021-2030 tập trung vào mấy nội dung?

- [ ] 4
- [x] 6
  > Đúng: thể chế; TTHC;
  > tổ chức bộ máy.
- [ ] 8

> Xem lại mục "Sáu nội dung cải cách".
"""

    (question,) = read_bank(SourceText("banks/tong-quan.md", sample)).questions

    assert question.canonical == {
        "area": "quan-diem-chu-truong",
        "bank": "tong-quan",
        "explain": 'Xem lại mục "Sáu nội dung cải cách".',
        "id": "tq-001",
        "level": "nhan-biet",
        "options": [
            {"correct": False, "text": "4"},
            {"correct": True, "feedback": "Đúng: thể chế; TTHC; tổ chức bộ máy.", "text": "6"},
            {"correct": False, "text": "8"},
        ],
        "source": "76/NQ-CP",
        "stem": "CCHC nhà nước giai đoạn 2021-2030 tập trung vào mấy nội dung?",
        "type": "single",
    }


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ("- A => 1\n- B => 2", "match"),
        ("- [x] a\n- [ ] b", "single"),
        ("- [x] a\n- [x] b", "multiple"),
        ("= Bộ Nội vụ", "short"),
    ],
)
def test_the_type_follows_from_the_lines_when_it_is_not_written(lines, expected):
    text = f'---\nbank: b\n---\n\n## q-1\n{{source: "1/QĐ"}}\n\nCâu hỏi thử nghiệm?\n\n{lines}\n'

    (question,) = read_bank(SourceText("banks/b.md", text)).questions

    assert question.canonical["type"] == expected


def test_an_ordering_question_is_a_numbered_list_in_the_right_order():
    text = (
        '---\nbank: b\n---\n\n## q-1\n{type: order, source: "1/QĐ"}\n\nXếp theo thứ tự.\n\n1. một\n2. hai\n'
    )

    (question,) = read_bank(SourceText("banks/b.md", text)).questions

    assert question.canonical["items"] == ["một", "hai"]


def sections_of(folder: Path, body: str) -> list[dict[str, str]]:
    compiled = compile_package(folder, changes={MODULE: ("Có **sáu nội dung**.", body)})
    assert compiled.canonical is not None, [str(finding) for finding in compiled.findings]
    return json.loads(compiled.canonical)["modules"][0]["sections"]


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        '<img src="media/a.png" alt="a" onerror="alert(1)">',
        '<p style="position:fixed">x</p>',
        '<a href="javascript:alert(1)">x</a>',
        '<iframe src="https://x.example"></iframe>',
        '<form action="https://x.example"><input name="a"></form>',
        "<svg><script>alert(1)</script></svg>",
        "<style>body{display:none}</style>",
    ],
)
def test_nothing_that_runs_or_disguises_survives(tmp_path, hostile):
    folder = write_package(
        tmp_path, {MODULE: ("Có **sáu nội dung**.", hostile), "modules/01-tong-quan/media/a.png": "x"}
    )
    compiled = build(folder)
    html = (compiled.canonical or "").lower()

    for trace in (
        "script",
        "onerror",
        "style=",
        "javascript:",
        "<iframe",
        "<form",
        "<input",
        "<svg",
        "<style",
    ):
        assert trace not in html


def test_a_check_is_a_slot_that_only_the_compiler_writes(tmp_path):
    first, _second = sections_of(tmp_path, '<div class="kiem-tra" data-q="tq-5"></div>')

    assert first["html"].count("data-q") == 1
    assert '<div class="kiem-tra" data-q="tq-1"></div>' in first["html"]


def test_notes_tables_and_alignment_become_classes(tmp_path):
    first, second = sections_of(tmp_path, "Có sáu.")

    assert '<td class="can-phai">1</td>' in first["html"]
    assert '<div class="luu-y">' in second["html"]
    assert "style" not in first["html"]


def test_links_leave_the_frame_of_the_lms(tmp_path):
    first, _second = sections_of(tmp_path, "[văn bản](https://vanban.example/76)")

    assert '<a href="https://vanban.example/76" target="_blank" rel="noopener">' in first["html"]


def test_a_picture_is_named_by_its_content(tmp_path):
    folder = write_package(tmp_path, {MODULE: ("Có **sáu", "![Sơ đồ](media/so-do.png) **sáu")})
    (folder / "modules/01-tong-quan/media").mkdir()
    (folder / "modules/01-tong-quan/media/so-do.png").write_bytes(PNG)

    compiled = build(folder)

    (media,) = compiled.media
    assert (media.media_type, media.content) == ("image/png", PNG)
    assert f'src=\\"media/{media.name}\\"' in (compiled.canonical or "")


def test_no_means_no_and_not_false():
    text = "---\nbank: b\n---\n\n## q-1\n{source: no}\n\nCâu hỏi thử nghiệm?\n\n= không\n"

    (question,) = read_bank(SourceText("banks/b.md", text)).questions

    assert question.canonical["source"] == "no"


def test_five_hundred_questions_compile_in_a_moment(tmp_path):
    folder = write_large_package(tmp_path, banks=100, questions=5)

    compiled = build(folder)

    assert compiled.errors == ()
    assert len(json.loads(compiled.canonical or "")["questions"]) == 500


def test_every_code_that_is_used_is_explained_and_every_explained_one_is_used():
    rooms = Path(content_packages.__file__).parent / "authoring"
    written = "".join(path.read_text("utf-8") for path in rooms.glob("*.py") if path.name != "findings.py")
    written += (rooms.parents[1] / "lti_tool/cli/content.py").read_text("utf-8")

    assert set(re.findall(r'"([A-Z]\d{3})"', written)) == set(CODES)
