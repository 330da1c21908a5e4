"""Refusals of gradebooks and rosters: also the words that consoles and teachers read beside a score."""

from flask_babel import lazy_gettext as _l

from lti_tool.explanations.row import Explanation
from sync import grade_errors as sync
from xapi_bridge.errors import RuleBroken

ROWS: dict[type[RuleBroken], Explanation] = {
    sync.ScoreNotTaken: Explanation(
        502,
        _l("Sổ điểm của LMS chưa nhận điểm"),
        _l("Hệ thống tự gửi lại; xem lý do ở trang Điểm gửi về LMS."),
    ),
    sync.ScoreNotDelivered: Explanation(
        502,
        _l("LMS không trả lời hoặc đang bận"),
        _l("Hệ thống tự gửi lại, không cần làm gì. Nếu kéo dài, kiểm tra máy chủ LMS và quyền lấy token."),
    ),
    sync.ScoreConflict: Explanation(
        409,
        _l("Sổ điểm đang có một điểm mới hơn"),
        _l("Hệ thống tự đọc và so sánh rồi gửi lại. Nếu kéo dài, kiểm tra đồng hồ của máy chủ LMS."),
    ),
    sync.ScoreRefused: Explanation(
        422,
        _l("LMS từ chối điểm này"),
        _l("Xem chi tiết bên cạnh, sửa trong LMS rồi bấm gửi lại."),
    ),
    sync.LearnerNotGraded: Explanation(
        422,
        _l("LMS không chấm điểm người này trong khóa học"),
        _l("Ghi danh người học vào khóa với vai trò học viên (không phải giáo viên), rồi bấm gửi lại."),
    ),
    sync.ColumnGone: Explanation(
        404,
        _l("Cột điểm không còn trong LMS"),
        _l("Mở lại bài từ khóa học: hệ thống tìm hoặc tạo cột mới và gửi điểm vào đó."),
    ),
    sync.ScoreForbidden: Explanation(
        403,
        _l("LMS không cho công cụ dùng sổ điểm"),
        _l(
            "Trong cấu hình công cụ ở LMS, bật dịch vụ điểm (Assignment and Grade Services), rồi bấm gửi lại."
        ),
    ),
    sync.ResultsUnreadable: Explanation(
        403,
        _l("LMS không cho đọc lại điểm"),
        _l("Trong cấu hình công cụ ở LMS, cho phép đọc kết quả (result.readonly) để đối chiếu được."),
    ),
    sync.ScoreUnknown: Explanation(
        404, _l("Không có điểm này"), _l("Tải lại trang: điểm có thể đã được gửi hoặc đã bị thu hồi.")
    ),
    sync.RosterNotTaken: Explanation(
        502, _l("Chưa đọc được danh sách lớp"), _l("Hệ thống tự đọc lại vào lần sau.")
    ),
    sync.RosterNotRead: Explanation(
        502,
        _l("LMS không trả lời khi đọc danh sách lớp"),
        _l("Hệ thống tự đọc tiếp từ chỗ dừng, không cần làm gì."),
    ),
    sync.RosterPageGone: Explanation(
        404, _l("Trang danh sách không còn"), _l("Hệ thống tự đọc lại danh sách từ đầu.")
    ),
    sync.RosterIncomplete: Explanation(
        502,
        _l("Danh sách lớp nhận được không đầy đủ"),
        _l("Kiểm tra trong LMS khóa học còn học viên hay không; danh sách cũ được giữ nguyên."),
    ),
    sync.RosterForbidden: Explanation(
        403,
        _l("LMS không cho đọc danh sách lớp"),
        _l("Trong cấu hình công cụ ở LMS, bật dịch vụ danh sách lớp (Names and Role Provisioning Services)."),
    ),
    sync.RosterUnknown: Explanation(
        404, _l("Không có danh sách lớp này"), _l("Danh sách xuất hiện sau lần mở bài đầu tiên từ khóa học.")
    ),
}
