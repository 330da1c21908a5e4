"""The profile `moodle`: one test for each fact that was observed on running Moodle sites."""

from pathlib import Path

import pytest

from lti_tool.practice_lms import MOODLE
from lti_tool.practice_lms.database_file import work
from lti_tool.practice_lms.errors import KeySetUnread
from lti_tool.practice_lms.tables import tool as tool_table
from lti_tool.practice_lms.vocabulary import (
    AGS_CLAIM,
    AGS_SCOPES,
    BASIC_OUTCOME_CLAIM,
    CLAIM,
    DEEP_LINKING,
    LINE_ITEM,
    LINE_ITEM_READ_SCOPE,
    LINE_ITEM_SCOPE,
    LINE_ITEMS,
    MEMBERS,
    MEMBERS_SCOPE,
    NRPS_CLAIM,
    RESULT_SCOPE,
    RESULTS,
)
from tests.factories.practice_lms import (
    ADMINISTRATOR,
    ASSISTANT,
    HOA,
    ISSUER,
    TEACHER,
    TOKEN_URL,
    HandPlayedTool,
    make_practice_lms,
    read_form,
)

LIST = "/lti/courses/1/lineitems?type_id=1"
OWN = "/lti/courses/1/lineitems/1/lineitem"
MEMBERS_PATH = "/lti/courses/1/members?type_id=1"


@pytest.fixture
def tool(tmp_path: Path, clock) -> HandPlayedTool:
    return make_practice_lms(tmp_path / "lms.sqlite", clock=clock, profile=MOODLE)


def change_tool(tool: HandPlayedTool, **values) -> None:
    with work(tool.lms.extensions["practice_lms"].engine) as connection:
        connection.execute(tool_table.update().values(values))


# The login


@pytest.mark.parametrize("changed", [{"scope": "openid email"}, {"nonce": ""}, {"redirect_uri": ISSUER}])
def test_a_login_that_cannot_be_answered_is_a_page_with_404(tool, changed):
    client = tool.sign_in(HOA)
    request = tool.authentication_request(tool.begin_login(client), **changed)

    answer = client.get("/lti/authorize", query_string=request)

    assert answer.status_code == 404
    assert answer.mimetype == "text/html"


def test_a_hint_works_once(tool):
    client = tool.sign_in(HOA)
    request = tool.authentication_request(tool.begin_login(client))
    client.get("/lti/authorize", query_string=request)

    assert client.get("/lti/authorize", query_string=request).status_code == 404


def test_no_platform_storage_is_offered(tool):
    login = tool.begin_login(tool.sign_in(HOA))

    assert "lti_storage_target" not in login
    assert tool.lms.test_client().get("/lti/storage").status_code == 404


# Messages


def test_a_message_lives_60_seconds_and_has_one_audience(tool):
    claims = tool.claims_of_launch()

    assert claims["exp"] - claims["iat"] == 60
    assert claims["aud"] == tool.registration.client_id
    assert "azp" not in claims
    assert claims[CLAIM + "tool_platform"]["product_family_code"] == "moodle"
    assert BASIC_OUTCOME_CLAIM in claims


def test_custom_keys_with_capitals_arrive_twice_and_unknown_variables_as_they_are(tool):
    change_tool(tool, custom={"MaDonVi": "$Person.sourcedId", "phongban": "$Person.department"})

    custom = tool.claims_of_launch()[CLAIM + "custom"]

    assert custom["MaDonVi"] == custom["madonvi"] == "CB-hoa"
    assert custom["phongban"] == "$Person.department"


def test_with_privacy_nothing_but_the_staff_code_says_who_it_is(tool):
    change_tool(tool, shares_name=False, shares_email=False)

    claims = tool.claims_of_launch()
    members = tool.call("GET", MEMBERS_PATH, scope=MEMBERS_SCOPE, accept=MEMBERS).json["members"]

    assert not {"name", "given_name", "family_name", "email"} & set(claims)
    assert "user_username" not in claims[CLAIM + "ext"]
    assert claims[CLAIM + "lis"] == {"person_sourcedid": "CB-hoa"}
    assert {tuple(sorted(member)) for member in members} == {
        ("lis_person_sourcedid", "roles", "status", "user_id")
    }


