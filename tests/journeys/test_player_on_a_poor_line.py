"""The quiz page in a real browser while the line breaks: nothing acknowledged is lost, nothing is doubled."""

import threading
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, Route, expect
from werkzeug.serving import make_server

from content_packages.player.ticket import browser_cookie_name
from tests.factories.player import MODULE, QUIZ, Learner, open_classroom

pytestmark = pytest.mark.browser


@pytest.fixture
def learner(prepared_sqlite_file, tmp_path, clock) -> Iterator[Learner]:
    copy = tmp_path / "player.sqlite"
    copy.write_bytes(prepared_sqlite_file.read_bytes())
    with open_classroom(f"sqlite:///{copy}", tmp_path, clock=clock) as classroom:
        # A window of its own opens only for the browser of the launch: both browsers hold its cookie.
        admitted = classroom.admit(bound=True)
        admitted.client.set_cookie(*classroom.proof_of(admitted), path="/hoc")
        yield admitted


@pytest.fixture
def origin(learner) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, learner.client.application, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def page(chromium, learner, origin) -> Iterator[Page]:
    context = chromium.new_context(viewport={"width": 360, "height": 740}, locale="vi-VN")
    name = browser_cookie_name(learner.ticket.launch_session_id)
    held = learner.client.get_cookie(name, path="/hoc")
    context.add_cookies([{"name": name, "value": held.value, "domain": "127.0.0.1", "path": "/hoc"}])
    opened = context.new_page()
    opened.complaints = []
    opened.on("pageerror", lambda error: opened.complaints.append(str(error)))
    yield opened
    context.close()


def address(learner: Learner, origin: str, path: str) -> str:
    return f"{origin}/hoc/{learner.sealed}/{path}"


def choice_page(learner: Learner, origin: str, page: Page) -> str:
    """Begins an attempt and opens its single-choice question; returns its path."""
    attempt = learner.begin()
    path = f"{attempt}/{learner.question_ids(attempt).index('tq-2') + 1}"
    page.goto(address(learner, origin, path))
    return path


def choose(page: Page, position: int) -> None:
    page.locator(f"label[for=cau-{position}]").click()


def words_of(learner: Learner, position: int) -> str:
    return learner.package.questions["tq-2"].options[position].text


def stored_choice(learner: Learner, path: str) -> str:
    html = learner.get(path).text
    return next((n for n in "012" if f'id="cau-{n}" checked' in html), "none")


def test_a_choice_is_saved_while_the_learner_thinks(learner, origin, page):
    path = choice_page(learner, origin, page)

    choose(page, 1)

    expect(page.locator(".save-state")).to_have_text("Đã lưu 09:00")
    assert stored_choice(learner, path) == "1"
    assert page.complaints == []


def test_a_choice_made_without_a_line_is_saved_when_it_is_back(learner, origin, page):
    path = choice_page(learner, origin, page)
    page.context.set_offline(True)
    choose(page, 1)
    expect(page.locator(".save-state")).to_contain_text("còn 1 mục chưa gửi")
    choose(page, 2)

    page.context.set_offline(False)

    expect(page.locator(".save-state")).to_have_text("Đã lưu 09:00")
    assert stored_choice(learner, path) == "2"


def test_a_reply_lost_on_the_way_makes_no_conflict_with_oneself(learner, origin, page):
    path = choice_page(learner, origin, page)
    lost: list[str] = []

    def lose_first_reply(route: Route) -> None:
        if lost:
            return route.continue_()
        lost.append(route.request.url)
        route.fetch()
        return route.abort()

    page.route("**/luu", lose_first_reply)
    choose(page, 1)
    expect(page.locator(".save-state")).to_contain_text("còn 1 mục chưa gửi")
    choose(page, 2)
    page.locator(".quiz-actions .button").last.click()

    page.wait_for_url(lambda url: not url.endswith(path))
    page.wait_for_function(
        "() => !['changed', 'kept'].includes(document.querySelector('#question')?.dataset.state)"
    )
    assert lost
    assert stored_choice(learner, path) == "2"


def test_a_page_that_is_closed_at_once_still_saves(learner, origin, page):
    path = choice_page(learner, origin, page)

    choose(page, 1)
    page.goto(address(learner, origin, QUIZ))

    page.goto(address(learner, origin, path))
    expect(page.locator("#cau-1")).to_be_checked()


def test_a_save_that_arrives_after_the_page_was_read_is_shown(learner, origin, page):
    attempt = learner.begin()
    path = f"{attempt}/{learner.question_ids(attempt).index('tq-2') + 1}"

    def save_first(route: Route) -> None:
        learner.post(path, {"seq": "0", "chosen": "1"})
        route.continue_()

    page.route("**/cac-cau", save_first)
    page.goto(address(learner, origin, path))

    expect(page.locator("#cau-1")).to_be_checked()
    choose(page, 2)
    expect(page.locator(".save-state")).to_have_text("Đã lưu 09:00")
    assert stored_choice(learner, path) == "2"


