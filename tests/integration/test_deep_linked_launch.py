"""Launches of links that deep linking made: content and settings by our own id, also in a copied course."""

from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from content_packages.assessment.models import Attempt
from content_packages.player.examinations import hand_in_overdue
from content_packages.player.ticket import open_ticket
from lti_tool.deep_linking.models import DeepLink
from sync.models import ExpectedScore
from tests.factories.content import create_package
from tests.factories.deep_linking import (
    launch_item,
    open_picker,
    other_platform,
    read_answer,
    read_fields,
)
from tests.factories.lti import (
    INSTRUCTOR,
    SECRET,
    TOOL,
    Browser,
    FakePlatform,
    create_platform,
    make_ags,
    open_tool,
)

MODULE, QUIZ = "nhap-mon/m/tong-quan", "nhap-mon/z/cuoi-bai"


@pytest.fixture
def platform():
    return FakePlatform()


@pytest.fixture
def app(database_url, engine, clock, platform, tmp_path):
    with Session(engine) as session, session.begin():
        create_platform(session, platform, now=clock())
        create_platform(session, other_platform(), now=clock())
        create_package(session, tmp_path)
    with open_tool(database_url, platform, other_platform(), clock=clock) as opened:
        yield opened


@pytest.fixture
def browser(app, platform, clock):
    return Browser(app, platform, clock)


def make_item(browser, content=QUIZ, **fields):
    """What the LMS keeps of a content that a teacher added with these settings."""
    picker = open_picker(browser)
    picker.choose(content)
    named = {f"{content}|{name}": value for name, value in fields.items()}
    return read_answer(browser, picker.set_up("add", **named)).items[0]


def ticket_of(answer, clock):
    assert answer.status_code == 303, answer.text
    return open_ticket(urlsplit(answer.headers["Location"]).path.split("/")[2], secret=SECRET, now=clock())


def expected_scores(engine):
    with Session(engine) as session:
        return [(row.line_item_url, row.lms_user_id) for row in session.scalars(select(ExpectedScore))]


def test_a_graded_link_expects_a_score_in_its_own_column(browser, engine):
    item = make_item(browser)

    launch_item(browser, item, resource_link_id="70")

    assert expected_scores(engine) == [("https://lms.example.test/items/70/lineitem", "5")]


def test_a_link_without_a_column_expects_none_even_if_the_lms_offers_one(browser, engine):
    item = make_item(browser, graded=None)

    opened = launch_item(browser, item, ags=make_ags())

    assert opened.status_code == 303
    assert expected_scores(engine) == []


# ---- copied courses ----


def test_a_copied_course_opens_the_same_content_with_results_of_its_own(browser, clock, engine):
    item = make_item(browser)
    first = ticket_of(launch_item(browser, item, resource_link_id="70"), clock)

    copied = launch_item(browser, item, resource_link_id="81", context={"id": "3", "title": "Bản sao"})

    ticket = ticket_of(copied, clock)
    assert (ticket.package_id, ticket.item) == (first.package_id, first.item)
    assert ticket.registration != first.registration
    assert len(expected_scores(engine)) == 2


def test_results_are_separate_even_where_the_copy_keeps_the_links_id(browser, clock):
    item = make_item(browser)
    first = ticket_of(launch_item(browser, item), clock)

    copied = ticket_of(launch_item(browser, item, context={"id": "3", "title": "Bản sao"}), clock)

    assert copied.registration != first.registration


def test_the_times_of_the_old_course_do_not_lock_the_copy(browser, clock):
    item = make_item(browser, available_until="2026-11-24T12:00", submission_until="2026-11-24T11:00")
    clock.forward(days=300)

    original = launch_item(browser, item)
    copied = launch_item(browser, item, resource_link_id="81", context={"id": "3", "title": "Bản sao"})

    assert original.status_code == 403
    assert ticket_of(copied, clock).answers_until is None


