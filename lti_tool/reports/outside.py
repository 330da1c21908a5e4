"""What a reader may see of units outside the own subtree: protected figures, on closing days only."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.admin.sign_in import SignedIn
from lti_tool.reports.access import may_see_unit
from lti_tool.reports.asked import Asked
from lti_tool.reports.stock_asked import units_of_level
from sync.organization.models import COMMAND, UnitClosure
from sync.organization.units import UnitOnDay, breadcrumb, find_nation
from sync.reports.disclosure import Cell, Shown, ShownTable, closing_days, protect_table
from sync.reports.leaves import StockQuestion
from sync.reports.programme import Programme
from sync.reports.targets import FIRST_DAY
from sync.rollups.definitions import PROVIDED_WITH_KNOWLEDGE


@dataclass(frozen=True)
class OutsideView:
    """Units of one kind as the reader may see them.

    Attributes:
        days: the days that the reader may choose, the newest first.
        own_id: the one of them that holds the reader's own unit; `None`: none, or the reader sees all.
        is_protected: whether anything may be hidden.
    """

    on: date
    days: tuple[date, ...]
    rows: tuple[tuple[UnitOnDay, Shown], ...]
    total: Shown
    own_id: int | None
    is_protected: bool


def view_provinces(session: Session, operator: SignedIn, asked: Asked, programme: Programme) -> OutsideView:
    """The provinces of today's tree."""
    return _view(session, operator, asked, programme, level="province")


def view_peers(session: Session, operator: SignedIn, asked: Asked, programme: Programme) -> OutsideView:
    """The provinces, or the ministries and agencies of the centre, whichever the reader's unit is under."""
    level = _level_of_own(session, operator, asked) or "province"
    return _view(session, operator, asked, programme, level=level)


def _view(
    session: Session, operator: SignedIn, asked: Asked, programme: Programme, *, level: str
) -> OutsideView:
    nation = find_nation(session)
    is_protected = operator.unit_id is not None
    days = tuple(closing_days(asked.today, since=FIRST_DAY)) if is_protected else ()
    on = next((day for day in days if day <= asked.on), days[-1]) if days else asked.on
    to = asked.today if on < asked.today else None
    question = StockQuestion(nation.unit_id, on, PROVIDED_WITH_KNOWLEDGE.population, programme, None, to)
    parts = [part for part in units_of_level(session, question, level) if part.stock.people]
    own_id = _own_part(session, operator, {part.unit.unit_id for part in parts})
    cells = [
        Cell(part.unit.unit_id, part.stock.people, part.stock.accessed, part.stock.completed)
        for part in parts
    ]
    # What the reader may see anyway hides nothing from the reader.
    known = {part.unit.unit_id for part in parts if may_see_unit(session, operator, part.unit.unit_id)}
    shown = protect_table(cells, known=known) if is_protected else _open(cells)
    rows = tuple((part.unit, row) for part, row in zip(parts, shown.rows, strict=True))
    return OutsideView(on, days, rows, shown.total, own_id, is_protected)


def _open(cells: list[Cell]) -> ShownTable:
    rows = tuple(Shown(cell.key, cell.people, cell.accessed, cell.completed) for cell in cells)
    sums = [
        sum(figures) for figures in zip(*((c.people, c.accessed, c.completed) for c in cells), strict=True)
    ]
    people, accessed, completed = sums or (0, 0, 0)
    return ShownTable(rows, Shown(None, people, accessed, completed))


def _own_part(session: Session, operator: SignedIn, unit_ids: set[int]) -> int | None:
    if operator.unit_id is None:
        return None
    above = select(UnitClosure.ancestor_id).where(
        UnitClosure.hierarchy == COMMAND, UnitClosure.descendant_id == operator.unit_id
    )
    return next((unit_id for unit_id in session.scalars(above) if unit_id in unit_ids), None)


def _level_of_own(session: Session, operator: SignedIn, asked: Asked) -> str | None:
    if operator.unit_id is None:
        return None
    way = breadcrumb(session, operator.unit_id, on_date=asked.today)
    return next((unit.level for unit in way if unit.level in {"central", "province"}), None)
