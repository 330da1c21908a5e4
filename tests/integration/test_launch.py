"""Launches that open: what an LMS sends, what the tool keeps, and what reaches the player."""

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl, urlsplit

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from content_packages.library import read_package
from content_packages.player.models import ModuleProgress
from content_packages.player.moving_on import choose_version
from content_packages.player.study import Study
from content_packages.player.ticket import browser_cookie_name, browser_proof, open_ticket
from lti_tool.launch.models import LaunchSession, LoginState
from lti_tool.platforms.models import PlatformRegistration
from lti_tool.settings import load_settings
from sync.campaigns.campaigns import CampaignPlan, create_campaign
from sync.models import ExpectedScore
from sync.organization.models import ActorIdentity, Unit
from sync.organization.staff import register_person
from sync.rollups.definitions import CIVIL_SERVANTS
from tests.factories.lti import (
    INSTRUCTOR,
    LEARNER,
    SECRET,
    TOOL,
    Browser,
    FakePlatform,
    create_package,
    create_platform,
    make_ags,
    make_claims,
    open_tool,
)
from tests.factories.organization import create_small_tree
from xapi_bridge.vocabulary import cchc


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


def ticket_of(answer, clock):
    assert answer.status_code == 303, answer.text
    sealed = urlsplit(answer.headers["Location"]).path.split("/")[2]
    return open_ticket(sealed, secret=SECRET, now=clock())


def test_a_login_sends_the_browser_to_the_lms_with_state_and_nonce(browser, engine):
    answer = browser.login()

    address = urlsplit(answer.headers["Location"])
    asked = dict(parse_qsl(address.query))
    assert answer.status_code == 302
    assert f"{address.scheme}://{address.netloc}{address.path}" == "https://lms.example.test/auth"
    assert asked | {"state": "", "nonce": ""} == {
        "scope": "openid",
        "response_type": "id_token",
        "response_mode": "form_post",
        "prompt": "none",
        "client_id": "client-of-the-tool",
        "redirect_uri": f"{TOOL}/lti/launch",
        "login_hint": "5",
        "lti_message_hint": '{"cmid":2,"launchid":"lan-thu"}',
        "state": "",
        "nonce": "",
    }
    with Session(engine) as session:
        row = session.scalars(select(LoginState)).one()
    assert (row.state, row.nonce) == (asked["state"], asked["nonce"])


def test_a_login_may_also_come_by_get(browser):
    fields = {"iss": browser.platform.issuer, "login_hint": "5", "target_link_uri": f"{TOOL}/lti/launch"}

    answer = browser.client.get("/lti/login", query_string=fields, base_url=TOOL)

    assert answer.status_code == 302


def test_the_query_of_the_authorization_address_is_kept(app, browser, engine):
    with Session(engine) as session, session.begin():
        registration = session.scalars(select(PlatformRegistration)).one()
        registration.authorization_url = "https://lms.example.test/auth?tenant=a%26b"

    asked = browser.begin()

    assert asked["tenant"] == "a&b"
    assert asked["scope"] == "openid"


def test_w21_the_login_cookie_travels_into_a_frame_where_third_party_cookies_are_blocked(browser):
    cookie = browser.login().headers["Set-Cookie"]

    assert {"Secure", "HttpOnly", "SameSite=None", "Partitioned", "Path=/lti"} <= set(cookie.split("; "))


def test_a_launch_opens_the_chosen_module(browser, clock):
    answer = browser.launch()

    ticket = ticket_of(answer, clock)
    assert (ticket.package_id, ticket.item) == ("goi-thu", "m/mot-cua")
    assert (ticket.role, ticket.learner_name) == ("learner", "Trần Thị Thử")
    assert (ticket.course_id, ticket.course_title) == ("2", "Khóa thử")
    assert ticket.return_url == "https://lms.example.test/return?course=2"
    assert ticket.frame_origin == "https://lms.example.test"
    assert ticket.expires_at == clock() + timedelta(hours=8)


