"""Scores on their way to the LMS's gradebook."""

import json
import threading
from dataclasses import replace
from datetime import timedelta
from urllib.parse import urlsplit

import jwt
import pytest
import requests
from sqlalchemy.orm import Session

from lti_tool.advantage.gradebook import AgsGradebook, service_address
from lti_tool.platforms.models import PlatformRegistration
from lti_tool.platforms.tool_keys import create_tool_key, find_signing_key
from sync.grade_errors import (
    ColumnGone,
    LearnerNotGraded,
    ResultsUnreadable,
    ScoreConflict,
    ScoreForbidden,
    ScoreNotDelivered,
    ScoreRefused,
)
from sync.ports import LineItemScore
from tests.factories.lti import AGS_SCOPE, SECRET, FakePlatform, create_platform, json_answer, make_http

SCORES, RESULTS = "/items/3/lineitem/scores", "/items/3/lineitem/results"
LINE_ITEM = "https://lms.example.test/items/3/lineitem?type_id=2"


@pytest.fixture
def platform():
    made = FakePlatform()
    made.answers[SCORES] = lambda _request: (200, {"Content-Type": "text/html"}, b"")
    made.answers[RESULTS] = lambda _request: json_answer([])
    return made


@pytest.fixture
def registration(engine, clock, platform):
    with Session(engine, expire_on_commit=False) as session, session.begin():
        return create_platform(session, platform, now=clock())


@pytest.fixture
def gradebook(engine, clock, platform, registration):
    return AgsGradebook(engine, make_http(platform), secret=SECRET, clock=clock)


@pytest.fixture
def score(clock, registration):
    return LineItemScore(
        platform_registration_id=registration.id,
        line_item_url="https://lms.example.test/items/3/lineitem?type_id=2",
        lms_user_id="5",
        score_given=80.0,
        score_maximum=100.0,
        scored_at=clock() - timedelta(minutes=5),
        comment="Đạt",
    )


def conflict(_request):
    return json_answer({}, status=409)


def posted(platform):
    return [request for request in platform.asked if urlsplit(request.url).path == SCORES]


def test_a_score_goes_out_as_the_specification_says(gradebook, platform, score):
    gradebook.post_score(score)

    (request,) = posted(platform)
    assert request.method == "POST"
    assert request.url == "https://lms.example.test/items/3/lineitem/scores?type_id=2"
    assert request.headers["Content-Type"] == "application/vnd.ims.lis.v1.score+json"
    assert request.headers["Authorization"] == "Bearer token-of-the-lms"
    assert json.loads(request.body) == {
        "userId": "5",
        "scoreGiven": 80.0,
        "scoreMaximum": 100.0,
        "activityProgress": "Completed",
        "gradingProgress": "FullyGraded",
        "timestamp": "2026-11-24T01:55:00.000Z",
        "comment": "Đạt",
    }


def test_a_score_of_zero_is_a_score(gradebook, platform, score):
    gradebook.post_score(replace(score, score_given=0.0, comment=""))

    body = json.loads(posted(platform)[0].body)
    assert body["scoreGiven"] == 0.0
    assert "comment" not in body


def test_the_assertion_is_signed_dated_back_and_names_its_key(gradebook, platform, score, engine, clock):
    gradebook.post_score(score)

    (form,) = platform.sent_forms("/token")
    assertion = form["client_assertion"][0]
    with Session(engine) as session:
        key = find_signing_key(session, secret=SECRET)
    claims = jwt.decode(
        assertion,
        key.public_key,
        algorithms=["RS256"],
        audience="https://lms.example.test/token",
        options={"verify_exp": False, "verify_iat": False},
    )
    assert jwt.get_unverified_header(assertion)["kid"] == key.kid
    assert (claims["iss"], claims["sub"]) == (platform.client_id, platform.client_id)
    assert claims["iat"] == int(clock().timestamp()) - 5
    assert claims["exp"] == int(clock().timestamp()) + 60
    assert form["grant_type"] == ["client_credentials"]


def test_the_key_that_the_lms_accepted_is_noted_with_its_registration(
    gradebook, score, engine, registration, clock
):
    gradebook.post_score(score)

    with Session(engine) as session:
        kid = find_signing_key(session, secret=SECRET).kid
        row = session.get(PlatformRegistration, registration.id)
    assert (row.trusted_kid, row.trusted_kid_at) == (kid, clock())


def test_a_caller_that_changes_the_registration_does_not_wait_for_that_note(
    gradebook, platform, score, engine, clock, registration
):
    with Session(engine) as session, session.begin():
        create_tool_key(session, secret=SECRET, now=clock())

    with Session(engine) as session, session.begin():
        session.get(PlatformRegistration, registration.id).name = "khác"
        session.flush()
        gradebook.post_score(score)

    assert len(posted(platform)) == 1


