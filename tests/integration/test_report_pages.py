"""Pages of statistics: who may open what, what they say, and where each figure leads."""

import csv
import io
import re
from datetime import UTC, date, datetime
from html import unescape
from uuid import UUID

import pytest
from flask import url_for
from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.admin.operators import Role
from sync.organization.models import OPEN_END, ActorIdentity, Unit
from sync.rollups.models import LearningFact
from tests.factories.learning import make_completed, make_module, record
from tests.factories.lti import open_tool
from tests.factories.organization import create_unit
from tests.factories.reports import (
    FIRST_DAY,
    come_in,
    create_country,
    create_operators,
    create_posted_person,
    csrf_token,
    follow,
)


@pytest.fixture
def country(engine):
    with Session(engine) as session, session.begin():
        made = create_country(session)
        create_operators(session, made)
    return made


@pytest.fixture
def app(database_url, country, clock):
    with open_tool(database_url, clock=clock) as opened:
        yield opened


@pytest.fixture
def as_role(app):
    def opened(role: Role | None):
        client = app.test_client()
        if role is not None:
            come_in(client, role.value)
        return client

    return opened


def statement_of(engine, account: str) -> str:
    with Session(engine) as session:
        return str(
            session.scalars(
                select(LearningFact.statement_id)
                .join(ActorIdentity, ActorIdentity.identity_id == LearningFact.identity_id)
                .where(ActorIdentity.account_name == account)
            ).first()
        )


def csv_rows(answer) -> list[list[str]]:
    return list(csv.reader(io.StringIO(answer.get_data().decode("utf-8-sig"), newline="")))


# ---- who may open what ----

ANYONE = {None: 200, Role.ADMINISTRATOR: 200, Role.ANALYST: 200, Role.UNIT_MANAGER: 200}
OPERATORS = {None: 302, Role.ADMINISTRATOR: 200, Role.ANALYST: 200, Role.UNIT_MANAGER: 200}
NOT_FOR_MANAGERS = OPERATORS | {Role.UNIT_MANAGER: 403}
ADMINISTRATORS = OPERATORS | {Role.ANALYST: 403, Role.UNIT_MANAGER: 403}
FORMS_OF_ADMINISTRATORS = {None: 401, Role.ADMINISTRATOR: 303, Role.ANALYST: 403, Role.UNIT_MANAGER: 403}
FORMS_OF_OPERATORS = {None: 401}

