"""The record store for operators: what a filter finds, what a sentence says, who may read what."""

import json
import re
from html import unescape
from uuid import UUID, uuid4

import pytest
from sqlalchemy.orm import Session

from lti_tool.admin.operators import Role
from sync.exports.writing import Desk, write_next_export
from tests.factories.learning import IRI_BASE, make_completed, make_voiding, record
from tests.factories.lti import open_tool
from tests.factories.reports import come_in, create_country, create_operators, csrf_token
from tests.factories.statements import make_agent, make_reference, make_statement
from xapi_bridge.running_app import reading, transaction
from xapi_bridge.vocabulary import cchc

M1 = cchc.module_iri(IRI_BASE, "cchc", "m1")


@pytest.fixture
def country(engine):
    with Session(engine) as session, session.begin():
        made = create_country(session)
        create_operators(session, made)
    return made


@pytest.fixture
def app(database_url, country, clock, tmp_path):
    with open_tool(database_url, clock=clock, data_dir=tmp_path / "data") as opened:
        yield opened


@pytest.fixture
def as_role(app):
    def opened(role: Role):
        client = app.test_client()
        come_in(client, role.value)
        return client

    return opened


@pytest.fixture
def administrator(as_role):
    return as_role(Role.ADMINISTRATOR)


def keep(engine, *statements) -> list[UUID]:
    with Session(engine) as session, session.begin():
        return record(session, *statements)


def words_of(answer) -> str:
    """The page as a reader sees it: without marks, blanks as one."""
    text = re.sub(r"<(script|style|svg).*?</\1>", " ", answer.text, flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]+>", "", text)).split())


def lines_of(answer) -> list[str]:
    """The sentences of a list."""
    found = re.findall(r'<p class="record-words">(.*?)</p>', answer.text, flags=re.DOTALL)
    return [" ".join(unescape(re.sub(r"<[^>]+>", "", one)).split()) for one in found]


def ask(client, **filters):
    return client.get(
        "/ban-ghi/", query_string={name.replace("_", "-"): text for name, text in filters.items()}
    )


# ---- sentences ----


def test_a_statement_reads_as_a_vietnamese_sentence(administrator):
    lines = lines_of(ask(administrator))

    assert "Họ Tên an đã hoàn thành chuyên đề Chuyên đề m1, thuộc “Cải cách hành chính”." in lines
    assert any(
        line.startswith("Họ Tên an đã đạt bài kiểm tra Bài kiểm tra z1, 9/10 điểm, thuộc") for line in lines
    )


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"verb": {"id": "http://example.org/verbs/looked-at"}}, "looked-at"),
        ({"verb": {"id": "http://example.org/v", "display": {"en": "saw", "vi-VN": "đã ngắm"}}}, "đã ngắm"),
        ({"result": {"duration": "PT1H5M30S"}}, "trong 1 giờ 5 phút 30 giây"),
        ({"result": {"success": False}}, "chưa đạt yêu cầu"),
        ({"result": {"response": "x" * 300}}, "trả lời “" + "x" * 120 + "…”"),
        ({"result": {"score": {"raw": 7.5, "max": 10}}}, "7,5/10 điểm"),
        ({"object": {"objectType": "Agent", "mbox": "mailto:ai.do@example.org"}}, "người ai.do@example.org"),
        (
            {
                "object": {
                    "objectType": "SubStatement",
                    "actor": {"mbox": "mailto:ai.do@example.org"},
                    "verb": {"id": "http://adlnet.gov/expapi/verbs/attended"},
                    "object": {"id": "http://example.org/lop-hoc"},
                }
            },
            "việc ai.do@example.org đã tham dự lop-hoc",
        ),
        ({"actor": {"objectType": "Group", "member": [make_agent("a"), make_agent("b")]}}, "nhóm (2 người)"),
    ],
)  # fmt: skip
def test_every_kind_of_statement_has_words(engine, administrator, given, expected):
    keep(engine, make_statement(**given))

    newest = lines_of(ask(administrator))[0]

    assert expected in newest


# ---- filters ----


def test_a_unit_filter_means_the_people_below_it(administrator, country):
    lines = lines_of(ask(administrator, don_vi=country.province))

    assert {line.split(" đã ")[0] for line in lines} == {"Họ Tên chi", "Họ Tên em"}
    assert lines_of(ask(administrator, don_vi=country.commune_dan_chu)) == []


