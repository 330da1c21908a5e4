"""The three forms of report, what each must say, and the days that it speaks of (pure).

No act prescribes the outline; it follows the annex of Decision 905/QĐ-BNV and the usual parts of a report.
The narrative of every section is the officials' own.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from sync.calendars import AnyCalendar, Period, PeriodKind, period

#: Day of Decision 905/QĐ-BNV: nothing before it is reported.
FIRST_DAY: Final = date(2022, 11, 17)


class ReportForm(StrEnum):
    """Which report."""

    ANNUAL = "annual"
    #: Sơ kết giai đoạn 2022-2025 (Decision 905, annex row 7).
    MID_TERM = "mid_term"
    #: Tổng kết 2022-2030 (annex row 8).
    FINAL = "final"


@dataclass(frozen=True)
class Section:
    """One part of the outline.

    Attributes:
        code: stable name of the narrative.
        number: as printed; empty: none.
        title: as printed.
        level: 1 for I, II …; 2 for 1, 2 … below them.
        asks: what the officials should write, shown beside the field.
    """

    code: str
    number: str
    title: str
    level: int
    asks: str


@dataclass(frozen=True)
class Span:
    """The days of a report, both ends included."""

    first_day: date
    last_day: date


@dataclass(frozen=True)
class ReportYear:
    """One year of a series: flow between its days, stock on its last day."""

    year: int
    first_day: date
    last_day: date


_RESULTS: Final = (
    Section("nhu-cau", "1", "Xác định nhu cầu bồi dưỡng", 2, "Khảo sát nào đã làm, nhóm nào thiếu gì."),
    Section(
        "chuong-trinh", "2", "Chương trình, tài liệu", 2, "Tài liệu biên soạn, cập nhật; phạm vi sử dụng."
    ),
    Section("lop", "3", "Các lớp trực tiếp, trực tuyến, qua mạng", 2, "Điểm đáng chú ý ngoài số liệu."),
    Section(
        "hoi-dap", "4", "Cơ sở dữ liệu và kênh hỏi đáp", 2, "Tài liệu dùng chung, thời gian trả lời câu hỏi."
    ),
    Section(
        "kiem-tra",
        "5",
        "Kiểm tra, đánh giá, biểu dương, khuyến nghị",
        2,
        "Các đợt kiểm tra, cách dùng kết quả.",
    ),
    Section("hoi-thao", "6", "Hội thảo, tọa đàm, khảo sát", 2, "Số đoàn, nơi đến, kết quả áp dụng."),
    Section("kinh-phi", "7", "Kinh phí", 2, "Nguồn, dự toán giao, quyết toán; phần không gắn với lớp."),
)

_ANNUAL: Final = (
    Section("chi-dao", "I", "KẾT QUẢ CHỈ ĐẠO, XÂY DỰNG KẾ HOẠCH", 1, "Văn bản đã ban hành, phân công."),
    Section("ket-qua", "II", "KẾT QUẢ THỰC HIỆN", 1, "Nhận định chung trước các mục 1 đến 7."),
    *_RESULTS,
    Section("muc-tieu", "III", "ĐÁNH GIÁ SO VỚI MỤC TIÊU", 1, "Vì sao đạt, chưa đạt."),
    Section("ton-tai", "IV", "TỒN TẠI, HẠN CHẾ VÀ NGUYÊN NHÂN", 1, "Mỗi tồn tại kèm nguyên nhân."),
    Section("phuong-huong", "V", "PHƯƠNG HƯỚNG, KIẾN NGHỊ", 1, "Việc năm sau; kiến nghị nêu rõ cơ quan."),
)
_MID_TERM: Final = (
    Section(
        "chi-dao",
        "I",
        "CÔNG TÁC CHỈ ĐẠO, TRIỂN KHAI ĐỀ ÁN GIAI ĐOẠN 2022-2025",
        1,
        "Văn bản, bộ máy, thay đổi do sắp xếp đơn vị hành chính từ 01/7/2025.",
    ),
    Section("ket-qua", "II", "KẾT QUẢ THỰC HIỆN GIAI ĐOẠN 2022-2025", 1, "Nhận định chung cả giai đoạn."),
    *_RESULTS,
    Section("muc-tieu", "III", "ĐÁNH GIÁ SO VỚI MỤC TIÊU ĐẾN NĂM 2025", 1, "Vì sao đạt, chưa đạt."),
    Section("ton-tai", "IV", "TỒN TẠI, HẠN CHẾ, NGUYÊN NHÂN VÀ BÀI HỌC KINH NGHIỆM", 1, "Kèm bài học."),
    Section(
        "phuong-huong", "V", "KẾ HOẠCH GIAI ĐOẠN 2026-2030, KIẾN NGHỊ", 1, "Mục tiêu, nhiệm vụ, nguồn lực."
    ),
)
_FINAL: Final = (
    Section(
        "chi-dao",
        "I",
        "CÔNG TÁC CHỈ ĐẠO, TRIỂN KHAI ĐỀ ÁN GIAI ĐOẠN 2022-2030",
        1,
        "Văn bản, bộ máy, các lần điều chỉnh.",
    ),
    Section("ket-qua", "II", "KẾT QUẢ THỰC HIỆN GIAI ĐOẠN 2022-2030", 1, "Nhận định chung cả đề án."),
    *_RESULTS,
    Section("muc-tieu", "III", "ĐÁNH GIÁ SO VỚI MỤC TIÊU ĐẾN NĂM 2030", 1, "Vì sao đạt, chưa đạt."),
    Section("tac-dong", "IV", "TÁC ĐỘNG, HIỆU QUẢ CỦA ĐỀ ÁN", 1, "Tác động đến kết quả cải cách hành chính."),
    Section("ton-tai", "V", "TỒN TẠI, HẠN CHẾ, NGUYÊN NHÂN VÀ BÀI HỌC KINH NGHIỆM", 1, "Kèm bài học."),
    Section("phuong-huong", "VI", "ĐỀ XUẤT, KIẾN NGHỊ SAU NĂM 2030", 1, "Kiến nghị nêu rõ cơ quan."),
)

OUTLINES: Final[Mapping[ReportForm, tuple[Section, ...]]] = MappingProxyType(
    {ReportForm.ANNUAL: _ANNUAL, ReportForm.MID_TERM: _MID_TERM, ReportForm.FINAL: _FINAL}
)
#: Last year of the forms that speak of several.
_LAST_YEARS: Final = {ReportForm.MID_TERM: 2025, ReportForm.FINAL: 2030}
#: Days after the close within which a unit of the level sends its report, unless another day was named.
DAYS_TO_SEND: Final[Mapping[str, int]] = MappingProxyType(
    {"commune": 3, "district": 5, "province": 7, "central": 7, "national": 15}
)


def subject_of(form: ReportForm, year: int) -> str:
    """The subject line (trích yếu) of a report."""
    return {
        ReportForm.ANNUAL: f"Kết quả bồi dưỡng, tập huấn về cải cách hành chính năm {year}",
        ReportForm.MID_TERM: "Sơ kết thực hiện Đề án bồi dưỡng, tập huấn về cải cách hành chính"
        " giai đoạn 2022-2025",
        ReportForm.FINAL: "Tổng kết thực hiện Đề án bồi dưỡng, tập huấn về cải cách hành chính"
        " giai đoạn 2022-2030",
    }[form]


def year_of_form(form: ReportForm, year: int) -> int:
    """The year that a report is filed under: its own, or the last of the form's years."""
    return _LAST_YEARS.get(form, year)


