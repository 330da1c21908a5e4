"""The way into the console: second factor, locks that grow, proof before dangerous actions, sessions."""

import re
from datetime import timedelta

import pyotp
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.security import generate_password_hash

from lti_tool.admin.errors import CodeRefused, LastAdministrator, PasswordTooLong, TooManySignIns
from lti_tool.admin.lockout import (
    ATTEMPT_WINDOW,
    ATTEMPTS_EVERYWHERE,
    ATTEMPTS_PER_NAME,
    FORGOTTEN_AFTER,
    forget_failures,
    list_locks,
    note_attempt,
    unlock,
)
from lti_tool.admin.models import Operator, OperatorSession, RecoveryCode
from lti_tool.admin.operators import Role, change_role, disable_operator
from lti_tool.admin.passwords import hash_password, is_outdated, is_password
from lti_tool.admin.second_factor import (
    begin_enrolment,
    confirm_enrolment,
    count_recovery_codes,
    use_code,
)
from tests.factories.lti import SECRET, open_tool
from tests.factories.organization import NOW
from tests.factories.reports import (
    PASSWORD,
    create_named_operator,
    csrf_token,
    hash_once,
    sign_in,
)
from xapi_bridge.store.audit import list_actions

OWN = "/quan-tri/tai-khoan-cua-toi/"
NEW_PASSWORD = "mat-khau-hoan-toan-moi"


@pytest.fixture
def operators(engine):
    with Session(engine) as session, session.begin():
        return {
            name: create_named_operator(session, name, role=role)
            for name, role in (("quantri", Role.ADMINISTRATOR), ("phantich", Role.ANALYST))
        }


@pytest.fixture
def client(database_url, operators, clock):
    with open_tool(database_url, clock=clock) as app:
        yield app.test_client()


def enrol(engine, operators, clock, name="quantri") -> tuple[str, list[str]]:
    """The account's shared secret and its recovery codes."""
    with Session(engine) as session, session.begin():
        number = operators[name].id
        shared = begin_enrolment(session, number, secret=SECRET)
        code = pyotp.TOTP(shared).at(clock())
        codes = confirm_enrolment(session, number, code, secret=SECRET, now=clock())
    clock.forward(seconds=30)
    return shared, codes


def post(client, address, *, page=OWN, **fields):
    token = csrf_token(client.get(page))
    return client.post(address, data={"csrf_token": token, **fields})


def enter_code(client, code):
    return post(client, "/quan-tri/dang-nhap/ma", page="/quan-tri/dang-nhap/ma", code=code)


def is_signed_in(client) -> bool:
    return client.get(OWN).status_code == 200


# ---- passwords ----


def test_a_scrypt_hash_is_understood_and_made_anew_at_sign_in(client, engine):
    with Session(engine) as session, session.begin():
        kept = session.scalars(select(Operator).where(Operator.username == "quantri")).one()
        kept.password_hash = generate_password_hash(PASSWORD, method="scrypt")

    assert sign_in(client, "quantri").status_code == 303

    with Session(engine) as session:
        kept = session.scalars(select(Operator).where(Operator.username == "quantri")).one()
        assert kept.password_hash.startswith("$argon2id$")
        assert is_password(kept.password_hash, PASSWORD, some_are_old=False)


def test_a_wrong_password_for_a_scrypt_hash_is_refused():
    kept = generate_password_hash(PASSWORD, method="scrypt")

    assert is_outdated(kept)
    assert not is_password(kept, "sai-mat-khau-roi", some_are_old=True)
    assert not is_outdated(hash_once(PASSWORD))


@pytest.mark.parametrize("kept", [None, "", "not a hash at all"])
def test_no_password_opens_an_account_without_a_hash(kept):
    assert not is_password(kept, "", some_are_old=False)
    assert not is_password(kept, PASSWORD, some_are_old=True)


def test_a_password_that_would_keep_the_hash_busy_is_refused():
    with pytest.raises(PasswordTooLong):
        hash_password("x" * 257)


# ---- second factor ----


