"""The report as fields that a template prints: names are Vietnamese, because officials edit templates (pure).

The same fields fill the DOCX template and the PDF; `docs/official-reports.md` lists them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sync.official_reports.figures import Counts, ReportFigures
from sync.official_reports.forms import OUTLINES, subject_of
from sync.official_reports.numbers import TIMING_NAMES, day, instant, level_name, percent, whole
from sync.official_reports.sentences import sentences_for

#: More parts than this stand in annex 1 only.
_MOST_PARTS: Final = 150


@dataclass(frozen=True)
class Letterhead:
    """What the officials enter beside the text.

    Attributes:
        above: superior body; empty: none is printed.
        number: as typed, for example '123/BC-SNV'; empty: a gap for the pen.
        place: địa danh.
        signed_on: empty: a gap for the pen.
        authority: 'TM. ỦY BAN NHÂN DÂN', 'KT. GIÁM ĐỐC'; empty: none.
        recipients: one per line of 'Nơi nhận'.
    """

    above: str = ""
    issuer: str = ""
    number: str = ""
    place: str = ""
    signed_on: date | None = None
    authority: str = ""
    signer_title: str = ""
    signer_name: str = ""
    recipients: tuple[str, ...] = ()


@dataclass(frozen=True)
class Seal:
    """What a sent report carries on every page; `None` of it in a draft.

    Attributes:
        text: 'Bản đã gửi …'.
        digest: SHA-256 of the canonical figures, hexadecimal.
    """

    text: str
    digest: str


DRAFT: Final = Seal("DỰ THẢO", "")


def letterhead_from(kept: Mapping[str, Any]) -> Letterhead:
    """The letterhead of its JSON object."""
    values = dict(kept)
    day, recipients = values.pop("signed_on", None), tuple(values.pop("recipients", ()))
    return Letterhead(**values, recipients=recipients, signed_on=date.fromisoformat(day) if day else None)


def document_fields(
    figures: ReportFigures, narrative: Mapping[str, str], letterhead: Letterhead, seal: Seal = DRAFT
) -> dict[str, Any]:
    """Everything that a template may print, as texts, lists and tables of texts."""
    head = figures.head
    return {
        "co_quan_cap_tren": (letterhead.above or head.above_name).upper(),
        "co_quan": (letterhead.issuer or head.unit_name).upper(),
        "so_ky_hieu": letterhead.number or "      /BC-",
        "dia_danh_ngay": _place_and_day(letterhead),
        "trich_yeu": subject_of(head.form, head.year),
        "nam": str(head.year),
        "tu_ngay": day(head.first_day),
        "den_ngay": day(head.on),
        "cac_muc": _sections(figures, narrative),
        "bang_theo_cap": _rows([(level_name(one.level), one.counts) for one in figures.levels], figures),
        "bang_theo_don_vi": _rows(_parts(figures), figures),
        "bang_theo_nam": _rows(
            [(f"{one.year}{'*' if one.is_restated else ''}", one.as_was) for one in figures.years], figures
        )
        if len(figures.years) > 1
        else [],
        "ghi_chu_nam": "* Số của các đơn vị trước sắp xếp đã hợp thành đơn vị này."
        if any(one.is_restated for one in figures.years)
        else "",
        "ghi_chu_so_lieu": _note(figures),
        "dinh_nghia": [
            f"{one.title}: {TIMING_NAMES[one.timing]}. Tử số: {one.numerator}. Mẫu số: {one.denominator}."
            for one in figures.definitions
        ],
        "noi_nhan": [one for one in letterhead.recipients if one.strip()] or ["Như trên", "Lưu: VT"],
        "quyen_han_ky": letterhead.authority.upper(),
        "chuc_vu_ky": letterhead.signer_title.upper() or "THỦ TRƯỞNG CƠ QUAN",
        "ho_ten_ky": letterhead.signer_name,
        "dau_ban_gui": seal.text,
        "ma_bam": seal.digest,
    }


def _place_and_day(letterhead: Letterhead) -> str:
    place = letterhead.place or "…………"
    on = letterhead.signed_on
    if on is None:
        return f"{place}, ngày       tháng       năm"
    # Days below 10 and the months 1 and 2 take a zero, so that nothing can be written before them.
    month = f"{on.month:02}" if on.month < 3 else str(on.month)
    return f"{place}, ngày {on.day:02} tháng {month} năm {on.year}"


def _sections(figures: ReportFigures, narrative: Mapping[str, str]) -> list[dict[str, Any]]:
    return [
        {
            "ma": one.code,
            "cap": one.level,
            "tieu_de": f"{one.number}. {one.title}",
            "doan": [*sentences_for(one.code, figures), *_paragraphs(narrative.get(one.code, ""))],
        }
        for one in OUTLINES[figures.head.form]
    ]


def _paragraphs(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _parts(figures: ReportFigures) -> list[tuple[str, Counts]]:
    parts = [(one.name, one.counts) for one in figures.units if one.depth == 1]
    shown = parts[:_MOST_PARTS] if parts else []
    if shown and figures.own != Counts():
        shown.append((f"Tại {figures.head.unit_name}", figures.own))
    return shown


def _rows(lines: Sequence[tuple[str, Counts]], figures: ReportFigures) -> list[dict[str, str]]:
    against = figures.head.target_percent
    return [
        {
            "tt": str(number),
            "ten": name,
            "tong": whole(counts.staff),
            "doi_tuong": whole(counts.people),
            "luy_ke": whole(counts.trained),
            "ty_le": percent(counts.percent, against=against),
            "nguoi": whole(counts.period_people),
            "luot": whole(counts.period_turns),
        }
        for number, (name, counts) in enumerate(lines, start=1)
    ]


def _note(figures: ReportFigures) -> str:
    head = figures.head
    waiting = f", còn {whole(head.waiting)} bản ghi chưa tổng hợp" if head.waiting else ""
    return (
        f"Số liệu tính đến hết ngày {day(head.on)}, lập lúc {instant(head.made_at)}{waiting}. Đối tượng tính "
        f"mục tiêu: {head.population_title} (quy tắc {head.population_code}, bản {head.population_version})."
    )