def span_of(form: ReportForm, year: int, calendar: AnyCalendar) -> Span:
    """The days of a report. Reviews run from the day of the decision to the day of their target."""
    if form is ReportForm.ANNUAL:
        whole = period(calendar, PeriodKind.YEAR, year)
        return Span(max(whole.first_day, FIRST_DAY), whole.last_day)
    return Span(FIRST_DAY, date(_LAST_YEARS[form], 12, 31))


def years_of(form: ReportForm, year: int, calendar: AnyCalendar) -> tuple[ReportYear, ...]:
    """The years of a report's series, clipped to its days, so that together they are exactly these."""
    span = span_of(form, year, calendar)
    years: list[ReportYear] = []
    first_day, number = span.first_day, year if form is ReportForm.ANNUAL else FIRST_DAY.year
    while first_day <= span.last_day:
        last_year = number >= year_of_form(form, year)
        whole: Period = period(calendar, PeriodKind.YEAR, number)
        last_day = span.last_day if last_year else whole.last_day
        years.append(ReportYear(number, first_day, last_day))
        first_day, number = last_day + timedelta(days=1), number + 1
    return tuple(years)


def due_day(last_day: date, level: str) -> date:
    """The day by which a unit of a level sends its report, unless the unit above named another one."""
    return last_day + timedelta(days=DAYS_TO_SEND[level])
