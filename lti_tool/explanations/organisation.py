"""Refusals of lists of staff and units, of populations, classes and campaigns."""

from flask_babel import lazy_gettext as _l

from lti_tool.explanations.row import Explanation
from sync import organization_errors as organisation
from xapi_bridge.errors import RuleBroken

ROWS: dict[type[RuleBroken], Explanation] = {
    organisation.SheetUnreadable: Explanation(
        400,
        _l("Không đọc được tệp"),
        _l("Gửi XLSX lưu từ Excel, hoặc CSV mã UTF-8, theo mẫu tải ở trang này."),
    ),
    organisation.SheetColumnsMissing: Explanation(
        400, _l("Tệp thiếu cột"), _l("Dùng mẫu tải ở trang này và giữ nguyên dòng tiêu đề.")
    ),
    organisation.SheetTooLarge: Explanation(
        413, _l("Danh sách quá dài"), _l("Chia tệp thành nhiều phần rồi gửi từng phần.")
    ),
    organisation.BatchUnknown: Explanation(
        404, _l("Không có lần nhập này"), _l("Xem lại các lần nhập của bạn.")
    ),
    organisation.BatchNotReady: Explanation(
        409, _l("Lần nhập đã sang bước khác"), _l("Tải lại trang để xem tình trạng hiện tại.")
    ),
    organisation.PeopleNotMergeable: Explanation(
        409, _l("Không gộp được hai mục này"), _l("Chọn hai người khác nhau trong danh bạ.")
    ),
    organisation.UnitImportUnknown: Explanation(
        404, _l("Không có danh mục đơn vị chờ duyệt này"), _l("Xem lại các lần nhập danh mục.")
    ),
    organisation.UnitImportNotReady: Explanation(
        409, _l("Danh mục này chưa áp dụng được"), _l("Sửa các lỗi nêu trong bản so sánh rồi nhập lại.")
    ),
    organisation.UnitImportNotUndoable: Explanation(
        409, _l("Không hoàn tác được danh mục này"), _l("Gỡ những gì gắn vào các đơn vị mới trước.")
    ),
    organisation.PopulationUnknown: Explanation(
        404, _l("Không có quy tắc đối tượng này"), _l("Chọn một quy tắc trong danh sách.")
    ),
    organisation.PopulationMalformed: Explanation(
        400,
        _l("Quy tắc đối tượng chưa đúng"),
        _l("Đặt tên, chọn ít nhất một loại và vai trò có trong danh sách."),
    ),
    organisation.CalendarMalformed: Explanation(
        400,
        _l("Lịch kỳ báo cáo chưa đúng"),
        _l("Chọn ngày chốt từ 1 đến 28, hoặc ngày cuối tháng, và tên chưa dùng."),
    ),
    organisation.CalendarUnknown: Explanation(
        404, _l("Không có lịch kỳ báo cáo này"), _l("Chọn một lịch trong danh sách.")
    ),
    organisation.HeadcountMalformed: Explanation(
        400, _l("Sĩ số khai báo chưa đúng"), _l("Ghi số từ 0 trở lên, ngày và văn bản kèm theo.")
    ),
    organisation.IndicatorUnknown: Explanation(
        404, _l("Không có chỉ tiêu này"), _l("Chọn một chỉ tiêu trong danh sách.")
    ),
    organisation.ClassRefused: Explanation(
        400, _l("Không xử lý được lớp học"), _l("Sửa theo chi tiết bên dưới rồi thử lại.")
    ),
    organisation.ClassUnknown: Explanation(404, _l("Không có lớp này"), _l("Xem lại danh sách lớp.")),
    organisation.CheckInExpired: Explanation(
        410, _l("Mã QR đã đổi"), _l("Quét lại mã đang hiện trên màn hình của giảng viên.")
    ),
    organisation.CheckInRefused: Explanation(
        403,
        _l("Chưa điểm danh được"),
        _l("Kiểm tra mã cán bộ; nếu đúng, báo giảng viên điểm danh trực tiếp."),
    ),
    organisation.AttendanceUnknown: Explanation(
        404, _l("Không có lượt điểm danh này"), _l("Tải lại danh sách của lớp.")
    ),
    organisation.CampaignRefused: Explanation(
        400, _l("Đợt kiểm tra chưa đúng"), _l("Sửa theo chi tiết bên dưới rồi thử lại.")
    ),
    organisation.CampaignUnknown: Explanation(
        404, _l("Không có đợt kiểm tra này"), _l("Xem lại danh sách đợt kiểm tra.")
    ),
}
