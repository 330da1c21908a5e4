"""Packages, questions and tickets: valid by default, so that a test shows only what matters."""

import hashlib
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from content_packages.authoring import CompiledPackage, Finding, build
from content_packages.contents import (
    Blank,
    Criterion,
    Option,
    Package,
    Question,
    QuestionType,
    Quiz,
)
from content_packages.library import publish_package, read_package
from content_packages.player.ticket import Ticket
from content_packages.reading import package_from_canonical, question_from_canonical
from xapi_bridge.statement import Account

LEARNER = Account(home_page="https://lms.example", name="0f" * 16)
REGISTRATION = UUID("5f7c1d52-9a4e-4f0e-8f56-0d0d9e8f3a11")
NINE_O_CLOCK = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)

#: A small package: one module of two sections with a check, a quiz of four questions.
PACKAGE = {
    "package.yaml": """\
schema: cchc-content/1
id: nhap-mon
version: 1.0.0
lang: vi
title: Nhập môn cải cách hành chính
areas: [quan-diem-chu-truong]
outline:
  - module: 01-tong-quan
  - quiz: cuoi-bai
legal_basis:
  - {ref: 76/NQ-CP, date: 2021-07-15}
  - {ref: 905/QĐ-BNV, date: 2022-11-17}
""",
    "modules/01-tong-quan/module.md": """\
---
id: tong-quan
title: Tổng quan cải cách hành chính
minutes: 10
objectives: [Nêu được sáu nội dung]
complete_when: {sections: all, checks: all, quiz: cuoi-bai}
---

## Sáu nội dung

Có **sáu nội dung**.

| Nội dung | Số |
|---|---:|
| Thể chế | 1 |

::: kiem-tra tq-1
:::

## Kế hoạch

::: luu-y
Kế hoạch căn cứ Nghị quyết.
:::
""",
    "banks/tong-quan.md": """\
---
bank: tong-quan
area: quan-diem-chu-truong
---

## tq-1
{level: nhan-biet, source: "76/NQ-CP"}

Chương trình có mấy nội dung?

- [ ] Bốn
  > Thiếu hai nội dung.
- [x] Sáu
  > Đúng.

> Xem mục Sáu nội dung.

## tq-2
{level: nhan-biet, graded: true, source: "76/NQ-CP"}

Cơ quan nào ban hành chương trình?

- [x] Chính phủ
- [ ] Quốc hội
- [ ] Bộ Nội vụ

## tq-3
{level: thong-hieu, graded: true, type: multiple, partial: true, source: "76/NQ-CP"}

Những nội dung nào thuộc chương trình?

- [x] Cải cách thể chế
- [x] Cải cách tài chính công
- [ ] Cải cách sách giáo khoa
- [ ] Cải cách tư pháp

## tq-4
{level: van-dung, graded: true, type: match, source: "905/QĐ-BNV"}

Ghép cơ quan với lĩnh vực phối hợp.

- Bộ Tư pháp => Thể chế
- Bộ Tài chính => Tài chính công

## tq-5
{level: van-dung, graded: true, type: numeric, tolerance: 0.1, source: "905/QĐ-BNV"}

Tỷ lệ 22 trên 24 người là bao nhiêu phần trăm?

= 91,7

> Lấy 22 chia 24.
""",
    "quizzes/cuoi-bai.yaml": """\
schema: cchc-quiz/1
id: cuoi-bai
title: Kiểm tra cuối bài
mode: graded
mastery: 0.75
attempts: 2
wait_between: PT5M
time_limit: PT20M
shuffle: {questions: true, options: true}
draw:
  - {bank: tong-quan, count: 4, where: {graded: [true]}}
feedback: {during: none, after: [score, marks, explanations], answers: after_close}
on_fail: {recommend: ['module:tong-quan']}
""",
}


