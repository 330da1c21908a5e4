"""Forwarding in the operator console: make a target, test it, read dead letters, send them again."""

import re
from dataclasses import replace

import pytest
from sqlalchemy.orm import Session

from lti_tool.admin.forwarding_words import words_of
from sync.forwarding.models import ForwardingTarget
from sync.forwarding.sending import HORIZON_OVER
from sync.ports import RemoteLrs
from sync.timetable import follow_forwarding, forward_statements
from tests.factories.learning import make_completed
from tests.factories.learning import record as record_statements
from tests.factories.lti import open_tool
from tests.factories.remote_lrs import FakeRemoteLrs
from tests.factories.reports import come_in, create_country, create_operators, csrf_token
from xapi_bridge.remote_errors import RemoteAccessRefused
from xapi_bridge.running_app import lend, running_app

LIST = "/quan-tri/chuyen-tiep/"
ENDPOINT = "https://lrs.example/xapi"


@pytest.fixture
def country(engine):
    with Session(engine) as session, session.begin():
        made = create_country(session)
        create_operators(session, made)
    return made


@pytest.fixture
def remote():
    return FakeRemoteLrs()


@pytest.fixture
def app(database_url, country, clock, remote):
    with open_tool(database_url, clock=clock) as made:
        with made.app_context():
            running = running_app()
        lend(made, replace(running, ports={**running.ports, RemoteLrs: remote}))
        yield made


@pytest.fixture
def client(app):
    opened = app.test_client()
    come_in(opened, "administrator")
    return opened


def send(client, address, **fields):
    token = csrf_token(client.get("/quan-tri/"))
    return client.post(address, data={"csrf_token": token, **fields}, follow_redirects=True)


def send_form(client, address=f"{LIST}them", *, action="save", **fields):
    form = {"name": "Kho của Bộ", "endpoint": ENDPOINT, "key": "cchc", "secret": "geheim", "start": "all"}
    return send(client, address, action=action, **form | fields)


def forward(app):
    with app.app_context():
        follow_forwarding()
        forward_statements()


def targets(engine):
    with Session(engine) as session:
        return list(session.query(ForwardingTarget))


def test_a_target_is_made_and_gets_what_the_store_holds(app, client, engine, remote):
    page = send_form(client)

    assert "Đã lưu nơi nhận" in page.text
    forward(app)
    assert len(remote.held[ENDPOINT]) == 7
    assert "an" not in remote.names(ENDPOINT)
    assert "Đã gửi đủ" in client.get(LIST).text


def test_a_target_from_a_day_on_gets_what_was_stored_since_then(app, client, remote, clock):
    send_form(client, start="day", start_day="2026-11-11")

    forward(app)

    assert remote.held == {}


def test_the_test_button_says_what_is_wrong_and_saves_nothing(client, engine, remote):
    remote.check_trouble = RemoteAccessRefused("https://lrs.example answered 401.", status=401)

    page = send_form(client, action="test")

    assert "Nơi nhận từ chối khóa, hoặc địa chỉ không đúng" in page.text
    assert "https://lrs.example answered 401." in page.text
    assert 'value="Kho của Bộ"' in page.text
    assert targets(engine) == []


def test_the_test_button_says_that_all_is_well(client):
    assert "nhận ra khóa của ta" in send_form(client, action="test").text


def test_a_filter_is_tried_before_it_is_saved(client, engine):
    page = send_form(client, action="preview", verbs="http://adlnet.gov/expapi/verbs/completed")

    assert "Bộ lọc cho qua 4 trong 7 bản ghi mới nhất." in page.text
    assert targets(engine) == []


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("endpoint", "ftp://x", "The endpoint is an address"),
        ("registrations", "khong-phai-uuid", "The filter is not understood"),
        ("authorities", "https://only-home-page.example", "one blank between"),
        ("batch_statements", "nhiều", "whole number"),
        ("version", "3", "The version is one of"),
    ],
)
def test_a_mistake_is_explained_beside_what_was_typed(client, engine, field, value, said):
    page = send_form(client, **{field: value})

    assert said in page.text
    assert value in page.text
    assert targets(engine) == []


def test_a_first_day_that_is_none_is_refused(client, engine):
    page = send_form(client, start="day", start_day="hôm qua")

    assert "The first day is a date" in page.text
    assert targets(engine) == []


def test_a_password_that_nobody_types_does_not_go_to_a_new_address(client, engine, remote):
    send_form(client)
    (target,) = targets(engine)
    address = f"{LIST}{target.target_id}/sua"

    tested = send_form(client, address, action="test", secret="", endpoint="https://thief.example/xapi")
    saved = send_form(client, address, secret="", endpoint="https://thief.example/xapi")

    assert "type the password again" in tested.text
    assert "type the password again" in saved.text
    assert targets(engine)[0].endpoint == ENDPOINT


