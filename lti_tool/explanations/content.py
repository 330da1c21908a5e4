"""Refusals of content and of the player."""

from flask_babel import lazy_gettext as _l

from content_packages import errors as content
from content_packages.errors import ContentRefused
from lti_tool.explanations.row import Explanation
from xapi_bridge.errors import RuleBroken

ROWS: dict[type[RuleBroken], Explanation] = {
    ContentRefused: Explanation(
        400, _l("Không mở được nội dung"), _l("Quay lại khóa học trên hệ thống LMS và mở lại bài.")
    ),
    content.PublishRefused: Explanation(
        409, _l("Không xuất bản được gói nội dung"), _l("Sửa gói theo thông báo rồi xuất bản lại.")
    ),
    content.VersionRisesTooLittle: Explanation(
        409,
        _l("Số phiên bản tăng chưa đủ so với thay đổi trong gói"),
        _l(
            "Xem thay đổi bằng “cchc content diff”, nâng số phiên bản trong package.yaml rồi xuất bản lại: "
            "đổi đáp án hoặc cách chấm thì nâng số thứ nhất; thêm nội dung: số thứ hai; sửa chữ: số thứ ba."
        ),
    ),
    content.BaseNotPublished: Explanation(
        409,
        _l("Chưa có gói gốc mà gói này bổ sung"),
        _l("Xuất bản một phiên bản phù hợp của gói gốc trước, rồi xuất bản lại gói này."),
    ),
    content.PackageFileRefused: Explanation(
        400,
        _l("Tệp gói nội dung không dùng được"),
        _l("Tạo lại tệp bằng “cchc content build” từ thư mục nguồn."),
    ),
    content.VersionNotFound: Explanation(
        404,
        _l("Không có phiên bản này"),
        _l("Xem các phiên bản đã phát hành ở trang Nội dung của bảng điều hành."),
    ),
    content.ContentNotFound: Explanation(
        404, _l("Không tìm thấy nội dung này"), _l("Quay lại khóa học trên hệ thống LMS và mở lại bài.")
    ),
    content.KnowledgeItemNotFound: Explanation(
        404,
        _l("Không có mục này trong cơ sở tri thức"),
        _l("Mục có thể đã được rút. Tìm lại bằng câu hỏi hoặc số hiệu văn bản."),
    ),
    content.WordRefused: Explanation(
        400,
        _l("Từ này không dùng được"),
        _l("Cần chữ hoặc số, ít nhất một nghĩa, mỗi nghĩa ghi một lần và khác chính từ đó."),
    ),
    content.KnowledgeRefused: Explanation(
        400, _l("Cơ sở tri thức không nhận được dữ liệu này"), _l("Sửa tệp theo thông báo rồi nạp lại.")
    ),
    content.WordingUnavailable: Explanation(
        502,
        _l("Máy chủ diễn đạt câu trả lời không dùng được"),
        _l("Câu trả lời vẫn hiện nguyên trích đoạn. Quản trị viên kiểm tra CCHC_WORDING_URL."),
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
    content.ReviewForTeachers: Explanation(
        403,
        _l("Trang này dành cho giảng viên của khóa học"),
        _l("Quay lại bài học. Kết quả của bạn ở trang bài kiểm tra."),
    ),
    content.VersionNotOffered: Explanation(
        409,
        _l("Bản này không còn được mời chuyển"),
        _l("Mở lại bài từ khóa học để xem bản đang học và bản mới nhất."),
    ),
    content.AnswerRefused: Explanation(
        400, _l("Câu trả lời chưa hợp lệ"), _l("Quay lại câu hỏi, kiểm tra câu trả lời rồi gửi lại.")
    ),
    content.AnswerConflict: Explanation(
        409,
        _l("Câu này vừa được trả lời ở nơi khác"),
        _l("Mở lại câu hỏi để xem câu trả lời đang lưu, rồi chọn lại nếu cần."),
    ),
    content.AnswerSettled: Explanation(
        409,
        _l("Câu này đã được kiểm tra"),
        _l("Câu đã kiểm tra thì không sửa được nữa. Chuyển sang câu tiếp theo."),
    ),
    content.QuestionsExpired: Explanation(
        409,
        _l("Bài kiểm tra đang chờ cập nhật"),
        _l(
            "Nhiều câu hỏi dựa trên văn bản đã hết hiệu lực nên tạm thời không rút được đề. "
            "Hãy báo cho người phụ trách nội dung."
        ),
    ),
    content.AllowanceRefused: Explanation(
        400,
        _l("Chưa cộng thêm được thời gian"),
        _l("Nhập tỷ lệ từ 0 đến 400 phần trăm và lý do từ 3 đến 200 ký tự."),
    ),
    content.MarkRefused: Explanation(
        409,
        _l("Chưa ghi được điểm chấm"),
        _l("Mở lại bài để xem điểm đang có, rồi cho điểm trong phạm vi của từng tiêu chí."),
    ),
    content.RegradeRefused: Explanation(
        409,
        _l("Chưa chấm lại được"),
        _l("Xem lại danh sách thay đổi, rồi xác nhận đúng danh sách đó."),
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
    content.AttemptOutsideWindow: Explanation(
        409,
        _l("Ngoài thời gian làm bài"),
        _l("Xem thời gian làm bài ở trang bài kiểm tra, hoặc hỏi giảng viên của khóa học."),
    ),
}
