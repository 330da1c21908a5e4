"""Every page and file of the console that names people is in the audit log before it is answered."""

from datetime import date

import pytest
from sqlalchemy.orm import Session

from sync.campaigns.campaigns import CampaignPlan, create_campaign
from tests.factories.lti import open_tool
from tests.factories.organization import NOW
from tests.factories.reports import create_country, create_named_operator, csrf_token, sign_in
from xapi_bridge.running_app import audit_transaction
from xapi_bridge.store.audit import ReadingFilter, list_readings


@pytest.fixture
def country(engine):
    with Session(engine) as session, session.begin():
        made = create_country(session)
        create_named_operator(session, "quan-tri")
    return made


@pytest.fixture
def app(country, database_url, clock):
    with open_tool(database_url, clock=clock) as opened:
        yield opened


@pytest.fixture
def client(app):
    made = app.test_client()
    sign_in(made, "quan-tri")
    return made


def noted(app) -> list[tuple[str, str, int]]:
    with app.app_context(), audit_transaction() as session:
        return [
            (one.resource, one.reader.name, one.records)
            for one in list_readings(session, ReadingFilter(), limit=20)
        ]


@pytest.mark.parametrize(
    ("address", "what"),
    [
        ("/quan-tri/can-bo/trung", "staff_twins"),
        ("/quan-tri/can-bo/du-kien", "planned_moves"),
        ("/quan-tri/gop-tai-khoan/", "people_accounts"),
    ],
)
def test_a_page_of_people_is_noted(app, client, address, what):
    answer = client.get(address)

    assert answer.status_code == 200
    assert noted(app) == [(what, "quan-tri", 0)]


def test_a_test_and_its_files_are_noted(app, client, country, engine):
    plan = CampaignPlan(
        title="Đợt 1",
        quiz_iri="https://cchc.example/p/cchc/z/z1",
        unit_id=country.province,
        population_code="qd905-can-bo-cong-chuc",
        opens_on=date(2026, 11, 1),
        closes_on=date(2026, 11, 30),
        pass_scaled=0.5,
        commend_percent=10,
    )
    with Session(engine) as session, session.begin():
        campaign_id = create_campaign(session, plan, by="a", now=NOW).campaign_id

    for name in ("", "/bieu-duong.csv", "/khuyen-nghi.csv"):
        assert client.get(f"/quan-tri/kiem-tra-dinh-ky/{campaign_id}{name}").status_code == 200

    assert [what for what, *_rest in noted(app)] == ["campaign_file", "campaign_file", "campaign"]
    assert noted(app)[-1] == ("campaign", "quan-tri", 3)


def test_a_class_and_its_roll_are_noted(app, client):
    page = client.get("/quan-tri/lop-hoc/")
    fields = {
        "csrf_token": csrf_token(page),
        "title": "Tập huấn",
        "form": "in-class",
        "begins_at": "2026-11-24T08:00",
        "minutes": "60",
        "module": page.text.partition('name="module" value="')[2].partition('"')[0],
    }
    address = client.post("/quan-tri/lop-hoc/", data=fields).headers["Location"]

    client.get(address)
    client.get(f"{address}/diem-danh.xlsx")

    assert noted(app) == [("class_roll", "quan-tri", 0), ("class", "quan-tri", 0)]


def test_the_log_says_in_words_what_was_read(app, client):
    client.get("/quan-tri/can-bo/du-kien")

    shown = client.get("/quan-tri/nhat-ky")

    assert "Điều động dự kiến" in shown.text
    assert "planned_moves" not in shown.text
