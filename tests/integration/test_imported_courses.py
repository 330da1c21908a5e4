"""Imported courses from the operator's file to the learner's list, and back again."""

import io
import re

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from content_packages.active.files import PackageBlobs
from content_packages.active.models import ActivePackage
from lti_tool.deep_linking.catalogue import find_content
from lti_tool.launch.models import LaunchSession
from sync.models import ExpectedScore
from tests.factories.hostile_archives import make_archive
from tests.factories.imported import CONTENT, make_cmi5_package, make_unit
from tests.factories.lti import TOOL, Browser, FakePlatform, create_platform, make_ags, open_tool
from tests.factories.reports import PASSWORD, create_named_operator, csrf_token
from xapi_bridge.running_app import borrow

ROOM = "/quan-tri/khoa-hoc-nhap"


@pytest.fixture
def platform():
    return FakePlatform()


@pytest.fixture
def app(database_url, engine, clock, platform, tmp_path):
    with Session(engine) as session, session.begin():
        create_platform(session, platform, now=clock())
        create_named_operator(session, "quan-ly")
    with open_tool(database_url, platform, clock=clock, data_dir=tmp_path, content_url=CONTENT) as opened:
        yield opened


@pytest.fixture
def operator(app):
    client = app.test_client()
    form = client.get("/quan-tri/dang-nhap", base_url=TOOL)
    fields = {"csrf_token": csrf_token(form), "username": "quan-ly", "password": PASSWORD, "next": ""}
    client.post("/quan-tri/dang-nhap", data=fields, base_url=TOOL, headers={"Referer": TOOL})
    return client


def send(client, path: str, **fields):
    token = (
        csrf_token(client.get("/quan-tri/tai-khoan-cua-toi/", base_url=TOOL))
        if not fields.get("token")
        else ""
    )
    sent = {"csrf_token": token, **fields}
    return client.post(
        f"{ROOM}{path}", data=sent, base_url=TOOL, headers={"Referer": f"{TOOL}/"}, follow_redirects=True
    )


def bring_in(client, content: bytes, name: str = "bai-giang.zip"):
    return send(client, "/", file=(io.BytesIO(content), name))


def rows(engine) -> list[ActivePackage]:
    with Session(engine) as session:
        return list(
            session.scalars(select(ActivePackage).order_by(ActivePackage.received_at, ActivePackage.id))
        )


def publish(client, engine, *, name: str = "bai-giang", title: str = "Bài giảng thử"):
    package_id = next(one.id for one in rows(engine) if one.state == "staged")
    return package_id, send(client, f"/{package_id}/phat-hanh", name=name, title=title)


def test_a_course_is_read_shown_published_and_offered_to_teachers(operator, engine):
    shown = bring_in(operator, make_cmi5_package(make_unit(moveOn="Passed", masteryScore="0.8")))
    assert "80 %" in shown.text

    _, done = publish(operator, engine)

    assert "content=goi/bai-giang" in done.text
    with Session(engine) as session:
        offered = find_content(session, "goi/bai-giang")
    assert offered is not None
    assert offered.title == "Bài giảng thử"


def test_a_hostile_file_is_kept_aside_with_its_reasons_and_cannot_be_published(operator, engine, app):
    shown = bring_in(operator, make_archive({"cmi5.xml": "<x/>", "../../x": "1", "a.php": "2"}))

    assert "thoát ra ngoài gói" in shown.text
    assert "Phát hành</button>" not in shown.text
    _, refused = publish(operator, engine)
    assert refused.status_code == 409
    with app.app_context():
        assert list(borrow(PackageBlobs).list_kept()) == []


def test_nothing_of_a_course_is_served_before_it_is_published(operator, engine, platform, app, clock):
    bring_in(operator, make_cmi5_package())

    answer = Browser(app, platform, clock).launch(custom={"content": "goi/bai-giang"})

    assert answer.status_code == 404


