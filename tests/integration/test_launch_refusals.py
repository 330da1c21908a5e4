"""Launches that must not open: each is answered with its own code and a page that says what to do.

B1-B12 are the known bad payloads of the certification guide, W01-W26 the known weaknesses of pylti1p3; both
are written here in our own words.
"""

import hashlib
import hmac
import json
import threading
from base64 import urlsafe_b64encode

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from structlog.testing import capture_logs

from lti_tool.launch.models import LaunchSession, LoginState
from lti_tool.platforms.models import PlatformRegistration
from tests.factories.lti import (
    INSTRUCTOR,
    LEARNER,
    LTI,
    TOOL,
    Browser,
    FakePlatform,
    create_package,
    create_platform,
    json_answer,
    make_claims,
    make_http,
    make_jwk,
    make_rsa_key,
    open_tool,
)


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
    return Browser(app, platform, clock)


def count_opened(engine) -> int:
    with Session(engine) as session:
        return session.scalar(select(func.count()).select_from(LaunchSession)) or 0


def assert_refused(answer, code, engine=None, *, opened=0):
    assert f"<code>{code}</code>" in answer.text, answer.text
    assert 400 <= answer.status_code < 500
    if engine is not None:
        assert count_opened(engine) == opened


def token_part(content) -> str:
    return urlsafe_b64encode(json.dumps(content).encode()).decode().rstrip("=")


def send(browser, clock, *, claims=None, without=(), sign=None, **login):
    """A login, and a message with changed claims (full names) or signed in another way."""
    asked = browser.begin(**login)
    body = make_claims(browser.platform, nonce=asked["nonce"], now=clock()) | (claims or {})
    body = {name: value for name, value in body.items() if name not in without}
    id_token = sign(browser.platform, body) if sign else browser.platform.sign(body)
    return browser.post(asked["state"], id_token)


BAD_PAYLOADS = [
    ("B1 no kid", "key_id_missing", {"sign": lambda platform, body: platform.sign(body, kid=None)}),
    (
        "B2 wrong kid",
        "signing_key_unknown",
        {"sign": lambda platform, body: platform.sign(body, kid="other")},
    ),
    ("B3 wrong version", "version_unsupported", {"claims": {LTI + "version": "11.3"}}),
    ("B4 no version", "claim_missing", {"without": [LTI + "version"]}),
    ("B5 no LTI message", "nonce_mismatch", {"sign": lambda platform, _body: platform.sign({"name": "bad"})}),
    (
        "B6 LTI claims removed",
        "nonce_mismatch",
        {"without": ["aud", "iss", "sub", "nonce", LTI + "deployment_id", LTI + "roles"]},
    ),
    ("B7 wrong times", "id_token_expired", {"claims": {"iat": 11111, "exp": 22222}}),
    ("B8 no message type", "claim_missing", {"without": [LTI + "message_type"]}),
    ("B9 no roles", "claim_missing", {"without": [LTI + "roles"]}),
    ("B10 no deployment", "claim_missing", {"without": [LTI + "deployment_id"]}),
    ("B11 no resource link", "claim_missing", {"without": [LTI + "resource_link"]}),
    ("B11 no resource link id", "claim_missing", {"claims": {LTI + "resource_link": {"title": "x"}}}),
    ("B12 no subject", "claim_missing", {"without": ["sub"]}),
]


@pytest.mark.parametrize("role", [INSTRUCTOR, LEARNER], ids=["instructor", "learner"])
@pytest.mark.parametrize(
    ("code", "sending"), [case[1:] for case in BAD_PAYLOADS], ids=[case[0] for case in BAD_PAYLOADS]
)
def test_certification_bad_payloads_are_refused(browser, clock, engine, role, code, sending):
    claims = {LTI + "roles": [role]} | sending.get("claims", {})

    answer = send(browser, clock, **sending | {"claims": claims})

    assert_refused(answer, code, engine)


def signed_by_a_stranger(platform, body):
    return platform.sign(body, key=make_rsa_key("stranger"))


def unsigned(_platform, body):
    return f"{token_part({'alg': 'none', 'kid': 'lms-key-1', 'typ': 'JWT'})}.{token_part(body)}."


def signed_with_the_public_key_as_a_secret(platform, body):
    head = f"{token_part({'alg': 'HS256', 'kid': platform.kid})}.{token_part(body)}"
    secret = json.dumps(make_jwk(platform.key, platform.kid)).encode()
    seal = urlsafe_b64encode(hmac.digest(secret, head.encode(), hashlib.sha256)).decode().rstrip("=")
    return f"{head}.{seal}"