#: Changes that give the small package one question of each type, asked by its quiz in the order of the bank.
EVERY_TYPE = {
    "banks/tong-quan.md": """\
---
bank: tong-quan
area: quan-diem-chu-truong
---

## p-single
{level: nhan-biet, source: "76/NQ-CP"}

Một lựa chọn: cơ quan nào ban hành chương trình?

- [ ] Quốc hội
- [ ] Bộ Nội vụ
- [x] Chính phủ

## p-multiple
{level: nhan-biet, type: multiple, source: "76/NQ-CP"}

Nhiều lựa chọn: nội dung nào thuộc chương trình?

- [x] Cải cách thể chế
- [ ] Cải cách tư pháp
- [x] Cải cách tài chính công

## p-truefalse
{level: nhan-biet, type: truefalse, source: "76/NQ-CP"}

Đúng hay sai: chương trình có sáu nội dung.

- [x] Đúng
- [ ] Sai

## p-match
{level: nhan-biet, type: match, source: "905/QĐ-BNV"}

Ghép cơ quan với lĩnh vực phối hợp.

- Bộ Tư pháp => Thể chế
- Bộ Tài chính => Tài chính công

## p-order
{level: nhan-biet, type: order, source: "76/NQ-CP"}

Sắp xếp các bước tiếp nhận hồ sơ.

1. Kiểm tra hồ sơ
2. Cập nhật vào hệ thống
3. Trả giấy hẹn

## p-numeric
{level: nhan-biet, type: numeric, tolerance: 0.1, source: "905/QĐ-BNV"}

Bằng số: 22 trên 24 người là bao nhiêu phần trăm?

= 91,7

## p-short
{level: nhan-biet, type: short, fold_diacritics: true, source: "76/NQ-CP"}

Trả lời ngắn: cơ quan thường trực là bộ nào?

= Bộ Nội vụ

## p-cloze
{type: cloze, level: nhan-biet, source: "76/NQ-CP"}

Nghị quyết số [[1]] ban hành năm [[2]].

= [1] 76/NQ-CP
~ [2] 2020
= [2] 2021
~ [2] 2022

## p-essay
{type: essay, level: nhan-biet, source: "76/NQ-CP", min_words: 3}

Tự luận: nêu căn cứ của chương trình.

- (2) Căn cứ
""",
    "modules/01-tong-quan/module.md": PACKAGE["modules/01-tong-quan/module.md"].replace("tq-1", "p-single"),
    "quizzes/cuoi-bai.yaml": PACKAGE["quizzes/cuoi-bai.yaml"]
    .replace("mode: graded", "mode: practice")
    .replace("shuffle: {questions: true", "shuffle: {questions: false")
    .replace(
        "  - {bank: tong-quan, count: 4, where: {graded: [true]}}",
        "  - {bank: tong-quan, count: 8, where: {type: [single, multiple, truefalse, match, order, numeric,"
        " short, cloze]}}\n  - {bank: tong-quan, count: 1, where: {type: [essay]}}",
    ),
}


def write_package(folder: Path, changes: dict[str, tuple[str, str] | str | None] | None = None) -> Path:
    """The small package in a folder `nhap-mon` below this one; returns it.

    Args:
        changes: path -> (text, its replacement), or the whole new text, or None to leave the file out.
    """
    folder = folder / "nhap-mon"
    for path, text in {**PACKAGE, **{path: "" for path in changes or {} if path not in PACKAGE}}.items():
        change = (changes or {}).get(path, text)
        if change is None:
            continue
        if isinstance(change, tuple):
            before, after = change
            assert before in text, f"{path} has no {before!r}"
            change = text.replace(before, after)
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(change, encoding="utf-8")
    return folder


def compile_package(folder: Path, **changes: Any) -> CompiledPackage:
    """The small package compiled, with its files changed as `write_package` says."""
    return build(write_package(folder, **changes))


def write_large_package(folder: Path, *, banks: int, questions: int) -> Path:
    """A package without modules: so many banks of so many sound questions, and one quiz; returns it."""
    outline = PACKAGE["package.yaml"].replace("  - module: 01-tong-quan\n", "")
    quiz = PACKAGE["quizzes/cuoi-bai.yaml"].replace("bank: tong-quan, count: 4", "bank: b-0, count: 1")
    files = {"package.yaml": outline, "quizzes/cuoi-bai.yaml": quiz.split("on_fail")[0]}
    for bank in range(banks):
        asked = "".join(_numbered_question(bank * questions + number) for number in range(questions))
        files[f"banks/b-{bank}.md"] = f"---\nbank: b-{bank}\n---\n\n{asked}"
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    return folder


