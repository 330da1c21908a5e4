"""Refusals of intake: sources of statements, and what they sent."""

from flask_babel import lazy_gettext as _l

from lti_tool.explanations.row import Explanation
from sync import errors as sync
from xapi_bridge.errors import RuleBroken

ROWS: dict[type[RuleBroken], Explanation] = {
    sync.SourceUnknown: Explanation(
        404, _l("Không có nguồn bản ghi này"), _l("Xem lại danh sách: cchc intake list.")
    ),
    sync.SourceNameTaken: Explanation(
        409, _l("Tên nguồn này đã được dùng"), _l("Chọn tên khác: tên nguồn đi theo bản ghi mãi mãi.")
    ),
    sync.IntakeSourceMalformed: Explanation(
        400, _l("Thông tin của nguồn chưa đúng"), _l("Sửa theo chi tiết bên dưới rồi thử lại.")
    ),
    sync.SourceNotPulled: Explanation(
        409,
        _l("Nguồn này không có địa chỉ để đọc"),
        _l("Bản ghi của nguồn đến bằng khóa hoặc bằng tệp: cchc intake file."),
    ),
    sync.SourceKeySealed: Explanation(
        409, _l("Không mở được mật khẩu của nguồn"), _l("Nhập lại khóa và mật khẩu: cchc intake key.")
    ),
    sync.SourcePagingBroken: Explanation(
        502,
        _l("Kho bản ghi kia trả trang không đúng chuẩn"),
        _l("Gửi chi tiết cho đơn vị vận hành kho đó; hệ thống sẽ tự thử lại."),
    ),
    sync.VoidingOfOthers: Explanation(
        403,
        _l("Nguồn này hủy bản ghi không phải của mình"),
        _l("Đối chiếu hai bản ghi; nếu đúng, hủy bằng khóa có phạm vi quyền all."),
    ),
    sync.IntakeFileMalformed: Explanation(
        400,
        _l("Không đọc được tệp bản ghi"),
        _l("Tệp phải là mỗi dòng một bản ghi JSON, hoặc một mảng JSON."),
    ),
    sync.RejectedUnknown: Explanation(
        404, _l("Không có bản ghi bị từ chối này"), _l("Xem lại danh sách của nguồn.")
    ),
}
