"""Refusals of erasure, retention and exports of one person's records."""

from flask_babel import lazy_gettext as _l

from lti_tool.explanations.row import Explanation
from sync import privacy_errors as sync
from xapi_bridge.errors import ErasureKeyMissing, RuleBroken

ROWS: dict[type[RuleBroken], Explanation] = {
    ErasureKeyMissing: Explanation(
        500,
        _l("Kho bản ghi được mở mà thiếu khóa bí mật"),
        _l("Quản trị viên đặt lại đúng CCHC_SECRET_KEY; chưa có gì được ghi."),
    ),
    sync.PrivacyRefused: Explanation(
        400, _l("Yêu cầu về dữ liệu cá nhân chưa hợp lệ"), _l("Sửa yêu cầu theo thông báo rồi gửi lại.")
    ),
    sync.SubjectUnknown: Explanation(
        404,
        _l("Không tìm thấy người này"),
        _l("Kiểm tra mã cán bộ trong danh bạ, hoặc nhập định danh trong bản ghi."),
    ),
    sync.SubjectMalformed: Explanation(
        400,
        _l("Định danh chưa đúng dạng"),
        _l("Nhập một Agent dạng JSON với đúng một định danh: account, mbox, mbox_sha1sum hoặc openid."),
    ),
    sync.ErasureUnknown: Explanation(
        404, _l("Không có yêu cầu xóa này"), _l("Xem lại danh sách yêu cầu xóa dữ liệu.")
    ),
    sync.ErasureReferenceTaken: Explanation(
        409, _l("Số hồ sơ này đã được dùng"), _l("Mở yêu cầu đã có, hoặc nhập số hồ sơ khác.")
    ),
    sync.ErasureNotConfirmed: Explanation(
        400,
        _l("Số hồ sơ gõ lại không khớp"),
        _l("Chưa có gì bị thay đổi. Gõ lại đúng từng ký tự số hồ sơ của yêu cầu."),
    ),
    sync.ErasureNotOpen: Explanation(
        409,
        _l("Yêu cầu này không còn chờ"),
        _l("Yêu cầu đã bắt đầu, đã xong hoặc đã hủy. Xem tình trạng ở trang của yêu cầu."),
    ),
    sync.ErasureTargetUnknown: Explanation(
        404,
        _l("Không có gì để làm ở nơi nhận này"),
        _l("Xem bảng nơi nhận ở trang của yêu cầu; ghi rõ ai xác nhận và bằng cách nào."),
    ),
    sync.RetentionRuleUnknown: Explanation(
        404, _l("Không có quy tắc này"), _l("Xem lại danh sách quy tắc lưu giữ.")
    ),
    sync.RetentionRuleRefused: Explanation(
        400,
        _l("Không nhận quy tắc này"),
        _l("Quy tắc làm thay đổi số liệu hoặc các phần không hợp nhau. Sửa theo thông báo bên dưới."),
    ),
    sync.PersonExportUnknown: Explanation(
        404, _l("Không có bản trích xuất này"), _l("Xem lại danh sách trích xuất dữ liệu cá nhân.")
    ),
    sync.PersonExportNotReady: Explanation(
        409,
        _l("Tệp trích xuất chưa có hoặc không còn"),
        _l("Chờ đến khi tình trạng là “Đã xong”; tệp hết hạn thì tạo bản trích xuất mới."),
    ),
}
