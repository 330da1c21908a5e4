"""Operators sign in through their organisation: a real issuer on the loopback, honest and lying."""

from contextlib import contextmanager
from dataclasses import replace

import pytest
from pydantic import SecretStr
from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.admin.issuer import Issuer
from lti_tool.admin.models import Operator, OperatorSession
from lti_tool.admin.operators import Role, create_operator, disable_operator
from lti_tool.app import issuer_settings_from
from lti_tool.platforms.key_sets import KeySets
from lti_tool.platforms.lms_http import LmsHttp
from lti_tool.settings import SettingsRefused, load_settings
from tests.factories.lti import make_rsa_key, open_tool
from tests.factories.organization import NOW
from tests.factories.reports import create_named_operator, csrf_token, sign_in
from tests.factories.sign_on_issuer import CLIENT_ID, CLIENT_SECRET, running_sign_on
from xapi_bridge.running_app import lend, running_app

BEGIN, BACK = "/quan-tri/dang-nhap/sso/", "/quan-tri/dang-nhap/sso/ve"
OWN = "/quan-tri/tai-khoan-cua-toi/"


@pytest.fixture
def issuer(clock):
    with running_sign_on(clock) as running:
        yield running


@pytest.fixture
def client(database_url, engine, issuer, clock):
    with Session(engine) as session, session.begin():
        create_named_operator(session, "quantri")
        create_operator(
            session,
            username="van-an",
            password=None,
            role=Role.OPERATOR,
            unit_id=None,
            now=NOW,
            external_name="an.nv",
        )
    with opened(database_url, issuer, clock) as app:
        yield app.test_client()


@contextmanager
def opened(database_url, issuer, clock, **settings):
    """The tool, whose way out leads to the loopback."""
    given = {
        "sso_issuer": issuer.address,
        "sso_client_id": CLIENT_ID,
        "sso_client_secret": SecretStr(CLIENT_SECRET),
        **settings,
    }
    with open_tool(database_url, clock=clock, **given) as app:
        http = LmsHttp(timeout_seconds=2, private_networks_allowed=True)
        known = Issuer(http, KeySets(http), issuer_settings_from(app.config["CCHC_SETTINGS"]))
        with app.app_context():
            running = running_app()
        lend(app, replace(running, ports={**running.ports, Issuer: known}))
        yield app


def enter(client, issuer, **changes):
    """The whole way of the browser; `changes` are made to what comes back."""
    sent = client.get(BEGIN)
    back = issuer.authorize(sent.headers["Location"]) | changes
    return client.get(BACK, query_string={name: value for name, value in back.items() if value is not None})


def is_signed_in(client) -> bool:
    return client.get(OWN).status_code == 200


def test_an_account_made_beforehand_is_found_by_name_and_then_by_subject(client, issuer, engine):
    first = enter(client, issuer)
    signed_in = is_signed_in(client)
    client.delete_cookie("cchc_operator")
    issuer.person = {"sub": "s-1", "preferred_username": "doi.ten"}
    second = enter(client, issuer)

    assert (first.status_code, first.headers["Location"]) == (303, "/quan-tri/")
    assert signed_in
    assert second.status_code == 303
    with Session(engine) as session:
        kept = session.scalars(select(Operator).where(Operator.username == "van-an")).one()
        assert (kept.external_issuer, kept.external_subject) == (issuer.address, "s-1")


def test_a_tied_account_is_not_taken_over_by_a_namesake(client, issuer):
    enter(client, issuer)
    client.delete_cookie("cchc_operator")
    issuer.person = {"sub": "s-2", "preferred_username": "an.nv"}

    answer = enter(client, issuer)

    assert answer.status_code == 403
    assert "Bạn chưa có tài khoản ở đây" in answer.text


def test_the_code_is_exchanged_with_pkce_and_our_secret(client, issuer):
    sent = client.get(BEGIN).headers["Location"]
    enter(client, issuer)

    assert "code_challenge_method=S256" in sent
    assert len(issuer.forms[-1]["code_verifier"]) >= 43
    assert issuer.forms[-1]["client_secret"] == CLIENT_SECRET


