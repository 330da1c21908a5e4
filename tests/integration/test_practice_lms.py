"""The practice LMS is strict: what a real platform refuses, it refuses too."""

from pathlib import Path

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from lti_tool.practice_lms import CoursePlan, open_course
from lti_tool.practice_lms.database_file import work
from lti_tool.practice_lms.vocabulary import AGS_CLAIM, CLAIM
from tests.factories.practice_lms import (
    BINH,
    HOA,
    ISSUER,
    REDIRECT_URI,
    RESULT_SCOPE,
    TEACHER,
    HandPlayedTool,
    make_course_plan,
    make_practice_lms,
    read_form,
)

LINE_ITEMS = "application/vnd.ims.lis.v2.lineitemcontainer+json"


@pytest.fixture
def tool(tmp_path: Path, clock) -> HandPlayedTool:
    return make_practice_lms(tmp_path / "lms.sqlite", clock=clock)


# The login


def test_login_initiation_is_posted_with_everything_the_tool_needs(tool):
    client = tool.sign_in(HOA)

    address, fields = read_form(client.get("/activities/1/launch").text)

    assert address == "http://127.0.0.1:8100/lti/login"
    assert fields["iss"] == ISSUER
    assert fields["login_hint"] == str(HOA)
    assert fields["client_id"] == tool.registration.client_id
    assert fields["lti_deployment_id"] == "1"
    assert fields["target_link_uri"] == REDIRECT_URI


def test_a_message_is_posted_to_the_registered_address_with_the_state_echoed(tool):
    client = tool.sign_in(HOA)
    request = tool.authentication_request(tool.begin_login(client), state="s & <more>")

    address, fields = read_form(client.get("/lti/authorize", query_string=request).text)

    assert address == REDIRECT_URI
    assert fields["state"] == "s & <more>"


def test_a_message_is_signed_with_the_published_key_and_says_who_opens_what(tool):
    client = tool.sign_in(HOA)
    request = tool.authentication_request(tool.begin_login(client))

    token = read_form(client.post("/lti/authorize", data=request).text)[1]["id_token"]

    keys = jwt.PyJWKSet.from_dict(client.get("/lti/jwks.json").json)
    claims = jwt.decode(
        token,
        keys[jwt.get_unverified_header(token)["kid"]],
        algorithms=["RS256"],
        audience=tool.registration.client_id,
        options={"verify_exp": False, "verify_iat": False},
    )
    assert claims["exp"] - claims["iat"] == 60
    assert claims["nonce"] == "n-1"
    assert claims["sub"] == str(HOA)
    assert claims["name"] == "Trần Thị Hoa"
    assert claims[CLAIM + "roles"] == ["http://purl.imsglobal.org/vocab/lis/v2/membership#Learner"]
    assert claims[CLAIM + "lis"] == {"person_sourcedid": "CB-hoa"}
    assert claims[CLAIM + "custom"]["content"] == "cchc/m/tong-quan"
    assert claims[CLAIM + "launch_presentation"]["locale"] == "vi"
    assert claims[CLAIM + "launch_presentation"]["document_target"] == "iframe"
    assert claims[AGS_CLAIM]["lineitem"] == f"{ISSUER}/lti/courses/1/lineitems/1/lineitem?type_id=1"


def test_a_teacher_comes_as_instructor(tool):
    client = tool.sign_in(TEACHER)
    request = tool.authentication_request(tool.begin_login(client))

    token = read_form(client.get("/lti/authorize", query_string=request).text)[1]["id_token"]

    claims = jwt.decode(token, options={"verify_signature": False})
    assert claims[CLAIM + "roles"] == ["http://purl.imsglobal.org/vocab/lis/v2/membership#Instructor"]


@pytest.mark.parametrize(
    "changed",
    [
        {"redirect_uri": REDIRECT_URI + "?lesson=1"},
        {"redirect_uri": "https://thief.example/lti/launch"},
        {"redirect_uri": ""},
        {"client_id": "nobody"},
        {"scope": "openid profile"},
        {"nonce": ""},
        {"state": ""},
        {"lti_message_hint": ""},
        {"lti_message_hint": '{"cmid": 1, "launchid": "guessed"}'},
        {"lti_message_hint": "not JSON"},
    ],
)
def test_a_request_without_a_trustworthy_address_ends_on_a_page_of_the_lms(tool, changed):
    client = tool.sign_in(HOA)
    request = tool.authentication_request(tool.begin_login(client), **changed)

    answer = client.get("/lti/authorize", query_string=request)

    assert answer.status_code == 400
    assert "post-on" not in answer.text
    assert "authorization_refused" in answer.text


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"response_mode": "query"}, "invalid_request"),
        ({"prompt": "login"}, "invalid_request"),
        ({"response_type": "code"}, "unsupported_response_type"),
        ({"login_hint": str(BINH)}, "access_denied"),
    ],
)
def test_other_faults_are_posted_to_the_tool_as_an_error_without_a_message(tool, changed, error):
    client = tool.sign_in(HOA)
    request = tool.authentication_request(tool.begin_login(client), **changed)

    address, fields = read_form(client.get("/lti/authorize", query_string=request).text)

    assert address == REDIRECT_URI
    assert fields["error"] == error
    assert fields["state"] == "s-1"
    assert "id_token" not in fields


