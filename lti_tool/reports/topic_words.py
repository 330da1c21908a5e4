"""Names of the areas of reform and of the skills, as Decision 905/QĐ-BNV lists them."""

from typing import Final

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

_TOPICS: Final[dict[str, LazyString]] = {
    "quan-diem-chu-truong": _l("Quan điểm, chủ trương"),
    "cai-cach-the-che": _l("Cải cách thể chế"),
    "cai-cach-thu-tuc-hanh-chinh": _l("Cải cách thủ tục hành chính"),
    "cai-cach-bo-may": _l("Cải cách bộ máy hành chính"),
    "cai-cach-che-do-cong-vu": _l("Cải cách chế độ công vụ"),
    "cai-cach-tai-chinh-cong": _l("Cải cách tài chính công"),
    "chinh-phu-dien-tu-chinh-phu-so": _l("Chính phủ điện tử, Chính phủ số"),
    "xay-dung-ke-hoach-cchc": _l("Xây dựng kế hoạch"),
    "theo-doi-danh-gia-cchc": _l("Theo dõi, đánh giá"),
    "xay-dung-bao-cao-cchc": _l("Xây dựng báo cáo"),
    "thong-tin-tuyen-truyen": _l("Thông tin, tuyên truyền"),
    "dieu-tra-xa-hoi-hoc": _l("Điều tra xã hội học"),
    "hoach-dinh-chinh-sach": _l("Hoạch định chính sách"),
    "quan-ly-su-thay-doi": _l("Quản lý sự thay đổi"),
    "quan-ly-theo-ket-qua": _l("Quản lý theo kết quả"),
    "ung-dung-cntt": _l("Ứng dụng công nghệ thông tin"),
    "giao-tiep-mot-cua": _l("Giao tiếp tại bộ phận một cửa"),
}


def topic_title(code: str) -> str:
    """The name of an area or skill; of an unknown one, its code."""
    return str(_TOPICS.get(code, code))
