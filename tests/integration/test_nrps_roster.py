"""Members as LMSs list them: pages, roles, privacy; a pseudonym comes in, a name does not."""

import json
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy.orm import Session

from lti_tool.advantage.roster import NrpsRoster
from lti_tool.identity.rule_versions import rules_in_force, save_rules
from lti_tool.identity.rules import Rule, Step
from lti_tool.launch.identity import account_from_subject
from sync.grade_errors import RosterForbidden, RosterNotRead, RosterPageGone
from tests.factories.lti import (
    INSTRUCTOR,
    LEARNER,
    SECRET,
    FakePlatform,
    create_platform,
    json_answer,
    make_http,
)

URL = "https://lms.example.test/memberships?type_id=2"
SCOPE = "https://purl.imsglobal.org/spec/lti-nrps/scope/contextmembership.readonly"


@pytest.fixture
def platform():
    made = FakePlatform()
    made.members = [member("5")]
    made.answers["/memberships"] = lambda _request: json_answer({"id": URL, "members": made.members})
    return made


@pytest.fixture
def roster(engine, clock, platform):
    with Session(engine) as session, session.begin():
        create_platform(session, platform, now=clock())
    return NrpsRoster(engine, make_http(platform), secret=SECRET, clock=clock)


def member(user_id, **members):
    return {
        "user_id": user_id,
        "status": "Active",
        "roles": ["Learner"],
        "name": "Thử Trần Thị",
        "email": "hoc-vien@example.test",
        "lis_person_sourcedid": "CB-99001",
    } | members


def test_a_member_is_the_account_that_a_launch_would_have_and_no_name(roster, platform):
    page = roster.read_learners(1, URL)

    (read,) = page.members
    account = account_from_subject(platform.issuer, "5", secret=SECRET)
    assert (read.account_home_page, read.account_name) == (account.home_page, account.name)
    assert (read.role, read.status, read.staff_code) == ("learner", "active", "CB-99001")
    assert "Trần" not in repr(page)
    assert "example.test'" not in repr(page).replace(platform.issuer + "'", "")


def test_learners_are_asked_for_in_pages_with_one_media_type_and_one_scope(roster, platform):
    roster.read_learners(1, URL)

    question = platform.asked[-1]
    assert parse_qs(urlsplit(question.url).query) == {"type_id": ["2"], "role": [LEARNER], "limit": ["200"]}
    assert question.headers["Accept"] == "application/vnd.ims.lti-nrps.v2.membershipcontainer+json"
    assert [form["scope"] for form in platform.sent_forms("/token")] == [[SCOPE]]


@pytest.mark.parametrize("finds_nobody", [json_answer({"members": []}), json_answer({}, status=400)])
def test_an_lms_whose_filter_finds_nobody_or_is_refused_is_asked_for_everyone(roster, platform, finds_nobody):
    platform.answers["/memberships"] = lambda request: (
        finds_nobody if "role=" in request.url else json_answer({"members": [member("5")]})
    )

    assert len(roster.read_learners(1, URL).members) == 1
    assert platform.asked[-1].url == URL


def test_the_next_page_and_the_differences_are_found(roster, platform):
    links = '<https://lms.example.test/memberships?From=2>; rel="next", </diff?since=1>; rel="differences"'
    platform.answers["/memberships"] = lambda _request: json_answer({"members": [member("5")]}, Link=links)

    page = roster.read_learners(1, URL)

    assert page.next_url == "https://lms.example.test/memberships?From=2"
    assert page.differences_url == "https://lms.example.test/diff?since=1"


def test_our_token_goes_to_no_other_server(roster, platform):
    with pytest.raises(RosterForbidden):
        roster.read_more(1, URL, "https://elsewhere.test/memberships?from=2")

    assert platform.asked == []


