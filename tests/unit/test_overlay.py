"""A province's package adds to the base and can change nothing in it."""

import json

import pytest

from content_packages.authoring import BasePackage, base_from_canonical, build
from content_packages.authoring.overlay import read_requirement
from content_packages.reading import package_from_canonical
from tests.factories.content import compile_package, serious

PACKAGE = """schema: cchc-content/1
id: nhap-mon-tinh
version: 1.0.0
lang: vi
title: Nhập môn cải cách hành chính của tỉnh
areas: [quan-diem-chu-truong]
extends: nhap-mon@^1
outline:
  - package: nhap-mon
  - module: 90-tinh
  - quiz: cua-tinh
legal_basis:
  - {ref: 12/QĐ-UBND, date: 2026-01-05}
"""
MODULE = """---
id: tinh
title: Việc của tỉnh
---

## Kế hoạch

Đọc lại [tổng quan](module:tong-quan).

::: kiem-tra tq-2
:::
"""
BANK = """---
bank: cua-tinh
---

## tinh-1
{level: nhan-biet, graded: true, source: "12/QĐ-UBND"}

Kế hoạch của tỉnh có mấy nhiệm vụ?

- [x] Mười
  > Đúng.
- [ ] Năm
  > Thiếu.
"""
QUIZ = """schema: cchc-quiz/1
id: cua-tinh
title: Kiểm tra của tỉnh
mode: graded
mastery: 0.5
draw:
  - {bank: cua-tinh, count: 1}
  - {bank: tong-quan, count: 2}
on_fail: {recommend: ['module:tong-quan']}
"""
FILES = {
    "package.yaml": PACKAGE,
    "modules/90-tinh/module.md": MODULE,
    "banks/cua-tinh.md": BANK,
    "quizzes/cua-tinh.yaml": QUIZ,
}


@pytest.fixture
def base(tmp_path) -> BasePackage:
    compiled = compile_package(tmp_path / "base")
    return base_from_canonical(compiled.canonical or "", digest=str(compiled.digest))


def overlay(folder, base: BasePackage | None, **changes: str):
    folder = folder / "own"
    for path, text in {**FILES, **changes}.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    return build(folder, base=base)


def codes_of(compiled) -> list[str]:
    return [one.code for one in serious(compiled.findings)]


def test_an_overlay_has_everything_of_its_base_and_its_own(tmp_path, base):
    compiled = overlay(tmp_path, base)

    assert codes_of(compiled) == []
    package = package_from_canonical(compiled.canonical or "", digest="0")
    assert [entry.id for entry in package.outline] == ["tong-quan", "cuoi-bai", "tinh", "cua-tinh"]
    assert {"tq-1", "tinh-1"} <= set(package.questions)
    assert set(package.legal_basis) == {"76/NQ-CP", "905/QĐ-BNV", "12/QĐ-UBND"}
    written = json.loads(compiled.canonical or "")
    assert written["package"]["extends"] == {"id": "nhap-mon", "version": "1.0.0", "digest": base.digest}


def test_the_questions_of_the_base_are_taken_over_to_the_letter(tmp_path, base):
    compiled = overlay(tmp_path, base)

    written = {one["id"]: one for one in json.loads(compiled.canonical or "")["questions"]}
    assert all(written[one["id"]] == one for one in base.written["questions"])


@pytest.mark.parametrize(
    ("path", "before", "after"),
    [
        ("banks/cua-tinh.md", "## tinh-1", "## tq-1"),
        ("modules/90-tinh/module.md", "id: tinh", "id: tong-quan"),
        ("package.yaml", "ref: 12/QĐ-UBND", "ref: 76/NQ-CP"),
    ],
)
def test_nothing_of_the_base_can_be_replaced(tmp_path, base, path, before, after):
    compiled = overlay(tmp_path, base, **{path: FILES[path].replace(before, after)})

    assert "P032" in codes_of(compiled)
    assert compiled.canonical is None


@pytest.mark.parametrize(
    ("before", "after", "code"),
    [
        ("  - package: nhap-mon\n", "", "P030"),
        ("package: nhap-mon", "package: khac", "P030"),
        ("extends: nhap-mon@^1\n", "", "P030"),
        ("nhap-mon@^1", "nhap-mon@^2", "P031"),
        ("nhap-mon@^1", "nhap-mon@^1.1", "P031"),
        ("nhap-mon@^1", "nhap-mon@1", "P002"),
    ],
)
def test_an_overlay_names_its_base_and_where_it_goes(tmp_path, base, before, after, code):
    compiled = overlay(tmp_path, base, **{"package.yaml": PACKAGE.replace(before, after)})

    assert code in codes_of(compiled)


def test_without_its_base_an_overlay_is_linted_as_far_as_it_can_be_and_not_compiled(tmp_path):
    compiled = overlay(tmp_path, None)

    assert codes_of(compiled) == ["P031"]
    assert (compiled.errors, compiled.canonical) == ((), None)


@pytest.mark.parametrize(
    ("requirement", "fitting", "other"),
    [
        ("a@^1", "1.9.3", "2.0.0"),
        ("a@^1.2", "1.2.0", "1.1.9"),
        ("a@^1.2.3", "1.10.0", "1.2.2"),
        ("a@^0.2", "0.3.0", "1.0.0"),
    ],
)
def test_a_caret_admits_higher_numbers_of_the_same_major(requirement, fitting, other):
    read = read_requirement(requirement)

    assert (read.admits(fitting), read.admits(other)) == (True, False)
