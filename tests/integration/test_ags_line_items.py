"""Columns at the LMS: found by link, made with our purpose and tag, renamed without losing anything."""

import json
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy.orm import Session

from lti_tool.advantage.gradebook import AgsGradebook
from sync.grade_errors import ColumnGone, ScoreForbidden, ScoreNotDelivered, ScoreRefused
from sync.ports import FoundLineItem, WantedLineItem
from tests.factories.lti import AGS_SCOPE, SECRET, FakePlatform, create_platform, json_answer, make_http

CONTAINER = "https://lms.example.test/items?type_id=2"
ITEM = "application/vnd.ims.lis.v2.lineitem+json"
ITEMS = "application/vnd.ims.lis.v2.lineitemcontainer+json"


@pytest.fixture
def platform():
    made = FakePlatform()
    made.columns = []
    made.answers["/items"] = lambda request: (
        json_answer(made.columns)
        if request.method == "GET"
        else json_answer(json.loads(request.body) | {"id": f"{made.issuer}/items/9?type_id=2"}, status=201)
    )
    return made


@pytest.fixture
def gradebook(engine, clock, platform):
    with Session(engine) as session, session.begin():
        create_platform(session, platform, now=clock())
    return AgsGradebook(engine, make_http(platform), secret=SECRET, clock=clock)


@pytest.fixture
def wanted():
    return WantedLineItem(1, CONTAINER, "7", "cchc/z/z1", "Bài 1", 100.0)


def column(number, **members):
    return {"id": f"https://lms.example.test/items/{number}", "label": "x", "resourceLinkId": "7"} | members


def test_columns_are_asked_for_by_link_with_one_media_type_and_one_scope(gradebook, platform, wanted):
    assert gradebook.find_line_item(wanted) is None

    question = platform.asked[-1]
    assert parse_qs(urlsplit(question.url).query) == {"type_id": ["2"], "resource_link_id": ["7"]}
    assert question.headers["Accept"] == ITEMS
    assert [form["scope"] for form in platform.sent_forms("/token")] == [[f"{AGS_SCOPE}lineitem"]]


OWN = column(1)
OURS = column(2, resourceId="cchc/z/z1", tag="cchc")
OURS_FOR_ANOTHER = column(3, resourceId="cchc/z/z2", tag="cchc")
DEEP_LINKED = column(4, resourceId="cchc/z/z1", tag="other")


@pytest.mark.parametrize(
    ("columns", "found"),
    [
        ([OWN], FoundLineItem(OWN["id"], is_ours=False)),
        ([OWN, OURS], FoundLineItem(OURS["id"], is_ours=True)),
        ([OWN, DEEP_LINKED], FoundLineItem(DEEP_LINKED["id"], is_ours=False)),
        ([OURS_FOR_ANOTHER, OWN], FoundLineItem(OWN["id"], is_ours=False)),
        ([column(5, resourceLinkId="8")], None),
        ([column(5, resourceLinkId=None)], None),
        ([column(5, id="javascript:alert(1)")], None),
        ([column(5, id="https://elsewhere.test/items/5")], None),
        (["no column", column(6, resourceLinkId=7)], FoundLineItem(column(6)["id"], is_ours=False)),
    ],
)
def test_the_column_of_the_link_is_chosen_also_when_the_filter_is_dropped(
    gradebook, platform, wanted, columns, found
):
    platform.columns = columns

    assert gradebook.find_line_item(wanted) == found


def test_w16_w17_the_second_page_of_columns_is_read_as_moodle_links_it(gradebook, platform, wanted):
    header = "<https://lms.example.test/Items/Second?type_id=2&amp;from=1>; rel=“next”"
    platform.answers["/items"] = lambda _request: json_answer([], Link=header.encode().decode("latin-1"))
    platform.answers["/Items/Second"] = lambda _request: json_answer([OWN])

    assert gradebook.find_line_item(wanted) == FoundLineItem(OWN["id"], is_ours=False)
    assert platform.asked[-1].url.endswith("/Items/Second?type_id=2&from=1")


def test_a_column_is_made_with_link_purpose_and_tag(gradebook, platform, wanted):
    address = gradebook.create_line_item(wanted)

    request = platform.asked[-1]
    assert address == "https://lms.example.test/items/9?type_id=2"
    assert (request.method, request.url) == ("POST", CONTAINER)
    assert (request.headers["Content-Type"], request.headers["Accept"]) == (ITEM, ITEM)
    assert json.loads(request.body) == {
        "label": "Bài 1",
        "scoreMaximum": 100.0,
        "resourceId": "cchc/z/z1",
        "tag": "cchc",
        "resourceLinkId": "7",
    }


@pytest.mark.parametrize(
    "made",
    [
        {},
        {"id": 5},
        {"id": "https://elsewhere.test/1"},
        ["x"],
        {"id": "https://lms.example.test/" + "x" * 1000},
    ],
)
def test_a_column_whose_address_is_not_told_is_asked_for_again_later(gradebook, platform, wanted, made):
    platform.answers["/items"] = lambda _request: json_answer(made, status=201)

    with pytest.raises(ScoreNotDelivered):
        gradebook.create_line_item(wanted)


def test_w19_a_new_heading_keeps_everything_else_of_the_column(gradebook, platform):
    kept = OURS | {"scoreMaximum": 100, "ltiLinkId": "3", "submissionReview": {"url": "https://x.test"}}
    platform.answers["/items/2"] = lambda _request: json_answer(kept)

    gradebook.rename_line_item(1, OURS["id"], "Bài 1 (mới)")

    put = platform.asked[-1]
    assert put.method == "PUT"
    assert json.loads(put.body) == kept | {"label": "Bài 1 (mới)"}


def test_a_column_of_the_lms_is_not_changed(gradebook, platform):
    platform.answers["/items/1"] = lambda _request: json_answer(OWN)

    with pytest.raises(ScoreRefused, match="not made by this tool"):
        gradebook.rename_line_item(1, OWN["id"], "Bài 1")

    assert [request.method for request in platform.asked if "/items/1" in request.url] == ["GET"]


def test_nothing_here_deletes_a_column(gradebook):
    assert not [name for name in dir(gradebook) if "delete" in name or "remove" in name]


@pytest.mark.parametrize(
    ("status", "kind"), [(403, ScoreForbidden), (404, ColumnGone), (502, ScoreNotDelivered)]
)
def test_each_refusal_has_its_own_kind(gradebook, platform, wanted, status, kind):
    platform.answers["/items"] = lambda _request: json_answer({}, status=status)

    with pytest.raises(kind):
        gradebook.create_line_item(wanted)


@pytest.mark.parametrize("answer", [(200, {}, b"<html>"), json_answer({"items": []})])
def test_what_is_no_list_of_columns_is_asked_for_again_later(gradebook, platform, wanted, answer):
    platform.answers["/items"] = lambda _request: answer

    with pytest.raises(ScoreNotDelivered):
        gradebook.find_line_item(wanted)
