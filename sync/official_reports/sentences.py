"""The sentences that figures write into the sections of a report; officials' own words follow them (pure)."""

from collections.abc import Callable, Mapping
from typing import Final

from sync.official_reports.figures import ReportFigures
from sync.official_reports.numbers import FORM_NAMES, day, decimal, level_name, percent, whole
from sync.rollups.definitions import TrainingForm

_MOST_NEEDS: Final = 3
_VISITS: Final = frozenset({TrainingForm.WORKSHOP.value, TrainingForm.STUDY_TRIP.value})


def sentences_for(code: str, figures: ReportFigures) -> list[str]:
    """What the figures say in a section; nothing for sections that only people can write."""
    speak = _SPEAKERS.get(code)
    return speak(figures) if speak else []


def _results(figures: ReportFigures) -> list[str]:
    head, total = figures.head, figures.total
    return [
        (
            f"Tính đến ngày {day(head.on)}, {head.unit_name} (kể cả đơn vị trực thuộc) có "
            f"{whole(total.staff)} "
            f"cán bộ, công chức, viên chức làm công tác cải cách hành chính, gồm {whole(total.can_bo)} cán "
            "bộ, "
            f"{whole(total.cong_chuc)} công chức, {whole(total.vien_chuc)} viên chức. Trong số "
            f"{whole(total.people)} người thuộc đối tượng tính mục tiêu, lũy kế {whole(total.trained)} người "
            "đã "
            f"được bồi dưỡng, đạt {percent(total.percent, against=head.target_percent)}."
        ),
        (
            f"Trong kỳ từ ngày {day(head.first_day)} đến ngày {day(head.on)}, có "
            f"{whole(total.period_people)} người được bồi dưỡng với {whole(total.period_turns)} lượt."
        ),
    ]


def _needs(figures: ReportFigures) -> list[str]:
    sums: dict[str, int] = {}
    for one in figures.needs:
        sums[one.topic] = sums.get(one.topic, 0) + one.people
    if not sums:
        return []
    most = sorted(sums.items(), key=lambda one: (-one[1], one[0]))[:_MOST_NEEDS]
    named = "; ".join(f"{topic} ({whole(people)} người)" for topic, people in most)
    return [
        (
            "Theo số liệu học tập, các nội dung còn nhiều người chưa hoàn thành chuyên đề nào nhất là: "
            f"{named}. Chi tiết theo cấp tại Phụ lục 8."
        )
    ]


def _contents(figures: ReportFigures) -> list[str]:
    known = [one for one in figures.topics if one.is_tagged]
    learned = [one for one in known if one.turns]
    if not known:
        return []
    return [
        (
            f"Chương trình đang dùng có {whole(len(known))} lĩnh vực và kỹ năng được gắn với chuyên đề; "
            "trong kỳ "
            f"có {whole(len(learned))} lĩnh vực, kỹ năng phát sinh lượt bồi dưỡng (Phụ lục 3)."
        )
    ]


def _classes(figures: ReportFigures) -> list[str]:
    held = [one for one in figures.classes if one.form not in _VISITS]
    attended = sum(count for one in held for _level, count in one.attended)
    forms = [one for one in figures.forms if one.turns and one.form not in _VISITS]
    told = [f"Trong kỳ đã tổ chức {whole(len(held))} lớp với {whole(attended)} lượt người dự (Phụ lục 4)."]
    if forms:
        by_form = "; ".join(
            f"{FORM_NAMES[one.form].lower()} {whole(one.people)} người, {whole(one.turns)} lượt"
            for one in forms
        )
        told.append(
            f"Hoàn thành chuyên đề theo hình thức: {by_form}. Một người học nhiều hình thức được tính ở mỗi "
            "hình thức."
        )
    return told


def _access(figures: ReportFigures) -> list[str]:
    total = figures.total
    return [
        (
            f"Tính đến ngày {day(figures.head.on)}, {whole(total.accessed)}/{whole(total.people)} người "
            "thuộc "
            "đối tượng đã tiếp cận bài giảng, tài liệu về cải cách hành chính, đạt "
            f"{percent(total.access_percent)} "
            "(mục tiêu 100%)."
        )
    ]


