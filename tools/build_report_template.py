"""Builds the DOCX template of official reports in the form of Decree 30/2020/NĐ-CP, appendix I.

    python -m tools.build_report_template

Writes sync/official_reports/shipped/bao-cao.docx; a test holds that the file is what this script builds.
The fields are those of `sync.official_reports.document`. No font is shipped: Times New Roman is asked for.
"""

import io
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from docx import Document
from docx.document import Document as Docx
from docx.enum.section import WD_ORIENT
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_PARAGRAPH_ALIGNMENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Mm, Pt
from docx.table import Table, _Cell
from docx.text.paragraph import Paragraph

TARGET: Final = Path(__file__).parents[1] / "sync" / "official_reports" / "shipped" / "bao-cao.docx"
FONT: Final = "Times New Roman"
_WIDTHS: Final = (10, 44, 20, 22, 22, 18, 16, 13)
_COLUMNS: Final = (
    "TT",
    "{tieu_de_cot}",
    "Tổng số làm CCHC (số tồn)",
    "Thuộc đối tượng (số tồn)",
    "Lũy kế đã bồi dưỡng (số tồn)",
    "Tỷ lệ (số tồn)",
    "Người trong kỳ",
    "Lượt trong kỳ",
)
_FIELDS: Final = ("tt", "ten", "tong", "doi_tuong", "luy_ke", "ty_le", "nguoi", "luot")


def build_template() -> bytes:
    """The template as a file."""
    document = Document()
    _set_page(document)
    _set_styles(document)
    _number_pages(document)
    _write_head(document)
    _write_body(document)
    _write_foot(document)
    written = io.BytesIO()
    document.core_properties.author = "CCHC"
    document.core_properties.title = "Báo cáo theo Nghị định 30/2020/NĐ-CP"
    document.core_properties.created = document.core_properties.modified = datetime(2026, 1, 1, tzinfo=UTC)
    document.save(written)
    return _without_clock(written.getvalue())


def _set_page(document: Docx) -> None:
    section = document.sections[0]
    section.orientation = WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin = section.bottom_margin = Mm(20)
    section.left_margin, section.right_margin = Mm(30), Mm(15)
    section.header_distance = section.footer_distance = Mm(10)
    section.different_first_page_header_footer = True


def _set_styles(document: Docx) -> None:
    normal = document.styles["Normal"]
    normal.font.name, normal.font.size = FONT, Pt(14)
    fonts = normal.element.rPr.rFonts
    for kind in ("w:ascii", "w:hAnsi", "w:cs", "w:eastAsia"):
        fonts.set(qn(kind), FONT)
    language = OxmlElement("w:lang")
    language.set(qn("w:val"), "vi-VN")
    normal.element.rPr.append(language)
    normal.paragraph_format.space_before = normal.paragraph_format.space_after = Pt(0)


def _number_pages(document: Docx) -> None:
    """Arabic, in the middle of the top margin, not on page 1."""
    paragraph = document.sections[0].header.paragraphs[0]
    paragraph.alignment = WD_PARAGRAPH_ALIGNMENT.CENTER
    for kind, text in (("begin", ""), ("", "PAGE"), ("end", "")):
        run = paragraph.add_run()
        run.font.size = Pt(13)
        if kind:
            mark = OxmlElement("w:fldChar")
            mark.set(qn("w:fldCharType"), kind)
        else:
            mark = OxmlElement("w:instrText")
            mark.set(qn("xml:space"), "preserve")
            mark.text = text
        run._r.append(mark)  # noqa: SLF001 - python-docx has no fields


def _write_head(document: Docx) -> None:
    table = _bare_table(document, 2, (66, 99))
    left, right = table.rows[0].cells
    _write(left.paragraphs[0], "{{ co_quan_cap_tren }}", size=13, align=WD_PARAGRAPH_ALIGNMENT.CENTER)
    _write(left.add_paragraph(), "{{ co_quan }}", size=13, bold=True, align=WD_PARAGRAPH_ALIGNMENT.CENTER)
    _line(left.add_paragraph(), inset=20)
    _write(
        right.paragraphs[0],
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        size=12.5,
        bold=True,
        align=WD_PARAGRAPH_ALIGNMENT.CENTER,
    )
    _write(
        right.add_paragraph(),
        "Độc lập - Tự do - Hạnh phúc",
        size=13.5,
        bold=True,
        align=WD_PARAGRAPH_ALIGNMENT.CENTER,
    )
    _line(right.add_paragraph(), inset=20)
    row = table.add_row().cells
    _write(row[0].paragraphs[0], "Số: {{ so_ky_hieu }}", size=13, align=WD_PARAGRAPH_ALIGNMENT.CENTER)
    _write(
        row[1].paragraphs[0],
        "{{ dia_danh_ngay }}",
        size=13.5,
        italic=True,
        align=WD_PARAGRAPH_ALIGNMENT.CENTER,
    )
    for text, after in (("BÁO CÁO", 0), ("{{ trich_yeu }}", 0)):
        paragraph = document.add_paragraph()
        paragraph.paragraph_format.space_before = Pt(12 if text == "BÁO CÁO" else 0)
        paragraph.paragraph_format.space_after = Pt(after)
        _write(paragraph, text, size=14, bold=True, align=WD_PARAGRAPH_ALIGNMENT.CENTER)
    _line(document.add_paragraph(), inset=60)


