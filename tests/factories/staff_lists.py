"""Lists of staff as a province hands them in."""

import csv
import io
from collections.abc import Iterable
from datetime import date

from openpyxl import Workbook

HEADINGS = {
    "staff_code": "Mã cán bộ",
    "full_name": "Họ và tên",
    "unit_code": "Mã đơn vị",
    "unit_scheme": "Bộ mã đơn vị",
    "position": "Chức vụ, vị trí việc làm",
    "staff_category": "Loại",
    "is_cchc": "Làm công tác CCHC",
    "cchc_role": "Vai trò CCHC",
    "is_primary": "Vị trí chính",
    "valid_from": "Từ ngày",
    "valid_to": "Đến hết ngày",
}


def make_staff_row(**changes: str) -> dict[str, str]:
    """A row that has nothing wrong in the tree of `tests.factories.organization`."""
    row = dict.fromkeys(HEADINGS, "") | {
        "staff_code": "CB001",
        "full_name": "Trần Thị Mẫu",
        "unit_code": "02545",
        "position": "Chuyên viên",
        "staff_category": "Công chức",
        "valid_from": "01/07/2025",
    }
    return row | changes


def make_csv(rows: Iterable[dict[str, str]], *, delimiter: str = ",") -> bytes:
    written = io.StringIO(newline="")
    writer = csv.writer(written, delimiter=delimiter)
    writer.writerow(HEADINGS.values())
    writer.writerows([[row[key] for key in HEADINGS] for row in rows])
    return written.getvalue().encode("utf-8-sig")


def make_xlsx(rows: Iterable[dict[str, str | date]]) -> bytes:
    book = Workbook()
    sheet = book.active
    sheet.append(list(HEADINGS.values()))
    for row in rows:
        sheet.append([row[key] for key in HEADINGS])
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()
