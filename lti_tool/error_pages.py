"""The one table: exception class -> HTTP status and words. Pages in Vietnamese, JSON with a stable code.

Only this file knows status codes. A test walks the error trees: a class without a row fails.
"""

from dataclasses import dataclass

from flask import Flask, Response, jsonify, render_template, request
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from werkzeug.exceptions import HTTPException

from content_packages import errors as content
from content_packages.errors import ContentRefused
from lti_tool.admin import errors as admin
from lti_tool.database_schema import SchemaOutOfDate
from lti_tool.demo import errors as demo
from lti_tool.errors import ToolRefused
from lti_tool.launch import errors as launch
from lti_tool.platforms import errors as platforms
from lti_tool.settings import SettingsRefused
from sync import errors as sync
from sync.errors import SyncRefused
from xapi_bridge.errors import (
    CredentialNotFound,
    CredentialRefused,
    RuleBroken,
    ScopeMissing,
    ScopeUnknown,
    StatementConflict,
    StatementNotFound,
    XapiRefused,
)
from xapi_bridge.statement.errors import StatementTooLarge


@dataclass(frozen=True)
class Explanation:
    """What a reader is told.

    Attributes:
        status: HTTP status.
        title: what happened, in a few words.
        next_step: what the reader can do now.
    """

    status: int
    title: LazyString
    next_step: LazyString


