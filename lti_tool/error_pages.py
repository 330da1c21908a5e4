"""The one table: exception class -> HTTP status and words. Pages in Vietnamese, JSON with a stable code.

Only this file knows status codes. A test walks the error trees: a class without a row fails.
"""

from dataclasses import dataclass

from flask import Flask, Response, jsonify, render_template, request
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from werkzeug.exceptions import HTTPException

from content_packages.errors import ContentRefused
from lti_tool.errors import ToolRefused
from sync.errors import SyncRefused
from xapi_bridge.errors import RuleBroken, XapiRefused


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
    ContentRefused: Explanation(
        400, _l("Không mở được nội dung"), _l("Quay lại khóa học trên hệ thống LMS và mở lại bài.")
    ),
    SyncRefused: Explanation(
        400, _l("Dữ liệu không hợp lệ"), _l("Kiểm tra dữ liệu theo thông báo rồi thử lại.")
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

    @app.errorhandler(RuleBroken)
    def refused(refusal: RuleBroken) -> tuple[Response | str, int]:
        explanation = explanation_of(type(refusal))
        return _answer(
            explanation.status, refusal.code, explanation.title, explanation.next_step, str(refusal)
        )

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
