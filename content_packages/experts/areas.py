"""The subject areas that questions belong to, by their names (pure)."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

#: Content name of the question channel; `hoi-dap/<area>` shows one area first.
CHANNEL: Final = "hoi-dap"
CHANNEL_TITLE: Final = "Hỏi đáp CCHC"

#: Code -> name, in the order of the programme.
AREA_TITLES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "quan-diem-chu-truong": "Quan điểm, chủ trương",
        "cai-cach-the-che": "Cải cách thể chế",
        "cai-cach-thu-tuc-hanh-chinh": "Cải cách thủ tục hành chính",
        "cai-cach-bo-may": "Cải cách tổ chức bộ máy",
        "cai-cach-che-do-cong-vu": "Cải cách chế độ công vụ",
        "cai-cach-tai-chinh-cong": "Cải cách tài chính công",
        "chinh-phu-dien-tu-chinh-phu-so": "Chính phủ điện tử, Chính phủ số",
    }
)


def channel_content(area: str = "") -> str:
    """The content name of the channel, whole or of one area."""
    return f"{CHANNEL}/{area}" if area else CHANNEL
