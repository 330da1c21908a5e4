"""A teacher chooses content in the LMS: the picker, the signed answer, and what the LMS makes of it."""

import json
import re
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.deep_linking.answer import ToolAddress, answer_choice
from lti_tool.deep_linking.models import DeepLink, PendingChoice
from lti_tool.deep_linking.response import Messages
from tests.factories.content import create_package
from tests.factories.deep_linking import (
    Picker,
    launch_item,
    open_picker,
    read_answer,
    request_choice,
)
from tests.factories.lti import (
    DL,
    LEARNER,
    LTI,
    SECRET,
    TOOL,
    Browser,
    FakePlatform,
    create_platform,
    make_claims,
    make_deep_linking_changes,
    open_tool,
)
from tests.factories.lti import create_package as create_small_package

PROGRAMME, MODULE, QUIZ = "nhap-mon", "nhap-mon/m/tong-quan", "nhap-mon/z/cuoi-bai"


@pytest.fixture
def platform():
    return FakePlatform()


@pytest.fixture
def app(database_url, engine, clock, platform, tmp_path):
    with Session(engine) as session, session.begin():
        create_platform(session, platform, now=clock())
        create_package(session, tmp_path)
    with open_tool(database_url, platform, clock=clock) as opened:
        yield opened


@pytest.fixture
def browser(app, platform, clock):
    return Browser(app, platform, clock)


def send(browser, picker):
    """Adds what is in the basket; returns what the LMS gets."""
    return read_answer(browser, picker.set_up("add"))


# ---- the whole way ----


def test_two_contents_arrive_in_their_order_with_a_column_for_the_test(browser):
    picker = open_picker(browser)
    picker.choose(QUIZ, MODULE)
    picker.set_up(f"down:{QUIZ}")

    sent = send(browser, picker)

    assert sent.action == "https://lms.example.test/chosen?course=2&sesskey=khoa"
    assert [item["title"] for item in sent.items] == ["Tổng quan cải cách hành chính", "Kiểm tra cuối bài"]
    assert [item["type"] for item in sent.items] == ["ltiResourceLink"] * 2
    assert ["lineItem" in item for item in sent.items] == [False, True]
    assert sent.items[1]["lineItem"]["scoreMaximum"] == 100


def test_what_was_added_opens_what_was_chosen(browser):
    picker = open_picker(browser)
    picker.choose(MODULE, QUIZ)

    sent = send(browser, picker)

    for item, title in zip(sent.items, ["Tổng quan cải cách hành chính", "Kiểm tra cuối bài"], strict=True):
        opened = launch_item(browser, item)
        page = browser.client.get(opened.headers["Location"], base_url=TOOL, follow_redirects=True)
        assert page.status_code == 200
        assert f"<h1>{title}</h1>" in page.text


# ---- certification: deep linking ----


def test_d1_a_request_opens_the_picker_for_the_course(browser):
    page = open_picker(browser).get()

    assert page.status_code == 200
    assert "Khóa thử" in page.text
    assert "Nhập môn cải cách hành chính" in page.text


def test_d2_d3_the_answer_is_a_deep_linking_response_for_this_platform(browser, platform):
    picker = open_picker(browser)
    picker.choose(MODULE)

    claims = send(browser, picker).claims

    assert claims[LTI + "message_type"] == "LtiDeepLinkingResponse"
    assert claims[LTI + "version"] == "1.3.0"
    assert claims["aud"] == [platform.issuer]


def test_d4_the_answer_lies_neither_in_the_future_nor_open_for_long(browser, clock):
    picker = open_picker(browser)
    picker.choose(MODULE)

    claims = send(browser, picker).claims

    now = int(clock().timestamp())
    assert now - 60 < claims["iat"] < now < claims["exp"] <= now + 600


