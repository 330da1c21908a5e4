"""The teacher's page: who learns in the course, how far each one is, and for teachers only."""

import re
from dataclasses import replace
from html import unescape
from urllib.parse import urlsplit

import pytest
from sqlalchemy.orm import Session

from lti_tool.launch.identity import account_from_subject
from sync.organization.staff import register_person
from tests.factories.learning import make_enrolment, make_module, record
from tests.factories.lti import (
    INSTRUCTOR,
    SECRET,
    TOOL,
    Browser,
    FakePlatform,
    create_package,
    create_platform,
    open_tool,
)
from tests.factories.reports import follow
from xapi_bridge.translate.lesson import module_completed

CONTENT = {"content": "cchc"}
OTHER_COURSE = {"id": "3", "title": "Khóa khác"}


@pytest.fixture
def platform():
    return FakePlatform()


@pytest.fixture
def app(database_url, engine, clock, platform):
    with Session(engine) as session, session.begin():
        create_platform(session, platform, now=clock())
        create_package(session, now=clock(), package_id="cchc", modules=("m1", "m2"))
        register_person(session, staff_code="CB-1", full_name="Đặng Thị Ánh", now=clock())
        register_person(session, staff_code="CB-2", full_name="Vũ Văn Bình", now=clock())
    with open_tool(database_url, platform, clock=clock) as opened:
        yield opened


@pytest.fixture
def launch(app, platform, clock):
    def launched(subject, staff_code="", **changes):
        """A browser of its own after its launch, and the address of the teacher's page for its ticket."""
        browser = Browser(app, platform, clock)
        answer = browser.launch(sub=subject, custom=CONTENT, lis={"person_sourcedid": staff_code}, **changes)
        assert answer.status_code == 303, answer.text
        return (
            browser.client,
            f"/{'/'.join(urlsplit(answer.headers['Location']).path.split('/')[1:3])}/lop-hoc",
        )

    return launched


@pytest.fixture
def class_page(launch):
    """What the teacher of the course reads."""

    def read(**changes):
        client, address = launch("teacher", roles=[INSTRUCTOR], **changes)
        answer = client.get(address, base_url=TOOL)
        assert answer.status_code == 200, answer.text
        return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.text)).split())

    return read


def test_learners_of_the_course_are_listed_by_their_given_names(launch, class_page):
    launch("2", "CB-2")
    launch("1", "CB-1")
    launch("3")
    launch("2", "CB-2")

    page = class_page()

    assert "3 học viên" in page
    assert page.index("Đặng Thị Ánh") < page.index("Vũ Văn Bình")
    assert page.count("Vũ Văn Bình") == 1


def test_names_that_the_lms_sent_are_not_kept(launch, class_page, platform):
    launch("3")

    page = class_page()

    assert "Trần Thị Thử" not in page
    assert account_from_subject(platform.issuer, "3", secret=SECRET).name[:8] in page


def test_progress_comes_from_the_statements(launch, class_page, platform, engine, clock):
    launch("1", "CB-1")
    learner = account_from_subject(platform.issuer, "1", secret=SECRET)
    done = module_completed(
        replace(make_enrolment(), learner=learner), make_module("m2"), event_id="xong", at=clock()
    )
    with Session(engine) as session, session.begin():
        record(session, done)
        follow(session)

    page = class_page()

    assert "Đặng Thị Ánh 09:00 24/11/2026 1/2 Chưa mở Xong 24/11/2026" in page


def test_learners_of_another_course_are_not_listed(launch, class_page):
    launch("1", "CB-1", context=OTHER_COURSE)

    assert "0 học viên" in class_page()
    assert "Đặng Thị Ánh" in class_page(context=OTHER_COURSE)


def test_a_learner_may_not_open_the_page(launch):
    client, address = launch("1", "CB-1")

    answer = client.get(address, base_url=TOOL)

    assert answer.status_code == 403


def test_the_page_opens_only_in_the_browser_of_the_launch(app, launch):
    _, address = launch("teacher", roles=[INSTRUCTOR])

    assert app.test_client().get(address, base_url=TOOL).status_code == 403


def test_the_lms_of_the_launch_may_frame_the_page(launch, platform):
    client, address = launch("teacher", roles=[INSTRUCTOR])

    policy = client.get(address, base_url=TOOL).headers["Content-Security-Policy"]

    assert f"frame-ancestors {platform.issuer}" in policy


def test_the_teachers_preview_leads_to_the_page(launch):
    client, address = launch("teacher", roles=[INSTRUCTOR])
    learner, learners_address = launch("1", "CB-1")

    assert f'href="{address}"' in client.get(address.removesuffix("lop-hoc"), base_url=TOOL).text
    assert "lop-hoc" not in learner.get(learners_address.removesuffix("lop-hoc"), base_url=TOOL).text