#: The nearest class in the method resolution order decides, so a subclass may rely on its parent's row.
EXPLANATIONS: dict[type[RuleBroken], Explanation] = {
    XapiRefused: Explanation(400, _l("Bản ghi không hợp lệ"), _l("Sửa bản ghi theo thông báo rồi gửi lại.")),
    StatementTooLarge: Explanation(413, _l("Bản ghi quá lớn"), _l("Gửi bản ghi nhỏ hơn.")),
    StatementConflict: Explanation(
        409, _l("Mã bản ghi đã được dùng"), _l("Gửi bản ghi khác với một mã mới.")
    ),
    StatementNotFound: Explanation(404, _l("Không tìm thấy bản ghi"), _l("Kiểm tra lại mã bản ghi.")),
    CredentialRefused: Explanation(
        401, _l("Khóa truy cập không hợp lệ"), _l("Kiểm tra khóa và mật khẩu, hoặc xin cấp khóa mới.")
    ),
    ScopeMissing: Explanation(
        403, _l("Khóa này không có quyền đó"), _l("Dùng khóa có phạm vi quyền phù hợp.")
    ),
    CredentialNotFound: Explanation(404, _l("Không có khóa này"), _l("Xem lại danh sách khóa.")),
    ScopeUnknown: Explanation(400, _l("Không có phạm vi quyền này"), _l("Xem lại danh sách phạm vi quyền.")),
    ContentRefused: Explanation(
        400, _l("Không mở được nội dung"), _l("Quay lại khóa học trên hệ thống LMS và mở lại bài.")
    ),
    content.PublishRefused: Explanation(
        409, _l("Không xuất bản được gói nội dung"), _l("Sửa gói theo thông báo rồi xuất bản lại.")
    ),
    content.ContentNotFound: Explanation(
        404, _l("Không tìm thấy nội dung này"), _l("Quay lại khóa học trên hệ thống LMS và mở lại bài.")
    ),
    content.TicketExpired: Explanation(
        401,
        _l("Phiên học đã hết hạn"),
        _l("Quay lại khóa học trên hệ thống LMS và mở lại bài. Những gì đã lưu vẫn còn."),
    ),
    content.TicketForged: Explanation(
        403,
        _l("Địa chỉ bài học không đúng"),
        _l("Địa chỉ bị thiếu hoặc bị sửa. Mở lại bài từ khóa học trên hệ thống LMS."),
    ),
    content.BrowserNotBound: Explanation(
        403,
        _l("Bài học này được mở ở trình duyệt khác"),
        _l("Địa chỉ bài học chỉ dùng cho người đã mở nó. Mở lại bài từ khóa học trên hệ thống LMS."),
    ),
    content.ForeignOrigin: Explanation(
        403, _l("Yêu cầu đến từ trang khác"), _l("Mở lại bài từ khóa học trên hệ thống LMS rồi thử lại.")
    ),
    content.PreviewOnly: Explanation(
        403,
        _l("Bạn đang xem trước với vai trò giảng viên"),
        _l("Không có gì được ghi lại. Người học mở bài này bằng tài khoản của mình để làm bài."),
    ),
    content.AnswerRefused: Explanation(
        400, _l("Câu trả lời chưa hợp lệ"), _l("Quay lại câu hỏi, kiểm tra câu trả lời rồi gửi lại.")
    ),
    content.AnswerConflict: Explanation(
        409,
        _l("Câu này vừa được trả lời ở nơi khác"),
        _l("Mở lại câu hỏi để xem câu trả lời đang lưu, rồi chọn lại nếu cần."),
    ),
    content.AttemptOver: Explanation(
        409,
        _l("Lượt làm bài đã kết thúc"),
        _l("Các câu trả lời đã lưu được nộp và chấm. Mở lại bài kiểm tra để xem kết quả."),
    ),
    content.AttemptNotAllowed: Explanation(
        409,
        _l("Chưa thể bắt đầu lượt mới"),
        _l("Xem số lượt còn lại và thời gian chờ ở trang bài kiểm tra."),
    ),
    SyncRefused: Explanation(
        400, _l("Dữ liệu không hợp lệ"), _l("Kiểm tra dữ liệu theo thông báo rồi thử lại.")
    ),
    sync.UnitUnknown: Explanation(
        404, _l("Không tìm thấy đơn vị này"), _l("Kiểm tra mã đơn vị và ngày, rồi thử lại.")
    ),
    sync.PrimaryPostsOverlap: Explanation(
        409,
        _l("Người này đã có vị trí công tác chính trong thời gian đó"),
        _l("Kết thúc vị trí cũ trước, hoặc ghi vị trí mới là kiêm nhiệm."),
    ),
    sync.StaffCodeTaken: Explanation(
        409, _l("Mã cán bộ này đã có người dùng"), _l("Tìm người có mã đó thay vì thêm người mới.")
    ),
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
    sync.PersonUnknown: Explanation(
        404, _l("Không có người này"), _l("Kiểm tra lại mã, hoặc tìm người đó trong danh sách của đơn vị.")
    ),
    sync.ReportDayRefused: Explanation(
        400, _l("Không có số liệu của ngày này"), _l("Chọn một ngày từ 17/11/2022 đến hôm nay.")
    ),
    sync.ReportPeriodUnknown: Explanation(
        404, _l("Không có kỳ báo cáo này"), _l("Chọn kỳ trong bảng theo tháng của đơn vị.")
    ),
    sync.EvidenceUnknown: Explanation(
        404, _l("Không tìm thấy bản ghi"), _l("Kiểm tra lại mã bản ghi hoặc quay lại trang trước.")
    ),
    admin.OperatorRefused: Explanation(
        400, _l("Tài khoản chưa hợp lệ"), _l("Sửa theo chi tiết bên dưới rồi thử lại.")
    ),
    admin.SignInRefused: Explanation(
        401,
        _l("Không đăng nhập được"),
        _l("Kiểm tra tên đăng nhập và mật khẩu. Tài khoản đã khóa không đăng nhập được."),
    ),
    admin.TooManySignIns: Explanation(429, _l("Đăng nhập sai quá nhiều lần"), _l("Chờ 15 phút rồi thử lại.")),
    admin.AccessRefused: Explanation(
        403,
        _l("Bạn không có quyền xem trang này"),
        _l("Vai trò hoặc đơn vị của bạn không gồm nội dung này. Liên hệ quản trị viên nếu bạn cần quyền."),
    ),
    admin.NotSignedIn: Explanation(401, _l("Cần đăng nhập"), _l("Đăng nhập rồi mở lại trang này.")),
    SettingsRefused: Explanation(
        500, _l("Cấu hình chưa đúng"), _l("Sửa biến môi trường theo chi tiết rồi chạy lại.")
    ),
    SchemaOutOfDate: Explanation(
        503, _l("Cơ sở dữ liệu chưa đúng phiên bản"), _l("Chạy cchc database upgrade rồi thử lại.")
    ),
    demo.DemoStopped: Explanation(
        500, _l("Bản chạy thử dừng lại"), _l("Chạy lại lệnh; phần đã làm được giữ nguyên.")
    ),
    demo.PortTaken: Explanation(
        409,
        _l("Cổng đang được chương trình khác dùng"),
        _l("Dừng chương trình đó, hoặc chọn cổng khác bằng --tool-port, --lms-port."),
    ),
    demo.DataFolderTaken: Explanation(
        409,
        _l("Thư mục dữ liệu đã dùng với địa chỉ khác"),
        _l("Chọn đúng cổng đã dùng lần trước, hoặc thư mục khác bằng --data-dir."),
    ),
    ToolRefused: Explanation(
        400, _l("Yêu cầu không hợp lệ"), _l("Quay lại khóa học trên hệ thống LMS và mở lại bài.")
    ),
}


