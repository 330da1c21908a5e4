"""Question lists as officials type them in Word."""

import io

import pytest
from docx import Document
from docx.shared import RGBColor

from content_packages.formats.imported import ImportedQuestions, settle
from content_packages.formats.word_in import read_word


def document_of(*paragraphs: str) -> Document:
    document = Document()
    for text in paragraphs:
        document.add_paragraph(text)
    return document


def imported(document) -> ImportedQuestions:
    buffer = io.BytesIO()
    document.save(buffer)
    found = read_word(buffer.getvalue(), path="cau-hoi.docx")
    return settle(found, bank="nhap", path="cau-hoi.docx", defaults={"source": "76/NQ-CP"})


def keys_of(question) -> list[str]:
    return [option["text"] for option in question.canonical["options"] if option["correct"]]


def test_a_line_with_the_answer_names_the_key():
    found = imported(
        document_of(
            "Câu 1 [nhận biết]. Cải cách hành chính có mấy nội dung?",
            "A. Bốn",
            "B. Sáu",
            "C. Tám",
            "Đáp án: B",
            "Giải thích: Nghị quyết 76 nêu sáu nội dung.",
            "Nguồn: 76/NQ-CP",
        )
    )

    question = found.questions[0].canonical
    assert (question["type"], question["level"], question["source"]) == ("single", "nhan-biet", "76/NQ-CP")
    assert keys_of(found.questions[0]) == ["Sáu"]
    assert question["explain"] == "Nghị quyết 76 nêu sáu nội dung."


@pytest.mark.parametrize("line", ["*B. Sáu", "B.* Sáu", "B. Sáu*", "B. * Sáu"])
def test_a_star_names_the_key(line):
    found = imported(document_of("Câu 1: Cải cách hành chính có mấy nội dung?", "A. Bốn", line, "C) Tám"))

    assert keys_of(found.questions[0]) == ["Sáu"]


def test_options_beside_each_other_in_one_line_are_told_apart():
    found = imported(document_of("Câu 1. Có mấy nội dung cải cách?", "A. Bốn\tB. Sáu\tC. Tám", "Đáp án: B"))

    assert [option["text"] for option in found.questions[0].canonical["options"]] == ["Bốn", "Sáu", "Tám"]


def test_the_only_coloured_option_is_the_key_and_the_author_is_told():
    document = document_of("Câu 1. Có mấy nội dung cải cách?", "A. Bốn")
    document.add_paragraph().add_run("B. Sáu").font.color.rgb = RGBColor(0xFF, 0, 0)
    document.add_paragraph("C. Tám")

    found = imported(document)

    assert keys_of(found.questions[0]) == ["Sáu"]
    assert [finding.code for finding in found.findings] == ["I012"]


def test_two_bold_options_name_no_key():
    document = document_of("Câu 1. Có mấy nội dung cải cách?")
    for text in ("A. Bốn", "B. Sáu"):
        document.add_paragraph().add_run(text).bold = True

    found = imported(document)

    assert found.questions == ()
    assert [(finding.code, finding.severity) for finding in found.findings] == [("I010", "error")]


def test_paragraphs_that_word_numbers_by_itself_begin_questions():
    document = Document()
    document.add_paragraph("Có mấy nội dung cải cách?", style="List Number")
    for text in ("A. Bốn", "B. Sáu", "Đáp án: B"):
        document.add_paragraph(text)
    document.add_paragraph("Cơ quan nào thường trực cải cách hành chính?", style="List Number")
    document.add_paragraph("Đáp án: Bộ Nội vụ | BNV")

    found = imported(document)

    assert [question.canonical["type"] for question in found.questions] == ["single", "short"]
    assert found.questions[1].canonical["answers"] == ["Bộ Nội vụ", "BNV"]


def test_several_keys_make_a_question_with_partial_credit():
    found = imported(
        document_of(
            "Câu 1. Nội dung nào thuộc chương trình?", "A. Thể chế", "B. Bóng đá", "C. Bộ máy", "Đáp án: A, C"
        )
    )

    assert found.questions[0].canonical["partial"] is True
    assert keys_of(found.questions[0]) == ["Thể chế", "Bộ máy"]


def test_true_and_false_are_told_from_their_words():
    found = imported(document_of("Câu 1. Mục tiêu năm 2030 là trên 95%.", "A. Đúng", "B. Sai", "Đáp án: A"))

    assert found.questions[0].canonical["type"] == "truefalse"


def test_words_with_marks_of_markdown_stay_as_typed():
    found = imported(
        document_of("Câu 1. Hồ sơ *gốc* và <b>bản sao</b> là gì?", "A. Một", "B. Hai", "Đáp án: A")
    )

    assert found.questions[0].canonical["stem"] == r"Hồ sơ \*gốc\* và \<b\>bản sao\</b\> là gì?"


@pytest.mark.parametrize("content", [b"", b"khong phai zip", b"PK\x03\x04 hong"])
def test_a_broken_file_is_one_finding(content):
    found = read_word(content, path="hong.docx")

    assert [(finding.line, finding.code) for finding in found.findings] == [(1, "I001")]