def test_the_choice_of_a_column_carries_over_to_the_copy(browser, engine):
    item = make_item(browser, graded=None)

    launch_item(browser, item, ags=make_ags(), context={"id": "3", "title": "Bản sao"})

    assert expected_scores(engine) == []


def test_a_copy_at_another_lms_opens_the_content_and_learns_no_settings(app, browser, clock, engine):
    item = make_item(browser, available_until="2026-11-24T10:00", graded=None)
    clock.forward(days=1)
    elsewhere = Browser(app, other_platform(), clock)

    opened = launch_item(elsewhere, item, ags=make_ags(lineitem="https://other.example.test/items/1"))

    assert ticket_of(opened, clock).item == "z/cuoi-bai"
    assert len(expected_scores(engine)) == 1


# ---- what a link names ----


def test_an_lms_that_loses_custom_parameters_still_opens_the_link(browser, engine):
    item = make_item(browser, graded=None)

    opened = launch_item(browser, item, custom={}, ags=make_ags())

    assert opened.status_code == 303
    assert expected_scores(engine) == []


def test_a_content_that_the_teacher_writes_into_the_lms_comes_first(browser, clock):
    item = make_item(browser)

    opened = launch_item(browser, item, custom={"content": MODULE, "link": item["custom"]["link"]})

    assert ticket_of(opened, clock).item == "m/tong-quan"


def test_a_link_that_names_only_its_id_opens_what_was_chosen(browser, clock):
    item = make_item(browser, MODULE)
    bare = {**item, "url": f"{TOOL}/lti/launch"}

    opened = launch_item(browser, bare, custom={"link": item["custom"]["link"]})

    assert ticket_of(opened, clock).item == "m/tong-quan"


@pytest.mark.parametrize("link", ["0" * 32, "x", "0" * 5000, "' OR 1=1 --", "$ResourceLink.id"])
def test_an_unknown_link_falls_back_to_the_content_that_it_names(browser, clock, link):
    item = make_item(browser)

    opened = launch_item(
        browser, {**item, "url": f"{TOOL}/lti/launch"}, custom={"content": QUIZ, "link": link[:4000]}
    )

    assert ticket_of(opened, clock).item == "z/cuoi-bai"


def test_links_of_the_older_style_still_work(browser, clock):
    by_custom = browser.launch(custom={"content": MODULE})
    asked = f"{TOOL}/lti/launch?content={QUIZ}"
    by_address = launch_item(browser, {"url": asked, "custom": {}, "title": "x"})

    assert ticket_of(by_custom, clock).item == "m/tong-quan"
    assert ticket_of(by_address, clock).item == "z/cuoi-bai"


# ---- the teacher's times ----


def test_before_its_time_a_link_says_when_it_opens(browser, clock):
    item = make_item(browser, available_from="2026-11-24T10:30")

    refused = launch_item(browser, item)

    assert refused.status_code == 403
    assert "Chưa đến giờ mở bài" in refused.text
    assert "10:30 24/11/2026" in refused.text
    clock.forward(hours=1, minutes=30)
    assert launch_item(browser, item).status_code == 303


def test_after_its_time_a_link_says_that_it_is_closed(browser, clock):
    item = make_item(browser, available_until="2026-11-24T10:00")
    assert launch_item(browser, item).status_code == 303
    clock.forward(hours=1)

    refused = launch_item(browser, item)

    assert refused.status_code == 403
    assert "Bài đã hết hạn" in refused.text
    assert "10:00 24/11/2026" in refused.text


def test_a_refused_launch_of_a_link_may_be_tried_again_from_the_course(browser, clock, engine):
    item = make_item(browser, available_from="2026-11-24T10:30")

    refused = launch_item(browser, item)

    assert 'href="https://lms.example.test/return?course=2"' in refused.text


def test_no_page_stays_open_beyond_the_time(browser, clock):
    item = make_item(browser, MODULE, available_until="2026-11-24T10:00")

    ticket = ticket_of(launch_item(browser, item), clock)

    assert ticket.expires_at == clock() + timedelta(hours=1)


