"""The cookie ladder in a real browser: each rung, in a frame of another site, before the hint is used.

The LMS is at localhost and the tool at 127.0.0.1. Chromium blocks third-party cookies unless a test says
otherwise; "blocked in frames" blocks the tool's cookies, partitioned ones too, wherever the LMS frames it.
"""

import json
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Playwright, expect, sync_playwright
from sqlalchemy import Engine

from lti_tool.database_schema import upgrade_database
from tests.conftest import StandingClock
from tests.factories.browser_platform import Stage, set_stage
from tests.factories.launches import read_attempts
from tests.machine import chromium_start

pytestmark = pytest.mark.browser

LESSON = "Chuyên đề thử"


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as started:
        yield started


@pytest.fixture
def time_of_test() -> StandingClock:
    """Begins at the real time: cookies and browsers know no other."""
    return StandingClock(datetime.now(UTC))


@pytest.fixture
def stage(prepared_sqlite_file: Path, tmp_path: Path, time_of_test: StandingClock) -> Iterator[Stage]:
    shutil.copy(prepared_sqlite_file, tmp_path / "tool.sqlite")
    with set_stage(tmp_path, clock=time_of_test) as opened:
        upgrade_database(opened.engine)
        yield opened


@contextmanager
def open_browser(
    playwright: Playwright, profile: Path, preferences: dict[str, Any] | None = None
) -> Iterator[BrowserContext]:
    """A browser with a profile of its own, prepared with these preferences."""
    (profile / "Default").mkdir(parents=True)
    (profile / "Default" / "Preferences").write_text(json.dumps({"profile": preferences or {}}))
    context = playwright.chromium.launch_persistent_context(str(profile), **chromium_start(), locale="vi-VN")
    try:
        yield context
    finally:
        context.close()


def blocked_in_frames() -> dict[str, Any]:
    """The tool's cookies are blocked where the LMS is the page; in a window of its own they are kept."""
    pair = "http://127.0.0.1,http://localhost"
    return {"content_settings": {"exceptions": {"cookies": {pair: {"setting": 2}}}}}


ALL_BLOCKED: dict[str, Any] = {"default_content_setting_values": {"cookies": 2}}
ALLOWED: dict[str, Any] = {"cookie_controls_mode": 0}


def rungs(engine: Engine) -> list[str]:
    return [one.rung for one in read_attempts(engine) if one.outcome == "opened"]


@pytest.mark.parametrize("preferences", [None, ALLOWED], ids=["third-party blocked", "allowed"])
def test_the_lesson_opens_in_the_frame_by_its_partitioned_cookie(playwright, stage, tmp_path, preferences):
    with open_browser(playwright, tmp_path / "profile", preferences) as context:
        page = context.new_page()
        for _ in range(2):
            page.goto(f"{stage.lms}/course?framed=1")
            expect(page.frame_locator("iframe").get_by_role("heading", name=LESSON)).to_be_visible()

    assert rungs(stage.engine) == ["cookie", "cookie"]
    # Only the first login needs a look at the cookie; the second goes straight on.
    steps = [(one.step, one.outcome) for one in read_attempts(stage.engine)]
    assert steps == [
        ("login", "laddered"),
        ("login", "sent_on"),
        ("launch", "opened"),
        ("login", "sent_on"),
        ("launch", "opened"),
    ]
    assert {one.placed for one in read_attempts(stage.engine)} == {"frame"}
    assert stage.platform.refused_hints == 0


@pytest.mark.parametrize("preferences", [ALL_BLOCKED, None], ids=["all blocked", "in frames"])
@pytest.mark.parametrize("target", ["_parent", "storage_frame_that_is_not_there"])
def test_without_cookies_the_storage_of_the_lms_recognizes_the_browser(
    playwright, stage, tmp_path, preferences, target
):
    with open_browser(playwright, tmp_path / "profile", preferences or blocked_in_frames()) as context:
        page = context.new_page()
        page.goto(f"{stage.lms}/course?framed=1&storage={target}")
        frame = page.frame_locator("iframe")
        expect(frame.get_by_role("heading", name=LESSON)).to_be_visible()
        frame.get_by_role("link", name="Bắt đầu").click()
        expect(frame.get_by_role("heading", name="Mục một")).to_be_visible()
        asked = page.evaluate("window.asked")

    assert asked == ["lti.put_data", "lti.get_data"]
    assert rungs(stage.engine) == ["storage"]
    assert stage.platform.refused_hints == 0


def test_without_cookies_and_storage_the_lesson_opens_in_a_window_by_keyboard(playwright, stage, tmp_path):
    with open_browser(playwright, tmp_path / "profile", blocked_in_frames()) as context:
        page = context.new_page()
        page.goto(f"{stage.lms}/course?framed=1")
        frame = page.frame_locator("iframe")
        button = frame.get_by_role("button", name="Mở trong cửa sổ mới")
        expect(button).to_be_visible()
        button.focus()
        with context.expect_page() as opened:
            page.keyboard.press("Enter")
        window = opened.value
        expect(window.get_by_role("heading", name=LESSON)).to_be_visible()
        expect(frame.get_by_role("heading", name="Bài học đã mở ở cửa sổ khác")).to_be_visible()
        expect(window.get_by_role("link", name="Về khóa học")).to_be_visible()

    assert rungs(stage.engine) == ["window"]
    assert stage.platform.refused_hints == 0


