"""Console pages for erasure, retention and exports of one person's records."""

import json
import re
from io import BytesIO
from zipfile import ZipFile

import pytest
from sqlalchemy.orm import Session

from sync.privacy_jobs import apply_retention, carry_out_erasures, write_person_archives
from tests.factories.lti import open_tool
from tests.factories.reports import come_in, create_country, create_operators, csrf_token

BASE = "/quan-tri/du-lieu-ca-nhan"


@pytest.fixture
def app(database_url, engine, clock, tmp_path):
    with Session(engine) as session, session.begin():
        create_operators(session, create_country(session))
    with open_tool(database_url, clock=clock, data_dir=tmp_path) as opened:
        yield opened


@pytest.fixture
def client(app):
    opened = app.test_client()
    come_in(opened, "administrator")
    return opened


def send(client, address, **fields):
    token = csrf_token(client.get("/quan-tri/"))
    return client.post(address, data={"csrf_token": token, **fields}, follow_redirects=True)


def order(client, **fields):
    given = {"staff_code": "CB-an", "reference": "CV-1/2026", "legal_basis": "Đơn", "kind": "erase"}
    return send(client, f"{BASE}/xoa", **(given | fields))


def number_of(page) -> str:
    return re.search(rf"{BASE}/xoa/(\d+)/xac-nhan", page.text)[1]


def test_a_request_is_previewed_confirmed_carried_out_and_on_record(client, app):
    previewed = order(client)
    number = number_of(previewed)

    wrong = send(client, f"{BASE}/xoa/{number}/xac-nhan", reference="CV-2")
    right = send(client, f"{BASE}/xoa/{number}/xac-nhan", reference="CV-1/2026")
    with app.app_context():
        assert carry_out_erasures() > 0
    done = client.get(f"{BASE}/xoa/{number}")

    assert "Yêu cầu này sẽ đụng tới" in previewed.text
    assert "Số hồ sơ gõ lại không khớp" in wrong.text
    assert "Đang thực hiện" in right.text
    assert "Đã xong" in done.text
    assert "Bản ghi của người đó" in done.text
    assert "CV-1/2026" in client.get(f"{BASE}/").text


def test_a_refused_form_keeps_what_was_typed_and_says_what_to_do(client):
    answer = order(client, staff_code="CB-<khong>")

    assert answer.status_code == 404
    assert "Không tìm thấy người này" in answer.text
    assert 'value="CB-&lt;khong&gt;"' in answer.text
    assert 'value="CV-1/2026"' in answer.text


def test_a_request_can_be_cancelled_before_it_is_confirmed(client):
    number = number_of(order(client))

    answer = send(client, f"{BASE}/xoa/{number}/huy")

    assert "Đã hủy yêu cầu" in answer.text
    assert send(client, f"{BASE}/xoa/{number}/xac-nhan", reference="CV-1/2026").status_code == 200
    assert "Đã hủy" in client.get(f"{BASE}/xoa/{number}").text


def test_an_export_is_written_in_the_background_and_fetched(client, app):
    ordered = send(client, f"{BASE}/trich-xuat", staff_code="CB-an", reference="CV-3")
    with app.app_context():
        write_person_archives()
    page = client.get(f"{BASE}/trich-xuat")
    address = re.search(rf"{BASE}/trich-xuat/[0-9a-f-]+\.zip", page.text)[0]

    with client.get(address) as fetched:
        content = fetched.data

    assert "Đã nhận yêu cầu" in ordered.text
    with ZipFile(BytesIO(content)) as zipped:
        manifest = json.loads(zipped.read("manifest.json"))
        assert manifest["reference"] == "CV-3"
        assert {"ban-ghi.ndjson", "ban-ghi.csv", "doc-truoc.html", "danh-ba.json"} <= manifest["files"].keys()


def test_rules_that_would_change_counts_are_refused_with_the_reason(client):
    fields = {"title": "Xóa bản ghi", "kind": "statements", "action": "delete", "keep_days": "400"}

    answer = send(client, f"{BASE}/luu-giu", **fields)

    assert answer.status_code == 400
    assert "would change counts" in answer.text
    assert 'value="Xóa bản ghi"' in answer.text


def test_rules_are_off_until_they_are_turned_on_with_a_tick(client, app):
    listed = send(client, f"{BASE}/luu-giu/goi-y")
    number = re.search(rf"{BASE}/luu-giu/(\d+)/bat", listed.text)[1]

    without = send(client, f"{BASE}/luu-giu/{number}/bat")
    with_tick = send(client, f"{BASE}/luu-giu/{number}/bat", understood="1")

    assert listed.text.count("Đang tắt") == 5
    assert "Chưa bật" in without.text
    assert with_tick.text.count("Đang bật") == 1
    with app.app_context():
        assert apply_retention() == 0
    assert "Đã tắt quy tắc" in send(client, f"{BASE}/luu-giu/{number}/tat").text
    assert "Đã bỏ quy tắc" in send(client, f"{BASE}/luu-giu/{number}/bo").text


@pytest.mark.parametrize("role", ["analyst", "unit_manager"])
@pytest.mark.parametrize(
    "page", ["/", "/xoa/moi", "/xoa/1", "/trich-xuat", "/luu-giu", "/xoa/1/noi-nhan/1.csv"]
)
def test_only_administrators_come_in(app, role, page):
    client = app.test_client()
    come_in(client, role)

    assert client.get(BASE + page).status_code == 403
