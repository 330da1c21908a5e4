"""Every page of the player: no violation found by axe-core, light and dark, at 360 px; bytes of a lesson."""

import gzip
import re
import threading
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page
from werkzeug.serving import make_server

from content_packages.player.ticket import browser_cookie_name
from tests.factories.content import EVERY_TYPE
from tests.factories.player import MODULE, QUIZ, Classroom, Learner, open_classroom

pytestmark = pytest.mark.browser


@pytest.fixture
def classroom(prepared_sqlite_file, tmp_path, clock) -> Iterator[Classroom]:
    copy = tmp_path / "player.sqlite"
    copy.write_bytes(prepared_sqlite_file.read_bytes())
    changes = EVERY_TYPE | {
        "quizzes/cuoi-bai.yaml": EVERY_TYPE["quizzes/cuoi-bai.yaml"]
        .replace("mode: practice", "mode: practice\ncertainty: true\nbehaviour: interactive\ntries: 2")
        .replace("during: none, ", "during: [marks], ")
    }
    with open_classroom(f"sqlite:///{copy}", tmp_path, clock=clock, changes=changes) as opened:
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


@pytest.fixture(params=["light", "dark"])
def page(request, chromium) -> Iterator[Page]:
    context = chromium.new_context(
        viewport={"width": 360, "height": 740}, locale="vi-VN", color_scheme=request.param
    )
    yield context.new_page()
    context.close()


def admit(classroom: Classroom, page: Page, **given) -> Learner:
    learner = classroom.admit(bound=True, **given)
    name, proof = classroom.proof_of(learner)
    learner.client.set_cookie(name, proof, path="/hoc")
    assert browser_cookie_name(learner.ticket.launch_session_id) == name
    page.context.add_cookies([{"name": name, "value": proof, "domain": "127.0.0.1", "path": "/hoc"}])
    return learner


def violations(page: Page, address: str) -> list[str]:
    page.goto(address)
    found = Axe().run(page).response["violations"]
    wide = page.evaluate("document.documentElement.scrollWidth") > 360
    listed = [f"{one['id']}: {one['nodes'][0]['html'][:120]}" for one in found]
    return [*listed, *(["wider than the screen"] if wide else [])]


def test_no_page_of_a_learner_breaks_a_rule(classroom, origin, page):
    learner = admit(classroom, page)
    learner.read_everything()
    attempt = learner.begin()
    learner.post(f"{attempt}/1", {"seq": "0", "goto": "check", "chosen": "1", "text": "9", "place-0": "1"})
    paths = ["", MODULE, f"{MODULE}/1", f"{MODULE}/in", "tim?q=noi+dung", QUIZ]
    paths += [f"{attempt}/{position}" for position in range(1, 10)] + [f"{attempt}/nop-bai"]

    found = {path: violations(page, f"{origin}/hoc/{learner.sealed}/{path}") for path in paths}
    learner.hand_in(attempt)
    found["result"] = violations(page, f"{origin}/hoc/{learner.sealed}/{attempt}")

    assert {path: listed for path, listed in found.items() if listed} == {}


def test_no_page_of_a_teacher_breaks_a_rule(classroom, origin, page):
    learner = admit(classroom, page)
    attempt = learner.begin()
    essay = next(n for n in range(1, 10) if "<textarea" in learner.get(f"{attempt}/{n}").text)
    learner.post(f"{attempt}/{essay}", {"seq": "0", "text": "Căn cứ Nghị quyết 76."})
    learner.hand_in(attempt)
    teacher = admit(classroom, page, role="teacher", launch_session_id="b" * 32)
    paths = [
        "giang-vien",
        "cham-bai",
        f"cham-bai/1/{essay}",
        "them-gio",
        "phan-tich/cuoi-bai",
        QUIZ,
        f"{MODULE}/1",
    ]

    found = {path: violations(page, f"{origin}/hoc/{teacher.sealed}/{path}") for path in paths}

    assert {path: listed for path, listed in found.items() if listed} == {}


def test_a_lesson_page_is_under_100_kb_all_in(classroom, origin, page):
    learner = admit(classroom, page)
    sizes: dict[str, int] = {}

    def weigh(response) -> None:
        sizes[response.url] = len(gzip.compress(response.body()))

    page.on("response", weigh)
    page.goto(f"{origin}/hoc/{learner.sealed}/{MODULE}/1", wait_until="networkidle")

    print(f"\nA lesson page: {sum(sizes.values())} bytes compressed in {len(sizes)} answers.")
    assert 0 < sum(sizes.values()) < 100_000
    hosts = {
        re.sub(r"^https?://([^/:]+).*", r"\1", url)
        for url in page.evaluate("performance.getEntriesByType('resource').map((one) => one.name)")
    }
    assert hosts == {"127.0.0.1"}
