"""Imported courses in a real browser: a cmi5 unit, a SCO, and the walls between the two hosts."""

import io
import re
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from flask import Flask, Response, send_from_directory
from playwright.sync_api import Browser, Page

from content_packages.contents import Package
from content_packages.formats.cmi5_out import write_cmi5
from content_packages.formats.dispatch_out import write_dispatch
from content_packages.player.settings import PlayerSettings
from content_packages.player.ticket import browser_cookie_name, browser_proof, seal_ticket
from lti_tool.database_schema import upgrade_database
from lti_tool.demo.servers import serve
from lti_tool.dispatch.keys import give_out
from tests.factories.content import create_package, make_package, make_ticket
from tests.factories.imported import (
    ImportingApp,
    make_cmi5_package,
    make_scorm_package,
    make_unit,
    open_importing_app,
)
from tests.factories.player import Learner
from tests.factories.players import installed_players
from tests.factories.ports import find_free_port
from tests.factories.waiting import wait_until
from xapi_bridge.running_app import running_app, section, transaction, utc_now

pytestmark = pytest.mark.browser

#: A unit as an author might write it, without any library.
UNIT_PAGE = (Path(__file__).parent / "unit_of_cmi5.html").read_text("utf-8")


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[ImportingApp, str]]:
    """The service on two host names of this machine, with its address."""
    folder, port = tmp_path_factory.mktemp("imported"), find_free_port()
    tool, content = f"http://127.0.0.1:{port}", f"http://localhost:{port}"
    settings = {
        "CCHC_TOOL_URL": tool,
        "CCHC_CONTENT_URL": content,
        "CCHC_PLAYERS_DIR": str(installed_players()),
    }
    with open_importing_app(f"sqlite:///{folder / 'a.sqlite'}", folder, clock=utc_now, **settings) as room:
        with room.app.app_context():
            upgrade_database(running_app().engine)
        with serve(room.app, host="localhost", port=port, option="--"):
            yield room, tool


def enter(chromium: Browser, house: tuple[ImportingApp, str], package_id: str, name: str) -> Page:
    """The learner's list of units, in a browser that made the launch."""
    room, tool = house
    ticket = make_ticket(
        package_id=f"goi.{name}",
        package_digest=package_id,
        item=f"m/{name}",
        registration=uuid4(),
        bound=True,
        expires_at=utc_now() + timedelta(hours=8),
        launch_session_id=uuid4().hex,
    )
    with room.app.app_context():
        secret = section(PlayerSettings).secret
    page = chromium.new_context(viewport={"width": 360, "height": 800}).new_page()
    proof = browser_proof(ticket.launch_session_id, secret=secret)
    page.context.add_cookies(
        [{"name": browser_cookie_name(ticket.launch_session_id), "value": proof, "url": tool}]
    )
    page.goto(f"{tool}/hoc/{seal_ticket(ticket, secret=secret)}/")
    return page


def test_a_unit_of_cmi5_runs_behind_its_walls_and_comes_back_passed(chromium, house):
    room, tool = house
    page_text = UNIT_PAGE.replace("TOOL", tool.removeprefix("http://"))
    unit = make_unit("Tình huống", moveOn="Passed", masteryScore="0.8")
    package_id = room.bring_in(make_cmi5_package(unit, files={"index.html": page_text}), name="cmi5")
    page = enter(chromium, house, package_id, "cmi5")

    page.get_by_role("button", name="Vào học").click()
    frame = page.frame_locator("#bai-hoc")
    frame.get_by_role("button", name="Kết thúc").click()

    page.wait_for_url(re.compile(r"/goi/$"))
    assert page.get_by_text("✓ Đạt").is_visible()
    assert page.get_by_text("Bạn đã hoàn thành khóa học.").is_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.context.close()


def test_scripts_of_a_course_neither_read_our_cookies_nor_reach_our_pages(chromium, house):
    room, tool = house
    page_text = UNIT_PAGE.replace("TOOL", tool.removeprefix("http://"))
    package_id = room.bring_in(make_cmi5_package(files={"index.html": page_text}), name="tuong")
    page = enter(chromium, house, package_id, "tuong")

    page.get_by_role("button", name="Vào học").click()
    walls = page.frame_locator("#bai-hoc").locator("#walls")
    walls.filter(has_text="|").wait_for()

    assert walls.text_content() == "SecurityError|own=|no way"
    page.context.close()


def test_a_sco_saves_goes_on_and_finishes(chromium, house):
    room, _tool = house
    package_id = room.bring_in(make_scorm_package(data="che-do=1"), name="scorm")
    page = enter(chromium, house, package_id, "scorm")
    before = len(room.statements())

    page.get_by_role("button", name="Vào học").click()
    sco = page.frame_locator("#bai-hoc").frame_locator("#sco")
    assert sco.locator("#found").text_content() == "|0|ab-initio|che-do=1"
    sco.get_by_role("button", name="Lưu giữa chừng").click()
    page.frame_locator("#bai-hoc").get_by_text("Đã lưu").wait_for()
    page.get_by_role("link", name="Về danh sách bài").click()
    page.get_by_role("button", name="Vào học").click()
    assert sco.locator("#found").text_content() == "trang-3|9000|resume|che-do=1"
    sco.get_by_role("button", name="Hoàn thành").click()

    page.wait_for_url(re.compile(r"/goi/$"))
    assert page.get_by_text("✓ Đạt").is_visible()
    assert [one.verb.id.rsplit("/", 1)[1] for one in room.statements()[before:]] == [
        "initialized", "passed", "completed",
    ]  # fmt: skip
    page.context.close()


