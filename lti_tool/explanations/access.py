"""Refusals of who asks the record store: keys, tokens, scopes, limits."""

from flask_babel import lazy_gettext as _l

from lti_tool.explanations.row import Explanation
from xapi_bridge.access_errors import (
    AuthorityForKeyMalformed,
    CredentialNotFound,
    CredentialNotGiven,
    CredentialRefused,
    LabelMalformed,
    LifetimeMalformed,
    PseudonymOnly,
    ScopeMissing,
    ScopesContradict,
    ScopeUnknown,
    SourceMalformed,
    TokenKeysUnavailable,
    TokenRefused,
    TooManyRequests,
)
from xapi_bridge.errors import RuleBroken

ROWS: dict[type[RuleBroken], Explanation] = {
    CredentialRefused: Explanation(
        401, _l("Khóa truy cập không hợp lệ"), _l("Kiểm tra khóa và mật khẩu, hoặc xin cấp khóa mới.")
    ),
    ScopeMissing: Explanation(
        403, _l("Khóa này không có quyền đó"), _l("Dùng khóa có phạm vi quyền phù hợp.")
    ),
    CredentialNotFound: Explanation(404, _l("Không có khóa này"), _l("Xem lại danh sách khóa.")),
    CredentialNotGiven: Explanation(
        400, _l("Không tạo được khóa như vậy"), _l("Sửa theo chi tiết bên dưới rồi thử lại.")
    ),
    ScopesContradict: Explanation(
        400,
        _l("Quyền chỉ xem bí danh không đi cùng quyền khác"),
        _l("Chỉ chọn quyền xem bí danh, và tạo khóa thứ hai cho các quyền khác."),
    ),
    LifetimeMalformed: Explanation(
        400,
        _l("Thời hạn hoặc giới hạn chưa hợp lệ"),
        _l("Chọn ngày hết hạn sau hôm nay; mật khẩu cũ dùng song song nhiều nhất 30 ngày; giới hạn từ 1."),
    ),
    AuthorityForKeyMalformed: Explanation(
        400,
        _l("Tài khoản chịu trách nhiệm chưa hợp lệ"),
        _l("Ghi trang chủ là địa chỉ đầy đủ (https://…) và tên tài khoản không phải là thư điện tử."),
    ),
    SourceMalformed: Explanation(
        400,
        _l("Tên nguồn hoặc tên nhóm chưa hợp lệ"),
        _l("Dùng 1 đến 64 chữ thường không dấu, chữ số, dấu chấm, gạch nối hoặc gạch dưới."),
    ),
    LabelMalformed: Explanation(
        400, _l("Chưa ghi khóa dùng cho ai"), _l("Ghi ai dùng và để làm gì, từ 1 đến 160 ký tự.")
    ),
    ScopeUnknown: Explanation(400, _l("Không có phạm vi quyền này"), _l("Xem lại danh sách phạm vi quyền.")),
    TokenRefused: Explanation(
        401, _l("Mã truy cập (token) không hợp lệ"), _l("Đăng nhập lại ở hệ thống cấp mã rồi gửi mã mới.")
    ),
    TokenKeysUnavailable: Explanation(
        503, _l("Chưa kiểm tra được mã truy cập"), _l("Hệ thống cấp mã không trả lời. Thử lại sau ít phút.")
    ),
    TooManyRequests: Explanation(
        429, _l("Quá nhiều yêu cầu"), _l("Chờ số giây ghi trong Retry-After rồi gửi lại.")
    ),
    PseudonymOnly: Explanation(
        403,
        _l("Khóa này chỉ xem được bí danh"),
        _l("Lọc theo bí danh đã thấy trong kết quả, hoặc dùng khóa có quyền rộng hơn."),
    ),
}