#: Endpoint -> what each role gets; units and people outside the manager's subtree stand in OUTSIDE.
ACCESS = {
    "static": ANYONE,
    "home.start": ANYONE,
    "home.health": ANYONE,
    "home.choose_language": dict.fromkeys(ANYONE, 302),
    "sign_in.form": {None: 200} | dict.fromkeys(Role, 302),
    "sign_in.enter": dict.fromkeys(ANYONE, 401),
    # Nobody is half-way through a sign-in here.
    "sign_in.code_form": dict.fromkeys(ANYONE, 302),
    "sign_in.enter_with_code": dict.fromkeys(ANYONE, 303),
    "sign_in.leave": dict.fromkeys(ANYONE, 303),
    "reports.overview": OPERATORS | {Role.UNIT_MANAGER: 302},
    "reports.unit": OPERATORS,
    "reports.unit_table": OPERATORS,
    "reports.flow": OPERATORS,
    "reports.flow_table": OPERATORS,
    "reports.turns": OPERATORS,
    "reports.turns_table": OPERATORS,
    "reports.search": OPERATORS,
    "reports.people": OPERATORS,
    "reports.people_table": OPERATORS,
    "reports.person": OPERATORS,
    "reports.person_table": OPERATORS,
    "reports.statement": OPERATORS,
    "reports.trend": OPERATORS,
    "reports.trend_table": OPERATORS,
    "reports.ranking": OPERATORS,
    "reports.ranking_table": OPERATORS,
    "reports.comparison": OPERATORS,
    "reports.comparison_table": OPERATORS,
    "reports.matrix": OPERATORS,
    "reports.matrix_table": OPERATORS,
    "reports.attention": OPERATORS,
    "reports.attention_table": OPERATORS,
    "reports.indicators": OPERATORS,
    "reports.indicators_table": OPERATORS,
    "reports.forms": OPERATORS,
    "reports.forms_table": OPERATORS,
    "reports.country_map": OPERATORS,
    "reports.country_map_table": OPERATORS,
    "reports.peers": OPERATORS,
    "reports.peers_table": OPERATORS,
    "records.search": OPERATORS,
    "records.suggest": OPERATORS,
    "records.statement": OPERATORS,
    "records.statement_json": OPERATORS,
    "records.exports": OPERATORS,
    "records.export_progress": OPERATORS,
    # The form is sent without a form of file; the export that is asked for is nobody's.
    "records.ask_for_export": FORMS_OF_OPERATORS | dict.fromkeys(Role, 400),
    "records.cancel": FORMS_OF_OPERATORS | dict.fromkeys(Role, 404),
    "records.resume": FORMS_OF_OPERATORS | dict.fromkeys(Role, 404),
    "records.export_file": OPERATORS | dict.fromkeys(Role, 404),
    "admin.overview": ADMINISTRATORS,
    "platform_console.show_all": ADMINISTRATORS,
    "platform_console.addresses": ADMINISTRATORS,
    "platform_console.canvas_file": ADMINISTRATORS,
    "platform_console.new": ADMINISTRATORS,
    "platform_console.create": FORMS_OF_ADMINISTRATORS | {Role.ADMINISTRATOR: 400},
    # There is no registration 1 here.
    "platform_console.show_one": ADMINISTRATORS | {Role.ADMINISTRATOR: 403},
    "platform_console.edit": ADMINISTRATORS | {Role.ADMINISTRATOR: 403},
    "platform_console.change": FORMS_OF_ADMINISTRATORS | {Role.ADMINISTRATOR: 403},
    "platform_console.approve": FORMS_OF_ADMINISTRATORS,
    "platform_console.deactivate": FORMS_OF_ADMINISTRATORS,
    "platform_console.reactivate": FORMS_OF_ADMINISTRATORS,
    "platform_console.delete": FORMS_OF_ADMINISTRATORS,
    "platform_console.add_deployment": FORMS_OF_ADMINISTRATORS,
    "platform_console.remove_deployment": FORMS_OF_ADMINISTRATORS,
    "platform_console.ask_test": FORMS_OF_ADMINISTRATORS | {Role.ADMINISTRATOR: 403},
    "platform_console.show_test": ADMINISTRATORS,
    "invitation_console.show_all": ADMINISTRATORS,
    "invitation_console.create": FORMS_OF_ADMINISTRATORS | {Role.ADMINISTRATOR: 400},
    "invitation_console.revoke": FORMS_OF_ADMINISTRATORS,
    "key_console.show_all": ADMINISTRATORS,
    "key_console.start": FORMS_OF_ADMINISTRATORS,
    "key_console.sign": FORMS_OF_ADMINISTRATORS,
    "key_console.retire": FORMS_OF_ADMINISTRATORS,
    "key_console.replace": FORMS_OF_ADMINISTRATORS,
    "access.credentials": ADMINISTRATORS,
    "access.new_credential": ADMINISTRATORS,
    "access.create": FORMS_OF_ADMINISTRATORS | {Role.ADMINISTRATOR: 400},
    "access.credential": ADMINISTRATORS | {Role.ADMINISTRATOR: 404},
    "access.rotate": FORMS_OF_ADMINISTRATORS | {Role.ADMINISTRATOR: 400},
    "access.revoke": FORMS_OF_ADMINISTRATORS,
    "access.readings": ADMINISTRATORS,
    "access.readings_file": ADMINISTRATORS,
    "access.actions": ADMINISTRATORS,
    "admin.units": ADMINISTRATORS,
    "admin.accounts": ADMINISTRATORS,
    "admin.link_account": FORMS_OF_ADMINISTRATORS,
}
#: The rooms of the table. That each page of operators, of any room, opens for whom it may is told by
#: test_permissions; here stands what they are answered.
ROOMS = {endpoint.partition(".")[0] for endpoint in ACCESS}
ASKING = (None, Role.ADMINISTRATOR, Role.ANALYST, Role.UNIT_MANAGER)


def rules_for_operators(app):
    return [rule for rule in app.url_map.iter_rules() if rule.endpoint.partition(".")[0] in ROOMS]


