"""Every type of question answered in Chromium without a mouse, from the first key to handing in."""

import re
import threading
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect
from werkzeug.serving import make_server

from content_packages.player.ticket import browser_cookie_name
from tests.factories.content import EVERY_TYPE
from tests.factories.player import QUIZ, Learner, open_classroom

pytestmark = pytest.mark.browser

#: More presses of Tab than any page of a quiz has places to stop at.
MOST_STOPS = 60


@pytest.fixture
def learner(prepared_sqlite_file, tmp_path, clock) -> Iterator[Learner]:
    copy = tmp_path / "player.sqlite"
    copy.write_bytes(prepared_sqlite_file.read_bytes())
    with open_classroom(f"sqlite:///{copy}", tmp_path, clock=clock, changes=EVERY_TYPE) as classroom:
        admitted = classroom.admit(bound=True)
        admitted.client.set_cookie(*classroom.proof_of(admitted), path="/hoc")
        yield admitted


@pytest.fixture
def page(chromium, learner) -> Iterator[Page]:
    server = make_server("127.0.0.1", 0, learner.client.application, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    context = chromium.new_context(
        viewport={"width": 360, "height": 740},
        locale="vi-VN",
        base_url=f"http://127.0.0.1:{server.server_port}",
        # What moves smoothly is not yet in the window when the test looks.
        reduced_motion="reduce",
    )
    name = browser_cookie_name(learner.ticket.launch_session_id)
    held = learner.client.get_cookie(name, path="/hoc")
    context.add_cookies([{"name": name, "value": held.value, "domain": "127.0.0.1", "path": "/hoc"}])
    yield context.new_page()
    context.close()
    server.shutdown()
    thread.join()
    server.server_close()


def tab_to(page: Page, selector: str, *, words: str = "") -> None:
    """Presses Tab until the focused element matches and is named by these words; each stop must be seen."""
    for _ in range(MOST_STOPS):
        page.keyboard.press("Tab")
        assert page.evaluate(IS_SEEN), page.evaluate("document.activeElement.outerHTML")
        if page.evaluate(FOCUSED, [selector, words]):
            return
    pytest.fail(f"Tab never reaches {selector} {words!r}")


#: Of the focused element: does it match, and is it named so by its label, its own name or its text?
FOCUSED = """([selector, words]) => {
  const one = document.activeElement;
  const named = [...(one.labels ?? [])].map((label) => label.innerText).join(" ")
    + (one.getAttribute("aria-label") ?? "") + (one.matches("button, a") ? one.innerText : "");
  return one.matches(selector) && named.includes(words);
}"""

#: The focused element lies in the window, and something marks it (WCAG 2.2, 2.4.7 and 2.4.11).
IS_SEEN = """() => {
  const one = document.activeElement;
  if (one === document.body) return true;
  const { left, right, top, bottom } = one.getBoundingClientRect();
  const isMarked = [one, one.closest(".choice") ?? one]
    .some((marked) => getComputedStyle(marked).outlineStyle !== "none");
  return right > 0 && bottom > 0 && left < innerWidth && top < innerHeight && isMarked;
}"""


def choose_radio(page: Page, words: str) -> None:
    """Into the group by Tab and Space, then by arrows: as browsers and screen readers do it."""
    tab_to(page, "input[name=chosen]")
    page.keyboard.press("Space")
    while not page.evaluate(FOCUSED, ["input:checked", words]):
        page.keyboard.press("ArrowDown")


def choose_boxes(page: Page, *wanted: str) -> None:
    for words in wanted:
        page.locator("h1").focus()
        tab_to(page, "input[name=chosen]", words=words)
        page.keyboard.press("Space")


def choose_in_lists(page: Page, **wanted: str) -> None:
    """In each list the words, typed as one does in a list of a browser."""
    for name, words in wanted.items():
        tab_to(page, f"select[name={name.replace('_', '-')}]")
        page.keyboard.type(words)


def type_into(page: Page, selector: str, words: str) -> None:
    tab_to(page, selector)
    page.keyboard.type(words)


def answer_cloze(page: Page) -> None:
    type_into(page, "input[name=blank-0]", "76/NQ-CP")
    choose_in_lists(page, blank_1="2021")


def order_by_buttons(page: Page) -> None:
    """All lists filled in some order, then moved with the buttons until the order is right."""
    choose_in_lists(page, place_0="Trả", place_1="Kiểm", place_2="Cập")
    for place in (0, 1):
        page.locator("h1").focus()
        tab_to(page, f"li:nth-child({place + 1}) [data-down]")
        page.keyboard.press("Enter")


ANSWERS: dict[str, Callable[[Page], None]] = {
    "Một lựa chọn": lambda page: choose_radio(page, "Chính phủ"),
    "Nhiều lựa chọn": lambda page: choose_boxes(page, "Cải cách thể chế", "Cải cách tài chính công"),
    "Đúng hay sai": lambda page: choose_radio(page, "Đúng"),
    "Ghép cơ quan": lambda page: choose_in_lists(page, place_0="Thể chế", place_1="Tài chính"),
    "Sắp xếp": order_by_buttons,
    "Bằng số": lambda page: type_into(page, "input[name=text]", "91,7"),
    "Trả lời ngắn": lambda page: type_into(page, "input[name=text]", "bo noi vu"),
    "Nghị quyết số": answer_cloze,
    "Tự luận": lambda page: type_into(page, "textarea[name=text]", "Căn cứ Nghị quyết 76"),
}


def test_every_type_of_question_is_answered_and_handed_in_by_keyboard(learner, page):
    page.goto(f"/hoc/{learner.sealed}/{QUIZ}")
    tab_to(page, "button", words="Bắt đầu")
    page.keyboard.press("Enter")
    answered = []

    for number in range(1, 10):
        expect(page.locator(".question-number")).to_have_text(f"Câu {number} trên 9")
        asked = page.locator(".question fieldset").inner_text()
        kind = next(words for words in ANSWERS if words in asked)
        ANSWERS[kind](page)
        answered.append(kind)
        tab_to(page, ".quiz-actions button:not(.button-quiet)")
        page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Xem lại và nộp bài")
    expect(page.locator(".notice-good")).to_be_visible()
    tab_to(page, "button", words="Nộp bài")
    page.keyboard.press("Enter")

    expect(page).to_have_url(re.compile(r"/1$"))
    assert sorted(answered) == sorted(ANSWERS)
    result = page.locator("main").inner_text()
    assert "Chưa đúng" not in result
    expect(page.locator(".verdict-right")).to_have_count(8)
