"""Words for states and kinds on the pages of erasure, retention and exports."""

from collections.abc import Mapping

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

KINDS: Mapping[str, LazyString] = {
    "pseudonymise": _l("Thay định danh"),
    "erase": _l("Thay định danh và rút gọn bản ghi"),
}
STATES: Mapping[str, tuple[str, LazyString]] = {
    "ordered": ("badge-warn", _l("Chờ xác nhận")),
    "running": ("badge-warn", _l("Đang thực hiện")),
    "finished": ("badge-good", _l("Đã xong")),
    "cancelled": ("", _l("Đã hủy")),
    "waiting": ("badge-warn", _l("Đang chờ")),
    "failed": ("badge-bad", _l("Lỗi")),
    "expired": ("", _l("Đã xóa tệp")),
    "none": ("", _l("Không có gì đã gửi")),
    "asked": ("badge-warn", _l("Đã gửi yêu cầu hủy")),
    "voided": ("badge-warn", _l("Nơi nhận đã nhận yêu cầu hủy")),
    "confirmed": ("badge-good", _l("Đã xác nhận xóa")),
}
_COUNTED: Mapping[str, LazyString] = {
    "own_statements": _l("Bản ghi của người đó"),
    "other_statements": _l("Bản ghi của người khác có nhắc tới"),
    "documents": _l("Trạng thái và hồ sơ xAPI đã xóa"),
    "attachments": _l("Tệp đính kèm đã bỏ"),
    "export_files": _l("Bản xuất bản ghi đã hủy"),
    "refused_statements": _l("Bản ghi bị từ chối đã xóa"),
    "original_authorities": _l("Nơi bảo đảm ban đầu đã xóa"),
    "attempts": _l("Lượt làm bài giữ điểm, bỏ người"),
    "study_records": _l("Tiến độ học và câu trả lời đã xóa"),
    "asked_questions": _l("Câu hỏi giữ lại, bỏ người"),
    "votes": _l("Đánh giá câu trả lời đã xóa"),
    "launches": _l("Lượt mở bài đã xóa"),
    "scores_forgotten": _l("Liên kết điểm với LMS đã bỏ"),
    "accounts": _l("Tài khoản đã bỏ"),
    "people": _l("Người trong danh bạ đã ẩn danh"),
    "person_exports": _l("Tệp trích xuất đã cho xóa"),
    "withdrawals": _l("Yêu cầu hủy gửi tới nơi nhận"),
    "definitions": _l("Mô tả hoạt động đã bỏ"),
}
RECORDS: Mapping[str, LazyString] = {
    "statements": _l("Bản ghi học tập"),
    "attachments": _l("Tệp đính kèm"),
    "documents": _l("Trạng thái và hồ sơ xAPI"),
    "dead_letters": _l("Bản ghi gửi hỏng"),
    "study_records": _l("Tiến độ đọc"),
}
ACTIONS: Mapping[str, LazyString] = {"reduce": _l("Rút gọn"), "delete": _l("Xóa")}


def counted(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    """What was done, in words; a kind without words keeps its name."""
    return [(str(_COUNTED.get(kind, kind)), count) for kind, count in counts.items()]
