"""A table as a workbook: headings that stay in sight, widths that fit, texts that never run as formulas."""

from io import BytesIO
from typing import Final

import xlsxwriter

from sync.csv_files import Table

_WIDEST: Final = 60
_NARROWEST: Final = 8


def write_xlsx(table: Table, *, title: str) -> bytes:
    """The table on one sheet; numbers are numbers, everything else is text."""
    written = BytesIO()
    with xlsxwriter.Workbook(written, {"in_memory": True, "strings_to_formulas": False}) as book:
        sheet = book.add_worksheet(title[:31])
        heading = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
        sheet.freeze_panes(1, 0)
        for column, words in enumerate(table.header):
            cells = [str(row[column] or "") for row in table.rows]
            widest = max([len(cell) for cell in cells] + [len(words) // 2, _NARROWEST])
            sheet.set_column(column, column, min(widest + 2, _WIDEST))
            sheet.write_string(0, column, words, heading)
        for number, row in enumerate(table.rows, start=1):
            for column, cell in enumerate(row):
                if isinstance(cell, int | float):
                    sheet.write_number(number, column, cell)
                elif cell:
                    sheet.write_string(number, column, cell)
    return written.getvalue()
