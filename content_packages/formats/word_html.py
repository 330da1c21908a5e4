"""Our clean HTML -> paragraphs, lists and tables of a Word document. Pure."""

from dataclasses import dataclass, replace
from typing import Any

from docx.document import Document as WordDocument
from docx.shared import Cm
from docx.text.paragraph import Paragraph
from lxml import html as html_parser

_HEADINGS = {"h1": 2, "h2": 2, "h3": 3, "h4": 4, "h5": 4, "h6": 4}
_BOLD, _ITALIC = {"strong", "b"}, {"em", "i"}


@dataclass(frozen=True)
class _Face:
    """How the words of an inline element look."""

    bold: bool = False
    italic: bool = False
    mono: bool = False


def add_html(document: WordDocument, html: str) -> None:
    """Appends sanitised HTML (see `authoring.markup.sanitise`); pictures become their alternative text."""
    if html.strip():
        for block in html_parser.fragment_fromstring(html, create_parent="div"):
            _add_block(document, block, indent=0)


def _add_block(document: WordDocument, block: Any, *, indent: int) -> None:
    if block.tag in _HEADINGS:
        document.add_heading(block.text_content().strip(), level=_HEADINGS[block.tag])
    elif block.tag in {"ul", "ol"}:
        _add_list(document, block, indent=indent)
    elif block.tag == "table":
        _add_table(document, block)
    elif block.tag in {"div", "section", "blockquote", "figure"}:
        _add_boxed(document, block, indent=indent)
    else:
        _add_paragraph(document, block, style=None, indent=indent)


def _add_boxed(document: WordDocument, block: Any, *, indent: int) -> None:
    if block.text and block.text.strip():
        document.add_paragraph(block.text.strip())
    for inner in block:
        _add_block(document, inner, indent=indent + 1)


def _add_paragraph(document: WordDocument, block: Any, *, style: str | None, indent: int) -> None:
    paragraph = document.add_paragraph(style=style)
    if indent:
        paragraph.paragraph_format.left_indent = Cm(0.75 * indent)
    add_words(paragraph, block)


def _add_list(document: WordDocument, block: Any, *, indent: int) -> None:
    style = "List Number" if block.tag == "ol" else "List Bullet"
    for item in block:
        paragraph = document.add_paragraph(style=style)
        if indent:
            paragraph.paragraph_format.left_indent = Cm(0.75 * (indent + 1))
        add_words(paragraph, item, without={"ul", "ol"})
        for inner in item:
            if inner.tag in {"ul", "ol"}:
                _add_list(document, inner, indent=indent + 1)


def _add_table(document: WordDocument, block: Any) -> None:
    rows = list(block.iter("tr"))
    columns = max((len(row) for row in rows), default=0)
    if not columns:
        return
    table = document.add_table(rows=len(rows), cols=columns, style="Table Grid")
    for line, row in enumerate(rows):
        cells = table.rows[line].cells
        for column, cell in enumerate(row):
            add_words(cells[column].paragraphs[0], cell, face=_Face(bold=cell.tag == "th"))
    document.add_paragraph()


def add_words(
    paragraph: Paragraph, element: Any, *, face: _Face | None = None, without: set[str] | None = None
) -> None:
    """Appends the words inside an element with bold, italic and monospace kept."""
    face = face or _Face()
    _add_run(paragraph, element.text, face)
    for child in element:
        if child.tag == "br":
            paragraph.add_run().add_break()
        elif child.tag == "img":
            _add_run(paragraph, f"[{child.get('alt', '')}]", face)
        elif child.tag not in (without or set()):
            add_words(paragraph, child, face=_faced(face, child.tag), without=without)
        _add_run(paragraph, child.tail, face)


def _faced(face: _Face, tag: str) -> _Face:
    if tag in _BOLD:
        return replace(face, bold=True)
    if tag in _ITALIC:
        return replace(face, italic=True)
    return replace(face, mono=True) if tag in {"code", "kbd"} else face


def _add_run(paragraph: Paragraph, text: str | None, face: _Face) -> None:
    if not text:
        return
    run = paragraph.add_run(" ".join(text.split("\n")))
    run.bold = face.bold or None
    run.italic = face.italic or None
    if face.mono:
        run.font.name = "Courier New"
