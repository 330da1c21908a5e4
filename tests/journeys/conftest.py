"""Journeys walk through the whole house: both servers on free ports, SQLite, real HTTP, a real browser."""

from collections.abc import Iterator
from typing import Any, Final, cast

import pytest
from playwright.sync_api import Browser, BrowserContext, expect, sync_playwright

from lti_tool.demo.installation import demo_settings, open_installation
from lti_tool.demo.progress import Progress
from lti_tool.demo.running import House, build_house, serve_house
from lti_tool.demo.story import PREPARING_STEPS, prepare_house
from lti_tool.settings import load_settings
from tests.factories.ports import find_free_port
from tests.machine import chromium_start

#: A page that takes longer is broken; until then it only says how busy the machine is.
LONGEST_WAIT_MS: Final = 60_000
expect.set_options(timeout=LONGEST_WAIT_MS)


class PatientBrowser:
    """A browser whose every context waits as long as a busy machine needs; else as it is."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser

    def new_context(self, **options: Any) -> BrowserContext:
        """A context with the one patience of all journeys."""
        context = self._browser.new_context(**options)
        context.set_default_timeout(LONGEST_WAIT_MS)
        return context

    def __getattr__(self, name: str) -> Any:
        return getattr(self._browser, name)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Tool, practice LMS and background work, prepared and serving; nobody has learned anything yet."""
    folder = tmp_path_factory.mktemp("house")
    installation = open_installation(folder, tool_port=find_free_port(), lms_port=find_free_port())
    built = build_house(demo_settings(load_settings({}), installation, folder), installation, folder)
    with (folder / "progress.txt").open("w", encoding="utf-8") as out:
        prepare_house(built, Progress(total=PREPARING_STEPS, out=out))
    with serve_house(built):
        yield built


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Headless Chromium, from CHROMIUM or the usual place."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(**chromium_start())
        yield cast(Browser, PatientBrowser(browser))
        browser.close()
