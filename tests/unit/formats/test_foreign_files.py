"""Habits of other people's files: weights, encodings, cuts, comments, unknown kinds."""

import zipfile
from io import BytesIO
from pathlib import Path

import pytest
from docx import Document
from lxml import etree

import content_packages
from content_packages.authoring import build
from content_packages.formats.aiken_in import read_aiken
from content_packages.formats.gift_in import read_gift
from content_packages.formats.imported import ImportedQuestions, settle
from content_packages.formats.moodle_in import read_moodle_xml
from content_packages.formats.thin_cartridge import CourseLink, CourseShell, CourseTopic, write_thin_cartridge
from content_packages.formats.word_out import print_module, print_questions
from content_packages.reading import package_from_canonical

SHIPPED_PACKAGE = Path(content_packages.__file__).parent / "cchc"
LAUNCH = "https://cchc.example.vn/lti/launch"


def settled(found: ImportedQuestions) -> ImportedQuestions:
    return settle(found, bank="nhap", path="tep", defaults={"source": "76/NQ-CP"})


def gift(text: str) -> ImportedQuestions:
    return settled(read_gift(text.encode(), path="tep"))


def moodle(*questions: str) -> ImportedQuestions:
    return settled(read_moodle_xml(f"<quiz>{''.join(questions)}</quiz>".encode(), path="tep"))


def test_gift_with_a_gap_inside_the_sentence_shows_the_gap():
    found = gift("Cơ quan thường trực là {=Bộ Nội vụ ~Bộ Tư pháp} của Chính phủ.")

    assert found.questions[0].canonical["stem"] == "Cơ quan thường trực là _____ của Chính phủ."


def test_gift_with_an_empty_line_inside_the_answers_is_one_question():
    found = gift("Có mấy nội dung cải cách?{\n=Sáu\n\n~Bốn\n}\n\nCâu thứ hai hỏi gì?{T}")

    assert [one.canonical["type"] for one in found.questions] == ["single", "truefalse"]


@pytest.mark.parametrize(
    ("answer", "value", "tolerance"),
    [("#6", "6", 0), ("#6:0.5", "6", 0.5), ("#5..7", "6", 1), ("#=6:1 =%50%8:2", "6", 1)],
)
def test_gift_numbers_with_tolerance_or_range(answer, value, tolerance):
    question = gift(f"Có mấy nội dung cải cách?{{{answer}}}").questions[0].canonical

    assert (question["answers"], question["tolerance"]) == ([value], tolerance)


def test_gift_shares_that_we_cannot_keep_are_told():
    found = gift("Nội dung nào thuộc chương trình?{~%70%Thể chế ~%30%Bộ máy ~%-100%Bóng đá}")

    assert [option["correct"] for option in found.questions[0].canonical["options"]] == [True, True, False]
    assert [finding.code for finding in found.findings] == ["I016"]


def test_gift_in_windows_1258_is_read_and_told():
    found = settled(read_gift("Thủ tục hành chính là gì?{T}".encode("cp1258", errors="ignore"), path="tep"))

    assert [finding.code for finding in found.findings] == ["I002"]


def test_gift_text_without_answers_is_told_with_its_line():
    found = gift("// ghi chú\n\nChỉ là một đoạn văn.\n\nCâu hỏi thật ở đây?{F}")

    assert [(finding.line, finding.code) for finding in found.findings] == [(3, "I010")]
    assert len(found.questions) == 1


def test_aiken_reads_the_key_in_both_languages():
    english = "Có mấy nội dung?\nA. Bốn\nB) Sáu\nANSWER: B\n"
    vietnamese = "Cơ quan nào thường trực?\nA. Bộ Nội vụ\nB. Bộ Y tế\nĐÁP ÁN: A"
    text = f"{english}\n{vietnamese}"
    found = settled(read_aiken(text.encode("utf-8-sig"), path="tep"))

    keys = [next(o["text"] for o in one.canonical["options"] if o["correct"]) for one in found.questions]
    assert keys == ["Sáu", "Bộ Nội vụ"]