def test_signing_in_with_a_second_factor_takes_two_steps(client, engine, operators, clock):
    shared, _ = enrol(engine, operators, clock)

    first = sign_in(client, "quantri", next_page="/quan-tri/noi-dung")
    between = is_signed_in(client)
    second = enter_code(client, pyotp.TOTP(shared).at(clock()))

    assert first.headers["Location"].startswith("/quan-tri/dang-nhap/ma")
    assert not between
    assert second.status_code == 303
    assert is_signed_in(client)


def test_a_code_is_taken_once(client, engine, operators, clock):
    shared, _ = enrol(engine, operators, clock)
    code = pyotp.TOTP(shared).at(clock())
    sign_in(client, "quantri")
    enter_code(client, code)
    client.delete_cookie("cchc_operator")
    sign_in(client, "quantri")

    replayed = enter_code(client, code)

    assert replayed.status_code == 401
    assert "Mã xác thực không đúng" in replayed.text
    assert not is_signed_in(client)


def test_the_code_that_confirmed_the_app_opens_no_session(session, engine):
    number = create_named_operator(session, "quantri").id
    shared = begin_enrolment(session, number, secret=SECRET)
    code = pyotp.TOTP(shared).at(NOW)
    confirm_enrolment(session, number, code, secret=SECRET, now=NOW)

    with pytest.raises(CodeRefused):
        use_code(session, number, code, secret=SECRET, now=NOW)


@pytest.mark.parametrize("seconds", [-30, 0, 30])
def test_a_phone_that_is_a_step_off_is_right(session, seconds):
    number = create_named_operator(session, "quantri").id
    shared = begin_enrolment(session, number, secret=SECRET)
    past = NOW - timedelta(minutes=5)
    confirm_enrolment(session, number, pyotp.TOTP(shared).at(past), secret=SECRET, now=past)

    use_code(
        session,
        number,
        pyotp.TOTP(shared).at(NOW + timedelta(seconds=seconds)),
        secret=SECRET,
        now=NOW,
    )


@pytest.mark.parametrize("seconds", [-90, 90])
def test_a_phone_that_is_further_off_is_not(session, seconds):
    number = create_named_operator(session, "quantri").id
    shared = begin_enrolment(session, number, secret=SECRET)
    past = NOW - timedelta(minutes=5)
    confirm_enrolment(session, number, pyotp.TOTP(shared).at(past), secret=SECRET, now=past)

    code = pyotp.TOTP(shared).at(NOW + timedelta(seconds=seconds))
    with pytest.raises(CodeRefused):
        use_code(session, number, code, secret=SECRET, now=NOW)


def test_a_recovery_code_replaces_the_phone_once(client, engine, operators, clock):
    _, codes = enrol(engine, operators, clock)
    sign_in(client, "quantri")
    opened = enter_code(client, codes[0].upper())
    client.delete_cookie("cchc_operator")
    sign_in(client, "quantri")

    again = enter_code(client, codes[0])

    assert (opened.status_code, again.status_code) == (303, 401)
    with Session(engine) as session:
        assert count_recovery_codes(session, operators["quantri"].id) == len(codes) - 1


def test_secret_and_recovery_codes_cannot_be_read_in_the_database(engine, operators, clock):
    shared, codes = enrol(engine, operators, clock)

    with Session(engine) as session:
        kept = session.get(Operator, operators["quantri"].id)
        hashes = set(session.scalars(select(RecoveryCode.code_hash)))
    assert shared not in kept.sealed_totp_secret
    assert not hashes & {code.replace("-", "") for code in codes}


def test_a_secret_sealed_under_another_key_refuses_every_code(session):
    number = create_named_operator(session, "quantri").id
    shared = begin_enrolment(session, number, secret=SECRET)
    confirm_enrolment(session, number, pyotp.TOTP(shared).at(NOW), secret=SECRET, now=NOW)

    later = NOW + timedelta(minutes=5)
    with pytest.raises(CodeRefused):
        use_code(session, number, pyotp.TOTP(shared).at(later), secret="another", now=later)


def test_guessing_codes_is_locked_like_guessing_passwords(client, engine, operators, clock):
    enrol(engine, operators, clock)
    sign_in(client, "quantri")

    answers = [enter_code(client, "000000").status_code for _ in range(ATTEMPTS_PER_NAME)]

    assert answers == [401] * (ATTEMPTS_PER_NAME - 1) + [429]


