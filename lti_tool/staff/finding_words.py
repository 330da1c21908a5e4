"""What a finding in a list of staff says to whoever handed it in; `%(told)s` is what the finding names."""

from typing import Final

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from sync.organization.staff_import.findings import RowFinding
from sync.organization.staff_import.planning import Effect

FINDING_WORDS: Final[dict[str, LazyString]] = {
    "staff_code_missing": _l("Thiếu mã cán bộ."),
    "staff_code_malformed": _l("Mã cán bộ dài quá 64 ký tự hoặc có ký tự lạ."),
    "name_missing": _l("Thiếu họ và tên."),
    "name_too_long": _l("Họ và tên dài quá 160 ký tự."),
    "position_too_long": _l("Chức vụ dài quá 160 ký tự."),
    "unit_missing": _l("Thiếu mã đơn vị."),
    "unit_unknown": _l("Không có đơn vị mã “%(told)s” vào ngày đầu; kiểm tra số 0 ở đầu và ngày."),
    "unit_not_in_force": _l("Đơn vị chỉ tồn tại trong thời gian %(told)s."),
    "unit_ambiguous": _l("Mã có trong nhiều bộ mã (%(told)s): ghi cột Bộ mã đơn vị."),
    "unit_outside": _l("Đơn vị “%(told)s” không thuộc đơn vị bạn phụ trách."),
    "day_missing": _l("Thiếu ngày đầu tiên."),
    "day_malformed": _l("Không đọc được ngày “%(told)s”; viết như 01/07/2025."),
    "days_reversed": _l("Ngày cuối trước ngày đầu."),
    "category_unknown": _l("Loại “%(told)s” không phải Cán bộ, Công chức hay Viên chức."),
    "role_unknown": _l("Không có vai trò “%(told)s”; chọn trong danh sách của mẫu."),
    "yes_no_unknown": _l("“%(told)s” không phải Có hay Không."),
    "row_repeated": _l("Trùng với dòng %(told)s."),
    "name_conflict": _l("Mã này mang tên khác ở dòng %(told)s."),
    "posts_overlap": _l("Người này đã có vị trí chính từ %(told)s trong thời gian đó."),
    "person_elsewhere": _l("Mã này thuộc người ở đơn vị khác; đề nghị quản trị viên chuyển."),
    "name_changes": _l("Họ tên khác danh bạ và sẽ được sửa."),
    "person_moves": _l("Chuyển đơn vị: vị trí chính cũ kết thúc trước %(told)s."),
    "post_changes": _l("Sửa vị trí đã có."),
    "planned_move": _l("Dự kiến: có hiệu lực từ %(told)s."),
    "same_name": _l("Đã có người cùng tên trong đơn vị này, mã “%(told)s”: có thể là một người."),
    "role_without_cchc": _l("Có vai trò nhưng ghi là không làm công tác CCHC."),
}

EFFECT_WORDS: Final[dict[Effect, LazyString]] = {
    Effect.NEW: _l("Thêm mới"),
    Effect.MOVE: _l("Chuyển đơn vị"),
    Effect.CHANGE: _l("Sửa"),
    Effect.SAME: _l("Không đổi"),
    Effect.ERROR: _l("Lỗi, không nhập"),
}

STATE_WORDS: Final[dict[str, LazyString]] = {
    "staged": _l("Chờ duyệt"),
    "applying": _l("Đang nhập"),
    "applied": _l("Đã nhập"),
    "discarded": _l("Đã bỏ"),
    "undone": _l("Đã hoàn tác"),
}

KEPT_WORDS: Final[dict[str, LazyString]] = {
    "changed_later": _l("đã được sửa sau lần nhập này"),
    "in_use": _l("đã có tài khoản, kết quả học hoặc vị trí khác gắn vào"),
    "posts_overlap": _l("đã có vị trí khác trong thời gian đó"),
}


def sentence(finding: RowFinding) -> str:
    """The finding in the reader's language."""
    return str(FINDING_WORDS[finding.code]) % {"told": finding.told}
