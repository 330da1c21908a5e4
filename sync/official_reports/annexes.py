"""The annexes of a report as tables: one description for XLSX, CSV and PDF (pure)."""

from collections.abc import Iterable, Sequence
from fractions import Fraction

from sync.calendars import local_day
from sync.official_reports.annex_tables import Annex, Cell, Column, Kind
from sync.official_reports.figures import Counts, ReportFigures
from sync.official_reports.ledger import Difference
from sync.official_reports.numbers import FORM_NAMES, day, level_name
from sync.organization.units import LEVELS


def annexes_of(figures: ReportFigures, differences: Sequence[Difference] = ()) -> tuple[Annex, ...]:
    """All annexes in order; annex 10 is there when something sent is compared."""
    made = (
        _by_unit(figures),
        _by_level(figures),
        _by_topic(figures),
        _classes(figures),
        _tests(figures),
        _people(6, "6 Biểu dương", "Danh sách đề nghị biểu dương", figures.commended),
        _people(7, "7 Khuyến nghị", "Danh sách khuyến nghị bồi dưỡng thêm", figures.recommended),
        _needs(figures),
        _moved(figures),
    )
    series = (_years(figures),) if len(figures.years) > 1 else ()
    sent = (_parts(figures),) if figures.parts else ()
    compared = (differences_annex(differences),) if differences else ()
    return (*made, *compared, *series, *sent)


def differences_annex(differences: Sequence[Difference]) -> Annex:
    """Annex 10."""
    names = {
        "people": "Thuộc đối tượng tính mục tiêu (số tồn)",
        "accessed": "Đã tiếp cận tài liệu, lũy kế (số tồn)",
        "trained": "Đã được bồi dưỡng, lũy kế (số tồn)",
        "period_people": "Người được bồi dưỡng trong kỳ (số phát sinh)",
        "period_turns": "Lượt bồi dưỡng trong kỳ (số phát sinh)",
    }
    return Annex(
        10,
        "10 Chênh lệch",
        "Chênh lệch so với báo cáo đã gửi",
        "Đã báo cáo + đến muộn − bị hủy + điều chuyển = hiện tại.",
        (
            Column("Chỉ tiêu", Kind.TEXT, 44),
            Column("Đã báo cáo"),
            Column("Hiện tại"),
            Column("Chênh lệch"),
            Column("Đến muộn (+)"),
            Column("Bị hủy (−)"),
            Column("Điều chuyển (±)", width=16),
        ),
        tuple(
            (names[one.what], one.reported, one.now, one.change, one.late, one.withdrawn, one.moved)
            for one in differences
        ),
    )


_COUNTS = (
    Column("Tổng số CBCCVC làm công tác CCHC"),
    Column("Cán bộ", width=9),
    Column("Công chức", width=9),
    Column("Viên chức", width=9),
    Column("Thuộc đối tượng (số tồn)"),
    Column("Số người được bồi dưỡng trong kỳ (phát sinh)", width=14),
    Column("Lượt trong kỳ (phát sinh)"),
    Column("Lũy kế số người (số tồn)"),
    Column("Tỷ lệ (%)", Kind.SHARE, 10),
    Column("Mục tiêu (%)", Kind.SHARE, 10),
    Column("So với mục tiêu (điểm %)", Kind.POINTS),
    Column("Ghi chú", Kind.TEXT, 16),
)


def _counts(counts: Counts, figures: ReportFigures) -> tuple[Cell, ...]:
    against, share = figures.head.target_percent, counts.percent
    return (
        counts.staff,
        counts.can_bo,
        counts.cong_chuc,
        counts.vien_chuc,
        counts.people,
        counts.period_people,
        counts.period_turns,
        counts.trained,
        _number(share),
        against,
        None if share is None else _number(share - against),
        "" if counts.people else "không có người thuộc đối tượng",
    )


def _by_unit(figures: ReportFigures) -> Annex:
    head = figures.head
    rows: list[tuple[Cell, ...]] = [
        ("", f"{head.unit_name} (tổng số)", head.unit_code, *_counts(figures.total, figures))
    ]
    depths = [0]
    if figures.units and figures.own != Counts():
        rows.append(("", f"Tại {head.unit_name}", "", *_counts(figures.own, figures)))
        depths.append(1)
    rows += [
        (number, one.name, one.code, *_counts(one.counts, figures))
        for number, one in enumerate(figures.units, start=1)
    ]
    depths += [one.depth for one in figures.units]
    return Annex(
        1,
        "1 Theo đơn vị",
        "Tổng hợp kết quả bồi dưỡng theo cơ quan, đơn vị",
        f"Số tồn tính đến hết ngày {day(head.on)}; số phát sinh từ {day(head.first_day)}. Mỗi dòng gồm cả "
        "đơn "
        "vị trực thuộc.",
        (
            Column("TT", Kind.TEXT, 6),
            Column("Cơ quan, đơn vị", Kind.TEXT, 40),
            Column("Mã", Kind.TEXT, 10),
            *_COUNTS,
        ),
        tuple(rows),
        tuple(depths),
    )