def test_a_name_typed_without_marks_finds_its_unit_or_asks_which(administrator):
    chosen = ask(administrator, ten_don_vi="xa dong van")
    several = ask(administrator, ten_don_vi="xa d")
    unknown = ask(administrator, ten_don_vi="khong co noi nay")

    assert [line.split(" đã ")[0] for line in lines_of(chosen)] == ["Họ Tên chi"]
    assert "Bạn muốn nói đến mục nào?" in words_of(several)
    assert lines_of(several) == []
    assert "Không có đơn vị nào mang tên này" in words_of(unknown)


def test_a_name_deleted_from_its_field_filters_no_more(administrator, country):
    kept = ask(administrator, don_vi=country.province)
    deleted = ask(administrator, don_vi=country.province, ten_don_vi="", hoat_dong=M1, ten_hoat_dong="")

    assert len(lines_of(kept)) == 2
    assert len(lines_of(deleted)) == 7


def test_every_filter_stands_in_the_address_and_narrows(engine, administrator, country):
    all_lines = len(lines_of(ask(administrator)))
    (voided,) = keep(engine, make_completed("an", "m1"))
    keep(engine, make_voiding(voided))
    verb = "http://adlnet.gov/expapi/verbs/initialized"

    assert all_lines == 7
    assert len(lines_of(ask(administrator, dong_tu=verb))) == 2
    assert len(lines_of(ask(administrator, hoat_dong=M1))) > 2
    assert len(lines_of(ask(administrator, ten_hoat_dong="khong co"))) == 0
    assert len(lines_of(ask(administrator, nguoi="CB-em"))) == 1
    assert len(lines_of(ask(administrator, nguoi=country.pseudonyms["em"]))) == 1
    assert len(lines_of(ask(administrator, nguoi="khong-ai"))) == 1
    assert len(lines_of(ask(administrator, hieu_luc="huy"))) == 1
    assert len(lines_of(ask(administrator, tu="2026-11-11"))) == 0
    assert len(lines_of(ask(administrator, den="2026-11-09"))) == 0
    assert len(lines_of(ask(administrator, nguon="cchc-tool"))) == 8


@pytest.mark.parametrize(
    "query",
    ["don-vi=x", "don-vi=99999999999", "dang-ky=abc", "tu=2026-13-01", "tu=2026-02-02&den=2026-01-01",
     "hieu-luc=gi", "dong-tu-khac=khong%20phai", "cu-hon=-1", "ma=khong-phai", "nguoi=a%00b"],
)  # fmt: skip
def test_a_filter_that_nothing_can_be_asked_by_is_explained(administrator, query):
    answer = administrator.get(f"/ban-ghi/?{query}")

    assert answer.status_code == 400
    assert "Bộ lọc chưa đúng" in answer.text


def test_pages_lead_to_older_statements_and_back(engine, administrator):
    keep(engine, *(make_completed("an", "m2") for _ in range(60)))

    first = ask(administrator)
    older = administrator.get(unescape(re.search(r'rel="next" href="([^"]+)"', first.text).group(1)))
    newer = administrator.get(unescape(re.search(r'rel="prev" href="([^"]+)"', older.text).group(1)))

    assert (len(lines_of(first)), len(lines_of(older))) == (50, 17)
    assert lines_of(newer) == lines_of(first)
    assert 'rel="next"' not in older.text


def test_an_empty_answer_says_what_to_do(administrator):
    assert "Thử bớt một bộ lọc" in words_of(ask(administrator, tu="2026-11-24"))


def test_the_picture_tells_what_it_was_made_of(administrator):
    page = words_of(ask(administrator))

    assert "Toàn bộ 7 bản ghi khớp bộ lọc" in page
    assert "đã hoàn thành4" in page


def test_suggestions_find_titles_and_units_without_marks(administrator, as_role):
    titles = administrator.get("/ban-ghi/goi-y?loai=hoat-dong&q=CHUYEN").get_json()
    units = administrator.get("/ban-ghi/goi-y?loai=don-vi&q=noi vu").get_json()
    hidden = as_role(Role.UNIT_MANAGER).get("/ban-ghi/goi-y?loai=don-vi&q=noi vu").get_json()

    assert all(one["value"].startswith(IRI_BASE) for one in titles)
    assert titles
    assert [one["label"] for one in units] == ["Bộ Nội vụ"]
    assert hidden == []


# ---- one statement ----


