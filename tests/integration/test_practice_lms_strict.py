"""The profile `strict`, what every profile shares, and the switches for bad days."""

import sqlite3
from contextlib import closing
from pathlib import Path

import jwt
import pytest

from lti_tool.practice_lms import GENERIC, MOODLE, PROFILES, STRICT
from lti_tool.practice_lms.database_file import open_database, work
from lti_tool.practice_lms.keys import rotate_signing_key
from lti_tool.practice_lms.misbehaviour import Misbehaviour
from lti_tool.practice_lms.profiles import differences
from lti_tool.practice_lms.vocabulary import (
    AGS_CLAIM,
    CLAIM,
    DEEP_LINKING,
    LINE_ITEM,
    LINE_ITEM_READ_SCOPE,
    LINE_ITEM_SCOPE,
    LINE_ITEMS,
    MEMBERS,
    MEMBERS_SCOPE,
    RESULT_SCOPE,
    RESULTS,
)
from tests.factories.lti import make_rsa_key
from tests.factories.practice_lms import (
    BINH,
    HOA,
    ISSUER,
    TEACHER,
    HandPlayedTool,
    make_practice_lms,
    read_form,
)

LIST = "/lti/courses/1/lineitems?type_id=1"
OWN = "/lti/courses/1/lineitems/1/lineitem"
MEMBERS_PATH = "/lti/courses/1/members?type_id=1"
ITEM = {
    "type": "ltiResourceLink",
    "title": "Bài 3",
    "custom": {"content": "cchc/m/bai-3"},
    "lineItem": {
        "scoreMaximum": 20,
        "label": "Điểm bài 3",
        "submissionReview": {"url": "http://127.0.0.1:8100/review", "custom": {"xem": "1"}},
    },
}


@pytest.fixture
def tool(tmp_path: Path, clock) -> HandPlayedTool:
    return make_practice_lms(tmp_path / "lms.sqlite", clock=clock, profile=STRICT)


@pytest.fixture
def generic(tmp_path: Path, clock) -> HandPlayedTool:
    return make_practice_lms(tmp_path / "lms.sqlite", clock=clock, profile=GENERIC)


def test_each_profile_is_found_by_its_code():
    assert list(PROFILES) == ["generic", "moodle", "strict"]
    assert differences(GENERIC) == {}
    assert differences(MOODLE)["registration_pending"] is True


# Strict


def test_the_audience_is_a_list_and_azp_names_the_client(tool):
    claims = tool.claims_of_launch()

    assert claims["aud"] == [tool.registration.client_id]
    assert claims["azp"] == tool.registration.client_id


def test_logins_name_the_storage_frame_and_the_activity_has_it(tool):
    client = tool.sign_in(HOA)

    login = tool.begin_login(client)
    page = client.get("/activities/1").text
    frame = client.get("/lti/storage").text

    assert login["lti_storage_target"] == "lti_storage"
    assert '<iframe name="lti_storage"' in page
    assert 'data-storage-origins="http://127.0.0.1:8100"' in frame


def follow_pages(tool: HandPlayedTool, path: str, *, scope: str, accept: str) -> list[list]:
    pages = []
    while path:
        answer = tool.call("GET", path, scope=scope, accept=accept)
        assert answer.status_code == 200, answer.text
        pages.append(answer.json["members"] if accept == MEMBERS else answer.json)
        link = answer.headers.get("Link", "")
        assert not link or link.endswith('>; rel="next"')
        path = link.partition(">")[0].removeprefix(f"<{ISSUER}")
    return pages


def test_every_list_comes_in_pages_of_two(tool):
    for label in ("Thêm 1", "Thêm 2", "Thêm 3"):
        column = {"label": label, "scoreMaximum": 5}
        tool.call("POST", LIST, scope=LINE_ITEM_SCOPE, sent=column, content_type=LINE_ITEM)
    for user in (HOA, BINH):
        tool.post_score(userId=str(user))

    columns = follow_pages(tool, LIST, scope=LINE_ITEM_READ_SCOPE, accept=LINE_ITEMS)
    members = follow_pages(tool, MEMBERS_PATH, scope=MEMBERS_SCOPE, accept=MEMBERS)
    results = follow_pages(tool, f"{OWN}/results?limit=1", scope=RESULT_SCOPE, accept=RESULTS)

    assert [len(page) for page in columns] == [2, 2, 1]
    assert [len(page) for page in members] == [2, 2]
    assert [len(page) for page in results] == [1, 1]


