"""What a post has to do with administrative reform: the roles and categories, as lists name them (pure)."""

from typing import Final

#: Role -> its words in lists and on pages; empty: not said.
CCHC_ROLES: Final = {
    "leader": "Lãnh đạo phụ trách",
    "adviser": "Tham mưu",
    "one_stop": "Một cửa",
    "procedure_control": "Kiểm soát thủ tục hành chính",
    "digital": "Chuyển đổi số, công nghệ thông tin",
    "other": "Khác",
}

STAFF_CATEGORIES: Final = {"can_bo": "Cán bộ", "cong_chuc": "Công chức", "vien_chuc": "Viên chức"}