def _tests(figures: ReportFigures) -> list[str]:
    tested = figures.tested
    if not tested.sat:
        return ["Trong kỳ chưa ghi nhận kết quả kiểm tra nào."]
    best, good, passed, failed = tested.bands
    return [
        (
            f"Trong kỳ có {whole(tested.sat)} người dự kiểm tra: {whole(best)} giỏi, {whole(good)} khá, "
            f"{whole(passed)} đạt, {whole(failed)} chưa đạt; tỷ lệ đạt {percent(tested.percent)}, điểm trung "
            f"bình {decimal(tested.mean)} trên thang 100 (Phụ lục 5)."
        ),
        (
            f"Đề nghị biểu dương {whole(len(figures.commended))} người, khuyến nghị bồi dưỡng thêm "
            f"{whole(len(figures.recommended))} người (Phụ lục 6, 7)."
        ),
    ]


def _visits(figures: ReportFigures) -> list[str]:
    held = [one for one in figures.classes if one.form in _VISITS]
    attended = sum(count for one in held for _level, count in one.attended)
    return [
        (
            f"Trong kỳ ghi nhận {whole(len(held))} hội thảo, tọa đàm, đoàn khảo sát với {whole(attended)} "
            "lượt "
            "người tham gia."
        )
    ]


def _cost(figures: ReportFigures) -> list[str]:
    unknown = sum(one.cost is None for one in figures.classes)
    rest = f"; {whole(unknown)} lớp chưa ghi kinh phí" if unknown else ""
    return [f"Kinh phí ghi nhận của các lớp, hoạt động trong kỳ: {whole(figures.cost)} đồng{rest}."]


def _targets(figures: ReportFigures) -> list[str]:
    head, total = figures.head, figures.total
    sign = "trên " if head.exceeds else ""
    told = (
        f"Mục tiêu {sign}{head.target_percent}% đến ngày {day(head.target_due_on)}: hiện đạt "
        f"{percent(total.percent, against=head.target_percent)} ({whole(total.trained)}/"
        f"{whole(total.people)} người)"
    )
    if not total.people:
        return [f"{told}."]
    needed = head.target_percent * total.people
    missing = max(0, (needed // 100 + 1 if head.exceeds else -(-needed // 100)) - total.trained)
    verdict = f"còn thiếu {whole(missing)} người" if missing else "đã đạt"
    return [
        f"{told}, {verdict}.",
        f"Mục tiêu 100% được tiếp cận tài liệu: hiện đạt {percent(total.access_percent)}.",
    ]


def _shortcomings(figures: ReportFigures) -> list[str]:
    whole_unit = figures.moved[0] if figures.moved else None
    late = [one for one in figures.parts if one.state == "missing"]
    told = []
    if whole_unit and whole_unit.moved:
        told.append(
            f"Có {whole(whole_unit.moved)}/{whole(whole_unit.of)} người vừa được bồi dưỡng thì thôi làm công "
            "tác cải cách hành chính trong vòng 365 ngày (Phụ lục 9)."
        )
    if late:
        told.append(f"Còn {whole(len(late))} đơn vị trực thuộc chưa gửi báo cáo.")
    small = [one for one in figures.levels if one.counts.people and not one.counts.trained]
    told += [f"{level_name(one.level)}: chưa có ai được bồi dưỡng." for one in small]
    return told


_SPEAKERS: Final[Mapping[str, Callable[[ReportFigures], list[str]]]] = {
    "ket-qua": _results,
    "nhu-cau": _needs,
    "chuong-trinh": _contents,
    "lop": _classes,
    "hoi-dap": _access,
    "kiem-tra": _tests,
    "hoi-thao": _visits,
    "kinh-phi": _cost,
    "muc-tieu": _targets,
    "ton-tai": _shortcomings,
}
