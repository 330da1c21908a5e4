"""Refusals of files that operators bring in."""

from flask_babel import lazy_gettext as _l

from content_packages import import_errors as imports
from lti_tool.explanations.row import Explanation
from xapi_bridge.errors import RuleBroken

ROWS: dict[type[RuleBroken], Explanation] = {
    imports.ImportRefused: Explanation(
        400, _l("Không nhập được tệp này"), _l("Xem các phát hiện, sửa tệp rồi nhập lại.")
    ),
    imports.ImportNotFound: Explanation(
        404, _l("Không tìm thấy tệp đã nhập"), _l("Mở lại danh sách tệp đã nhận, hoặc nhập tệp lần nữa.")
    ),
    imports.ImportAlreadySettled: Explanation(
        409, _l("Tệp này đã được phát hành hoặc đã bỏ"), _l("Nhập lại tệp nếu cần phát hành lần nữa.")
    ),
    imports.PackageNotImported: Explanation(
        409, _l("Mã gói này đã dùng cho chương trình khác"), _l("Chọn mã gói khác.")
    ),
}