def test_d5_the_answer_is_signed_by_a_key_of_our_key_set(browser):
    picker = open_picker(browser)
    picker.choose(MODULE)

    sent = send(browser, picker)  # verifies the signature

    assert sent.header["alg"] == "RS256"
    published = browser.client.get("/lti/jwks.json", base_url=TOOL).json["keys"]
    assert sent.header["kid"] in {key["kid"] for key in published}


def test_d6_every_required_claim_is_there_and_none_is_null(browser, platform):
    picker = open_picker(browser)
    picker.choose(MODULE)

    claims = send(browser, picker).claims

    assert claims["iss"] == platform.client_id
    assert claims[LTI + "deployment_id"] == platform.deployment_id
    assert len(claims["nonce"]) > 20
    assert None not in claims.values()
    assert DL + "data" not in claims


def test_d7_what_the_teacher_saw_is_what_is_sent(browser):
    picker = open_picker(browser)
    picker.choose(QUIZ)
    picker.set_up(
        **{
            f"{QUIZ}|title": "Kiểm tra đợt 1",
            f"{QUIZ}|text": "Làm trước\r\nthứ Sáu",
            f"{QUIZ}|score_maximum": "7,5",
        }
    )
    shown = picker.get("cai-dat").text

    (item,) = send(browser, picker).items

    assert 'value="Kiểm tra đợt 1"' in shown
    assert 'value="7.5"' in shown
    assert (item["title"], item["text"]) == ("Kiểm tra đợt 1", "Làm trước\r\nthứ Sáu")
    assert item["lineItem"]["scoreMaximum"] == 7.5
    assert item["lineItem"]["label"] == "Kiểm tra đợt 1"


def test_d8_the_returned_link_launches(browser):
    picker = open_picker(browser)
    picker.choose(PROGRAMME)

    (item,) = send(browser, picker).items

    assert launch_item(browser, item).status_code == 303


# ---- what the platform accepts ----


def test_w25_places_times_and_review_are_sent(browser):
    picker = open_picker(browser)
    picker.choose(QUIZ)
    picker.set_up(
        **{
            f"{QUIZ}|target": "window",
            f"{QUIZ}|available_from": "2026-11-25T08:00",
            f"{QUIZ}|submission_until": "2026-11-30T17:00",
        }
    )

    (item,) = send(browser, picker).items

    assert item["window"] == {"targetName": "_blank"}
    assert "iframe" not in item
    assert item["available"] == {"startDateTime": "2026-11-25T01:00:00Z"}
    assert item["submission"] == {"endDateTime": "2026-11-30T10:00:00Z"}
    review = item["lineItem"]["submissionReview"]
    assert review["reviewableStatus"] == ["InProgress", "Submitted", "Completed"]
    assert review["label"] == "Xem bài làm"
    assert review["url"] == item["url"]
    assert item["icon"]["url"] == f"{TOOL}/static/deep_linking/test.svg"
    with browser.client.get("/static/deep_linking/test.svg", base_url=TOOL) as icon:
        assert icon.content_type.startswith("image/svg+xml")


def test_data_goes_back_unchanged(browser):
    opaque = 'op=321&v=44&x="<>&é'
    picker = open_picker(browser, data=opaque)
    picker.choose(MODULE)

    assert send(browser, picker).claims[DL + "data"] == opaque


def test_where_one_item_is_taken_the_second_replaces_the_first(browser):
    picker = open_picker(browser, accept_multiple=False)
    picker.choose(MODULE)
    picker.choose(QUIZ)

    assert [item["title"] for item in send(browser, picker).items] == ["Kiểm tra cuối bài"]


def test_where_one_item_is_taken_choosing_leads_to_its_settings(browser):
    picker = open_picker(browser, accept_multiple=False)
    listed = picker.get().text

    answer = picker.post("gio", do="add", content=MODULE, next="settings")

    assert 'name="next" value="settings"' in listed
    assert answer.headers["Location"] == f"{picker.path}cai-dat"