@pytest.mark.parametrize(
    ("lies", "header"),
    [
        ({"iss": "https://other.example"}, {}),
        ({"aud": "another-client"}, {}),
        ({"aud": [CLIENT_ID, "another-client"]}, {}),
        ({"azp": "another-client"}, {}),
        ({"nonce": "of-another-sign-in"}, {}),
        ({"nonce": None}, {}),
        ({"exp": 1}, {}),
        ({"exp": None}, {}),
        ({"exp": "soon"}, {}),
        ({"iat": 99_999_999_999}, {}),
        ({"iat": None}, {}),
        ({"sub": None}, {}),
        ({"sub": "x" * 256}, {}),
        ({}, {"kid": "unknown"}),
        ({}, {"kid": None}),
    ],
)
def test_a_token_that_is_not_for_this_sign_in_opens_nothing(client, issuer, lies, header):
    issuer.lies, issuer.header = lies, header

    answer = enter(client, issuer)

    assert answer.status_code == 401
    assert not is_signed_in(client)


@pytest.mark.parametrize(
    ("algorithm", "key"), [("HS256", CLIENT_SECRET * 2), ("none", None), ("RS256", make_rsa_key("stranger"))]
)
def test_a_token_signed_by_somebody_else_opens_nothing(client, issuer, algorithm, key):
    issuer.algorithm, issuer.key = algorithm, key

    assert enter(client, issuer).status_code == 401
    assert not is_signed_in(client)


@pytest.mark.parametrize(
    "changes",
    [
        {"state": "of-another-browser"},
        {"state": None},
        {"code": None},
        {"code": "never-given"},
        {"code": "x" * 5000},
        {"error": "access_denied"},
        {"iss": "https://other.example"},
    ],
)
def test_an_answer_that_does_not_belong_to_the_question_opens_nothing(client, issuer, changes):
    assert enter(client, issuer, **changes).status_code == 401
    assert not is_signed_in(client)


def test_an_answer_counts_once(client, issuer):
    sent = client.get(BEGIN)
    back = issuer.authorize(sent.headers["Location"])
    client.get(BACK, query_string=back)
    client.delete_cookie("cchc_operator")

    again = client.get(BACK, query_string=back)

    assert again.status_code == 401


def test_a_browser_that_did_not_begin_cannot_end(client, issuer):
    sent = client.get(BEGIN)
    back = issuer.authorize(sent.headers["Location"])
    victim = client.application.test_client()

    assert victim.get(BACK, query_string=back).status_code == 401
    assert not is_signed_in(victim)


@pytest.mark.parametrize(
    "described",
    [
        {"issuer": "https://other.example"},
        {"token_endpoint": None},
        {"jwks_uri": "file:///etc/passwd"},
        {"authorization_endpoint": "javascript:alert(1)"},
    ],
)
def test_an_issuer_that_describes_itself_wrongly_is_not_used(client, issuer, described):
    issuer.described = described

    answer = client.get(BEGIN)

    assert answer.status_code == 503
    assert "Hệ thống đăng nhập của cơ quan không trả lời" in answer.text


def test_while_the_issuer_is_down_passwords_still_work(client, issuer):
    issuer.down = True

    assert client.get(BEGIN).status_code == 503
    assert sign_in(client, "quantri").status_code == 303


def test_a_disabled_account_stays_closed(client, issuer, engine):
    with Session(engine) as session, session.begin():
        disable_operator(session, "van-an", now=NOW)

    assert enter(client, issuer).status_code == 403


def test_an_account_without_password_opens_by_no_password(client):
    for password in ("", "x", "mat-khau-rat-dai"):
        assert sign_in(client, "van-an", password=password).status_code == 401


