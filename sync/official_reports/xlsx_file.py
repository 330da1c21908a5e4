"""The annexes as one workbook: a sheet each, real numbers in Vietnamese formats, heads that stay in view."""

import io
from typing import Any, Final

import xlsxwriter

from sync.official_reports.annex_tables import Annex, Cell, Column, Kind
from sync.official_reports.annexes import annexes_of
from sync.official_reports.document import DRAFT, Seal
from sync.official_reports.figures import ReportFigures
from sync.official_reports.forms import subject_of
from sync.official_reports.ledger import Difference
from sync.official_reports.numbers import TIMING_NAMES, day, instant, whole

#: `[$-42A]` asks for Vietnamese: dots between thousands and a decimal comma; the number stays a number.
_FORMATS: Final = {
    Kind.TEXT: "@",
    Kind.WHOLE: "[$-42A]#,##0",
    Kind.SHARE: '[$-42A]#,##0.0"%"',
    Kind.POINTS: "[$-42A]#,##0.0",
    Kind.DAY: "dd/mm/yyyy",
}
_HEAD_ROW: Final = 3
#: Height of one line of text, in points.
_LINE: Final = 18
#: Excel has no deeper outline.
_DEEPEST: Final = 7


def write_xlsx(
    figures: ReportFigures, *, seal: Seal = DRAFT, differences: tuple[Difference, ...] = ()
) -> bytes:
    """The workbook as a file; the first sheet says what the figures are."""
    return write_workbook(annexes_of(figures, differences), figures, seal=seal)


def write_workbook(annexes: tuple[Annex, ...], figures: ReportFigures, *, seal: Seal = DRAFT) -> bytes:
    """The annexes as they are given, after the sheet that says what the figures are."""
    written = io.BytesIO()
    # Texts that begin with = are texts, and addresses are no links.
    workbook = xlsxwriter.Workbook(
        written, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    workbook.set_properties({"title": subject_of(figures.head.form, figures.head.year)})
    styles = _Styles(workbook)
    _write_about(workbook, styles, figures, seal)
    for annex in annexes:
        _write_annex(workbook, styles, annex, figures, seal)
    workbook.close()
    return written.getvalue()


class _Styles:
    """The formats of one workbook."""

    def __init__(self, workbook: Any) -> None:
        base = {"font_name": "Times New Roman", "font_size": 12, "valign": "vcenter"}
        self.title = workbook.add_format({**base, "bold": True, "font_size": 14})
        self.note = workbook.add_format({**base, "italic": True, "font_size": 11})
        self.plain = workbook.add_format({**base, "text_wrap": True})
        self.head = workbook.add_format(
            {**base, "bold": True, "border": 1, "text_wrap": True, "align": "center", "bg_color": "#E7ECF3"}
        )
        self.cells = {
            (kind, is_bold): workbook.add_format(
                {
                    **base,
                    "border": 1,
                    "num_format": number_format,
                    "bold": is_bold,
                    "text_wrap": kind is Kind.TEXT,
                }
            )
            for kind, number_format in _FORMATS.items()
            for is_bold in (False, True)
        }


def _write_about(workbook: Any, styles: _Styles, figures: ReportFigures, seal: Seal) -> None:
    head, sheet = figures.head, workbook.add_worksheet("Thông tin")
    sheet.set_column(0, 0, 30)
    sheet.set_column(1, 1, 100)
    sheet.write_string(0, 0, subject_of(head.form, head.year), styles.title)
    lines = [
        ("Cơ quan, đơn vị", f"{head.unit_name} (mã {head.unit_code})"),
        ("Kỳ", f"{day(head.first_day)} – {day(head.last_day)}"),
        ("Số tồn tính đến hết ngày", day(head.on)),
        ("Lập lúc", instant(head.made_at)),
        ("Bản ghi chưa tổng hợp", whole(head.waiting)),
        ("Đối tượng", f"{head.population_title} ({head.population_code}, bản {head.population_version})"),
        ("Tình trạng", seal.text),
        ("SHA-256 của số liệu", seal.digest or "bản nháp, chưa chốt"),
        *(
            (
                one.title,
                (
                    f"{TIMING_NAMES[one.timing]}. Tử số: {one.numerator}. Mẫu số: {one.denominator}. "
                    f"Căn cứ: {one.legal_basis}."
                ),
            )
            for one in figures.definitions
        ),
    ]
    for number, (name, text) in enumerate(lines, start=2):
        sheet.write_string(number, 0, name, styles.plain)
        sheet.write_string(number, 1, text, styles.plain)
        sheet.set_row(number, _LINE * max(-(-len(name) // 28), -(-len(text) // 95)))
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)


def _write_annex(workbook: Any, styles: _Styles, annex: Annex, figures: ReportFigures, seal: Seal) -> None:
    sheet = workbook.add_worksheet(annex.name)
    number = f"Phụ lục {annex.number}. " if annex.number else ""
    sheet.write_string(0, 0, f"{number}{annex.title}", styles.title)
    sheet.write_string(1, 0, f"{figures.head.unit_name}. {annex.note}", styles.note)
    for place, column in enumerate(annex.columns):
        sheet.set_column(place, place, column.width)
        sheet.write_string(_HEAD_ROW, place, column.title, styles.head)
    sheet.set_row(_HEAD_ROW, 66)
    depths = annex.depths or (0,) * len(annex.rows)
    for row_number, (row, depth) in enumerate(zip(annex.rows, depths, strict=True), start=_HEAD_ROW + 1):
        if depth > 1:
            sheet.set_row(row_number, None, None, {"level": min(depth - 1, _DEEPEST)})
        is_bold = bool(annex.depths) and depth == 0
        for place, (cell, column) in enumerate(zip(row, annex.columns, strict=True)):
            _write_cell(sheet, styles, (row_number, place), cell, column, is_bold=is_bold)
    _set_page(sheet, annex, seal)


def _write_cell(
    sheet: Any, styles: _Styles, at: tuple[int, int], cell: Cell, column: Column, *, is_bold: bool
) -> None:
    style = styles.cells[column.kind, is_bold]
    if cell is None or cell == "":
        sheet.write_blank(*at, None, style)
    elif isinstance(cell, str):
        sheet.write_string(*at, cell, style)
    elif isinstance(cell, int | float):
        sheet.write_number(*at, cell, style)
    else:
        sheet.write_datetime(*at, cell, style)


def _set_page(sheet: Any, annex: Annex, seal: Seal) -> None:
    last_row = _HEAD_ROW + len(annex.rows)
    sheet.freeze_panes(_HEAD_ROW + 1, 2 if annex.number == 1 else 1)
    if annex.rows:
        sheet.autofilter(_HEAD_ROW, 0, last_row, len(annex.columns) - 1)
    sheet.outline_settings(visible=True, symbols_below=False)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.set_margins(left=1.18, right=0.6, top=0.8, bottom=0.8)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(_HEAD_ROW)
    sheet.set_header(f"&C&P&R&8{_escaped(seal.text)}")
    if seal.digest:
        sheet.set_footer(f"&L&8SHA-256: {seal.digest}")


def _escaped(text: str) -> str:
    """`&` begins a code in headers."""
    return text.replace("&", "&&")[:180]