def test_a_platform_that_drops_line_items_is_sent_none(browser):
    picker = open_picker(browser, accept_lineitem=False)
    picker.choose(QUIZ)
    shown = picker.get("cai-dat").text

    (item,) = send(browser, picker).items

    assert "lineItem" not in item
    assert "Tạo cột điểm" not in shown


def test_a_place_that_the_platform_does_not_offer_is_not_sent(browser):
    picker = open_picker(browser, accept_presentation_document_targets=["iframe"])
    picker.choose(MODULE)
    picker.set_up(**{f"{MODULE}|target": "window"})

    (item,) = send(browser, picker).items

    assert not {"window", "iframe"} & set(item)


def test_a_platform_that_takes_no_links_is_told_so_and_the_teacher_too(browser):
    picker = open_picker(browser, accept_types=["html", "file"])
    page = picker.get()

    sent = read_answer(browser, picker.post("huy"))

    assert "Không thêm được nội dung vào đây" in page.text
    assert sent.items == []
    assert "ltiResourceLink" in sent.claims[DL + "errorlog"]
    assert sent.claims[DL + "errormsg"]


# ---- cancel, repeat, expire ----


def test_cancel_adds_nothing_and_ends_the_choice(browser, engine):
    picker = open_picker(browser, data="d")
    picker.choose(MODULE)

    sent = read_answer(browser, picker.post("huy"))

    assert sent.items == []
    assert sent.claims[DL + "msg"] == "Không thêm nội dung nào."
    assert sent.claims[DL + "data"] == "d"
    assert picker.get().status_code == 409
    with Session(engine) as session:
        assert session.scalars(select(DeepLink)).all() == []


def test_a_second_click_sends_the_same_answer_and_makes_no_second_link(browser, engine):
    picker = open_picker(browser)
    picker.choose(MODULE)

    first, second = send(browser, picker), read_answer(browser, picker.post("cai-dat", do="add"))

    assert first == second
    with Session(engine) as session:
        assert len(session.scalars(select(DeepLink)).all()) == 1


def test_two_clicks_at_one_moment_make_one_link_and_one_answer(browser, engine, clock):
    picker = open_picker(browser)
    picker.choose(MODULE)
    together = threading.Barrier(2)

    def click(_number):
        together.wait(timeout=10)
        with Session(engine) as session, session.begin():
            return answer_choice(
                session,
                picker.key,
                tool=ToolAddress(TOOL, SECRET),
                messages=Messages(),
                review_label="",
                now=clock(),
            )

    with ThreadPoolExecutor(2) as clicks:
        answers = list(clicks.map(click, range(2)))

    assert answers[0] == answers[1]
    with Session(engine) as session:
        assert len(session.scalars(select(DeepLink)).all()) == 1


def test_after_the_answer_has_expired_it_is_not_sent_again(browser, clock):
    picker = open_picker(browser)
    picker.choose(MODULE)
    send(browser, picker)
    clock.forward(minutes=6)

    again = picker.post("cai-dat", do="add")

    assert again.status_code == 409
    assert "Nội dung đã được gửi về khóa học" in again.text


def test_a_choice_expires_with_a_page_that_says_so(browser, clock):
    picker = open_picker(browser)
    picker.choose(MODULE)
    clock.forward(hours=2)

    answers = [picker.get(), picker.get("cai-dat"), picker.post("cai-dat", do="add"), picker.post("huy")]

    assert [answer.status_code for answer in answers] == [410] * 4
    assert "Lượt chọn nội dung đã hết hạn" in answers[0].text


def test_two_tabs_choose_independently(browser):
    one, other = open_picker(browser), open_picker(browser, data="other")
    one.choose(MODULE)
    other.choose(QUIZ)

    of_one, of_other = send(browser, one), send(browser, other)

    assert [item["custom"]["content"] for item in of_one.items] == [MODULE]
    assert [item["custom"]["content"] for item in of_other.items] == [QUIZ]


