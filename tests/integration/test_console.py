"""The operator console: what is connected, what waits, and the few things that can be changed there."""

import re

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from sync.models import OutgoingScore
from sync.organization.models import ActorIdentity
from sync.reports.coverage import cover_unit
from sync.reports.programme import read_programme
from sync.rollups.definitions import CIVIL_SERVANTS
from tests.factories.learning import IRI_BASE
from tests.factories.lti import TOOL, FakePlatform, create_platform, open_tool
from tests.factories.organization import NOW
from tests.factories.reports import TODAY, come_in, create_country, create_operators, csrf_token, follow


@pytest.fixture
def country(engine):
    with Session(engine) as session, session.begin():
        made = create_country(session)
        create_operators(session, made)
    return made


@pytest.fixture
def client(database_url, country, clock):
    with open_tool(database_url, clock=clock) as app:
        opened = app.test_client()
        come_in(opened, "administrator")
        yield opened


def send(client, address, **fields):
    token = csrf_token(client.get("/quan-tri/"))
    return client.post(address, data={"csrf_token": token, **fields}, follow_redirects=True)


def account_of_nobody(engine) -> ActorIdentity:
    with Session(engine) as session:
        return session.scalars(select(ActorIdentity).where(ActorIdentity.account_name == "khong-ai")).one()


def test_linking_an_account_brings_its_results_into_the_unit(client, engine, country):
    identity = account_of_nobody(engine)

    answer = send(client, f"/quan-tri/tai-khoan/{identity.identity_id}/gan", staff_code=" CB-binh ")

    assert "Đã gắn tài khoản" in answer.text
    assert "Mọi tài khoản đều đã gắn" in answer.text
    with Session(engine) as session, session.begin():
        follow(session)
        programme = read_programme(session, iri_base=IRI_BASE)
        covered = cover_unit(
            session, country.ministry, on=TODAY, population=CIVIL_SERVANTS, programme=programme
        )
    assert covered.total.completed == 2


def test_an_unknown_staff_code_changes_nothing(client, engine):
    identity = account_of_nobody(engine)

    answer = send(client, f"/quan-tri/tai-khoan/{identity.identity_id}/gan", staff_code="<b>khong-co</b>")

    assert "Không có cán bộ nào mang mã" in answer.text
    assert "<b>khong-co</b>" not in answer.text
    assert account_of_nobody(engine).person_id is None


def test_an_unknown_account_is_refused(client):
    answer = send(client, "/quan-tri/tai-khoan/999999/gan", staff_code="CB-binh")

    assert answer.status_code == 400
    assert "identity_unknown" in answer.text


def test_every_address_that_an_lms_asks_for_can_be_copied(client, engine):
    platform = FakePlatform()
    with Session(engine) as session, session.begin():
        create_platform(session, platform, now=NOW)

    page = client.get("/quan-tri/nen-tang/dia-chi").text
    detail = client.get("/quan-tri/nen-tang/1").text

    for address in ("/lti/launch", "/lti/login", "/lti/jwks.json"):
        assert f"{TOOL}{address}" in page
    for value in (platform.issuer, platform.client_id, f"{platform.issuer}/keys"):
        assert value in detail


def test_the_overview_shows_what_went_wrong_with_scores(client, engine):
    with Session(engine) as session, session.begin():
        session.add(
            OutgoingScore(
                platform_registration_id=1,
                line_item_url="https://lms.example/1",
                lms_user_id="5",
                score_maximum=100,
                best_scaled=0.8,
                scored_at=NOW,
                due_at=NOW,
                failures=3,
                trouble="The LMS did not answer in time.",
            )
        )

    page = client.get("/quan-tri/").text

    assert "The LMS did not answer in time." in page
    assert "Sẽ thử lại" in page


def test_the_addresses_on_the_console_are_those_of_the_launch(client):
    rules = {rule.rule for rule in client.application.url_map.iter_rules()}

    assert {"/lti/launch", "/lti/login", "/lti/jwks.json"} <= rules


def test_units_and_content_are_counted(client):
    units, content = client.get("/quan-tri/don-vi").text, client.get("/quan-tri/noi-dung").text

    assert "QD19/2025" in units
    assert "QD124/2004" in units
    assert "Nội dung" in content


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("/quan-tri/loi-moi/", "Kết nối LMS"),
        ("/quan-tri/khoa-ky/", "Kết nối LMS"),
        ("/quan-tri/doi-tuong/", "Danh bạ cán bộ"),
        ("/quan-tri/nguoi-dung/", "Người dùng"),
    ],
)
def test_the_menu_marks_one_room_wherever_one_is(client, address, words):
    page = client.get(address, follow_redirects=True).text
    menu = page[page.index("console-menu-wide") : page.index("console-menu-narrow")]

    assert re.findall(r'aria-current="\w+">([^<]+)</a>', menu) == [words]
