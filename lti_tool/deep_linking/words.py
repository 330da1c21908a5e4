"""How kinds, areas and skills are called on pages."""

from typing import Final

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

_KINDS: Final = {
    "package": _l("Cả chương trình"),
    "module": _l("Chuyên đề"),
    "quiz": _l("Bài kiểm tra"),
    "periodic": _l("Kiểm tra định kỳ"),
    "imported": _l("Khóa học nhập vào"),
    "questions": _l("Hỏi đáp CCHC"),
}

#: Areas of the reform programme, as packages name them.
_AREAS: Final = {
    "quan-diem-chu-truong": _l("Quan điểm, chủ trương"),
    "cai-cach-the-che": _l("Cải cách thể chế"),
    "cai-cach-thu-tuc-hanh-chinh": _l("Cải cách thủ tục hành chính"),
    "cai-cach-bo-may": _l("Cải cách tổ chức bộ máy"),
    "cai-cach-che-do-cong-vu": _l("Cải cách chế độ công vụ"),
    "cai-cach-tai-chinh-cong": _l("Cải cách tài chính công"),
    "chinh-phu-dien-tu-chinh-phu-so": _l("Chính phủ điện tử, Chính phủ số"),
}

#: Skills that the training plan names, and communication at the one-stop counter.
_SKILLS: Final = {
    "xay-dung-ke-hoach-cchc": _l("Xây dựng kế hoạch cải cách hành chính"),
    "theo-doi-danh-gia-cchc": _l("Theo dõi, đánh giá cải cách hành chính"),
    "xay-dung-bao-cao-cchc": _l("Xây dựng báo cáo cải cách hành chính"),
    "thong-tin-tuyen-truyen": _l("Thông tin, tuyên truyền"),
    "dieu-tra-xa-hoi-hoc": _l("Điều tra xã hội học"),
    "hoach-dinh-chinh-sach": _l("Hoạch định chính sách"),
    "quan-ly-su-thay-doi": _l("Quản lý sự thay đổi"),
    "quan-ly-theo-ket-qua": _l("Quản lý theo kết quả"),
    "ung-dung-cntt": _l("Ứng dụng công nghệ thông tin"),
    "giao-tiep-mot-cua": _l("Giao tiếp ở bộ phận một cửa"),
}


def kind_name(code: str) -> LazyString | str:
    """`module` → Chuyên đề."""
    return _KINDS.get(code, code)


def area_name(code: str) -> LazyString | str:
    """`cai-cach-bo-may` → Cải cách tổ chức bộ máy; an area that we do not know keeps its code."""
    return _AREAS.get(code, code)


def skill_name(code: str) -> LazyString | str:
    """As `area_name`, for skills."""
    return _SKILLS.get(code, code)