def test_an_assertion_for_moodle_is_dated_back_further(
    gradebook, platform, score, engine, clock, registration
):
    with Session(engine) as session, session.begin():
        session.get(PlatformRegistration, registration.id).product_family = "moodle"

    gradebook.post_score(score)

    assertion = platform.sent_forms("/token")[0]["client_assertion"][0]
    claims = jwt.decode(assertion, options={"verify_signature": False})
    assert claims["iat"] == int(clock().timestamp()) - 30


def test_w15_only_the_scope_that_is_needed_is_asked_for(gradebook, platform, score):
    gradebook.post_score(score)

    assert [form["scope"] for form in platform.sent_forms("/token")] == [[f"{AGS_SCOPE}score"]]


def test_w13_one_token_serves_until_shortly_before_its_end(gradebook, platform, score, clock):
    gradebook.post_score(score)
    clock.forward(minutes=58)
    gradebook.post_score(score)
    assert platform.asked_paths().count("/token") == 1

    clock.forward(minutes=2)
    gradebook.post_score(score)

    assert platform.asked_paths().count("/token") == 2


def test_w13_the_token_of_one_registration_is_never_used_for_another(engine, clock, platform, score):
    second = FakePlatform(client_id="second-client")
    with Session(engine, expire_on_commit=False) as session, session.begin():
        other = create_platform(session, second, now=clock())
    tokens = iter(["first-token", "second-token"])
    platform.answers["/token"] = lambda _request: json_answer({"access_token": next(tokens)})
    gradebook = AgsGradebook(engine, make_http(platform), secret=SECRET, clock=clock)

    gradebook.post_score(score)
    gradebook.post_score(replace(score, platform_registration_id=other.id))

    used = [request.headers["Authorization"] for request in posted(platform)]
    assert used == ["Bearer first-token", "Bearer second-token"]


@pytest.mark.parametrize("status", [401, 408, 429, 500, 502, 503])
def test_an_lms_that_has_no_time_is_tried_again_later(gradebook, platform, score, status):
    platform.answers[SCORES] = lambda _request: json_answer({}, status=status, **{"Retry-After": "120"})

    with pytest.raises(ScoreNotDelivered) as refused:
        gradebook.post_score(score)

    assert refused.value.retry_after_seconds == 120.0


def test_a_token_that_was_refused_is_forgotten_and_asked_for_once_more(gradebook, platform, score):
    tokens = iter(["ended-early", "new"])
    platform.answers["/token"] = lambda _request: json_answer({"access_token": next(tokens)})
    platform.answers[SCORES] = lambda request: json_answer(
        {}, status=200 if request.headers["Authorization"] == "Bearer new" else 401
    )

    gradebook.post_score(score)
    gradebook.post_score(score)

    used = [request.headers["Authorization"] for request in posted(platform)]
    assert used == ["Bearer ended-early", "Bearer new", "Bearer new"]


def test_an_lms_that_refuses_every_token_is_asked_twice_and_then_left(gradebook, platform, score):
    platform.answers[SCORES] = lambda _request: json_answer({}, status=401)

    with pytest.raises(ScoreNotDelivered):
        gradebook.post_score(score)

    assert platform.asked_paths() == ["/token", SCORES, "/token", SCORES]