def test_the_player_receives_the_browsers_proof(browser, clock):
    answer = browser.launch()

    ticket = ticket_of(answer, clock)
    name = browser_cookie_name(ticket.launch_session_id)
    cookie = next(sent for sent in answer.headers.getlist("Set-Cookie") if sent.startswith(f"{name}="))
    assert ticket.bound
    assert cookie.split(";")[0] == f"{name}={browser_proof(ticket.launch_session_id, secret=SECRET)}"
    assert {"Secure", "HttpOnly", "SameSite=None", "Partitioned", "Path=/hoc"} <= set(cookie.split("; "))


def test_the_launch_ends_on_a_page_of_the_player(browser):
    opened = browser.launch()

    page = browser.client.get(opened.headers["Location"], base_url=TOOL, follow_redirects=True)

    assert page.status_code == 200
    assert "Chuyên đề thử" in page.text


def test_w26_no_personal_data_is_kept_in_a_cookie_or_in_the_launch_tables(browser, engine):
    answer = browser.launch()

    with Session(engine) as session:
        rows = [*session.scalars(select(LaunchSession)), *session.scalars(select(LoginState))]
        kept = repr([vars(row) for row in rows])
    cookies = "\n".join(answer.headers.getlist("Set-Cookie"))
    assert "cchc_operator" not in cookies
    for personal in ("Trần", "hoc-vien@example.test", "CB-99001"):
        assert personal not in cookies
        assert personal not in kept


def test_the_account_is_a_pseudonym_and_stays_the_same(browser, clock):
    first = ticket_of(browser.launch(), clock)
    second = ticket_of(browser.launch(), clock)

    assert first.learner == second.learner
    assert first.learner.home_page == "https://lms.example.test"
    assert len(first.learner.name) == 32
    assert first.launch_session_id != second.launch_session_id


def test_two_people_have_two_accounts(browser, clock):
    first = ticket_of(browser.launch(sub="5"), clock)
    second = ticket_of(browser.launch(sub="6"), clock)

    assert first.learner != second.learner
    assert first.registration != second.registration


def test_work_goes_on_under_the_same_registration_at_the_same_link(browser, clock):
    first = ticket_of(browser.launch(), clock)
    again = ticket_of(browser.launch(), clock)
    elsewhere = ticket_of(browser.launch(resource_link={"id": "8"}), clock)

    assert first.registration == again.registration
    assert first.registration != elsewhere.registration


def test_a_learner_stays_with_the_version_that_was_begun(browser, clock, engine):
    begun = ticket_of(browser.launch(), clock)
    with Session(engine) as session, session.begin():
        newer = create_package(session, now=clock(), version="1.1.0")

    again = ticket_of(browser.launch(), clock)
    other_person = ticket_of(browser.launch(sub="6"), clock)
    teacher = ticket_of(browser.launch(sub="7", roles=[INSTRUCTOR]), clock)

    assert again.package_digest == begun.package_digest
    assert other_person.package_digest == newer
    assert teacher.package_digest == newer


def test_a_learner_moves_on_when_only_words_changed(browser, clock, engine):
    begun = ticket_of(browser.launch(), clock)
    with Session(engine) as session, session.begin():
        newer = create_package(session, now=clock(), version="1.0.1")

    again = ticket_of(browser.launch(), clock)

    assert again.package_digest == newer
    assert again.registration == begun.registration


def test_unfinished_work_goes_on_in_its_major_version(browser, clock, engine):
    begun = ticket_of(browser.launch(), clock)
    with Session(engine) as session, session.begin():
        newer = create_package(session, now=clock(), version="2.0.0")

    again = ticket_of(browser.launch(), clock)
    other_person = ticket_of(browser.launch(sub="6"), clock)

    assert (again.package_digest, again.registration) == (begun.package_digest, begun.registration)
    assert other_person.package_digest == newer