def values_inside(country, engine):
    """Arguments of addresses inside the manager's subtree."""
    return {
        "unit_id": country.province,
        "pseudonym": country.pseudonyms["chi"],
        "statement_id": statement_of(engine, "chi"),
        "calendar_word": "hanh-chinh",
        "first_day": "2026-10-15",
        "turn_word": "hoan-thanh",
        "form": "xlsx",
        "language": "en",
        "filename": "base.css",
        "identity_id": 1,
        "key": "khong-co",
        "export_id": UUID(int=1),
        "registration_id": 1,
        "invitation_id": 1,
        "kid": "khong-co",
        "code": "KHONGCO",
        "source": "khong-co",
    }


def status_of(client, app, rule, values) -> int:
    """What a client gets at an address; forms carry their token, so that it is not what is missing."""
    with app.test_request_context():
        address = url_for(rule.endpoint, **{name: values[name] for name in rule.arguments})
    if "GET" in rule.methods:
        answer = client.get(address)
    else:
        home = client.get("/")
        form = home if "csrf_token" in home.text else client.get("/quan-tri/dang-nhap")
        fields = {"csrf_token": csrf_token(form), "key": "khong-co", "staff_code": "khong-co"}
        answer = client.post(address, data=fields)
    answer.close()
    return answer.status_code


@pytest.mark.parametrize("role", ASKING)
def test_every_address_has_a_rule_of_access_and_keeps_it(app, as_role, country, engine, role):
    rules = rules_for_operators(app)
    values = values_inside(country, engine)

    got = {rule.endpoint: status_of(as_role(role), app, rule, values) for rule in rules}

    assert got == {endpoint: expected[role] for endpoint, expected in ACCESS.items()}


#: What lies outside the subtree of the manager of Tuyên Quang.
OUTSIDE = [
    "/thong-ke/don-vi/{nation}",
    "/thong-ke/don-vi/{nation}/bang.csv",
    "/thong-ke/don-vi/{ministry}/danh-sach",
    "/thong-ke/don-vi/{ministry}/danh-sach.csv",
    "/thong-ke/don-vi/{ministry}/theo-thang",
    "/thong-ke/don-vi/{ministry}/theo-thang.csv",
    "/thong-ke/don-vi/{ministry}/theo-thang/hanh-chinh/2026-10-15/hoan-thanh",
    "/thong-ke/don-vi/{ministry}/theo-thang/hanh-chinh/2026-10-15/hoan-thanh.csv",
    "/thong-ke/don-vi/{old_district}?ngay=2025-06-30",
    "/thong-ke/don-vi/999999",
    "/thong-ke/nguoi/{an}",
    "/thong-ke/nguoi/{an}/ban-ghi.csv",
    "/thong-ke/nguoi/{chi}?ngay=2025-06-30",
    "/thong-ke/nguoi/khong-co",
    "/thong-ke/ban-ghi/{statement_of_an}",
    "/thong-ke/ban-ghi/{statement_of_nobody}",
    "/thong-ke/ban-ghi/00000000-0000-4000-8000-000000000000",
]


@pytest.mark.parametrize("address", OUTSIDE)
def test_a_unit_manager_cannot_look_outside_the_own_subtree(as_role, country, engine, address):
    filled = address.format(
        **{name: value for name, value in vars(country).items() if name != "pseudonyms"},
        **country.pseudonyms,
        statement_of_an=statement_of(engine, "an"),
        statement_of_nobody=statement_of(engine, "khong-ai"),
    )

    assert as_role(Role.UNIT_MANAGER).get(filled).status_code == 403
    assert as_role(Role.ADMINISTRATOR).get(filled).status_code in {200, 404}


def test_search_shows_a_manager_only_the_own_subtree(as_role):
    found = as_role(Role.UNIT_MANAGER).get("/thong-ke/tim?ten=dan+chu").text
    hidden = as_role(Role.UNIT_MANAGER).get("/thong-ke/tim?ten=noi+vu").text

    assert "Xã Dân Chủ" in found
    assert "Bộ Nội vụ" not in hidden
    assert "Bộ Nội vụ" in as_role(Role.ANALYST).get("/thong-ke/tim?ten=noi+vu").text


