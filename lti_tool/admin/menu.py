"""The console's menu: its rooms by what an operator wants to do. The order of the page is the order here."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from lti_tool.admin.operators import Role
from lti_tool.admin.permissions import may_open


@dataclass(frozen=True)
class MenuGroup:
    """Links under one heading.

    Attributes:
        links: (endpoint, words), in the order shown.
    """

    title: LazyString
    links: tuple[tuple[str, LazyString], ...]


_MENU: Final = (
    MenuGroup(
        _l("Hệ thống"),
        (
            ("admin.overview", _l("Tổng quan")),
            ("operators.listing", _l("Người dùng")),
        ),
    ),
    MenuGroup(
        _l("LMS"),
        (
            ("platform_console.show_all", _l("Kết nối LMS")),
            ("launch_records.attempts", _l("Lượt mở từ LMS")),
            ("grades.overview", _l("Điểm và danh sách lớp")),
        ),
    ),
    MenuGroup(
        _l("Đào tạo"),
        (
            ("content_console.listing", _l("Nội dung")),
            ("quiz_console.overview", _l("Chấm bài, chấm lại")),
            ("content_exchange.overview", _l("Nhập, xuất nội dung")),
            ("training_classes.listing", _l("Lớp học")),
            ("campaigns.listing", _l("Kiểm tra định kỳ")),
            ("official_reports.listing", _l("Báo cáo chính thức")),
            ("imported_courses.overview", _l("Khóa học nhập vào")),
            ("dispatch_console.overview", _l("Gói SCORM cấp ra")),
        ),
    ),
    MenuGroup(
        _l("Hỏi đáp"),
        (
            ("expert_desk.listing", _l("Câu hỏi chờ trả lời")),
            ("expert_review.report", _l("Hạn và số liệu")),
            ("expert_review.experts", _l("Chuyên gia theo lĩnh vực")),
            ("expert_review.objections", _l("Báo chưa đúng")),
            ("knowledge_words.listing", _l("Từ vựng hỏi đáp")),
        ),
    ),
    MenuGroup(
        _l("Đơn vị và người học"),
        (
            ("admin.units", _l("Đơn vị")),
            ("unit_lists.listing", _l("Danh mục đơn vị mới")),
            ("staff.listing", _l("Danh bạ cán bộ")),
            ("declared_units.listing", _l("Đơn vị khai báo")),
            ("identity_rules.listing", _l("Nhận diện")),
            ("admin.accounts", _l("Tài khoản chưa gắn")),
            ("people_accounts.listing", _l("Gộp tài khoản")),
        ),
    ),
    MenuGroup(
        _l("Kho bản ghi"),
        (
            ("access.credentials", _l("Khóa xAPI")),
            ("intake.overview", _l("Nguồn bản ghi")),
            ("forwarding.overview", _l("Chuyển tiếp")),
            ("privacy.erasures", _l("Dữ liệu cá nhân")),
            ("access.readings", _l("Nhật ký")),
        ),
    ),
)


#: Rooms that are reached from the pages of another one, which the menu marks for them.
_REACHED_FROM: Final = {
    "imported_learners": "imported_courses",
    "invitation_console": "platform_console",
    "key_console": "platform_console",
    "population": "staff",
}

#: Rooms of the console: those that the menu leads to, and those that are reached from their pages.
ROOMS: Final = frozenset(
    {*(endpoint.partition(".")[0] for group in _MENU for endpoint, _words in group.links), *_REACHED_FROM}
)


def room_of(blueprint: str | None) -> str:
    """The room of the menu that a page with this blueprint belongs to."""
    return _REACHED_FROM.get(blueprint or "", blueprint or "")


def menu_for(role: Role) -> Iterator[MenuGroup]:
    """The groups in which the role may open something, with those links only."""
    for group in _MENU:
        links = tuple(link for link in group.links if may_open(role, link[0]))
        if links:
            yield MenuGroup(group.title, links)