def test_a_commit_made_without_a_line_arrives_when_it_is_back(chromium, house):
    room, _tool = house
    package_id = room.bring_in(make_scorm_package(), name="duong-truyen")
    page = enter(chromium, house, package_id, "duong-truyen")
    before = len(room.statements())
    page.get_by_role("button", name="Vào học").click()
    sco = page.frame_locator("#bai-hoc").frame_locator("#sco")
    sco.locator("#found").filter(has_text="ab-initio").wait_for()

    page.context.set_offline(True)
    sco.get_by_role("button", name="Hoàn thành").click()
    page.frame_locator("#bai-hoc").get_by_text("đang thử lại").wait_for()
    page.context.set_offline(False)

    assert wait_until(lambda: len(room.statements()) == before + 3, seconds=20)
    page.context.close()


def test_the_pages_look_right(chromium, house, tmp_path):
    room, _tool = house
    package_id = room.bring_in(
        make_cmi5_package(make_unit("Bài một", moveOn="Passed"), make_unit("Bài hai")), name="anh"
    )
    page = enter(chromium, house, package_id, "anh")

    for width in (360, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        page.screenshot(path=str(Path(tmp_path) / f"{width}.png"))
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.context.close()


def test_our_own_package_as_cmi5_runs_in_our_own_player_to_passed(chromium, house, tmp_path):
    room, _tool = house
    package = make_package(tmp_path)
    content = write_cmi5(package, iri_base="https://cchc.example/", read_media=lambda _name: None)
    page = enter(chromium, house, room.bring_in(content, name="xuat"), "xuat")
    before = len(room.statements())

    page.get_by_role("button", name="Vào học").click()
    unit = page.frame_locator("#bai-hoc")
    unit.locator("body[data-ready]").wait_for()
    for button in unit.locator("button[data-muc]").all():
        button.click()
    answer_rightly(unit, package)
    unit.get_by_role("button", name="Nộp bài").click()
    unit.get_by_text("Đạt: 100 %.").wait_for()
    unit.get_by_role("button", name="Kết thúc và quay về").click()

    page.wait_for_url(re.compile(r"/goi/$"))
    assert page.get_by_text("Bạn đã hoàn thành khóa học.").is_visible()
    assert [one.verb.id.rsplit("/", 1)[1] for one in room.statements()[before:]] == [
        "launched", "initialized", "initialized", "completed", "passed", "satisfied", "passed", "completed",
        "terminated",
    ]  # fmt: skip
    page.context.close()


def answer_rightly(unit, package: Package) -> None:
    """Fills the quiz of the small package as who knows it."""
    for box in unit.locator("#bai-kiem-tra fieldset").all():
        stem = box.locator("div").first.text_content() or ""
        question = next(one for one in package.questions.values() if one.stem in stem)
        for option in (one for one in question.options if one.correct):
            box.get_by_label(option.text, exact=True).check()
        for place, (_left, right) in enumerate(question.pairs):
            box.locator("select").nth(place).select_option(label=right)
        if question.answers:
            box.locator("input").fill(question.answers[0])


def test_a_dispatch_package_mirrors_what_is_reached_into_the_other_lms(chromium, house, tmp_path):
    room, tool = house
    with room.app.app_context(), transaction() as session:
        package = create_package(session, tmp_path)
        given = give_out(
            session, "nhap-mon", label="LMS cũ", origin=tool, lasts=timedelta(days=1), by="thu", now=utc_now()
        )
    port = find_free_port()
    with serve(other_lms(write_dispatch(given)), host="127.0.0.1", port=port, option="--"):
        page = chromium.new_page()
        page.goto(f"http://127.0.0.1:{port}/")
        inner = page.frame_locator("#sco").frame_locator("#noi-dung").frame_locator("iframe")
        inner.get_by_text("Nhập môn cải cách hành chính").first.wait_for()
        assert page.evaluate("API.cmi.core.lesson_status") == "incomplete"

        sealed = next(one.url for one in page.frames if one.url.endswith("/khung")).split("/")[4]
        learner = Learner(room.app.test_client(), make_ticket(), package, sealed, room.statements)
        learner.read_everything()
        attempt = learner.begin()
        learner.answer_all(attempt)
        learner.hand_in(attempt)

        page.wait_for_function("API.cmi.core.lesson_status === 'passed'", timeout=20_000)
        assert page.evaluate("API.cmi.core.score.raw") == "100"
        page.close()


def other_lms(content: bytes) -> Flask:
    """An LMS that knows only SCORM 1.2: a page with the API of scorm-again around the SCO."""
    app = Flask("other-lms")
    archive = zipfile.ZipFile(io.BytesIO(content))
    app.get("/")(
        lambda: (
            '<!doctype html><script src="/api.js"></script><script>'
            "window.API = new Scorm12API({logLevel: 5, autocommit: false});"
            "API.cmi.core.student_id = 'hv-1';</script>"
            '<iframe id="sco" src="/index.html" style="width:100%;height:600px"></iframe>'
        )
    )
    players = installed_players() / "scorm-again"
    app.get("/api.js", endpoint="api")(lambda: send_from_directory(players, "scorm12.min.js"))

    @app.get("/<name>")
    def file(name: str) -> Response:
        media_type = "text/javascript" if name.endswith(".js") else "text/html"
        return Response(archive.read(name), mimetype=media_type)

    return app