def test_a_launch_shows_the_units_and_runs_one_from_the_second_host(operator, engine, platform, app, clock):
    bring_in(operator, make_cmi5_package(make_unit("Bài mở đầu", moveOn="Completed")))
    publish(operator, engine)
    browser = Browser(app, platform, clock)

    entered = browser.launch(custom={"content": "goi/bai-giang"}, ags=make_ags())
    page = browser.client.get(entered.headers["Location"], base_url=TOOL, follow_redirects=True)
    run = browser.client.post(f"{page.request.path}0", base_url=TOOL)

    assert "Bài mở đầu" in page.text
    frame = re.search(r'<iframe[^>]* src="([^"]+)"', run.text)
    assert frame is not None
    assert frame[1].startswith(f"{CONTENT}/c/")
    assert "allow-top-navigation" not in run.text
    assert f"frame-src 'self' {CONTENT};" in run.headers["Content-Security-Policy"]
    with Session(engine) as session:
        launch = session.scalars(select(LaunchSession)).one()
        expected = session.scalars(select(ExpectedScore)).one()
    assert expected.registration == launch.xapi_registration


def test_a_new_version_is_for_new_learners_and_who_began_stays(operator, engine, platform, app, clock):
    bring_in(operator, make_cmi5_package(make_unit("Bản đầu")))
    publish(operator, engine)
    browser = Browser(app, platform, clock)
    entered = browser.launch(custom={"content": "goi/bai-giang"})
    page = browser.client.get(entered.headers["Location"], base_url=TOOL, follow_redirects=True)
    browser.client.post(f"{page.request.path}0", base_url=TOOL)

    clock.forward(minutes=1)
    bring_in(operator, make_cmi5_package(make_unit("Bản sau")))
    publish(operator, engine)

    again = browser.launch(custom={"content": "goi/bai-giang"})
    other = browser.launch(custom={"content": "goi/bai-giang"}, sub="9")
    shown = [
        browser.client.get(one.headers["Location"], base_url=TOOL, follow_redirects=True).text
        for one in (again, other)
    ]
    assert "Bản đầu" in shown[0]
    assert "Bản sau" in shown[1]
    assert [one.state for one in rows(engine)] == ["replaced", "published"]


def test_a_withdrawn_course_opens_for_nobody_until_it_is_restored(operator, engine, platform, app, clock):
    bring_in(operator, make_cmi5_package())
    package_id, _ = publish(operator, engine)

    send(operator, f"/{package_id}/thu-hoi")
    closed = Browser(app, platform, clock).launch(custom={"content": "goi/bai-giang"})
    send(operator, f"/{package_id}/khoi-phuc")
    opened = Browser(app, platform, clock).launch(custom={"content": "goi/bai-giang"})

    assert closed.status_code == 404
    assert opened.status_code == 303


def test_a_discarded_course_leaves_no_bytes(operator, engine, app):
    bring_in(operator, make_cmi5_package())
    (row,) = rows(engine)
    with app.app_context():
        before = list(borrow(PackageBlobs).list_kept())

    send(operator, f"/{row.id}/bo")

    with app.app_context():
        assert len(before) == 2
        assert list(borrow(PackageBlobs).list_kept()) == []


def test_without_a_second_host_the_console_says_what_to_set(database_url, engine, clock, tmp_path):
    with Session(engine) as session, session.begin():
        create_named_operator(session, "quan-ly")
    with open_tool(database_url, clock=clock, data_dir=tmp_path) as app:
        client = app.test_client()
        form = client.get("/quan-tri/dang-nhap", base_url=TOOL)
        fields = {"csrf_token": csrf_token(form), "username": "quan-ly", "password": PASSWORD, "next": ""}
        client.post("/quan-tri/dang-nhap", data=fields, base_url=TOOL, headers={"Referer": TOOL})
        shown = client.get(f"{ROOM}/", base_url=TOOL)
        refused = bring_in(client, make_cmi5_package())

    assert "CCHC_CONTENT_URL" in shown.text
    assert "Chưa nhận được gói này" in refused.text
    assert rows(engine) == []