def finish_module(engine, ticket, now):
    """As the player notes it."""
    with Session(engine) as session, session.begin():
        session.add(
            ModuleProgress(
                home_page=ticket.learner.home_page,
                name=ticket.learner.name,
                package_id=ticket.package_id,
                module_id="mot-cua",
                registration=ticket.registration,
                started_at=now,
                completed_at=now,
            )
        )


def test_a_new_major_version_begins_anew_after_the_begun_one_is_finished(browser, clock, engine):
    begun = ticket_of(browser.launch(), clock)
    finish_module(engine, begun, clock())
    with Session(engine) as session, session.begin():
        newer = create_package(session, now=clock(), version="2.0.0")

    again = ticket_of(browser.launch(), clock)

    assert again.package_digest == newer
    assert again.registration != begun.registration


@pytest.mark.parametrize("version", ["1.1.0", "2.0.0"])
@pytest.mark.parametrize("moves", [True, False])
def test_what_the_learner_chose_holds_at_the_next_launch(browser, clock, engine, version, moves):
    begun = ticket_of(browser.launch(), clock)
    with Session(engine) as session, session.begin():
        newer = create_package(session, now=clock(), version=version)
        package = read_package(session, begun.package_digest)
        study = Study(begun.learner, begun.registration, package, "https://tool.example.test/xapi")
        choose_version(session, study, newer, moves=moves, now=clock())

    again = ticket_of(browser.launch(), clock)

    assert again.package_digest == (newer if moves else begun.package_digest)
    begins_anew = moves and version == "2.0.0"
    assert (again.registration != begun.registration) == begins_anew


PERIODIC = {"id": "dinh-ky", "title": "Định kỳ", "mode": "periodic", "mastery": 0.5, "draw": []}


def plan_round(session, *, opens_on, closes_on):
    """A round of the periodic test for everybody."""
    nation = session.scalar(select(Unit)) or create_small_tree(session)[0]
    plan = CampaignPlan(
        title="Đợt",
        quiz_iri=cchc.quiz_iri(str(load_settings({}).iri_base), "goi-thu", "dinh-ky"),
        unit_id=nation.unit_id,
        population_code=CIVIL_SERVANTS.code,
        opens_on=opens_on,
        closes_on=closes_on,
        pass_scaled=0.5,
    )
    return create_campaign(session, plan, by="a", now=datetime(2026, 11, 1, tzinfo=UTC))


def test_each_round_of_a_periodic_test_is_taken_anew(browser, clock, engine):
    with Session(engine) as session, session.begin():
        create_package(session, now=clock(), version="1.1.0", quizzes=(PERIODIC,))
        today = clock().date()
        plan_round(session, opens_on=today - timedelta(days=3), closes_on=today + timedelta(days=3))
        plan_round(session, opens_on=today + timedelta(days=30), closes_on=today + timedelta(days=40))
    content = {"custom": {"content": "goi-thu/z/dinh-ky"}}

    first = ticket_of(browser.launch(**content), clock)
    same_round = ticket_of(browser.launch(**content), clock)
    clock.forward(days=31)
    next_round = ticket_of(browser.launch(**content), clock)

    assert first.registration == same_round.registration
    assert first.registration != next_round.registration


def test_a_module_that_only_the_newer_version_has_opens_in_the_newer_version(browser, clock, engine):
    browser.launch()
    with Session(engine) as session, session.begin():
        newer = create_package(session, now=clock(), version="1.1.0", modules=("mot-cua", "moi"))

    ticket = ticket_of(browser.launch(custom={"content": "goi-thu/m/moi"}), clock)

    assert ticket.package_digest == newer