def test_references_lead_both_ways(engine, administrator):
    (first,) = keep(engine, make_completed("an", "m1"))
    (about,) = keep(engine, make_reference(first, actor=make_agent("chi")))
    (voiding,) = keep(engine, make_voiding(first))

    page = administrator.get(f"/ban-ghi/{first}")
    back = administrator.get(f"/ban-ghi/{about}")

    assert f"/ban-ghi/{about}" in page.text
    assert f"/ban-ghi/{voiding}" in page.text
    assert "đã bị hủy bằng một bản ghi khác" in words_of(page)
    assert f"/ban-ghi/{first}" in back.text
    assert "Nói về bản ghi" in words_of(back)


def test_a_statement_leads_to_what_its_person_did_before_and_after(engine, administrator):
    first, second, third = keep(engine, *(make_completed("moi", "m1") for _ in range(3)))

    page = administrator.get(f"/ban-ghi/{second}").text

    assert re.search(rf'rel="prev" href="/ban-ghi/{first}"', page)
    assert re.search(rf'rel="next" href="/ban-ghi/{third}"', page)


def test_a_statement_shows_the_figure_it_counts_in(administrator, engine):
    address = re.search(r'href="(/ban-ghi/[0-9a-f-]{36})"', ask(administrator, nguoi="CB-em").text).group(1)

    page = words_of(administrator.get(address))

    assert "Được tính làMở, học" in page
    assert "xem số liệu của người này" in page


def test_the_json_is_the_statement_as_it_is_kept(engine, administrator):
    (one,) = keep(engine, make_completed("an", "m1"))

    answer = administrator.get(f"/ban-ghi/{one}.json")

    assert json.loads(answer.data)["id"] == str(one)
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{one}.json"'


def test_an_unknown_statement_is_not_found(administrator):
    assert administrator.get(f"/ban-ghi/{uuid4()}").status_code == 404


# ---- who may read what ----


def test_a_manager_cannot_read_a_neighbours_people_by_any_address(engine, as_role, administrator, country):
    manager = as_role(Role.UNIT_MANAGER)
    foreign, nobodys = keep(engine, make_completed("an", "m1"), make_completed("khong-ai", "m1"))
    (about_own,) = keep(engine, make_reference(own_statement(manager), actor=make_agent("an")))
    form = {"csrf_token": csrf_token(manager.get("/ban-ghi/xuat")), "dinh-dang": "csv"}

    refused = [
        manager.get(f"/ban-ghi/?don-vi={country.ministry}"),
        manager.get(f"/ban-ghi/?don-vi={country.nation}"),
        manager.get(f"/ban-ghi/{foreign}"),
        manager.get(f"/ban-ghi/{foreign}.json"),
        manager.get(f"/ban-ghi/{nobodys}"),
        manager.get(f"/ban-ghi/{about_own}"),
        manager.get(f"/ban-ghi/{uuid4()}"),
        manager.post("/ban-ghi/xuat", data={**form, "don-vi": country.ministry}),
    ]
    empty = [
        ask(manager, nguoi=country.pseudonyms["an"]),
        ask(manager, nguoi="an"),
        ask(manager, nguoi="khong-ai"),
        ask(manager, ten_don_vi="Bộ Nội vụ"),
    ]

    assert [answer.status_code for answer in refused] == [403] * len(refused)
    assert [lines_of(answer) for answer in empty] == [[]] * len(empty)
    assert {line.split(" đã ")[0] for line in lines_of(ask(manager))} == {"Họ Tên chi", "Họ Tên em"}
    assert administrator.get(f"/ban-ghi/{foreign}").status_code == 200


def own_statement(manager) -> UUID:
    return UUID(re.search(r'href="/ban-ghi/([0-9a-f-]{36})"', ask(manager, nguoi="CB-em").text).group(1))


def test_a_manager_is_told_only_how_many_others_speak_of_a_statement(engine, as_role):
    manager = as_role(Role.UNIT_MANAGER)
    own = own_statement(manager)
    (about,) = keep(engine, make_reference(own, actor=make_agent("an")))

    page = manager.get(f"/ban-ghi/{own}")

    assert str(about) not in page.text
    assert "1 bản ghi liên quan nằm ngoài phạm vi" in words_of(page)