def test_a_change_without_a_password_keeps_the_known_one(app, client, engine, remote):
    send_form(client)
    (target,) = targets(engine)

    send_form(client, f"{LIST}{target.target_id}/sua", secret="", name="Tên mới", disclosure="everything")
    forward(app)

    assert targets(engine)[0].name == "Tên mới"
    assert remote.accounts[0].secret == "geheim"
    assert "an" in remote.names(ENDPOINT)


def test_the_password_never_comes_back_to_a_page(client, engine):
    send_form(client)
    (target,) = targets(engine)

    pages = [client.get(f"{LIST}{target.target_id}{end}").text for end in ("", "/sua")]

    assert all("geheim" not in page and target.sealed_secret not in page for page in pages)


def test_dead_letters_are_read_resent_and_put_away(app, client, engine, remote):
    send_form(client)
    (target,) = targets(engine)
    with Session(engine) as session, session.begin():
        refused = record_statements(session, make_completed("an"), make_completed("binh"))
    remote.refuses = set(refused)
    forward(app)
    page = client.get(f"{LIST}{target.target_id}").text
    assert "Nơi nhận cho rằng bản ghi không hợp lệ" in page
    first, second = [line.split('"')[0] for line in page.split("/thu/")[1:] if "gui-lai" not in line[:40]]

    letter = client.get(f"{LIST}{target.target_id}/thu/{first}").text
    send(client, f"{LIST}{target.target_id}/thu/{first}/bo", note="Bản ghi thử")
    remote.refuses = set()
    resent = send(client, f"{LIST}{target.target_id}/gui-lai", reason="remote_statements_refused")
    forward(app)

    assert "verb is missing" in letter
    assert "đã hoàn thành" in letter
    assert "1 bản ghi sẽ được gửi lại." in resent.text
    assert refused[1] in remote.held[ENDPOINT]
    assert refused[0] not in remote.held[ENDPOINT]
    assert "Bản ghi thử" in client.get(f"{LIST}{target.target_id}?da-bo=1").text
    send(client, f"{LIST}{target.target_id}/thu/{first}/gui-lai")
    forward(app)
    assert refused[0] in remote.held[ENDPOINT]
    assert second


def test_a_letter_that_is_gone_is_explained(client, engine):
    send_form(client)
    (target,) = targets(engine)

    page = send(client, f"{LIST}{target.target_id}/thu/1764000000000000/gui-lai")

    assert (page.status_code, "dead_letter_unknown" in page.text) == (404, True)


def test_an_unknown_target_is_explained(client):
    page = client.get(f"{LIST}999")

    assert (page.status_code, "target_unknown" in page.text) == (404, True)


def test_pausing_and_resuming(app, client, engine, remote):
    send_form(client)
    (target,) = targets(engine)

    paused = send(client, f"{LIST}{target.target_id}/tam-dung")
    forward(app)
    assert "Đang tạm dừng" in paused.text
    assert remote.held == {}

    send(client, f"{LIST}{target.target_id}/tiep-tuc")
    forward(app)
    assert len(remote.held[ENDPOINT]) == 7


def test_trouble_is_shown_with_the_next_step_and_on_the_first_page(app, client, engine, remote, clock):
    send_form(client)
    (target,) = targets(engine)
    remote.troubles = [RemoteAccessRefused("https://lrs.example answered 401.", status=401)]
    forward(app)
    clock.forward(hours=3)
    come_in(client, "administrator")

    page, overview = client.get(f"{LIST}{target.target_id}").text, client.get("/quan-tri/").text

    assert "Kiểm tra địa chỉ, khóa, mật khẩu và quyền ghi" in page
    assert "Đang gặp trở ngại" in overview
    assert "Kho của Bộ" in overview
    assert forward(app) is None
    assert len(remote.held[ENDPOINT]) >= 1


def test_the_page_reads_in_english(client):
    send_form(client)

    page = client.get(f"{LIST}?lang=en").text

    assert "Forwarding to other record stores" in page
    assert "Nơi nhận" not in page


@pytest.mark.parametrize("role", ["analyst"])
def test_only_administrators_come_here(app, role):
    opened = app.test_client()
    come_in(opened, role)

    assert opened.get(LIST).status_code == 403


def test_every_reason_has_words(app):
    with app.test_request_context():
        assert str(words_of(HORIZON_OVER).title) != str(words_of("remote_unavailable").title)
        assert str(words_of("something_new").title)


def test_lag_is_shown_in_time(app, client, clock):
    send_form(client)
    clock.forward(hours=3)
    come_in(client, "administrator")

    assert re.search(r">\s*14 ngày", client.get(LIST).text)
