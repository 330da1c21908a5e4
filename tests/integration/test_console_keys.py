"""The console's pages of keys: made with the rights they need, shown once, renewed, ended, logged."""

import json
import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from tests.factories.lti import open_tool
from tests.factories.organization import NOW
from tests.factories.reports import come_in, create_country, create_operators, csrf_token
from xapi_bridge.store.audit import list_actions
from xapi_bridge.store.credentials import authenticate, create_credential, find_credential, list_credentials

PEPPER = b"a-secret-of-the-tests-that-is-long-enough"
GOOD = {"label": "Vụ Cải cách hành chính", "scope": ["statements/read"]}


@pytest.fixture
def client(database_url, engine, clock):
    with Session(engine) as session, session.begin():
        create_operators(session, create_country(session))
    with open_tool(database_url, clock=clock) as app:
        opened = app.test_client()
        come_in(opened, "administrator")
        yield opened


@pytest.fixture
def key(engine):
    with Session(engine) as session, session.begin():
        return create_credential(
            session, label="Phân tích", scopes=["statements/read"], expires_at=None, now=NOW, pepper=PEPPER
        )


def send(client, address, **fields):
    token = csrf_token(client.get("/quan-tri/"))
    return client.post(address, data={"csrf_token": token, **fields}, follow_redirects=True)


def shown_secret(answer) -> tuple[str, str]:
    return tuple(re.search(rf'id="{name}" value="([^"]+)"', answer.text)[1] for name in ("key", "secret"))


def test_a_key_is_made_as_asked_and_its_secret_shown_once(client, engine):
    answer = send(
        client,
        "/quan-tri/khoa-xapi/moi",
        **GOOD,
        expires_on="2026-12-31",
        source="moodle-bonoivu",
        authority_home_page="https://lms.example",
        authority_name="logstore",
        requests_per_minute="60",
        note="Thử",
    )

    key, secret = shown_secret(answer)
    with Session(engine) as session:
        made = authenticate(session.connection(), key, secret, now=NOW, pepper=PEPPER)
    assert made.expires_at == datetime(2026, 12, 31, 17, 0, tzinfo=UTC)
    assert (made.source, made.own_authority.name, made.requests_per_minute) == (
        "moodle-bonoivu",
        "logstore",
        60,
    )
    assert answer.headers["Cache-Control"] == "no-store"
    assert secret not in client.get(f"/quan-tri/khoa-xapi/{key}").text
    assert secret not in client.get("/quan-tri/khoa-xapi").text


def test_the_copy_buttons_come_from_a_file_of_ours(client):
    answer = send(client, "/quan-tri/khoa-xapi/moi", **GOOD)

    assert re.findall(r"<script[^>]*>", answer.text) == ['<script src="/static/copy.js" defer>']
    assert 'data-copy="secret"' in answer.text


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"scope": []}, "Không có phạm vi quyền này"),
        ({"scope": ["everything"]}, "Không có phạm vi quyền này"),
        ({"scope": ["statements/read/pseudonyms", "statements/write"]}, "không đi cùng quyền khác"),
        ({"expires_on": "2026-11-20"}, "Thời hạn hoặc giới hạn chưa hợp lệ"),
        ({"expires_on": "31/12/2026"}, "Thời hạn hoặc giới hạn chưa hợp lệ"),
        ({"expires_on": "9999-12-31"}, "Thời hạn hoặc giới hạn chưa hợp lệ"),
        ({"requests_per_minute": "-1"}, "Thời hạn hoặc giới hạn chưa hợp lệ"),
        ({"requests_per_minute": "0"}, "Thời hạn hoặc giới hạn chưa hợp lệ"),
        ({"source": "Nguồn của tôi"}, "Tên nguồn hoặc tên nhóm chưa hợp lệ"),
        ({"authority_home_page": "https://lms.example"}, "Tài khoản chịu trách nhiệm chưa hợp lệ"),
        ({"authority_home_page": "lms", "authority_name": "x"}, "Tài khoản chịu trách nhiệm chưa hợp lệ"),
        ({"label": "  "}, "Chưa ghi khóa dùng cho ai"),
        ({"label": "x" * 161}, "Chưa ghi khóa dùng cho ai"),
        ({"label": "a\x00b"}, "Chưa ghi khóa dùng cho ai"),
    ],
)
def test_what_cannot_be_given_is_explained_beside_what_was_typed(client, engine, fields, words):
    answer = send(client, "/quan-tri/khoa-xapi/moi", **{**GOOD, "note": "vẫn còn đây", **fields})

    assert answer.status_code == 400
    assert words in answer.text
    assert "vẫn còn đây" in answer.text
    with Session(engine) as session:
        assert list_credentials(session) == []
        assert list_actions(session, limit=10) == []


