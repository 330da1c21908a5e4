"""What an administrator reads about each thing that we ask an LMS for: what it is, and why."""

from typing import Final

from flask_babel import lazy_gettext as _l

from lti_tool.platforms import token_requests as tokens
from lti_tool.platforms.tool_configuration import (
    CLAIMS,
    CUSTOM_PARAMETERS,
    UNIT_PARAMETER,
)

#: Scope -> name of the service, and why it is asked for.
SCOPE_WORDS: Final = {
    tokens.LINE_ITEM_SCOPE: (
        _l("Cột điểm: tạo, sửa"),
        _l("Tạo cột điểm cho bài kiểm tra khi giảng viên chọn nội dung."),
    ),
    tokens.LINE_ITEM_READ_SCOPE: (
        _l("Cột điểm: xem"),
        _l("Tìm đúng cột điểm của hoạt động, không tạo trùng."),
    ),
    tokens.RESULT_SCOPE: (_l("Điểm trong sổ: xem"), _l("Đối chiếu sổ điểm với kết quả đã gửi.")),
    tokens.SCORE_SCOPE: (_l("Điểm: gửi"), _l("Gửi kết quả bài kiểm tra về sổ điểm của LMS.")),
    tokens.ROSTER_SCOPE: (
        _l("Danh sách lớp: xem"),
        _l("Biết ai chưa học, ai đã rời lớp, để giảng viên và đơn vị theo dõi."),
    ),
}
assert SCOPE_WORDS.keys() == set(tokens.TOOL_SCOPES)  # noqa: S101 - a scope without a reason would be asked for in silence

#: Claim or custom parameter -> what it holds, and why it is asked for.
DATA_WORDS: Final = {
    "iss": (_l("Địa chỉ của LMS"), _l("Phân biệt các LMS.")),
    "sub": (
        _l("Số hiệu người dùng trong LMS"),
        _l("Giữ tiến độ của đúng người; trong kho bản ghi chỉ có bí danh."),
    ),
    "name": (_l("Họ và tên"), _l("Hiện tên người học trên trang bài học và danh sách lớp.")),
    "given_name": (_l("Tên"), _l("Viết họ tên theo thứ tự tiếng Việt.")),
    "family_name": (_l("Họ"), _l("Viết họ tên theo thứ tự tiếng Việt.")),
    "staff_code": (_l("Mã cán bộ (ID number)"), _l("Tìm cán bộ và đơn vị trong danh bạ để thống kê.")),
    "username": (_l("Tên đăng nhập"), _l("Tìm cán bộ khi LMS không có mã cán bộ.")),
    "context_history": (
        _l("Khóa học gốc của bản sao"),
        _l("Khóa học được sao chép vẫn mở đúng nội dung."),
    ),
    UNIT_PARAMETER: (_l("Mã đơn vị"), _l("Biết đơn vị của người học khi chưa có mã cán bộ.")),
}
assert DATA_WORDS.keys() == {*CLAIMS, *CUSTOM_PARAMETERS, UNIT_PARAMETER}  # noqa: S101 - as above

#: Fields of a registration -> label on the page; the LMS's own English words stand beside them.
FIELD_WORDS: Final = {
    "name": _l("Tên gọi của LMS"),
    "issuer": _l("Platform ID (issuer)"),
    "client_id": _l("Client ID"),
    "deployment_id": _l("Deployment ID"),
    "authorization_url": _l("Authentication request URL"),
    "token_url": _l("Access token URL"),
    "key_set_url": _l("Public keyset URL"),
    "token_audience": _l("Giá trị aud khi xin token"),
}
#: Fault of a field (`FieldFault` by name) -> what stands beside it.
FAULT_WORDS: Final = {
    "MISSING": _l("Ô này không được bỏ trống."),
    "TOO_LONG": _l("Giá trị dài quá giới hạn."),
    "NOT_PRINTABLE": _l("Có dấu cách ở đầu, cuối hoặc ký tự không in được. Chép lại từ LMS."),
    "NOT_AN_ADDRESS": _l("Phải là địa chỉ đầy đủ, bắt đầu bằng https:// (hoặc http:// trong mạng nội bộ)."),
}
