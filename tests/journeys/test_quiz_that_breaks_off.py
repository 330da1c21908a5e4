"""A quiz in a real browser that loses its line and is killed: no answer is lost, none is doubled.

REPEATS says how many quizzes are taken (default 2). Each draws its own troubles from its number.
"""

import os
import random
import signal
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qsl
from uuid import UUID

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright
from playwright.sync_api import Error as PlaywrightError
from sqlalchemy import select
from werkzeug.serving import make_server

from content_packages.assessment.models import Attempt, AttemptItem, Draft, Step
from content_packages.assessment.steps import check_chain
from content_packages.player.ticket import browser_cookie_name
from tests.factories.player import Classroom, Learner, open_classroom
from tests.factories.ports import find_free_port
from tests.machine import find_chromium
from xapi_bridge.running_app import reading

pytestmark = pytest.mark.browser

REPEATS = int(os.environ.get("REPEATS", "2"))


@pytest.fixture
def classroom(database_url, tmp_path, clock) -> Iterator[Classroom]:
    with open_classroom(database_url, tmp_path, clock=clock) as opened:
        yield opened


@pytest.fixture
def origin(classroom) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, classroom.app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


class Device:
    """A browser with a profile on disk, as a phone has it, that can be killed and started again."""

    def __init__(self, playwright, folder: Path, learner: Learner, origin: str) -> None:
        self.playwright, self.folder, self.learner, self.origin = playwright, folder, learner, origin
        self.context: BrowserContext
        self.page: Page
        self.start()

    def start(self) -> None:
        port = find_free_port()
        flags = ["--headless=new", "--no-sandbox", "--no-first-run", "--window-size=360,740"]
        self.process = subprocess.Popen(
            [
                find_chromium(),
                *flags,
                f"--remote-debugging-port={port}",
                f"--user-data-dir={self.folder}",
                "about:blank",
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        browser = self.connect(f"http://127.0.0.1:{port}")
        self.context = browser.contexts[0]
        name = browser_cookie_name(self.learner.ticket.launch_session_id)
        held = self.learner.client.get_cookie(name, path="/hoc")
        cookie = {"name": name, "value": held.value, "domain": "127.0.0.1", "path": "/hoc"}
        self.context.add_cookies([cookie])
        self.page = self.context.new_page()
        self.page.set_default_timeout(20_000)

    def connect(self, address: str) -> Browser:
        for _ in range(100):
            try:
                return self.playwright.chromium.connect_over_cdp(address, timeout=5000)
            except PlaywrightError:
                threading.Event().wait(0.1)
        raise AssertionError("Chromium did not start.")

    def kill(self) -> None:
        """As when the system ends the browser: no page hears of it."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def open(self, path: str) -> None:
        self.page.goto(f"{self.origin}/hoc/{self.learner.sealed}/{path}")
        self.page.wait_for_selector("#question[data-ready]")

    def go_to(self, position: int) -> None:
        self.page.locator(f".question-dot[value='{position}']").click()
        expect(self.page.locator(".quiz-form")).to_have_attribute("data-position", str(position))

    def answer(self, chance: random.Random) -> None:
        """Some answer to the question shown, given by hand."""
        form = self.page.locator(".quiz-form")
        if form.locator("select").count():
            for field in form.locator("select").all():
                field.select_option(index=chance.randint(1, 2))
        elif form.locator("[type=text]").count():
            form.locator("[type=text]").fill(str(chance.randint(1, 99)))
        else:
            labels = form.locator(".choice label")
            labels.nth(chance.randrange(labels.count())).click()

    def shown(self) -> str:
        """What the form of the question says, as it would be sent."""
        return self.page.evaluate(
            "() => { const f = new URLSearchParams(new FormData(document.querySelector('.quiz-form')));"
            " f.delete('seq'); return f.toString(); }"
        )


@pytest.mark.parametrize("number", range(REPEATS))
def test_no_answer_is_lost_or_doubled(classroom, origin, tmp_path, number):
    chance = random.Random(number)
    learner = classroom.admit(bound=True, registration=UUID(int=number + 1))
    learner.client.set_cookie(*classroom.proof_of(learner), path="/hoc")
    attempt = learner.begin()

    with sync_playwright() as playwright:
        device = Device(playwright, tmp_path / "profile", learner, origin)
        try:
            given = take_quiz(device, attempt, chance)
            found = {position: read_again(device, attempt, position) for position in given}
        finally:
            device.kill()

    assert found == given
    learner.hand_in(attempt)
    assert_kept_once(classroom, given)


def take_quiz(device: Device, attempt: str, chance: random.Random) -> dict[int, str]:
    """Answers on a line that comes and goes, in a browser killed now and then; returns what was said."""
    given: dict[int, str] = {}
    device.open(f"{attempt}/1")
    for _ in range(6):
        device.context.set_offline(chance.random() < 0.5)
        position = chance.randint(1, 4)
        device.go_to(position)
        device.answer(chance)
        given[position] = device.shown()
        # From here on it is in the browser's own keeping, if not with the server already.
        device.page.wait_for_selector("#question[data-state=kept], #question[data-state=saved]")
        if chance.random() < 0.4:
            device.kill()
            device.start()
            device.open(f"{attempt}/{chance.randint(1, 4)}")
    device.context.set_offline(False)
    device.page.wait_for_selector("#question[data-state=saved], #question:not([data-state])")
    return given


def read_again(device: Device, attempt: str, position: int) -> str:
    """What the page says that the learner answered, once nothing waits any more."""
    device.open(f"{attempt}/{position}")
    device.page.wait_for_selector("#question[data-state=saved], #question:not([data-state])")
    return device.shown()


def assert_kept_once(classroom: Classroom, given: dict[int, str]) -> None:
    """One step per answered question, no draft left, and a chain that fits."""
    with classroom.app.app_context(), reading() as session:
        row = session.scalars(select(Attempt).order_by(Attempt.id.desc())).first()
        steps = session.scalars(
            select(AttemptItem.position)
            .join(Step, AttemptItem.id == Step.item_id)
            .where(Step.attempt_id == row.id)
        ).all()
        # A box that was ticked and unticked again says nothing, which needs no step.
        said = {position for position, text in given.items() if parse_qsl(text)}
        assert len(steps) == len(set(steps))
        assert said <= set(steps) <= set(given)
        assert session.scalars(select(Draft)).all() == []
        assert check_chain(session, row.id).state == "intact"
