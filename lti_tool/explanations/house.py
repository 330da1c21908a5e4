"""Refusals of the house itself: settings, database, demo."""

from flask_babel import lazy_gettext as _l

from lti_tool.database_schema import SchemaOutOfDate
from lti_tool.database_troubles import DatabaseTrouble, StorageFull
from lti_tool.demo import errors as demo
from lti_tool.errors import ToolRefused
from lti_tool.explanations.row import Explanation
from lti_tool.settings import SettingsRefused
from xapi_bridge.errors import RuleBroken

ROWS: dict[type[RuleBroken], Explanation] = {
    SettingsRefused: Explanation(
        500, _l("Cấu hình chưa đúng"), _l("Sửa biến môi trường theo chi tiết rồi chạy lại.")
    ),
    SchemaOutOfDate: Explanation(
        503, _l("Cơ sở dữ liệu chưa đúng phiên bản"), _l("Chạy cchc database upgrade rồi thử lại.")
    ),
    DatabaseTrouble: Explanation(
        503, _l("Cơ sở dữ liệu đang bận"), _l("Chưa có gì được ghi. Gửi lại sau ít giây.")
    ),
    StorageFull: Explanation(
        507,
        _l("Máy chủ hết chỗ lưu"),
        _l("Chưa có gì được ghi. Báo quản trị viên thêm chỗ lưu, rồi gửi lại."),
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
