"""Operators bring question files in and take content out."""

import io
import zipfile

import pytest
from click.testing import CliRunner
from openpyxl import load_workbook
from sqlalchemy import select
from sqlalchemy.orm import Session

from content_packages.authoring import build
from content_packages.imports.models import ContentImport
from content_packages.library import find_current_version, read_package
from lti_tool.cli import cli
from tests.factories.lti import open_tool
from tests.factories.reports import come_in, create_country, create_operators, csrf_token

ADDRESS = "/quan-tri/trao-doi-noi-dung/"
GIFT = """::Câu 1::Cải cách hành chính giai đoạn 2021-2030 có mấy nội dung?{
=Sáu#Đúng.
~Bốn#Còn thiếu.
~Tám#Thừa.
}

::Câu 2::Cơ quan nào thường trực cải cách hành chính của Chính phủ?{=Bộ Nội vụ}
"""
BROKEN = GIFT + "\n::Câu 3::Phương án nào sau đây là đúng?{=Tất cả các phương án trên ~Một ~Hai}\n"
CHOSEN = {
    "package_id": "de-cua-tinh",
    "title": "Đề của tỉnh",
    "area": "cai-cach-bo-may",
    "source": "76/NQ-CP",
    "source_date": "2021-07-15",
}


CARTRIDGE = {
    "imsmanifest.xml": """<manifest xmlns="http://www.imsglobal.org/xsd/imsccv1p3/imscp_v1p1"><organizations>
<organization><item><item identifierref="p"><title>Mở đầu</title></item></item></organization></organizations>
<resources><resource identifier="p" type="webcontent"><file href="p.html"/></resource></resources>
</manifest>""",
    "p.html": "<p>Đọc trước khi làm.</p><script>alert(1)</script>",
}


@pytest.fixture
def app(engine, database_url, clock):
    """The tool with an operator of each role and a small curriculum published."""
    with Session(engine) as session, session.begin():
        create_operators(session, create_country(session))
    with open_tool(database_url, clock=clock) as opened:
        yield opened


@pytest.fixture
def console(app):
    client = app.test_client()
    come_in(client, "content_manager")
    return client


def bring(console, name: str, content: str | bytes) -> str:
    """Uploads a file; returns the address of its page."""
    token = csrf_token(console.get(ADDRESS))
    raw = content.encode() if isinstance(content, str) else content
    answer = console.post(ADDRESS, data={"csrf_token": token, "file": (io.BytesIO(raw), name)})
    assert answer.status_code == 303
    return answer.location


def send(console, page: str, action: str, **fields: str):
    token = csrf_token(console.get(page))
    return console.post(f"{page}/{action}", data={"csrf_token": token, **fields}, follow_redirects=True)


def test_a_file_is_read_shown_and_published_only_by_hand(console, engine):
    page = bring(console, "đề của tỉnh.gift", GIFT)
    shown = console.get(page).text
    assert "Đọc được 2 câu hỏi" in shown
    with Session(engine) as session:
        assert find_current_version(session, "de-cua-tinh") is None

    send(console, page, "lua-chon", **CHOSEN)
    done = send(console, page, "phat-hanh").text

    assert "Đã phát hành Đề của tỉnh, phiên bản 0.1.0." in done
    with Session(engine) as session:
        package = read_package(session, find_current_version(session, "de-cua-tinh").digest)
    assert [question.source for question in package.questions.values()] == ["76/NQ-CP"] * 2
    assert [quiz.mode for quiz in package.quizzes.values()] == ["practice"]


def test_a_file_that_was_published_is_not_published_again(console):
    page = bring(console, "de.gift", GIFT)
    send(console, page, "lua-chon", **CHOSEN)
    token = csrf_token(console.get(page))
    console.post(f"{page}/phat-hanh", data={"csrf_token": token})

    again = console.post(f"{page}/phat-hanh", data={"csrf_token": token})

    assert again.status_code == 409
    assert "import_already_settled" in again.text


def test_the_same_package_id_becomes_a_new_version(console, engine):
    for content in (GIFT, GIFT.replace("Tám", "Chín")):
        page = bring(console, "de.gift", content)
        send(console, page, "lua-chon", **CHOSEN)
        send(console, page, "phat-hanh")

    with Session(engine) as session:
        assert find_current_version(session, "de-cua-tinh").version == "1.0.0"


def test_a_file_does_not_replace_a_package_of_another_origin(console, engine):
    with Session(engine) as session:
        before = find_current_version(session, "cchc")
    page = bring(console, "de.gift", GIFT)
    send(console, page, "lua-chon", **{**CHOSEN, "package_id": "cchc"})

    refused = send(console, page, "phat-hanh")

    assert refused.status_code == 409
    assert "package_not_imported" in refused.text
    with Session(engine) as session:
        assert find_current_version(session, "cchc") == before


