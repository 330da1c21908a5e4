"""Units old and new with their departments, and people with posts in them: seeded, loaded in bulk."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Final

import numpy as np
from numpy.random import Generator
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from sync.organization.closure import rebuild_closure
from sync.organization.folding import fold_name
from sync.organization.load import load_units
from sync.organization.models import (
    OPEN_END,
    ActorIdentity,
    Appointment,
    Person,
    Unit,
    UnitLabel,
    UnitSuccession,
)

HOME_PAGE: Final = "https://lms.example"
FIRST_DAY: Final = date(2022, 11, 17)
REORGANISATION: Final = date(2025, 7, 1)
_MADE: Final = datetime(2022, 11, 17, tzinfo=UTC)
_VU, _SO_OLD, _SO_NEW = 20, 19, 14
#: Shares of people: central departments, provincial ones, districts, communes.
_SHARES: Final = (0.2, 0.2, 0.15, 0.45)
_MOVERS: Final = 0.05
_SLICE: Final = 20_000


@dataclass(frozen=True)
class Country:
    """Attributes: account_ids[n] is the account of person_ids[n]."""

    units: int
    person_ids: Sequence[int]
    account_ids: Sequence[int]


def create_country(session: Session, *, people: int, draw: Generator) -> Country:
    """The shipped list of units, departments in central bodies and provinces, and people with two posts each.

    The second post follows the first across 1 July 2025 by the official conversion table; one in twenty
    people goes elsewhere.
    """
    load_units(session)
    _add_departments(session)
    rebuild_closure(session)
    before, after = _places(session)
    posts = _posts(session, people, before, after, draw)
    person_ids = _insert_people(session, people)
    account_ids = _insert_accounts(session, person_ids)
    _insert_posts(session, person_ids, posts)
    units = len(session.scalars(select(Unit.unit_id)).all())
    return Country(units, person_ids, account_ids)


def _add_departments(session: Session) -> None:
    parents = session.execute(
        select(Unit.unit_id, Unit.level, Unit.code, Unit.valid_from, Unit.valid_to).where(
            Unit.level.in_(["central", "province"])
        )
    ).all()
    rows: list[dict[str, Any]] = []
    for parent in parents:
        is_new = parent.valid_to == OPEN_END
        number = _VU if parent.level == "central" else _SO_NEW if is_new else _SO_OLD
        rows.extend(
            {
                "scheme": "LOCAL", "code": f"{parent.level[0]}{parent.unit_id}-{place:02}",
                "level": parent.level, "parent_id": parent.unit_id, "valid_from": parent.valid_from,
                "valid_to": parent.valid_to, "dating": "enacted", "legal_basis": "bench",
            }
            for place in range(number)
        )  # fmt: skip
    ids = session.scalars(insert(Unit).returning(Unit.unit_id, sort_by_parameter_order=True), rows).all()
    session.execute(
        insert(UnitLabel),
        [
            {
                "unit_id": unit_id, "valid_from": row["valid_from"], "valid_to": row["valid_to"],
                "name": f"Phòng {row['code']}", "short_name": row["code"],
                "folded_name": fold_name(f"Phòng {row['code']}"), "kind": "phong", "dating": "enacted",
                "legal_basis": "bench",
            }
            for unit_id, row in zip(ids, rows, strict=True)
        ],
    )  # fmt: skip


Places = dict[str, list[int]]


def _places(session: Session) -> tuple[Places, Places]:
    """Units where people work, by kind, before and after the reorganisation."""
    before: Places = {"vu": [], "so": [], "district": [], "commune": []}
    after: Places = {"vu": [], "so": [], "district": [], "commune": []}
    rows = session.execute(
        select(Unit.unit_id, Unit.level, Unit.scheme, Unit.valid_from, Unit.valid_to).order_by(Unit.unit_id)
    )
    for row in rows:
        kind = {"central": "vu", "province": "so"}.get(row.level, row.level)
        if kind not in before or (kind in {"vu", "so"}) != (row.scheme == "LOCAL"):
            continue
        if row.valid_from <= FIRST_DAY and row.valid_to >= REORGANISATION:
            before[kind].append(row.unit_id)
        if row.valid_from <= REORGANISATION < row.valid_to:
            after[kind].append(row.unit_id)
    after["district"] = after["commune"]
    return before, after


def _posts(
    session: Session, people: int, before: Places, after: Places, draw: Generator
) -> list[tuple[int, int, bool]]:
    """First unit, second unit, whether the person works on reform, of each person."""
    successor = dict(
        session.execute(
            select(UnitSuccession.from_unit_id, UnitSuccession.to_unit_id).where(UnitSuccession.is_default)
        ).all()
    )
    kinds = draw.choice(list(before), size=people, p=_SHARES)
    moves, reform = draw.random(people) < _MOVERS, draw.random(people) < 0.9
    found = []
    for kind, is_moving, is_reform in zip(kinds, moves, reform, strict=True):
        first = before[kind][draw.integers(len(before[kind]))]
        second = first if first in after_set(after, kind) else successor.get(first)
        if is_moving or second is None or second not in after_set(after, kind):
            second = after[kind][draw.integers(len(after[kind]))]
        found.append((first, second, bool(is_reform)))
    return found


_SETS: dict[tuple[int, str], set[int]] = {}


def after_set(after: Places, kind: str) -> set[int]:
    """The units of a kind as a set, made once."""
    key = (id(after), kind)
    if key not in _SETS:
        _SETS[key] = set(after[kind])
    return _SETS[key]


def _insert_people(session: Session, people: int) -> list[int]:
    rows = [
        {"person_id": number, "pseudonym": f"P{number:08}", "created_at": _MADE}
        for number in range(1, people + 1)
    ]
    _insert(session, Person, rows)
    return [row["person_id"] for row in rows]


def _insert_accounts(session: Session, person_ids: Sequence[int]) -> list[int]:
    rows = [
        {
            "identity_id": number, "home_page": HOME_PAGE, "account_name": account_name(number),
            "person_id": number, "first_seen_at": _MADE, "linked_at": _MADE,
        }
        for number in person_ids
    ]  # fmt: skip
    _insert(session, ActorIdentity, rows)
    return list(person_ids)


def account_name(number: int) -> str:
    """The opaque account name of person `number`."""
    return f"hv-{number:08x}"


def _insert_posts(
    session: Session, person_ids: Sequence[int], posts: Sequence[tuple[int, int, bool]]
) -> None:
    rows = []
    for person_id, (first, second, is_reform) in zip(person_ids, posts, strict=True):
        for unit_id, start, end in ((first, FIRST_DAY, REORGANISATION), (second, REORGANISATION, OPEN_END)):
            rows.append(
                {
                    "appointment_id": len(rows) + 1, "person_id": person_id, "unit_id": unit_id,
                    "position": "", "is_cchc": is_reform,
                    "staff_category": "cong_chuc" if person_id % 5 else "vien_chuc",
                    "cchc_role": "", "is_primary": True, "valid_from": start, "valid_to": end,
                    "recorded_at": _MADE,
                }
            )  # fmt: skip
    _insert(session, Appointment, rows)


def _insert(session: Session, table: Any, rows: list[dict[str, Any]]) -> None:
    for start in range(0, len(rows), _SLICE):
        session.execute(insert(table), rows[start : start + _SLICE])


def new_draw(seed: int) -> Generator:
    """The same draws for the same seed."""
    return np.random.default_rng(seed)
