"""Refusals of the operators' console: accounts, signing in, rights, identity rules."""

from flask_babel import lazy_gettext as _l

from lti_tool.admin import errors as admin
from lti_tool.explanations.row import Explanation
from lti_tool.identity import errors as identity
from xapi_bridge.errors import RuleBroken

ROWS: dict[type[RuleBroken], Explanation] = {
    admin.OperatorRefused: Explanation(
        400, _l("Tài khoản chưa hợp lệ"), _l("Sửa theo chi tiết bên dưới rồi thử lại.")
    ),
    admin.OperatorNotFound: Explanation(
        404, _l("Không có tài khoản này"), _l("Xem lại danh sách người dùng.")
    ),
    admin.PasswordTooShort: Explanation(
        400, _l("Mật khẩu quá ngắn"), _l("Chọn mật khẩu từ 12 ký tự, ví dụ bốn từ không liên quan nhau.")
    ),
    admin.LastAdministrator: Explanation(
        409,
        _l("Đây là quản trị viên cuối cùng"),
        _l("Tạo một quản trị viên khác trước khi khóa hoặc đổi vai trò tài khoản này."),
    ),
    admin.SecondFactorRequired: Explanation(
        409,
        _l("Vai trò này phải xác thực hai bước"),
        _l("Đổi sang điện thoại khác thay vì bỏ ứng dụng xác thực."),
    ),
    admin.UnitNotClear: Explanation(
        400, _l("Chưa rõ đơn vị nào"), _l("Ghi đúng tên đơn vị, hoặc ghi số của đơn vị theo chi tiết.")
    ),
    admin.SignInRefused: Explanation(
        401,
        _l("Không đăng nhập được"),
        _l("Kiểm tra tên đăng nhập và mật khẩu. Tài khoản đã khóa không đăng nhập được."),
    ),
    admin.TooManySignIns: Explanation(
        429,
        _l("Đăng nhập sai quá nhiều lần"),
        _l("Chờ 15 phút rồi thử lại; sai tiếp thì phải chờ lâu hơn. Quản trị viên khác có thể mở lại ngay."),
    ),
    admin.CodeRefused: Explanation(
        401,
        _l("Mã xác thực không đúng"),
        _l("Chờ mã tiếp theo rồi nhập lại, và kiểm tra giờ của điện thoại. Mã đã dùng không dùng lại được."),
    ),
    admin.SingleSignOnRefused: Explanation(
        401,
        _l("Không đăng nhập được bằng tài khoản cơ quan"),
        _l("Bấm đăng nhập lại. Nếu vẫn lỗi, gửi chi tiết cho quản trị viên."),
    ),
    admin.IssuerUnavailable: Explanation(
        503,
        _l("Hệ thống đăng nhập của cơ quan không trả lời"),
        _l("Thử lại sau ít phút, hoặc đăng nhập bằng mật khẩu riêng của trang này."),
    ),
    admin.NoAccountHere: Explanation(
        403,
        _l("Bạn chưa có tài khoản ở đây"),
        _l("Đề nghị quản trị viên tạo tài khoản, hoặc đưa bạn vào nhóm được phép."),
    ),
    admin.AccessRefused: Explanation(
        403,
        _l("Bạn không có quyền xem trang này"),
        _l("Vai trò hoặc đơn vị của bạn không gồm nội dung này. Liên hệ quản trị viên nếu bạn cần quyền."),
    ),
    admin.NotSignedIn: Explanation(401, _l("Cần đăng nhập"), _l("Đăng nhập rồi mở lại trang này.")),
    admin.ConfirmationNeeded: Explanation(
        403, _l("Cần xác nhận là bạn"), _l("Nhập lại mật khẩu rồi làm lại thao tác.")
    ),
    identity.IdentityRefused: Explanation(
        400, _l("Quy tắc nhận diện chưa hợp lệ"), _l("Sửa theo chi tiết bên dưới rồi thử lại.")
    ),
    identity.RuleVersionUnknown: Explanation(
        404, _l("Không có bản quy tắc này"), _l("Xem lại lịch sử quy tắc của kết nối.")
    ),
    identity.RulesChangedMeanwhile: Explanation(
        409,
        _l("Quy tắc vừa được người khác sửa"),
        _l("Tải lại trang, xem bản mới nhất rồi sửa tiếp."),
    ),
    admin.LaunchAttemptUnknown: Explanation(
        404,
        _l("Không có lượt mở nào mang mã này"),
        _l("Kiểm tra lại mã hỗ trợ. Lượt mở cũ được xóa sau số ngày đã cấu hình (CCHC_LAUNCH_RECORDS_DAYS)."),
    ),
}