def explanation_of(refusal: type[RuleBroken]) -> Explanation:
    """The row of the class or of its nearest ancestor that has one."""
    return next(EXPLANATIONS[kind] for kind in refusal.__mro__ if kind in EXPLANATIONS)


def explain_refusals(app: Flask) -> None:
    """Answers every refusal from the table, and every HTTP error in the same shape."""

    app.register_error_handler(RuleBroken, answer_refusal)

    @app.errorhandler(HTTPException)
    def http_error(error: HTTPException) -> tuple[Response | str, int] | HTTPException:
        if error.code is None or error.code < 400:
            return error
        title, next_step = _HTTP_WORDS.get(error.code, _HTTP_WORDS[500])
        return _answer(error.code, f"http_{error.code}", title, next_step, "")

    @app.errorhandler(Exception)
    def broken(error: Exception) -> tuple[Response | str, int]:
        app.logger.error("request_failed", exc_info=error, extra={"path": request.path})
        title, next_step = _HTTP_WORDS[500]
        return _answer(500, "internal_error", title, next_step, "")


def answer_refusal(refusal: RuleBroken) -> tuple[Response | str, int]:
    """The page or the JSON of a refusal, with its status."""
    explanation = explanation_of(type(refusal))
    return _answer(explanation.status, refusal.code, explanation.title, explanation.next_step, str(refusal))


_HTTP_WORDS: dict[int, tuple[LazyString, LazyString]] = {
    400: (_l("Yêu cầu không hợp lệ"), _l("Quay lại trang trước và thử lại.")),
    401: (_l("Cần đăng nhập"), _l("Đăng nhập rồi mở lại trang này.")),
    403: (_l("Bạn không có quyền xem trang này"), _l("Liên hệ quản trị viên nếu bạn cần quyền xem.")),
    404: (_l("Không tìm thấy trang"), _l("Kiểm tra lại địa chỉ hoặc quay về trang trước.")),
    405: (_l("Địa chỉ này không nhận kiểu yêu cầu đó"), _l("Mở lại bài từ khóa học trên hệ thống LMS.")),
    413: (_l("Dữ liệu gửi lên quá lớn"), _l("Chia nhỏ tệp rồi gửi lại.")),
    429: (_l("Quá nhiều yêu cầu"), _l("Chờ một lát rồi thử lại.")),
    500: (_l("Hệ thống gặp lỗi"), _l("Câu trả lời đã lưu không bị mất. Thử lại sau ít phút.")),
}


def wants_json() -> bool:
    """Programs get JSON: the xAPI door, and whoever prefers it in Accept."""
    if request.path.startswith("/xapi"):
        return True
    best = request.accept_mimetypes.best_match(["text/html", "application/json"])
    return best == "application/json"


def _answer(
    status: int, code: str, title: LazyString, next_step: LazyString, detail: str
) -> tuple[Response | str, int]:
    if wants_json():
        return jsonify(
            {"code": code, "title": str(title), "detail": detail, "next_step": str(next_step)}
        ), status
    page = render_template(
        "error.html", status=status, code=code, title=title, detail=detail, next_step=next_step
    )
    return page, status
