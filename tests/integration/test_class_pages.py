"""Classes, periodic tests, populations and headcounts in the console; signing in with a phone."""

import re
from datetime import date

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lti_tool.admin.operators import Role
from lti_tool.training_classes.words import FORM_WORDS, ROLL_WORDS
from sync.campaigns.campaigns import CampaignPlan, create_campaign
from sync.organization.populations import find_population
from sync.rollups.definitions import TrainingForm
from sync.training_classes.check_in import check_in_token
from sync.training_classes.models import Attendance, TrainingClass
from sync.training_classes.rolls import ROLL_FINDINGS
from tests.factories.lti import open_tool
from tests.factories.organization import NOW
from tests.factories.reports import come_in, create_country, create_named_operator, csrf_token

CLASSES = "/quan-tri/lop-hoc/"
TESTS = "/quan-tri/kiem-tra-dinh-ky/"


@pytest.fixture
def database_url(tmp_path, prepared_sqlite_file) -> str:
    """SQLite only: what happens is tested on both databases, here only what is shown."""
    copy = tmp_path / "test.sqlite"
    copy.write_bytes(prepared_sqlite_file.read_bytes())
    return f"sqlite:///{copy}"


@pytest.fixture
def country(engine):
    with Session(engine) as session, session.begin():
        made = create_country(session)
        create_named_operator(session, "quan-tri")
        create_named_operator(session, "phu-trach", role=Role.UNIT_MANAGER, unit_id=made.province)
        create_named_operator(session, "noi-khac", role=Role.UNIT_MANAGER, unit_id=made.ministry)
    return made


def make_class(client) -> str:
    page = client.get(CLASSES)
    fields = {
        "csrf_token": csrf_token(page),
        "title": "Tập huấn một cửa",
        "form": "live-online",
        "begins_at": "2026-11-24T08:00",
        "minutes": "240",
        "sites": "Điểm cầu tỉnh\nĐồng Văn",
        "module": re.findall(r'name="module" value="([^"]+)"', page.text)[:1],
        "cost": "12.500.000",
    }
    return client.post(CLASSES, data=fields).headers["Location"]


def test_a_phone_in_the_room_signs_in_its_owner_and_nobody_else(country, database_url, engine, clock):
    with open_tool(database_url, clock=clock) as app:
        teacher, phone = app.test_client(), app.test_client()
        come_in(teacher, "phu-trach")
        address = make_class(teacher)
        token = csrf_token(teacher.get(address))
        teacher.post(f"{address}/du-kien", data={"csrf_token": token, "who": "unit"})
        screen = teacher.get(f"{address}/ma-qr")
        shown = check_in_token(
            int(address.rsplit("/", 1)[1]),
            secret=app.config["CCHC_SETTINGS"].secret_key.get_secret_value().encode(),
            now=clock(),
        )
        scan = phone.get(f"/diem-danh/{shown}")
        ticket = re.search(r'name="ticket" value="([^"]+)"', scan.text).group(1)
        fields = {"csrf_token": csrf_token(scan), "ticket": ticket}
        stranger = phone.post("/diem-danh/", data=fields | {"staff_code": "CB-an"})
        entered = phone.post("/diem-danh/", data=fields | {"staff_code": "CB-chi"})
        friend = phone.post("/diem-danh/", data=fields | {"staff_code": "CB-dung"})
        clock.forward(seconds=90)
        late = phone.get(f"/diem-danh/{shown}")
        page = teacher.get(address)

    assert "<svg" in screen.text
    assert 'http-equiv="refresh" content="15"' in screen.text
    answers = [one.status_code for one in (stranger, entered, friend, late)]
    assert answers == [403, 200, 403, 410]
    assert "Bạn đã được ghi có mặt" in entered.text
    assert "Họ Tên chi" in page.text
    with Session(engine) as session:
        assert session.scalar(select(func.count()).select_from(Attendance)) == 1
        assert session.scalars(select(TrainingClass.cost)).one() == 12_500_000


def test_the_manager_of_another_unit_opens_no_page_of_the_class(country, database_url, clock):
    with open_tool(database_url, clock=clock) as app:
        mine, other = app.test_client(), app.test_client()
        come_in(mine, "phu-trach")
        come_in(other, "noi-khac")
        address = make_class(mine)

        answers = [other.get(address + part).status_code for part in ("", "/ma-qr", "/diem-danh.xlsx")]

    assert answers == [404, 404, 404]


def test_a_test_without_a_published_quiz_is_refused_and_a_planned_one_has_its_pages(
    country, database_url, engine, clock
):
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
        address = f"{TESTS}{create_campaign(session, plan, by='a', now=NOW).campaign_id}"
    with open_tool(database_url, clock=clock) as app:
        client, other = app.test_client(), app.test_client()
        come_in(client, "phu-trach")
        come_in(other, "noi-khac")
        fields = {"title": "Đợt 2", "quiz": "khong-co", "opens_on": "2026-11-01", "closes_on": "2026-11-30"}
        refused = client.post(TESTS, data=fields | {"csrf_token": csrf_token(client.get(TESTS))})
        shown = client.get(address)
        files = [client.get(f"{address}/{name}.csv").status_code for name in ("bieu-duong", "khuyen-nghi")]
        beside = other.get(address).status_code

    assert refused.status_code == 400
    assert "Phải làm: 3" in shown.text
    assert "Chưa làm: 3" in shown.text
    assert files == [200, 200]
    assert beside == 404


def test_rules_and_headcounts_are_entered_and_compared(country, database_url, engine, clock):
    with open_tool(database_url, clock=clock) as app:
        client = app.test_client()
        come_in(client, "quan-tri")
        page = client.get("/quan-tri/doi-tuong/")
        token = csrf_token(page)
        rule = {
            "csrf_token": token,
            "code": "chi-can-bo",
            "title": "Chỉ cán bộ",
            "category": ["can_bo"],
            "legal_basis": "KH 1",
        }
        client.post("/quan-tri/doi-tuong/", data=rule)
        declared = {
            "csrf_token": token, "population": "qd905-can-bo-cong-chuc",
            "unit_code": "08", "unit_scheme": "QD19/2025",
            "as_of": "2026-11-01", "people": "4", "document": "BC 12",
        }  # fmt: skip
        shown = client.post("/quan-tri/doi-tuong/si-so", data=declared, follow_redirects=True)

    assert "Quyết định số 905/QĐ-BNV" in page.text
    assert "Tỉnh Tuyên Quang" in shown.text
    assert "quá năm phần trăm" in shown.text
    with Session(engine) as session:
        assert find_population(session, "chi-can-bo").staff_categories == {"can_bo"}


def test_every_form_and_finding_has_its_words():
    assert set(FORM_WORDS) == set(TrainingForm)
    assert set(ROLL_WORDS) == ROLL_FINDINGS