def test_a_storage_that_does_not_answer_ends_at_the_window_and_the_hint_is_still_good(
    playwright, stage, tmp_path
):
    with open_browser(playwright, tmp_path / "profile", blocked_in_frames()) as context:
        page = context.new_page()
        page.route(re.compile(r"/storage\.js"), lambda route: route.abort())
        page.goto(f"{stage.lms}/course?framed=1&storage=_parent")
        button = page.frame_locator("iframe").get_by_role("button", name="Mở trong cửa sổ mới")
        with context.expect_page() as opened:
            button.click()
        expect(opened.value.get_by_role("heading", name=LESSON)).to_be_visible()

    assert rungs(stage.engine) == ["window"]


def test_with_every_cookie_blocked_and_no_storage_the_reader_is_told_what_to_allow(
    playwright, stage, tmp_path
):
    with open_browser(playwright, tmp_path / "profile", ALL_BLOCKED) as context:
        page = context.new_page()
        page.goto(f"{stage.lms}/course?framed=1")
        button = page.frame_locator("iframe").get_by_role("button", name="Mở trong cửa sổ mới")
        with context.expect_page() as opened:
            button.click()
        expect(opened.value.get_by_role("heading", name="Trình duyệt chặn mọi cookie")).to_be_visible()
        expect(opened.value.get_by_text("Mã hỗ trợ")).to_be_visible()

    assert read_attempts(stage.engine)[-1].error_code == "cookies_blocked"


def test_a_browser_that_refuses_storage_access_leads_on_to_the_window(playwright, stage, tmp_path):
    with open_browser(playwright, tmp_path / "profile", ALL_BLOCKED) as context:
        page = context.new_page()
        page.goto(f"{stage.lms}/course?framed=1")
        frame = page.frame_locator("iframe")
        frame.get_by_role("button", name="Cho phép cookie").click()
        expect(frame.get_by_text("Trình duyệt chưa cho phép cookie")).to_be_visible()
        expect(frame.get_by_role("button", name="Mở trong cửa sổ mới")).to_be_focused()


def test_without_scripts_the_frame_still_offers_the_window(playwright, stage, tmp_path):
    with open_browser(playwright, tmp_path / "profile", blocked_in_frames()) as context:
        page = context.new_page()
        page.route("**/launch/ladder.js", lambda route: route.abort())
        page.goto(f"{stage.lms}/course?framed=1")
        button = page.frame_locator("iframe").get_by_role("button", name="Mở trong cửa sổ mới")
        with context.expect_page() as opened:
            button.click()
        expect(opened.value.get_by_role("heading", name=LESSON)).to_be_visible()


def test_two_people_in_two_tabs_of_one_browser_never_mix(playwright, stage, tmp_path):
    with open_browser(playwright, tmp_path / "profile") as context:
        frames = {}
        for user in ("5", "6"):
            page = context.new_page()
            page.goto(f"{stage.lms}/course?framed=1&user={user}")
            frames[user] = page.frame_locator("iframe")
            expect(frames[user].get_by_role("heading", name=LESSON)).to_be_visible()

        frames["5"].get_by_role("link", name="Bắt đầu").click()
        frames["5"].get_by_role("button", name="Đã đọc").click()
        frames["6"].get_by_role("link", name="Bắt đầu").click()

        expect(frames["6"].get_by_role("button", name="Đã đọc")).to_be_visible()


def test_a_reload_after_the_session_is_over_says_so(playwright, stage, tmp_path, time_of_test):
    with open_browser(playwright, tmp_path / "profile") as context:
        page = context.new_page()
        page.goto(f"{stage.lms}/begin")
        expect(page.get_by_role("heading", name=LESSON)).to_be_visible()

        time_of_test.forward(hours=9)
        page.reload()

        expect(page.get_by_role("heading", name="Phiên học đã hết hạn")).to_be_visible()


def test_the_back_button_leads_to_the_course_and_uses_nothing_twice(playwright, stage, tmp_path):
    with open_browser(playwright, tmp_path / "profile") as context:
        page = context.new_page()
        page.goto(f"{stage.lms}/course")
        page.get_by_role("link", name="Mở bài").click()
        expect(page.get_by_role("heading", name=LESSON)).to_be_visible()

        page.go_back()

        expect(page.get_by_role("heading", name="Khóa học thử")).to_be_visible()
        page.go_forward()
        expect(page.get_by_role("heading", name=LESSON)).to_be_visible()
    assert stage.platform.refused_hints == 0
