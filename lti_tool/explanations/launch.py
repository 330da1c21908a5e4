"""Refusals of launches and of what is registered of LMSs."""

from flask_babel import lazy_gettext as _l

from lti_tool.explanations.row import Explanation
from lti_tool.launch import errors as launch
from lti_tool.platforms import errors as platforms
from xapi_bridge.errors import RuleBroken

ROWS: dict[type[RuleBroken], Explanation] = {
    platforms.PlatformRefused: Explanation(
        400,
        _l("Kết nối với hệ thống LMS chưa đúng"),
        _l("Quản trị viên kiểm tra bản đăng ký công cụ ở cả hai phía: cchc platforms show."),
    ),
    platforms.PlatformUnknown: Explanation(
        403,
        _l("Hệ thống LMS này chưa được đăng ký"),
        _l(
            "Quản trị viên LMS gửi Platform ID (issuer) và Client ID ở trang chi tiết công cụ (Moodle: "
            "Manage tools, View configuration details) cho đơn vị vận hành để đăng ký."
        ),
    ),
    platforms.PlatformAmbiguous: Explanation(
        400,
        _l("Không rõ công cụ được mở từ bản đăng ký nào"),
        _l("LMS cần gửi client_id khi mở bài; quản trị viên kiểm tra cấu hình công cụ trên LMS."),
    ),
    platforms.LmsUnreachable: Explanation(
        502,
        _l("Không kết nối được với máy chủ LMS"),
        _l(
            "Thử lại sau ít phút. Nếu vẫn lỗi, quản trị viên kiểm tra địa chỉ và đường mạng giữa hai máy chủ."
        ),
    ),
    platforms.KeySetUnavailable: Explanation(
        502,
        _l("Không đọc được khóa công khai của hệ thống LMS"),
        _l("Thử lại sau ít phút. Quản trị viên kiểm tra Public keyset URL của LMS trong bản đăng ký."),
    ),
    platforms.SigningKeyUnknown: Explanation(
        401,
        _l("Khóa ký của hệ thống LMS không hợp lệ"),
        _l("Mở lại bài từ khóa học. Quản trị viên kiểm tra Public keyset URL của LMS trong bản đăng ký."),
    ),
    launch.LaunchRefused: Explanation(
        400, _l("Không mở được bài"), _l("Quay lại khóa học trên hệ thống LMS và mở lại bài.")
    ),
    launch.LaunchTooLarge: Explanation(
        413,
        _l("Thông điệp của hệ thống LMS quá lớn"),
        _l("Quản trị viên bỏ bớt tham số tùy chỉnh (Custom parameters) của hoạt động trên LMS."),
    ),
    launch.TargetElsewhere: Explanation(
        400,
        _l("Địa chỉ bài học không thuộc công cụ này"),
        _l("Quản trị viên sửa Tool URL của hoạt động trên LMS cho đúng địa chỉ của công cụ."),
    ),
    launch.PlatformAnsweredError: Explanation(
        403,
        _l("Hệ thống LMS từ chối đăng nhập"),
        _l("Đăng nhập lại vào LMS rồi mở lại bài. Nếu vẫn lỗi, gửi chi tiết bên dưới cho quản trị viên LMS."),
    ),
    launch.LoginStateRefused: Explanation(
        403,
        _l("Lượt mở bài này không còn hiệu lực"),
        _l("Mỗi lượt mở chỉ dùng một lần và trong mười phút. Quay lại khóa học trên LMS và bấm vào bài."),
    ),
    launch.BrowserNotRecognized: Explanation(
        403,
        _l("Trình duyệt đang chặn cookie"),
        _l("Mở khóa học trong cửa sổ mới, hoặc cho phép cookie, rồi bấm lại vào bài."),
    ),
    launch.CookiesBlocked: Explanation(
        403,
        _l("Trình duyệt chặn mọi cookie"),
        _l("Cho phép cookie của trang này trong cài đặt trình duyệt rồi mở lại bài từ khóa học."),
    ),
    launch.IdTokenRefused: Explanation(
        401,
        _l("Không xác minh được thông điệp của hệ thống LMS"),
        _l(
            "Mở lại bài từ khóa học. Nếu vẫn lỗi, quản trị viên kiểm tra bản đăng ký công cụ và đồng hồ "
            "của hai máy chủ."
        ),
    ),
    launch.IdTokenExpired: Explanation(
        401,
        _l("Thông điệp của hệ thống LMS đã hết hạn"),
        _l(
            "Mở lại bài từ khóa học. Nếu vẫn lỗi, quản trị viên đồng bộ giờ (NTP) của máy chủ LMS và công cụ."
        ),
    ),
    launch.IdTokenFromFuture: Explanation(
        401,
        _l("Đồng hồ của hệ thống LMS chạy nhanh hơn đồng hồ của công cụ"),
        _l("Quản trị viên đồng bộ giờ (NTP) của máy chủ LMS và máy chủ công cụ."),
    ),
    launch.ClaimRefused: Explanation(
        400,
        _l("Thông điệp của hệ thống LMS không đúng chuẩn LTI 1.3"),
        _l(
            "Quản trị viên LMS kiểm tra cấu hình công cụ (LTI version: LTI 1.3) và gửi chi tiết cho "
            "đơn vị vận hành."
        ),
    ),
    launch.MessageTypeNotOffered: Explanation(
        400,
        _l("Công cụ không có chức năng này"),
        _l("Trên LMS, thêm bài bằng hoạt động External tool và mở hoạt động đó."),
    ),
    launch.TeachingRoleMissing: Explanation(
        403,
        _l("Chức năng này dành cho giảng viên của khóa học"),
        _l("Quản trị khóa học kiểm tra vai trò của bạn trong khóa học trên hệ thống LMS."),
    ),
    launch.DeploymentUnknown: Explanation(
        403,
        _l("Nơi triển khai công cụ chưa được đăng ký"),
        _l(
            "Quản trị viên gửi Deployment ID ở trang chi tiết công cụ trên LMS cho đơn vị "
            "vận hành để bổ sung."
        ),
    ),
    launch.ContentChoiceRefused: Explanation(
        404,
        _l("Liên kết chưa trỏ đến bài học nào"),
        _l(
            "Giáo viên sửa hoạt động trên LMS: ô Custom parameters ghi content=mã-gói/m/mã-chuyên-đề, "
            "hoặc chọn lại nội dung."
        ),
    ),
}