def test_aiken_with_a_key_that_is_no_option_is_told():
    found = settled(read_aiken(b"Co may noi dung?\nA. Bon\nB. Sau\nANSWER: D\n", path="tep"))

    assert [finding.code for finding in found.findings] == ["I010"]


def test_moodle_kinds_that_we_do_not_know_are_told_with_their_line():
    found = moodle('<question type="ddimageortext"><name><text>x</text></name></question>')

    assert [(finding.code, "ddimageortext" in finding.message) for finding in found.findings] == [
        ("I010", True)
    ]


def test_moodle_pictures_are_left_out_and_told():
    found = moodle(
        '<question type="shortanswer"><name><text>a</text></name><questiontext format="html"><text>'
        '<![CDATA[<p>Hình này là gì vậy? <img src="@@PLUGINFILE@@/a.png"></p>]]></text></questiontext>'
        '<answer fraction="100"><text>Sơ đồ</text></answer></question>'
    )

    assert [finding.code for finding in found.findings] == ["I013"]
    assert found.questions[0].canonical["stem"] == "Hình này là gì vậy?"


def test_moodle_script_in_a_stem_does_not_survive():
    found = moodle(
        '<question type="truefalse"><name><text>a</text></name><questiontext format="html"><text>'
        "<![CDATA[<p>Một câu hỏi.</p><script>alert(1)</script>]]></text></questiontext>"
        '<answer fraction="100"><text>true</text></answer>'
        '<answer fraction="0"><text>false</text></answer></question>'
    )

    assert found.questions[0].canonical["stem"] == "Một câu hỏi."


def test_one_name_used_twice_becomes_two_ids():
    found = gift("::Câu 1::Câu thứ nhất hỏi gì?{T}\n\n::Câu 1::Câu thứ hai hỏi gì?{F}")

    assert [one.canonical["id"] for one in found.questions] == ["cau-1", "cau-1-2"]
    assert [finding.code for finding in found.findings] == ["I015"]


@pytest.fixture(scope="module")
def package():
    compiled = build(SHIPPED_PACKAGE)
    return package_from_canonical(compiled.canonical, digest=compiled.digest)


def test_a_module_is_printed_with_its_sections_and_without_keys(package):
    module = next(iter(package.modules.values()))

    document = Document(BytesIO(print_module(package, module)))

    text = "\n".join(paragraph.text for paragraph in document.paragraphs)
    assert all(section.title in text for section in module.sections)
    assert "Đáp án" not in text


def test_a_bank_is_printed_with_or_without_its_key(package):
    questions = [one for one in package.questions.values() if one.type == "numeric"][:3]
    texts = [
        "\n".join(p.text for p in Document(BytesIO(content)).paragraphs)
        for content in (
            print_questions(package, questions, title="Đề", with_key=False),
            print_questions(package, questions, title="Đề", with_key=True),
        )
    ]

    assert "Đáp án: " not in texts[0]
    assert f"Đáp án: {questions[0].answers[0]}" in texts[1]


def test_a_course_shell_names_its_content_in_each_link_and_is_the_same_file_again():
    link = CourseLink("m-1", "Chuyên đề 1", "Học 30 phút", {"content": "cchc/m/quan-diem"})
    shell = CourseShell("cchc", "Bồi dưỡng CCHC", "Toàn chương trình", (CourseTopic("Chuyên đề", (link,)),))

    content = write_thin_cartridge(shell, launch_url=LAUNCH, tool_name="CCHC")

    assert content == write_thin_cartridge(shell, launch_url=LAUNCH, tool_name="CCHC")
    with zipfile.ZipFile(BytesIO(content)) as archive:
        assert archive.namelist() == ["imsmanifest.xml", "links/m-1.xml"]
        written = etree.fromstring(archive.read("links/m-1.xml"))
    values = {element.get("name"): element.text for element in written.iter("{*}property")}
    assert values == {"content": "cchc/m/quan-diem"}
    assert written.find("{*}launch_url").text == LAUNCH
