"""What was read, in words: the audit log keeps stable names."""

from typing import Final

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

#: Name in the audit log -> words.
READING_WORDS: Final[dict[str, LazyString]] = {
    "statement": _l("Một bản ghi"),
    "statements": _l("Bản ghi qua xAPI"),
    "state_documents": _l("Trạng thái học (State)"),
    "agent_profile_documents": _l("Hồ sơ người học (Agent Profile)"),
    "activity_profile_documents": _l("Hồ sơ hoạt động (Activity Profile)"),
    "agents": _l("Người học qua xAPI (Agents)"),
    "search": _l("Trang tìm bản ghi"),
    "find": _l("Lệnh tìm bản ghi"),
    "show": _l("Lệnh xem một bản ghi"),
    "export": _l("Lệnh xuất bản ghi"),
    "export_requested": _l("Đặt tệp xuất"),
    "export_fetched": _l("Tải tệp xuất"),
    "audit_log": _l("Nhật ký này"),
    "statistics": _l("Số liệu qua API"),
    "report_lists": _l("Danh sách kèm báo cáo"),
    "people": _l("Danh sách người"),
    "people_file": _l("Tệp danh sách người"),
    "person": _l("Trang một người"),
    "person_file": _l("Tệp một người"),
    "turns": _l("Lượt học sau số liệu"),
    "turns_file": _l("Tệp lượt học sau số liệu"),
    "attention": _l("Việc cần làm"),
    "attention_file": _l("Tệp việc cần làm"),
    "course_learners": _l("Người học của khóa nhập vào"),
    "staff_list": _l("Danh bạ cán bộ được nạp"),
    "staff_twins": _l("Người có thể bị ghi hai lần"),
    "planned_moves": _l("Điều động dự kiến"),
    "class": _l("Lớp học và điểm danh"),
    "class_roll": _l("Tệp điểm danh"),
    "campaign": _l("Đợt kiểm tra"),
    "campaign_file": _l("Tệp của đợt kiểm tra"),
    "declared_units": _l("Đơn vị khai báo"),
    "people_accounts": _l("Gộp tài khoản"),
    "teacher_course": _l("Giảng viên xem lớp học"),
    "teacher_scores": _l("Giảng viên xem điểm gửi về LMS"),
    "essays": _l("Giảng viên xem bài tự luận chờ chấm"),
    "essay": _l("Giảng viên xem một bài tự luận"),
    "more_time": _l("Giảng viên xem học viên để thêm giờ"),
    "learner_work": _l("Giảng viên xem bài làm của một học viên"),
    "learner_attempt": _l("Giảng viên xem một lượt làm bài"),
}
