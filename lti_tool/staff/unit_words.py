"""Words for the difference between a new list of units and the one in force."""

from typing import Final

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from sync.organization.unit_import.difference import ChangeKind

CHANGE_WORDS: Final[dict[ChangeKind, LazyString]] = {
    ChangeKind.ADDED: _l("Thêm mới"),
    ChangeKind.CLOSED: _l("Kết thúc"),
    ChangeKind.RENAMED: _l("Đổi tên"),
    ChangeKind.RECLASSIFIED: _l("Đổi loại"),
    ChangeKind.MOVED: _l("Chuyển cấp trên"),
    ChangeKind.MERGED: _l("Sáp nhập, chia tách"),
    ChangeKind.CONTINUED: _l("Kế thừa nguyên vẹn"),
}

PROBLEM_WORDS: Final[dict[str, LazyString]] = {
    "unit_row_incomplete": _l("Dòng %(told)s thiếu mã, tên hoặc loại."),
    "unit_code_repeated": _l("Mã %(told)s có hai dòng."),
    "unit_parent_unknown": _l("Đơn vị %(told)s có cấp trên không nằm trong danh mục."),
    "old_code_unknown": _l("Bảng chuyển đổi nêu mã cũ %(told)s không có trong danh mục đang dùng."),
    "new_code_unknown": _l("Bảng chuyển đổi nêu mã mới %(told)s không có trong danh mục mới."),
    "later_change_known": _l("Đơn vị %(told)s đã có thay đổi ghi sau ngày này."),
    "no_successor": _l("Đơn vị %(told)s kết thúc mà không có đơn vị kế thừa."),
    "default_assumed": _l(
        "Đơn vị %(told)s bị chia mà bảng không nêu kế thừa mặc định; lấy dòng nhập toàn bộ đầu tiên."
    ),
}


def problem_sentence(code: str, told: str) -> str:
    """The problem in the reader's language."""
    return str(PROBLEM_WORDS[code]) % {"told": told}