def test_a_request_that_comes_twice_opens_once(browser):
    asked = browser.begin()
    changes = make_deep_linking_changes()
    token = browser.platform.sign(
        make_claims(browser.platform, nonce=asked["nonce"], now=browser.clock(), **changes)
    )

    answers = [browser.post(asked["state"], token) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [303, 403]


def test_old_choices_are_forgotten(browser, clock, engine):
    open_picker(browser)
    clock.forward(days=2)
    newer = open_picker(browser)

    with Session(engine) as session:
        assert [row.id for row in session.scalars(select(PendingChoice))] == [newer.key]


def test_no_name_is_kept_of_the_teacher(browser, engine):
    open_picker(browser)

    with Session(engine) as session:
        kept = repr([vars(row) for row in session.scalars(select(PendingChoice))])
    for personal in ("Trần", "hoc-vien@example.test", "CB-99001"):
        assert personal not in kept


# ---- the picker's pages ----


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, [PROGRAMME, MODULE, QUIZ]),
        ({"q": "tong quan"}, [PROGRAMME, MODULE, QUIZ]),
        ({"q": "KIEM TRA cuoi"}, [QUIZ]),
        ({"q": "Sáu nội dung"}, [MODULE]),
        ({"loai": "module"}, [MODULE]),
        ({"loai": "quiz", "q": "nhap mon"}, [QUIZ]),
        ({"linh-vuc": "quan-diem-chu-truong"}, [PROGRAMME, MODULE, QUIZ]),
        ({"linh-vuc": "cai-cach-bo-may"}, []),
        ({"ky-nang": "khong-co"}, []),
        ({"trang": "99"}, [PROGRAMME, MODULE, QUIZ]),
        ({"trang": "một"}, [PROGRAMME, MODULE, QUIZ]),
        ({"q": "%' OR 1=1 --"}, []),
    ],
)
def test_the_list_is_searched_without_tone_marks(browser, query, found):
    page = open_picker(browser).get(**query).text

    listed = re.findall(r'data-focus="([^"]*)"', page)
    assert listed == found


def test_choosing_leads_back_to_the_search_as_it_was(browser):
    picker = open_picker(browser)

    answer = picker.post("gio", do="add", content=QUIZ, q="kiểm tra", loai="quiz")

    assert "q=ki%E1%BB%83m+tra" in answer.headers["Location"]
    assert "loai=quiz" in answer.headers["Location"]


def test_what_is_typed_wrongly_is_kept_and_explained(browser):
    picker = open_picker(browser)
    picker.choose(QUIZ)

    answer = picker.set_up(
        "add",
        **{
            f"{QUIZ}|title": "x" * 256,
            f"{QUIZ}|score_maximum": "mười",
            f"{QUIZ}|available_from": "2026-11-25T08:00",
            f"{QUIZ}|available_until": "2026-11-25T08:00",
            f"{QUIZ}|submission_from": "mai",
        },
    )

    assert answer.status_code == 400
    for words in ("255 ký tự", "lớn hơn 0", "phải sau thời điểm bắt đầu", "Hãy nhập ngày và giờ"):
        assert words in answer.text
    assert 'value="mười"' in answer.text
    assert answer.text.count('aria-invalid="true"') == 4


def test_a_wrong_item_may_be_taken_out(browser):
    picker = open_picker(browser)
    picker.choose(MODULE, QUIZ)

    answer = picker.set_up(f"remove:{QUIZ}", **{f"{QUIZ}|title": ""})

    assert answer.status_code == 303
    assert [item["custom"]["content"] for item in send(browser, picker).items] == [MODULE]


def test_a_preview_shows_what_learners_see_and_says_that_it_is_one(browser, engine):
    picker = open_picker(browser)

    page = picker.get(f"xem/{MODULE}")
    inside = browser.client.get(
        re.search(r'<iframe[^>]* src="([^"]*)"', page.text)[1], base_url=TOOL, follow_redirects=True
    )

    assert "Xem trước: Tổng quan cải cách hành chính" in page.text
    assert inside.status_code == 200
    assert "Xem trước với vai trò giảng viên" in inside.text
    assert "Kết quả của lớp" not in inside.text
    ancestors = inside.headers["Content-Security-Policy"].split("frame-ancestors ")[1]
    assert ancestors.split() == ["https://lms.example.test", TOOL]


