"""A row of a list of staff, read and checked by itself; nothing of the registry is known here (pure)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from sync.organization.cchc_roles import CCHC_ROLES, STAFF_CATEGORIES
from sync.organization.folding import fold_name
from sync.organization.staff_import.findings import RowFinding
from sync.sheets import Column, SheetRow, day_from_text

OPEN_END: Final = date(9999, 12, 31)
LONGEST_CODE: Final = 64
LONGEST_NAME: Final = 160

_YES_NO: Final = ("Có", "Không")
_ANSWERS: Final = frozenset({"", "co", "khong", "x", "yes", "no", "1", "0"})
_CATEGORIES: Final = {fold_name(words): key for key, words in STAFF_CATEGORIES.items()}
_ROLES: Final = {fold_name(words): key for key, words in CCHC_ROLES.items()}

COLUMNS: Final = (
    Column(
        "staff_code",
        "Mã cán bộ",
        also=("Mã CBCC", "Mã CBCCVC", "Số hiệu"),
        hint="Mã mà LMS gửi; mỗi người một mã, giữ nguyên suốt đời.",
    ),
    Column("full_name", "Họ và tên", also=("Họ tên",), hint="Họ, chữ đệm và tên."),
    Column(
        "unit_code",
        "Mã đơn vị",
        hint="Mã trong danh mục đơn vị, giữ số 0 ở đầu: 08, 02545, hoặc mã phòng ban đã thêm.",
    ),
    Column(
        "unit_scheme",
        "Bộ mã đơn vị",
        is_required=False,
        hint="QD19/2025, QD124/2004 (đến 30/6/2025), TW, LOCAL. Để trống nếu mã chỉ có một nghĩa.",
    ),
    Column(
        "position",
        "Chức vụ, vị trí việc làm",
        is_required=False,
        also=("Chức vụ",),
        hint="Ví dụ: Chuyên viên, Phó Trưởng phòng.",
    ),
    Column(
        "staff_category",
        "Loại",
        choices=tuple(STAFF_CATEGORIES.values()),
        hint="Cán bộ, Công chức hoặc Viên chức.",
    ),
    Column("is_cchc", "Làm công tác CCHC", is_required=False, choices=_YES_NO, hint="Để trống là Có."),
    Column(
        "cchc_role",
        "Vai trò CCHC",
        is_required=False,
        choices=tuple(CCHC_ROLES.values()),
        hint="Để trống nếu chưa xác định.",
    ),
    Column(
        "is_primary",
        "Vị trí chính",
        is_required=False,
        choices=_YES_NO,
        hint="Để trống là Có. Kiêm nhiệm ghi Không: mỗi ngày một người có một vị trí chính.",
    ),
    Column(
        "valid_from",
        "Từ ngày",
        hint="Ngày đầu tiên, dạng 01/07/2025; ngày trong tương lai là điều động dự kiến.",
    ),
    Column(
        "valid_to",
        "Đến hết ngày",
        is_required=False,
        also=("Đến ngày",),
        hint="Ngày cuối cùng, dạng 30/06/2026; để trống nếu chưa biết.",
    ),
)
EXAMPLES: Final = (
    (
        "CB0001",
        "Nguyễn Thị Ví Dụ",
        "08",
        "QD19/2025",
        "Chuyên viên",
        "Công chức",
        "Có",
        "Tham mưu",
        "Có",
        "01/07/2025",
        "",
    ),
    (
        "CB0002",
        "Trần Văn Thí Dụ",
        "02545",
        "QD19/2025",
        "Công chức Văn phòng",
        "Công chức",
        "Có",
        "Một cửa",
        "Có",
        "01/07/2025",
        "",
    ),
)


@dataclass(frozen=True)
class StaffEntry:
    """One post of one person, as a list says it.

    Attributes:
        unit_scheme: empty when the list names none.
        cchc_role: one of `CCHC_ROLES`, or empty.
        valid_to: first day no more.
    """

    staff_code: str
    full_name: str
    unit_scheme: str
    unit_code: str
    position: str
    staff_category: str
    is_cchc: bool
    cchc_role: str
    is_primary: bool
    valid_from: date
    valid_to: date


def entry_from_row(row: SheetRow) -> tuple[StaffEntry | None, tuple[RowFinding, ...]]:
    """The entry, or `None` with the errors that the row has by itself."""
    findings = [*_text_errors(row), *_word_errors(row), *_day_errors(row)]
    if any(one.is_error for one in findings):
        return None, tuple(findings)
    first = _day(row["valid_from"])
    last = _day(row["valid_to"])
    is_cchc = _yes(row["is_cchc"])
    entry = StaffEntry(
        staff_code=row["staff_code"],
        full_name=" ".join(row["full_name"].split()),
        unit_scheme=row["unit_scheme"],
        unit_code=row["unit_code"],
        position=row["position"],
        staff_category=_word(row["staff_category"], _CATEGORIES) or "",
        is_cchc=is_cchc,
        cchc_role=_word(row["cchc_role"], _ROLES) or "",
        is_primary=_yes(row["is_primary"]),
        valid_from=first or OPEN_END,
        valid_to=last + timedelta(days=1) if last else OPEN_END,
    )
    if entry.cchc_role and not is_cchc:
        findings.append(RowFinding("role_without_cchc"))
    return entry, tuple(findings)


def repeated_rows(rows: Sequence[tuple[int, StaffEntry]]) -> dict[int, tuple[RowFinding, ...]]:
    """Rows that say a post a second time, or give one code a second name; the first row of each stands."""
    seen: dict[tuple[str, str, str, date], int] = {}
    names: dict[str, tuple[int, str]] = {}
    found: dict[int, tuple[RowFinding, ...]] = {}
    for number, entry in rows:
        key = (entry.staff_code, entry.unit_scheme, entry.unit_code, entry.valid_from)
        first_row, first_name = names.setdefault(entry.staff_code, (number, fold_name(entry.full_name)))
        if key in seen:
            found[number] = (RowFinding("row_repeated", str(seen[key])),)
        elif first_name != fold_name(entry.full_name):
            found[number] = (RowFinding("name_conflict", str(first_row)),)
        seen.setdefault(key, number)
    return found


def _text_errors(row: SheetRow) -> list[RowFinding]:
    code, name = row["staff_code"], row["full_name"]
    wrong = {
        "staff_code_missing": not code,
        "staff_code_malformed": len(code) > LONGEST_CODE or not code.isprintable(),
        "name_missing": not name,
        "name_too_long": len(name) > LONGEST_NAME,
        "position_too_long": len(row["position"]) > LONGEST_NAME,
        "unit_missing": not row["unit_code"],
    }
    return [RowFinding(code) for code, is_wrong in wrong.items() if is_wrong]


def _word_errors(row: SheetRow) -> list[RowFinding]:
    findings = []
    if _word(row["staff_category"], _CATEGORIES) is None:
        findings.append(RowFinding("category_unknown", row["staff_category"]))
    if row["cchc_role"] and _word(row["cchc_role"], _ROLES) is None:
        findings.append(RowFinding("role_unknown", row["cchc_role"]))
    answers = [row[key] for key in ("is_cchc", "is_primary")]
    findings += [RowFinding("yes_no_unknown", text) for text in answers if fold_name(text) not in _ANSWERS]
    return findings


def _day_errors(row: SheetRow) -> list[RowFinding]:
    if not row["valid_from"]:
        return [RowFinding("day_missing")]
    malformed = [row[key] for key in ("valid_from", "valid_to") if row[key] and _day(row[key]) is None]
    if malformed:
        return [RowFinding("day_malformed", text) for text in malformed]
    first, last = _day(row["valid_from"]), _day(row["valid_to"])
    return [RowFinding("days_reversed")] if first and last and last < first else []


def _day(text: str) -> date | None:
    day = day_from_text(text)
    return day if day and date(1950, 1, 1) <= day < date(2100, 1, 1) else None


def _word(text: str, known: dict[str, str]) -> str | None:
    folded = fold_name(text)
    return known.get(folded) or (
        folded.replace(" ", "_") if folded.replace(" ", "_") in known.values() else None
    )


def _yes(text: str) -> bool:
    return fold_name(text) in {"", "co", "x", "yes", "1"}
