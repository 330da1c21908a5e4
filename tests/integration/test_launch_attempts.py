"""Every attempt is kept with its checks; nothing in it names a person; and it can be found by its code."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session
from werkzeug.test import create_environ, run_wsgi_app

from lti_tool.admin.operators import Role, create_operator
from lti_tool.launch.flight import Flight
from lti_tool.launch.flight_records import MOST_LOGINS, MOST_STRANGERS, FlightRecorder
from lti_tool.launch.models import LaunchSession
from sync.timetable import sweep_launch_records
from tests.factories.launches import make_review_claims, read_attempts, send_message
from tests.factories.lti import (
    INSTRUCTOR,
    LTI,
    TOOL,
    Browser,
    FakePlatform,
    create_package,
    create_platform,
    make_claims,
    make_rsa_key,
    open_tool,
)
from tests.factories.reports import PASSWORD, come_in

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)


@pytest.fixture
def platform():
    return FakePlatform()


@pytest.fixture
def app(database_url, engine, clock, platform):
    with Session(engine) as session, session.begin():
        create_platform(session, platform, now=clock())
        create_package(session, now=clock())
    with open_tool(database_url, platform, clock=clock, launch_records_days=30) as opened:
        yield opened


@pytest.fixture
def browser(app, platform, clock):
    return Browser(app, platform, clock)


@pytest.fixture
def console(app, engine, clock):
    with Session(engine) as session, session.begin():
        create_operator(
            session,
            username="quan-tri",
            password=PASSWORD,
            role=Role.ADMINISTRATOR,
            unit_id=None,
            now=clock(),
        )
    client = app.test_client()
    come_in(client, "quan-tri")
    return client


def shown_code_of(answer) -> str:
    return re.search(r"Mã hỗ trợ: <strong><code>([A-Z]{4}-[A-Z]{4})</code>", answer.text)[1]


def results_of(attempt) -> dict[str, str]:
    return dict(attempt.checks)


def test_an_opened_launch_is_kept_with_every_check_passed(browser, engine):
    browser.launch()

    login, launch = read_attempts(engine)
    assert (login.step, login.outcome) == ("login", "sent_on")
    assert (launch.step, launch.outcome, launch.role, launch.rung) == (
        "launch",
        "opened",
        "learner",
        "cookie",
    )
    assert set(results_of(login).values()) == {"passed"}
    assert set(results_of(launch).values()) == {"passed"}
    assert launch.login_digest == login.login_digest != ""
    assert launch.product_family == "moodle"
    assert launch.registration_id == login.registration_id == 1


@pytest.mark.parametrize(
    ("broken", "code", "failed"),
    [
        ({"sign": lambda _platform, _body: "x"}, "id_token_malformed", "format"),
        ({"without": ("nonce",)}, "nonce_mismatch", "nonce"),
        ({"claims": {"aud": "another"}}, "audience_mismatch", "audience"),
        (
            {"sign": lambda platform, body: platform.sign(body, key=make_rsa_key("stranger"))},
            "signature_invalid",
            "signature",
        ),
        ({"without": ("exp",)}, "claim_missing", "times"),
        ({"claims": {LTI + "deployment_id": "9"}}, "deployment_unknown", "deployment"),
        ({"claims": {LTI + "version": "1.1"}}, "version_unsupported", "message"),
        ({"claims": {LTI + "custom": {}}}, "content_not_chosen", "content"),
    ],
)
def test_a_refused_launch_is_kept_with_the_check_that_failed(browser, engine, broken, code, failed):
    answer = send_message(browser, **broken)

    attempt = read_attempts(engine)[-1]
    results = list(results_of(attempt).items())
    place = [name for name, _ in results].index(failed)
    assert (attempt.outcome, attempt.error_code) == ("refused", code)
    assert {result for _, result in results[:place]} <= {"passed"}
    assert results[place] == (failed, "failed")
    assert {result for _, result in results[place + 1 :]} <= {"not_reached"}
    assert shown_code_of(answer).replace("-", "") == attempt.code


def test_a_launch_of_an_unknown_login_and_a_login_of_an_unknown_lms_are_kept(browser, engine):
    browser.post("state-forged", "x.y.z")
    browser.login(iss="https://other.example.test")

    unknown_login, unknown_lms = read_attempts(engine)
    assert (unknown_login.error_code, results_of(unknown_login)["state"]) == ("login_unknown", "failed")
    assert (unknown_lms.error_code, results_of(unknown_lms)["registration"]) == ("platform_unknown", "failed")
    assert unknown_lms.registration_id is None


def test_what_strangers_send_is_kept_within_a_limit(browser, engine):
    for _ in range(MOST_STRANGERS + 5):
        browser.post("state-forged", "x.y.z")

    assert len(read_attempts(engine)) == MOST_STRANGERS


def test_a_flood_of_logins_is_kept_within_a_limit_and_launches_are_all_kept():
    recorder = FlightRecorder(secret="s", kept_for=timedelta(days=1))
    login = Flight(step="login", started_at=NOW, begun=0.0, registration_id=1)
    launch = Flight(step="launch", started_at=NOW, begun=0.0, registration_id=1)

    kept = [recorder._may_keep(login) for _ in range(MOST_LOGINS + 5)]

    assert kept.count(True) == MOST_LOGINS
    assert all(recorder._may_keep(launch) for _ in range(MOST_LOGINS + 5))


def test_no_name_no_address_no_token_and_no_number_of_a_person_is_kept(browser, engine):
    browser.launch(
        custom={"content": "goi-thu", "unit": "Sở Nội vụ", "other": "$Person.department"},
        ext={"user_username": "hv.thu"},
    )
    send_message(
        browser,
        make=make_review_claims,
        for_user={"user_id": "5", "name": "Lê Thị Bình", "email": "binh@example.test"},
    )

    with Session(engine) as session:
        kept = repr(session.execute(text("SELECT * FROM lti_launch_attempt")).all())
    for personal in (
        "Trần", "Thử", "hoc-vien@", "CB-99001", "Sở Nội vụ", "hv.thu", "Bình", "binh@", "eyJ", "Khóa thử",
        "lan-thu", '"subject": "5"',
    ):  # fmt: skip
        assert personal not in kept, personal
    claims = read_attempts(engine)[1].claims
    assert claims["custom"] == ["content", "unit", "other"]
    assert claims["custom_unresolved"] == ["other"]
    assert claims["sent"] == ["name", "given_name", "family_name", "email"]
    assert claims["staff_code"] == "present"
    assert re.fullmatch(r"[0-9a-f]{12}", claims["subject"])


def test_one_person_has_one_digest_and_another_has_another(browser, engine):
    browser.launch(sub="5")
    browser.launch(sub="5")
    browser.launch(sub="6")

    digests = [one.claims["subject"] for one in read_attempts(engine) if one.step == "launch"]
    assert digests[0] == digests[1] != digests[2]


@pytest.mark.parametrize(
    "hostile",
    [
        {LTI + "roles": [{"a": 1}, 5, None]},
        {LTI + "custom": {"x": {"y": 1}}},
        {LTI + "tool_platform": ["moodle"]},
        {LTI + "target_link_uri": "http://["},
        {"iat": float("1e300"), "exp": True},
        {"sub": 5, LTI + "context": "2"},
        {LTI + "roles": ["\x00" * 300, "\ud800"]},
    ],
)
def test_a_hostile_message_is_kept_without_harm(browser, engine, hostile):
    answer = send_message(browser, claims=hostile)

    assert answer.status_code < 500
    assert read_attempts(engine)[-1].outcome in {"refused", "opened"}


def test_attempts_are_forgotten_after_the_days_of_the_setting(app, browser, engine, clock):
    browser.launch()
    clock.forward(days=20)
    browser.launch()
    clock.forward(days=11)

    with app.app_context():
        assert sweep_launch_records() == 2
        assert sweep_launch_records() == 0

    assert len(read_attempts(engine)) == 2


def test_a_launch_opens_although_its_attempt_cannot_be_kept(browser, engine):
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE lti_launch_attempt RENAME TO lti_launch_attempt_away"))
    try:
        assert browser.launch().status_code == 303
    finally:
        with engine.begin() as connection:
            connection.execute(text("ALTER TABLE lti_launch_attempt_away RENAME TO lti_launch_attempt"))


def test_a_busy_database_is_explained_and_the_login_still_waits(browser, engine, clock):
    asked = browser.begin()
    id_token = browser.platform.sign(make_claims(browser.platform, nonce=asked["nonce"], now=clock()))
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE lti_login_state RENAME TO lti_login_state_away"))
    try:
        broken = browser.post(asked["state"], id_token)
    finally:
        with engine.begin() as connection:
            connection.execute(text("ALTER TABLE lti_login_state_away RENAME TO lti_login_state"))

    assert broken.status_code >= 500
    assert "Traceback" not in broken.text
    assert "lti_login_state" not in broken.text
    assert re.search(r"Mã hỗ trợ", broken.text)
    assert browser.post(asked["state"], id_token).status_code == 303


class Unread:
    """A body that must not be asked for."""

    def read(self, *_arguments):
        raise AssertionError("The body was read.")

    readline = readlines = __iter__ = read


@pytest.mark.parametrize("address", ["/lti/login", "/lti/launch"])
def test_an_oversized_request_is_refused_before_it_is_read(app, engine, address):
    environ = create_environ(address, base_url=TOOL, method="POST") | {
        "wsgi.input": Unread(),
        "CONTENT_LENGTH": str(300 * 1024),
        "CONTENT_TYPE": "application/x-www-form-urlencoded",
    }

    pieces, status, _headers = run_wsgi_app(app, environ)

    assert status.startswith("413")
    assert b"<code>launch_too_large</code>" in b"".join(pieces)
    assert read_attempts(engine)[-1].error_code == "launch_too_large"


def test_a_request_that_does_not_announce_its_length_is_refused_before_it_is_read(app, engine):
    environ = create_environ("/lti/launch", base_url=TOOL, method="POST") | {
        "wsgi.input": Unread(),
        "wsgi.input_terminated": True,
        "HTTP_TRANSFER_ENCODING": "chunked",
        "CONTENT_TYPE": "application/x-www-form-urlencoded",
    }
    environ.pop("CONTENT_LENGTH", None)

    _pieces, status, _headers = run_wsgi_app(app, environ)

    assert status.startswith("413")
    assert read_attempts(engine)[-1].error_code == "launch_too_large"


@pytest.mark.parametrize("field", ["lti_message_hint", "anything"])
def test_a_field_that_no_address_could_carry_is_refused(browser, field):
    assert "<code>login_incomplete</code>" in browser.login(**{field: "x" * 6001}).text


def test_an_lms_that_answers_its_key_set_with_a_page_and_404_is_explained(browser, platform, engine):
    platform.answers["/keys"] = lambda _request: (404, {"Content-Type": "text/html"}, b"<h1>Not found</h1>")

    answer = browser.launch()

    assert answer.status_code == 502
    assert results_of(read_attempts(engine)[-1])["signature"] == "failed"


def test_the_console_finds_an_attempt_by_its_code_and_names_the_screen_to_fix(browser, console):
    refused = browser.launch(deployment_id="9")
    code = shown_code_of(refused)

    found = console.get("/quan-tri/luot-mo/", query_string={"ma": code.lower()}, follow_redirects=True)
    english = console.get(f"{found.request.path}?lang=en")

    assert code in found.text
    assert "View configuration details" in found.text
    assert "Moodle: Quản lý công cụ" in found.text
    assert "deployment_unknown" in english.text
    assert "Quản lý" not in re.sub(r"\(.*?\)", "", english.text.split("<main")[1])


@pytest.mark.parametrize(
    ("authorization_url", "words"),
    [
        ("https://lms.example.test/mod/lti/auth.php", "Moodle: Quản lý công cụ"),
        ("https://sso.canvaslms.com/api/lti/authorize_redirect", "Canvas: Client ID"),
        ("https://lms.example.test/auth", "Trang chi tiết công cụ trên LMS"),
    ],
)
def test_the_screen_is_that_of_the_product(browser, console, engine, authorization_url, words):
    with engine.begin() as connection:
        connection.execute(
            text("UPDATE lti_platform_registration SET authorization_url = :url"), {"url": authorization_url}
        )

    refused = browser.launch(tool_platform=None, deployment_id="9")

    page = console.get(f"/quan-tri/luot-mo/{shown_code_of(refused)}")
    assert words in page.text


def test_the_console_filters_by_registration_outcome_and_time(browser, console, clock):
    browser.launch()
    browser.launch(deployment_id="9")
    clock.forward(days=3)
    come_in(console, "quan-tri")

    def count(**asked) -> int:
        page = console.get("/quan-tri/luot-mo/", query_string=asked)
        return len(re.findall(r'<a href="/quan-tri/luot-mo/[A-Z]{8}">', page.text))

    assert count() == 4
    assert count(**{"ket-qua": "failed"}) == 1
    assert count(**{"ket-qua": "opened"}) == 1
    assert count(**{"nen-tang": "1"}) == 4
    assert count(**{"nen-tang": "99"}) == 0
    assert count(ngay="1") == 0
    assert count(ngay="7") == 4
    assert count(ngay="<script>") == 4


def test_an_unknown_code_is_answered_clearly(console):
    assert console.get("/quan-tri/luot-mo/BBBBBBBB").status_code == 404


def test_the_console_is_for_administrators(app):
    answer = app.test_client().get("/quan-tri/luot-mo/")

    assert answer.status_code == 302
    assert "/dang-nhap" in answer.headers["Location"]


def test_the_console_tallies_the_rungs(browser, console):
    browser.launch()
    browser.launch()

    page = console.get("/quan-tri/luot-mo/")

    assert "Cookie trong khung" in page.text


def test_a_program_is_told_nothing_more_than_the_code(browser):
    answer = browser.client.post("/lti/launch", base_url=TOOL, headers={"Accept": "application/json"})

    assert answer.json["code"] == "login_unknown"


def test_the_attempts_of_one_login_lead_to_each_other(browser, console, engine):
    browser.launch()
    login, launch = read_attempts(engine)

    page = console.get(f"/quan-tri/luot-mo/{launch.code}")

    assert f"/quan-tri/luot-mo/{login.code}" in page.text


def test_a_teacher_reviews_what_one_learner_did_and_changes_nothing(browser, engine):
    browser.launch()
    with Session(engine) as session:
        learner = session.scalars(select(LaunchSession)).one()

    opened = send_message(browser, make=make_review_claims)

    assert opened.status_code == 303, opened.text
    path = opened.headers["Location"]
    assert path.endswith("/bai-lam")
    page = browser.client.get(path, base_url=TOOL)
    assert page.status_code == 200
    assert learner.account_name[:8] in page.text
    assert "Chuyên đề thử" in page.text
    with Session(engine) as session:
        review = session.scalars(select(LaunchSession).where(LaunchSession.role == "teacher")).one()
        assert review.account_name != learner.account_name
        assert review.xapi_registration == learner.xapi_registration


def test_a_learner_cannot_open_the_page_of_a_review(browser):
    path = browser.launch().headers["Location"]

    answer = browser.client.get(f"{path}bai-lam", base_url=TOOL)

    assert answer.status_code == 403
    assert "review_for_teachers" in answer.text


def test_another_teachers_ticket_shows_no_learners_work(browser):
    browser.launch()
    path = browser.launch(sub="3", roles=[INSTRUCTOR]).headers["Location"]

    page = browser.client.get(f"{path}bai-lam", base_url=TOOL)

    assert page.status_code == 200
    assert "chưa mở" in page.text
