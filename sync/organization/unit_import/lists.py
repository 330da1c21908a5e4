"""The official list and its conversion table, read from the form in which they are published (pure).

List: code, name, kind, code of the unit above (empty: the country), act. Conversion table (bảng chuyển đổi):
old code, new code, whole or part, default successor, act.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from sync.organization.folding import fold_name
from sync.organization.kinds import KIND_WORDS
from sync.sheets import Column, SheetRow

LIST_COLUMNS: Final = (
    Column("code", "Mã", also=("Mã đơn vị", "Mã số"), hint="Giữ số 0 ở đầu."),
    Column(
        "name", "Tên", also=("Tên đơn vị", "Tên đơn vị hành chính"), hint="Có hoặc không có chữ Xã, Phường…"
    ),
    Column("kind", "Loại", is_required=False, also=("Cấp", "Loại đơn vị"), hint="Để trống nếu có trong tên."),
    Column("parent", "Mã cấp trên", also=("Mã tỉnh", "Mã TP", "parent"), hint="Để trống nếu là cấp tỉnh."),
    Column("legal_basis", "Văn bản", is_required=False, also=("legal_basis",), hint="Văn bản thành lập."),
)
CONVERSION_COLUMNS: Final = (
    Column("from_code", "Mã cũ", hint="Mã trong danh mục cũ."),
    Column("to_code", "Mã mới", hint="Mã trong danh mục mới."),
    Column("mode", "Phạm vi", is_required=False, also=("mode",), hint="Nhập toàn bộ hoặc Một phần."),
    Column(
        "is_default", "Kế thừa mặc định", is_required=False, also=("is_default",), hint="Có hoặc để trống."
    ),
    Column("legal_basis", "Văn bản", is_required=False, also=("legal_basis",), hint="Văn bản sắp xếp."),
)

_KINDS: Final = {fold_name(words): kind for kind, words in KIND_WORDS.items()} | {
    "thanh pho trung uong": "thanh-pho",
    "thanh pho truc thuoc trung uong": "thanh-pho",
    "thanh pho thuoc tinh": "thanh-pho",
}
_DISTRICT_KINDS: Final = frozenset({"quan", "huyen", "thi-xa", "thanh-pho"})


@dataclass(frozen=True)
class ListedUnit:
    """One unit of the new list.

    Attributes:
        name: without the word of its kind.
        parent: code of the unit above in the same list; empty: the country.
    """

    code: str
    name: str
    kind: str
    level: str
    parent: str
    legal_basis: str


@dataclass(frozen=True)
class Conversion:
    """The territory, or part of it, of an old unit went to a new one."""

    from_code: str
    to_code: str
    mode: str
    is_default: bool
    legal_basis: str


@dataclass(frozen=True)
class ListProblem:
    """What keeps a list from being applied, or should be looked at: a code and what it names."""

    code: str
    told: str
    is_error: bool = True


@dataclass(frozen=True)
class OfficialList:
    """A list in hand with what is wrong with it by itself."""

    units: tuple[ListedUnit, ...]
    conversions: tuple[Conversion, ...]
    problems: tuple[ListProblem, ...] = ()


def official_list(
    rows: Iterable[SheetRow], conversion_rows: Iterable[SheetRow], *, legal_basis: str
) -> OfficialList:
    """The list and the table in frozen rows.

    Args:
        legal_basis: act of every row that names none.
    """
    problems: list[ListProblem] = []
    units: dict[str, ListedUnit] = {}
    for row in rows:
        kind, name = _kind_and_name(row["kind"], row["name"])
        if not (row["code"] and name and kind):
            problems.append(ListProblem("unit_row_incomplete", str(row.number)))
        elif row["code"] in units:
            problems.append(ListProblem("unit_code_repeated", row["code"]))
        else:
            level = _level(kind, row["parent"])
            act = row["legal_basis"] or legal_basis
            units[row["code"]] = ListedUnit(row["code"], name, kind, level, row["parent"], act)
    orphans = [one.code for one in units.values() if one.parent and one.parent not in units]
    problems += [ListProblem("unit_parent_unknown", code) for code in orphans]
    conversions = tuple(_conversion(row, legal_basis=legal_basis) for row in conversion_rows)
    return OfficialList(tuple(units.values()), conversions, tuple(problems))


def _kind_and_name(kind: str, name: str) -> tuple[str, str]:
    """Kind and bare name; the kind may stand in its own column or before the name, or in both."""
    name = " ".join(name.split())
    found = _KINDS.get(fold_name(kind)) or (kind if kind in KIND_WORDS else "")
    for candidate, word in KIND_WORDS.items():
        if name.lower().startswith(f"{word.lower()} ") and found in {"", candidate}:
            return candidate, name[len(word) + 1 :]
    return found, name


def _level(kind: str, parent: str) -> str:
    if not parent:
        return "province"
    return "district" if kind in _DISTRICT_KINDS else "commune"


def _conversion(row: SheetRow, *, legal_basis: str) -> Conversion:
    is_part = fold_name(row["mode"]) in {"part", "mot phan", "nhap mot phan"}
    return Conversion(
        from_code=row["from_code"],
        to_code=row["to_code"],
        mode="part" if is_part else "whole",
        is_default=fold_name(row["is_default"]) in {"1", "co", "x", "yes"},
        legal_basis=row["legal_basis"] or legal_basis,
    )