def test_the_next_page_of_members_keeps_the_role(tool):
    pages = follow_pages(tool, f"{MEMBERS_PATH}&role=Learner&limit=1", scope=MEMBERS_SCOPE, accept=MEMBERS)

    assert [[member["user_id"] for member in page] for page in pages] == [[str(HOA)], [str(BINH)]]


def test_a_score_that_is_not_final_leaves_the_grade(tool, clock):
    tool.post_score(scoreGiven=8)
    clock.forward(minutes=1)
    tool.now = clock()

    tool.post_score(gradingProgress="Pending", scoreGiven=None, scoreMaximum=None)

    assert tool.results()[0]["resultScore"] == 80.0


def test_the_column_of_an_activity_cannot_be_deleted(tool):
    assert tool.call("DELETE", OWN, scope=LINE_ITEM_SCOPE).status_code == 403


def test_a_further_column_takes_lineitem_out_of_the_launch(tool):
    column = {"label": "Thêm", "scoreMaximum": 5, "resourceLinkId": "1"}
    tool.call("POST", LIST, scope=LINE_ITEM_SCOPE, sent=column, content_type=LINE_ITEM)

    assert "lineitem" not in tool.claims_of_launch()[AGS_CLAIM]


# Line items that break a rule


@pytest.mark.parametrize(
    "sent",
    [
        [],
        {"scoreMaximum": 5},
        {"label": " ", "scoreMaximum": 5},
        {"label": "Thêm"},
        {"label": "Thêm", "scoreMaximum": 0},
        {"label": "Thêm", "scoreMaximum": "5"},
        {"label": "Thêm", "scoreMaximum": 5, "resourceLinkId": "99"},
    ],
)
def test_a_line_item_that_breaks_a_rule_is_not_made(generic, sent):
    answer = generic.call("POST", LIST, scope=LINE_ITEM_SCOPE, sent=sent, content_type=LINE_ITEM)

    assert answer.status_code == 400
    assert len(generic.call("GET", LIST, scope=LINE_ITEM_READ_SCOPE, accept=LINE_ITEMS).json) == 2


def test_reading_rights_do_not_make_columns(generic):
    column = {"label": "Thêm", "scoreMaximum": 5}

    answer = generic.call("POST", LIST, scope=LINE_ITEM_READ_SCOPE, sent=column, content_type=LINE_ITEM)

    assert answer.status_code == 403


@pytest.mark.parametrize("query", ["limit=x", "limit=-1", "from=²"])
def test_a_page_that_is_no_number_is_refused(generic, query):
    answer = generic.call("GET", f"{LIST}&{query}", scope=LINE_ITEM_READ_SCOPE, accept=LINE_ITEMS)

    assert answer.status_code == 400


def test_the_roster_can_be_asked_for_one_activity_of_the_tool_only(generic):
    known = generic.call("GET", f"{MEMBERS_PATH}&rlid=1", scope=MEMBERS_SCOPE, accept=MEMBERS)
    unknown = generic.call("GET", f"{MEMBERS_PATH}&rlid=x", scope=MEMBERS_SCOPE, accept=MEMBERS)

    assert known.json["members"][0]["message"]
    assert unknown.status_code == 400


# Deep linking


def test_items_become_activities_with_columns_when_the_teacher_accepts_them(generic):
    page = generic.begin_picking()
    generic.answer_picking(page, [ITEM, {"type": "ltiResourceLink", "title": "Bài 4"}])
    teacher = generic.sign_in(TEACHER)
    before = teacher.get("/courses/1").text

    teacher.post(f"{page}/accept")

    after = teacher.get("/courses/1").text
    assert "Bài 3" not in before
    assert "Bài 3" in after
    assert generic.claims_of_launch(path="/activities/3/launch")[CLAIM + "custom"]["content"] == (
        "cchc/m/bai-3"
    )
    assert "lineitem" not in generic.claims_of_launch(path="/activities/4/launch")[AGS_CLAIM]
    assert "Điểm bài 3" in teacher.get("/courses/1/grades").text


def test_accepting_twice_adds_once(generic):
    page = generic.begin_picking()
    generic.answer_picking(page, [ITEM])
    teacher = generic.sign_in(TEACHER)

    for _ in range(2):
        teacher.post(f"{page}/accept")

    assert teacher.get("/courses/1").text.count("Bài 3") == 1


def test_items_of_other_types_are_left_out(generic):
    page = generic.begin_picking()
    generic.answer_picking(page, [{"type": "link", "title": "Trang", "url": "https://elsewhere.example"}])

    assert "không trả về mục nào" in generic.sign_in(TEACHER).get(page).text


