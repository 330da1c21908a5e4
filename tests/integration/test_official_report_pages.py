"""Official reports in the console and on the command line."""

import io
import re

import openpyxl
import pytest
from click.testing import CliRunner
from docx import Document
from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.admin.operators import Role
from lti_tool.cli.reports import reports
from lti_tool.official_reports.words import DIFFERENCE_WORDS
from lti_tool.settings import Settings
from sync.official_reports.docx_file import shipped_template
from sync.official_reports.ledger import COMPARED
from sync.official_reports.models import ReportEdition, ReportFile
from sync.report_jobs import build_reports, keep_report_schedules
from tests.factories.lti import open_tool
from tests.factories.reports import create_country, create_named_operator, csrf_token, sign_in
from xapi_bridge.running_app import audit_transaction
from xapi_bridge.store.audit import ReadingFilter, list_readings


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
        create_named_operator(session, "tinh", role=Role.UNIT_MANAGER, unit_id=made.province)
        create_named_operator(session, "mot-xa", role=Role.UNIT_MANAGER, unit_id=made.commune_dong_van)
        create_named_operator(session, "mot-bo", role=Role.UNIT_MANAGER, unit_id=made.ministry)
        create_named_operator(session, "phan-tich", role=Role.ANALYST)
    return made


@pytest.fixture
def tool(country, database_url, clock):
    with open_tool(database_url, clock=clock) as app:
        yield app


class Reader:
    """One signed-in browser."""

    def __init__(self, app, name):
        self.client = app.test_client()
        sign_in(self.client, name)
        self.token = csrf_token(self.client.get("/quan-tri/tai-khoan-cua-toi/"))

    def get(self, address):
        return self.client.get(address)

    def post(self, address, **fields):
        sent = {"csrf_token": self.token} | {name.replace("_", "-"): value for name, value in fields.items()}
        return self.client.post(address, data=sent)


def begin(reader, unit_id, **changes) -> str:
    fields = {"loai": "annual", "nam": "2025", "lich": "official", "doi_tuong": "qd905-can-bo-cong-chuc"}
    answer = reader.post(f"/bao-cao/don-vi/{unit_id}", **(fields | changes))
    assert answer.status_code == 303, answer.text
    return answer.headers["Location"]


def work(app) -> None:
    with app.app_context():
        while build_reports():
            pass


def test_a_commune_writes_and_sends_and_the_province_returns(tool, country, engine):
    commune, province = Reader(tool, "mot-xa"), Reader(tool, "tinh")
    address = begin(commune, country.commune_dong_van)
    typed = commune.client.post(
        f"{address}/muc/chi-dao",
        data={"csrf_token": commune.token, "revision": "0", "text": "Đã có Kế hoạch 12."},
        headers={"Accept": "application/json"},
    )
    commune.post(f"{address}/the-thuc", so_ky_hieu="12/BC-UBND", noi_nhan="UBND tỉnh\nLưu: VT")
    commune.post(f"{address}/gui")
    work(tool)
    sent = commune.get(address)
    listing = province.get(f"/bao-cao/don-vi/{country.province}?nam=2025")
    csv = province.get(f"/bao-cao/don-vi/{country.province}/tong-hop.csv?nam=2025")
    province.post(f"{address}/nhan")
    province.post(f"{address}/tra-lai", ly_do="Thiếu mục IV.")
    returned = commune.get(address)
    docx = commune.get(re.search(rf"{address}/tep/[0-9a-f-]+/docx", sent.text).group())

    assert typed.json == {"revision": 1}
    assert "Bản đã gửi Tỉnh Tuyên Quang, lần 1" in sent.text
    assert "Đã có Kế hoạch 12." in sent.text
    assert 'name="text"' not in sent.text
    assert "1/2 đơn vị đã gửi" in listing.text
    assert "Chưa báo cáo" in listing.text
    assert "Xã Đồng Văn,Đã gửi,17/12/2025,24/11/2026,1,1,0,0," in csv.text
    assert "Thiếu mục IV." in returned.text
    assert 'name="text"' in returned.text
    text = "\n".join(one.text for one in Document(io.BytesIO(docx.data)).paragraphs)
    assert "Đã có Kế hoạch 12." in text


@pytest.mark.parametrize("path", ["", "/tien-do", "/ban/1/danh-sach.xlsx", "/ban/1/ngoai-don-vi.xlsx"])
def test_a_neighbour_reaches_nothing(tool, country, path):
    commune, neighbour = Reader(tool, "mot-xa"), Reader(tool, "mot-bo")
    address = begin(commune, country.commune_dong_van)
    commune.post(f"{address}/gui")
    work(tool)

    answers = [neighbour.get(f"{address}{path}").status_code]
    answers += [neighbour.post(f"{address}/{step}").status_code for step in ("nhan", "tra-lai", "gui", "tep")]

    assert set(answers) == {404}
    assert neighbour.get(f"/bao-cao/don-vi/{country.commune_dong_van}").status_code == 403
    assert neighbour.post(f"/bao-cao/don-vi/{country.commune_dong_van}", nam="2024").status_code == 403