def signed_with_another_rsa_algorithm(platform, body):
    return platform.sign(body, algorithm="RS512")


def changed_after_signing(platform, body):
    header, _, seal = platform.sign(body).split(".")
    return f"{header}.{token_part(body | {LTI + 'roles': [INSTRUCTOR]})}.{seal}"


NOW = 1795485600  # the standing clock of the tests

OUR_ADDITIONS = [
    ("W04 no exp", "claim_missing", {"without": ["exp"]}),
    ("W04 no iat", "claim_missing", {"without": ["iat"]}),
    (
        "W04 old iat, far exp",
        "id_token_too_old",
        {"claims": {"iat": NOW - 31_536_000, "exp": NOW + 31_536_000}},
    ),
    ("W08 expired beyond the leeway", "id_token_expired", {"claims": {"iat": NOW - 71, "exp": NOW - 11}}),
    (
        "W08 from the future beyond the leeway",
        "id_token_from_future",
        {"claims": {"iat": NOW + 11, "exp": NOW + 71}},
    ),
    ("nbf ahead", "id_token_from_future", {"claims": {"nbf": NOW + 60}}),
    ("iat is no number", "claim_malformed", {"claims": {"iat": "now"}}),
    ("no nonce", "nonce_mismatch", {"without": ["nonce"]}),
    ("wrong nonce", "nonce_mismatch", {"claims": {"nonce": "of-somebody-else"}}),
    ("nonce of another type", "claim_malformed", {"claims": {"nonce": ["x"]}}),
    ("W06 azp mismatch", "authorized_party_mismatch", {"claims": {"azp": "another"}}),
    (
        "W06 several audiences without azp",
        "authorized_party_mismatch",
        {"claims": {"aud": ["another", "client-of-the-tool"]}},
    ),
    ("W10 unknown aud", "audience_mismatch", {"claims": {"aud": "another"}}),
    ("W10 unknown aud in a list", "audience_mismatch", {"claims": {"aud": ["another"]}}),
    (
        "W10 unknown issuer in the message",
        "issuer_mismatch",
        {"claims": {"iss": "https://other.example.test"}},
    ),
    ("unknown deployment", "deployment_unknown", {"claims": {LTI + "deployment_id": "99"}}),
    ("forged signature", "signature_invalid", {"sign": signed_by_a_stranger}),
    ("changed after signing", "signature_invalid", {"sign": changed_after_signing}),
    ("alg none", "algorithm_not_allowed", {"sign": unsigned}),
    ("HS256 confusion", "algorithm_not_allowed", {"sign": signed_with_the_public_key_as_a_secret}),
    ("RS512", "algorithm_not_allowed", {"sign": signed_with_another_rsa_algorithm}),
    ("W05 target missing", "claim_missing", {"without": [LTI + "target_link_uri"]}),
    (
        "W05 target differs from login's",
        "target_changed",
        {"claims": {LTI + "target_link_uri": f"{TOOL}/lti/launch?content=other"}},
    ),
    (
        "W05 target off our host",
        "target_changed",
        {"claims": {LTI + "target_link_uri": "https://elsewhere.example.test/"}},
    ),
    ("W09 roles a text", "claim_malformed", {"claims": {LTI + "roles": INSTRUCTOR}}),
    (
        "W09 300 characters of resource link",
        "claim_malformed",
        {"claims": {LTI + "resource_link": {"id": "x" * 300}}},
    ),
    ("W09 256 characters of subject", "claim_malformed", {"claims": {"sub": "x" * 256}}),
    ("W10 resource link no object", "claim_malformed", {"claims": {LTI + "resource_link": "7"}}),
    ("W10 course no object", "claim_malformed", {"claims": {LTI + "context": ["2"]}}),
    (
        "W10 claims no object",
        "id_token_malformed",
        {"sign": lambda platform, _body: platform.sign(["claims"])},
    ),
    ("message type unknown", "message_type_unknown", {"claims": {LTI + "message_type": "LtiSomething"}}),
    (
        "proctoring is not offered",
        "message_type_not_offered",
        {"claims": {LTI + "message_type": "LtiStartProctoring"}},
    ),
    (
        "data privacy is not offered",
        "message_type_not_offered",
        {"claims": {LTI + "message_type": "DataPrivacyLaunchRequest"}},
    ),
    (
        "deep linking without settings",
        "claim_missing",
        {"claims": {LTI + "message_type": "LtiDeepLinkingRequest"}},
    ),
    (
        "submission review of nobody",
        "claim_missing",
        {"claims": {LTI + "message_type": "LtiSubmissionReviewRequest"}},
    ),
    ("version of another type", "claim_malformed", {"claims": {LTI + "version": 1.3}}),
    ("two parts only", "id_token_malformed", {"sign": lambda _platform, body: f"{token_part(body)}.x"}),
    ("no base64", "id_token_malformed", {"sign": lambda _platform, _body: "ă.ă.ă"}),
    (
        "header no object",
        "id_token_malformed",
        {"sign": lambda _platform, body: f"{token_part(['RS256'])}.{token_part(body)}.x"},
    ),
    ("huge", "id_token_malformed", {"claims": {"padding": "x" * 70_000}}),
    ("deeply nested", "id_token_malformed", {"sign": lambda _platform, _body: nested_token()}),
    ("no content named", "content_not_chosen", {"claims": {LTI + "custom": {}}}),
    ("content with a path trick", "content_not_chosen", {"claims": {LTI + "custom": {"content": "../../x"}}}),
    ("unknown package", "content_choice_unknown", {"claims": {LTI + "custom": {"content": "khong-co"}}}),
    (
        "unknown module",
        "content_choice_unknown",
        {"claims": {LTI + "custom": {"content": "goi-thu/m/khong-co"}}},
    ),
    (
        "unknown quiz",
        "content_choice_unknown",
        {"claims": {LTI + "custom": {"content": "goi-thu/z/mot-cua"}}},
    ),
]


