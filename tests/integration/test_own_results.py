"""The learner's own page: results over all accounts, the next step, the own data; nobody else's."""

import csv
import io
import re
from dataclasses import replace
from html import unescape
from urllib.parse import urlsplit

import pytest
from sqlalchemy.orm import Session

from lti_tool.launch.identity import account_from_subject
from sync.organization.models import ActorIdentity
from sync.organization.staff import register_person
from tests.factories.learning import HOME_PAGE, make_completed, make_enrolment, make_module, record
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
from tests.factories.organization import NOW
from tests.factories.reports import follow
from xapi_bridge.translate.lesson import module_completed

CONTENT = {"content": "cchc"}


@pytest.fixture
def platform():
    return FakePlatform()


@pytest.fixture
def app(database_url, engine, clock, platform):
    """Ánh has an account of an earlier system, too, in which she completed m1."""
    with Session(engine) as session, session.begin():
        create_platform(session, platform, now=clock())
        create_package(session, now=clock(), package_id="cchc", modules=("m1", "m2"))
        anh = register_person(session, staff_code="CB-1", full_name="Đặng Thị Ánh", now=clock())
        register_person(session, staff_code="CB-2", full_name="Vũ Văn Bình", now=clock())
        session.add(
            ActorIdentity(
                home_page=HOME_PAGE,
                account_name="anh-cu",
                person_id=anh.person_id,
                first_seen_at=NOW,
                linked_at=NOW,
            )
        )
        record(session, make_completed("anh-cu", "m1"))
        follow(session)
    with open_tool(database_url, platform, clock=clock) as opened:
        yield opened


@pytest.fixture
def launch(app, platform, clock):
    def launched(subject, staff_code="", **changes):
        """A browser after its launch, and the address of the own page for its ticket."""
        browser = Browser(app, platform, clock)
        answer = browser.launch(sub=subject, custom=CONTENT, lis={"person_sourcedid": staff_code}, **changes)
        assert answer.status_code == 303, answer.text
        ticket = urlsplit(answer.headers["Location"]).path.split("/")[2]
        return browser.client, f"/hoc/{ticket}/ket-qua"

    return launched


def words(text: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", text)).split())


def test_results_of_all_accounts_of_the_person_stand_on_one_page(launch):
    client, address = launch("1", "CB-1")

    page = words(client.get(address, base_url=TOOL).text)

    assert "Đặng Thị Ánh" in page
    assert "1 /2 chuyên đề" in page
    assert "Học chuyên đề mới" in page
    assert "1 bản ghi được tính" in page


def test_an_account_that_belongs_to_nobody_has_its_own_results(launch, platform, engine, clock):
    client, address = launch("9")
    learner = account_from_subject(platform.issuer, "9", secret=SECRET)
    done = module_completed(
        replace(make_enrolment(), learner=learner), make_module("m2"), event_id="xong", at=clock()
    )
    with Session(engine) as session, session.begin():
        record(session, done)
        follow(session)

    page = words(client.get(address, base_url=TOOL).text)

    assert "Chưa có trong danh bạ cán bộ" in page
    assert "1 /2 chuyên đề" in page


def test_another_learner_sees_nothing_of_it(launch):
    launch("1", "CB-1")
    client, address = launch("2", "CB-2")

    page = words(client.get(address, base_url=TOOL).text)

    assert "Ánh" not in page
    assert "0 /2 chuyên đề" in page
    assert "Bắt đầu học" in page


def test_the_own_records_can_be_taken_along(launch):
    client, address = launch("1", "CB-1")

    table = client.get(f"{address}/ban-ghi.csv", base_url=TOOL).get_data().decode("utf-8-sig")
    book = client.get(f"{address}/ban-ghi.xlsx", base_url=TOOL)

    assert [row[2] for row in csv.reader(io.StringIO(table))] == ["Loại", "Hoàn thành"]
    assert book.get_data().startswith(b"PK")


def test_lessons_lead_to_the_own_results_and_a_teacher_has_none(launch):
    client, address = launch("1", "CB-1")
    lesson = client.get(address.removesuffix("ket-qua"), base_url=TOOL)
    teacher, other = launch("teacher", roles=[INSTRUCTOR])

    assert address in lesson.text
    assert teacher.get(other, base_url=TOOL).status_code == 403