def test_a_launch_cannot_be_answered_twice(tool):
    client = tool.sign_in(HOA)
    request = tool.authentication_request(tool.begin_login(client))
    client.get("/lti/authorize", query_string=request)

    again = client.get("/lti/authorize", query_string=request)

    assert again.status_code == 400
    assert "id_token" not in again.text


def test_the_launch_of_another_person_cannot_be_answered(tool):
    login_of_hoa = tool.begin_login(tool.sign_in(HOA))
    client = tool.sign_in(BINH)
    request = tool.authentication_request(login_of_hoa, login_hint=str(BINH))

    answer = client.get("/lti/authorize", query_string=request)

    assert answer.status_code == 400
    assert "id_token" not in answer.text


def test_a_request_without_the_session_cookie_is_posted_again_from_the_own_site(tool):
    request = tool.authentication_request(tool.begin_login(tool.sign_in(HOA)))
    without_cookie = tool.lms.test_client()

    address, fields = read_form(without_cookie.post("/lti/authorize", data=request).text)

    assert address == "/lti/authorize"
    assert fields == {**request, "repost": "true"}


def test_when_nobody_is_signed_in_the_tool_is_told_so(tool):
    request = tool.authentication_request(tool.begin_login(tool.sign_in(HOA)), repost="true")

    fields = read_form(tool.lms.test_client().post("/lti/authorize", data=request).text)[1]

    assert fields["error"] == "login_required"


# Access tokens


def test_a_signed_assertion_gets_a_token_for_the_scopes_that_exist(tool):
    answer = tool.ask_token(tool.assertion(), scope=f"{RESULT_SCOPE} https://unknown.example/scope")

    assert answer.status_code == 200
    assert answer.json["scope"] == RESULT_SCOPE
    assert answer.json["expires_in"] == 3600


def test_an_assertion_that_was_used_before_is_refused(tool):
    tool.ask_token(tool.assertion())

    answer = tool.ask_token(tool.assertion())

    assert answer.status_code == 401
    assert answer.json["error"] == "invalid_client"
    assert "used before" in answer.json["error_description"]


def test_a_forged_assertion_is_refused(tool):
    other_key = rsa.generate_private_key(public_exponent=65537, key_size=2048)

    answer = tool.ask_token(tool.assertion(key=other_key))

    assert answer.status_code == 401
    assert answer.json["error"] == "invalid_client"


@pytest.mark.parametrize(
    "changed",
    [
        {"kid": None},
        {"kid": "k2"},
        {"aud": "https://elsewhere.example/token"},
        {"iss": "nobody"},
        {"sub": "nobody"},
        {"jti": None},
        {"exp": None},
        {"iat": None},
        {"exp": 1},
        {"iat": 4_000_000_000, "exp": 4_000_000_060},
        {"exp": 4_000_000_060},
    ],
)
def test_an_assertion_that_does_not_prove_the_tool_is_refused(tool, changed):
    answer = tool.ask_token(tool.assertion(**changed))

    assert answer.status_code == 401
    assert answer.json["error"] == "invalid_client"


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({"client_assertion_type": ""}, "invalid_request"),
        ({"scope": "https://unknown.example/scope"}, "invalid_scope"),
    ],
)
def test_a_token_request_of_another_kind_is_refused(tool, changed, error):
    answer = tool.ask_token(tool.assertion(), **changed)

    assert answer.status_code == 400
    assert answer.json["error"] == error


def test_what_is_not_a_token_at_all_is_refused(tool):
    answer = tool.ask_token("garbage")

    assert answer.status_code == 401


# Scores


def test_a_final_score_is_shown_in_points_of_the_column(tool):
    tool.post_score(scoreGiven=8, scoreMaximum=10)

    assert [(result["userId"], result["resultScore"]) for result in tool.results()] == [(str(HOA), 80.0)]


def test_a_score_over_the_maximum_is_capped(tool):
    tool.post_score(scoreGiven=15, scoreMaximum=10)

    assert tool.results()[0]["resultScore"] == 100.0


def test_a_score_that_is_not_later_is_a_conflict_and_changes_nothing(tool):
    tool.post_score(scoreGiven=8)

    conflict = tool.post_score(scoreGiven=2)

    assert conflict.status_code == 409
    assert tool.results()[0]["resultScore"] == 80.0


def test_a_later_score_takes_the_place_of_the_earlier(tool, clock):
    tool.post_score(scoreGiven=8)
    clock.forward(minutes=1)
    tool.now = clock()

    tool.post_score(scoreGiven=5)

    assert [result["resultScore"] for result in tool.results()] == [50.0]