def nested_token() -> str:
    deep = urlsafe_b64encode(b"[" * 40_000).decode().rstrip("=")
    return f"{token_part({'alg': 'RS256', 'kid': 'x'})}.{deep}.x"


@pytest.mark.parametrize(
    ("code", "sending"), [case[1:] for case in OUR_ADDITIONS], ids=[case[0] for case in OUR_ADDITIONS]
)
def test_a_message_that_breaks_a_rule_is_refused(browser, clock, engine, code, sending):
    assert int(clock().timestamp()) == NOW

    answer = send(browser, clock, **sending)
    whole = browser.launch()

    assert_refused(answer, code, engine, opened=1)
    assert whole.status_code == 303


def test_w05_a_target_off_our_host_is_refused_at_login(browser, engine):
    for target in (
        "https://elsewhere.example.test/lti/launch",
        f"{TOOL}.evil.test/",
        "http://[",
        "x",
        f"{TOOL}:8443/",
    ):
        assert_refused(browser.login(target_link_uri=target), "target_elsewhere", engine)


def test_our_own_address_may_be_written_in_another_case_or_with_its_port(browser):
    assert browser.login(target_link_uri="HTTPS://Tool.Example.test:443/lti/launch").status_code == 302


@pytest.mark.parametrize("missing", ["iss", "login_hint", "target_link_uri"])
def test_a_login_without_a_required_field_is_refused(browser, missing):
    assert_refused(browser.login(**{missing: None}), "login_incomplete")


@pytest.mark.parametrize("changes", [{"iss": "https://other.example.test"}, {"client_id": "another"}])
def test_w10_an_unknown_platform_is_refused_at_login(browser, changes):
    assert_refused(browser.login(**changes), "platform_unknown")


def test_an_inactive_registration_opens_nothing(browser, engine, clock):
    asked = browser.begin()
    with Session(engine) as session, session.begin():
        session.scalars(select(PlatformRegistration)).one().active = False

    claims = make_claims(browser.platform, nonce=asked["nonce"], now=clock())
    answer = browser.post(asked["state"], browser.platform.sign(claims))

    assert_refused(answer, "platform_unknown", engine)
    assert_refused(browser.login(), "platform_unknown")


def test_a_login_without_client_id_is_refused_where_an_issuer_has_several(browser, engine, clock):
    with Session(engine) as session, session.begin():
        create_platform(session, FakePlatform(client_id="second-client"), now=clock())

    assert_refused(browser.login(client_id=None), "platform_ambiguous")


def launched_message(browser, clock):
    asked = browser.begin()
    claims = make_claims(browser.platform, nonce=asked["nonce"], now=clock())
    return asked["state"], browser.platform.sign(claims)


def test_w01_a_launch_repeated_by_the_same_browser_is_refused(browser, clock, engine):
    state, id_token = launched_message(browser, clock)
    cookies = list(browser.client._cookies.values())
    assert browser.post(state, id_token).status_code == 303
    for cookie in cookies:
        browser.client._cookies[cookie._storage_key] = cookie

    again = browser.post(state, id_token)

    assert_refused(again, "login_already_used", engine, opened=1)