def test_a_teacher_may_look_at_any_time(browser, clock):
    item = make_item(browser, available_from="2026-12-24T10:30")

    opened = launch_item(browser, item, roles=[INSTRUCTOR])

    assert ticket_of(opened, clock).role == "teacher"


def open_quiz(browser, item):
    opened = launch_item(browser, item)
    page = browser.client.get(opened.headers["Location"], base_url=TOOL, follow_redirects=True)
    return page, urlsplit(opened.headers["Location"]).path + "z/cuoi-bai"


def test_before_the_time_for_attempts_the_rules_are_shown_and_no_attempt_begins(browser, clock):
    item = make_item(browser, submission_from="2026-11-24T10:30", submission_until="2026-11-24T11:00")

    page, address = open_quiz(browser, item)
    begun = browser.client.post(address, base_url=TOOL)

    assert "Chưa đến giờ làm bài" in page.text
    assert "11:00 24/11/2026" in page.text
    assert begun.status_code == 409


def test_after_the_time_for_attempts_none_begins(browser, clock, engine):
    item = make_item(browser, submission_until="2026-11-24T10:00")
    clock.forward(hours=2)

    page, address = open_quiz(browser, item)
    begun = browser.client.post(address, base_url=TOOL)

    assert "Đã hết hạn làm bài lúc 10:00 24/11/2026" in page.text
    assert begun.status_code == 409
    with Session(engine) as session:
        assert session.scalars(select(Attempt)).all() == []


def test_an_attempt_ends_with_the_time_and_is_handed_in(browser, clock, engine):
    item = make_item(browser, submission_until="2026-11-24T09:05")
    _page, address = open_quiz(browser, item)

    begun = browser.client.post(address, base_url=TOOL)

    assert begun.status_code == 303
    clock.forward(minutes=6)
    with Session(engine) as session, session.begin():
        assert hand_in_overdue(session, iri_base="https://x.test/", now=clock(), limit=10) == 1
        attempt = session.scalars(select(Attempt)).one()
        assert attempt.due_at is not None
        assert attempt.due_at - attempt.started_at == timedelta(minutes=5)


def test_a_date_that_the_teacher_moves_in_the_lms_counts(browser, clock):
    item = make_item(browser, available_until="2026-11-24T08:00", submission_until="2026-11-24T08:00")
    moved = item["custom"] | {
        "available_until": "2026-11-30T00:00:00Z",
        "submission_until": "2026-11-29T10:00:00+00:00",
    }

    ticket = ticket_of(launch_item(browser, item, custom=moved), clock)

    assert ticket.answers_until is not None
    assert ticket.answers_until.isoformat() == "2026-11-29T10:00:00+00:00"


@pytest.mark.parametrize(
    "sent", ["$ResourceLink.available.endDateTime", "", "mai", "0001-01-01T00:00", "9999-99-99", "0"]
)
def test_a_date_that_cannot_be_read_leaves_the_teachers_own(browser, clock, sent):
    item = make_item(browser, available_until="2026-11-24T08:00")

    refused = launch_item(browser, item, custom=item["custom"] | {"available_until": sent})

    assert refused.status_code == 403


def test_the_row_of_a_link_tells_who_made_it_for_which_course_without_a_name(browser, engine, clock):
    item = make_item(browser, score_maximum="20")

    with Session(engine) as session:
        row = session.scalars(select(DeepLink)).one()
    assert (row.id, row.course_id, row.content) == (item["custom"]["link"], "2", QUIZ)
    assert (row.graded, row.score_maximum, row.created_at) == (True, 20.0, clock())
    assert len(row.created_by) == 32


# ---- the teacher's page of a link ----


