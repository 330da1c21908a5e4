"""What was read in legal texts and in news of them, typed here: acts, central bodies, new names."""

from collections.abc import Iterator
from datetime import date

OLD_CODES = "QĐ 124/2004/QĐ-TTg"
NEW_CODES = "QĐ 19/2025/QĐ-TTg"
MERGED = "NQ 202/2025/QH15"
TWO_TIERS = "Luật 72/2025/QH15"
_GOVERNMENT_2021 = "NQ 08/2021/QH15"
_GOVERNMENT_2025 = "NQ 176/2025/QH15"

#: New province -> resolution of the National Assembly's Standing Committee about its communes (16/6/2025).
COMMUNE_ACTS = {
    code: f"NQ {number}/NQ-UBTVQH15"
    for code, number in {
        "01": 1656, "04": 1657, "08": 1684, "11": 1661, "12": 1670, "14": 1681, "15": 1673, "19": 1683,
        "20": 1672, "22": 1679, "24": 1658, "25": 1676, "31": 1669, "33": 1666, "37": 1674, "38": 1686,
        "40": 1678, "42": 1665, "44": 1680, "46": 1675, "48": 1659, "51": 1677, "52": 1664, "56": 1667,
        "66": 1660, "68": 1671, "75": 1662, "79": 1685, "80": 1682, "82": 1663, "86": 1687, "91": 1654,
        "92": 1668, "96": 1655,
    }.items()
}  # fmt: skip

HUE = "46"
OLD_NAME_OF_HUE = "Thừa Thiên Huế"


def _renamed(scheme: str, code: str, day: str, kind: str, name: str, basis: str) -> dict[str, str]:
    columns = ("scheme", "code", "valid_from", "kind", "name", "dating", "legal_basis")
    return dict(zip(columns, (scheme, code, day, kind, name, "enacted", basis), strict=True))


def attested_kind(code: str, kind: str, name: str, day: date) -> dict[str, str]:
    """A change of kind that two consecutive snapshots show; the day is the later snapshot's."""
    return _renamed("QD124/2004", code, day.isoformat(), kind, name, OLD_CODES) | {"dating": "attested"}


#: Changes of name or kind by an act; the node stays.
NAME_CHANGES = [
    _renamed("QD124/2004", HUE, "2025-01-01", "thanh-pho", "Huế", "NQ 175/2024/QH15"),
    _renamed("QD19/2025", "75", "2026-04-30", "thanh-pho", "Đồng Nai", "NQ 30/2026/QH16"),
    *(
        _renamed("QD19/2025", code, "2026-04-30", "phuong", name, "NQ 237/NQ-UBTVQH16")
        for code, name in {
            "25270": "Lộc Ninh", "25357": "Tân Khai", "25363": "Đồng Phú", "26116": "Tân Phú",
            "26170": "Trị An", "26248": "Trảng Bom", "26326": "Dầu Giây", "26368": "Long Thành",
            "26425": "Xuân Lộc", "26485": "Nhơn Trạch",
        }.items()
    ),
]  # fmt: skip

CENTRAL_COLUMNS = [
    "code", "level", "kind", "name", "parent", "valid_from", "valid_to", "dating", "legal_basis",
]  # fmt: skip
_START, _CHANGE, _OPEN = "2022-11-17", "2025-03-01", "9999-12-31"
_MINISTRY, _LIKE_MINISTRY, _AGENCY = "bo", "co-quan-ngang-bo", "co-quan-thuoc-chinh-phu"

