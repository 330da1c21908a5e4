"""What the states, forms and figures of official reports are called on pages."""

from typing import Final

from flask_babel import lazy_gettext as _l

FORM_WORDS: Final = {
    "annual": _l("Báo cáo năm"),
    "mid_term": _l("Sơ kết 2022-2025"),
    "final": _l("Tổng kết 2022-2030"),
}
STATE_WORDS: Final = {
    "missing": _l("Chưa báo cáo"),
    "draft": _l("Đang soạn"),
    "sending": _l("Đang chốt và gửi"),
    "submitted": _l("Đã gửi"),
    "received": _l("Đã nhận"),
    "returned": _l("Bị trả lại"),
}
STATE_TONES: Final = {
    "missing": "warn",
    "draft": "calm",
    "sending": "calm",
    "submitted": "good",
    "received": "good",
    "returned": "bad",
}
STEP_WORDS: Final = {
    "begun": _l("Bắt đầu soạn"),
    "asked": _l("Yêu cầu chốt và gửi"),
    "submitted": _l("Đã chốt và gửi"),
    "received": _l("Đã nhận"),
    "returned": _l("Trả lại"),
    "failed": _l("Không chốt được"),
}
DIFFERENCE_WORDS: Final = {
    "people": _l("Thuộc đối tượng tính mục tiêu (số tồn)"),
    "accessed": _l("Đã tiếp cận tài liệu, lũy kế (số tồn)"),
    "trained": _l("Đã được bồi dưỡng, lũy kế (số tồn)"),
    "period_people": _l("Người được bồi dưỡng trong kỳ (số phát sinh)"),
    "period_turns": _l("Lượt bồi dưỡng trong kỳ (số phát sinh)"),
}
RHYTHM_WORDS: Final = {
    "period": _l("Ngày sau khi kỳ tháng chốt"),
    "weekly": _l("Mỗi thứ Hai"),
    "monthly": _l("Ngày 1 hằng tháng"),
}
TEMPLATE_WORDS: Final = {
    "staged": _l("Chờ duyệt"),
    "active": _l("Đang dùng"),
    "retired": _l("Bản trước"),
    "discarded": _l("Đã bỏ"),
}
FORMAT_WORDS: Final = {"xlsx": "XLSX", "csv": "CSV", "docx": "DOCX", "pdf": "PDF"}
