"""A roll as XLSX or CSV: the list to tick, read back with what was found in each row."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from sync.organization.folding import fold_name
from sync.organization.models import PersonDetail
from sync.sheets import Column, read_sheet, write_template
from sync.training_classes.attendance import Caller, record_attendance
from sync.training_classes.classes import expect_people, list_sites
from sync.training_classes.models import ClassPerson, TrainingClass

COLUMNS: Final = (
    Column("staff_code", "Mã cán bộ", hint="Như trong danh bạ."),
    Column("full_name", "Họ và tên", is_required=False, hint="Chỉ để dễ đọc; hệ thống dùng mã."),
    Column("site", "Điểm cầu", is_required=False, hint="Để trống nếu lớp ở một nơi."),
    Column("present", "Có mặt", is_required=False, choices=("Có", "Không"), hint="Để trống là Có."),
)
_MOST_ROWS: Final = 5_000
_ABSENT: Final = frozenset({"khong", "vang", "no", "0"})
#: Codes of what is found; words in `lti_tool.training_classes.words`.
ROLL_FINDINGS: Final = frozenset(
    {"staff_code_unknown", "site_unknown", "row_repeated", "not_expected", "present_already"}
)


@dataclass(frozen=True)
class RollRow:
    """One row; `finding` is of `ROLL_FINDINGS` or empty, `is_entered`: it was entered as present."""

    number: int
    staff_code: str
    finding: str
    is_entered: bool


def write_roll(session: Session, row: TrainingClass) -> bytes:
    """The list of the class to tick: codes and names of who is expected, places as choices."""
    people = session.execute(
        select(PersonDetail.staff_code, PersonDetail.full_name)
        .join(ClassPerson, ClassPerson.person_id == PersonDetail.person_id)
        .where(ClassPerson.class_id == row.class_id)
        .order_by(PersonDetail.staff_code)
    )
    return write_template(
        COLUMNS, title="Điểm danh", examples=[(code, name, "", "") for code, name in people]
    )


def enter_roll(
    session: Session, row: TrainingClass, content: bytes, *, allowed: frozenset[int] | None, caller: Caller
) -> Sequence[RollRow]:
    """Enters everybody who is present; what cannot be entered is told row by row and the others go on.

    Args:
        allowed: people who may be entered besides those expected; `None`: everybody of the registry.

    Raises:
        SheetUnreadable, SheetColumnsMissing, SheetTooLarge.
    """
    rows = read_sheet(content, COLUMNS, most_rows=_MOST_ROWS)
    people = _people(session, [one["staff_code"] for one in rows])
    expected = set(session.scalars(select(ClassPerson.person_id).where(ClassPerson.class_id == row.class_id)))
    sites = {fold_name(site.name): site.site_id for site in list_sites(session, row.class_id)}
    told: list[RollRow] = []
    seen: set[str] = set()
    for one in rows:
        code = one["staff_code"]
        person_id = people.get(code)
        if person_id is not None and allowed is not None and person_id not in expected | allowed:
            person_id = None
        finding = _error(code, person_id, one["site"], sites, seen)
        seen.add(code)
        if finding or person_id is None or fold_name(one["present"]) in _ABSENT:
            told.append(RollRow(one.number, code, finding, is_entered=False))
            continue
        site_id = sites.get(fold_name(one["site"]))
        is_new = record_attendance(session, row, person_id, source="roll", caller=caller, site_id=site_id)
        note = "" if person_id in expected else "not_expected"
        told.append(RollRow(one.number, code, note if is_new else "present_already", is_entered=is_new))
        expect_people(session, row.class_id, [person_id])
    return told


def _error(code: str, person_id: int | None, site: str, sites: dict[str, int], seen: set[str]) -> str:
    if code in seen:
        return "row_repeated"
    if person_id is None:
        return "staff_code_unknown"
    return "site_unknown" if site and fold_name(site) not in sites else ""


def _people(session: Session, codes: Sequence[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for start in range(0, len(codes), 500):
        rows = session.execute(
            select(PersonDetail.staff_code, PersonDetail.person_id).where(
                PersonDetail.staff_code.in_(codes[start : start + 500])
            )
        )
        found |= {row.staff_code: row.person_id for row in rows}
    return found
