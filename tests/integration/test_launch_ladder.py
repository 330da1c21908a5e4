"""The cookie ladder as requests and answers; tests/journeys/test_cookie_ladder.py climbs it in a browser."""

import re
from html import unescape
from urllib.parse import parse_qsl, urlsplit

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from content_packages.player.ticket import open_ticket
from lti_tool.launch.models import LoginState
from tests.factories.launches import read_attempts
from tests.factories.lti import (
    SECRET,
    TOOL,
    Browser,
    FakePlatform,
    create_package,
    create_platform,
    make_claims,
    open_tool,
)

STORAGE = {"lti_storage_target": "_parent"}


@pytest.fixture
def platform():
    return FakePlatform()


@pytest.fixture
def app(database_url, engine, clock, platform):
    with Session(engine) as session, session.begin():
        create_platform(session, platform, now=clock())
        create_package(session, now=clock())
    with open_tool(database_url, platform, clock=clock) as opened:
        yield opened


@pytest.fixture
def browser(app, platform, clock):
    return Browser(app, platform, clock, new=True)


def go_on(browser, login):
    """Follows the login to its look at the cookie."""
    assert login.status_code == 302, login.text
    return browser.client.get(login.headers["Location"], base_url=TOOL)


def without_cookies(browser):
    browser.client._cookies.clear()


def read_data(page, name):
    return unescape(re.search(rf'data-{name}="([^"]*)"', page.text)[1])


def read_onward(page):
    """Where the page goes by itself; no redirect, since the form-action of our own form would forbid it."""
    assert page.status_code == 200
    return unescape(re.search(r'http-equiv="refresh" content="0;url=([^"]*)"', page.text)[1])


def read_state(address):
    return dict(parse_qsl(urlsplit(address).query))["state"]


def sign_answer(browser, address):
    asked = dict(parse_qsl(urlsplit(address).query))
    claims = make_claims(browser.platform, nonce=asked["nonce"], now=browser.clock())
    return asked["state"], browser.platform.sign(claims)


def test_a_browser_that_was_here_before_goes_straight_to_the_lms(app, platform, clock):
    browser = Browser(app, platform, clock, new=True)
    go_on(browser, browser.login())

    again = browser.login()

    assert again.headers["Location"].startswith("https://lms.example.test/auth?")


def test_a_new_browser_passes_by_once_more_and_goes_to_the_lms_when_its_cookie_came_back(browser, engine):
    answer = go_on(browser, browser.login())

    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("https://lms.example.test/auth?")
    state, id_token = sign_answer(browser, answer.headers["Location"])
    assert browser.post(state, id_token).status_code == 303
    assert [(one.step, one.outcome, one.rung) for one in read_attempts(engine)] == [
        ("login", "laddered", ""),
        ("login", "sent_on", "cookie"),
        ("launch", "opened", "cookie"),
    ]


def test_a_browser_without_cookies_is_offered_a_window_before_the_hint_is_used_up(browser):
    login = browser.login()
    without_cookies(browser)

    page = go_on(browser, login)

    assert page.status_code == 200
    assert "Mở trong cửa sổ mới" in page.text
    assert 'target="_blank"' in page.text
    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["Content-Security-Policy"].endswith("frame-ancestors *")


def test_the_window_begins_the_login_again_with_what_the_lms_sent(browser):
    login = browser.login()
    without_cookies(browser)
    page = go_on(browser, login)

    form = re.search(r'<form id="ladder-window".*?</form>', page.text, re.DOTALL)[0]
    fields = {
        unescape(name): unescape(value) for name, value in re.findall(r'name="([^"]*)" value="([^"]*)"', form)
    }

    assert fields == {
        "iss": "https://lms.example.test",
        "target_link_uri": f"{TOOL}/lti/launch",
        "login_hint": "5",
        "lti_message_hint": '{"cmid":2,"launchid":"lan-thu"}',
        "client_id": "client-of-the-tool",
        "lti_deployment_id": "2",
        "cchc_rung": "window",
    }


def test_a_browser_that_was_here_before_also_goes_on_from_the_window_by_a_page(app, platform, clock):
    browser = Browser(app, platform, clock)

    assert read_onward(browser.login(cchc_rung="window")).startswith("https://lms.example.test/auth?")


def test_a_launch_in_the_window_is_noted_as_such(browser, engine):
    page = go_on(browser, browser.login(cchc_rung="window"))

    assert browser.post(*sign_answer(browser, read_onward(page))).status_code == 303
    assert read_attempts(engine)[-1].rung == "window"


def test_a_browser_that_keeps_no_cookies_even_in_a_window_is_told_so(browser):
    login = browser.login(cchc_rung="window")
    without_cookies(browser)

    page = go_on(browser, login)

    assert page.status_code == 403
    assert "<code>cookies_blocked</code>" in page.text


def test_an_unknown_rung_is_an_ordinary_login(browser, engine):
    browser.login(cchc_rung="<script>")

    with Session(engine) as session:
        assert session.scalars(select(LoginState.asked_rung)).all() == [""]


def launch_by_storage(browser, *, proof=None, origin=TOOL, **login):
    """A login and launch of a browser without cookies; `proof=None` sends the right one."""
    begun = browser.login(**STORAGE | login)
    without_cookies(browser)
    page = go_on(browser, begun)
    state, id_token = sign_answer(browser, read_data(page, "authorization-url"))
    fields = {
        "state": state,
        "id_token": id_token,
        "cchc_proof": read_data(page, "storage-proof") if proof is None else proof,
        "cchc_asked": "1",
    }
    headers = {"Origin": origin} if origin else {}
    return browser.client.post("/lti/launch", data=fields, base_url=TOOL, headers=headers)


