"""The question sheet: columns, words for kinds and levels, shared by reader, writer and template. Pure."""

from collections.abc import Mapping
from typing import Final

LETTERS: Final = "ABCDEFGH"

#: Key of the column -> its heading. The order is the order of the sheet.
HEADINGS: Final[Mapping[str, str]] = {
    "id": "Mã câu",
    "type": "Loại",
    "stem": "Câu hỏi",
    **{f"option_{letter}": f"Phương án {letter}" for letter in LETTERS},
    "key": "Đáp án",
    **{f"feedback_{letter}": f"Phản hồi {letter}" for letter in LETTERS},
    "explain": "Giải thích",
    "level": "Mức độ",
    "source": "Nguồn",
    "graded": "Tính điểm",
    "situational": "Tình huống",
    "tolerance": "Sai số",
    "mark": "Trọng số",
}

KINDS: Final[Mapping[str, str]] = {
    "single": "một đáp án",
    "multiple": "nhiều đáp án",
    "truefalse": "đúng sai",
    "match": "ghép cặp",
    "order": "sắp xếp",
    "numeric": "số",
    "short": "trả lời ngắn",
    "essay": "tự luận",
}

LEVELS: Final[Mapping[str, str]] = {
    "nhan-biet": "nhận biết",
    "thong-hieu": "thông hiểu",
    "van-dung": "vận dụng",
    "van-dung-cao": "vận dụng cao",
}

YES: Final = "có"

#: What stands between the halves of a pair, and between accepted answers.
ARROW: Final = "=>"
OR: Final = "|"