def open_settings(browser, item, **changes):
    """The teacher opens the activity and follows the way to its settings; returns address and page."""
    opened = launch_item(browser, item, roles=[INSTRUCTOR], **changes)
    page = browser.client.get(opened.headers["Location"], base_url=TOOL, follow_redirects=True)
    assert "Cài đặt của bài" in page.text
    address = urlsplit(opened.headers["Location"]).path + "cai-dat-bai"
    return address, browser.client.get(address, base_url=TOOL)


def save_settings(browser, address, do="save", **fields):
    shown = read_fields(browser.client.get(address, base_url=TOOL).text)
    named = {f"{QUIZ}|{name}": value for name, value in fields.items()}
    sent = {name: value for name, value in (shown | named | {"do": do}).items() if value is not None}
    return browser.client.post(address, data=sent, base_url=TOOL)


def test_a_teacher_moves_the_time_of_a_link(browser, clock):
    item = make_item(browser, available_until="2026-11-24T08:00")
    address, page = open_settings(browser, item)

    saved = save_settings(browser, address, available_until="2026-11-25T08:00", graded=None)

    assert 'value="2026-11-24T08:00"' in page.text
    assert saved.status_code == 303
    assert "Đã lưu" in browser.client.get(saved.headers["Location"], base_url=TOOL).text
    assert launch_item(browser, item).status_code == 303


def test_a_copy_offers_the_times_of_the_course_it_came_from(browser, clock):
    item = make_item(browser, available_until="2026-11-24T12:00")
    copy = {"context": {"id": "3", "title": "Bản sao"}, "resource_link_id": "81"}
    address, page = open_settings(browser, item, **copy)

    save_settings(browser, address, "carry-over")

    assert "Bài này được sao chép từ khóa học khác" in page.text
    assert "12:00 24/11/2026" in page.text
    clock.forward(hours=4)
    assert launch_item(browser, item, **copy).status_code == 403
    assert "sao chép" not in browser.client.get(address, base_url=TOOL).text


def test_each_course_keeps_its_own_times(browser, clock, engine):
    item = make_item(browser, available_until="2026-11-24T12:00")
    copy = {"context": {"id": "3", "title": "Bản sao"}, "resource_link_id": "81"}
    address, _page = open_settings(browser, item, **copy)

    save_settings(browser, address, available_until="2026-11-30T12:00")

    clock.forward(days=1)
    assert launch_item(browser, item).status_code == 403
    assert launch_item(browser, item, **copy).status_code == 303
    with Session(engine) as session:
        assert {row.course_id for row in session.scalars(select(DeepLink))} == {"2", "3"}


def test_wrong_times_are_explained_and_nothing_is_kept(browser, engine):
    item = make_item(browser)
    address, _page = open_settings(browser, item)

    answer = save_settings(browser, address, available_from="hôm qua")

    assert answer.status_code == 400
    assert "Hãy nhập ngày và giờ" in answer.text
    with Session(engine) as session:
        assert session.scalars(select(DeepLink)).one().available_from is None


def test_a_learner_has_no_way_to_the_settings(browser):
    item = make_item(browser)
    opened = launch_item(browser, item)
    address = urlsplit(opened.headers["Location"]).path

    page = browser.client.get(address, base_url=TOOL, follow_redirects=True)
    refused = [
        browser.client.get(f"{address}cai-dat-bai", base_url=TOOL),
        browser.client.post(f"{address}cai-dat-bai", data={"do": "save"}, base_url=TOOL),
    ]

    assert "Cài đặt của bài" not in page.text
    assert [answer.status_code for answer in refused] == [403, 403]


def test_a_link_of_the_older_style_has_no_settings(browser):
    opened = browser.launch(custom={"content": QUIZ}, roles=[INSTRUCTOR])
    address = urlsplit(opened.headers["Location"]).path

    page = browser.client.get(address, base_url=TOOL, follow_redirects=True)

    assert "Cài đặt của bài" not in page.text
    assert browser.client.get(f"{address}cai-dat-bai", base_url=TOOL).status_code == 403
