"""A launch is told as a statement: once, in its own transaction, and never at the cost of the launch."""

import json
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from content_packages.library import find_current_version
from content_packages.player.ticket import open_ticket
from lti_tool.launch.tell import tell_launch
from sync.followers import follow_once
from sync.rollups.follower import rollups_follower
from sync.rollups.models import LearningFact
from tests.factories.lti import (
    INSTRUCTOR,
    SECRET,
    Browser,
    FakePlatform,
    create_package,
    create_platform,
    open_tool,
)
from xapi_bridge.store.follow import read_after
from xapi_bridge.vocabulary import adl
from xapi_bridge.vocabulary.conformity import judge_statement

BASE = "https://cchc.example/"


@pytest.fixture
def browser(database_url, engine, clock):
    platform = FakePlatform()
    with Session(engine) as session, session.begin():
        create_platform(session, platform, now=clock())
        create_package(session, now=clock())
    with open_tool(database_url, platform, clock=clock) as opened:
        yield Browser(opened, platform, clock)


def stored(engine):
    with Session(engine) as session:
        return [json.loads(one.payload) for one in read_after(session, 0, limit=100)]


def test_a_learners_launch_is_told_as_the_profile_says(browser, engine):
    browser.launch()

    (statement,) = stored(engine)
    verdict = judge_statement(statement, base=BASE)
    assert (verdict.template.code, verdict.broken) == ("content-launched", ())
    assert statement["object"]["id"] == f"{BASE}p/goi-thu/m/mot-cua"
    assert statement["authority"]["account"]["name"] == "cchc-tool"
    titles = [
        one["definition"]["name"]["vi"] for one in statement["context"]["contextActivities"]["grouping"]
    ]
    assert titles[1] == "Khóa thử"


def test_every_launch_is_told_once_and_one_that_is_played_again_not_at_all(browser, engine):
    answers = [browser.launch() for _ in range(2)]

    assert [answer.status_code for answer in answers] == [303, 303]
    assert len({statement["id"] for statement in stored(engine)}) == 2


def test_a_teacher_who_looks_leaves_no_statement(browser, engine):
    browser.launch(roles=[INSTRUCTOR])

    assert stored(engine) == []


@pytest.mark.parametrize("title", ["Lớp\x00một", "x" * 5000, "\u202e", '"}],'])
def test_whatever_a_course_is_called_the_launch_is_told(browser, engine, title):
    answer = browser.launch(context={"id": "2", "title": title, "type": ["CourseSection"]})

    assert answer.status_code == 303
    assert len(stored(engine)) == 1


def test_a_statement_that_the_store_refuses_does_not_stop_the_lesson(browser, engine, clock):
    sealed = urlsplit(browser.launch().headers["Location"]).path.split("/")[2]
    ticket = open_ticket(sealed, secret=SECRET, now=clock())

    with Session(engine) as session, session.begin():
        version = find_current_version(session, ticket.package_id)
        tell_launch(
            session, ticket, version=version, title="Một\x00cửa", iri_base=BASE, now=clock() + timedelta(1)
        )

    assert len(stored(engine)) == 1


def test_opening_alone_is_no_learning_that_counts(browser, engine, clock):
    browser.launch()

    with Session(engine) as session, session.begin():
        taken = follow_once(session, rollups_follower(iri_base=BASE), limit=100, now=clock())
        facts = session.scalars(select(LearningFact)).all()

    assert (taken, facts) == (1, [])
    assert stored(engine)[0]["verb"]["id"] == adl.LAUNCHED
