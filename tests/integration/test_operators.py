"""Operators: accounts, signing in and out, protected forms."""

import re
from datetime import timedelta

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.admin.errors import (
    OperatorNameMalformed,
    OperatorNameTaken,
    OperatorNotFound,
    OperatorUnitMissing,
    PasswordTooShort,
)
from lti_tool.admin.models import Operator, OperatorSession
from lti_tool.admin.operators import Role, change_password, create_operator, disable_operator
from lti_tool.admin.sign_in import ATTEMPT_WINDOW, ATTEMPTS_PER_ADDRESS, ATTEMPTS_PER_NAME, SESSION_LENGTH
from lti_tool.cli.operators import operators
from lti_tool.settings import load_settings
from tests.factories.lti import open_tool
from tests.factories.organization import NOW
from tests.factories.reports import PASSWORD, csrf_token, sign_in


@pytest.fixture
def client(database_url, engine, clock):
    with Session(engine) as session, session.begin():
        make_operator(session)
    with open_tool(database_url, clock=clock) as app:
        yield app.test_client()


def make_operator(session: Session, **changes):
    fields = {"username": "quantri", "password": PASSWORD, "role": Role.ADMINISTRATOR, "unit_id": None}
    return create_operator(session, **(fields | changes), now=NOW)


def is_signed_in(client) -> bool:
    return client.get("/quan-tri/").status_code == 200


# ---- accounts ----


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"username": "ab"}, OperatorNameMalformed),
        ({"username": "có dấu"}, OperatorNameMalformed),
        ({"username": "x" * 65}, OperatorNameMalformed),
        ({"password": "ngan"}, PasswordTooShort),
        ({"role": Role.UNIT_MANAGER}, OperatorUnitMissing),
        ({"role": Role.UNIT_MANAGER, "unit_id": 999_999}, OperatorUnitMissing),
        ({"role": Role.ANALYST, "unit_id": 1}, OperatorUnitMissing),
    ],
)
def test_an_account_that_cannot_work_is_refused(session, changes, refusal):
    with pytest.raises(refusal):
        make_operator(session, **changes)


def test_user_names_are_the_same_in_capital_letters(session):
    make_operator(session, username="QuanTri")

    with pytest.raises(OperatorNameTaken):
        make_operator(session, username="quantri")


def test_the_password_is_kept_nowhere(session):
    make_operator(session)

    kept = session.scalars(select(Operator)).one()
    assert PASSWORD not in kept.password_hash
    assert kept.password_hash.startswith("scrypt:")


def test_an_unknown_account_cannot_be_changed(session):
    with pytest.raises(OperatorNotFound):
        change_password(session, "khong-co", password=PASSWORD)


# ---- signing in ----


def test_signing_in_leads_to_the_page_that_was_asked_for(client):
    asked = client.get("/quan-tri/noi-dung")
    answer = sign_in(client, "quantri", next_page="/quan-tri/noi-dung")

    assert asked.headers["Location"] == "/quan-tri/dang-nhap?next=/quan-tri/noi-dung"
    assert (answer.status_code, answer.headers["Location"]) == (303, "/quan-tri/noi-dung")
    assert is_signed_in(client)


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "evil"]
)
def test_signing_in_never_leads_to_another_site(client, elsewhere):
    assert sign_in(client, "quantri", next_page=elsewhere).headers["Location"] == "/thong-ke/"


@pytest.mark.parametrize(("username", "password"), [("quantri", "sai-mat-khau-roi"), ("khong-co", PASSWORD)])
def test_wrong_name_and_wrong_password_read_the_same(client, username, password):
    answer = sign_in(client, username, password=password)

    assert answer.status_code == 401
    assert "Không đăng nhập được" in answer.text
    assert password not in answer.text
    assert not is_signed_in(client)


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(client):
    cookie = sign_in(client, "quantri").headers["Set-Cookie"]

    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def test_signing_in_begins_a_new_session_and_token(client):
    before = csrf_token(client.get("/quan-tri/dang-nhap"))
    sign_in(client, "quantri")

    stale = client.post("/quan-tri/dang-xuat", data={"csrf_token": before})

    assert stale.status_code == 400
    assert is_signed_in(client)


def test_signing_out_ends_the_session_even_for_a_kept_cookie(client):
    sign_in(client, "quantri")
    kept = client.get_cookie("cchc_operator").value

    client.post("/quan-tri/dang-xuat", data={"csrf_token": csrf_token(client.get("/quan-tri/"))})
    client.set_cookie("cchc_operator", kept)

    assert not is_signed_in(client)


