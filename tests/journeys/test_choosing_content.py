"""A teacher chooses content in the LMS's frame, by mouse, by keyboard, with and without scripts."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import FrameLocator, Page, expect
from sqlalchemy.orm import Session

from content_packages import SHIPPED_CURRICULUM
from content_packages.authoring import build
from content_packages.library import publish_package
from lti_tool.app import create_app
from lti_tool.database_schema import upgrade_database
from lti_tool.demo.servers import serve
from lti_tool.settings import Settings
from tests.factories.choosing_lms import ChoosingLms
from tests.factories.lti import SECRET, create_platform, engine_of
from tests.factories.ports import find_free_port
from xapi_bridge.running_app import utc_now

MODULE = "Cải cách thủ tục hành chính và cơ chế một cửa"
TEST = "Kiểm tra cuối chuyên đề Thủ tục và cơ chế một cửa"


@dataclass
class Pair:
    """The tool and an LMS, both serving."""

    lms: ChoosingLms
    tool_url: str


@pytest.fixture
def pair(tmp_path) -> Iterator[Pair]:
    tool_port, lms_port = find_free_port(), find_free_port()
    tool_url = f"http://127.0.0.1:{tool_port}"
    lms = ChoosingLms(lms_port, tool_url)
    app = create_app(
        Settings(
            database_url=f"sqlite:///{tmp_path / 'tool.sqlite'}",
            tool_url=tool_url,
            secret_key=SECRET,
            private_networks_allowed=True,
        )
    )
    engine = engine_of(app)
    upgrade_database(engine)
    with Session(engine) as session, session.begin():
        create_platform(session, lms.platform, now=utc_now())
        publish_package(session, build(SHIPPED_CURRICULUM), now=utc_now())
    with (
        serve(app, host="127.0.0.1", port=tool_port, option=""),
        serve(lms.app(), host="localhost", port=lms_port, option=""),
    ):
        yield Pair(lms, tool_url)
    engine.dispose()


def open_picker(page: Page, pair: Pair) -> FrameLocator:
    page.goto(f"{pair.lms.url}/course")
    return page.frame_locator("iframe")


def launch(page: Page, pair: Pair, number: int) -> FrameLocator:
    page.goto(f"{pair.lms.url}/course?frame=/open/{number}")
    return page.frame_locator("iframe")


@pytest.mark.browser
def test_search_choose_two_add_and_open_each(pair, chromium):
    with chromium.new_context(locale="vi-VN") as context:
        page = context.new_page()
        picker = open_picker(page, pair)

        picker.get_by_label("Tìm theo tên").fill("thu tuc mot cua")
        expect(picker.locator("#found")).to_contain_text("Có")
        # The list has been replaced by what was searched for, and will not be replaced under the click.
        expect(
            picker.get_by_role("button", name="Chọn: Kiểm tra cuối chuyên đề Cải cách tài chính công")
        ).to_have_count(0)
        picker.get_by_role("button", name=f"Chọn: {MODULE}").click()
        expect(picker.get_by_role("button", name=f"Bỏ chọn: {MODULE}").first).to_be_focused()
        picker.get_by_label("Tìm theo tên").fill("")
        picker.get_by_label("Loại").select_option("quiz")
        picker.get_by_role("button", name=f"Chọn: {TEST}").click()
        expect(picker.locator("#basket-told")).to_have_text("Đã chọn 2 nội dung.")
        picker.get_by_role("link", name="Tiếp tục: cài đặt và thêm").click()
        picker.get_by_role("button", name=f"Chuyển lên: {TEST}").click()
        picker.get_by_role("button", name="Thêm 2 nội dung vào khóa học").click()

        expect(picker.get_by_role("heading", name="Đã thêm 2 mục")).to_be_visible()
        assert [item["title"] for item in pair.lms.items] == [TEST, MODULE]
        assert ["lineItem" in item for item in pair.lms.items] == [True, False]
        for number, title in enumerate([TEST, MODULE]):
            opened = launch(page, pair, number)
            expect(opened.get_by_role("heading", name=title, level=1)).to_be_visible()


@pytest.mark.browser
def test_everything_works_without_scripts(pair, chromium):
    # The LMS's own forms need a script to post themselves; without one the teacher presses their buttons.
    with chromium.new_context(locale="vi-VN", java_script_enabled=False) as context:
        page = context.new_page()
        picker = open_picker(page, pair)
        for _ in range(2):
            # A second click must not meet the button of the page that is just leaving.
            with page.expect_event("framenavigated"):
                picker.get_by_role("button", name="Tiếp").click()

        picker.get_by_label("Tìm theo tên").fill("giao tiep")
        picker.get_by_role("button", name="Tìm").click()
        picker.get_by_role("button", name="Chọn: Kiểm tra cuối chuyên đề Giao tiếp một cửa").click()
        expect(picker.get_by_label("Tìm theo tên")).to_have_value("giao tiep")
        picker.get_by_role("link", name="Tiếp tục: cài đặt và thêm").click()
        picker.get_by_label("Tên hiển thị trong khóa học").fill("Kiểm tra đợt 1")
        picker.get_by_role("button", name="Thêm 1 nội dung vào khóa học").click()
        picker.get_by_role("button", name="Về hệ thống LMS").click()

        expect(picker.get_by_role("heading", name="Đã thêm 1 mục")).to_be_visible()
        assert [item["title"] for item in pair.lms.items] == ["Kiểm tra đợt 1"]


@pytest.mark.browser
def test_the_keyboard_alone_reaches_everything(pair, chromium):
    with chromium.new_context(locale="vi-VN") as context:
        page = context.new_page()
        picker = open_picker(page, pair)
        picker.get_by_label("Tìm theo tên").focus()

        page.keyboard.type("giao tiep")
        page.keyboard.press("Enter")
        choose = picker.get_by_role("button", name="Chọn: Kiểm tra cuối chuyên đề Giao tiếp một cửa")
        expect(choose).to_be_visible()
        press_until(page, choose)
        page.keyboard.press("Enter")
        expect(picker.locator("#basket-told")).to_have_text("Đã chọn 1 nội dung.")
        press_until(page, picker.get_by_role("link", name="Tiếp tục: cài đặt và thêm"))
        page.keyboard.press("Enter")
        add = picker.get_by_role("button", name="Thêm 1 nội dung vào khóa học")
        expect(add).to_be_visible()
        press_until(page, add)
        page.keyboard.press("Enter")

        expect(picker.get_by_role("heading", name="Đã thêm 1 mục")).to_be_visible()


def press_until(page: Page, wanted) -> None:
    """Presses Tab until the element has the focus, at most as often as a page has stops."""
    for _ in range(80):
        if wanted.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError("Tab never reaches it.")


@pytest.mark.browser
def test_a_preview_opens_inside_the_lms_and_leads_back(pair, chromium):
    with chromium.new_context(locale="vi-VN") as context:
        page = context.new_page()
        picker = open_picker(page, pair)

        picker.get_by_role("link", name=f"Xem trước: {MODULE}").click()
        inside = picker.frame_locator("iframe.preview-frame")
        expect(inside.get_by_role("heading", name=MODULE, level=1)).to_be_visible()
        picker.get_by_role("button", name="Chọn nội dung này").click()

        expect(picker.locator("#basket-told")).to_have_text("Đã chọn 1 nội dung.")


@pytest.mark.browser
def test_cancel_leads_back_and_adds_nothing(pair, chromium):
    with chromium.new_context(locale="vi-VN") as context:
        page = context.new_page()
        picker = open_picker(page, pair)

        picker.get_by_role("button", name="Hủy, quay lại LMS").click()

        expect(picker.get_by_role("heading", name="Đã thêm 0 mục")).to_be_visible()
        assert len(pair.lms.answers) == 1


@pytest.mark.browser
@pytest.mark.parametrize("width", [360, 1280])
def test_no_page_is_wider_than_the_frame(pair, chromium, width):
    with chromium.new_context(locale="vi-VN", viewport={"width": width, "height": 800}) as context:
        page = context.new_page()
        page.goto(f"{pair.lms.url}/choose")
        page.get_by_role("button", name=f"Chọn: {TEST}").click()
        expect(page.locator("#basket-told")).to_have_text("Đã chọn 1 nội dung.")
        addresses = [page.url, f"{page.url.split('?')[0]}cai-dat", f"{page.url.split('?')[0]}xem/cchc"]

        for address in addresses:
            page.goto(address)
            assert page.evaluate("document.documentElement.scrollWidth") <= width