def test_nothing_can_be_recorded_from_a_preview(browser):
    picker = open_picker(browser)
    page = picker.get(f"xem/{QUIZ}").text
    player = re.search(r'<iframe[^>]* src="([^"]*)"', page)[1]

    answer = browser.client.post(f"{player}z/cuoi-bai", base_url=TOOL)

    assert answer.status_code == 403


def test_only_the_lms_may_frame_the_picker_and_only_it_gets_the_answer(browser):
    picker = open_picker(browser)
    picker.choose(MODULE)
    listed = picker.get().headers["Content-Security-Policy"]

    answered = picker.set_up("add").headers["Content-Security-Policy"]

    assert "frame-ancestors https://lms.example.test" in listed
    assert "form-action 'self';" in listed
    assert "form-action 'self' https://lms.example.test;" in answered
    assert picker.get().headers["Cache-Control"] == "no-store"


def test_the_cookies_travel_into_a_frame_where_third_party_cookies_are_blocked(browser):
    answer = request_choice(browser)

    cookies = [sent for sent in answer.headers.getlist("Set-Cookie") if sent.startswith("cchc_launch_")]
    assert {cookie.split("Path=")[1].split(";")[0] for cookie in cookies} == {"/chon", "/hoc"}
    for cookie in cookies:
        assert {"Secure", "HttpOnly", "SameSite=None", "Partitioned"} <= set(cookie.split("; "))


# ---- hostile input ----


def test_a_learner_cannot_choose(browser):
    answer = request_choice(browser, changes={"roles": [LEARNER]})

    assert answer.status_code == 403
    assert "dành cho giảng viên" in answer.text


@pytest.mark.parametrize(
    "return_url",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "//lms.example.test/x",
        "https://",
        "https://a:b:c/",
        " https://lms.example.test/",
        "ftp://lms.example.test/x",
        "x" * 3000,
        7,
    ],
)
def test_an_answer_goes_to_web_addresses_only(browser, return_url):
    answer = request_choice(browser, deep_link_return_url=return_url)

    assert answer.status_code == 400
    assert answer.headers["Content-Type"].startswith("text/html")


@pytest.mark.parametrize(
    "settings",
    [
        {"deep_link_return_url": None},
        {"accept_types": None},
        {"accept_types": {"a": 1}},
        {"accept_types": [1]},
        {"accept_multiple": "maybe"},
        {"accept_lineitem": 1},
        {"data": {"a": 1}},
        {"data": "x" * 20_000},
        {"accept_presentation_document_targets": "x\x00" * 3000},
    ],
)
def test_w09_a_malformed_request_is_refused_with_its_reason(browser, settings):
    answer = request_choice(browser, **settings)

    assert answer.status_code == 400
    assert "claim_m" in answer.text


def test_a_request_without_settings_is_refused(browser):
    answer = request_choice(browser, changes={DL + "deep_linking_settings": None})

    assert answer.status_code == 400
    assert "deep_linking_settings" in answer.text


def test_a_foreign_deployment_is_refused(browser):
    answer = request_choice(browser, changes={"deployment_id": "another"})

    assert answer.status_code == 403
    assert "deployment_unknown" in answer.text


def test_another_browser_cannot_use_the_address(app, browser, platform, clock):
    picker = open_picker(browser)
    stranger = Picker(Browser(app, platform, clock), picker.path)

    answers = [stranger.get(), stranger.post("huy"), stranger.post("gio", do="add", content=MODULE)]

    assert [answer.status_code for answer in answers] == [403] * 3


@pytest.mark.parametrize("key", ["0" * 32, "x", "%00" * 8, "../" * 5, "f" * 5000])
def test_an_invented_address_leads_nowhere(browser, key):
    answer = browser.client.get(f"/chon/{key}/", base_url=TOOL)

    assert answer.status_code in {403, 404}