def _numbered_question(number: int) -> str:
    """A question whose stem is like no other's, with the key in a place of its own."""
    words = hashlib.sha256(str(number).encode()).hexdigest()
    options = [f"- [ ] sai {place}\n  > Chưa đúng.\n" for place in range(3)]
    options.insert(number % 4, "- [x] đúng 4\n  > Đúng.\n")
    attributes = '{level: nhan-biet, graded: true, source: "76/NQ-CP"}'
    return f"## n-{number}\n{attributes}\n\nĐơn vị {words} làm gì?\n\n{''.join(options)}\n"


def serious(findings: Iterable[Finding]) -> list[Finding]:
    """Findings without remarks on the quality of questions (K…), of which the small package deserves some."""
    return [finding for finding in findings if not finding.code.startswith("K")]


def make_package(folder: Path, **changes: Any) -> Package:
    """The small package as dataclasses, unpublished."""
    compiled = compile_package(folder, **changes)
    assert compiled.canonical is not None, compiled.findings
    return package_from_canonical(compiled.canonical, digest=str(compiled.digest))


def create_package(session: Session, folder: Path, **changes: Any) -> Package:
    """The small package, published."""
    published = publish_package(session, compile_package(folder, **changes), now=NINE_O_CLOCK)
    return read_package(session, published.digest)


def make_question(type: QuestionType = "single", **given: Any) -> Question:  # noqa: A002 - as in the format
    """An ordinary question of the type; for choices the first option is right."""
    bare = question_from_canonical({"id": "q-1", "bank": "b", "type": type, "stem": "Câu hỏi thử?"})
    ordinary: dict[str, Any] = {
        "single": {"options": make_options(1, 3)},
        "truefalse": {"options": make_options(1, 1)},
        "multiple": {"options": make_options(2, 2)},
        "match": {"pairs": (("A", "1"), ("B", "2"), ("C", "3"))},
        "order": {"items": ("một", "hai", "ba")},
        "numeric": {"answers": ("2",)},
        "short": {"answers": ("Bộ Nội vụ",)},
        "cloze": {
            "stem": "Nghị quyết số [[1]] ban hành năm [[2]].",
            "blanks": (Blank(answers=("76/NQ-CP",)), Blank(options=make_options(1, 2))),
        },
        "essay": {"rubric": (Criterion("Nêu đúng căn cứ", 2.0), Criterion("Có ví dụ", 1.0))},
    }[type]
    return replace(bare, **{**ordinary, **given})


def make_options(right: int, wrong: int) -> tuple[Option, ...]:
    """So many right options, then so many wrong ones."""
    return tuple(
        Option(f"phương án {number}", correct=number < right, feedback=None)
        for number in range(right + wrong)
    )


def change_quiz(package: Package, quiz_id: str = "cuoi-bai", **given: Any) -> tuple[Package, Quiz]:
    """The package with other rules for the quiz, and that quiz."""
    quiz = replace(package.quizzes[quiz_id], **given)
    return replace(package, quizzes={**package.quizzes, quiz_id: quiz}), quiz


def make_ticket(**given: Any) -> Ticket:
    """An ordinary learner's ticket for the whole small package."""
    ordinary: dict[str, Any] = {
        "launch_session_id": "a" * 32,
        "learner": LEARNER,
        "learner_name": "Nguyễn Thị Hạnh",
        "role": "learner",
        "package_id": "nhap-mon",
        "package_digest": "0" * 64,
        "item": "",
        "registration": REGISTRATION,
        "course_id": "c-1",
        "course_title": "Bồi dưỡng CCHC",
        "return_url": "https://lms.example/course/1",
        "frame_origin": "https://lms.example",
        "expires_at": datetime(2026, 11, 24, 10, 0, tzinfo=UTC),
    }
    return Ticket(**{**ordinary, **given})
