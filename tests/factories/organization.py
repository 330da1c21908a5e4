"""Small organisations and people for tests; valid by default, so that a test shows only what matters."""

from datetime import UTC, date, datetime

from sqlalchemy.orm import Session

from sync.organization.closure import rebuild_closure
from sync.organization.folding import fold_name
from sync.organization.kinds import full_name, short_name
from sync.organization.models import OPEN_END, Appointment, Person, Unit, UnitLabel
from sync.organization.staff import appoint, register_person

#: Tuesday 24 November 2026, 09:00 in Ha Noi.
NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
REORGANISATION = date(2025, 7, 1)


def create_unit(
    session: Session,
    *,
    code: str,
    level: str = "commune",
    kind: str = "xa",
    name: str = "Tân Trào",
    parent: Unit | None = None,
    scheme: str = "QD19/2025",
    valid_from: date = REORGANISATION,
    valid_to: date = OPEN_END,
) -> Unit:
    """One unit with one name. The closure is not touched: `rebuild_closure` after the last one."""
    unit = Unit(
        scheme=scheme,
        code=code,
        level=level,
        parent_id=parent.unit_id if parent else None,
        valid_from=valid_from,
        valid_to=valid_to,
        legal_basis="QĐ 19/2025/QĐ-TTg",
    )
    session.add(unit)
    session.flush()
    complete = full_name(kind, name)
    session.add(
        UnitLabel(
            unit_id=unit.unit_id,
            valid_from=valid_from,
            valid_to=valid_to,
            name=complete,
            short_name=short_name(kind, name),
            folded_name=fold_name(complete),
            kind=kind,
            legal_basis="QĐ 19/2025/QĐ-TTg",
        )
    )
    session.flush()
    return unit


def create_small_tree(session: Session) -> tuple[Unit, Unit, Unit]:
    """Nation → Tuyên Quang → Tân Trào, since the reorganisation, with the closure."""
    nation = create_unit(
        session, code="VN", scheme="TW", level="national", kind="quoc-gia", name="Cả nước",
        valid_from=date(2022, 11, 17),
    )  # fmt: skip
    province = create_unit(
        session, code="08", level="province", kind="tinh", name="Tuyên Quang", parent=nation
    )
    commune = create_unit(session, code="02545", parent=province)
    rebuild_closure(session)
    return nation, province, commune


def create_person(session: Session, *, staff_code: str = "CB001", full_name: str = "Trần Thị Mẫu") -> Person:
    """A person without a post."""
    return register_person(session, staff_code=staff_code, full_name=full_name, now=NOW)


def create_post(
    session: Session,
    person: Person,
    unit: Unit,
    *,
    valid_from: date = REORGANISATION,
    valid_to: date = OPEN_END,
    is_primary: bool = True,
) -> Appointment:
    """A post of a civil servant who works on administrative reform."""
    return appoint(
        session,
        person.person_id,
        unit_id=unit.unit_id,
        valid_from=valid_from,
        valid_to=valid_to,
        staff_category="cong_chuc",
        is_cchc=True,
        is_primary=is_primary,
        now=NOW,
    )
