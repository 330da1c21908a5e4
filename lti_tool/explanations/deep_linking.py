"""Refusals while a teacher chooses content, and of links outside their time."""

from flask_babel import lazy_gettext as _l

from lti_tool.deep_linking import errors as linking
from lti_tool.explanations.row import Explanation
from xapi_bridge.errors import RuleBroken

ROWS: dict[type[RuleBroken], Explanation] = {
    linking.DeepLinkingRefused: Explanation(
        400,
        _l("Không chọn được nội dung"),
        _l("Quay lại khóa học trên hệ thống LMS và bấm chọn nội dung lần nữa."),
    ),
    linking.ChoiceUnknown: Explanation(
        403,
        _l("Không tìm thấy lượt chọn nội dung này"),
        _l("Quay lại khóa học trên hệ thống LMS và bấm chọn nội dung lần nữa, trong cùng trình duyệt."),
    ),
    linking.ChoiceExpired: Explanation(
        410,
        _l("Lượt chọn nội dung đã hết hạn"),
        _l(
            "Mỗi lượt chọn kéo dài hai giờ. Quay lại khóa học trên hệ thống LMS và bấm chọn nội dung lần nữa."
        ),
    ),
    linking.ChoiceAnswered: Explanation(
        409,
        _l("Nội dung đã được gửi về khóa học"),
        _l("Xem khóa học trên hệ thống LMS. Muốn thêm nữa, bấm chọn nội dung lần nữa ở đó."),
    ),
    linking.BasketRefused: Explanation(
        400, _l("Không chọn được nội dung này"), _l("Quay lại danh sách và chọn lại.")
    ),
    linking.BasketEmpty: Explanation(
        400, _l("Chưa chọn nội dung nào"), _l("Quay lại danh sách và chọn ít nhất một nội dung.")
    ),
    linking.BasketFull: Explanation(
        400,
        _l("Mỗi lần chỉ thêm được 50 nội dung"),
        _l("Thêm những nội dung đã chọn vào khóa học trước, rồi chọn tiếp."),
    ),
    linking.LinkWindowRefused: Explanation(
        403, _l("Ngoài thời gian mở bài"), _l("Xem thời gian mở bài trên hệ thống LMS hoặc hỏi giảng viên.")
    ),
    linking.LinkNotOpenYet: Explanation(
        403,
        _l("Chưa đến giờ mở bài"),
        _l("Quay lại khóa học và mở lại bài khi đến giờ. Nếu giờ không đúng, hãy báo giảng viên."),
    ),
    linking.LinkClosed: Explanation(
        403,
        _l("Bài đã hết hạn"),
        _l("Kết quả đã có vẫn được giữ. Nếu cần mở lại, hãy liên hệ giảng viên của khóa học."),
    ),
}