def test_names_are_for_those_who_may_see_them_and_every_look_is_noted(tool, country):
    province, analyst = Reader(tool, "tinh"), Reader(tool, "phan-tich")
    address = begin(province, country.province)
    province.post(f"{address}/gui")
    work(tool)

    lists = province.get(f"{address}/ban/1/danh-sach.xlsx")
    refused = analyst.get(f"{address}/ban/1/danh-sach.xlsx")
    outside = analyst.get(f"{address}/ban/1/ngoai-don-vi.xlsx")

    assert (lists.status_code, refused.status_code, outside.status_code) == (200, 403, 200)
    assert openpyxl.load_workbook(io.BytesIO(lists.data)).sheetnames == [
        "Thông tin", "6 Biểu dương", "7 Khuyến nghị", "9 Chuyển công tác",
    ]  # fmt: skip
    with tool.app_context(), audit_transaction(read_only=True) as session:
        noted = list_readings(session, ReadingFilter(), limit=50)
    assert [one.reader.name for one in noted if one.resource == "report_lists"] == ["tinh"]


def test_a_template_is_tried_used_and_taken_back(tool, country):
    admin = Reader(tool, "quan-tri")
    edited = Document(io.BytesIO(shipped_template()))
    edited.add_paragraph("Mẫu của tỉnh, năm {{ nam }}")
    broken = Document(io.BytesIO(shipped_template()))
    broken.add_paragraph("{{ khong_co_truong_nay }}")

    def bring(document):
        kept = io.BytesIO()
        document.save(kept)
        sent = {
            "csrf_token": admin.token,
            "loai": "annual",
            "file": (io.BytesIO(kept.getvalue()), "mau.docx"),
        }
        return admin.client.post("/bao-cao/mau", data=sent, content_type="multipart/form-data")

    refused, staged = bring(broken), bring(edited)
    before = admin.get("/bao-cao/mau/dang-dung/annual.docx").data
    admin.post("/bao-cao/mau/1/duyet")
    used = admin.get("/bao-cao/mau/dang-dung/annual.docx").data
    trial = admin.get("/bao-cao/mau/1/ban-thu.docx").data
    admin.post("/bao-cao/mau/hoan-tac", loai="annual")
    after = admin.get("/bao-cao/mau/dang-dung/annual.docx").data

    assert (refused.status_code, staged.status_code) == (400, 303)
    assert "khong_co_truong_nay" in refused.text
    assert before == after == shipped_template() != used
    assert Document(io.BytesIO(trial)).paragraphs[-1].text == "Mẫu của tỉnh, năm 2026"


def test_scheduled_files_lie_ready_in_the_console(tool, country, clock):
    province = Reader(tool, "tinh")
    set_up = province.post(
        "/bao-cao/lich", don_vi=str(country.province), nhip="weekly", dinh_dang="csv", giu="9",
        lich="official", doi_tuong="qd905-can-bo-cong-chuc",
    )  # fmt: skip
    clock.forward(days=6)
    with tool.app_context():
        keep_report_schedules()
    work(tool)
    province = Reader(tool, "tinh")
    page = province.get("/bao-cao/lich")
    file = province.get(re.search(r"/bao-cao/lich/1/tep/[0-9a-f-]+/csv", page.text).group())

    assert set_up.status_code == 303
    assert file.data[:2] == b"PK"
    assert Reader(tool, "mot-bo").get("/bao-cao/lich").text.count("/bao-cao/lich/1") == 0


def test_the_command_line_makes_files_counts_who_is_missing_and_checks_hashes(
    tool, country, database_url, engine, tmp_path
):
    commune = Reader(tool, "mot-xa")
    address = begin(commune, country.commune_dong_van)
    commune.post(f"{address}/gui")
    work(tool)
    settings = Settings(database_url=database_url, data_dir=tmp_path)

    def run(*words):
        return CliRunner().invoke(reports, words, obj=settings, catch_exceptions=False)

    made = run("make", str(country.province), "--year", "2025", "--format", "xlsx", "--to", str(tmp_path))
    missing = run("missing", str(country.province), "--year", "2025")
    listed, intact = run("list"), run("verify", address.rsplit("/", 1)[1])
    with Session(engine) as session, session.begin():
        edition = session.scalars(select(ReportEdition)).one()
        file = session.get(ReportFile, (edition.job_id, "pdf"))
        file.content = file.content + b" "
    changed = run("verify", address.rsplit("/", 1)[1])

    assert (made.exit_code, (tmp_path / "bao-cao-2025-tinh-tuyen-quang.xlsx").exists()) == (0, True)
    assert (missing.exit_code, "Đã gửi 1/2." in missing.output) == (1, True)
    assert "Xã Đồng Văn" in listed.output
    assert (intact.exit_code, changed.exit_code) == (0, 1)


def test_every_compared_figure_has_its_words():
    assert set(DIFFERENCE_WORDS) == set(COMPARED)