def test_a_group_makes_an_account_and_the_role_follows_the_group(database_url, engine, issuer, clock):
    issuer.person = {"sub": "s-9", "preferred_username": "Quản.Trị@noivu", "groups": ["all", "ktv"]}
    with Session(engine) as session, session.begin():
        create_named_operator(session, "qun.tr")
    roles = "admins=administrator; ktv=analyst"
    with opened(database_url, issuer, clock, sso_roles=roles) as app:
        client = app.test_client()
        made = enter(client, issuer)
        with Session(engine) as session:
            account = session.scalars(select(Operator).where(Operator.external_subject == "s-9")).one()
            first = (account.username, account.role, account.password_hash)
        issuer.person["groups"] = ["admins", "ktv"]
        client.delete_cookie("cchc_operator")
        enter(client, issuer)
        with Session(engine) as session:
            second = session.scalars(select(Operator.role).where(Operator.external_subject == "s-9")).one()
        issuer.person["groups"] = ["all"]
        client.delete_cookie("cchc_operator")
        third = enter(client, issuer)

    assert made.headers["Location"] == "/thong-ke/"
    assert first == ("qun.tr-2", "analyst", "")
    assert second == "administrator"
    assert third.status_code == 403


def test_without_a_matching_group_nobody_gets_an_account(database_url, engine, issuer, clock):
    issuer.person = {"sub": "s-9", "preferred_username": "la", "groups": ["all"]}
    with opened(database_url, issuer, clock, sso_roles="admins=administrator") as app:
        answer = enter(app.test_client(), issuer)

    assert answer.status_code == 403
    with Session(engine) as session:
        assert session.scalars(select(Operator)).all() == []


def test_a_dangerous_action_is_confirmed_by_signing_in_again_there(client, issuer, engine, clock):
    enter(client, issuer)
    clock.forward(minutes=20)

    sent = client.get(BEGIN).headers["Location"]
    issuer.lies = {"auth_time": int(clock().timestamp()) - 3600}
    stale = client.get(BACK, query_string=issuer.authorize(sent))

    assert "prompt=login" in sent
    assert stale.status_code == 401
    issuer.lies = {}
    fresh = enter(client, issuer)
    assert fresh.status_code == 303
    with Session(engine) as session:
        newest = session.scalars(select(OperatorSession).order_by(OperatorSession.opened_at.desc())).first()
        assert (newest.method, newest.confirmed_at) == ("sso", clock())


def test_the_organisations_second_factor_is_enough(database_url, engine, issuer, clock):
    with Session(engine) as session, session.begin():
        create_operator(
            session,
            username="van-an",
            password=None,
            role=Role.ADMINISTRATOR,
            unit_id=None,
            now=NOW,
            external_name="an.nv",
        )
    with opened(database_url, issuer, clock, second_factor="everybody") as app:
        client = app.test_client()
        enter(client, issuer)

        assert client.get("/quan-tri/noi-dung").status_code == 200


def test_without_the_setting_there_is_no_such_door(database_url, engine, clock):
    with open_tool(database_url, clock=clock) as app:
        client = app.test_client()

        assert client.get(BEGIN).status_code == 404
        assert "sso" not in client.get("/quan-tri/dang-nhap").text


def test_signing_in_never_leads_to_another_site(client, issuer):
    sent = client.get(BEGIN, query_string={"next": "https://evil.example/"})
    back = issuer.authorize(sent.headers["Location"])

    assert client.get(BACK, query_string=back).headers["Location"] == "/quan-tri/"


def test_the_sign_in_page_offers_both_ways(client):
    page = client.get("/quan-tri/dang-nhap")

    assert BEGIN in page.text
    assert csrf_token(page)


@pytest.mark.parametrize(
    "given",
    [
        {"CCHC_SSO_ISSUER": "https://a.example"},
        {"CCHC_SSO_ROLES": "admins"},
        {"CCHC_SSO_ROLES": "admins=unit_manager"},
        {"CCHC_SSO_ISSUER": "https://a.example", "CCHC_SSO_CLIENT_ID": "x", "CCHC_SSO_SCOPES": "profile"},
    ],
)
def test_settings_that_cannot_work_stop_the_start(given):
    with pytest.raises(SettingsRefused):
        load_settings(given)
