"""Annexes 6, 7 and 9 with names, made when somebody who may see them asks; never kept (decision 0058)."""

from collections.abc import Iterable
from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from sync.official_reports.annex_tables import Annex, Column, Kind
from sync.official_reports.annexes import annexes_of
from sync.official_reports.document import Seal
from sync.official_reports.figures import ReportFigures
from sync.official_reports.people import slices
from sync.official_reports.xlsx_file import write_workbook
from sync.organization.models import Person, PersonDetail
from sync.reports.people import PersonName

_LISTS = frozenset({6, 7, 9})
_PSEUDONYM = "Mã ẩn danh"


def write_named_lists(session: Session, figures: ReportFigures, *, seal: Seal) -> tuple[bytes, int]:
    """The workbook, and how many people it names; who was erased since stays a pseudonym."""
    wanted = {
        *(one.pseudonym for one in (*figures.commended, *figures.recommended)),
        *(one.pseudonym for one in figures.moved_people),
    }
    names = find_names_of(session, wanted)
    annexes = tuple(_with_names(one, names) for one in annexes_of(figures) if one.number in _LISTS)
    return write_workbook(annexes, figures, seal=seal), len(names)


def find_names_of(session: Session, pseudonyms: Iterable[str]) -> dict[str, PersonName]:
    """Pseudonym → name and staff code."""
    found: dict[str, PersonName] = {}
    for piece in slices(sorted(pseudonyms)):
        rows = session.execute(
            select(Person.pseudonym, PersonDetail.staff_code, PersonDetail.full_name)
            .join(PersonDetail, PersonDetail.person_id == Person.person_id)
            .where(Person.pseudonym.in_(piece))
        )
        found |= {pseudonym: PersonName(staff_code=code, full_name=name) for pseudonym, code, name in rows}
    return found


def _with_names(annex: Annex, names: dict[str, PersonName]) -> Annex:
    place = [column.title for column in annex.columns].index(_PSEUDONYM)
    columns = [
        *annex.columns[: place + 1],
        Column("Mã cán bộ", Kind.TEXT, 14),
        Column("Họ và tên", Kind.TEXT, 28),
    ]
    rows = []
    for row in annex.rows:
        name = names.get(str(row[place]))
        added = (name.staff_code, name.full_name) if name else ("", "")
        rows.append((*row[: place + 1], *added, *row[place + 1 :]))
    return replace(annex, columns=(*columns, *annex.columns[place + 1 :]), rows=tuple(rows))