def test_an_analyst_never_reads_a_name(as_role, country, engine):
    analyst = as_role(Role.ANALYST)
    addresses = [
        f"/thong-ke/don-vi/{country.nation}/danh-sach",
        f"/thong-ke/don-vi/{country.nation}/danh-sach.csv",
        f"/thong-ke/don-vi/{country.nation}/theo-thang/hanh-chinh/2026-10-15/hoan-thanh",
        f"/thong-ke/don-vi/{country.nation}/theo-thang/hanh-chinh/2026-10-15/hoan-thanh.csv",
        f"/thong-ke/nguoi/{country.pseudonyms['chi']}",
        f"/thong-ke/ban-ghi/{statement_of(engine, 'chi')}",
    ]

    texts = {address: analyst.get(address).text for address in addresses}

    assert [address for address, text in texts.items() if "Họ Tên" in text or "CB-" in text] == []
    assert "Họ Tên chi" in as_role(Role.ADMINISTRATOR).get(addresses[0]).text


def test_pages_of_operators_are_kept_by_no_cache(as_role):
    client = as_role(Role.ADMINISTRATOR)

    for address in ("/thong-ke/", "/quan-tri/", "/quan-tri/dang-nhap"):
        assert client.get(address).headers["Cache-Control"] == "no-store"


# ---- what they say ----


def test_the_overview_holds_the_share_against_both_targets(as_role):
    page = as_role(Role.ANALYST).get("/thong-ke/").text

    assert "40,0%" in page
    assert "trên 85% đến 31/12/2025: còn thiếu 3 người" in words(page)
    assert "trên 95% đến 31/12/2030: còn thiếu 3 người" in words(page)
    assert "Số liệu tổng hợp tính đến 09:00 24/11/2026" in words(page)


def test_exactly_85_percent_is_shown_as_not_reached(as_role, engine, country):
    with Session(engine) as session, session.begin():
        leave_17_of_20(session, country.ministry)
    page = words(as_role(Role.ANALYST).get("/thong-ke/?ngay=2025-12-31").text)

    assert "85,0%" in page
    assert "Đạt chỉ tiêu Chỉ tiêu trên 85%" not in page
    assert "trên 85% đến 31/12/2025: còn thiếu 1 người" in page


def leave_17_of_20(session, unit_id) -> None:
    """Fills the country up to 20 people, of whom 17 had completed something by the end of 2025."""
    unit = session.get(Unit, unit_id)
    names = [f"them-{number}" for number in range(15)]
    for name in names:
        create_posted_person(session, name, [(unit, FIRST_DAY, OPEN_END)])
    in_2025 = datetime(2025, 3, 1, tzinfo=UTC)
    record(session, *(make_completed(name, "m1", at=in_2025) for name in [*names, "binh"]))
    follow(session)


def test_the_tree_of_30_june_2025_is_shown_with_districts(as_role, country):
    client = as_role(Role.ANALYST)

    before = client.get(f"/thong-ke/don-vi/{country.old_province}?ngay=2025-06-30").text
    after = client.get(f"/thong-ke/don-vi/{country.old_province}?ngay=2025-07-01").text

    assert "Huyện Đồng Văn" in before
    assert "Ngày 01/07/2025 không có đơn vị này" in after
    assert "Huyện Đồng Văn" not in after


@pytest.mark.parametrize("day", ["2022-11-16", "2026-11-25", "hom-nay", "2026-02-30"])
def test_a_day_without_figures_is_explained(as_role, day):
    answer = as_role(Role.ANALYST).get(f"/thong-ke/?ngay={day}")

    assert answer.status_code == 400
    assert "Chọn một ngày từ 17/11/2022 đến hôm nay" in answer.text


@pytest.mark.parametrize(
    "address",
    [
        "theo-thang/hanh-chinh/2026-10-16/hoan-thanh",
        "theo-thang/hanh-chinh/thang-10/hoan-thanh",
        "theo-thang/am-lich/2026-10-15/hoan-thanh",
        "theo-thang/hanh-chinh/2026-10-15/gi-do",
    ],
)
def test_an_unknown_month_or_figure_is_not_found(as_role, country, address):
    assert as_role(Role.ANALYST).get(f"/thong-ke/don-vi/{country.nation}/{address}").status_code == 404


