"""A small country that went through the reorganisation, officials who learned, operators who look on."""

import functools
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime

from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from lti_tool.admin.models import Operator
from lti_tool.admin.operators import OperatorAccount, Role, create_operator, find_operator_row
from lti_tool.admin.passwords import hash_password
from lti_tool.admin.sign_in import SignedIn, open_operator_session
from sync.followers import follow_once
from sync.organization.closure import rebuild_closure
from sync.organization.models import OPEN_END, ActorIdentity, Unit
from sync.organization.staff import appoint, register_person
from sync.rollups.follower import rollups_follower
from tests.factories.learning import (
    HOME_PAGE,
    IRI_BASE,
    NOON,
    make_completed,
    make_opened,
    make_result,
    record,
)
from tests.factories.lti import create_package
from tests.factories.organization import NOW, REORGANISATION, create_unit
from xapi_bridge.running_app import now, transaction

PASSWORD = "mat-khau-rat-dai"
FIRST_DAY = date(2022, 11, 17)
LAST_OF_DISTRICTS = date(2025, 6, 30)
TODAY = date(2026, 11, 24)


@dataclass(frozen=True)
class Country:
    """Units by number, people by pseudonym."""

    nation: int
    ministry: int
    old_province: int
    old_district: int
    province: int
    commune_dan_chu: int
    commune_dong_van: int
    pseudonyms: dict[str, str]


def create_country(session: Session) -> Country:
    """Bộ Nội vụ; Hà Giang → district Đồng Văn until 30 June 2025; since then Tuyên Quang → two communes.

    an: Bộ Nội vụ, completed both modules on 10 November 2026. binh: Bộ Nội vụ, has done nothing.
    chi: Đồng Văn, completed m1 on 1 May 2024, since the reorganisation in the commune Đồng Văn.
    dung: Đồng Văn, has done nothing, since the reorganisation in Dân Chủ.
    em: Tuyên Quang itself, opened m1. An account that belongs to nobody completed m1.
    """
    create_package(session, now=NOW, package_id="cchc", modules=("m1", "m2"))
    nation, ministry, old_province, old_district, province, dan_chu, dong_van = _create_units(session)
    people = {
        "an": [(ministry, FIRST_DAY, OPEN_END)],
        "binh": [(ministry, FIRST_DAY, OPEN_END)],
        "chi": [(old_district, FIRST_DAY, REORGANISATION), (dong_van, REORGANISATION, OPEN_END)],
        "dung": [(old_district, FIRST_DAY, REORGANISATION), (dan_chu, REORGANISATION, OPEN_END)],
        "em": [(province, REORGANISATION, OPEN_END)],
    }
    pseudonyms = {name: create_posted_person(session, name, posts) for name, posts in people.items()}
    in_2024 = datetime(2024, 5, 1, 3, 0, tzinfo=UTC)
    record(
        session,
        make_opened("an", "m1", at=NOON),
        make_result(0.9, "an", "m1", at=NOON),
        make_completed("an", "m1", at=NOON),
        make_completed("an", "m2", at=NOON),
        make_completed("chi", "m1", at=in_2024),
        make_opened("em", "m1", at=NOON),
        make_completed("khong-ai", "m1", at=NOON),
    )
    follow(session)
    return Country(
        *(unit.unit_id for unit in (nation, ministry, old_province, old_district, province)),
        commune_dan_chu=dan_chu.unit_id,
        commune_dong_van=dong_van.unit_id,
        pseudonyms=pseudonyms,
    )


def follow(session: Session) -> None:
    """Takes everything that was recorded into the statistics."""
    follower = rollups_follower(iri_base=IRI_BASE)
    while follow_once(session, follower, limit=500, now=NOW):
        pass


def create_posted_person(session: Session, name: str, posts: list[tuple[Unit, date, date]]) -> str:
    """A person with primary posts and an account of the same name; returns the pseudonym."""
    person = register_person(session, staff_code=f"CB-{name}", full_name=f"Họ Tên {name}", now=NOW)
    for unit, valid_from, valid_to in posts:
        appoint(
            session,
            person.person_id,
            unit_id=unit.unit_id,
            valid_from=valid_from,
            valid_to=valid_to,
            staff_category="cong_chuc",
            is_cchc=True,
            now=NOW,
        )
    session.add(
        ActorIdentity(
            home_page=HOME_PAGE,
            account_name=name,
            person_id=person.person_id,
            first_seen_at=NOW,
            linked_at=NOW,
        )
    )
    session.flush()
    return person.pseudonym


def create_operators(session: Session, country: Country) -> dict[str, OperatorAccount]:
    """One operator of each role, named by it; the unit manager has the province Tuyên Quang."""
    return {
        role.value: create_named_operator(
            session, role.value, role=role, unit_id=country.province if role is Role.UNIT_MANAGER else None
        )
        for role in Role
    }


def create_named_operator(
    session: Session, username: str, *, role: Role = Role.ADMINISTRATOR, unit_id: int | None = None
) -> OperatorAccount:
    """An operator with `PASSWORD`, hashed once for the whole run: the hash is slow on purpose."""
    made = create_operator(session, username=username, password=None, role=role, unit_id=unit_id, now=NOW)
    session.get_one(Operator, made.id).password_hash = hash_once(PASSWORD)
    session.flush()
    return made


@functools.cache
def hash_once(password: str) -> str:
    return hash_password(password)


def csrf_token(page: TestResponse) -> str:
    """The token in a page's first form."""
    found = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
    assert found, "the page has no form with a token"
    return found.group(1)


def sign_in(
    client: FlaskClient, username: str, *, password: str = PASSWORD, next_page: str = ""
) -> TestResponse:
    """Fills in the form as a browser does."""
    form = client.get("/quan-tri/dang-nhap", query_string={"next": next_page} if next_page else {})
    fields = {"csrf_token": csrf_token(form), "username": username, "password": password, "next": next_page}
    return client.post("/quan-tri/dang-nhap", data=fields)


def come_in(client: FlaskClient, username: str) -> None:
    """Opens a session as the form does, without the password, whose check is slow on purpose."""
    with client.application.app_context(), transaction() as session:
        row = find_operator_row(session, username)
        operator = SignedIn(row.id, row.username, Role(row.role), row.unit_id)
        token, _ = open_operator_session(session, operator, address="127.0.0.1", now=now())
    with client.session_transaction() as cookie:
        cookie["operator_token"] = token


def _create_units(session: Session) -> list[Unit]:
    nation = create_unit(
        session, code="VN", scheme="TW", level="national", kind="quoc-gia", name="Cả nước",
        valid_from=FIRST_DAY,
    )  # fmt: skip
    ministry = create_unit(
        session, code="bnv", scheme="TW", level="central", kind="bo", name="Bộ Nội vụ", parent=nation,
        valid_from=FIRST_DAY,
    )  # fmt: skip
    old = {"scheme": "QD124/2004", "valid_from": FIRST_DAY, "valid_to": REORGANISATION}
    old_province = create_unit(
        session, code="02", level="province", kind="tinh", name="Hà Giang", parent=nation, **old
    )
    old_district = create_unit(
        session, code="026", level="district", kind="huyen", name="Đồng Văn", parent=old_province, **old
    )
    province = create_unit(
        session, code="08", level="province", kind="tinh", name="Tuyên Quang", parent=nation
    )
    dan_chu = create_unit(session, code="02500", name="Dân Chủ", parent=province)
    dong_van = create_unit(session, code="02524", name="Đồng Văn", parent=province)
    rebuild_closure(session)
    return [nation, ministry, old_province, old_district, province, dan_chu, dong_van]
