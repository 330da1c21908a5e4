"""The areas of reform and the skills, in the order and the words of Decision 905/QĐ-BNV (pure)."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final

AREAS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "quan-diem-chu-truong": "Quan điểm, chủ trương về cải cách hành chính",
        "cai-cach-the-che": "Cải cách thể chế",
        "cai-cach-thu-tuc-hanh-chinh": "Cải cách thủ tục hành chính",
        "cai-cach-bo-may": "Cải cách bộ máy hành chính",
        "cai-cach-che-do-cong-vu": "Cải cách chế độ công vụ",
        "cai-cach-tai-chinh-cong": "Cải cách tài chính công",
        "chinh-phu-dien-tu-chinh-phu-so": "Phát triển Chính phủ điện tử, Chính phủ số",
    }
)
SKILLS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "xay-dung-ke-hoach-cchc": "Kỹ năng xây dựng kế hoạch cải cách hành chính",
        "theo-doi-danh-gia-cchc": "Kỹ năng theo dõi, đánh giá cải cách hành chính",
        "xay-dung-bao-cao-cchc": "Kỹ năng xây dựng báo cáo cải cách hành chính",
        "thong-tin-tuyen-truyen": "Kỹ năng thông tin, tuyên truyền",
        "dieu-tra-xa-hoi-hoc": "Kỹ năng điều tra xã hội học",
        "hoach-dinh-chinh-sach": "Kỹ năng hoạch định chính sách",
        "quan-ly-su-thay-doi": "Kỹ năng quản lý sự thay đổi",
        "quan-ly-theo-ket-qua": "Kỹ năng quản lý theo kết quả",
        "ung-dung-cntt": "Kỹ năng ứng dụng công nghệ thông tin",
        "giao-tiep-mot-cua": "Kỹ năng giao tiếp tại bộ phận một cửa",
    }
)


def in_order(found: Iterable[str], known: Mapping[str, str]) -> list[str]:
    """All known codes in the decision's order, then those that a package adds."""
    return [*known, *sorted(set(found) - set(known))]