# Tokens


def test_a_token_reply_is_json_that_calls_itself_html(tool):
    answer = tool.ask_token(tool.assertion())

    assert answer.status_code == 200
    assert answer.mimetype == "text/html"
    assert b'"access_token"' in answer.data


@pytest.mark.parametrize("changed", [{"aud": "https://elsewhere.example"}, {"jti": None}, {"exp": None}])
def test_audience_jti_and_expiry_of_an_assertion_are_not_looked_at(tool, changed):
    assert tool.ask_token(tool.assertion(**changed)).status_code == 200


def test_the_same_assertion_is_taken_twice(tool):
    tool.ask_token(tool.assertion())

    assert tool.ask_token(tool.assertion()).status_code == 200


def test_an_assertion_from_the_future_is_400(tool):
    issued_at = int(tool.now.timestamp()) + 30

    answer = tool.ask_token(tool.assertion(iat=issued_at, exp=issued_at + 60))

    assert answer.status_code == 400
    assert answer.json["error"] == "invalid_client"


def test_an_assertion_without_kid_is_400(tool):
    assert tool.ask_token(tool.assertion(kid=None)).status_code == 400


def test_a_key_set_that_cannot_be_read_is_a_page_with_404(tmp_path, clock):
    def unread():
        raise KeySetUnread("The address is blocked.")

    blocked = make_practice_lms(tmp_path / "lms.sqlite", clock=clock, profile=MOODLE, key_set=unread)

    answer = blocked.ask_token(blocked.assertion(aud=TOKEN_URL))

    assert answer.status_code == 404
    assert answer.mimetype == "text/html"


def test_a_token_without_the_scope_is_401(tool):
    assert tool.post_score(headers=tool.bearer(RESULT_SCOPE)).status_code == 401


# Line items, scores and results


@pytest.mark.parametrize("accept", ["application/json", f"{LINE_ITEMS}, */*", "*/*", f"{LINE_ITEMS};q=1"])
def test_lists_of_line_items_want_one_exact_media_type(tool, accept):
    assert tool.call("GET", LIST, scope=LINE_ITEM_READ_SCOPE, accept=accept).status_code == 400


def test_one_line_item_and_members_take_any_media_type(tool):
    assert tool.call("GET", OWN, scope=LINE_ITEM_READ_SCOPE, accept="*/*").status_code == 200
    assert tool.call("GET", MEMBERS_PATH, scope=MEMBERS_SCOPE, accept="*/*").status_code == 200


def test_the_next_page_of_line_items_stands_between_curly_quotes(tool):
    answer = tool.call("GET", f"{LIST}&limit=1", scope=LINE_ITEM_READ_SCOPE, accept=LINE_ITEMS)

    link = answer.headers["Link"].encode("latin-1").decode()
    assert len(answer.json) == 1
    assert link.endswith("; rel=“next”")
    assert "&amp;" in link


def test_results_with_a_limit_are_a_page_with_404(tool):
    answer = tool.call("GET", f"{OWN}/results?limit=10", scope=RESULT_SCOPE, accept=RESULTS)

    assert answer.status_code == 404
    assert answer.mimetype == "text/html"


def test_a_second_column_for_a_link_empties_lineitem_in_the_next_launch(tool):
    column = {"label": "Thêm", "scoreMaximum": 5, "resourceLinkId": "1"}
    made = tool.call("POST", LIST, scope=LINE_ITEM_SCOPE, sent=column, content_type=LINE_ITEM)

    claims = tool.claims_of_launch()

    assert made.status_code == 201
    assert claims[AGS_CLAIM]["lineitem"] == ""
    assert claims[AGS_CLAIM]["scope"] == list(AGS_SCOPES)


def test_the_same_resource_id_makes_a_second_column(tool):
    column = {"label": "Thêm", "scoreMaximum": 5, "resourceId": "cchc/m/mot-cua"}
    for _ in range(2):
        tool.call("POST", LIST, scope=LINE_ITEM_SCOPE, sent=column, content_type=LINE_ITEM)

    found = tool.call(
        "GET", f"{LIST}&resource_id=cchc/m/mot-cua", scope=LINE_ITEM_READ_SCOPE, accept=LINE_ITEMS
    )

    assert len(found.json) == 2