@pytest.mark.parametrize("opened_before", [False, True])
def test_w02_w03_a_launch_by_another_browser_is_refused_before_and_after_it_was_opened(
    app, browser, clock, engine, opened_before
):
    state, id_token = launched_message(browser, clock)
    if opened_before:
        assert browser.post(state, id_token).status_code == 303

    stranger = Browser(app, browser.platform, clock)
    stranger.begin()
    answer = stranger.post(state, id_token)

    assert_refused(answer, "browser_not_recognized", engine, opened=int(opened_before))


@pytest.mark.parametrize(("leeway", "opens"), [(0, False), (10, False), (60, True)])
@pytest.mark.parametrize("seconds", [30, -30], ids=["their clock ahead", "their clock behind"])
def test_w08_the_leeway_of_the_setting_counts_in_both_directions(
    database_url, app, clock, platform, leeway, opens, seconds
):
    del app
    now = int(clock().timestamp())
    times = (
        {"iat": now + seconds, "exp": now + 120} if seconds > 0 else {"iat": now - 90, "exp": now + seconds}
    )
    with open_tool(database_url, platform, clock=clock, clock_leeway_seconds=leeway) as tool:
        answer = Browser(tool, platform, clock).launch(**times)

    assert (answer.status_code == 303) is opens


def test_a_refused_stranger_does_not_use_up_the_login(app, browser, clock):
    state, id_token = launched_message(browser, clock)
    Browser(app, browser.platform, clock).post(state, id_token)

    assert browser.post(state, id_token).status_code == 303


def test_w03_the_cookie_of_one_login_does_not_open_another(browser, clock, engine):
    first_state, first_token = launched_message(browser, clock)
    other_state, _ = launched_message(browser, clock)

    assert_refused(browser.post(other_state, first_token), "nonce_mismatch", engine)
    assert browser.post(first_state, first_token).status_code == 303


