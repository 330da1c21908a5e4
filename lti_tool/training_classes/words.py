"""Words for classes and their rolls."""

from typing import Final

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from sync.rollups.definitions import TrainingForm

FORM_WORDS: Final[dict[TrainingForm, LazyString]] = {
    TrainingForm.IN_CLASS: _l("Trực tiếp tại lớp"),
    TrainingForm.LIVE_ONLINE: _l("Trực tuyến, nhiều điểm cầu"),
    TrainingForm.BLENDED: _l("Kết hợp"),
    TrainingForm.WORKSHOP: _l("Hội thảo, tọa đàm"),
    TrainingForm.STUDY_TRIP: _l("Khảo sát, học tập kinh nghiệm"),
    TrainingForm.SELF_PACED: _l("Tự học qua mạng"),
}

ROLL_WORDS: Final[dict[str, LazyString]] = {
    "staff_code_unknown": _l("Không có mã cán bộ này trong danh bạ hoặc trong đơn vị của bạn."),
    "site_unknown": _l("Lớp không có điểm cầu này."),
    "row_repeated": _l("Mã này đã có ở dòng trên."),
    "not_expected": _l("Không có trong danh sách dự kiến; đã thêm."),
    "present_already": _l("Đã điểm danh từ trước."),
}
