"""Refusals of the record store: statements, documents, attachments, archives, other stores."""

from flask_babel import lazy_gettext as _l

from lti_tool.explanations.row import Explanation
from xapi_bridge import remote_errors as remote
from xapi_bridge.errors import (
    ArchiveRefused,
    AttachmentLost,
    AttachmentStorageRefused,
    AttachmentStorageUnavailable,
    ContentEncodingRefused,
    DocumentConflict,
    DocumentNotFound,
    DocumentRefused,
    DocumentTooLarge,
    PreconditionFailed,
    RequestTooLarge,
    RuleBroken,
    StatementArchived,
    StatementConflict,
    StatementNotFound,
    VoidingReachesTooFar,
    XapiRefused,
)
from xapi_bridge.statement.errors import StatementTooLarge

ROWS: dict[type[RuleBroken], Explanation] = {
    XapiRefused: Explanation(400, _l("Bản ghi không hợp lệ"), _l("Sửa bản ghi theo thông báo rồi gửi lại.")),
    StatementTooLarge: Explanation(413, _l("Bản ghi quá lớn"), _l("Gửi bản ghi nhỏ hơn.")),
    StatementConflict: Explanation(
        409, _l("Mã bản ghi đã được dùng"), _l("Gửi bản ghi khác với một mã mới.")
    ),
    VoidingReachesTooFar: Explanation(
        403,
        _l("Khóa này không được hủy bản ghi của khóa khác"),
        _l("Chỉ hủy bản ghi do chính khóa này gửi, hoặc dùng khóa có quyền rộng hơn."),
    ),
    StatementArchived: Explanation(
        410, _l("Bản ghi đã chuyển vào kho lưu trữ"), _l("Đề nghị quản trị viên khôi phục tháng đó từ tệp.")
    ),
    ArchiveRefused: Explanation(
        409, _l("Không thực hiện được việc lưu trữ"), _l("Làm theo thông báo rồi chạy lại.")
    ),
    StatementNotFound: Explanation(404, _l("Không tìm thấy bản ghi"), _l("Kiểm tra lại mã bản ghi.")),
    ContentEncodingRefused: Explanation(
        415, _l("Dữ liệu gửi lên không ở dạng UTF-8 không nén"), _l("Gửi lại ở dạng UTF-8, không nén.")
    ),
    DocumentRefused: Explanation(
        400, _l("Tài liệu trạng thái không hợp lệ"), _l("Sửa yêu cầu theo thông báo rồi gửi lại.")
    ),
    DocumentNotFound: Explanation(
        404, _l("Không tìm thấy tài liệu trạng thái"), _l("Kiểm tra lại stateId hoặc profileId.")
    ),
    DocumentTooLarge: Explanation(413, _l("Tài liệu trạng thái quá lớn"), _l("Gửi tài liệu nhỏ hơn.")),
    DocumentConflict: Explanation(
        409, _l("Tài liệu trạng thái đã tồn tại"), _l("Đọc tài liệu rồi gửi lại kèm If-Match.")
    ),
    PreconditionFailed: Explanation(
        412,
        _l("Tài liệu trạng thái đã thay đổi"),
        _l("Đọc lại tài liệu, ghép thay đổi của bạn rồi gửi lại."),
    ),
    RequestTooLarge: Explanation(413, _l("Dữ liệu gửi lên quá lớn"), _l("Chia nhỏ tệp rồi gửi lại.")),
    AttachmentStorageUnavailable: Explanation(
        503,
        _l("Kho tệp đính kèm chưa dùng được"),
        _l("Gửi lại sau ít phút. Yêu cầu ghi nhận câu trả lời này thì chưa có gì được ghi lại."),
    ),
    AttachmentLost: Explanation(
        500, _l("Tệp đính kèm không còn trong kho"), _l("Người vận hành chạy cchc attachments check.")
    ),
    AttachmentStorageRefused: Explanation(
        500, _l("Kho tệp đính kèm cấu hình chưa đúng"), _l("Sửa biến môi trường theo chi tiết rồi chạy lại.")
    ),
    remote.RemoteLrsRefused: Explanation(
        502, _l("Kho bản ghi khác không làm theo yêu cầu"), _l("Xem câu trả lời của kho đó rồi thử lại.")
    ),
    remote.RemoteUnavailable: Explanation(
        502,
        _l("Nơi nhận không trả lời hoặc đang quá tải"),
        _l("Hệ thống tự thử lại. Nếu kéo dài, báo đơn vị vận hành nơi nhận và kiểm tra đường mạng."),
    ),
    remote.RemoteAnswerMalformed: Explanation(
        502,
        _l("Địa chỉ này không trả lời như một kho bản ghi"),
        _l("Kiểm tra địa chỉ; có thể một proxy hoặc trang đăng nhập đang trả lời thay."),
    ),
    remote.RemoteAccessRefused: Explanation(
        502,
        _l("Nơi nhận từ chối khóa, hoặc địa chỉ không đúng"),
        _l("Kiểm tra địa chỉ, khóa, mật khẩu và quyền ghi của khóa ở nơi nhận, rồi cho chạy tiếp."),
    ),
    remote.RemoteAddressForbidden: Explanation(
        400,
        _l("Không được phép kết nối đến địa chỉ này"),
        _l("Dùng địa chỉ https công khai; mạng nội bộ cần CCHC_PRIVATE_NETWORKS_ALLOWED=true."),
    ),
    remote.RemoteBatchTooLarge: Explanation(
        502,
        _l("Bản ghi quá lớn đối với nơi nhận"),
        _l("Đề nghị nơi nhận nâng giới hạn, rồi gửi lại."),
    ),
    remote.RemoteConflict: Explanation(
        502,
        _l("Nơi nhận đã có một bản ghi khác cùng mã"),
        _l("So sánh hai bản ghi; nếu bản ở nơi nhận đúng thì bỏ bản này kèm ghi chú."),
    ),
    remote.RemoteStatementsRefused: Explanation(
        502,
        _l("Nơi nhận cho rằng bản ghi không hợp lệ"),
        _l("Đọc lý do của nơi nhận; đổi phiên bản xAPI hoặc bộ lọc, rồi gửi lại hoặc bỏ kèm ghi chú."),
    ),
}