def test_an_analyst_never_reads_a_name(engine, as_role, country):
    analyst = as_role(Role.ANALYST)
    (named,) = keep(engine, make_statement(actor={**make_agent("an"), "name": "Trần Thị Mẫu"}))
    (mailed,) = keep(engine, make_statement(actor={"mbox": "mailto:mau@example.org", "name": "Trần Thị Mẫu"}))

    pages = [
        ask(analyst),
        ask(analyst, nguoi="CB-an"),
        analyst.get(f"/ban-ghi/{named}"),
        analyst.get(f"/ban-ghi/{named}.json"),
        analyst.get(f"/ban-ghi/{mailed}"),
    ]

    forbidden = ("Họ Tên", "Mẫu", "M\\u1eabu", "mailto:")
    assert [word for page in pages for word in forbidden if word in page.text] == []
    assert lines_of(pages[1]) == []
    assert "một người (ẩn danh)" in lines_of(pages[0])[0]


# ---- exports ----


def write_exports(app) -> None:
    with app.app_context():
        from sync.exports.settings import ExportSettings
        from xapi_bridge.running_app import now, section

        while write_next_export(Desk(transaction, reading, now, section(ExportSettings))):
            pass


def test_an_export_is_asked_for_watched_and_fetched_in_pieces(app, as_role, country):
    analyst = as_role(Role.ANALYST)
    csrf = csrf_token(ask(analyst, don_vi=country.province))

    asked = analyst.post(
        "/ban-ghi/xuat", data={"csrf_token": csrf, "don-vi": country.province, "dinh-dang": "csv"}
    )
    waiting = analyst.get("/ban-ghi/xuat/tien-do").get_json()
    write_exports(app)
    done = analyst.get("/ban-ghi/xuat/tien-do").get_json()
    page = analyst.get("/ban-ghi/xuat")
    address = re.search(r'href="(/ban-ghi/xuat/[0-9a-f-]{36}/tep)"', page.text).group(1)
    whole = analyst.get(address, buffered=True)
    piece = analyst.get(address, headers={"Range": "bytes=3-9"}, buffered=True)

    assert asked.status_code == 303
    assert [(one["state"], one["is_open"]) for one in waiting] == [("waiting", True)]
    assert [(one["state"], one["rows"], one["percent"]) for one in done] == [("finished", 2, 100)]
    assert "Tỉnh Tuyên Quang" in words_of(page)
    assert whole.data.startswith(b"\xef\xbb\xbf")
    assert country.pseudonyms["chi"] in whole.text
    assert "Họ Tên" not in whole.text
    assert (piece.status_code, piece.data) == (206, whole.data[3:10])


def test_nobody_fetches_cancels_or_sees_someone_elses_export(app, as_role):
    analyst, manager = as_role(Role.ANALYST), as_role(Role.UNIT_MANAGER)
    csrf = csrf_token(ask(analyst))
    analyst.post("/ban-ghi/xuat", data={"csrf_token": csrf, "dinh-dang": "ndjson"})
    export_id = analyst.get("/ban-ghi/xuat/tien-do").get_json()[0]["id"]
    write_exports(app)
    token = csrf_token(manager.get("/ban-ghi/xuat"))

    assert manager.get(f"/ban-ghi/xuat/{export_id}/tep").status_code == 404
    assert manager.post(f"/ban-ghi/xuat/{export_id}/huy", data={"csrf_token": token}).status_code == 404
    assert manager.get("/ban-ghi/xuat/tien-do").get_json() == []
    administrator = as_role(Role.ADMINISTRATOR)
    assert administrator.get(f"/ban-ghi/xuat/{export_id}/tep", buffered=True).status_code == 200


def test_a_file_that_is_not_there_yet_or_no_more_says_so(app, as_role, clock):
    analyst = as_role(Role.ANALYST)
    csrf = csrf_token(ask(analyst))
    analyst.post("/ban-ghi/xuat", data={"csrf_token": csrf, "dinh-dang": "parquet"})
    export_id = analyst.get("/ban-ghi/xuat/tien-do").get_json()[0]["id"]
    early = analyst.get(f"/ban-ghi/xuat/{export_id}/tep")
    write_exports(app)
    with app.app_context():
        from sync.timetable import delete_expired_exports

        clock.forward(days=8)
        delete_expired_exports()
    late = as_role(Role.ANALYST).get(f"/ban-ghi/xuat/{export_id}/tep")

    assert (early.status_code, late.status_code) == (409, 410)
    assert "đã hết hạn và được xóa" in late.text


def test_the_fourth_unfinished_export_is_refused(app, as_role):
    analyst = as_role(Role.ANALYST)
    csrf = csrf_token(ask(analyst))
    answers = [
        analyst.post("/ban-ghi/xuat", data={"csrf_token": csrf, "dinh-dang": "csv"}).status_code
        for _ in range(4)
    ]

    assert answers == [303, 303, 303, 429]
