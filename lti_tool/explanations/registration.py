"""Refusals of registrations, invitations and our keys."""

from flask_babel import lazy_gettext as _l

from lti_tool.explanations.row import Explanation
from lti_tool.platforms import errors as platforms
from xapi_bridge.errors import RuleBroken

ROWS: dict[type[RuleBroken], Explanation] = {
    platforms.RegistrationTaken: Explanation(
        409,
        _l("Đã có bản đăng ký với issuer và client ID này"),
        _l("Mở bản đăng ký đó để sửa, hoặc kiểm tra lại Client ID."),
    ),
    platforms.PlatformInUse: Explanation(
        409,
        _l("Bản đăng ký này đã có dữ liệu"),
        _l("Ngừng sử dụng thay vì xóa; lịch sử học và điểm được giữ nguyên."),
    ),
    platforms.DeploymentNotFound: Explanation(
        404, _l("Không có Deployment ID này"), _l("Xem lại danh sách Deployment ID của bản đăng ký.")
    ),
    platforms.InvitationRefused: Explanation(
        400, _l("Lời mời đăng ký chưa hợp lệ"), _l("Sửa theo chi tiết bên dưới rồi thử lại.")
    ),
    platforms.InvitationUnknown: Explanation(
        404,
        _l("Đường dẫn đăng ký này không còn hiệu lực"),
        _l("Đường dẫn bị thiếu, bị sửa hoặc đã thu hồi. Đề nghị đơn vị vận hành công cụ gửi đường dẫn mới."),
    ),
    platforms.InvitationExpired: Explanation(
        410,
        _l("Đường dẫn đăng ký đã hết hạn"),
        _l("Đề nghị đơn vị vận hành công cụ gửi đường dẫn mới."),
    ),
    platforms.InvitationUsed: Explanation(
        409,
        _l("Đường dẫn đăng ký này đã được dùng"),
        _l(
            "Mỗi đường dẫn đăng ký được một lần. Nếu LMS đã có công cụ thì không cần đăng ký lại; muốn "
            "đăng ký "
            "LMS khác, đề nghị đơn vị vận hành gửi đường dẫn mới."
        ),
    ),
    platforms.InvitationBusy: Explanation(
        409,
        _l("Một lần đăng ký khác bằng đường dẫn này đang chạy"),
        _l("Chờ vài phút rồi mở lại từ trang quản trị LMS."),
    ),
    platforms.RegistrationRefused: Explanation(
        400,
        _l("Chưa đăng ký được công cụ với LMS này"),
        _l(
            "Sửa theo chi tiết bên dưới rồi bắt đầu lại từ trang quản trị LMS. Đường dẫn đăng ký vẫn dùng "
            "được."
        ),
    ),
    platforms.RegistrationRequestIncomplete: Explanation(
        400,
        _l("Đường dẫn này phải được mở từ trang quản trị LMS"),
        _l(
            "Trên Moodle: Site administration, Plugins, External tool, Manage tools; dán đường dẫn vào ô "
            "Tool "
            "URL rồi bấm Add LTI Advantage."
        ),
    ),
    platforms.OpenidConfigurationRefused: Explanation(
        400,
        _l("Cấu hình mà LMS công bố chưa dùng được"),
        _l("Quản trị viên LMS kiểm tra phiên bản LMS có hỗ trợ LTI 1.3, hoặc đăng ký bằng tay."),
    ),
    platforms.IssuerHostMismatch: Explanation(
        403,
        _l("Địa chỉ của LMS không khớp với lời mời"),
        _l(
            "Nếu LMS thật sự dùng nhiều tên máy, đề nghị đơn vị vận hành ghi các tên đó vào lời mời rồi "
            "gửi lại."
        ),
    ),
    platforms.LmsRefusedRegistration: Explanation(
        502,
        _l("LMS không nhận đăng ký"),
        _l(
            "Đọc câu trả lời của LMS bên dưới, sửa trên LMS rồi bắt đầu lại từ trang quản trị LMS. Đường "
            "dẫn đăng "
            "ký vẫn dùng được."
        ),
    ),
    platforms.KeyRefused: Explanation(
        409, _l("Chưa thực hiện được bước này với khóa"), _l("Xem giai đoạn của từng khóa rồi thử lại.")
    ),
    platforms.KeyNotFound: Explanation(
        404, _l("Không có khóa này"), _l("Xem lại danh sách khóa ký của công cụ.")
    ),
    platforms.KeyWaitNotOver: Explanation(
        409,
        _l("Chưa hết thời gian chờ LMS đọc khóa mới"),
        _l("Hệ thống tự chuyển bước khi đến giờ. Chỉ khi khóa bị lộ mới thay khóa khẩn cấp."),
    ),
}
