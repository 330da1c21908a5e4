"""Console pages of content: who published what, what changed, going back, law that will not hold."""

import re

import pytest
from sqlalchemy.orm import Session

from content_packages.library import find_current_version, publish_package
from tests.factories.content import NINE_O_CLOCK, compile_package
from tests.factories.lti import open_tool
from tests.factories.reports import come_in, create_country, create_operators, csrf_token

PAGES = "/quan-tri/noi-dung"
LAW = "  - {ref: 905/QĐ-BNV, date: 2022-11-17"
DATED = f"{LAW}, expires: 2024-06-30, replaced_by: 1/QĐ-BNV"


@pytest.fixture
def client(engine, database_url, clock, tmp_path):
    with Session(engine) as session, session.begin():
        create_operators(session, create_country(session))
        first = compile_package(tmp_path / "a", changes={"package.yaml": (LAW, DATED)})
        publish_package(session, first, now=NINE_O_CLOCK, by="lan")
        newer = {
            "package.yaml": ("1.0.0", "2.0.0"),
            "banks/tong-quan.md": ("- [ ] Quốc hội", "- [ ] Thanh tra"),
        }
        publish_package(session, compile_package(tmp_path / "b", changes=newer), now=NINE_O_CLOCK, by="minh")
    with open_tool(database_url, clock=clock) as app:
        opened = app.test_client()
        come_in(opened, "administrator")
        yield opened


def text_of(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def go_back(client, version: str, **fields: str):
    token = csrf_token(client.get(f"{PAGES}/nhap-mon/quay-lai/{version}"))
    address = f"{PAGES}/nhap-mon/quay-lai/{version}"
    return client.post(address, data={"csrf_token": token, **fields}, follow_redirects=True)


def test_a_package_shows_its_versions_and_who_published_them(client):
    listing, page = text_of(client.get(PAGES).text), text_of(client.get(f"{PAGES}/nhap-mon").text)

    assert "Nhập môn cải cách hành chính 2.0.0" in listing
    assert "2.0.0 Hiện hành" in page
    assert "minh" in page
    assert "phát hành 1.0.0, lan" in page
    assert "K007" in page


def test_two_versions_are_compared_question_by_question(client):
    page = text_of(client.get(f"{PAGES}/nhap-mon/so-sanh?cu=1.0.0&moi=2.0.0").text)

    assert "câu hỏi tq-2: options [ ] Quốc hội [ ] Thanh tra" in page
    assert "Sửa chữ PATCH" in page


def test_going_back_asks_first_then_keeps_who_and_why(client, engine):
    asked = text_of(client.get(f"{PAGES}/nhap-mon/quay-lai/1.0.0").text)

    page = text_of(go_back(client, "1.0.0", reason="Bài có lỗi").text)

    assert "Dùng lại phiên bản 1.0.0?" in asked
    assert "quay lại 1.0.0, administrator – Bài có lỗi" in page
    with Session(engine) as session:
        current = find_current_version(session, "nhap-mon")
    assert current is not None
    assert current.version == "1.0.0"


def test_expired_law_and_what_rests_on_it_is_listed(client):
    go_back(client, "1.0.0")

    page = text_of(client.get(f"{PAGES}/nhap-mon").text)

    assert "905/QĐ-BNV Hết hiệu lực 30/06/2024 1/QĐ-BNV tq-4, tq-5" in page
    assert "1 Hết hiệu lực" in text_of(client.get(PAGES).text)


@pytest.mark.parametrize("address", ["khac", "nhap-mon/quay-lai/9.9.9", "nhap-mon/so-sanh?cu=9.9.9"])
def test_what_does_not_exist_is_said_so(client, address):
    assert client.get(f"{PAGES}/{address}").status_code == 404


def test_going_back_without_the_form_of_this_session_is_refused(client):
    assert client.post(f"{PAGES}/nhap-mon/quay-lai/1.0.0").status_code == 400


def test_an_analyst_has_no_business_here(client):
    other = client.application.test_client()
    come_in(other, "analyst")

    assert other.get(PAGES).status_code == 403
