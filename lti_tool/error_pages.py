"""The one table: exception class -> HTTP status and words. Pages in Vietnamese, JSON with a stable code.

Only this file and `explanations`, the parts of its table, know status codes. A test walks the error trees: a
class without a row fails.
"""

from flask import Flask, Response, jsonify, make_response, render_template, request
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from lti_tool.database_troubles import trouble_from
from lti_tool.explanations import (
    access,
    active_content,
    analysis,
    asking,
    content,
    content_exchange,
    deep_linking,
    house,
    intake,
    launch,
    official_reports,
    operators,
    organisation,
    privacy,
    record_store,
    registration,
    services,
    training,
)
from lti_tool.explanations.row import Explanation
from xapi_bridge.errors import RuleBroken

#: The nearest class in the method resolution order decides, so a subclass may rely on its parent's row.
EXPLANATIONS: dict[type[RuleBroken], Explanation] = {
    **record_store.ROWS,
    **access.ROWS,
    **content.ROWS,
    **content_exchange.ROWS,
    **active_content.ROWS,
    **asking.ROWS,
    **official_reports.ROWS,
    **training.ROWS,
    **organisation.ROWS,
    **analysis.ROWS,
    **services.ROWS,
    **intake.ROWS,
    **privacy.ROWS,
    **launch.ROWS,
    **registration.ROWS,
    **deep_linking.ROWS,
    **house.ROWS,
    **operators.ROWS,
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
        answer, status = _answer(error.code, f"http_{error.code}", title, next_step, "")
        response = app.make_response((answer, status))
        if isinstance(error, MethodNotAllowed) and error.valid_methods:
            response.headers["Allow"] = ", ".join(sorted(error.valid_methods))
        return response, status

    @app.errorhandler(Exception)
    def broken(error: Exception) -> Response | tuple[Response | str, int]:
        trouble = trouble_from(error)
        if trouble is not None:
            app.logger.warning("database_trouble", exc_info=error, extra={"path": request.path})
            return answer_refusal(trouble)
        app.logger.error("request_failed", exc_info=error, extra={"path": request.path})
        title, next_step = _HTTP_WORDS[500]
        return _answer(500, "internal_error", title, next_step, "")


def answer_refusal(refusal: RuleBroken) -> Response:
    """The page or the JSON of a refusal, with its status."""
    explanation = explanation_of(type(refusal))
    # For programs: which rule of the standard, and where in what was received.
    told = {name: value for name in ("rule", "at") if (value := getattr(refusal, name, None)) is not None}
    answer, status = _answer(
        explanation.status, refusal.code, explanation.title, explanation.next_step, str(refusal), **told
    )
    response = make_response(answer, status)
    pause = getattr(refusal, "retry_after_seconds", None)
    if pause is not None:
        response.headers["Retry-After"] = str(round(pause))
    return response


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
    """Programs get JSON: the xAPI door, our other APIs, and whoever prefers it in Accept."""
    if request.path.startswith(("/xapi", "/api/")):
        return True
    best = request.accept_mimetypes.best_match(["text/html", "application/json"])
    return best == "application/json"


def _answer(
    status: int, code: str, title: LazyString, next_step: LazyString, detail: str, **more: str
) -> tuple[Response | str, int]:
    if wants_json():
        return jsonify(
            {"code": code, "title": str(title), "detail": detail, "next_step": str(next_step), **more}
        ), status
    page = render_template(
        "error.html", status=status, code=code, title=title, detail=detail, next_step=next_step
    )
    return page, status