def test_questions_with_errors_hold_back_until_they_are_left_out(console, engine):
    page = bring(console, "de.gift", BROKEN)
    held = send(console, page, "lua-chon", **CHOSEN).text
    assert "Chưa phát hành được" in held
    assert "Q012" in held

    send(console, page, "lua-chon", **CHOSEN, leave_out_broken="on")
    send(console, page, "phat-hanh")

    with Session(engine) as session:
        package = read_package(session, find_current_version(session, "de-cua-tinh").digest)
    assert sorted(package.questions) == ["cau-1", "cau-2"]


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"source": ""}, "Ghi số, ký hiệu văn bản"),
        ({"package_id": "Đề"}, "Mã gói chỉ gồm"),
        ({"title": "Đ"}, "Ghi tên gói"),
        ({"area": "khac"}, "Chọn một lĩnh vực"),
        ({"source_date": "hôm qua"}, "Ngày của văn bản"),
    ],
)
def test_a_wrong_choice_is_told_and_nothing_is_kept(console, engine, fields, words):
    page = bring(console, "de.gift", GIFT)

    answer = send(console, page, "lua-chon", **{**CHOSEN, **fields})

    assert words in answer.text
    with Session(engine) as session:
        assert session.scalar(select(ContentImport.choices)).count("de-cua-tinh") == 0


def test_a_discarded_file_keeps_no_bytes(console, engine):
    page = bring(console, "de.gift", GIFT)

    send(console, page, "bo")

    with Session(engine) as session:
        row = session.scalars(select(ContentImport)).one()
    assert (row.state, row.content, row.settled_by) == ("discarded", b"", "content_manager")


@pytest.mark.parametrize("name", ["anh.png", "tep", "chay.exe"])
def test_a_file_of_another_kind_is_refused_with_what_is_read(console, engine, name):
    token = csrf_token(console.get(ADDRESS))

    answer = console.post(
        ADDRESS, data={"csrf_token": token, "file": (io.BytesIO(b"x"), name)}, follow_redirects=True
    )

    assert "Nhận: .xlsx, .docx, .xml" in answer.text
    with Session(engine) as session:
        assert session.scalars(select(ContentImport)).all() == []


@pytest.mark.parametrize("name", ["hong.xlsx", "hong.docx", "hong.zip", "hong.xml"])
def test_a_broken_file_is_shown_with_its_finding(console, name):
    page = bring(console, name, b"PK\x03\x04 hong")

    shown = console.get(page)

    assert shown.status_code == 200
    assert "I001" in shown.text


def test_the_native_source_can_be_taken_along(console):
    page = bring(console, "de.gift", GIFT)
    send(console, page, "lua-chon", **CHOSEN)

    archive = zipfile.ZipFile(io.BytesIO(console.get(f"{page}/nguon.zip").data))

    assert archive.namelist() == [
        "banks/de-cua-tinh.md",
        "package.yaml",
        "quizzes/luyen-tap-de-cua-tinh.yaml",
    ]


@pytest.mark.parametrize("name", ["khoa-hoc", "xlsx", "moodle", "gift", "docx", "docx-dap-an"])
def test_a_package_goes_out_in_every_format(console, name):
    page = bring(console, "de.gift", GIFT)
    send(console, page, "lua-chon", **CHOSEN)
    send(console, page, "phat-hanh")

    answer = console.get(f"{ADDRESS}tai-ve/de-cua-tinh/{name}")

    assert answer.status_code == 200
    assert len(answer.data) > 200
    assert "attachment" in answer.headers["Content-Disposition"]


def test_a_course_shell_has_every_module_and_test_of_the_outline(console, engine):
    archive = zipfile.ZipFile(io.BytesIO(console.get(f"{ADDRESS}tai-ve/cchc/khoa-hoc").data))

    with Session(engine) as session:
        package = read_package(session, find_current_version(session, "cchc").digest)
    expected = {f"links/{'m' if step.kind == 'module' else 'z'}-{step.id}.xml" for step in package.outline}
    assert expected <= set(archive.namelist())


def test_the_template_has_a_list_of_kinds_to_choose_from(console):
    book = load_workbook(io.BytesIO(console.get(f"{ADDRESS}mau/cau-hoi.xlsx").data))

    sheet = book.worksheets[0]
    assert [cell.value for cell in sheet[1]][:3] == ["Mã câu", "Loại", "Câu hỏi"]
    assert len(sheet.data_validations.dataValidation) == 3


def test_others_than_content_managers_stay_out(app):
    client = app.test_client()
    come_in(client, "analyst")

    assert client.get(ADDRESS).status_code == 403


def test_the_command_writes_a_source_that_the_compiler_takes(tmp_path):
    file = tmp_path / "de.gift"
    file.write_text(GIFT, "utf-8")
    arguments = ["content", "import", str(file), str(tmp_path / "goi"), "--package", "de-cua-tinh"]

    result = CliRunner().invoke(
        cli, [*arguments, "--title", "Đề của tỉnh", "--source", "76/NQ-CP", "--source-date", "2021-07-15"]
    )

    assert result.exit_code == 0, result.output
    assert build(tmp_path / "goi").errors == ()


def test_a_course_of_another_lms_is_looked_at_and_published(console, app, engine):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, text in CARTRIDGE.items():
            archive.writestr(name, text)
    address = bring(console, "khoa-cu.imscc", buffer.getvalue())
    token = csrf_token(console.get(address))
    console.post(f"{address}/lua-chon", data=CHOSEN | {"csrf_token": token})
    shown = console.get(address).text
    console.post(f"{address}/phat-hanh", data={"csrf_token": token})

    assert "0 câu hỏi, 1 trang đọc" in " ".join(shown.split())
    assert "Đọc trước khi làm." in shown
    assert "alert(1)" not in shown
    with Session(engine) as session:
        current = find_current_version(session, CHOSEN["package_id"])
        package = read_package(session, current.digest)
    assert [section.title for section in package.modules["bai-doc"].sections] == ["Mở đầu"]