def test_a_new_secret_opens_beside_the_old_one_for_the_days_that_were_chosen(client, engine, key):
    answer = send(client, f"/quan-tri/khoa-xapi/{key.key}/doi-mat-khau", overlap_days="3")

    name, secret = shown_secret(answer)
    assert name == key.key
    with Session(engine) as session:
        assert authenticate(
            session.connection(), key.key, secret, now=NOW + timedelta(days=30), pepper=PEPPER
        )
        assert authenticate(
            session.connection(), key.key, key.secret, now=NOW + timedelta(days=2), pepper=PEPPER
        )


def test_a_key_is_revoked_only_when_that_is_confirmed(client, engine, key):
    unconfirmed = send(client, f"/quan-tri/khoa-xapi/{key.key}/thu-hoi")
    with Session(engine) as session:
        assert find_credential(session, key.key).revoked_at is None

    confirmed = send(client, f"/quan-tri/khoa-xapi/{key.key}/thu-hoi", confirmed="yes")

    assert "hãy đánh dấu vào ô xác nhận" in unconfirmed.text
    assert "Đã thu hồi khóa" in confirmed.text
    with Session(engine) as session:
        assert find_credential(session, key.key).revoked_at is not None


def test_what_operators_do_with_keys_is_logged_without_secrets(client, engine):
    key, secret = shown_secret(send(client, "/quan-tri/khoa-xapi/moi", **GOOD))
    _, second = shown_secret(send(client, f"/quan-tri/khoa-xapi/{key}/doi-mat-khau", overlap_days="0"))
    send(client, f"/quan-tri/khoa-xapi/{key}/thu-hoi", confirmed="yes")

    with Session(engine) as session:
        logged = list_actions(session, limit=10)
    page = client.get("/quan-tri/nhat-ky/thao-tac").text

    assert [one.action for one in logged] == ["credential_revoked", "secret_changed", "credential_created"]
    assert {(one.operator, one.subject) for one in logged} == {("administrator", key)}
    assert json.loads(logged[2].particulars)["scopes"] == ["statements/read"]
    assert all(one.action in page for one in logged)
    assert not [one for one in logged if secret in one.particulars or second in one.particulars]


def test_keys_are_found_by_words_and_state(client, engine, key):
    other, _ = shown_secret(send(client, "/quan-tri/khoa-xapi/moi", **GOOD, source="moodle-bonoivu"))
    send(client, f"/quan-tri/khoa-xapi/{other}/thu-hoi", confirmed="yes")

    def found(query):
        text = client.get("/quan-tri/khoa-xapi", query_string=query).text
        return {name for name in (key.key, other) if name in text}

    assert found({}) == {key.key, other}
    assert found({"q": "MOODLE"}) == {other}
    assert found({"tinh-trang": "usable"}) == {key.key}
    assert found({"tinh-trang": "over"}) == {other}
    assert "Không có khóa nào như vậy" in client.get("/quan-tri/khoa-xapi?q=khong-co").text


def test_words_that_someone_typed_are_shown_as_words(client):
    key, _ = shown_secret(send(client, "/quan-tri/khoa-xapi/moi", **{**GOOD, "label": "<b>đậm</b>"}))

    for address in ("/quan-tri/khoa-xapi", f"/quan-tri/khoa-xapi/{key}"):
        assert "<b>đậm</b>" not in client.get(address).text