def test_a_form_of_another_site_is_refused(browser):
    picker = open_picker(browser)

    answer = browser.client.post(
        f"{picker.path}huy", base_url=TOOL, headers={"Origin": "https://evil.example.test"}
    )

    assert answer.status_code == 403
    assert picker.get().status_code == 200


def test_content_that_is_not_published_cannot_be_chosen(browser):
    picker = open_picker(browser)

    answers = [
        picker.post("gio", do="add", content=name) for name in ("cchc", "../x", "", "nhap-mon/m/x\x00")
    ]

    assert [answer.status_code for answer in answers] == [400] * 4
    assert "Về danh sách nội dung" in answers[0].text


def test_a_basket_has_an_end(browser, engine, tmp_path):
    with Session(engine) as session, session.begin():
        names = tuple(f"bai-{number}" for number in range(60))
        create_small_package(session, now=datetime(2026, 11, 24, tzinfo=UTC), modules=names)
    picker = open_picker(browser)
    picker.choose(*(f"goi-thu/m/{name}" for name in names[:50]))

    refused = picker.post("gio", do="add", content="goi-thu/m/bai-55")

    assert refused.status_code == 400
    assert "50" in refused.text
    assert len(send(browser, picker).items) == 50


def test_a_script_in_a_title_is_text_on_every_page_and_in_the_answer(browser):
    hostile = '"><script>alert(1)</script>'
    picker = open_picker(browser, changes={"context": {"id": "2", "title": hostile}})
    picker.choose(MODULE)
    picker.set_up(**{f"{MODULE}|title": hostile, f"{MODULE}|text": "</textarea><script>x</script>"})
    pages = [picker.get(), picker.get("cai-dat"), picker.get(f"xem/{MODULE}"), picker.get(q=hostile)]

    answered = picker.set_up("add")

    for page in [*pages, answered]:
        assert "<script>alert" not in page.text
        assert "<script>x" not in page.text
    assert read_answer(browser, answered).items[0]["title"] == hostile


def test_a_hostile_return_address_stays_inside_its_attribute(browser):
    address = 'https://lms.example.test/x?a="><script>alert(1)</script>'
    picker = open_picker(browser, deep_link_return_url=address)
    picker.choose(MODULE)

    answered = picker.set_up("add")

    assert "<script>alert" not in answered.text
    assert read_answer(browser, answered).action == address


def test_content_withdrawn_meanwhile_is_named_and_can_be_taken_out(browser, engine):
    picker = open_picker(browser)
    picker.choose(MODULE)
    with Session(engine) as session, session.begin():
        row = session.get(PendingChoice, picker.key)
        kept = json.loads(row.basket)
        row.basket = json.dumps([*kept, {**kept[0], "content": "da-rut/m/x", "title": "Đã rút"}])

    refused = picker.set_up("add")

    assert refused.status_code == 400
    assert "content_not_offered" in refused.text
    assert "Không còn xuất bản" in picker.get().text
    picker.set_up("remove:da-rut/m/x")
    assert len(send(browser, picker).items) == 1


def test_a_pending_choice_survives_no_longer_than_its_cookie(browser):
    answer = request_choice(browser)

    cookie = next(c for c in answer.headers.getlist("Set-Cookie") if "Path=/chon" in c)
    assert f"Max-Age={int(timedelta(hours=2).total_seconds())}" in cookie
    assert urlsplit(answer.headers["Location"]).path.startswith("/chon/")


def test_an_installation_without_content_says_so(database_url, engine, clock):
    bare = FakePlatform()
    with Session(engine) as session, session.begin():
        create_platform(session, bare, now=clock())
    with open_tool(database_url, bare, clock=clock) as app:
        page = open_picker(Browser(app, bare, clock)).get()

    assert page.status_code == 200
    assert "Chưa có nội dung nào được xuất bản" in page.text
