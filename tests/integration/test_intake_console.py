"""The console pages of intake, and the public page of the profile."""

import html
import json
import re

import pytest
from sqlalchemy.orm import Session

from sync.intake.rejected import count_reasons, list_rejected
from sync.intake.sources import NewSource, add_source, find_source
from sync.intake.taking import take_statements
from tests.factories.lti import open_tool
from tests.factories.other_lrs import stamped
from tests.factories.reports import come_in, create_country, create_operators, csrf_token
from xapi_bridge.vocabulary.profile import profile_document
from xapi_bridge.vocabulary.templates import statement_templates

BASE = "https://cchc.example/"
PAGE = "/quan-tri/nguon-ban-ghi"
#: Would run, or break the page, if it were not escaped.
HOSTILE = b'{"actor": "<script>alert(1)</script>"}'


@pytest.fixture
def client(database_url, engine, clock):
    with Session(engine) as session, session.begin():
        create_operators(session, create_country(session))
        new = NewSource("kho", "Kho của Bộ", endpoint="https://kho.example/xapi")
        row = add_source(session, new, secret="insecure-s", now=clock())
        bad = [HOSTILE, *(stamped(second, verb={"id": "x"}) for second in range(25))]
        take_statements(session, row, bad, iri_base=BASE, now=clock())
        row.trouble_code, row.trouble = "source_paging_broken", "A page leads back to itself."
    with open_tool(database_url, clock=clock) as app:
        opened = app.test_client()
        come_in(opened, "administrator")
        yield opened


def send(client, address, **fields):
    token = csrf_token(client.get(PAGE + "/"))
    return client.post(f"{PAGE}/kho/{address}", data={"csrf_token": token, **fields}, follow_redirects=True)


def waiting(engine):
    with Session(engine) as session:
        return count_reasons(session, find_source(session, "kho"))


def first_number(engine):
    with Session(engine) as session:
        return list_rejected(session, find_source(session, "kho"))[0].rejected_id


def test_the_list_says_what_is_wrong_and_what_to_do(client):
    page = client.get(PAGE + "/").text

    assert "Kho của Bộ" in page
    assert "trả trang không đúng chuẩn" in page
    assert ">26<" in page


def test_rejected_statements_are_read_a_page_at_a_time_and_never_run(client):
    first = client.get(f"{PAGE}/kho").text
    following = re.search(r'href="([^"]*sau=[^"]*)"', first)[1]

    second = client.get(html.unescape(following)).text

    assert first.count("<article") == 20
    assert second.count("<article") == 6
    assert "<script>alert" not in first
    assert "&lt;script&gt;alert" in first


def test_one_reason_can_be_chosen_and_tried_again_as_a_whole(client, engine):
    page = client.get(f"{PAGE}/kho?ly-do=iri_malformed").text
    assert "Ghi lại mọi bản ghi có lý do này" in page

    answer = send(client, "ghi-lai", code="iri_malformed")

    assert "0 đã ghi, 25 vẫn bị từ chối" in answer.text
    assert sum(waiting(engine).values()) == 26


def test_discarding_needs_a_reason(client, engine):
    number = first_number(engine)

    refused = send(client, "bo", rejected_id=number, note="  ")
    done = send(client, "bo", rejected_id=number, note="thử nghiệm")

    assert "Ghi lý do trước khi bỏ" in refused.text
    assert "Đã bỏ 1 bản ghi" in done.text
    assert sum(waiting(engine).values()) == 25


def test_a_statement_of_another_source_cannot_be_discarded_here(client, engine):
    answer = send(client, "bo", rejected_id=999999, note="x")

    assert "Đã bỏ 0 bản ghi" in answer.text
    assert sum(waiting(engine).values()) == 26


def test_pausing_and_resuming(client, engine):
    assert "Đã ngừng đọc" in send(client, "ngung").text
    assert "được đọc tiếp" in send(client, "doc-tiep").text
    with Session(engine) as session:
        assert find_source(session, "kho").paused_at is None


def test_a_source_that_cannot_be_reached_is_told_in_words(client, engine):
    with Session(engine) as session, session.begin():
        find_source(session, "kho").endpoint = "http://127.0.0.1:1/xapi"

    answer = send(client, "thu")

    assert answer.status_code == 200
    assert "notice-error" in answer.text
    assert "[remote_" in answer.text


def test_an_unknown_source_is_not_found(client):
    assert client.get(f"{PAGE}/khong-co").status_code == 404


@pytest.mark.parametrize("role", ["analyst", "unit_manager"])
def test_only_administrators_come_in(client, role):
    client.get(PAGE + "/")
    client.delete_cookie("cchc_operator")
    come_in(client, role)

    assert client.get(PAGE + "/").status_code == 403


@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_profile_page_shows_every_kind_of_statement_with_an_example(client, language):
    page = client.get(f"/ho-so-xapi?lang={language}").text

    for template in statement_templates(BASE):
        assert f'id="{template.code}"' in page
        assert template.label[language] in page
    assert page.count("<details>") == len(statement_templates(BASE))


def test_the_profile_is_served_to_programs_and_its_iris_lead_to_the_page(client):
    by_address = client.get("/ho-so-xapi/profile.jsonld")
    by_wish = client.get("/ho-so-xapi", headers={"Accept": "application/ld+json"})
    extension = client.get("/x/delivery")
    version = client.get("/ho-so-xapi/v1")

    assert by_address.mimetype == by_wish.mimetype == "application/ld+json"
    assert json.loads(by_address.data) == json.loads(by_wish.data) == profile_document(BASE)
    assert extension.headers["Location"] == "/ho-so-xapi#delivery"
    assert (version.status_code, version.headers["Location"]) == (303, "/ho-so-xapi")
    assert 'id="delivery"' in client.get("/ho-so-xapi").text