def test_the_second_step_is_over_after_five_minutes(client, engine, operators, clock):
    shared, _ = enrol(engine, operators, clock)
    sign_in(client, "quantri")
    form = client.get("/quan-tri/dang-nhap/ma")

    clock.forward(minutes=5)
    late = client.post(
        "/quan-tri/dang-nhap/ma",
        data={"csrf_token": csrf_token(form), "code": pyotp.TOTP(shared).at(clock())},
    )

    assert late.headers["Location"].startswith("/quan-tri/dang-nhap?")
    assert not is_signed_in(client)


def test_an_app_is_set_up_on_the_account_page(client, engine, clock):
    sign_in(client, "quantri")
    post(client, f"{OWN}ung-dung-ma")
    page = client.get(OWN)
    shared = re.search(r'id="totp-secret">([A-Z2-7]+)<', page.text)[1]

    wrong = post(client, f"{OWN}ung-dung-ma/xac-nhan", code="000000")
    right = post(client, f"{OWN}ung-dung-ma/xac-nhan", code=pyotp.TOTP(shared).at(clock()))

    assert "data:image/svg+xml" in page.text
    assert wrong.status_code == 401
    assert len(re.findall(r"<code>[a-z2-9-]{19}</code>", right.text)) == 10
    assert right.headers["Cache-Control"] == "no-store"
    client.delete_cookie("cchc_operator")
    assert sign_in(client, "quantri").headers["Location"].startswith("/quan-tri/dang-nhap/ma")


def test_where_it_is_required_an_administrator_sets_it_up_before_anything_else(
    database_url, operators, clock
):
    with open_tool(database_url, clock=clock, second_factor="administrators") as app:
        administrator, analyst = app.test_client(), app.test_client()
        sign_in(administrator, "quantri")
        sign_in(analyst, "phantich")

        held = administrator.get("/quan-tri/noi-dung")
        free = analyst.get("/thong-ke/")

    assert held.headers["Location"].startswith(OWN)
    assert free.status_code == 200


def test_where_it_is_required_it_cannot_be_taken_away(database_url, engine, operators, clock):
    shared, _ = enrol(engine, operators, clock)
    with open_tool(database_url, clock=clock, second_factor="administrators") as app:
        client = app.test_client()
        sign_in(client, "quantri")
        enter_code(client, pyotp.TOTP(shared).at(clock()))

        refused = post(client, f"{OWN}ung-dung-ma/bo")

    assert refused.status_code == 409


# ---- locks ----


def fail(session, times, *, name="quantri", address="203.0.113.1", now=NOW):
    for _ in range(times):
        note_attempt(session, username=name, address=address, now=now)


def test_each_lock_lasts_twice_as_long_as_the_one_before(session):
    instant, waits = NOW, []
    for _ in range(4):
        fail(session, ATTEMPTS_PER_NAME, now=instant)
        [lock] = list_locks(session, now=instant)
        waits.append(lock.locked_until - instant)
        instant = lock.locked_until

    assert waits == [ATTEMPT_WINDOW * 2**number for number in range(4)]


def test_a_locked_name_is_refused_before_the_password_is_looked_at(session):
    fail(session, ATTEMPTS_PER_NAME)

    with pytest.raises(TooManySignIns):
        fail(session, 1, now=NOW + ATTEMPT_WINDOW - timedelta(seconds=1))
    fail(session, 1, now=NOW + ATTEMPT_WINDOW)


def test_many_addresses_together_lock_a_name_everywhere(session):
    for number in range(ATTEMPTS_EVERYWHERE):
        fail(session, 1, address=f"198.51.100.{number}")

    with pytest.raises(TooManySignIns):
        fail(session, 1, address="192.0.2.1")
    fail(session, 1, address="192.0.2.1", name="nguoi-khac")


def test_names_of_nobody_are_locked_like_real_ones(session):
    fail(session, ATTEMPTS_PER_NAME, name="khong-co-ai")

    with pytest.raises(TooManySignIns):
        fail(session, 1, name="khong-co-ai")