def test_units_are_listed_in_vietnamese_order(as_role, country):
    page = as_role(Role.ANALYST).get(f"/thong-ke/don-vi/{country.province}").text

    assert page.index("Xã Dân Chủ") < page.index("Xã Đồng Văn")


def test_units_are_listed_by_share_when_asked(as_role, country):
    page = as_role(Role.ANALYST).get(f"/thong-ke/don-vi/{country.province}?sap-xep=ty-le").text

    assert page.index("Xã Đồng Văn") < page.index("Xã Dân Chủ")


def test_one_module_has_no_target(as_role, country):
    page = as_role(Role.ANALYST).get(
        f"/thong-ke/don-vi/{country.nation}", query_string={"chuyen-de": make_module("m2").iri}
    )

    assert "20,0%" in page.text
    assert "không áp dụng cho từng chuyên đề" in page.text


def test_every_page_works_without_style_or_script_inside_it(as_role, country):
    client = as_role(Role.ADMINISTRATOR)

    for address in ("/", "/thong-ke/", f"/thong-ke/don-vi/{country.province}", "/quan-tri/"):
        page = client.get(address).text
        assert not re.search(r"<style|\sstyle=|<script(?![^>]*src=)|\son[a-z]+=", page), address


def test_the_statement_is_explained_and_shown_whole(as_role, country, engine):
    page = words(as_role(Role.ANALYST).get(f"/thong-ke/ban-ghi/{statement_of(engine, 'chi')}").text)

    assert "Lúc 10:00 01/05/2024, tài khoản chi đã hoàn thành" in page
    assert '"id": "http://adlnet.gov/expapi/verbs/completed"' in page


# ---- where figures lead ----


def test_every_link_on_the_way_down_opens(as_role):
    client, seen, open_links = as_role(Role.ADMINISTRATOR), set(), ["/thong-ke/"]

    while open_links:
        address = open_links.pop()
        if address in seen or len(seen) > 400:
            continue
        seen.add(address)
        answer = client.get(address)
        assert answer.status_code == 200, address
        if answer.mimetype == "text/html":
            links = [unescape(link) for link in re.findall(r'href="(/thong-ke/[^"#]*)', answer.text)]
            open_links += [link for link in links if link not in seen]

    assert any("/ban-ghi/" in address for address in seen)
    assert any("/nguoi/" in address for address in seen)


def test_parts_in_the_file_sum_to_the_total(as_role, country):
    rows = csv_rows(as_role(Role.ANALYST).get(f"/thong-ke/don-vi/{country.province}/bang.csv"))

    header, *lines = rows
    people = header.index("Tổng số người")
    assert [line[people] for line in lines] == ["1", "1", "1", "3"]
    assert lines[-1][3] == "Tổng cộng: Tỉnh Tuyên Quang"
    assert lines[1][-1] == "100,0"
    assert lines[-1][header.index("Cấp")] == "Cấp tỉnh"


def test_a_unit_name_cannot_run_as_a_formula(as_role, country, engine):
    with Session(engine) as session, session.begin():
        province = session.get(Unit, country.province)
        create_unit(session, code="99999", name="=HYPERLINK(0)", kind="so", parent=province)

    table = as_role(Role.ANALYST).get(f"/thong-ke/don-vi/{country.province}/bang.csv")

    assert [cell for row in csv_rows(table) for cell in row if cell.startswith("=")] == []


def test_the_person_file_ends_with_the_day(as_role, country):
    address = f"/thong-ke/nguoi/{country.pseudonyms['an']}/ban-ghi.csv"

    assert len(csv_rows(as_role(Role.ANALYST).get(f"{address}?ngay={date(2026, 11, 9)}"))) == 1
    assert len(csv_rows(as_role(Role.ANALYST).get(address))) == 5


def test_the_person_file_says_in_words_what_was_done(as_role, country):
    header, *lines = csv_rows(
        as_role(Role.ANALYST).get(f"/thong-ke/nguoi/{country.pseudonyms['an']}/ban-ghi.csv")
    )

    assert {line[header.index("Loại")] for line in lines} <= {
        "Mở, học",
        "Hoàn thành",
        "Kiểm tra: đạt",
        "Kiểm tra: chưa đạt",
    }


def words(page: str) -> str:
    """What a reader sees, white space folded."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())
