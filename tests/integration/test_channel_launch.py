"""A launch of the question channel: whole or one area, and in the picker's list."""

from urllib.parse import urlsplit

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from content_packages.experts.areas import AREA_TITLES
from content_packages.knowledge import publish_knowledge
from content_packages.player.ticket import open_ticket
from lti_tool.deep_linking.catalogue import Wanted, find_contents, kind_of, list_contents
from sync.models import ExpectedScore
from tests.factories.knowledge import make_source
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
from xapi_bridge.store.models import StatementRow


@pytest.fixture
def platform():
    return FakePlatform()


@pytest.fixture
def browser(database_url, engine, clock, platform):
    with Session(engine) as session, session.begin():
        create_platform(session, platform, now=clock())
        publish_knowledge(session, make_source(), by="test", now=clock())
    with open_tool(database_url, platform, clock=clock) as opened:
        yield Browser(opened, platform, clock)


def ticket_of(answer, clock):
    assert answer.status_code == 303, answer.text
    path = urlsplit(answer.headers["Location"]).path.split("/")
    return open_ticket(path[2], secret=SECRET, now=clock()), path[3]


@pytest.mark.parametrize("area", ["", "cai-cach-bo-may"])
def test_a_launch_opens_the_channel_whole_or_for_one_area(browser, clock, area):
    content = f"hoi-dap/{area}" if area else "hoi-dap"

    answer = browser.launch(custom={"content": content})

    ticket, page = ticket_of(answer, clock)
    assert (ticket.package_id, ticket.item, page) == ("hoi-dap", area, "hoi-dap")
    opened = browser.client.get(answer.headers["Location"], base_url=TOOL)
    assert opened.status_code == 200
    assert "Hỏi đáp CCHC" in opened.text


def test_an_area_that_does_not_exist_opens_nothing(browser):
    assert browser.launch(custom={"content": "hoi-dap/linh-vuc-la"}).status_code in (400, 404)


def test_opening_the_channel_is_no_learning_and_expects_no_score(browser, engine):
    browser.launch(custom={"content": "hoi-dap"}, ags=make_ags())

    with Session(engine) as session:
        assert session.scalar(select(func.count(StatementRow.seq))) == 0
        assert session.scalars(select(ExpectedScore)).all() == []


def test_a_teacher_opens_it_too(browser, clock):
    answer = browser.launch(roles=[INSTRUCTOR], custom={"content": "hoi-dap"})

    assert ticket_of(answer, clock)[0].role == "teacher"


def test_the_picker_offers_it_once_the_knowledge_base_holds_something(session, clock):
    assert [one for one in list_contents(session) if one.kind == "questions"] == []
    publish_knowledge(session, make_source(), by="test", now=clock())

    offered = find_contents(session, Wanted(words="hoi dap", kind="questions"))

    assert [one.content for one in offered] == ["hoi-dap", *(f"hoi-dap/{area}" for area in AREA_TITLES)]
    assert not kind_of(offered[0]).graded