@pytest.mark.parametrize(
    ("custom", "query", "item"),
    [
        ({"content": "goi-thu"}, "", ""),
        ({"content": "goi-thu/m/mot-cua"}, "?content=something/else", "m/mot-cua"),
        ({}, "?content=goi-thu/m/mot-cua", "m/mot-cua"),
        (None, "?lesson=2&content=goi-thu", ""),
        ({"content": "$Context.id"}, "?content=goi-thu", ""),
    ],
)
def test_the_content_is_named_by_a_custom_parameter_or_by_the_links_address(
    browser, clock, custom, query, item
):
    target = f"{TOOL}/lti/launch{query}"
    asked = browser.begin(target_link_uri=target)
    claims = make_claims(
        browser.platform, nonce=asked["nonce"], now=clock(), custom=custom, target_link_uri=target
    )

    answer = browser.post(asked["state"], browser.platform.sign(claims))

    assert ticket_of(answer, clock).item == item


def test_the_account_is_linked_to_the_official_whose_code_the_lms_sends(browser, clock, engine):
    with Session(engine, expire_on_commit=False) as session, session.begin():
        official = register_person(session, staff_code="CB-99001", full_name="Trần Thị Thử", now=clock())

    browser.launch()

    with Session(engine) as session:
        identity = session.scalars(select(ActorIdentity)).one()
        assert identity.person_id == official.person_id


def test_a_corrected_code_moves_the_account_and_a_missing_one_changes_nothing(browser, clock, engine):
    with Session(engine, expire_on_commit=False) as session, session.begin():
        register_person(session, staff_code="CB-99001", full_name="Trần Thị Thử", now=clock())
        right = register_person(session, staff_code="CB-99002", full_name="Lê Văn Mẫu", now=clock())

    browser.launch()
    browser.launch(lis={"person_sourcedid": "CB-99002"})
    browser.launch(lis=None)
    browser.launch(lis={"person_sourcedid": "CB-unknown"})

    with Session(engine) as session:
        assert session.scalars(select(ActorIdentity.person_id)).all() == [right.person_id]


def test_a_teacher_who_looks_leaves_no_account_waiting_for_a_unit(browser, clock, engine):
    assert ticket_of(browser.launch(roles=[INSTRUCTOR]), clock).role == "teacher"

    with Session(engine) as session:
        assert session.scalars(select(ActorIdentity)).all() == []


def test_a_learners_launch_tells_the_gradebook_column_that_a_score_will_come(browser, clock, engine):
    ticket = ticket_of(browser.launch(ags=make_ags()), clock)

    with Session(engine) as session:
        expected = session.scalars(select(ExpectedScore)).one()
    assert expected.registration == ticket.registration
    assert expected.line_item_url == "https://lms.example.test/items/3/lineitem?type_id=2"
    assert (expected.lms_user_id, expected.score_maximum) == ("5", 100.0)


@pytest.mark.parametrize(
    "changes", [{"roles": [INSTRUCTOR], "ags": make_ags()}, {"ags": make_ags(lineitem="")}, {}]
)
def test_no_score_is_expected_of_a_teacher_or_without_a_column(browser, engine, changes):
    assert browser.launch(**changes).status_code == 303

    with Session(engine) as session:
        assert session.scalars(select(ExpectedScore)).all() == []


NAMES = ("name", "given_name", "family_name")
NO_NAMES = dict.fromkeys(NAMES)
#: Valid launches of the certification guide, in our own words; `{role}` is Instructor or Learner.
VALID = [
    ("plain", {}),
    (
        "several roles",
        {"roles": ["{role}", "http://purl.imsglobal.org/vocab/lis/v2/institution/person#Student"]},
    ),
    ("short role", {"roles": ["{short}"]}),
    ("email only", NO_NAMES),
    ("names only", {"email": None}),
    ("no personal data", NO_NAMES | {"email": None, "lis": None}),
    ("email without course", NO_NAMES | {"context": None}),
    (
        "only the resource link",
        {"context": None, "custom": None, "lis": None, "launch_presentation": None, "tool_platform": None}
        | NO_NAMES,
    ),
]