def _by_level(figures: ReportFigures) -> Annex:
    rows = [(level_name(one.level), *_counts(one.counts, figures)) for one in figures.levels]
    return Annex(
        2,
        "2 Theo cấp",
        "Tổng hợp kết quả bồi dưỡng theo cấp",
        f"Cấp của đơn vị nơi có vị trí công tác chính; cấp huyện đến hết 30/06/2025. Số tồn ngày "
        f"{day(figures.head.on)}.",
        (Column("Cấp", Kind.TEXT, 22), *_COUNTS),
        (*rows, ("Tổng số", *_counts(figures.total, figures))),
    )


def _by_topic(figures: ReportFigures) -> Annex:
    return Annex(
        3,
        "3 Theo chuyên đề",
        "Kết quả theo lĩnh vực chuyên đề và kỹ năng",
        "Số phát sinh trong kỳ. Một chuyên đề thuộc nhiều nội dung được tính ở mỗi nội dung, nên không cộng "
        "dọc.",
        (
            Column("Loại", Kind.TEXT, 12),
            Column("Lĩnh vực, kỹ năng", Kind.TEXT, 46),
            Column("Số lớp", width=9),
            Column("Lượt hoàn thành"),
            Column("Người hoàn thành"),
            Column("Điểm trước (thang 100)", Kind.POINTS),
            Column("Điểm sau (thang 100)", Kind.POINTS),
            Column("Ghi chú", Kind.TEXT, 26),
        ),
        tuple(
            (
                "Kỹ năng" if one.is_skill else "Lĩnh vực",
                one.title,
                one.classes,
                one.turns if one.is_tagged else None,
                one.people if one.is_tagged else None,
                one.before,
                one.after,
                "" if one.is_tagged else "chưa có chuyên đề gắn nội dung này",
            )
            for one in figures.topics
        ),
    )


def _classes(figures: ReportFigures) -> Annex:
    rows: list[tuple[Cell, ...]] = []
    for number, one in enumerate(figures.classes, start=1):
        attended = dict(one.attended)
        days = round(one.minutes / 480, 1)
        rows.append(
            (
                number,
                one.title,
                FORM_NAMES.get(one.form, one.form),
                one.day,
                days,
                one.places,
                *(attended.get(level, 0) for level in LEVELS[1:]),
                sum(attended.values()),
                one.lecturer,
                one.cost,
            )
        )
    return Annex(
        4,
        "4 Lớp, hình thức",
        "Các lớp, hội thảo, khảo sát đã tổ chức",
        "Số ngày quy đổi 8 giờ một ngày. Học viên theo cấp của vị trí công tác ngày học.",
        (
            Column("TT", width=6),
            Column("Tên lớp", Kind.TEXT, 40),
            Column("Hình thức", Kind.TEXT, 16),
            Column("Ngày", Kind.DAY, 12),
            Column("Số ngày", Kind.POINTS, 9),
            Column("Địa điểm, điểm cầu", Kind.TEXT, 28),
            *(Column(f"Học viên {level_name(level).lower()}") for level in LEVELS[1:]),
            Column("Tổng số học viên"),
            Column("Giảng viên", Kind.TEXT, 24),
            Column("Kinh phí (đồng)", width=16),
        ),
        tuple(rows),
    )


def _tests(figures: ReportFigures) -> Annex:
    lines = [*figures.tests, figures.tested] if figures.tests else []
    rows = [
        ("Tổng số" if one is lines[-1] else one.name, one.sat, *one.bands, one.mean, _number(one.percent))
        for one in lines
    ]
    return Annex(
        5,
        "5 Kiểm tra",
        "Kết quả kiểm tra định kỳ",
        "Số phát sinh trong kỳ; mỗi người một lần theo điểm cao nhất, tính cho đơn vị của ngày đó. "
        "Giỏi từ 80, khá từ 65, đạt từ 50 trên thang 100.",
        (
            Column("Đơn vị", Kind.TEXT, 40),
            Column("Dự kiểm tra"),
            Column("Giỏi", width=9),
            Column("Khá", width=9),
            Column("Đạt", width=9),
            Column("Chưa đạt", width=10),
            Column("Điểm trung bình", Kind.POINTS),
            Column("Tỷ lệ đạt (%)", Kind.SHARE),
        ),
        tuple(rows),
    )


def _people(number: int, name: str, title: str, listed: Iterable[object]) -> Annex:
    return Annex(
        number,
        name,
        title,
        "Danh sách kèm họ tên được tải riêng bởi người có quyền và mỗi lần tải đều ghi nhật ký.",
        (
            Column("TT", width=6),
            Column("Mã ẩn danh", Kind.TEXT, 24),
            Column("Đơn vị", Kind.TEXT, 36),
            Column("Điểm (thang 100)", Kind.POINTS),
            Column("Lý do", Kind.TEXT, 60),
        ),
        tuple(
            (place, one.pseudonym, one.unit, one.points, one.reason)  # type: ignore[attr-defined]
            for place, one in enumerate(listed, start=1)
        ),
    )


