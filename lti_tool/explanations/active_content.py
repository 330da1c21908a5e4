"""Refusals of imported courses that run scripts, and of what their units ask for."""

from flask_babel import lazy_gettext as _l

from content_packages.active import errors as active
from lti_tool.explanations.row import Explanation
from xapi_bridge.errors import RuleBroken

ROWS: dict[type[RuleBroken], Explanation] = {
    active.ActiveContentRefused: Explanation(
        400, _l("Không dùng được khóa học nhập vào"), _l("Xem lý do, sửa rồi thử lại.")
    ),
    active.ContentHostMissing: Explanation(
        409,
        _l("Hệ thống chưa có tên miền thứ hai cho nội dung chạy mã"),
        _l("Đặt CCHC_CONTENT_URL theo hướng dẫn rồi nhập lại. Các gói câu hỏi và bài học gốc vẫn dùng được."),
    ),
    active.PlayerMissing: Explanation(
        409,
        _l("Chưa cài trình phát cho loại gói này"),
        _l("Quản trị viên cài trình phát theo hướng dẫn rồi mở lại bài."),
    ),
    active.ActivePackageNotFound: Explanation(
        404, _l("Không tìm thấy khóa học này"), _l("Mở lại danh sách, hoặc báo cho giảng viên.")
    ),
    active.ActivePackageUnready: Explanation(
        409, _l("Khóa học không ở trạng thái cho phép việc này"), _l("Mở lại trang của khóa học để xem.")
    ),
    active.PackageNameRefused: Explanation(
        400,
        _l("Mã hoặc tên khóa học chưa đúng"),
        _l("Mã chỉ gồm chữ thường không dấu, số và gạch nối; tên có từ 3 đến 200 chữ."),
    ),
    active.PackageWithdrawn: Explanation(
        410,
        _l("Khóa học này đã được thu hồi"),
        _l("Hỏi giảng viên hoặc đơn vị tổ chức về khóa học thay thế."),
    ),
    active.UnitNotFound: Explanation(
        404, _l("Khóa học không có bài hoặc tệp này"), _l("Mở lại bài từ danh sách bài của khóa học.")
    ),
    active.RegistrationUnknown: Explanation(
        404, _l("Không có người học này trong khóa học"), _l("Mở lại từ danh sách người học của khóa học.")
    ),
    active.WaivingReasonUnknown: Explanation(
        400, _l("Lý do miễn bài chưa đúng"), _l("Chọn một lý do trong danh sách.")
    ),
    active.CapabilityRefused: Explanation(
        403, _l("Địa chỉ này không còn mở được bài"), _l("Mở lại bài từ khóa học trên hệ thống LMS.")
    ),
    active.DispatchRefused: Explanation(
        403,
        _l("Gói SCORM này không còn mở được nội dung"),
        _l("Báo cho quản trị LMS; đơn vị cấp gói có thể cấp gói mới."),
    ),
    active.RunRefused: Explanation(
        403, _l("Bài học gửi điều mà lượt mở này không cho phép"), _l("Mở lại bài từ khóa học.")
    ),
    active.SessionUnknown: Explanation(
        401, _l("Thiếu mã của lượt mở bài"), _l("Mở lại bài từ khóa học trên hệ thống LMS.")
    ),
    active.SessionOver: Explanation(403, _l("Lượt mở bài đã kết thúc"), _l("Mở lại bài từ khóa học.")),
    active.TrackingUnreadable: Explanation(
        400, _l("Dữ liệu SCORM không đọc được"), _l("Mở lại bài từ khóa học.")
    ),
}
