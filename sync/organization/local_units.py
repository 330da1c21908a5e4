"""Departments (sở, phòng, vụ, cục): units that no official list names and the organisation adds itself."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from sync.errors import UnitCodeTaken, UnitNotInForce, UnitUnknown
from sync.organization.closure import extend_closure
from sync.organization.folding import fold_name
from sync.organization.kinds import full_name, short_name
from sync.organization.models import OPEN_END, Unit, UnitLabel

LOCAL = "LOCAL"


def add_local_unit(
    session: Session,
    parent_id: int,
    *,
    code: str,
    name: str,
    kind: str,
    valid_from: date,
    valid_to: date = OPEN_END,
    level: str | None = None,
    legal_basis: str = "",
) -> Unit:
    """Adds a department below a unit, in scheme `LOCAL`, with its name and its ancestors.

    Args:
        parent_id: the unit that commands it.
        code: the organisation's own code, unique within `LOCAL` on each day.
        name: full name with its kind: `Sở Nội vụ tỉnh Tuyên Quang`.
        kind: so, phong, vu, cuc …
        valid_to: first day no more; an open end stops with the parent.
        level: the parent's level, unless given.
        legal_basis: the decision that set it up, where known.

    Raises:
        UnitUnknown: there is no such parent.
        UnitNotInForce: the parent does not exist on all those days.
        UnitCodeTaken: another department has the code on one of those days.
    """
    parent = session.get(Unit, parent_id)
    if parent is None:
        raise UnitUnknown(f"There is no unit {parent_id} to add a department to.")
    end = parent.valid_to if valid_to == OPEN_END else valid_to
    if not parent.valid_from <= valid_from < end <= parent.valid_to:
        raise UnitNotInForce(
            f"Unit {parent.code} exists from {parent.valid_from} until before {parent.valid_to}; "
            f"a department from {valid_from} until before {end} does not fit into that."
        )
    _require_free_code(session, code, valid_from, end)
    unit = Unit(
        scheme=LOCAL,
        code=code,
        level=level or parent.level,
        parent_id=parent_id,
        valid_from=valid_from,
        valid_to=end,
        legal_basis=legal_basis,
    )
    session.add(unit)
    session.flush()
    complete = full_name(kind, name)
    session.add(
        UnitLabel(
            unit_id=unit.unit_id,
            valid_from=valid_from,
            valid_to=end,
            name=complete,
            short_name=short_name(kind, name),
            folded_name=fold_name(complete),
            kind=kind,
            legal_basis=legal_basis,
        )
    )
    session.flush()
    extend_closure(session, unit)
    return unit


def _require_free_code(session: Session, code: str, start: date, end: date) -> None:
    other = session.scalar(
        select(Unit.valid_from).where(
            Unit.scheme == LOCAL, Unit.code == code, Unit.valid_from < end, start < Unit.valid_to
        )
    )
    if other is not None:
        raise UnitCodeTaken(f"Code {code!r} belongs to a department since {other}. Choose another code.")
