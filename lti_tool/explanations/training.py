"""Refusals of organisation, counts and reports."""

from flask_babel import lazy_gettext as _l

from lti_tool.explanations.row import Explanation
from sync import errors as sync
from sync.errors import ArchivesNeeded, SyncRefused
from xapi_bridge.errors import RuleBroken

ROWS: dict[type[RuleBroken], Explanation] = {
    ArchivesNeeded: Explanation(
        409,
        _l("Một số tháng đã chuyển vào kho lưu trữ"),
        _l("Chỉ thư mục chứa tệp lưu trữ bằng --archive, hoặc khôi phục các tháng đó trước."),
    ),
    SyncRefused: Explanation(
        400, _l("Dữ liệu không hợp lệ"), _l("Kiểm tra dữ liệu theo thông báo rồi thử lại.")
    ),
    sync.UnitUnknown: Explanation(
        404, _l("Không tìm thấy đơn vị này"), _l("Kiểm tra mã đơn vị và ngày, rồi thử lại.")
    ),
    sync.PrimaryPostsOverlap: Explanation(
        409,
        _l("Người này đã có vị trí công tác chính trong thời gian đó"),
        _l("Kết thúc vị trí cũ trước, hoặc ghi vị trí mới là kiêm nhiệm."),
    ),
    sync.UnitClaimRefused: Explanation(
        400, _l("Không xử lý được lời khai đơn vị"), _l("Tải lại trang rồi thử lại.")
    ),
    sync.ClaimUnknown: Explanation(404, _l("Không có lời khai này"), _l("Tải lại danh sách.")),
    sync.ClaimDecided: Explanation(
        409, _l("Lời khai này đã được xử lý"), _l("Tải lại danh sách để xem kết quả.")
    ),
    sync.ClaimChanged: Explanation(
        409, _l("Người học vừa khai đơn vị khác"), _l("Tải lại danh sách rồi xem lại.")
    ),
    sync.TooManyDeclarations: Explanation(
        429,
        _l("Đã đổi đơn vị quá nhiều lần"),
        _l("Mỗi tháng chỉ khai được năm lần. Liên hệ người phụ trách đơn vị của bạn."),
    ),
    sync.AccountKnown: Explanation(
        409,
        _l("Danh bạ cán bộ đã ghi đơn vị của bạn"),
        _l("Nếu chưa đúng, đề nghị đơn vị sửa trong danh bạ."),
    ),
    sync.PersonElsewhere: Explanation(
        409,
        _l("Cán bộ có mã này không thuộc đơn vị đã khai"),
        _l("Kiểm tra lại mã, hoặc để trống mã để ghi người mới vào danh bạ."),
    ),
    sync.MoveNotUndoable: Explanation(
        409,
        _l("Không hoàn tác được"),
        _l("Tài khoản đã được chuyển tiếp hoặc đã hoàn tác. Xem lịch sử rồi chuyển lại nếu cần."),
    ),
    sync.StaffCodeTaken: Explanation(
        409, _l("Mã cán bộ này đã có người dùng"), _l("Tìm người có mã đó thay vì thêm người mới.")
    ),
    sync.PersonUnknown: Explanation(
        404, _l("Không có người này"), _l("Kiểm tra lại mã, hoặc tìm người đó trong danh sách của đơn vị.")
    ),
    sync.ReportDayRefused: Explanation(
        400, _l("Không có số liệu của ngày này"), _l("Chọn một ngày từ 17/11/2022 đến hôm nay.")
    ),
    sync.ReportPeriodUnknown: Explanation(
        404, _l("Không có kỳ báo cáo này"), _l("Chọn kỳ trong bảng theo tháng của đơn vị.")
    ),
    sync.EvidenceUnknown: Explanation(
        404, _l("Không tìm thấy bản ghi"), _l("Kiểm tra lại mã bản ghi hoặc quay lại trang trước.")
    ),
    sync.ForwardingRefused: Explanation(
        400, _l("Nơi nhận bản ghi chưa hợp lệ"), _l("Sửa theo chi tiết bên dưới rồi thử lại.")
    ),
    sync.TargetUnknown: Explanation(
        404, _l("Không có nơi nhận này"), _l("Xem lại danh sách nơi nhận bản ghi.")
    ),
    sync.TargetNameTaken: Explanation(
        409, _l("Tên nơi nhận đã được dùng"), _l("Đặt một tên khác cho nơi nhận.")
    ),
    sync.TargetSecretUnreadable: Explanation(
        409,
        _l("Không mở được mật khẩu của nơi nhận"),
        _l("CCHC_SECRET_KEY đã thay đổi: đặt lại giá trị cũ, hoặc tạo lại nơi nhận."),
    ),
    sync.DeadLetterUnknown: Explanation(
        404,
        _l("Bản ghi không còn trong danh sách không gửi được"),
        _l("Có thể đã được gửi lại; quay lại trang nơi nhận."),
    ),
    sync.ExportUnknown: Explanation(
        404, _l("Không có bản xuất này"), _l("Xem lại danh sách bản xuất của bạn.")
    ),
    sync.ExportNotReady: Explanation(
        409, _l("Bản xuất chưa có tệp"), _l("Chờ đến khi bản xuất hoàn tất, hoặc xuất lại nếu đã dừng.")
    ),
    sync.ExportExpired: Explanation(
        410, _l("Tệp xuất đã hết hạn và được xóa"), _l("Xuất lại với cùng bộ lọc.")
    ),
    sync.ExportEnded: Explanation(
        409, _l("Bản xuất đã kết thúc"), _l("Xem tình trạng trong danh sách bản xuất.")
    ),
    sync.ExportTooLarge: Explanation(
        413, _l("Quá nhiều bản ghi cho một tệp"), _l("Chia theo tháng hoặc theo đơn vị rồi xuất từng phần.")
    ),
    sync.ExportFormUnknown: Explanation(
        400, _l("Không có định dạng này"), _l("Chọn ndjson, csv hoặc parquet.")
    ),
    sync.TooManyExports: Explanation(
        429, _l("Bạn có quá nhiều bản xuất đang chạy"), _l("Chờ một bản hoàn tất, hoặc hủy bớt.")
    ),
    sync.FilterRefused: Explanation(
        400, _l("Bộ lọc chưa đúng"), _l("Sửa ô lọc theo chi tiết bên dưới rồi tìm lại.")
    ),
}
