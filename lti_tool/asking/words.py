"""How bands, cautions, standings and states are called on the pages."""

from collections.abc import Mapping
from typing import Final

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

#: Band -> (tone of the badge, words).
BANDS: Final[Mapping[str, tuple[str, LazyString]]] = {
    "high": ("good", _l("Độ tin cậy cao")),
    "medium": ("warn", _l("Độ tin cậy vừa: có thể liên quan, hãy đọc căn cứ")),
    "low": ("bad", _l("Chưa có câu trả lời chắc chắn")),
}
CAUTIONS: Final[Mapping[str, LazyString]] = {
    "basis_expired": _l("Văn bản làm căn cứ đã hết hiệu lực ở ngày tra cứu."),
    "basis_not_yet": _l("Văn bản làm căn cứ chưa có hiệu lực ở ngày tra cứu."),
    "basis_unknown": _l("Chưa có hồ sơ hiệu lực của văn bản làm căn cứ."),
    "basis_amended": _l("Văn bản làm căn cứ đã được sửa đổi; đọc cả văn bản sửa đổi."),
    "named_expired": _l("Văn bản bạn nhắc tới đã hết hiệu lực."),
}
STANDINGS: Final[Mapping[str, tuple[str, LazyString]]] = {
    "in_force": ("good", _l("Còn hiệu lực")),
    "not_yet": ("warn", _l("Chưa có hiệu lực")),
    "expired": ("bad", _l("Hết hiệu lực")),
    "unknown": ("", _l("Chưa rõ hiệu lực")),
}
#: State of a question as whoever asked reads it.
STATES: Final[Mapping[str, tuple[str, LazyString]]] = {
    "asked": ("warn", _l("Đã nhận, chờ phân công")),
    "routed": ("calm", _l("Chuyên gia đã nhận")),
    "drafted": ("calm", _l("Đang soạn trả lời")),
    "in_review": ("calm", _l("Đang duyệt trả lời")),
    "published": ("good", _l("Đã trả lời")),
    "corrected": ("good", _l("Đã trả lời, có sửa")),
    "withdrawn": ("bad", _l("Câu trả lời đã rút")),
    "merged": ("calm", _l("Gộp với câu hỏi giống")),
    "hidden": ("bad", _l("Không nhận trả lời")),
    "retracted": ("", _l("Bạn đã rút")),
}
LEVEL_NAMES: Final[Mapping[str, LazyString]] = {
    "": _l("Mọi cấp"),
    "bo-nganh": _l("Bộ, ngành"),
    "cap-tinh": _l("Cấp tỉnh"),
    "cap-xa": _l("Cấp xã"),
}
KIND_NAMES: Final[Mapping[str, LazyString]] = {
    "entry": _l("Hỏi đáp"),
    "document": _l("Văn bản"),
    "section": _l("Bài học"),
}
#: Step -> words of the history.
STEPS: Final[Mapping[str, LazyString]] = {
    "ask": _l("gửi câu hỏi"),
    "route": _l("phân công"),
    "draft": _l("lưu nháp"),
    "submit": _l("gửi duyệt"),
    "return": _l("trả lại để sửa"),
    "publish": _l("duyệt và công bố"),
    "correct": _l("sửa câu trả lời"),
    "withdraw": _l("rút câu trả lời"),
    "merge": _l("gộp"),
    "hide": _l("không nhận"),
    "restore": _l("nhận lại"),
    "retract": _l("người hỏi rút"),
    "remind": _l("nhắc hạn"),
}
VOTES: Final[Mapping[str, LazyString]] = {
    "thanks": _l("Cảm ơn, hữu ích"),
    "unhelpful": _l("Không giúp được"),
    "wrong": _l("Chưa đúng"),
}
STRIPPED: Final[Mapping[str, LazyString]] = {
    "email": _l("địa chỉ thư điện tử"),
    "phone": _l("số điện thoại"),
    "number": _l("số giấy tờ"),
}


def lend_words() -> dict[str, object]:
    """For every template of the channel."""
    return {
        "bands": BANDS,
        "cautions": CAUTIONS,
        "standings": STANDINGS,
        "question_states": STATES,
        "level_names": LEVEL_NAMES,
        "hit_kinds": KIND_NAMES,
        "question_steps": STEPS,
        "vote_names": VOTES,
        "stripped_kinds": STRIPPED,
    }