def test_a_line_item_put_without_resource_id_and_tag_loses_both(tool):
    column = {"label": "Thêm", "scoreMaximum": 5, "resourceId": "a", "tag": "b"}
    made = tool.call("POST", LIST, scope=LINE_ITEM_SCOPE, sent=column, content_type=LINE_ITEM).json
    path = made["id"].removeprefix(ISSUER)

    put = tool.call(
        "PUT", path, scope=LINE_ITEM_SCOPE, sent={"label": "Mới", "scoreMaximum": 5}, content_type=LINE_ITEM
    )

    assert (put.json["label"], put.json["resourceId"], put.json["tag"]) == ("Mới", "", "")


def test_the_column_of_an_activity_can_be_deleted_with_its_grades(tool):
    tool.post_score()

    assert tool.call("DELETE", OWN, scope=LINE_ITEM_SCOPE).status_code == 204
    assert "lineitem" not in tool.claims_of_launch()[AGS_CLAIM]


def test_scores_of_one_second_conflict_whatever_their_fraction(tool):
    first = tool.post_score(timestamp=tool.now.replace(microsecond=1).isoformat())
    second = tool.post_score(timestamp=tool.now.replace(microsecond=900_000).isoformat())

    assert (first.status_code, second.status_code) == (200, 409)


def test_a_score_in_progress_erases_grade_and_feedback(tool, clock):
    tool.post_score(scoreGiven=8, comment="Tốt")
    clock.forward(minutes=1)
    tool.now = clock()

    answer = tool.post_score(gradingProgress="NotReady", activityProgress="InProgress", scoreGiven=9)

    assert answer.status_code == 200
    assert (tool.results()[0]["resultScore"], tool.results()[0]["comment"]) == (None, "")


def test_a_later_score_without_a_comment_clears_the_feedback(tool, clock):
    tool.post_score(scoreGiven=8, comment="Tốt")
    clock.forward(minutes=1)
    tool.now = clock()

    tool.post_score(scoreGiven=9)

    assert tool.results()[0]["comment"] == ""


@pytest.mark.parametrize("user", [str(TEACHER), str(ADMINISTRATOR), "999"])
def test_why_a_score_was_refused_stands_in_the_reason_phrase(tool, user):
    answer = tool.post_score(userId=user)

    assert answer.status == "400 userId is not a learner of this course."
    assert answer.data == b""


def test_results_carry_the_instant_of_receipt(tool, clock):
    reached_at = tool.now
    clock.forward(minutes=10)
    tool.now = clock()

    tool.post_score(timestamp=reached_at.isoformat())

    assert tool.results()[0]["timestamp"] == clock().isoformat()


# Members


def test_members_have_short_roles_and_names_that_begin_with_the_given_name(tool):
    members = tool.call("GET", MEMBERS_PATH, scope=MEMBERS_SCOPE, accept=MEMBERS).json["members"]

    hoa = next(member for member in members if member["user_id"] == str(HOA))
    assert hoa["roles"] == ["Learner"]
    assert hoa["name"] == "Hoa Trần Thị"


def test_an_assistant_is_instructor_in_launches_and_learner_in_the_roster(tool):
    members = tool.call("GET", MEMBERS_PATH, scope=MEMBERS_SCOPE, accept=MEMBERS).json["members"]
    claims = tool.claims_of_launch(ASSISTANT)

    assert "http://purl.imsglobal.org/vocab/lis/v2/membership#Instructor" in claims[CLAIM + "roles"]
    assert [member["roles"] for member in members if member["user_id"] == str(ASSISTANT)] == [["Learner"]]


def test_the_next_page_of_members_forgets_the_role(tool):
    answer = tool.call("GET", f"{MEMBERS_PATH}&role=Learner&limit=1", scope=MEMBERS_SCOPE, accept=MEMBERS)

    assert len(answer.json["members"]) == 1
    assert "role=" not in answer.headers["Link"]
    assert answer.headers["Link"].endswith('; rel="next"')


