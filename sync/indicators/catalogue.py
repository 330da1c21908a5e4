"""Every indicator: what is above and below the line, who is counted, which act asks for it (pure).

`docs/indicators.md` prints this list, and a test keeps the two equal. Targets with their days are of
`sync.rollups.definitions`; the first two indicators are those that the act gives numbers for.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from sync.organization_errors import IndicatorUnknown
from sync.rollups.definitions import (
    CIVIL_SERVANTS,
    GIVEN_ACCESS,
    PROVIDED_WITH_KNOWLEDGE,
    Population,
    Target,
)


class Timing(StrEnum):
    """Whether a figure speaks of a day or of a period; the two are never added or compared."""

    #: Of the people who are in the unit on a day, what they had done by that day.
    STOCK = "stock"
    #: What happened within a period, credited to the unit of that day.
    FLOW = "flow"


class Direction(StrEnum):
    """Which way is better."""

    HIGHER = "higher"
    LOWER = "lower"
    #: A distribution: no way is better by itself.
    NEITHER = "neither"


@dataclass(frozen=True)
class IndicatorDefinition:
    """One indicator.

    Attributes:
        code: stable name.
        title, formula, numerator, denominator: in Vietnamese.
        population: the rule that counts unless another one is asked for.
        targets: in order of their days; empty where no act names one.
        legal_basis: the act, and where in it.
    """

    code: str
    title: str
    timing: Timing
    direction: Direction
    formula: str
    numerator: str
    denominator: str
    legal_basis: str
    population: Population = CIVIL_SERVANTS
    targets: tuple[Target, ...] = ()


_905: Final = "Quyết định số 905/QĐ-BNV ngày 17/11/2022 của Bộ Nội vụ"
_IN_UNIT: Final = PROVIDED_WITH_KNOWLEDGE.denominator

KNOWLEDGE: Final = IndicatorDefinition(
    code=PROVIDED_WITH_KNOWLEDGE.code,
    title=PROVIDED_WITH_KNOWLEDGE.title,
    timing=Timing.STOCK,
    direction=Direction.HIGHER,
    formula="Tử số / mẫu số × 100%; đạt khi lớn hơn hẳn chỉ tiêu (“trên”)",
    numerator=PROVIDED_WITH_KNOWLEDGE.numerator,
    denominator=_IN_UNIT,
    legal_basis=PROVIDED_WITH_KNOWLEDGE.legal_basis,
    targets=PROVIDED_WITH_KNOWLEDGE.targets,
)
ACCESS: Final = IndicatorDefinition(
    code=GIVEN_ACCESS.code,
    title=GIVEN_ACCESS.title,
    timing=Timing.STOCK,
    direction=Direction.HIGHER,
    formula="Tử số / mẫu số × 100%",
    numerator=GIVEN_ACCESS.numerator,
    denominator=_IN_UNIT,
    legal_basis=GIVEN_ACCESS.legal_basis,
    targets=GIVEN_ACCESS.targets,
)
ANSWERED_IN_TIME: Final = IndicatorDefinition(
    code="hoi-dap-dung-han",
    title="Câu hỏi được trả lời đúng hạn",
    timing=Timing.FLOW,
    direction=Direction.HIGHER,
    formula="Tử số / mẫu số × 100%",
    numerator="Số câu hỏi gửi trong kỳ được trả lời trong thời hạn",
    denominator="Số câu hỏi gửi trong kỳ",
    legal_basis=f"{_905}, mục I.2 (kênh hỏi đáp kịp thời)",
)
TEST_RESULTS: Final = IndicatorDefinition(
    code="ket-qua-kiem-tra",
    title="Kết quả kiểm tra: Giỏi, Khá, Đạt, Chưa đạt",
    timing=Timing.FLOW,
    direction=Direction.HIGHER,
    formula="Mỗi người một lần, theo điểm cao nhất trong kỳ; tỷ lệ đạt = (Giỏi + Khá + Đạt) / đã kiểm tra",
    numerator="Số người có điểm cao nhất từ mức Đạt trở lên",
    denominator="Số người có ít nhất một kết quả trong kỳ, tính cho đơn vị của họ vào ngày có điểm cao nhất",
    legal_basis=f"{_905}, mục kiểm tra, đánh giá tự động, định kỳ",
)
GAIN: Final = IndicatorDefinition(
    code="tien-bo-truoc-sau",
    title="Tiến bộ trước và sau bồi dưỡng",
    timing=Timing.STOCK,
    direction=Direction.HIGHER,
    formula=(
        "Trung bình (điểm sau − điểm trước), điểm 0–100, lần đầu của mỗi bài; tiến bộ chuẩn hóa = "
        "(TB sau − TB trước) / (100 − TB trước); khoảng tin cậy 95% theo cặp"
    ),
    numerator="Tổng chênh lệch điểm của những người có cả hai bài, bài trước làm trước bài sau",
    denominator="Số người trong đơn vị vào ngày tính có cả hai bài",
    legal_basis=f"{_905}, mục bộ công cụ đánh giá kết quả bồi dưỡng",
)
MOVED_AWAY: Final = IndicatorDefinition(
    code="boi-duong-roi-chuyen-viec",
    title="Vừa bồi dưỡng xong đã chuyển việc khác",
    timing=Timing.STOCK,
    direction=Direction.LOWER,
    formula="Tử số / mẫu số × 100%, mặc định trong 365 ngày",
    numerator="Số người trong mẫu số thôi làm công tác CCHC trong số ngày đó kể từ lần hoàn thành đầu",
    denominator="Số người hoàn thành chuyên đề đầu tiên khi đang ở đơn vị, tính đến ngày tính",
    legal_basis="Đề án cấp tỉnh (4599/QĐ-UBND): tránh vừa bồi dưỡng xong lại bố trí việc khác",
)
BY_AREA: Final = IndicatorDefinition(
    code="theo-linh-vuc",
    title="Được bồi dưỡng theo lĩnh vực",
    timing=Timing.STOCK,
    direction=Direction.HIGHER,
    formula="Tử số / mẫu số × 100%, riêng từng lĩnh vực; không cộng các lĩnh vực",
    numerator="Số người trong mẫu số đã hoàn thành ít nhất một chuyên đề của lĩnh vực",
    denominator=_IN_UNIT,
    legal_basis=f"{_905}, các chuyên đề kiến thức chuyên sâu",
)
BY_SKILL: Final = IndicatorDefinition(
    code="theo-ky-nang",
    title="Được bồi dưỡng theo kỹ năng",
    timing=Timing.STOCK,
    direction=Direction.HIGHER,
    formula="Tử số / mẫu số × 100%, riêng từng kỹ năng; không cộng các kỹ năng",
    numerator="Số người trong mẫu số đã hoàn thành ít nhất một chuyên đề của chương trình rèn kỹ năng đó",
    denominator=_IN_UNIT,
    legal_basis=f"{_905}, các kỹ năng thực hiện cải cách hành chính",
)
FORMS: Final = IndicatorDefinition(
    code="hinh-thuc-boi-duong",
    title="Hình thức bồi dưỡng",
    timing=Timing.FLOW,
    direction=Direction.NEITHER,
    formula="Số lượt và số người hoàn thành theo từng hình thức; học nhiều hình thức thì có ở mỗi hình thức",
    numerator="Số người hoàn thành trong kỳ bằng hình thức đó; kết hợp: cùng chuyên đề vừa dự lớp vừa tự học",
    denominator="Số người hoàn thành trong kỳ bằng bất kỳ hình thức nào, tính cho đơn vị của họ ngày đó",
    legal_basis=f"{_905}, “dưới nhiều hình thức”",
)

CATALOGUE: Final = (
    KNOWLEDGE,
    ACCESS,
    ANSWERED_IN_TIME,
    TEST_RESULTS,
    GAIN,
    MOVED_AWAY,
    BY_AREA,
    BY_SKILL,
    FORMS,
)


def find_indicator(code: str) -> IndicatorDefinition:
    """The indicator with the code.

    Raises:
        IndicatorUnknown.
    """
    found = next((one for one in CATALOGUE if one.code == code), None)
    if found is None:
        raise IndicatorUnknown(f"There is no indicator {code!r}.")
    return found


@dataclass(frozen=True)
class Band:
    """A mark in words, from a share of the points on (0.0 to 1.0)."""

    code: str
    title: str
    at_least: float


#: Highest first. No act names the limits: they are those of Vietnamese schools, 8, 6.5 and 5 of 10.
BANDS: Final = (
    Band("gioi", "Giỏi", 0.8),
    Band("kha", "Khá", 0.65),
    Band("dat", "Đạt", 0.5),
    Band("chua-dat", "Chưa đạt", -1.0),
)
