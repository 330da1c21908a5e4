"""Operators: accounts, signing in and out, protected forms."""

import re
from datetime import timedelta
from uuid import UUID

import pyotp
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
    TooManySignIns,
)
from lti_tool.admin.lockout import (
    ATTEMPT_WINDOW,
    ATTEMPTS_PER_ADDRESS,
    ATTEMPTS_PER_NAME,
    list_locks,
    note_attempt,
)
from lti_tool.admin.models import Operator, OperatorSession
from lti_tool.admin.operators import (
    Role,
    change_password,
    create_operator,
    disable_operator,
    list_operators,
)
from lti_tool.admin.second_factor import begin_enrolment, confirm_enrolment
from lti_tool.admin.sign_in import SESSION_LENGTH
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
    assert kept.password_hash.startswith("$argon2id$")


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


def test_a_session_ends_by_itself_although_it_was_used(client, clock):
    sign_in(client, "quantri")

    for _ in range(int(SESSION_LENGTH / timedelta(minutes=50))):
        clock.forward(minutes=50)
        assert is_signed_in(client) or clock.instant >= NOW + SESSION_LENGTH
    clock.forward(minutes=50)

    assert not is_signed_in(client)


def test_a_session_that_nobody_uses_ends_within_the_hour(client, clock):
    sign_in(client, "quantri")

    clock.forward(minutes=59)
    assert is_signed_in(client)
    clock.forward(minutes=60)
    assert not is_signed_in(client)


def test_old_sessions_are_swept_away(client, clock, engine):
    sign_in(client, "quantri")
    clock.forward(seconds=SESSION_LENGTH.total_seconds())
    sign_in(client, "quantri")

    with Session(engine) as session:
        assert len(session.scalars(select(OperatorSession)).all()) == 1


@pytest.mark.parametrize("end", ["disabled", "password changed"])
def test_disabling_and_a_new_password_end_open_sessions(client, engine, end):
    with Session(engine) as session, session.begin():
        make_operator(session, username="quantri-hai")
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
    assert "Wait 15 minutes" in refused.text
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


def test_one_address_may_not_try_many_names(session):
    for number in range(ATTEMPTS_PER_ADDRESS):
        note_attempt(session, username=f"ten-{number}", address="203.0.113.9", now=NOW)

    with pytest.raises(TooManySignIns):
        note_attempt(session, username="ten-khac", address="203.0.113.9", now=NOW)
    note_attempt(session, username="ten-khac", address="203.0.113.10", now=NOW)


# ---- forms ----


#: Rooms that nobody enters with an operator's cookie: login state, invitation, ticket or key protects them.
DOORS_OF_THEIR_OWN = {
    "asking",
    "course_report",
    "deep_linking",
    "dispatch_door",
    "extensions",
    "imported",
    "launch",
    "link_settings",
    "own_results",
    "platforms",
    "player",
    "registration",
    "unit_choice",
    "xapi",
}


def every_form(app):
    """(rule, filled address) of every form that a browser may send to operators' pages."""
    for rule in app.url_map.iter_rules():
        blueprint = rule.endpoint.partition(".")[0]
        if "POST" in (rule.methods or ()) and blueprint not in DOORS_OF_THEIR_OWN:
            yield re.sub(r"<[^>]+>", "1", re.sub(r"<uuid:[^>]+>", str(UUID(int=1)), rule.rule))


def test_every_form_of_operators_wants_its_token(client):
    sign_in(client, "quantri")
    addresses = list(every_form(client.application))

    assert len(addresses) >= 4
    assert {address: client.post(address).status_code for address in addresses} == dict.fromkeys(
        addresses, 400
    )


def test_doors_with_a_protection_of_their_own_need_no_token(client):
    answer = client.post("/xapi/statements", headers={"X-Experience-API-Version": "1.0.3"})

    assert answer.status_code == 401


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


def test_a_locked_user_and_a_lost_phone_are_helped_on_the_command_line(database_url, engine):
    settings = load_settings({"CCHC_DATABASE_URL": database_url})
    with Session(engine) as session, session.begin():
        made = make_operator(session)
        shared = begin_enrolment(session, made.id, secret=settings.secret_key.get_secret_value())
        secret = settings.secret_key.get_secret_value()
        confirm_enrolment(session, made.id, pyotp.TOTP(shared).at(NOW), secret=secret, now=NOW)
        for _ in range(ATTEMPTS_PER_NAME):
            note_attempt(session, username="quantri", address="203.0.113.9", now=NOW)

    unlocked = CliRunner().invoke(operators, ["unlock", "quantri"], obj=settings)
    forgotten = CliRunner().invoke(operators, ["forget-phone", "quantri"], obj=settings)

    assert (unlocked.exit_code, forgotten.exit_code) == (0, 0)
    with Session(engine) as session:
        assert list_locks(session, now=NOW) == []
        assert not list_operators(session)[0].has_second_factor


def test_sessions_last_a_working_day():
    assert timedelta(hours=8) <= SESSION_LENGTH <= timedelta(hours=12)