# Deep linking


ITEM = {
    "type": "ltiResourceLink",
    "title": "Bài 3",
    "url": "http://127.0.0.1:8100/lti/launch?lesson=3",
    "custom": {"content": "cchc/m/bai-3"},
    "lineItem": {"scoreMaximum": 20, "label": "Điểm bài 3", "resourceId": "bai-3", "tag": "cuoi-khoa"},
}


def accept_items(tool: HandPlayedTool, *items) -> None:
    page = tool.begin_picking()
    answered = tool.answer_picking(page, list(items))
    assert answered.status_code == 200, answered.text
    tool.sign_in(TEACHER).post(f"{page}/accept")


def test_a_deep_linking_request_has_no_data_no_roster_and_no_column(tool):
    claims = tool.claims_of_launch(TEACHER, path=f"{tool.begin_picking()}/launch")

    assert "data" not in claims[DEEP_LINKING + "deep_linking_settings"]
    assert not {NRPS_CLAIM, AGS_CLAIM, CLAIM + "resource_link"} & set(claims)


def test_the_label_of_a_column_is_dropped_and_the_rest_of_it_is_kept(tool):
    accept_items(tool, ITEM)

    columns = tool.call("GET", LIST, scope=LINE_ITEM_READ_SCOPE, accept=LINE_ITEMS).json

    assert (columns[-1]["label"], columns[-1]["scoreMaximum"]) == ("Bài 3", 20)
    assert (columns[-1]["resourceId"], columns[-1]["tag"]) == ("bai-3", "cuoi-khoa")


def test_items_of_other_types_become_activities(tool):
    accept_items(tool, {"type": "link", "title": "Trang ngoài", "url": "https://elsewhere.example/"})

    assert tool.claims_of_launch(path="/activities/3/launch")[CLAIM + "target_link_uri"] == (
        "https://elsewhere.example/"
    )


def test_a_line_end_splits_a_custom_value_and_an_equals_sign_does_not(tool):
    accept_items(tool, ITEM | {"custom": {"content": "a=b\nc=d"}})

    custom = tool.claims_of_launch(path="/activities/3/launch")[CLAIM + "custom"]

    assert (custom["content"], custom["c"]) == ("a=b", "d")


def test_a_title_over_255_characters_stops_the_teacher(tool):
    answer = tool.answer_picking(tool.begin_picking(), [ITEM | {"title": "x" * 256}])

    assert answer.status_code == 400
    assert "255" in answer.text


def test_what_the_tool_says_when_nothing_was_chosen_is_not_shown(tool):
    page = tool.begin_picking()
    tool.answer_picking(page, [], msg="Đã hủy")

    shown = tool.sign_in(TEACHER).get(page).text

    assert "Đã hủy" not in shown
    assert "không trả về mục nào" in shown


def test_nonce_and_deployment_of_an_answer_are_not_looked_at(tool):
    answer = tool.answer_picking(tool.begin_picking(), [ITEM], nonce=None, deployment_id="77")

    assert answer.status_code == 200


def test_the_server_looks_at_the_address_of_a_new_activity(tool):
    accept_items(tool, ITEM)

    assert tool.visited == [ITEM["url"]]


def test_a_submission_review_in_a_new_window_becomes_an_ordinary_launch(tool):
    accept_items(tool, ITEM)
    review = f"/activities/3/launch?review={HOA}"

    in_frame = tool.claims_of_launch(TEACHER, path=review)
    in_window = tool.claims_of_launch(TEACHER, path=f"{review}&target=window")

    assert in_frame[CLAIM + "message_type"] == "LtiSubmissionReviewRequest"
    assert in_frame[CLAIM + "for_user"] == {"user_id": str(HOA)}
    assert in_window[CLAIM + "message_type"] == "LtiResourceLinkRequest"


def test_a_request_without_cookie_is_posted_again(tool):
    request = tool.authentication_request(tool.begin_login(tool.sign_in(HOA)))

    _, fields = read_form(tool.lms.test_client().post("/lti/authorize", data=request).text)

    assert fields["repost"] == "true"