def test_success_and_time_forget_failures(session):
    fail(session, ATTEMPTS_PER_NAME - 1)
    forget_failures(session, username="QuanTri", address="203.0.113.1")
    fail(session, ATTEMPTS_PER_NAME)
    later = NOW + FORGOTTEN_AFTER

    fail(session, ATTEMPTS_PER_NAME, now=later)

    [lock] = list_locks(session, now=later)
    assert lock.locked_until - later == ATTEMPT_WINDOW


def test_an_administrator_sees_a_lock_and_ends_it(client, database_url, engine, clock):
    with Session(engine) as session, session.begin():
        fail(session, ATTEMPTS_PER_NAME, name="phantich", address="127.0.0.1")
    sign_in(client, "quantri")

    page = client.get("/quan-tri/nguoi-dung/")
    post(
        client,
        "/quan-tri/nguoi-dung/phantich/cho-dang-nhap-lai",
        page="/quan-tri/nguoi-dung/",
    )

    assert "Cho đăng nhập lại" in page.text
    with Session(engine) as session:
        assert list_locks(session, now=clock()) == []
        assert list_actions(session, limit=1)[0].action == "operator_unlocked"
    assert sign_in(client.application.test_client(), "phantich").status_code == 303


def test_what_was_typed_as_a_name_is_not_shown_when_it_is_nobodys(client, engine):
    with Session(engine) as session, session.begin():
        fail(session, ATTEMPTS_PER_NAME, name="mat-khau-go-nham-cho")
    sign_in(client, "quantri")

    assert "mat-khau-go-nham-cho" not in client.get("/quan-tri/nguoi-dung/").text


def test_unlocking_counts_what_it_ended(session):
    fail(session, ATTEMPTS_PER_NAME)

    assert unlock(session, "QUANTRI") == 2
    assert unlock(session, "quantri") == 0


# ---- proof before dangerous actions ----


def test_a_dangerous_action_asks_for_the_password_again(client, clock):
    sign_in(client, "quantri")
    clock.forward(minutes=16)
    asked = post(client, "/quan-tri/nguoi-dung/phantich/khoa", page="/quan-tri/nguoi-dung/phantich")

    form = asked.headers["Location"]
    wrong = post(client, f"{OWN}xac-nhan", page=form, password="sai-mat-khau-roi")
    right = post(client, f"{OWN}xac-nhan", page=form, password=PASSWORD)
    done = post(client, "/quan-tri/nguoi-dung/phantich/khoa", page="/quan-tri/nguoi-dung/phantich")

    assert form.startswith(f"{OWN}xac-nhan")
    assert wrong.status_code == 401
    assert right.status_code == 303
    assert done.headers["Location"] == "/quan-tri/nguoi-dung/phantich"
    assert "Đã khóa" in client.get("/quan-tri/nguoi-dung/phantich").text


# ---- own account ----


def test_a_new_password_needs_the_old_one_and_ends_other_sessions(client):
    elsewhere = client.application.test_client()
    sign_in(elsewhere, "quantri")
    sign_in(client, "quantri")

    wrong = post(client, f"{OWN}mat-khau", present="sai-mat-khau-roi", new=NEW_PASSWORD, again=NEW_PASSWORD)
    differing = post(client, f"{OWN}mat-khau", present=PASSWORD, new=NEW_PASSWORD, again="khac-di-roi-day")
    right = post(client, f"{OWN}mat-khau", present=PASSWORD, new=NEW_PASSWORD, again=NEW_PASSWORD)

    assert (wrong.status_code, differing.status_code, right.status_code) == (401, 303, 303)
    assert is_signed_in(client)
    assert not is_signed_in(elsewhere)
    assert sign_in(elsewhere, "quantri").status_code == 401
    assert sign_in(elsewhere, "quantri", password=NEW_PASSWORD).status_code == 303


def test_changing_the_password_asks_for_no_code_again(client, engine, operators, clock):
    shared, _ = enrol(engine, operators, clock)
    sign_in(client, "quantri")
    enter_code(client, pyotp.TOTP(shared).at(clock()))

    post(client, f"{OWN}mat-khau", present=PASSWORD, new=NEW_PASSWORD, again=NEW_PASSWORD)

    assert is_signed_in(client)