def test_threads_that_need_one_token_at_a_time_ask_for_it_once(gradebook, platform, score):
    begun = threading.Barrier(4)

    def post():
        begun.wait(10)
        gradebook.post_score(score)

    threads = [threading.Thread(target=post) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert platform.asked_paths().count("/token") == 1


def test_a_token_for_other_services_than_the_one_asked_for_is_refused(gradebook, platform, score):
    platform.answers["/token"] = lambda _request: json_answer(
        {"access_token": "t", "scope": f"{AGS_SCOPE}lineitem"}
    )

    with pytest.raises(ScoreNotDelivered, match="not for the service"):
        gradebook.post_score(score)

    assert posted(platform) == []


@pytest.mark.parametrize("status", [400, 403, 404, 422])
def test_a_score_that_the_lms_will_never_take_is_refused(gradebook, platform, score, status):
    platform.answers[SCORES] = lambda _request: json_answer({"error": "user 5"}, status=status)

    with pytest.raises(ScoreRefused) as refused:
        gradebook.post_score(score)

    assert str(status) in str(refused.value)
    assert "user 5" not in str(refused.value)
    assert refused.value.__cause__ is None


@pytest.mark.parametrize("path", ["/token", SCORES])
def test_an_lms_that_cannot_be_reached_is_tried_again_later(gradebook, platform, score, path):
    def down(_request):
        raise requests.ConnectionError("down")

    platform.answers[path] = down

    with pytest.raises(ScoreNotDelivered):
        gradebook.post_score(score)


@pytest.mark.parametrize(
    "answer",
    [
        (404, {"Content-Type": "text/html"}, b"<html>Exception</html>"),
        json_answer({"error": "invalid_scope"}, status=400),
        json_answer({}),
        json_answer({"access_token": 5}),
        json_answer({"access_token": "a\r\nb"}),
        json_answer(["access_token"]),
        (200, {}, b"<html>"),
    ],
)
def test_without_a_token_nothing_is_posted_and_the_score_waits(gradebook, platform, score, answer):
    platform.answers["/token"] = lambda _request: answer

    with pytest.raises(ScoreNotDelivered):
        gradebook.post_score(score)

    assert posted(platform) == []


def test_a_token_in_json_called_html_is_read_as_moodle_sends_it(gradebook, platform, score):
    platform.answers["/token"] = lambda _request: (
        200,
        {"Content-Type": "text/html"},
        b'{"access_token": "t", "token_type": "Bearer", "expires_in": 3600, "scope": ""}',
    )

    gradebook.post_score(score)

    assert posted(platform)[0].headers["Authorization"] == "Bearer t"


@pytest.mark.parametrize(
    ("phrase", "told"),
    [
        ('Incorrect score received{"userId":"5","scoreGiven":80}', "400 (Incorrect score received):"),
        ("Bad Request", "400:"),
        ("user hoc-vien@example.test has no grade 5", "400 (user … has no grade …):"),
        (None, "400:"),
    ],
)
def test_the_reason_phrase_explains_and_names_nobody(gradebook, platform, score, phrase, told):
    headers = {"X-Reason-Phrase": phrase} if phrase else {}
    platform.answers[SCORES] = lambda _request: (400, dict(headers), b"")

    with pytest.raises(ScoreRefused) as refused:
        gradebook.post_score(score)

    assert f"The gradebook answered {told}" in str(refused.value)
    assert "example.test" not in str(refused.value)


@pytest.mark.parametrize(
    ("status", "kind"), [(403, ScoreForbidden), (404, ColumnGone), (410, ColumnGone), (400, ScoreRefused)]
)
def test_each_refusal_has_its_own_kind(gradebook, platform, score, status, kind):
    platform.answers[SCORES] = lambda _request: json_answer({}, status=status)

    with pytest.raises(ScoreRefused) as refused:
        gradebook.post_score(score)

    assert type(refused.value) is kind


@pytest.fixture
def moodle(engine, registration):
    with Session(engine) as session, session.begin():
        session.get(PlatformRegistration, registration.id).product_family = "moodle"


def test_what_only_one_product_means_is_told_for_that_product(gradebook, moodle, platform, score, clock):
    platform.answers[SCORES] = lambda _request: (400, {"X-Reason-Phrase": "Incorrect score received"}, b"")

    with pytest.raises(LearnerNotGraded):
        gradebook.post_score(score)

    assertion = jwt.decode(
        platform.sent_forms("/token")[0]["client_assertion"][0], options={"verify_signature": False}
    )
    assert assertion["iat"] == int(clock().timestamp()) - 30


@pytest.mark.parametrize(("status", "kind"), [(503, ScoreNotDelivered), (400, ResultsUnreadable)])
def test_a_token_endpoint_without_time_says_nothing_about_the_scope(
    gradebook, platform, registration, status, kind
):
    platform.answers["/token"] = lambda _request: json_answer({}, status=status)

    with pytest.raises(kind):
        gradebook.read_result(registration.id, LINE_ITEM, "5")


def test_a_web_page_instead_of_an_answer_is_no_verdict_on_the_score(gradebook, platform, score):
    platform.answers[SCORES] = lambda _request: (404, {"Content-Type": "text/html"}, b"<!DOCTYPE html><html>")

    with pytest.raises(ScoreNotDelivered, match="404, with a web page"):
        gradebook.post_score(score)


def test_a_conflict_is_told_apart(gradebook, platform, score):
    platform.answers[SCORES] = conflict

    with pytest.raises(ScoreConflict):
        gradebook.post_score(score)


@pytest.mark.parametrize(
    ("result", "share"),
    [
        ({"userId": "5", "resultScore": 80, "resultMaximum": 100}, 0.8),
        ({"userId": 5, "resultScore": 8, "resultMaximum": 10}, 0.8),
        ({"userId": "5", "resultScore": 0.5}, 0.5),
        ({"userId": "5", "resultScore": 12, "resultMaximum": 10}, 1.2),
        ({"userId": "5", "resultScore": None, "resultMaximum": 10}, None),
        ({"userId": "5", "resultScore": "8", "resultMaximum": 10}, None),
        ({"userId": "5", "resultScore": 8, "resultMaximum": 0}, None),
    ],
)
def test_what_a_column_shows_is_read_as_a_share(gradebook, platform, registration, result, share):
    platform.answers[RESULTS] = lambda _request: json_answer([{"userId": "6", "resultScore": 1}, result])

    held = gradebook.read_result(registration.id, LINE_ITEM, "5")

    question = platform.asked[-1]
    assert held.share == share
    assert question.url == "https://lms.example.test/items/3/lineitem/results?type_id=2&user_id=5"
    assert question.headers["Accept"] == "application/vnd.ims.lis.v2.resultcontainer+json"
    assert [form["scope"] for form in platform.sent_forms("/token")] == [[f"{AGS_SCOPE}result.readonly"]]


def test_a_learner_without_a_result_is_nothing_and_not_an_error(gradebook, registration):
    assert gradebook.read_result(registration.id, LINE_ITEM, "5") is None


def test_w16_w17_w18_all_pages_of_results_are_read_as_moodle_links_them(gradebook, platform, registration):
    second = "/items/3/lineitem/Results/AbC"

    def first_page(_request):
        link = f"<https://lms.example.test{second}?type_id=2&amp;from=1>; rel=“next”"
        headers = {"Link": link.encode().decode("latin-1")}
        return json_answer([{"userId": "5", "resultScore": 1}], **headers)

    platform.answers[RESULTS] = first_page
    platform.answers[second] = lambda _request: json_answer([{"userId": "6", "resultScore": 0.5}])

    results = gradebook.read_results(registration.id, LINE_ITEM)

    assert [(one.lms_user_id, one.share) for one in results] == [("5", 1.0), ("6", 0.5)]
    assert platform.asked[-1].url == f"https://lms.example.test{second}?type_id=2&from=1"
    assert not any("limit=" in request.url for request in platform.asked)


@pytest.mark.parametrize(
    "link", ['<https://elsewhere.example/r>; rel="next"', f'<{RESULTS}?type_id=2>; rel="next"']
)
def test_pages_in_a_circle_or_on_another_server_are_not_followed(gradebook, platform, registration, link):
    platform.answers[RESULTS] = lambda _request: json_answer([], Link=link)

    with pytest.raises(ScoreNotDelivered, match="circle or elsewhere"):
        gradebook.read_results(registration.id, LINE_ITEM)

    assert all(request.url.startswith("https://lms.example.test/") for request in platform.asked)


def test_a_list_of_results_larger_than_other_answers_is_read(gradebook, platform, registration):
    many = [{"userId": str(number), "resultScore": 0.5, "comment": "x" * 200} for number in range(3000)]
    platform.answers[RESULTS] = lambda _request: json_answer(many)

    assert len(gradebook.read_results(registration.id, LINE_ITEM)) == 3000


def test_an_lms_that_does_not_let_us_read_results_is_told_apart(gradebook, platform, registration):
    platform.answers["/token"] = lambda _request: json_answer({"error": "invalid_scope"}, status=400)

    with pytest.raises(ResultsUnreadable):
        gradebook.read_result(registration.id, LINE_ITEM, "5")


@pytest.mark.parametrize("answer", [json_answer({"no": "list"}), (200, {}, b"<html>")])
def test_results_that_are_no_list_are_asked_for_again_later(gradebook, platform, registration, answer):
    platform.answers[RESULTS] = lambda _request: answer

    with pytest.raises(ScoreNotDelivered):
        gradebook.read_results(registration.id, LINE_ITEM)


def test_a_registration_that_was_switched_off_keeps_its_scores_waiting(gradebook, platform, score, engine):
    with Session(engine) as session, session.begin():
        session.get(PlatformRegistration, score.platform_registration_id).active = False

    with pytest.raises(ScoreNotDelivered):
        gradebook.post_score(score)

    assert platform.asked == []


def test_w14_scores_are_posted_from_threads_outside_any_request(gradebook, platform, score):
    threads = [threading.Thread(target=gradebook.post_score, args=[score]) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(posted(platform)) == 4


def test_a_caller_in_a_transaction_of_its_own_does_not_wait_for_itself(gradebook, platform, score, engine):
    gradebook.post_score(score)

    with Session(engine) as session, session.begin():
        session.get(PlatformRegistration, score.platform_registration_id).name = "khác"
        session.flush()
        gradebook.post_score(score)

    assert len(posted(platform)) == 2


@pytest.mark.parametrize(
    ("line_item", "expected"),
    [
        ("https://a.test/i/3", "https://a.test/i/3/scores"),
        ("https://a.test/i/3/", "https://a.test/i/3/scores"),
        ("https://a.test/i/3?type_id=2", "https://a.test/i/3/scores?type_id=2"),
        ("https://a.test/i/3?a=b%2Fc&d=", "https://a.test/i/3/scores?a=b%2Fc&d="),
    ],
)
def test_a_service_is_found_below_the_path_and_before_the_query(line_item, expected):
    assert service_address(line_item, "scores") == expected
