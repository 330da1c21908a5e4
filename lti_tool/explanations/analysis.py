"""Refusals of the files for analysts."""

from flask_babel import lazy_gettext as _l

from lti_tool.explanations.row import Explanation
from sync.analysis import errors as analysis
from xapi_bridge.errors import RuleBroken

ROWS: dict[type[RuleBroken], Explanation] = {
    analysis.AnalysisRefused: Explanation(
        400, _l("Không ghi hoặc đọc được tệp cho người phân tích"), _l("Xem chi tiết rồi thử lại.")
    ),
    analysis.AnalyticsMissing: Explanation(
        503,
        _l("Chưa cài phần mở rộng cho phân tích"),
        _l("Cài thêm phần analytics (DuckDB, ibis), hoặc đối chiếu từ bản ghi gốc."),
    ),
    analysis.AnalysisFolderRefused: Explanation(
        409, _l("Thư mục này không phải là bản xuất cho người phân tích"), _l("Chọn một thư mục trống.")
    ),
    analysis.AnalysisExportOutdated: Explanation(
        409,
        _l("Số liệu đã thay đổi từ khi xuất"),
        _l("Tính hết các mục đang chờ, xuất lại rồi đối chiếu."),
    ),
    analysis.AnalysisFileBroken: Explanation(
        500, _l("Tệp vừa ghi đọc lại không đúng"), _l("Kiểm tra ổ đĩa rồi xuất lại; tệp cũ còn nguyên.")
    ),
}