def test_nothing_chosen_changes_nothing_and_shows_what_the_tool_said(generic):
    page = generic.begin_picking()
    generic.answer_picking(page, [], msg="Đã hủy")

    shown = generic.sign_in(TEACHER).get(page).text

    assert "Đã hủy" in shown
    assert "Thêm vào khóa học" not in shown


@pytest.mark.parametrize(
    "changed",
    [
        {"iss": "nobody"},
        {"aud": "https://elsewhere.example"},
        {"exp": 1},
        {"iat": 9_999_999_999},
        {"iat": "now"},
        {"nonce": None},
        {"message_type": "LtiResourceLinkRequest"},
        {"version": "1.1"},
        {"deployment_id": "77"},
        {"data": "made up"},
        {"key": make_rsa_key("stranger")},
    ],
)
def test_an_answer_that_breaks_a_rule_is_refused_and_nothing_is_kept(generic, changed):
    page = generic.begin_picking()

    refused = generic.answer_picking(page, [ITEM], **changed)

    assert refused.status_code == 400
    assert "deep_link_refused" in refused.text
    assert "Trang chọn nội dung" in generic.sign_in(TEACHER).get(page).text


@pytest.mark.parametrize(
    "items", ["none", [1], [{"type": "ltiResourceLink"}], [ITEM | {"lineItem": {"scoreMaximum": 0}}]]
)
def test_items_that_break_a_rule_are_refused(generic, items):
    assert generic.answer_picking(generic.begin_picking(), items).status_code == 400


def test_a_visit_is_answered_once(generic):
    page = generic.begin_picking()
    generic.answer_picking(page, [ITEM])

    assert generic.answer_picking(page, [ITEM]).status_code == 400


def test_only_the_course_s_teacher_chooses_content(generic):
    assert generic.sign_in(HOA).post("/courses/1/deep-linking", data={"tool_id": 1}).status_code == 404
    assert generic.sign_in(HOA).get(generic.begin_picking()).status_code == 404


def test_a_deep_linking_request_says_where_to_answer_and_what_to_echo(generic):
    page = generic.begin_picking()

    claims = generic.claims_of_launch(TEACHER, path=f"{page}/launch")

    settings = claims[DEEP_LINKING + "deep_linking_settings"]
    assert claims[CLAIM + "message_type"] == "LtiDeepLinkingRequest"
    assert settings["deep_link_return_url"] == f"{ISSUER}{page}/return"
    assert settings["accept_multiple"] is True
    assert settings["data"]


# Submission review


def test_a_review_opens_at_its_own_address_with_its_own_parameters(generic):
    page = generic.begin_picking()
    generic.answer_picking(page, [ITEM])
    generic.sign_in(TEACHER).post(f"{page}/accept")

    claims = generic.claims_of_launch(TEACHER, path=f"/activities/3/launch?review={HOA}&target=window")

    assert claims[CLAIM + "message_type"] == "LtiSubmissionReviewRequest"
    assert claims[CLAIM + "target_link_uri"] == "http://127.0.0.1:8100/review"
    assert claims[CLAIM + "custom"]["xem"] == "1"
    assert claims[CLAIM + "for_user"] == {"user_id": str(HOA)}


def test_a_learner_cannot_review_anybody(generic):
    assert generic.sign_in(HOA).get(f"/activities/1/launch?review={BINH}").status_code == 404


# Course copies


def test_a_copied_course_has_new_ids_and_the_same_parameters(generic):
    copied = generic.sign_in(TEACHER).post("/courses/1/copy")
    claims = generic.claims_of_launch(TEACHER, path="/activities/3/launch")

    assert copied.location == "/courses/2"
    assert claims[CLAIM + "context"]["id"] == "2"
    assert claims[CLAIM + "resource_link"]["id"] == "3"
    assert claims[CLAIM + "custom"]["content"] == "cchc/m/tong-quan"
    assert claims[AGS_CLAIM]["lineitem"].startswith(f"{ISSUER}/lti/courses/2/lineitems/3/")


def test_a_copy_leaves_learners_and_grades_behind(generic):
    generic.post_score()

    generic.sign_in(TEACHER).post("/courses/1/copy")

    assert generic.sign_in(HOA).get("/courses/2").status_code == 404
    assert "<strong>" not in generic.sign_in(TEACHER).get("/courses/2/grades").text