@pytest.mark.parametrize(
    ("roles", "role"),
    [
        (["Learner"], "learner"),
        (["Instructor"], "teacher"),
        ([INSTRUCTOR, LEARNER], "teacher"),
        (["urn:something:else"], "learner"),
        ("Instructor", "learner"),
        (None, "learner"),
    ],
)
def test_short_and_whole_role_names_are_understood_and_unknown_ones_give_nothing(
    roster, platform, roles, role
):
    platform.members = [member("5", roles=roles)]

    assert roster.read_learners(1, URL).members[0].role == role


def test_where_privacy_is_on_the_user_id_is_enough(roster, platform):
    platform.members = [{"user_id": 5, "roles": ["Learner"]}]

    (read,) = roster.read_learners(1, URL).members

    assert read.account_name == account_from_subject(platform.issuer, "5", secret=SECRET).name
    assert (read.status, read.staff_code) == ("active", None)


@pytest.mark.parametrize("code", ["$Person.sourcedId", "", " ", "x" * 65, 5, None])
def test_what_is_no_staff_code_is_absent(roster, platform, code):
    platform.members = [member("5", lis_person_sourcedid=code)]

    assert roster.read_learners(1, URL).members[0].staff_code is None


def put_in_force(engine, clock, *rules):
    with Session(engine) as session, session.begin():
        version = rules_in_force(session, 1).version
        save_rules(session, 1, rules, seen_version=version, note="", by="test", now=clock())


def test_a_staff_code_is_what_the_rules_of_the_registration_find(roster, platform, engine, clock):
    put_in_force(engine, clock, Rule("email.local_part", "staff_code", (Step("upper"),)))

    assert roster.read_learners(1, URL).members[0].staff_code == "HOC-VIEN"


def test_a_rule_reads_the_custom_parameters_that_the_list_sends(roster, platform, engine, clock):
    put_in_force(engine, clock, Rule("custom.code", "staff_code", (Step("strip_prefix", "CB-"),)))
    custom = {"https://purl.imsglobal.org/spec/lti/claim/custom": {"code": "CB-7"}}
    platform.members = [member("5", message=[custom]), member("6", message=custom), member("7")]

    found = [one.staff_code for one in roster.read_learners(1, URL).members]

    assert found == ["7", None, None]


def test_without_rules_nobody_is_recognised(roster, engine, clock):
    put_in_force(engine, clock)

    assert roster.read_learners(1, URL).members[0].staff_code is None


def test_members_without_a_usable_id_are_left_out(roster, platform):
    platform.members = [member(None), member(""), member(True), member("x" * 256), "no member", member("6")]

    assert len(roster.read_learners(1, URL).members) == 1


def test_a_course_of_thousands_on_one_page_is_read(roster, platform):
    platform.members = [member(str(number)) for number in range(3000)]

    assert len(json.dumps(platform.members)) > 256 * 1024
    assert len(roster.read_learners(1, URL).members) == 3000


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (json_answer({}, status=503), RosterNotRead),
        (json_answer({}, status=429), RosterNotRead),
        (json_answer({}, status=403), RosterForbidden),
        (json_answer({}, status=404), RosterPageGone),
        ((200, {}, b"<html>"), RosterNotRead),
        (json_answer({"members": {}}), RosterNotRead),
        (json_answer([]), RosterNotRead),
    ],
)
def test_each_refusal_has_its_own_kind(roster, platform, answer, kind):
    platform.answers["/memberships"] = lambda _request: answer

    with pytest.raises(kind):
        roster.read_more(1, URL, URL)


def test_the_pause_that_an_lms_asks_for_is_told(roster, platform):
    platform.answers["/memberships"] = lambda _request: json_answer({}, status=429, **{"Retry-After": "30"})

    with pytest.raises(RosterNotRead) as refused:
        roster.read_more(1, URL, URL)

    assert refused.value.retry_after_seconds == 30.0


def test_an_lms_that_grants_no_token_for_members_does_not_give_them(roster, platform):
    platform.answers["/token"] = lambda _request: json_answer({"error": "invalid_scope"}, status=400)

    with pytest.raises(RosterForbidden):
        roster.read_learners(1, URL)