@pytest.mark.parametrize(
    ("role", "short", "expected"), [(INSTRUCTOR, "Instructor", "teacher"), (LEARNER, "Learner", "learner")]
)
@pytest.mark.parametrize("changes", [case for _, case in VALID], ids=[name for name, _ in VALID])
def test_certification_valid_launches_open(browser, clock, role, short, expected, changes):
    written = [text.format(role=role, short=short) for text in changes.get("roles", ["{role}"])]
    target = f"{TOOL}/lti/launch?content=goi-thu"
    asked = browser.begin(target_link_uri=target)
    claims = make_claims(
        browser.platform,
        nonce=asked["nonce"],
        now=clock(),
        **changes | {"roles": written, "target_link_uri": target},
    )

    answer = browser.post(asked["state"], browser.platform.sign(claims))

    assert ticket_of(answer, clock).role == expected


@pytest.mark.parametrize(
    "roles", [["http://example.test/unknown#Instructor"], [""], []], ids=["unknown", "empty text", "none"]
)
def test_certification_unknown_and_empty_roles_open_with_least_privilege(browser, clock, roles):
    assert ticket_of(browser.launch(roles=roles), clock).role == "learner"


def test_a_moodle_administrator_is_a_teacher_by_the_second_role(browser, clock):
    roles = [
        "http://purl.imsglobal.org/vocab/lis/v2/institution/person#Administrator",
        INSTRUCTOR,
        "http://purl.imsglobal.org/vocab/lis/v2/system/person#Administrator",
    ]

    assert ticket_of(browser.launch(roles=roles), clock).role == "teacher"


def test_w07_our_client_id_may_stand_anywhere_in_the_audience(browser, clock):
    client_id = browser.platform.client_id

    second = browser.launch(aud=["another", client_id], azp=client_id)
    alone = browser.launch(aud=[client_id])

    assert second.status_code == 303
    assert alone.status_code == 303


@pytest.mark.parametrize(("iat", "exp"), [(2, 62), (10, 70), (-61, -1), (-69, -9)])
def test_w08_a_clock_that_differs_a_little_is_forgiven(browser, clock, iat, exp):
    now = int(clock().timestamp())

    assert browser.launch(iat=now + iat, exp=now + exp).status_code == 303


def test_several_tabs_of_one_browser_launch_side_by_side(browser, clock):
    first, second = browser.begin(), browser.begin()

    answers = [
        browser.post(
            asked["state"],
            browser.platform.sign(make_claims(browser.platform, nonce=asked["nonce"], now=clock())),
        )
        for asked in (second, first)
    ]

    assert [answer.status_code for answer in answers] == [303, 303]


def test_two_registrations_of_one_issuer_are_told_apart_by_client_id(app, engine, clock, platform):
    second = FakePlatform(client_id="second-client", deployment_id="9")
    with Session(engine) as session, session.begin():
        create_platform(session, second, now=clock())

    answer = Browser(app, second, clock).launch()

    assert answer.status_code == 303
    with Session(engine) as session:
        opened = session.scalars(select(LaunchSession)).one()
        assert session.get(PlatformRegistration, opened.registration_id).client_id == "second-client"


def test_old_logins_are_forgotten_little_by_little(browser, clock, engine):
    for _ in range(3):
        browser.begin()
    clock.forward(days=2)

    browser.begin()

    with Session(engine) as session:
        assert len(session.scalars(select(LoginState)).all()) == 1


def test_times_of_the_launch_are_kept_in_utc(browser, clock, engine):
    browser.launch()

    with Session(engine) as session:
        opened = session.scalars(select(LaunchSession)).one()
        assert opened.created_at == clock()
        assert opened.created_at.tzinfo is UTC


def test_the_launch_address_answers_get_quickly_with_405(browser):
    answer = browser.client.get("/lti/launch", base_url=TOOL)

    assert answer.status_code == 405
