"""A Word document -> its paragraphs with what authors mark keys by: bold, underline, colour, lists. Pure."""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from docx import Document
from docx.document import Document as WordDocument
from docx.opc.exceptions import PackageNotFoundError
from docx.table import Table
from docx.text.paragraph import Paragraph

from content_packages.formats.foreign_text import normalised
from content_packages.formats.office_file import OfficeFileRefused, check_office_file
from content_packages.zip_faults import UNREADABLE_ZIP

_KINDS = {
    "upperLetter": "letter",
    "lowerLetter": "letter",
    "decimal": "number",
    "upperRoman": "number",
    "lowerRoman": "number",
}
_BLACK = {"000000", "auto", None}


@dataclass(frozen=True)
class WordLine:
    """One paragraph, or one line of a paragraph with line breaks.

    Attributes:
        number: the paragraph's number in the document, from 1.
        list_kind: `letter` or `number` when Word counts the paragraph by itself, else empty.
        marked: all its letters are bold, underlined, highlighted or coloured.
    """

    number: int
    text: str
    list_kind: str
    marked: bool


def read_word_lines(content: bytes) -> list[WordLine]:
    """All lines with text, in reading order, those in tables cell by cell.

    Raises:
        OfficeFileRefused: not a .docx, encrypted, broken, or too large when unpacked.
    """
    check_office_file(content, part="word/document.xml")
    try:
        document = Document(io.BytesIO(content))
        return [
            line for number, one in enumerate(_paragraphs(document), start=1) for line in _lines(number, one)
        ]
    except (PackageNotFoundError, KeyError, SyntaxError, *UNREADABLE_ZIP) as refused:
        raise OfficeFileRefused("tệp Word hỏng, không mở được") from refused


def _paragraphs(document: WordDocument) -> Iterator[Paragraph]:
    for block in document.iter_inner_content():
        if isinstance(block, Table):
            for row in block.rows:
                for cell in dict.fromkeys(row.cells):
                    yield from cell.paragraphs
        else:
            yield block


def _lines(number: int, paragraph: Paragraph) -> Iterator[WordLine]:
    kind = _list_kind(paragraph)
    pieces: list[list[tuple[str, bool]]] = [[]]
    for run in paragraph.runs:
        first, *further = run.text.split("\n")
        pieces[-1].append((first, _is_marked(run)))
        pieces += [[(part, _is_marked(run))] for part in further]
    for piece in pieces:
        text = normalised("".join(words for words, _ in piece)).strip()
        if text:
            marked = all(is_marked for words, is_marked in piece if words.strip())
            yield WordLine(number, text, kind, marked)


def _is_marked(run: object) -> bool:
    font = run.font  # type: ignore[attr-defined]
    colour = str(font.color.rgb) if font.color is not None and font.color.rgb is not None else None
    return bool(font.bold or font.underline or font.highlight_color or colour not in _BLACK)


def _list_kind(paragraph: Paragraph) -> str:
    """How Word counts the paragraph, from its own or its style's numbering (ECMA-376 part 1, 17.9)."""
    style = paragraph.style.element if paragraph.style is not None else None
    own = paragraph._p  # noqa: SLF001 - python-docx has no public door to list numbering
    for holder in (own, style):
        if holder is None:
            continue
        lists: list[str] = holder.xpath("./w:pPr/w:numPr/w:numId/@w:val")
        levels: list[str] = holder.xpath("./w:pPr/w:numPr/w:ilvl/@w:val")
        if lists:
            return _KINDS.get(_number_format(paragraph, int(lists[0]), int((levels or ["0"])[0])), "")
    return ""


def _number_format(paragraph: Paragraph, list_id: int, level: int) -> str:
    part: Any = paragraph.part
    numbering = part.numbering_part.element
    found = numbering.xpath(f'./w:num[@w:numId="{list_id}"]/w:abstractNumId/@w:val')
    if not found:
        return ""
    path = f'./w:abstractNum[@w:abstractNumId="{int(found[0])}"]/w:lvl[@w:ilvl="{level}"]/w:numFmt/@w:val'
    return next(iter(numbering.xpath(path)), "")
