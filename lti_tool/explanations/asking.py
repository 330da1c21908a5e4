"""Refusals of the question channel."""

from flask_babel import lazy_gettext as _l

from content_packages import errors as content
from lti_tool.asking.errors import PublicSearchOff, SearchRefused, TooManySearches
from lti_tool.explanations.row import Explanation
from xapi_bridge.errors import RuleBroken

ROWS: dict[type[RuleBroken], Explanation] = {
    content.QuestionNotFound: Explanation(
        404, _l("Không có câu hỏi này"), _l("Quay lại danh sách câu hỏi rồi mở lại.")
    ),
    content.AskingRefused: Explanation(
        400, _l("Chưa gửi được câu hỏi"), _l("Sửa câu hỏi theo hướng dẫn rồi gửi lại.")
    ),
    content.QuestionEmpty: Explanation(
        400,
        _l("Câu hỏi chưa đủ"),
        _l("Viết câu hỏi từ 10 đến 500 ký tự, chọn lĩnh vực rồi gửi lại."),
    ),
    content.TooManyQuestions: Explanation(
        429, _l("Bạn đã gửi nhiều câu hỏi hôm nay"), _l("Ngày mai gửi tiếp; bạn vẫn tìm câu trả lời được.")
    ),
    content.AskerBlocked: Explanation(
        403,
        _l("Bạn tạm thời không gửi được câu hỏi"),
        _l("Bạn vẫn tìm câu trả lời được. Liên hệ cơ quan quản lý nếu cho rằng có nhầm lẫn."),
    ),
    content.AnsweringRefused: Explanation(
        409, _l("Chưa làm được bước này"), _l("Mở lại câu hỏi để xem trạng thái mới nhất.")
    ),
    content.StepNotAllowed: Explanation(
        409,
        _l("Trạng thái câu hỏi đã khác"),
        _l("Có thể người khác vừa xử lý. Mở lại câu hỏi để xem trạng thái mới nhất."),
    ),
    content.DraftIncomplete: Explanation(
        400,
        _l("Bản trả lời còn thiếu"),
        _l("Cần câu hỏi, câu trả lời, ít nhất một căn cứ và, khi sửa hoặc rút, một lý do."),
    ),
    content.DraftChanged: Explanation(
        409,
        _l("Người khác vừa lưu bản nháp này"),
        _l("Sao chép phần bạn viết, mở lại câu hỏi rồi ghép vào bản mới."),
    ),
    content.OwnDraft: Explanation(
        403, _l("Người viết không tự duyệt"), _l("Nhờ người duyệt khác đọc và công bố.")
    ),
    content.NotYourArea: Explanation(
        403,
        _l("Câu hỏi thuộc lĩnh vực khác"),
        _l("Nhờ quản trị viên giao câu hỏi cho bạn, hoặc thêm lĩnh vực cho tài khoản của bạn."),
    ),
    SearchRefused: Explanation(
        400, _l("Không đọc được câu tìm kiếm"), _l("Xem mô tả tham số trong tài liệu của API.")
    ),
    PublicSearchOff: Explanation(
        404,
        _l("Trang hỏi đáp công khai đang tắt"),
        _l("Mở mục Hỏi đáp CCHC trong khóa học, hoặc hỏi quản trị viên."),
    ),
    TooManySearches: Explanation(429, _l("Quá nhiều yêu cầu"), _l("Chờ một lát rồi thử lại.")),
}