def test_two_launches_at_the_same_moment_open_exactly_once(app, browser, clock, engine):
    state, id_token = launched_message(browser, clock)
    assert browser.post("unknown", id_token).status_code == 403
    cookies = dict(browser.client._cookies)
    start = threading.Barrier(6)
    statuses = []

    def post_at_once():
        double = Browser(app, browser.platform, clock)
        double.client._cookies.update(cookies)
        start.wait()
        statuses.append(double.post(state, id_token).status_code)

    threads = [threading.Thread(target=post_at_once) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(statuses) == [303, 403, 403, 403, 403, 403]
    assert count_opened(engine) == 1


@pytest.mark.parametrize("state", [None, "", "state-forged", "x" * 500, "a\x00b"])
def test_a_state_that_was_never_given_out_is_refused(browser, clock, engine, state):
    _, id_token = launched_message(browser, clock)

    assert_refused(browser.post(state, id_token), "login_unknown", engine)


def test_a_login_waits_ten_minutes_and_no_longer(browser, clock, engine):
    asked = browser.begin()
    clock.forward(minutes=10)
    claims = make_claims(browser.platform, nonce=asked["nonce"], now=clock())

    answer = browser.post(asked["state"], browser.platform.sign(claims))

    assert_refused(answer, "login_expired", engine)


def test_the_nonce_of_another_registration_opens_nothing(app, browser, engine, clock):
    second = FakePlatform(issuer="https://second.example.test", key=make_rsa_key("second"))
    with Session(engine) as session, session.begin():
        create_platform(session, second, now=clock())
    asked = browser.begin()

    claims = make_claims(second, nonce=asked["nonce"], now=clock())
    answer = browser.post(asked["state"], second.sign(claims))

    assert_refused(answer, "issuer_mismatch", engine)


def test_a_launch_without_a_message_is_refused(browser, engine):
    asked = browser.begin()

    assert_refused(browser.post(asked["state"], None), "id_token_malformed", engine)


def test_an_error_that_the_lms_posts_is_shown_and_escaped(browser):
    asked = browser.begin()

    answer = browser.post(
        asked["state"], None, error="access_denied", error_description="<script>alert(1)</script>" + "x" * 900
    )

    assert_refused(answer, "platform_answered_error")
    assert "access_denied" in answer.text
    assert "<script>alert" not in answer.text
    assert "x" * 400 not in answer.text


@pytest.mark.parametrize(
    ("error_uri", "shown"),
    [("https://lms.example.test/help", True), ("javascript:alert(1)", False), ("//evil.test", False)],
)
def test_the_page_about_an_error_is_named_in_words_and_never_linked(browser, error_uri, shown):
    asked = browser.begin()

    answer = browser.post(asked["state"], None, error="access_denied", error_uri=error_uri)

    assert (error_uri in answer.text) is shown
    assert f'href="{error_uri}' not in answer.text


def test_an_error_without_a_login_of_ours_is_not_shown(browser):
    answer = browser.post(
        "state-forged", None, error="access_denied", error_description="words of a stranger"
    )

    assert_refused(answer, "login_unknown")
    assert "words of a stranger" not in answer.text


def test_a_browser_without_cookies_is_told_how_to_go_on(app, browser, clock):
    state, id_token = launched_message(browser, clock)

    answer = Browser(app, browser.platform, clock).post(state, id_token)

    assert answer.status_code == 403
    assert "Mở trong cửa sổ mới" in answer.text
    assert 'href="https://lms.example.test/return?course=2" target="_blank"' in answer.text
    assert "cookie của bên thứ ba" in answer.text


def test_an_unverified_message_leads_nowhere(browser, clock):
    answer = send(
        browser,
        clock,
        claims={LTI + "launch_presentation": {"return_url": "https://evil.example.test/"}},
        sign=signed_by_a_stranger,
    )

    assert "evil.example.test" not in answer.text


def test_a_refusal_can_be_read_inside_the_frame_of_any_lms_and_runs_no_script(browser):
    answer = browser.login(iss="https://other.example.test")

    policy = answer.headers["Content-Security-Policy"]
    assert policy.endswith("frame-ancestors *")
    assert "script-src 'self'" in policy
    assert "X-Frame-Options" not in answer.headers


def test_a_program_gets_the_refusal_as_json(browser):
    answer = browser.client.post("/lti/login", base_url=TOOL, headers={"Accept": "application/json"})

    assert answer.status_code == 400
    assert answer.json["code"] == "login_incomplete"


def test_the_log_names_the_rule_and_no_person(browser, clock):
    with capture_logs() as logged:
        send(browser, clock, without=["exp"])
        browser.launch()

    events = [entry for entry in logged if entry["event"].startswith("launch_")]
    assert events[0] | {"log_level": "", "attempt": ""} == {
        "event": "launch_refused",
        "log_level": "",
        "attempt": "",
        "code": "claim_missing",
        "registration_id": 1,
    }
    assert events[1]["event"] == "launch_opened"
    assert set(events[1]) == {
        "event", "log_level", "registration_id", "launch_session_id", "role", "package_id", "attempt",
    }  # fmt: skip


def test_w11_a_new_key_of_the_lms_works_at_once(browser, clock, platform):
    assert browser.launch().status_code == 303
    platform.key, platform.kid = make_rsa_key("lms-rotated"), "lms-key-2"
    clock.forward(seconds=30)

    assert browser.launch().status_code == 303
    assert platform.asked_paths() == ["/keys", "/keys"]


def test_w11_the_key_set_is_not_read_for_each_launch(browser, platform):
    for _ in range(3):
        assert browser.launch().status_code == 303

    assert platform.asked_paths() == ["/keys"]


def test_a_key_set_that_cannot_be_read_is_explained(browser, platform, engine):
    platform.answers["/keys"] = lambda _request: json_answer({}, status=503)

    answer = browser.launch()

    assert answer.status_code == 502
    assert "<code>key_set_unavailable</code>" in answer.text
    assert count_opened(engine) == 0


def test_a_key_set_that_cannot_be_read_does_not_use_up_the_login(browser, platform, clock):
    working = platform.answers["/keys"]
    state, id_token = launched_message(browser, clock)
    platform.answers["/keys"] = lambda _request: json_answer({}, status=503)
    assert browser.post(state, id_token).status_code == 502
    platform.answers["/keys"] = working
    clock.forward(seconds=30)

    assert browser.post(state, id_token).status_code == 303


def test_a_refused_launch_leaves_its_login_waiting(browser, clock, engine):
    send(browser, clock, claims={LTI + "custom": {"content": "khong-co"}})

    with Session(engine) as session:
        assert session.scalars(select(LoginState.used_at)).all() == [None]


def test_w24_two_tools_in_one_process_share_nothing(database_url, app, browser, clock, platform):
    stranger = FakePlatform(issuer="https://third.example.test")
    with open_tool(database_url, stranger, clock=clock) as other:
        assert_refused(Browser(other, stranger, clock).login(), "platform_unknown")

    assert browser.launch().status_code == 303
    assert make_http(stranger).adapters.keys() == {"https://third.example.test"}