def test_the_history_of_a_copy_is_a_variable(generic):
    teacher = generic.sign_in(TEACHER)
    teacher.post("/courses/1/copy")
    teacher.post("/courses/2/copy")
    page = teacher.post("/courses/3/deep-linking", data={"tool_id": 1}).location
    generic.answer_picking(page, [ITEM | {"custom": {"truoc": "$Context.id.history"}}])
    teacher.post(f"{page}/accept")

    claims = generic.claims_of_launch(TEACHER, path="/activities/7/launch")

    assert claims[CLAIM + "custom"]["truoc"] == "2,1"


# Bad days


def test_misbehaviour_is_off_until_a_test_switches_it_on(tmp_path, clock):
    waited: list[float] = []
    faults = Misbehaviour(pause=waited.append)
    lms = make_practice_lms(tmp_path / "lms.sqlite", clock=clock, misbehaviour=faults).lms.test_client()
    usual = lms.get("/lti/jwks.json").json["keys"]

    faults.slow_seconds, faults.answer_status = 30, 503
    broken = lms.get("/lti/jwks.json")
    faults.slow_seconds, faults.answer_status, faults.answers_html = 0, 0, True
    html = lms.get("/lti/jwks.json")
    faults.answers_html, faults.hides_key = False, True

    assert len(usual) == 1
    assert (broken.status_code, waited) == (503, [30])
    assert (html.status_code, html.mimetype) == (200, "text/html")
    assert lms.get("/lti/jwks.json").json == {"keys": []}


def test_a_clock_that_is_ahead_dates_messages_ahead(tmp_path, clock):
    ahead = Misbehaviour(clock_ahead_seconds=90)
    tool = make_practice_lms(tmp_path / "lms.sqlite", clock=clock, misbehaviour=ahead)

    assert tool.claims_of_launch()["iat"] == int(clock().timestamp()) + 90


def test_after_a_change_of_keys_messages_name_the_new_one_and_the_old_is_gone(generic):
    old = generic.lms.test_client().get("/lti/jwks.json").json["keys"][0]["kid"]
    with work(generic.lms.extensions["practice_lms"].engine) as connection:
        rotate_signing_key(connection)
    client = generic.sign_in(HOA)
    request = generic.authentication_request(generic.begin_login(client))

    token = read_form(client.post("/lti/authorize", data=request).text)[1]["id_token"]

    published = [key["kid"] for key in client.get("/lti/jwks.json").json["keys"]]
    assert published == [jwt.get_unverified_header(token)["kid"]]
    assert published != [old]


# Files of earlier versions


def test_a_file_of_the_first_version_keeps_its_rows(tmp_path):
    path = tmp_path / "old.sqlite"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(
            """
            CREATE TABLE course (course_id INTEGER PRIMARY KEY, label TEXT NOT NULL UNIQUE,
                title TEXT NOT NULL);
            CREATE TABLE tool (tool_id INTEGER PRIMARY KEY, client_id TEXT NOT NULL UNIQUE,
                name TEXT NOT NULL UNIQUE, login_url TEXT NOT NULL, redirect_uri TEXT NOT NULL,
                key_set_url TEXT NOT NULL);
            CREATE TABLE activity (activity_id INTEGER PRIMARY KEY,
                course_id INTEGER NOT NULL REFERENCES course, tool_id INTEGER NOT NULL REFERENCES tool,
                position INTEGER NOT NULL, title TEXT NOT NULL, description TEXT NOT NULL,
                content TEXT NOT NULL, UNIQUE (course_id, tool_id, content));
            CREATE TABLE line_item (line_item_id INTEGER PRIMARY KEY,
                activity_id INTEGER NOT NULL UNIQUE REFERENCES activity, label TEXT NOT NULL,
                score_maximum FLOAT NOT NULL);
            INSERT INTO course VALUES (1, 'A', 'Khóa A');
            INSERT INTO tool VALUES (1, 'khach', 'CCHC', 'http://t/login', 'http://t/launch', 'http://t/keys');
            INSERT INTO activity VALUES (5, 1, 1, 1, 'Bài', '', 'cchc/m/x');
            INSERT INTO line_item VALUES (7, 5, 'Bài', 100);
            """
        )

    engine = open_database(path)
    engine.dispose()
    engine = open_database(path)

    with work(engine) as connection:
        rows = connection.exec_driver_sql(
            "SELECT activity_id, content, activity.custom, status, line_item_id FROM activity "
            "JOIN tool USING (tool_id) JOIN line_item USING (activity_id)"
        ).all()
        broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
    engine.dispose()
    assert [tuple(row) for row in rows] == [(5, "cchc/m/x", "{}", "active", 7)]
    assert broken == []
