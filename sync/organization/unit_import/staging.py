"""An official list before it is applied: kept beside the units, compared with them as often as asked."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import Select, and_, select
from sqlalchemy.orm import Session, aliased

from sync.organization.models import COMMAND, OPEN_END, Appointment, Unit, UnitClosure, UnitLabel
from sync.organization.unit_import.difference import KnownUnit, UnitDifference, compare_lists
from sync.organization.unit_import.lists import (
    CONVERSION_COLUMNS,
    LIST_COLUMNS,
    Conversion,
    ListedUnit,
    ListProblem,
    OfficialList,
    official_list,
)
from sync.organization.unit_import.models import UnitImport
from sync.organization.unit_import.slices import in_slices
from sync.organization_errors import UnitImportNotReady, UnitImportUnknown
from sync.sheets import read_sheet

MOST_ROWS: Final = 50_000


@dataclass(frozen=True)
class ListTerms:
    """What is said about a list beside its rows; see the columns of `UnitImport`."""

    scheme: str
    replaces: str
    on_date: date
    legal_basis: str
    within_code: str = ""


@dataclass(frozen=True)
class Outlook:
    """What a list would do, and to whom.

    Attributes:
        departments: local units below closed ones, which close with them.
        people: whose posts go to successors.
        stranded: people in closed units that have no successor; their posts end.
    """

    difference: UnitDifference
    departments: int
    people: int
    stranded: int


def stage_unit_list(
    session: Session,
    content: bytes,
    conversion: bytes | None,
    *,
    terms: ListTerms,
    file_name: str,
    by: str,
    now: datetime,
) -> UnitImport:
    """Keeps a list and its conversion table; no unit is touched.

    Raises:
        SheetUnreadable, SheetColumnsMissing, SheetTooLarge.
    """
    rows = read_sheet(content, LIST_COLUMNS, most_rows=MOST_ROWS)
    steps = read_sheet(conversion, CONVERSION_COLUMNS, most_rows=MOST_ROWS) if conversion else []
    listed = official_list(rows, steps, legal_basis=terms.legal_basis)
    staged = UnitImport(
        state="staged",
        scheme=terms.scheme,
        replaces=terms.replaces,
        on_date=terms.on_date,
        within_code=terms.within_code,
        legal_basis=terms.legal_basis,
        file_name=file_name[-200:],
        content=json.dumps(asdict(listed), ensure_ascii=False),
        made_by=by,
        made_at=now,
    )
    session.add(staged)
    session.flush()
    return staged


def get_unit_import(session: Session, import_id: int) -> UnitImport:
    """The list.

    Raises:
        UnitImportUnknown.
    """
    found = session.get(UnitImport, import_id, populate_existing=True)
    if found is None:
        raise UnitImportUnknown(f"There is no list of units {import_id}.")
    return found


def list_unit_imports(session: Session, *, limit: int = 50) -> Sequence[UnitImport]:
    """Lists that were handed in, the newest first."""
    return session.scalars(select(UnitImport).order_by(UnitImport.import_id.desc()).limit(limit)).all()


def discard_unit_import(session: Session, staged: UnitImport) -> None:
    """Throws a list away that was not applied.

    Raises:
        UnitImportNotReady.
    """
    if staged.state != "staged":
        raise UnitImportNotReady(f"List {staged.import_id} is {staged.state} and cannot be thrown away.")
    staged.state = "discarded"
    session.flush()


def look_ahead(session: Session, staged: UnitImport) -> Outlook:
    """What the list would do to the units of today."""
    difference = compare_with_units(session, staged)
    followed = {step.from_code for step in difference.steps}
    closed = [one.unit_id for one in difference.closed]
    stranded = [one.unit_id for one in difference.closed if one.code not in followed]
    departments = departments_below(session, staged, closed)
    return Outlook(
        difference,
        departments=len(departments),
        people=_count_people(session, [*closed, *departments], on=staged.on_date),
        stranded=_count_people(session, stranded, on=staged.on_date),
    )


def compare_with_units(session: Session, staged: UnitImport) -> UnitDifference:
    """The difference, with what the dates of the known units forbid."""
    known, problems = _known_units(session, staged)
    listed = _listed(staged.content)
    listed = OfficialList(listed.units, listed.conversions, (*listed.problems, *problems))
    return compare_lists(known, listed, same_scheme=staged.scheme == staged.replaces)


def _known_units(session: Session, staged: UnitImport) -> tuple[list[KnownUnit], list[ListProblem]]:
    day = staged.on_date - timedelta(days=1)
    parent = aliased(Unit)
    asked = (
        select(Unit, UnitLabel, parent.code, parent.level)
        .join(UnitLabel, UnitLabel.unit_id == Unit.unit_id)
        .outerjoin(parent, parent.unit_id == Unit.parent_id)
        .where(
            Unit.scheme == staged.replaces,
            Unit.level.in_(("province", "district", "commune")),
            and_(Unit.valid_from <= day, day < Unit.valid_to),
            and_(UnitLabel.valid_from <= day, day < UnitLabel.valid_to),
        )
        .order_by(Unit.unit_id)
    )
    if staged.within_code:
        asked = asked.where(Unit.unit_id.in_(_below(staged)))
    known, problems = [], []
    for unit, label, parent_code, parent_level in session.execute(asked):
        above = "" if parent_level == "national" else parent_code
        known.append(KnownUnit(unit.unit_id, unit.code, unit.level, label.kind, _bare(label), above))
        if unit.valid_to != OPEN_END or label.valid_to != unit.valid_to:
            problems.append(ListProblem("later_change_known", unit.code))
    return known, problems


def _bare(label: UnitLabel) -> str:
    """The name without the word of its kind; `Phường 4` keeps its word as a short name, and loses it here."""
    word, _, rest = label.short_name.rpartition(" ")
    return rest if word and rest.isdigit() and label.kind in {"phuong", "quan", "xa"} else label.short_name


def _below(staged: UnitImport) -> Select[*tuple[int]]:
    root = aliased(Unit)
    return (
        select(UnitClosure.descendant_id)
        .join(root, root.unit_id == UnitClosure.ancestor_id)
        .where(
            UnitClosure.hierarchy == COMMAND,
            root.scheme == staged.replaces,
            root.code == staged.within_code,
            root.valid_to == OPEN_END,
        )
    )


def departments_below(session: Session, staged: UnitImport, closed: Sequence[int]) -> dict[int, int]:
    """Local units that live on the day below closed ones -> the nearest closed unit above them."""
    found: dict[int, tuple[int, int]] = {}
    for chunk in in_slices(closed):
        rows = session.execute(
            select(Unit.unit_id, UnitClosure.depth, UnitClosure.ancestor_id)
            .join(UnitClosure, UnitClosure.descendant_id == Unit.unit_id)
            .where(
                UnitClosure.hierarchy == COMMAND,
                UnitClosure.ancestor_id.in_(chunk),
                Unit.scheme != staged.replaces,
                Unit.valid_to > staged.on_date,
            )
        )
        for unit_id, depth, ancestor_id in rows:
            found[unit_id] = min(found.get(unit_id, (depth, ancestor_id)), (depth, ancestor_id))
    return {unit_id: ancestor_id for unit_id, (_, ancestor_id) in found.items()}


def _count_people(session: Session, unit_ids: Sequence[int], *, on: date) -> int:
    people: set[int] = set()
    for chunk in in_slices(unit_ids):
        people |= set(
            session.scalars(
                select(Appointment.person_id).where(Appointment.unit_id.in_(chunk), Appointment.valid_to > on)
            )
        )
    return len(people)


def _listed(content: str) -> OfficialList:
    kept = json.loads(content)
    return OfficialList(
        tuple(ListedUnit(**one) for one in kept["units"]),
        tuple(Conversion(**one) for one in kept["conversions"]),
        tuple(ListProblem(**one) for one in kept["problems"]),
    )