def test_another_tab_is_met_with_words(learner, origin, page):
    path = choice_page(learner, origin, page)
    learner.post(path, {"seq": "0", "chosen": "0"})

    choose(page, 1)

    expect(page.locator(".conflict")).to_contain_text("Câu này vừa được trả lời ở cửa sổ hoặc thiết bị khác")
    expect(page.locator(".conflict strong")).to_have_text(words_of(learner, 1))
    expect(page.locator("#cau-0")).to_be_checked()
    assert stored_choice(learner, path) == "0"


def test_a_browser_without_storage_saves_all_the_same(learner, origin, page):
    page.add_init_script(
        "Object.defineProperty(window, 'indexedDB', { get() { throw new Error('blocked'); } });"
    )
    path = choice_page(learner, origin, page)

    choose(page, 1)

    expect(page.locator(".save-state")).to_have_text("Đã lưu 09:00")
    assert stored_choice(learner, path) == "1"
    assert page.complaints == []


def test_a_browser_whose_storage_hangs_saves_all_the_same(learner, origin, page):
    page.add_init_script("IDBFactory.prototype.open = () => ({});")
    path = choice_page(learner, origin, page)

    choose(page, 1)
    expect(page.locator(".save-state")).to_have_text("Đã lưu 09:00")
    choose(page, 2)

    page.wait_for_selector("#question[data-state=saved]")
    assert stored_choice(learner, path) == "2"


def test_an_answer_left_behind_is_sent_before_the_end(learner, origin, page):
    path = choice_page(learner, origin, page)
    page.wait_for_selector("#question[data-ready]")
    page.route("**/luu", lambda route: route.abort())
    choose(page, 1)
    page.wait_for_selector("#question[data-state=kept]")

    page.goto(address(learner, origin, path.rpartition("/")[0] + "/nop-bai"))

    page.wait_for_url(lambda url: url.endswith(path))
    page.unroute("**/luu")
    page.wait_for_selector("#question[data-state=saved]")
    assert stored_choice(learner, path) == "1"


def test_a_check_gives_feedback_in_its_place(learner, origin, page):
    page.goto(address(learner, origin, f"{MODULE}/1"))

    page.locator("label[for=tq-1-1]").click()
    page.locator(".check button").click()

    expect(page.locator(".check .verdict")).to_contain_text("Đúng")
    expect(page.locator(".progress-words")).to_have_text("25%")
    assert page.url.endswith(f"{MODULE}/1")


def test_a_check_without_a_line_says_so_and_can_be_sent_again(learner, origin, page):
    page.goto(address(learner, origin, f"{MODULE}/1"))
    page.context.set_offline(True)
    page.locator("label[for=tq-1-1]").click()
    page.locator(".check button").click()
    expect(page.locator(".check-state")).to_contain_text("Đường truyền yếu")

    page.context.set_offline(False)
    page.locator(".check button").click()

    expect(page.locator(".check .verdict")).to_contain_text("Đúng")


def test_a_quiz_can_be_taken_with_the_keyboard_alone(learner, origin, page):
    choice_page(learner, origin, page)

    page.locator("input[name=chosen]").first.focus()
    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")

    expect(page.locator("input[name=chosen]").nth(1)).to_be_checked()
    expect(page.locator(".save-state")).to_have_text("Đã lưu 09:00")


@pytest.mark.parametrize("width", [360, 1280])
def test_no_page_is_wider_than_the_screen_and_every_target_fits_a_finger(learner, origin, page, width):
    page.set_viewport_size({"width": width, "height": 740})
    attempt = learner.begin()
    paths = ["", MODULE, f"{MODULE}/1", QUIZ, *[f"{attempt}/{n}" for n in range(1, 5)], f"{attempt}/nop-bai"]
    findings = []
    for path in paths:
        page.goto(address(learner, origin, path))
        if page.evaluate("document.documentElement.scrollWidth") > width:
            findings.append(f"{path} is too wide")
        low = page.evaluate(LOW_TARGETS)
        findings += [f"{path}: {target}" for target in low]

    assert findings == []


#: Buttons, lists and option rows below 44 px; links inside running text may be lower (WCAG 2.2, 2.5.8).
LOW_TARGETS = """() => [...document.querySelectorAll(
  "main .button, main select, main .choice, main .question-dot, .toc-list a, summary, .player-back")]
  .filter(one => one.getClientRects().length && one.getBoundingClientRect().height < 44)
  .map(one => one.outerHTML.slice(0, 80))"""
