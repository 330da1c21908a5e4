"""From the LMS to the statement behind a figure, as one learner and one analyst walk it in Chromium."""

import json
import re
import time

import pytest
from playwright.sync_api import FrameLocator, Page, expect

from content_packages import SHIPPED_CURRICULUM
from content_packages.authoring import build
from content_packages.contents import Question
from content_packages.reading import package_from_canonical
from lti_tool.demo.knowledge import Knowledge, fill_in, plain_words
from lti_tool.demo.pages import read_forms, read_page
from lti_tool.demo.preparing import ANALYST

LEARNER = "Nông Thị Bích"
MODULE = "Quan điểm, chủ trương và các chương trình cải cách hành chính"


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    compiled = build(SHIPPED_CURRICULUM)
    return Knowledge.of(package_from_canonical(compiled.canonical, digest=compiled.digest))


@pytest.mark.browser
def test_an_official_learns_inside_the_lms_and_the_statistics_count_it(house, chromium, knowledge):
    with chromium.new_context(locale="vi-VN") as context:
        page = context.new_page()
        before = read_commune_figures(page, house)

        sign_in_to_lms(page, house)
        frame = launch_in_frame(page, house)
        read_module(frame, knowledge)
        pass_quiz(frame, knowledge)
        frame.get_by_role("link", name="Về khóa học").click()
        expect(page).to_have_url(f"{house.installation.lms_url}/courses/1")

        assert before == ("1", "0", "0")
        assert read_own_grade(page, house) == "100"
        assert wait_for_commune_figures(page, house) == ("1", "1", "1")
        assert drill_down_to_statement(page)["verb"]["id"] == "http://adlnet.gov/expapi/verbs/completed"


@pytest.mark.browser
def test_the_lesson_also_opens_in_a_window_of_its_own(house, chromium):
    with chromium.new_context(locale="vi-VN") as context:
        page = context.new_page()
        sign_in_to_lms(page, house, name="Lý Thị Mai")
        page.get_by_role("link", name=MODULE).click()

        with context.expect_page() as opened:
            page.get_by_role("link", name="Mở trong cửa sổ mới").click()

        expect(opened.value.get_by_role("heading", name=MODULE, level=1)).to_be_visible()
        assert opened.value.url.startswith(f"{house.installation.tool_url}/hoc/")


# The learner


def sign_in_to_lms(page: Page, house, *, name: str = LEARNER) -> None:
    page.goto(house.installation.lms_url)
    page.get_by_role("button", name=name).click()
    page.get_by_role("link", name="Bồi dưỡng CCHC 2026").click()


def launch_in_frame(page: Page, house) -> FrameLocator:
    """Opens the first activity; the tool appears in a frame of another site."""
    page.get_by_role("link", name=MODULE).click()
    frame = page.frame_locator("iframe.tool")
    expect(frame.get_by_role("heading", name=MODULE, level=1)).to_be_visible()
    assert page.url.startswith(house.installation.lms_url)
    assert page.frames[1].url.startswith(f"{house.installation.tool_url}/hoc/")
    return frame


def wait_until_whole(frame: FrameLocator) -> None:
    """A page that is still coming has a title already, and no check yet or half of one."""
    frame.locator("html").evaluate(
        "() => document.readyState === 'complete' || new Promise(done => addEventListener('load', done))"
    )


def read_module(frame: FrameLocator, knowledge: Knowledge) -> None:
    frame.get_by_role("link", name="Bắt đầu học").click()
    ending = frame.locator("form.lesson-end button")
    while True:
        expect(ending).to_be_visible()
        wait_until_whole(frame)
        title = frame.get_by_role("heading", level=1).inner_text()
        answer_checks(frame, knowledge)
        is_last = "kết thúc" in ending.inner_text()
        ending.click()
        if is_last:
            break
        expect(frame.get_by_role("heading", level=1)).not_to_have_text(title)
    frame.get_by_role("link", name="Đến bài kiểm tra").click()


def answer_checks(frame: FrameLocator, knowledge: Knowledge) -> None:
    checks = frame.locator("[data-check]")
    for position in range(checks.count()):
        check = checks.nth(position)
        answer(check, knowledge)
        check.get_by_role("button", name="Kiểm tra").click()
        expect(check.locator(".verdict-right")).to_be_visible()


def pass_quiz(frame: FrameLocator, knowledge: Knowledge) -> None:
    frame.get_by_role("button", name="Bắt đầu làm bài").click()
    for number in range(1, 11):
        expect(frame.get_by_role("heading", name=f"Câu {number} trên 10")).to_be_visible()
        answer(frame.locator("form.quiz-form"), knowledge)
        frame.locator(".quiz-actions button:not(.button-quiet)").click()
    expect(frame.get_by_text("Bạn đã trả lời tất cả các câu hỏi.")).to_be_visible()
    frame.get_by_role("button", name="Nộp bài").click()
    expect(frame.locator(".result-verdict")).to_have_text("Đạt")


def answer(block, knowledge: Knowledge) -> None:
    """Fills in the right answer by hand: ticks, chooses and types."""
    (form,) = read_forms(
        read_page(block.evaluate("element => (element.closest('form') || element).outerHTML"))
    )
    question: Question = knowledge.find_question(plain_words(block.locator("legend").inner_html()))
    for name, value in fill_in(form, question, rightly=True):
        field = block.locator(f'[name="{name}"]')
        if question.options and name == "chosen":
            block.locator(f'[name="chosen"][value="{value}"]').check()
        elif name.startswith("place-"):
            field.select_option(value)
        elif name == "text":
            field.fill(value)


def read_own_grade(page: Page, house) -> str:
    """The grade in the LMS, once it has arrived through AGS."""
    page.goto(f"{house.installation.lms_url}/courses/1/grades")
    line = page.locator(".activity", has_text=MODULE)
    for _ in range(40):
        if line.locator(".mark strong").count():
            break
        time.sleep(0.5)
        page.reload()
    return line.locator(".mark strong").inner_text()


# The analyst


def read_commune_figures(page: Page, house) -> tuple[str, ...]:
    """From the country down to the commune: people, people who opened something, people with knowledge."""
    page.goto(f"{house.installation.tool_url}/thong-ke/")
    if page.get_by_label("Mật khẩu").count():
        page.get_by_label("Tên đăng nhập").fill(ANALYST)
        page.get_by_label("Mật khẩu").fill(house.installation.analyst_password)
        page.get_by_role("button", name="Đăng nhập").click()
    page.get_by_role("link", name="Tỉnh Tuyên Quang").click()
    row = page.locator("#parts tr", has_text="Xã Tân Trào")
    return tuple(text.strip() for text in row.locator("td.number").all_inner_texts()[:3])


def wait_for_commune_figures(page: Page, house) -> tuple[str, ...]:
    for _ in range(40):
        figures = read_commune_figures(page, house)
        if figures[2] != "0":
            break
        time.sleep(0.5)
    return figures


def drill_down_to_statement(page: Page) -> dict:
    """From the figure to the people, to the person, to the statement of completion."""
    row = page.locator("#parts tr", has_text="Xã Tân Trào")
    row.locator("td.number").nth(2).get_by_role("link").click()
    assert LEARNER not in page.content()
    page.locator("tbody th a").first.click()
    page.locator("tr", has_text=re.compile("Hoàn thành")).locator("a code").last.click()
    return dict(json.loads(page.locator("pre").inner_text()))
