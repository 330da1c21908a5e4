"""A history that goes through everything that counts can go wrong on, small enough for every test."""

import random
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from sqlalchemy.orm import Session

from sync.followers import follow_once
from sync.organization.closure import rebuild_closure
from sync.organization.models import OPEN_END
from sync.rollups.follower import rollups_follower
from tests.factories.learning import (
    IRI_BASE,
    NOON,
    create_appointment,
    create_identity,
    create_person,
    make_completed,
    make_opened,
    make_result,
    make_voiding,
    record,
)
from tests.factories.organization import REORGANISATION, create_unit

MODULES = tuple(f"m{number}" for number in range(1, 7))
_FIRST = date(2024, 1, 1)


def create_history(session: Session, *, people: int = 40, statements: int = 400, seed: int = 905) -> None:
    """People who learned and moved across the reorganisation; voids, repeats, late arrivals; all counted."""
    draw = random.Random(seed)
    leaves_before, leaves_after = _create_units(session)
    for number in range(people):
        person_id = create_person(session, f"p{number}")
        old, new = draw.choice(leaves_before), draw.choice(leaves_after)
        moved = REORGANISATION + timedelta(days=draw.choice([0, 0, 0, 90]))
        create_appointment(session, person_id, old, valid_from=date(2022, 1, 1), valid_to=REORGANISATION)
        if draw.random() < 0.9:
            create_appointment(
                session, person_id, new, valid_from=moved, valid_to=draw.choice([OPEN_END, date(2026, 9, 1)])
            )
        create_identity(session, f"tk-{number}", person_id=person_id)
    told = []
    for number in range(statements):
        name, module = f"tk-{draw.randrange(people + 3)}", draw.choice(MODULES)
        day = _FIRST + timedelta(days=draw.randrange(1_040))
        at = datetime(day.year, day.month, day.day, draw.randrange(24), tzinfo=UTC)
        make = draw.choice([make_opened, make_completed, make_completed])
        told.append(make_result(draw.randrange(11) / 10, name, module, at=at) if number % 5 == 0 else
                    make(name, module, at=at))  # fmt: skip
    voids = [make_voiding(one.id) for one in draw.sample(told, statements // 10)]
    sent = [*told, *voids]
    draw.shuffle(sent)
    for start in range(0, len(sent), 100):
        record(session, *sent[start : start + 100], now=NOON + timedelta(seconds=start))
    follow_to_the_end(session)


def follow_to_the_end(session: Session) -> None:
    follower = rollups_follower(iri_base=IRI_BASE)
    while follow_once(session, follower, limit=100, now=NOON):
        pass


def _create_units(session: Session) -> tuple[list[int], list[int]]:
    nation = create_unit(session, code="VN", scheme="TW", level="national", kind="quoc-gia", name="Cả nước",
                         valid_from=date(2020, 1, 1))  # fmt: skip
    ministry = create_unit(session, code="bnv", scheme="TW", level="central", kind="bo", name="Bộ Nội vụ",
                           parent=nation, valid_from=date(2020, 1, 1))  # fmt: skip
    past = {"scheme": "QD124/2004", "valid_from": date(2020, 1, 1), "valid_to": REORGANISATION}
    before, after = [ministry.unit_id], [ministry.unit_id]
    for number in range(3):
        old = create_unit(session, code=f"0{number}", level="province", kind="tinh", name=f"Cũ {number}",
                          parent=nation, **past)  # fmt: skip
        for place in range(2):
            district = create_unit(session, code=f"1{number}{place}", level="district", kind="huyen",
                                   name=f"Huyện {number}{place}", parent=old, **past)  # fmt: skip
            before.append(district.unit_id)
    for number in range(2):
        new = create_unit(session, code=f"0{number}", level="province", kind="tinh", name=f"Mới {number}",
                          parent=nation)  # fmt: skip
        for place in range(3):
            commune = create_unit(session, code=f"2{number}{place}", name=f"Xã {number}{place}", parent=new)
            after.append(commune.unit_id)
    rebuild_closure(session)
    return before, after


def files_of(folder: Path) -> dict[str, int]:
    """Every file of an export and when it was put in its place."""
    return {str(one.relative_to(folder)): one.stat().st_ino for one in folder.rglob("*") if one.is_file()}