def test_sessions_are_listed_and_ended_one_by_one(client):
    other = client.application.test_client()
    sign_in(other, "quantri")
    sign_in(client, "quantri")

    [name] = re.findall(r"/phien/([0-9a-f]{16})/ket-thuc", client.get(OWN).text)
    post(client, f"{OWN}phien/{name}/ket-thuc")

    assert is_signed_in(client)
    assert not is_signed_in(other)


def test_nobody_ends_the_session_of_another(client, engine):
    other = client.application.test_client()
    sign_in(other, "phantich")
    with Session(engine) as session:
        [name] = [row.token_hash[:16] for row in session.scalars(select(OperatorSession))]
    sign_in(client, "quantri")

    post(client, f"{OWN}phien/{name}/ket-thuc")

    assert is_signed_in(other)


# ---- accounts of others ----


def test_a_new_account_gets_a_password_once_and_must_change_it(client):
    sign_in(client, "quantri")

    made = post(
        client,
        "/quan-tri/nguoi-dung/moi",
        page="/quan-tri/nguoi-dung/",
        username="van.hanh",
        role="operator",
    )
    password = re.search(r'id="password" value="([^"]+)"', made.text)[1]
    newcomer = client.application.test_client()
    sign_in(newcomer, "van.hanh", password=password)
    held = newcomer.get("/quan-tri/")
    post(newcomer, f"{OWN}mat-khau", present=password, new=NEW_PASSWORD, again=NEW_PASSWORD)

    assert held.headers["Location"].startswith(OWN)
    assert newcomer.get("/quan-tri/").status_code == 200
    assert password not in client.get("/quan-tri/nguoi-dung/van.hanh").text


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"username": "quantri", "role": "analyst"}, 400),
        ({"username": "moi", "role": "chua-co"}, 400),
        ({"username": "moi", "role": "unit_manager", "unit": "Không có đơn vị này"}, 400),
        ({"username": "a b", "role": "analyst"}, 400),
    ],
)
def test_an_account_that_cannot_be_is_explained_beside_what_was_typed(client, fields, status):
    sign_in(client, "quantri")

    answer = post(client, "/quan-tri/nguoi-dung/moi", page="/quan-tri/nguoi-dung/", **fields)

    assert answer.status_code == status
    assert fields["username"] in answer.text


def test_a_lost_phone_is_taken_off_the_account(client, engine, operators, clock):
    enrol(engine, operators, clock, name="phantich")
    sign_in(client, "quantri")

    post(
        client,
        "/quan-tri/nguoi-dung/phantich/bo-ung-dung-ma",
        page="/quan-tri/nguoi-dung/phantich",
    )

    assert sign_in(client.application.test_client(), "phantich").headers["Location"] == "/thong-ke/"


def test_the_last_administrator_stays(session):
    create_named_operator(session, "quantri")
    create_named_operator(session, "phantich", role=Role.ANALYST)

    with pytest.raises(LastAdministrator):
        disable_operator(session, "quantri", now=NOW)
    with pytest.raises(LastAdministrator):
        change_role(session, "quantri", role=Role.ANALYST, unit_id=None)

    create_named_operator(session, "quantri-hai")
    assert disable_operator(session, "quantri", now=NOW).disabled_at == NOW


def test_every_change_of_an_account_stands_in_the_log_without_secrets(client, engine):
    sign_in(client, "quantri")
    page = "/quan-tri/nguoi-dung/phantich"
    for action in ("khoa", "mo-khoa", "ket-thuc-phien"):
        post(client, f"{page}/{action}", page=page)
    reset = post(client, f"{page}/mat-khau", page=page)
    password = re.search(r'id="password" value="([^"]+)"', reset.text)[1]

    with Session(engine) as session:
        actions = list_actions(session, limit=10)
    assert {one.action for one in actions} == {
        "operator_disabled",
        "operator_enabled",
        "operator_sessions_ended",
        "operator_password_reset",
    }
    assert {one.operator for one in actions} == {"quantri"}
    assert not any(password in one.particulars for one in actions)
