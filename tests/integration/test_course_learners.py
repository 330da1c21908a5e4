"""Whoever runs an imported course sees its learners, waives units and ends sessions that hang."""

import re

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from content_packages.active.models import ActiveRegistration, ActiveSession, ActiveUnitProgress
from lti_tool.admin.operators import Role
from sync.organization.models import ActorIdentity
from tests.factories.imported import TOOL, make_cmi5_package, make_unit, open_importing_app
from tests.factories.reports import PASSWORD, create_country, create_named_operator, csrf_token
from xapi_bridge.running_app import audit_transaction
from xapi_bridge.store.audit import ReadingFilter, list_readings

ROOM = "/quan-tri/khoa-hoc-nhap"


@pytest.fixture
def room(database_url, engine, tmp_path, clock):
    with Session(engine) as session, session.begin():
        create_country(session)
        create_named_operator(session, "quan-ly", role=Role.CONTENT_MANAGER)
        create_named_operator(session, "phan-tich", role=Role.ANALYST)
    with open_importing_app(database_url, tmp_path, clock=clock) as opened:
        yield opened


def signed_in(room, name="quan-ly"):
    client = room.app.test_client()
    form = client.get("/quan-tri/dang-nhap", base_url=TOOL)
    fields = {"csrf_token": csrf_token(form), "username": name, "password": PASSWORD, "next": ""}
    client.post("/quan-tri/dang-nhap", data=fields, base_url=TOOL, headers={"Referer": TOOL})
    return client


def post(client, address: str, **fields):
    token = csrf_token(client.get("/quan-tri/tai-khoan-cua-toi/", base_url=TOOL))
    return client.post(
        address, data={"csrf_token": token, **fields}, base_url=TOOL, headers={"Referer": f"{TOOL}/"}
    )


@pytest.fixture
def unit(room):
    return room.launch(room.bring_in(make_cmi5_package(make_unit(moveOn="Passed")))).start()


def address_of(room, unit, engine) -> str:
    client = signed_in(room)
    listed = client.get(f"{ROOM}/{package_of(engine, unit)}/nguoi-hoc/", base_url=TOOL)
    return re.search(rf'href="({ROOM}/[^"]+/nguoi-hoc/{unit.registration})"', listed.text).group(1)


def package_of(engine, unit) -> str:
    with Session(engine) as session:
        return session.get_one(ActiveRegistration, unit.registration).package_id


def test_a_unit_is_waived_once_with_its_reason_and_who_did_it(room, unit, engine):
    address, client = address_of(room, unit, engine), signed_in(room)

    for _ in range(2):
        post(client, f"{address}/bai/0/mien", reason="Equivalent Outside Activity")

    assert room.told(unit.registration).count("waived") == 1
    assert room.told(unit.registration).count("satisfied") == 1
    assert "Được miễn" in client.get(address, base_url=TOOL).text
    with Session(engine) as session:
        kept = session.get_one(ActiveUnitProgress, (unit.registration, 0))
    assert kept.waived_by == "quan-ly"


@pytest.mark.parametrize("reason", ["", "Vì thích"])
def test_a_reason_that_cmi5_does_not_name_waives_nothing(room, unit, engine, reason):
    address = address_of(room, unit, engine)

    answer = post(signed_in(room), f"{address}/bai/0/mien", reason=reason)

    assert answer.status_code == 400
    assert "waived" not in room.told(unit.registration)


def test_a_session_that_hangs_is_ended_and_keeps_what_it_said(room, unit, engine):
    address, client = address_of(room, unit, engine), signed_in(room)
    shown = client.get(address, base_url=TOOL).text
    (ending,) = re.findall(r'action="([^"]+/ket-thuc)"', shown)

    for _ in range(2):
        post(client, ending)

    assert room.told(unit.registration)[-1] == "abandoned"
    assert room.told(unit.registration).count("abandoned") == 1
    assert "Không có phiên nào đang mở." in client.get(address, base_url=TOOL).text
    with Session(engine) as session:
        assert session.scalars(select(ActiveSession.ended_how)).all() == ["abandoned"]


def test_the_learners_name_is_shown_when_the_registry_knows_it_and_the_look_is_noted(room, unit, engine):
    address = address_of(room, unit, engine)
    account = room.statements(unit.registration)[0].actor.account
    with Session(engine) as session, session.begin():
        known = session.scalars(select(ActorIdentity).where(ActorIdentity.person_id.is_not(None))).first()
        session.add(
            ActorIdentity(
                home_page=account.home_page,
                account_name=account.name,
                person_id=known.person_id,
                first_seen_at=known.first_seen_at,
            )
        )

    shown = signed_in(room).get(address, base_url=TOOL)

    assert "CB-" in shown.text
    with room.app.app_context(), audit_transaction() as session:
        noted = list_readings(session, ReadingFilter(), limit=10)
    assert {one.resource for one in noted} == {"course_learners"}


def test_nobody_comes_in_by_another_course_or_role(room, unit, engine):
    address = address_of(room, unit, engine)
    other = room.bring_in(make_cmi5_package(), name="khoa-khac")

    by_other_course = signed_in(room).get(f"{ROOM}/{other}/nguoi-hoc/{unit.registration}", base_url=TOOL)
    by_analyst = signed_in(room, "phan-tich").get(address, base_url=TOOL)

    assert by_other_course.status_code == 404
    assert by_analyst.status_code == 403


def test_the_menu_marks_the_imported_courses(room, unit, engine):
    page = signed_in(room).get(address_of(room, unit, engine), base_url=TOOL).text
    menu = page[page.index("console-menu-wide") : page.index("console-menu-narrow")]

    assert re.findall(r'aria-current="\w+">([^<]+)</a>', menu) == ["Khóa học nhập vào"]


def test_a_course_that_nobody_opened_says_so(room):
    package_id = room.bring_in(make_cmi5_package(), name="chua-ai")

    shown = signed_in(room).get(f"{ROOM}/{package_id}/nguoi-hoc/", base_url=TOOL)

    assert "Chưa có ai mở khóa học này." in shown.text
