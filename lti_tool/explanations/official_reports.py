"""Refusals of official reports, their templates and schedules."""

from flask_babel import lazy_gettext as _l

from lti_tool.explanations.row import Explanation
from sync import report_errors as reports
from xapi_bridge.errors import RuleBroken

ROWS: dict[type[RuleBroken], Explanation] = {
    reports.OfficialReportRefused: Explanation(
        400, _l("Không xử lý được báo cáo"), _l("Sửa theo chi tiết bên dưới rồi thử lại.")
    ),
    reports.OfficialReportUnknown: Explanation(
        404, _l("Không có báo cáo này"), _l("Xem lại danh sách báo cáo của đơn vị.")
    ),
    reports.OfficialReportTaken: Explanation(
        409, _l("Đơn vị đã có báo cáo này"), _l("Mở báo cáo đã có trong danh sách và viết tiếp.")
    ),
    reports.OfficialReportNotReady: Explanation(
        409, _l("Báo cáo đã sang bước khác"), _l("Tải lại trang để xem tình trạng hiện tại.")
    ),
    reports.ReportPeriodOpen: Explanation(
        409, _l("Kỳ báo cáo chưa kết thúc"), _l("Soạn tiếp; gửi được từ ngày sau khi kỳ kết thúc.")
    ),
    reports.ReportSectionChanged: Explanation(
        409,
        _l("Có người khác vừa sửa mục này"),
        _l("Chép phần bạn viết ra, tải lại trang, so hai bản rồi lưu."),
    ),
    reports.ReportFileUnknown: Explanation(
        404, _l("Không có tệp này"), _l("Tệp nháp và tệp theo lịch được xóa khi hết hạn; hãy tạo lại.")
    ),
    reports.ReportTemplateRefused: Explanation(
        400,
        _l("Mẫu không dùng được"),
        _l("Sửa tên trường nêu trong chi tiết; tải mẫu đang dùng để xem các trường có."),
    ),
    reports.ReportTemplateUnknown: Explanation(
        404, _l("Không có mẫu này"), _l("Tải lại trang mẫu để xem tình trạng hiện tại.")
    ),
    reports.ReportScheduleRefused: Explanation(
        400, _l("Lịch chưa đúng"), _l("Chọn nhịp, ít nhất một dạng tệp và số ngày giữ từ 1 đến 400.")
    ),
    reports.ReportScheduleUnknown: Explanation(
        404, _l("Không có lịch này"), _l("Xem lại các lịch của đơn vị.")
    ),
}
