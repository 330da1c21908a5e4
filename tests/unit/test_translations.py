"""An English overlay gives other words; keys stay, and what is not translated stays Vietnamese."""

import pytest

from content_packages.authoring.archive import read_archive, write_archive
from content_packages.contents import Option
from content_packages.reading import package_from_canonical
from tests.factories.content import compile_package, serious

MODULE = """---
id: tong-quan
title: Overview of the reform
---

## Six areas

There are **six**.

::: kiem-tra tq-1
:::

## Plan

The plan.
"""
BANK = """---
bank: tong-quan
---

## tq-1

How many areas has the programme?

- [ ] Four
  > Two are missing.
- [x] Six
"""
QUIZ = "id: cuoi-bai\ntitle: Final test\n"
TRANSLATED = {
    "i18n/en/package.yaml": "title: Introduction to the reform\n",
    "i18n/en/modules/01-tong-quan/module.md": MODULE,
    "i18n/en/banks/tong-quan.md": BANK,
    "i18n/en/quizzes/cuoi-bai.yaml": QUIZ,
}


def read(folder, language, changes):
    compiled = compile_package(folder, changes=changes)
    assert compiled.canonical is not None, [str(one) for one in compiled.errors]
    return package_from_canonical(compiled.canonical, digest="0", language=language)


def test_what_is_translated_is_shown_in_that_language(tmp_path):
    package = read(tmp_path, "en", TRANSLATED)

    assert (package.title, package.lang) == ("Introduction to the reform", "en")
    assert [section.title for section in package.modules["tong-quan"].sections] == ["Six areas", "Plan"]
    assert package.modules["tong-quan"].check_ids == ("tq-1",)
    assert package.questions["tq-1"].stem == "How many areas has the programme?"
    assert package.quizzes["cuoi-bai"].title == "Final test"


def test_words_change_and_the_key_stays(tmp_path):
    question = read(tmp_path, "en", TRANSLATED).questions["tq-1"]

    assert question.options == (Option("Four", False, "Two are missing."), Option("Six", True, "Đúng."))
    assert (question.source, question.level) == ("76/NQ-CP", "nhan-biet")


@pytest.mark.parametrize("language", [None, "vi", "fr"])
def test_other_languages_get_the_original(tmp_path, language):
    package = read(tmp_path, language, TRANSLATED)

    assert package.title == "Nhập môn cải cách hành chính"
    assert package.questions["tq-1"].stem == "Chương trình có mấy nội dung?"


def test_what_is_not_translated_stays_vietnamese(tmp_path):
    package = read(tmp_path, "en", {"i18n/en/quizzes/cuoi-bai.yaml": QUIZ})

    assert package.modules["tong-quan"].title == "Tổng quan cải cách hành chính"
    assert package.questions["tq-2"].stem == "Cơ quan nào ban hành chương trình?"


@pytest.mark.parametrize(
    ("path", "text", "code"),
    [
        ("i18n/en/banks/khac.md", BANK, "T001"),
        ("i18n/en/quizzes/cuoi-bai.yaml", "title: [a", "T002"),
        ("i18n/en/quizzes/cuoi-bai.yaml", QUIZ + "mastery: 0.1\n", "T002"),
        ("i18n/en/banks/tong-quan.md", BANK.replace("## tq-1\n", "## tq-1\n{mark: 5}\n"), "T002"),
        ("i18n/en/banks/tong-quan.md", BANK.replace("## tq-1", "## tq-99"), "T003"),
        ("i18n/en/modules/01-tong-quan/module.md", MODULE.replace("id: tong-quan", "id: khac"), "T003"),
        (
            "i18n/en/banks/tong-quan.md",
            BANK.replace("[ ] Four", "[x] Four").replace("[x] Six", "[ ] Six"),
            "T004",
        ),
        ("i18n/en/banks/tong-quan.md", BANK + "- [ ] Seven\n", "T004"),
        ("i18n/en/banks/tong-quan.md", BANK + "= six\n", "T004"),
        ("i18n/en/modules/01-tong-quan/module.md", MODULE.replace("::: kiem-tra tq-1\n:::\n", ""), "T004"),
        ("i18n/en/modules/01-tong-quan/module.md", MODULE + "\n## More\n\nText.\n", "T004"),
    ],
)
def test_a_translation_that_does_not_fit_is_found(tmp_path, path, text, code):
    compiled = compile_package(tmp_path, changes={path: text})

    assert [(one.path, one.code) for one in serious(compiled.findings)] == [(path, code)]
    assert compiled.canonical is None


def test_a_translation_travels_in_the_file(tmp_path):
    compiled = compile_package(tmp_path, changes=TRANSLATED)

    assert read_archive(write_archive(compiled)).digest == compiled.digest