def _needs(figures: ReportFigures) -> Annex:
    return Annex(
        8,
        "8 Nhu cầu",
        "Nhu cầu bồi dưỡng năm sau",
        f"Tính từ số liệu học tập: người thuộc đối tượng chưa hoàn thành chuyên đề nào của nội dung, đến hết "
        f"{day(figures.head.on)}.",
        (Column("Cấp", Kind.TEXT, 18), Column("Lĩnh vực, kỹ năng", Kind.TEXT, 50), Column("Số người")),
        tuple((level_name(one.level), one.topic, one.people) for one in figures.needs),
    )


def _moved(figures: ReportFigures) -> Annex:
    totals = [
        ("Cộng", one.unit, one.moved, _share(one.moved, one.of), None, None) for one in figures.moved[:1]
    ]
    parts = [("Đơn vị", one.unit, one.moved, None, None, None) for one in figures.moved[1:]]
    people = [
        (one.pseudonym, one.unit, None, None, one.completed_on, one.left_on) for one in figures.moved_people
    ]
    return Annex(
        9,
        "9 Chuyển công tác",
        "Đã bồi dưỡng nhưng chuyển công tác",
        "Thôi làm công tác CCHC trong 365 ngày từ lần hoàn thành đầu tiên; tính cho đơn vị của ngày hoàn "
        "thành.",
        (
            Column("Mã ẩn danh", Kind.TEXT, 24),
            Column("Đơn vị", Kind.TEXT, 40),
            Column("Số người"),
            Column("Tỷ lệ (%)", Kind.SHARE),
            Column("Ngày hoàn thành", Kind.DAY, 14),
            Column("Ngày chuyển", Kind.DAY, 14),
        ),
        (*totals, *parts, *people),
    )


def _years(figures: ReportFigures) -> Annex:
    return Annex(
        0,
        "Theo năm",
        "Chuỗi số liệu theo năm",
        "Như lúc đó: đơn vị (hoặc các đơn vị tiền thân, đánh dấu *) vào ngày cuối năm. Quy về nay: người "
        "đang ở "
        "đơn vị ngày lập báo cáo, đã được bồi dưỡng đến cuối năm đó.",
        (
            Column("Năm", Kind.TEXT, 8),
            Column("Ngày", Kind.DAY, 12),
            *_COUNTS,
            Column("Quy về nay: lũy kế số người", width=14),
            Column("Quy về nay: tỷ lệ (%)", Kind.SHARE),
        ),
        tuple(
            (
                f"{one.year}{'*' if one.is_restated else ''}",
                one.last_day,
                *_counts(one.as_was, figures),
                one.as_is_trained,
                _share(one.as_is_trained, figures.total.people),
            )
            for one in figures.years
        ),
    )


#: Reports that were sent and not returned.
_SENT = frozenset({"submitted", "received"})
_STATES = {
    "missing": "chưa báo cáo",
    "draft": "chưa báo cáo",
    "returned": "đã trả lại",
    "submitted": "đã gửi",
    "received": "đã nhận",
}


def _parts(figures: ReportFigures) -> Annex:
    sent = [one.counts for one in figures.parts if one.counts and one.state in _SENT]
    total = ("Cộng các báo cáo đã gửi", f"{len(sent)}/{len(figures.parts)}", None, None)
    rows: list[tuple[Cell, ...]] = [
        (
            one.name,
            _STATES.get(one.state, one.state),
            one.due_on,
            local_day(one.sent_at) if one.sent_at else None,
            *_said(one.counts),
            one.digest,
        )
        for one in figures.parts
    ]
    return Annex(
        0,
        "Tình hình gửi",
        "Tình hình gửi báo cáo và số đã báo cáo của đơn vị trực thuộc",
        "Số đã báo cáo là số trong bản đã gửi; có thể khác số hệ thống tính hiện nay.",
        (
            Column("Đơn vị", Kind.TEXT, 40),
            Column("Tình trạng", Kind.TEXT, 16),
            Column("Hạn gửi", Kind.DAY),
            Column("Ngày gửi", Kind.DAY),
            Column("Thuộc đối tượng"),
            Column("Lũy kế"),
            Column("Người trong kỳ"),
            Column("Lượt trong kỳ"),
            Column("Mã băm bản gửi", Kind.TEXT, 66),
        ),
        (*rows, (*total, *_said(sum(sent, Counts())), "")),
    )


def _said(counts: Counts | None) -> tuple[int | None, ...]:
    """The four figures that a part reported."""
    if counts is None:
        return (None,) * 4
    return counts.people, counts.trained, counts.period_people, counts.period_turns


def _number(value: Fraction | None) -> float | None:
    return None if value is None else float(value)


def _share(people: int, of: int) -> float | None:
    return 100 * people / of if of else None
