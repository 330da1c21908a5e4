"""Q&A files and surveys: what an author writes, what is found, what comes out."""

from datetime import date

import pytest

from content_packages.companions import Survey, SurveyItem
from content_packages.reading import package_from_canonical
from tests.factories.content import compile_package, serious

MODULE = "modules/01-tong-quan/module.md"
QA = """---
qa: hoi-dap
area: quan-diem-chu-truong
---

## cchc-la-gi
{also: ["CCHC là gì", "cai cach hanh chinh la gi"], source: "76/NQ-CP", as_of: 2026-11-22}

Cải cách hành chính gồm những nội dung nào?

---

Gồm **sáu** nội dung.

- Thể chế
"""
SURVEY = """schema: cchc-survey/1
id: phan-hoi
title: Phản hồi sau bài học
kind: reaction
anonymous: true
items:
  - {id: sat-viec, type: likert5, text: Nội dung sát với công việc của tôi}
  - {id: gop-y, type: text, text: Góp ý thêm, optional: true}
"""
LISTED = {"package.yaml": ("  - quiz: cuoi-bai\n", "  - quiz: cuoi-bai\n  - survey: phan-hoi\n")}


def changed(text: str, before: str = "", after: str = "") -> str:
    assert before in text
    return text.replace(before, after)


def read(folder, **changes):
    compiled = compile_package(folder, changes=changes)
    assert compiled.canonical is not None, [str(one) for one in compiled.findings]
    return package_from_canonical(compiled.canonical, digest="0")


def test_an_entry_has_its_question_aliases_answer_and_day(tmp_path):
    entry = read(tmp_path, **{"qa/hoi-dap.md": QA}).qa["cchc-la-gi"]

    assert entry.question == "Cải cách hành chính gồm những nội dung nào?"
    assert entry.answer == "Gồm **sáu** nội dung.\n\n- Thể chế"
    assert entry.also == ("CCHC là gì", "cai cach hanh chinh la gi")
    assert (entry.source, entry.as_of, entry.collection) == ("76/NQ-CP", date(2026, 11, 22), "hoi-dap")


def test_a_module_may_link_to_an_entry_and_to_a_module(tmp_path):
    links = (MODULE, ("**sáu nội dung**", "[hỏi](qa:cchc-la-gi) và [đọc](module:tong-quan)"))
    package = read(tmp_path, **dict([links]), **{"qa/hoi-dap.md": QA})

    assert 'href="qa:cchc-la-gi"' in package.modules["tong-quan"].sections[0].html


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        (changed(QA, "qa: hoi-dap", "qa: Hỏi đáp"), "H001", 2),
        (changed(QA, "as_of: 2026-11-22", "as_of: hôm qua"), "H002", 6),
        (QA + changed(QA[QA.index("## ") :]), "H003", 16),
        (changed(QA, "{also: [", "{also: [["), "H004", 7),
        (changed(QA, "\n---\n\nGồm", "\nGồm"), "H005", 6),
        (changed(QA, "## cchc", "Lạc.\n\n## cchc"), "H005", 6),
        (changed(QA, ', source: "76/NQ-CP"'), "H010", 6),
        (changed(QA, "76/NQ-CP", "999/NQ-CP"), "L001", 6),
    ],
)
def test_what_is_wrong_with_an_entry_is_found_where_it_is(tmp_path, text, code, line):
    compiled = compile_package(tmp_path, changes={"qa/hoi-dap.md": text})

    assert [(one.code, one.line) for one in serious(compiled.findings)] == [(code, line)]


def test_a_survey_is_compiled_and_stands_in_the_outline(tmp_path):
    package = read(tmp_path, **{"surveys/phan-hoi.yaml": SURVEY}, **LISTED)

    assert package.outline[-1].kind == "survey"
    assert package.surveys["phan-hoi"] == Survey(
        id="phan-hoi",
        title="Phản hồi sau bài học",
        kind="reaction",
        anonymous=True,
        items=(
            SurveyItem("sat-viec", "likert5", "Nội dung sát với công việc của tôi"),
            SurveyItem("gop-y", "text", "Góp ý thêm", optional=True),
        ),
    )


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        (changed(SURVEY, "title: Phản", "title: [Phản"), "V001", 4),
        (changed(SURVEY, "kind: reaction", "kind: vui"), "V002", 4),
        (changed(SURVEY, "id: phan-hoi", "id: khac"), "V003", 2),
        (changed(SURVEY, "id: gop-y", "id: sat-viec"), "V004", 8),
    ],
)
def test_what_is_wrong_with_a_survey_is_found_where_it_is(tmp_path, text, code, line):
    compiled = compile_package(tmp_path, changes={"surveys/phan-hoi.yaml": text, **LISTED})

    assert [(one.code, one.line) for one in serious(compiled.findings)] == [(code, line)]


def test_a_survey_outside_the_outline_is_a_warning(tmp_path):
    compiled = compile_package(tmp_path, changes={"surveys/phan-hoi.yaml": SURVEY})

    assert [(one.code, one.severity) for one in serious(compiled.findings)] == [("P004", "warning")]


@pytest.mark.parametrize(
    "law",
    [
        "{ref: 76/NQ-CP, date: 2021-07-15, effective: 2021-07-01}",
        "{ref: 76/NQ-CP, date: 2021-07-15, effective: 2022-01-01, expires: 2021-12-31}",
    ],
)
def test_dates_of_law_that_contradict_each_other_are_found(tmp_path, law):
    compiled = compile_package(tmp_path, changes={"package.yaml": ("{ref: 76/NQ-CP, date: 2021-07-15}", law)})

    assert [(one.code, one.line) for one in serious(compiled.findings)] == [("L002", 11)]


def test_a_document_is_cited_once(tmp_path):
    law = "  - {ref: 76/NQ-CP, date: 2021-07-15}\n"
    compiled = compile_package(tmp_path, changes={"package.yaml": (law, law + law)})

    assert [(one.code, one.line) for one in serious(compiled.findings)] == [("L003", 12)]