def _write_body(document: Docx) -> None:
    _tag(document, "{%p for muc in cac_muc %}")
    _tag(document, "{%p if muc.cap == 1 %}")
    _heading(document, "{{ muc.tieu_de }}")
    _tag(document, "{%p else %}")
    _heading(document, "{{ muc.tieu_de }}")
    _tag(document, "{%p endif %}")
    _tag(document, "{%p for doan in muc.doan %}")
    _text(document, "{{ doan }}")
    _tag(document, "{%p endfor %}")
    _tag(document, "{%p if muc.ma == 'ket-qua' %}")
    for field, caption, column in (
        ("bang_theo_cap", "Kết quả theo cấp", "Cấp"),
        ("bang_theo_nam", "Kết quả theo năm", "Năm"),
        ("bang_theo_don_vi", "Kết quả theo cơ quan, đơn vị trực thuộc", "Cơ quan, đơn vị"),
    ):
        _tag(document, f"{{%p if {field} %}}")
        _table_of(document, field, caption, column)
        if field == "bang_theo_nam":
            _write(document.add_paragraph(), "{{ ghi_chu_nam }}", size=11, italic=True)
        _tag(document, "{%p endif %}")
    _write(
        document.add_paragraph(),
        "{{ ghi_chu_so_lieu }}",
        size=11,
        italic=True,
        align=WD_PARAGRAPH_ALIGNMENT.JUSTIFY,
    )
    _tag(document, "{%p for dong in dinh_nghia %}")
    _write(
        document.add_paragraph(), "- {{ dong }}", size=11, italic=True, align=WD_PARAGRAPH_ALIGNMENT.JUSTIFY
    )
    _tag(document, "{%p endfor %}")
    _tag(document, "{%p endif %}")
    _tag(document, "{%p endfor %}")
    _text(document, "Các phụ lục 1 đến 10 gửi kèm báo cáo này (tệp XLSX)./.")


def _table_of(document: Docx, field: str, caption: str, column: str) -> None:
    paragraph = document.add_paragraph()
    paragraph.paragraph_format.space_before = Pt(6)
    paragraph.paragraph_format.space_after = Pt(3)
    paragraph.paragraph_format.keep_with_next = True
    _write(paragraph, caption, size=13, bold=True, align=WD_PARAGRAPH_ALIGNMENT.CENTER)
    table = document.add_table(rows=4, cols=len(_COLUMNS))
    table.style, table.alignment, table.autofit = "Table Grid", WD_TABLE_ALIGNMENT.CENTER, False
    for cell, words in zip(table.rows[0].cells, _COLUMNS, strict=True):
        title = words.format(tieu_de_cot=column)
        _write(cell.paragraphs[0], title, size=11, bold=True, align=WD_PARAGRAPH_ALIGNMENT.CENTER)
    _repeat_head(table)
    table.rows[1].cells[0].paragraphs[0].add_run(f"{{%tr for dong in {field} %}}")
    for number, (cell, name) in enumerate(zip(table.rows[2].cells, _FIELDS, strict=True)):
        align = (
            WD_PARAGRAPH_ALIGNMENT.LEFT
            if number == 1
            else WD_PARAGRAPH_ALIGNMENT.CENTER
            if number == 0
            else WD_PARAGRAPH_ALIGNMENT.RIGHT
        )
        _write(cell.paragraphs[0], f"{{{{ dong.{name} }}}}", size=12, align=align)
    table.rows[3].cells[0].paragraphs[0].add_run("{%tr endfor %}")
    # Word reads the widths of cells, LibreOffice those of the grid.
    for place, width in enumerate(_WIDTHS):
        table.columns[place].width = Mm(width)
        for row in table.rows:
            row.cells[place].width = Mm(width)
    _keep_whole(table)