def test_a_session_ends_by_itself(client, clock):
    sign_in(client, "quantri")

    clock.forward(seconds=SESSION_LENGTH.total_seconds() - 1)
    assert is_signed_in(client)
    clock.forward(seconds=1)
    assert not is_signed_in(client)


def test_old_sessions_are_swept_away(client, clock, engine):
    sign_in(client, "quantri")
    clock.forward(seconds=SESSION_LENGTH.total_seconds())
    sign_in(client, "quantri")

    with Session(engine) as session:
        assert len(session.scalars(select(OperatorSession)).all()) == 1


@pytest.mark.parametrize("end", ["disabled", "password changed"])
def test_disabling_and_a_new_password_end_open_sessions(client, engine, end):
    sign_in(client, "quantri")

    with Session(engine) as session, session.begin():
        if end == "disabled":
            disable_operator(session, "quantri", now=NOW)
        else:
            change_password(session, "quantri", password="mat-khau-hoan-toan-moi")

    assert not is_signed_in(client)
    assert sign_in(client, "quantri").status_code == 401


# ---- guessing ----


def test_after_five_failures_even_the_right_password_must_wait(client, clock):
    for _ in range(ATTEMPTS_PER_NAME):
        assert sign_in(client, "quantri", password="sai-mat-khau-roi").status_code == 401

    refused = sign_in(client, "quantri")
    clock.forward(seconds=ATTEMPT_WINDOW.total_seconds())
    later = sign_in(client, "quantri")

    assert refused.status_code == 429
    assert "Chờ 15 phút" in refused.text
    assert later.status_code == 303


def test_failures_from_one_address_do_not_lock_out_another(client):
    for _ in range(ATTEMPTS_PER_NAME):
        sign_in(client, "quantri", password="sai-mat-khau-roi")

    client.environ_base["REMOTE_ADDR"] = "203.0.113.9"

    assert sign_in(client, "quantri").status_code == 303


def test_success_forgets_the_failures_before_it(client):
    for _ in range(ATTEMPTS_PER_NAME - 1):
        sign_in(client, "quantri", password="sai-mat-khau-roi")
    sign_in(client, "quantri")
    client.delete_cookie("cchc_operator")

    assert sign_in(client, "quantri", password="sai-mat-khau-roi").status_code == 401


def test_one_address_may_not_try_many_names(client, monkeypatch):
    monkeypatch.setattr("lti_tool.admin.sign_in.ATTEMPTS_PER_ADDRESS", 8)
    assert ATTEMPTS_PER_ADDRESS > 8

    answers = [sign_in(client, f"ten-{number}").status_code for number in range(10)]

    assert answers == [401] * 8 + [429] * 2


# ---- forms ----


def every_form(app):
    """(rule, filled address) of every form that a browser may send to operators' pages."""
    for rule in app.url_map.iter_rules():
        blueprint = rule.endpoint.partition(".")[0]
        if "POST" in (rule.methods or ()) and blueprint not in {"launch", "platforms", "player", "xapi"}:
            yield re.sub(r"<[^>]+>", "1", rule.rule)


def test_every_form_of_operators_wants_its_token(client):
    sign_in(client, "quantri")
    addresses = list(every_form(client.application))

    assert len(addresses) >= 4
    assert {address: client.post(address).status_code for address in addresses} == dict.fromkeys(
        addresses, 400
    )


def test_doors_with_a_protection_of_their_own_need_no_token(client):
    assert client.post("/xapi/statements").status_code == 401


# ---- commands ----


def test_accounts_are_made_listed_and_disabled_on_the_command_line(database_url, engine):
    settings = load_settings({"CCHC_DATABASE_URL": database_url})

    def command(*words: str, typed: str = "") -> Result:
        return CliRunner().invoke(operators, words, typed, obj=settings)

    answers = [
        command("add", "phantich", "--role", "analyst", "--password", "-", typed=PASSWORD),
        command("password", "phantich", typed=f"{PASSWORD}-2\n{PASSWORD}-2\n"),
        command("disable", "phantich"),
        command("list"),
    ]

    assert [answer.exit_code for answer in answers] == [0, 0, 0, 0]
    assert "phantich  người phân tích  đã khóa" in answers[-1].output
    assert not any(PASSWORD in answer.output for answer in answers)


def test_sessions_last_a_working_day():
    assert timedelta(hours=8) <= SESSION_LENGTH <= timedelta(hours=12)