def test_a_score_that_is_not_final_erases_the_grade(tool, clock):
    tool.post_score(scoreGiven=8)
    clock.forward(minutes=1)
    tool.now = clock()

    accepted = tool.post_score(scoreGiven=9, gradingProgress="Pending")

    assert accepted.status_code == 200
    assert tool.results()[0]["resultScore"] is None


@pytest.mark.parametrize(
    "changed",
    [
        {"userId": str(TEACHER)},
        {"userId": "99"},
        {"userId": "²"},
        {"userId": None},
        {"timestamp": None},
        {"timestamp": "yesterday"},
        {"timestamp": "2026-11-24T09:00:00"},
        {"gradingProgress": None},
        {"activityProgress": None},
        {"scoreMaximum": None},
        {"scoreMaximum": 0},
        {"scoreGiven": "8"},
        {"scoreGiven": float("nan")},
    ],
)
def test_a_score_that_breaks_a_rule_is_refused_and_nothing_is_kept(tool, changed):
    answer = tool.post_score(**changed)

    assert answer.status_code == 400
    assert answer.json["message"]
    assert tool.results() == []


def test_a_score_of_another_media_type_is_refused(tool):
    assert tool.post_score(media_type="application/json").status_code == 415


def test_a_score_whose_media_type_names_a_charset_is_taken(tool):
    assert (
        tool.post_score(media_type="application/vnd.ims.lis.v1.score+json; charset=utf-8").status_code == 200
    )


def test_grade_services_ask_for_a_token_with_the_right_scope(tool):
    without = tool.post_score(headers={"Authorization": "Bearer made-up"})
    with_another_scope = tool.post_score(headers=tool.bearer(RESULT_SCOPE))

    assert without.status_code == 401
    assert with_another_scope.status_code == 403


def test_a_token_dies_after_an_hour(tool, clock):
    headers = tool.bearer()
    clock.forward(hours=1)

    assert tool.post_score(headers=headers).status_code == 401


def test_the_columns_of_a_course_can_be_listed_and_narrowed_to_one_activity(tool):
    headers = {
        **tool.bearer("https://purl.imsglobal.org/spec/lti-ags/scope/lineitem.readonly"),
        "Accept": LINE_ITEMS,
    }
    client = tool.lms.test_client()

    everything = client.get("/lti/courses/1/lineitems?type_id=1", headers=headers)
    one = client.get("/lti/courses/1/lineitems?type_id=1&resource_link_id=2", headers=headers)

    assert everything.content_type == LINE_ITEMS
    assert [column["label"] for column in everything.json] == ["Bài 1", "Bài 2"]
    assert [column["scoreMaximum"] for column in one.json] == [10.0]


def test_a_column_that_does_not_exist_is_named_so(tool):
    assert tool.post_score(line_item=9).status_code == 404


# Pages


def test_a_course_is_hidden_from_people_who_are_not_enrolled(tool):
    with work(tool.lms.extensions["practice_lms"].engine) as connection:
        other = CoursePlan("OTHER", "Khóa khác", (), (), ())
        course_id = open_course(connection, other, tool_id=1)

    answer = tool.sign_in(HOA).get(f"/courses/{course_id}")

    assert answer.status_code == 404


def test_pages_lead_to_the_sign_in_page_first(tool):
    answer = tool.lms.test_client().get("/courses/1")

    assert answer.status_code == 302
    assert answer.location == "/sign-in"


def test_the_teacher_sees_all_grades_and_a_learner_only_the_own(tool):
    tool.post_score(scoreGiven=7.25, scoreMaximum=10)

    gradebook = tool.sign_in(TEACHER).get("/courses/1/grades").text
    own = tool.sign_in(HOA).get("/courses/1/grades").text
    of_another = tool.sign_in(BINH).get("/courses/1/grades").text

    assert "72,5" in gradebook
    assert "09:00, 24/11/2026" in gradebook
    assert "Trần Thị Bình" in gradebook
    assert "72,5" in own
    assert "Trần Thị Bình" not in own
    assert "72,5" not in of_another


def test_opening_a_course_twice_changes_nothing(tool):
    tool.post_score()

    with work(tool.lms.extensions["practice_lms"].engine) as connection:
        open_course(connection, make_course_plan(), tool_id=1)

    gradebook = tool.sign_in(TEACHER).get("/courses/1/grades").text
    assert gradebook.count('scope="row"') == 2
    assert gradebook.count("<strong>80</strong>") == 1


def test_what_the_tool_says_on_return_is_shown_as_text(tool):
    answer = tool.sign_in(HOA).get("/courses/1/return", query_string={"lti_errormsg": "<b>Hết hạn</b>"})

    assert "&lt;b&gt;Hết hạn&lt;/b&gt;" in answer.text
