"""Kinds of units and the words that stand before their names (pure)."""

from typing import Final

#: Word before the name. A kind that is missing here has its word inside the name: `Bộ Nội vụ`, `Sở Nội vụ`.
KIND_WORDS: Final = {
    "tinh": "Tỉnh",
    "thanh-pho": "Thành phố",
    "quan": "Quận",
    "huyen": "Huyện",
    "thi-xa": "Thị xã",
    "xa": "Xã",
    "phuong": "Phường",
    "thi-tran": "Thị trấn",
    "dac-khu": "Đặc khu",
}


def full_name(kind: str, name: str) -> str:
    """`Xã Tân Trào` from `xa` and `Tân Trào`; names of agencies are complete already."""
    word = KIND_WORDS.get(kind)
    return f"{word} {name}" if word else name


def short_name(kind: str, name: str) -> str:
    """The name for lists under a heading; `Phường 4` keeps its word, because a bare 4 says nothing."""
    return full_name(kind, name) if name.isdigit() else name