def test_the_storage_of_the_lms_gets_a_proof_for_its_own_origin_and_frame(browser):
    begun = browser.login(**STORAGE)
    without_cookies(browser)

    page = go_on(browser, begun)

    assert read_data(page, "platform-origin") == "https://lms.example.test"
    assert read_data(page, "storage-target") == "_parent"
    assert len(read_data(page, "storage-proof")) == 64
    assert read_data(page, "authorization-url").startswith("https://lms.example.test/auth?")


def test_a_message_without_cookie_is_first_answered_by_a_page_that_asks_the_storage(browser):
    begun = browser.login(**STORAGE)
    without_cookies(browser)
    page = go_on(browser, begun)

    answer = browser.post(*sign_answer(browser, read_data(page, "authorization-url")))

    assert answer.status_code == 200
    assert 'id="proof"' in answer.text
    assert read_data(answer, "storage-key") == read_data(page, "storage-key")
    assert "storage-proof" not in answer.text


def test_a_forged_message_gets_no_page_that_asks_the_storage(browser, engine):
    begun = browser.login(**STORAGE)
    without_cookies(browser)
    page = go_on(browser, begun)
    state = read_state(read_data(page, "authorization-url"))

    answer = browser.post(state, "x.y.z")

    assert answer.status_code == 401
    assert read_attempts(engine)[-1].error_code == "id_token_malformed"


def test_the_proof_from_our_own_page_opens_the_launch_in_frames_only(browser, clock, engine):
    answer = launch_by_storage(browser)

    assert answer.status_code == 303, answer.text
    path = urlsplit(answer.headers["Location"]).path
    assert not open_ticket(path.split("/")[2], secret=SECRET, now=clock()).bound
    assert read_attempts(engine)[-1].rung == "storage"
    without_cookies(browser)
    framed = browser.client.get(f"{path}m/mot-cua", base_url=TOOL, headers={"Sec-Fetch-Dest": "iframe"})
    copied = browser.client.get(f"{path}m/mot-cua", base_url=TOOL, headers={"Sec-Fetch-Dest": "document"})
    assert framed.status_code == 200
    assert copied.status_code == 403


@pytest.mark.parametrize("origin", ["https://lms.example.test", "https://evil.example.test", "null", None])
def test_a_proof_that_another_page_posts_counts_for_nothing(browser, origin):
    answer = launch_by_storage(browser, origin=origin)

    assert answer.status_code == 403
    assert "<code>browser_not_recognized</code>" in answer.text


@pytest.mark.parametrize("proof", ["", "0" * 64, "ă"])
def test_a_wrong_proof_counts_for_nothing(browser, proof):
    assert launch_by_storage(browser, proof=proof).status_code == 403


def test_the_proof_of_one_login_does_not_open_another(browser):
    other = browser.login(**STORAGE)
    without_cookies(browser)
    proof = read_data(go_on(browser, other), "storage-proof")

    assert launch_by_storage(browser, proof=proof).status_code == 403


def test_a_platform_that_offers_no_storage_gets_no_proof(browser):
    begun = browser.login()
    without_cookies(browser)

    page = go_on(browser, begun)

    assert read_data(page, "storage-proof") == ""


@pytest.mark.parametrize("target", ["x" * 101, "a\nb", ""])
def test_an_impossible_name_of_a_frame_is_no_storage(browser, engine, target):
    browser.login(lti_storage_target=target)

    with Session(engine) as session:
        assert session.scalars(select(LoginState.storage_target)).all() == [""]


def test_the_held_login_is_sealed_and_gone_after_the_launch(browser, engine):
    answer = go_on(browser, browser.login())
    with Session(engine) as session:
        held = session.scalars(select(LoginState.sealed_login)).one()
    assert held
    assert "lan-thu" not in held

    assert browser.post(*sign_answer(browser, answer.headers["Location"])).status_code == 303

    with Session(engine) as session:
        assert session.scalars(select(LoginState.sealed_login)).all() == [""]


def test_the_look_at_the_cookie_works_no_more_after_the_launch(browser):
    login = browser.login()
    answer = go_on(browser, login)
    browser.post(*sign_answer(browser, answer.headers["Location"]))

    again = go_on(browser, login)

    assert again.status_code == 403
    assert "<code>login_already_used</code>" in again.text


@pytest.mark.parametrize("state", ["", "state-forged", "x" * 500])
def test_a_look_at_the_cookie_of_no_login_is_refused(browser, state):
    answer = browser.client.get("/lti/login/continue", query_string={"state": state}, base_url=TOOL)

    assert answer.status_code == 403
    assert "<code>login_unknown</code>" in answer.text


def test_after_storage_access_the_message_is_posted_again_by_our_own_page(browser, engine):
    onward = go_on(browser, browser.login(cchc_rung="storage_access"))
    state, id_token = sign_answer(browser, read_onward(onward))
    kept = dict(browser.client._cookies)
    without_cookies(browser)
    page = browser.post(state, id_token)
    browser.client._cookies.update(kept)

    opened = browser.post(state, id_token, cchc_asked="1")

    assert read_data(page, "asked-rung") == "storage_access"
    assert opened.status_code == 303
    assert read_attempts(engine)[-1].rung == "storage_access"


def test_no_page_of_the_ladder_carries_inline_code(browser):
    begun = browser.login(**STORAGE)
    without_cookies(browser)
    page = go_on(browser, begun)
    proof = browser.post(*sign_answer(browser, read_data(page, "authorization-url")))

    for answer in (page, proof):
        assert not re.search(r"<script(?![^>]*\bsrc=)", answer.text)
        assert not re.search(r"\son[a-z]+=|\sstyle=", answer.text)
        assert "script-src 'self'" in answer.headers["Content-Security-Policy"]
