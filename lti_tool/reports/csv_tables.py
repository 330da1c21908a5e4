"""The tables of the pages as files: same rows, same order, words in the reader's language."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from flask_babel import gettext as _

from lti_tool.page_formats import exact_share, show_kind, show_level, show_month, show_percent
from lti_tool.reports.step_words import show_band, show_reason, show_step
from lti_tool.training_classes.words import FORM_WORDS
from sync.calendars import VIET_NAM
from sync.csv_files import Cell, Table
from sync.indicators.forms import FormCount
from sync.organization.units import UnitOnDay
from sync.reports.comparison import Ranked
from sync.reports.coverage import Coverage, PartStock, Stock
from sync.reports.disclosure import Shown
from sync.reports.evidence import Evidence
from sync.reports.flow import MonthFlow, Turn
from sync.reports.matrix import Matrix
from sync.reports.next_steps import NextStep
from sync.reports.people import PersonName, PersonStanding
from sync.reports.programme import Programme
from sync.reports.series import StockOnDay

Names = Mapping[int, PersonName]
Units = Mapping[int, UnitOnDay]


def tabulate_parts(coverage: Coverage, parts: Sequence[PartStock]) -> Table:
    """The parts of a unit, its own people and the total, with the day in every row."""
    header = (
        _("Tính đến ngày"), _("Danh mục"), _("Mã đơn vị"), _("Đơn vị"), _("Cấp"), _("Tổng số người"),
        _("Đã tiếp cận"), _("Được cung cấp kiến thức"), _("Hoàn thành chương trình"),
        _("Tỷ lệ được cung cấp kiến thức (%)"),
    )  # fmt: skip
    unit = coverage.unit
    rows = [_stock_row(coverage.on, part.unit, part.unit.name, part.stock) for part in parts]
    rows.append(_stock_row(coverage.on, unit, _("Trực tiếp tại %(unit)s", unit=unit.name), coverage.own))
    rows.append(_stock_row(coverage.on, unit, _("Tổng cộng: %(unit)s", unit=unit.name), coverage.total))
    return Table(header, tuple(rows))


def tabulate_flow(months: Sequence[MonthFlow]) -> Table:
    """The months of a year."""
    header = (_("Kỳ"), _("Từ ngày"), _("Đến ngày"), _("Lượt mở lần đầu"), _("Lượt hoàn thành"))
    rows = tuple(
        (
            show_month(month.period),
            _day(month.period.first_day),
            _day(month.period.last_day),
            month.accessed,
            month.completed,
        )
        for month in months
    )
    return Table(header, rows)


def tabulate_turns(turns: Sequence[Turn], units: Units, names: Names, programme: Programme) -> Table:
    """The people behind a figure of a month."""
    header = (
        _("Ngày"),
        *_person_header(names),
        _("Đơn vị được tính"),
        _("Chuyên đề"),
        _("Thời điểm"),
        _("Mã bản ghi"),
    )
    rows = tuple(
        (
            _day(turn.day),
            *_person(turn.person_id, turn.pseudonym, names),
            units[turn.unit_id].name,
            programme.title_of(turn.module_iri),
            _instant(turn.occurred_at),
            str(turn.statement_id),
        )
        for turn in turns
    )
    return Table(header, rows)


def tabulate_people(people: Sequence[PersonStanding], units: Units, names: Names, *, on: date) -> Table:
    """The people of a unit on a day."""
    header = (
        _("Tính đến ngày"), *_person_header(names), _("Đơn vị"), _("Chức vụ"), _("Mở lần đầu"),
        _("Hoàn thành lần đầu"), _("Số chuyên đề đã hoàn thành"),
    )  # fmt: skip
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (
            _day(on),
            *_person(person.person_id, person.pseudonym, names),
            units[person.unit_id].name,
            person.position,
            _day(person.first_accessed_on),
            _day(person.first_completed_on),
            person.completed,
        )
        for person in people
    )
    return Table(header, rows)


def tabulate_evidence(pieces: Sequence[Evidence], programme: Programme) -> Table:
    """The statements of a person."""
    header = (
        _("Thời điểm"), _("Chuyên đề"), _("Loại"), _("Điểm (−1 đến 1)"), _("Đã hủy"), _("Mã bản ghi"),
    )  # fmt: skip
    rows = tuple(
        (
            _instant(piece.occurred_at),
            programme.title_of(piece.module_iri),
            show_kind(piece.kind),
            "" if piece.score_scaled is None else str(piece.score_scaled),
            _("có") if piece.voided else "",
            str(piece.statement_id),
        )
        for piece in pieces
    )
    return Table(header, rows)


def tabulate_series(series: Sequence[StockOnDay]) -> Table:
    """The stock of a unit over days."""
    header = (
        _("Tính đến ngày"), _("Tổng số người"), _("Đã tiếp cận"), _("Được cung cấp kiến thức"),
        _("Tỷ lệ được cung cấp kiến thức (%)"),
    )  # fmt: skip
    rows = tuple(
        (_day(one.day), one.stock.people, one.stock.accessed, one.stock.completed, _share(one.stock))
        for one in series
    )
    return Table(header, rows)


def tabulate_ranking(ranked: Sequence[Ranked]) -> Table:
    """Units by rate; a unit with too few people for a place has a band instead of its figures."""
    header = (
        _("Hạng"), _("Mã đơn vị"), _("Đơn vị"), _("Tổng số người"), _("Được cung cấp kiến thức"),
        _("Tỷ lệ được cung cấp kiến thức (%)"),
    )  # fmt: skip
    rows: list[tuple[Cell, ...]] = []
    for one in ranked:
        figures: tuple[Cell, ...] = (one.stock.completed, _share(one.stock))
        if one.place is None:
            figures = ("", show_band(one.band))
        rows.append((one.place, one.unit.code, one.unit.name, one.stock.people, *figures))
    return Table(header, tuple(rows))


def tabulate_matrix(matrix: Matrix, titles: Mapping[str, str]) -> Table:
    """Units × modules, areas or skills: people who completed."""
    header = (_("Đơn vị"), _("Tổng số người"), *(titles[column] for column in matrix.columns))
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (row.unit.name, row.people, *(row.completed.get(column, 0) for column in matrix.columns))
        for row in (*matrix.rows, matrix.total)
    )
    return Table(header, rows)


def tabulate_attention(
    people: Sequence[PersonStanding],
    units: Units,
    names: Names,
    steps: Mapping[int, NextStep],
    programme: Programme,
    *,
    reason: str,
) -> Table:
    """The people who need attention, each with the reason and the next step."""
    header = (
        *_person_header(names), _("Đơn vị"), _("Chức vụ"), _("Lý do"), _("Việc tiếp theo"), _("Chuyên đề"),
        _("Mở lần đầu"),
    )  # fmt: skip
    rows: list[tuple[Cell, ...]] = []
    for person in people:
        step = steps[person.person_id]
        module = programme.title_of(step.module_iri) if step.module_iri else ""
        rows.append(
            (
                *_person(person.person_id, person.pseudonym, names),
                units[person.unit_id].name,
                person.position,
                show_reason(reason),
                show_step(step),
                module,
                _day(person.first_accessed_on),
            )
        )
    return Table(header, tuple(rows))


def tabulate_shown(shown: Sequence[tuple[UnitOnDay, Shown]], *, on: date) -> Table:
    """Units as readers from outside may see them; hidden figures are empty."""
    header = (
        _("Tính đến ngày"), _("Mã đơn vị"), _("Đơn vị"), _("Tổng số người"), _("Đã tiếp cận"),
        _("Được cung cấp kiến thức"),
    )  # fmt: skip
    rows = tuple(
        (_day(on), unit.code, unit.name, one.people, one.accessed, one.completed) for unit, one in shown
    )
    return Table(header, rows)


def tabulate_forms(counts: Sequence[FormCount]) -> Table:
    """People and turns by form of training."""
    header = (_("Hình thức"), _("Số người"), _("Trên tổng số người hoàn thành"), _("Lượt"))
    rows = tuple((str(FORM_WORDS[one.form]), one.share.people, one.share.of, one.turns) for one in counts)
    return Table(header, rows)


def tabulate_indicators(rows: Sequence[tuple[Cell, ...]]) -> Table:
    """Indicators with their figures."""
    return Table((_("Mã"), _("Chỉ số"), _("Tử số"), _("Mẫu số"), _("Tỷ lệ (%)")), tuple(rows))


def _share(stock: Stock) -> str:
    return show_percent(exact_share(stock.completed, stock.people)).rstrip("%")


def _stock_row(on: date, unit: UnitOnDay, words: str, stock: Stock) -> tuple[Cell, ...]:
    return (
        _day(on), unit.scheme, unit.code, words, show_level(unit.level), stock.people, stock.accessed,
        stock.completed, stock.completed_all, _share(stock),
    )  # fmt: skip


def _person_header(names: Names) -> tuple[str, ...]:
    return (_("Mã ẩn danh"), _("Họ và tên"), _("Mã cán bộ")) if names else (_("Mã ẩn danh"),)


def _person(person_id: int, pseudonym: str, names: Names) -> tuple[str, ...]:
    if not names:
        return (pseudonym,)
    name = names.get(person_id)
    return (pseudonym, name.full_name, name.staff_code) if name else (pseudonym, "", "")


def _day(day: date | None) -> str:
    return day.strftime("%d/%m/%Y") if day else ""


def _instant(instant: datetime) -> str:
    return instant.astimezone(VIET_NAM).strftime("%d/%m/%Y %H:%M:%S")
