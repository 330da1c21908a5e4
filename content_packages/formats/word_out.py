"""Modules and question banks -> Word documents to print, approve and carry to a class. Pure."""

import io
import re
from collections.abc import Iterable

from docx import Document
from docx.document import Document as WordDocument
from docx.oxml.ns import qn
from docx.shared import Cm, Pt
from lxml import html as html_parser

from content_packages.authoring.markup import render_phrase, render_text
from content_packages.contents import CHECK_SLOT, Module, Package, Question
from content_packages.formats.foreign_text import plain_words
from content_packages.formats.sheet_columns import LEVELS
from content_packages.formats.word_html import add_html, add_words

_LETTERS = "ABCDEFGHIJ"
_BLANK = re.compile(r"\[\[\d+\]\]")


def print_module(package: Package, module: Module) -> bytes:
    """The module as a .docx: objectives, sections, and the checks as questions without their key."""
    document = _paper(module.title)
    document.add_paragraph(f"{package.title} · phiên bản {package.version}")
    if module.objectives:
        document.add_heading("Mục tiêu", level=2)
        for objective in module.objectives:
            document.add_paragraph(objective, style="List Bullet")
    for section in module.sections:
        document.add_heading(section.title, level=1)
        for position, part in enumerate(CHECK_SLOT.split(section.html)):
            if position % 2 == 0:
                add_html(document, part)
            else:
                _add_question(document, package.questions[part], label="Tự kiểm tra. ", with_key=False)
    return _bytes(document)


def print_questions(package: Package, questions: Iterable[Question], *, title: str, with_key: bool) -> bytes:
    """Questions as a .docx; with the key, also feedback, explanation, level and source, for approval."""
    document = _paper(title)
    document.add_paragraph(f"{package.title} · phiên bản {package.version}")
    told: set[str] = set()
    for number, question in enumerate(questions, start=1):
        situation = package.situations.get(question.situation or "")
        if situation is not None and situation.id not in told:
            told.add(situation.id)
            document.add_heading("Tình huống", level=3)
            add_html(document, render_text(situation.text))
        _add_question(document, question, label=f"Câu {number}. ", with_key=with_key)
    return _bytes(document)


def _paper(title: str) -> WordDocument:
    """A4 with the margins and the font that Decree 30/2020/NĐ-CP asks of administrative documents."""
    document = Document()
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.top_margin = section.bottom_margin = Cm(2)
    section.left_margin, section.right_margin = Cm(3), Cm(2)
    normal = document.styles["Normal"]
    normal.font.name, normal.font.size = "Times New Roman", Pt(13)
    normal.element.rPr.rFonts.set(qn("w:eastAsia"), "Times New Roman")
    document.core_properties.title = title
    document.core_properties.language = "vi"
    document.add_heading(title, level=0)
    return document


def _bytes(document: WordDocument) -> bytes:
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def _add_question(document: WordDocument, question: Question, *, label: str, with_key: bool) -> None:
    paragraph = document.add_paragraph()
    paragraph.paragraph_format.keep_with_next = True
    paragraph.paragraph_format.space_before = Pt(8)
    paragraph.add_run(label).bold = True
    stem = _BLANK.sub("………", question.stem)
    add_words(
        paragraph,
        html_parser.fragment_fromstring(render_phrase(stem.replace("\\\n", " ")), create_parent="p"),
    )
    _add_answers(document, question, with_key=with_key)
    if with_key:
        _add_key(document, question)


def _add_answers(document: WordDocument, question: Question, *, with_key: bool) -> None:
    for letter, option in zip(_LETTERS, question.options, strict=False):
        paragraph = document.add_paragraph()
        paragraph.paragraph_format.left_indent = Cm(1)
        run = paragraph.add_run(f"{letter}. {plain_words(option.text)}")
        run.bold = with_key and option.correct
        if with_key and option.feedback:
            paragraph.add_run(f"  ({plain_words(option.feedback)})").italic = True
    rights = [plain_words(right) for _, right in question.pairs]
    shown = sorted(rights) if not with_key else rights
    for number, ((left, _), right) in enumerate(zip(question.pairs, shown, strict=True), start=1):
        document.add_paragraph(f"{number}. {plain_words(left)}   —   {right if with_key else '………'}")
    if question.pairs and not with_key:
        document.add_paragraph("Chọn trong: " + "; ".join(shown))
    items = question.items if with_key else sorted(question.items)
    for item in items:
        document.add_paragraph(plain_words(item), style="List Number" if with_key else "List Bullet")
    if question.type in {"short", "numeric"} and not with_key:
        document.add_paragraph("Trả lời: ………………………………………………")
    for criterion in question.rubric:
        document.add_paragraph(
            f"{plain_words(criterion.criterion)} ({criterion.points:g} điểm)", style="List Bullet"
        )


def _add_key(document: WordDocument, question: Question) -> None:
    notes = []
    if question.answers:
        notes.append(f"Đáp án: {' | '.join(question.answers)}")
    for number, blank in enumerate(question.blanks, start=1):
        right = blank.answers or tuple(option.text for option in blank.options if option.correct)
        notes.append(f"Ô {number}: {' | '.join(map(plain_words, right))}")
    if question.explain:
        notes.append(f"Giải thích: {plain_words(question.explain)}")
    notes.append(
        " · ".join(
            part
            for part in (
                f"Mã: {question.id}",
                f"Mức độ: {LEVELS.get(question.level or '', 'chưa ghi')}",
                f"Nguồn: {question.source or 'chưa ghi'}",
                "được tính điểm" if question.graded else "chỉ luyện tập",
            )
        )
    )
    for note in notes:
        paragraph = document.add_paragraph()
        paragraph.paragraph_format.left_indent = Cm(1)
        paragraph.add_run(note).font.size = Pt(11)