#: Kept their node on 01/03/2025: neither merged nor divided.
_THROUGHOUT = {
    "bo-quoc-phong": (_MINISTRY, "Bộ Quốc phòng"),
    "bo-cong-an": (_MINISTRY, "Bộ Công an"),
    "bo-ngoai-giao": (_MINISTRY, "Bộ Ngoại giao"),
    "bo-tu-phap": (_MINISTRY, "Bộ Tư pháp"),
    "bo-cong-thuong": (_MINISTRY, "Bộ Công Thương"),
    "bo-van-hoa-the-thao-va-du-lich": (_MINISTRY, "Bộ Văn hóa, Thể thao và Du lịch"),
    "bo-giao-duc-va-dao-tao": (_MINISTRY, "Bộ Giáo dục và Đào tạo"),
    "bo-y-te": (_MINISTRY, "Bộ Y tế"),
    "ngan-hang-nha-nuoc": (_LIKE_MINISTRY, "Ngân hàng Nhà nước Việt Nam"),
    "thanh-tra-chinh-phu": (_LIKE_MINISTRY, "Thanh tra Chính phủ"),
    "van-phong-chinh-phu": (_LIKE_MINISTRY, "Văn phòng Chính phủ"),
    "dai-tieng-noi-viet-nam": (_AGENCY, "Đài Tiếng nói Việt Nam"),
    "dai-truyen-hinh-viet-nam": (_AGENCY, "Đài Truyền hình Việt Nam"),
    "thong-tan-xa-viet-nam": (_AGENCY, "Thông tấn xã Việt Nam"),
    "vien-han-lam-khoa-hoc-va-cong-nghe": (_AGENCY, "Viện Hàn lâm Khoa học và Công nghệ Việt Nam"),
    "vien-han-lam-khoa-hoc-xa-hoi": (_AGENCY, "Viện Hàn lâm Khoa học xã hội Việt Nam"),
}
_UNTIL_2025 = {
    "bo-noi-vu": (_MINISTRY, "Bộ Nội vụ"),
    "bo-lao-dong-thuong-binh-va-xa-hoi": (_MINISTRY, "Bộ Lao động - Thương binh và Xã hội"),
    "bo-tai-chinh": (_MINISTRY, "Bộ Tài chính"),
    "bo-ke-hoach-va-dau-tu": (_MINISTRY, "Bộ Kế hoạch và Đầu tư"),
    "bo-xay-dung": (_MINISTRY, "Bộ Xây dựng"),
    "bo-giao-thong-van-tai": (_MINISTRY, "Bộ Giao thông vận tải"),
    "bo-khoa-hoc-va-cong-nghe": (_MINISTRY, "Bộ Khoa học và Công nghệ"),
    "bo-thong-tin-va-truyen-thong": (_MINISTRY, "Bộ Thông tin và Truyền thông"),
    "bo-nong-nghiep-va-ptnt": (_MINISTRY, "Bộ Nông nghiệp và Phát triển nông thôn"),
    "bo-tai-nguyen-va-moi-truong": (_MINISTRY, "Bộ Tài nguyên và Môi trường"),
    "uy-ban-dan-toc": (_LIKE_MINISTRY, "Ủy ban Dân tộc"),
    "bao-hiem-xa-hoi-viet-nam": (_AGENCY, "Bảo hiểm xã hội Việt Nam"),
    "uy-ban-quan-ly-von-nha-nuoc": (_AGENCY, "Ủy ban Quản lý vốn nhà nước tại doanh nghiệp"),
    "ban-quan-ly-lang": (_AGENCY, "Ban Quản lý Lăng Chủ tịch Hồ Chí Minh"),
}
_SINCE_2025 = {
    "bo-noi-vu": (_MINISTRY, "Bộ Nội vụ"),
    "bo-tai-chinh": (_MINISTRY, "Bộ Tài chính"),
    "bo-xay-dung": (_MINISTRY, "Bộ Xây dựng"),
    "bo-khoa-hoc-va-cong-nghe": (_MINISTRY, "Bộ Khoa học và Công nghệ"),
    "bo-nong-nghiep-va-moi-truong": (_MINISTRY, "Bộ Nông nghiệp và Môi trường"),
    "bo-dan-toc-va-ton-giao": (_MINISTRY, "Bộ Dân tộc và Tôn giáo"),
}


def central_rows() -> Iterator[list[str]]:
    """The nation, and the ministries and agencies of the Government before and after 01/03/2025."""
    yield ["VN", "national", "quoc-gia", "Cả nước", "", _START, _OPEN, "attested", "Hiến pháp 2013"]
    for bodies, start, end, dating, basis in (
        (_THROUGHOUT, _START, _OPEN, "attested", _GOVERNMENT_2021),
        (_UNTIL_2025, _START, _CHANGE, "attested", _GOVERNMENT_2021),
        (_SINCE_2025, _CHANGE, _OPEN, "enacted", _GOVERNMENT_2025),
    ):
        for code, (kind, name) in bodies.items():
            by_law = "NĐ riêng của Chính phủ" if kind == _AGENCY else basis
            yield [code, "central", kind, name, "VN", start, end, dating, by_law]


#: From, to, how much: `whole` (all of it), `part` (most of it), `tasks` (some tasks moved).
_TAKEN_OVER = [
    ("bo-noi-vu", "bo-noi-vu", "part"),
    ("bo-noi-vu", "bo-dan-toc-va-ton-giao", "tasks"),
    ("bo-lao-dong-thuong-binh-va-xa-hoi", "bo-noi-vu", "part"),
    ("bo-lao-dong-thuong-binh-va-xa-hoi", "bo-giao-duc-va-dao-tao", "tasks"),
    ("bo-lao-dong-thuong-binh-va-xa-hoi", "bo-y-te", "tasks"),
    ("bo-lao-dong-thuong-binh-va-xa-hoi", "bo-nong-nghiep-va-moi-truong", "tasks"),
    ("bo-tai-chinh", "bo-tai-chinh", "whole"),
    ("bo-ke-hoach-va-dau-tu", "bo-tai-chinh", "whole"),
    ("bao-hiem-xa-hoi-viet-nam", "bo-tai-chinh", "whole"),
    ("uy-ban-quan-ly-von-nha-nuoc", "bo-tai-chinh", "part"),
    ("uy-ban-quan-ly-von-nha-nuoc", "bo-cong-an", "tasks"),
    ("bo-xay-dung", "bo-xay-dung", "whole"),
    ("bo-giao-thong-van-tai", "bo-xay-dung", "part"),
    ("bo-giao-thong-van-tai", "bo-cong-an", "tasks"),
    ("bo-khoa-hoc-va-cong-nghe", "bo-khoa-hoc-va-cong-nghe", "whole"),
    ("bo-thong-tin-va-truyen-thong", "bo-khoa-hoc-va-cong-nghe", "part"),
    ("bo-thong-tin-va-truyen-thong", "bo-van-hoa-the-thao-va-du-lich", "tasks"),
    ("bo-nong-nghiep-va-ptnt", "bo-nong-nghiep-va-moi-truong", "whole"),
    ("bo-tai-nguyen-va-moi-truong", "bo-nong-nghiep-va-moi-truong", "whole"),
    ("uy-ban-dan-toc", "bo-dan-toc-va-ton-giao", "whole"),
    ("ban-quan-ly-lang", "bo-quoc-phong", "whole"),
]


def central_succession_rows() -> Iterator[list[str]]:
    """Who took over whose tasks on 01/03/2025; the main successor is the default one."""
    for old, new, mode in _TAKEN_OVER:
        yield [old, new, _CHANGE, mode, str(int(mode != "tasks")), _GOVERNMENT_2025]