def _write_foot(document: Docx) -> None:
    document.add_paragraph()
    table = _bare_table(document, 2, (82, 83))
    left, right = table.rows[0].cells
    _write(left.paragraphs[0], "Nơi nhận:", size=12, bold=True, italic=True)
    _tag_in(left, "{%p for noi in noi_nhan %}")
    _write(left.add_paragraph(), "- {{ noi }};", size=11)
    _tag_in(left, "{%p endfor %}")
    _tag_in(right, "{%p if quyen_han_ky %}", first=True)
    _write(
        right.add_paragraph(), "{{ quyen_han_ky }}", size=13.5, bold=True, align=WD_PARAGRAPH_ALIGNMENT.CENTER
    )
    _tag_in(right, "{%p endif %}")
    _write(
        right.add_paragraph(), "{{ chuc_vu_ky }}", size=13.5, bold=True, align=WD_PARAGRAPH_ALIGNMENT.CENTER
    )
    for _ in range(4):
        right.add_paragraph()
    _write(right.add_paragraph(), "{{ ho_ten_ky }}", size=14, bold=True, align=WD_PARAGRAPH_ALIGNMENT.CENTER)
    _keep_whole(table)


def _heading(document: Docx, words: str) -> None:
    paragraph = document.add_paragraph()
    paragraph.paragraph_format.first_line_indent = Cm(1.27)
    paragraph.paragraph_format.space_before = Pt(6)
    paragraph.paragraph_format.keep_with_next = True
    _write(paragraph, words, size=14, bold=True, align=WD_PARAGRAPH_ALIGNMENT.JUSTIFY)


def _text(document: Docx, words: str) -> None:
    paragraph = document.add_paragraph()
    paragraph.paragraph_format.first_line_indent = Cm(1.27)
    paragraph.paragraph_format.space_before = Pt(6)
    paragraph.paragraph_format.line_spacing = 1.15
    _write(paragraph, words, size=14, align=WD_PARAGRAPH_ALIGNMENT.JUSTIFY)


def _tag(document: Docx, tag: str) -> None:
    """A paragraph that the template engine takes away."""
    document.add_paragraph(tag)


def _tag_in(cell: _Cell, tag: str, *, first: bool = False) -> None:
    (cell.paragraphs[0] if first else cell.add_paragraph()).add_run(tag)


def _write(
    paragraph: Paragraph,
    words: str,
    *,
    size: float,
    bold: bool = False,
    italic: bool = False,
    align: WD_PARAGRAPH_ALIGNMENT = WD_PARAGRAPH_ALIGNMENT.LEFT,
) -> None:
    paragraph.alignment = align
    run = paragraph.add_run(words)
    run.font.size, run.bold, run.italic = Pt(size), bold, italic


def _line(paragraph: Paragraph, *, inset: float) -> None:
    """A line under a heading, shorter than its column by `inset` millimetres on each side."""
    paragraph.paragraph_format.left_indent = paragraph.paragraph_format.right_indent = Mm(inset)
    paragraph.paragraph_format.line_spacing = Pt(6)
    paragraph.paragraph_format.space_before = Pt(3)
    borders, top = OxmlElement("w:pBdr"), OxmlElement("w:top")
    for name, value in (("val", "single"), ("sz", "6"), ("space", "1"), ("color", "000000")):
        top.set(qn(f"w:{name}"), value)
    borders.append(top)
    properties = paragraph._p.get_or_add_pPr()  # noqa: SLF001 - python-docx has no borders
    properties.insert_element_before(
        borders, "w:shd", "w:tabs", "w:spacing", "w:ind", "w:jc", "w:rPr", "w:sectPr"
    )


def _bare_table(document: Docx, columns: int, widths: tuple[int, ...]) -> Table:
    table = document.add_table(rows=1, cols=columns)
    table.autofit = False
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Mm(width)
    for cell, width in zip(table.rows[0].cells, widths, strict=True):
        cell.width = Mm(width)
    return table


def _keep_whole(table: Table) -> None:
    """No row is divided between two pages."""
    for row in table.rows:
        mark = OxmlElement("w:cantSplit")
        mark.set(qn("w:val"), "true")
        row._tr.get_or_add_trPr().append(mark)  # noqa: SLF001 - python-docx has no such setting


def _repeat_head(table: Table) -> None:
    properties = table.rows[0]._tr.get_or_add_trPr()  # noqa: SLF001 - python-docx has no repeated heads
    mark = OxmlElement("w:tblHeader")
    mark.set(qn("w:val"), "true")
    properties.append(mark)


def _without_clock(file: bytes) -> bytes:
    """The same file whenever it is built: the times of the archive's members are fixed."""
    written = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(file)) as old,
        zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            member = zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0))
            member.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(member, old.read(name))
    return written.getvalue()


if __name__ == "__main__":
    TARGET.parent.mkdir(exist_ok=True)
    TARGET.write_bytes(build_template())
    print(f"{TARGET.name}: {TARGET.stat().st_size} bytes")
