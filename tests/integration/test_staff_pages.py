"""The registry of staff in the console and on the command line."""

import io

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lti_tool.admin.operators import Role
from lti_tool.cli.staff import staff
from lti_tool.settings import Settings
from lti_tool.staff.finding_words import FINDING_WORDS
from sync.organization.models import PersonDetail
from sync.organization.staff_import.entries import COLUMNS, EXAMPLES
from sync.organization.staff_import.findings import ERRORS, WARNINGS
from sync.sheets import read_sheet, write_template
from tests.factories.lti import open_tool
from tests.factories.reports import come_in, create_country, create_named_operator, csrf_token
from tests.factories.staff_lists import make_csv, make_staff_row

ROWS = (
    make_staff_row(staff_code="CB-MOI", unit_code="02500"),
    make_staff_row(staff_code="CB-SAI", unit_code="99999"),
)


@pytest.fixture
def database_url(tmp_path, prepared_sqlite_file) -> str:
    """SQLite only: what the pages do is tested on both databases, here only what they show."""
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


def hand_in(client, rows=ROWS):
    token = csrf_token(client.get("/quan-tri/can-bo/"))
    sent = {"csrf_token": token, "file": (io.BytesIO(make_csv(rows)), "danh-sach.csv")}
    return client.post("/quan-tri/can-bo/", data=sent, content_type="multipart/form-data")


def test_a_manager_hands_in_looks_enters_and_takes_back(country, database_url, engine, clock):
    with open_tool(database_url, clock=clock) as app:
        client = app.test_client()
        come_in(client, "phu-trach")
        address = hand_in(client).headers["Location"]
        preview = client.get(address)
        token = csrf_token(preview)
        client.post(f"{address}/duyet", data={"csrf_token": token})
        entered, findings = client.get(address), client.get(f"{address}/ket-qua.csv")
        count = _codes(engine, "CB-MOI")
        undone = client.post(f"{address}/hoan-tac", data={"csrf_token": token}, follow_redirects=True)

    assert "Thêm mới: 1" in preview.text
    assert "Không có đơn vị mã “99999”" in preview.text
    assert "Đã nhập" in entered.text
    assert "Trần Thị Mẫu" in preview.text
    assert '3,"Lỗi, không nhập",unit_unknown' in findings.text
    assert count == 1
    assert "Đã hoàn tác 2 thay đổi; giữ lại 0" in undone.text
    assert _codes(engine, "CB-MOI") == 0


def test_the_manager_of_another_unit_does_not_see_the_list(country, database_url, clock):
    with open_tool(database_url, clock=clock) as app:
        mine, other = app.test_client(), app.test_client()
        come_in(mine, "phu-trach")
        come_in(other, "noi-khac")
        address = hand_in(mine).headers["Location"]

        answers = [other.get(address).status_code, other.get(f"{address}/ket-qua.csv").status_code]
        listing = other.get("/quan-tri/can-bo/")

    assert answers == [404, 404]
    assert "danh-sach.csv" not in listing.text


@pytest.mark.parametrize(
    "broken", [b"PK\x03\x04rubbish", b"\xff\xfe\xfa\xfb\xfc", b"", b"a,b\n1,2\n", b"\x81\x82"]
)
def test_a_broken_file_is_explained(country, database_url, clock, broken):
    with open_tool(database_url, clock=clock) as app:
        client = app.test_client()
        come_in(client, "quan-tri")
        token = csrf_token(client.get("/quan-tri/can-bo/"))
        sent = {"csrf_token": token, "file": (io.BytesIO(broken), "hong.xlsx")}
        answer = client.post("/quan-tri/can-bo/", data=sent, content_type="multipart/form-data")

    assert answer.status_code == 400
    assert "Không đọc được tệp" in answer.text or "Tệp thiếu cột" in answer.text


def test_the_template_can_be_handed_in_as_it_is():
    rows = read_sheet(write_template(COLUMNS, title="Cán bộ", examples=EXAMPLES), COLUMNS, most_rows=10)

    assert [row["unit_code"] for row in rows] == ["08", "02545"]
    assert all(row["valid_from"] == "01/07/2025" for row in rows)


def test_every_finding_has_its_sentence():
    assert set(FINDING_WORDS) == ERRORS | WARNINGS


def test_the_command_line_does_the_same(country, database_url, engine, tmp_path):
    settings = Settings(database_url=database_url, data_dir=tmp_path)
    file = tmp_path / "danh-sach.csv"
    file.write_bytes(make_csv(ROWS))

    def run(*words):
        return CliRunner().invoke(staff, words, obj=settings)

    looked = run("import", str(file), "--dry-run")
    none_yet = _codes(engine, "CB-MOI")
    entered = run("import", str(file))
    one = _codes(engine, "CB-MOI")
    listed, undone = run("imports"), run("undo", "2")

    assert "Thêm mới: 1" in looked.output
    assert "dòng 3: Không có đơn vị mã “99999”" in looked.output
    assert (looked.exit_code, none_yet, entered.exit_code, one) == (1, 0, 1, 1)
    assert "Lần nhập 2: đã nhập 1 dòng" in entered.output
    assert "Đã bỏ" in listed.output
    assert "Đã hoàn tác 2 thay đổi, giữ lại 0." in undone.output
    assert _codes(engine, "CB-MOI") == 0


def _codes(engine, code: str) -> int:
    with Session(engine) as session:
        return session.scalar(select(func.count()).where(PersonDetail.staff_code == code))
