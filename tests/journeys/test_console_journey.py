"""In Chromium: an operator signs in with a phone; a learner chooses the unit, its manager confirms."""

from contextlib import contextmanager

import pyotp
import pytest
from playwright.sync_api import FrameLocator, Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.admin.operators import Role, create_operator
from lti_tool.demo.preparing import ADMINISTRATOR
from lti_tool.identity.rule_versions import restore_rules, rules_in_force
from lti_tool.platforms.models import PlatformRegistration
from sync.organization.units import search_units
from tests.factories.reports import PASSWORD
from xapi_bridge.running_app import now, running_app

LEARNER = "Nông Thị Bích"
MODULE = "Quan điểm, chủ trương và các chương trình cải cách hành chính"
COMMUNE = "Xã Tân Trào"


@contextmanager
def writing(house):
    """A transaction on the tool's database, with the clock of the tool."""
    with house.tool.app_context(), Session(running_app().engine) as session, session.begin():
        yield session


@pytest.fixture(scope="module")
def strangers(house):
    """The LMS is not trusted any more, and the commune's manager has an account."""
    with writing(house) as session:
        registration = session.scalars(select(PlatformRegistration.id)).one()
        version = rules_in_force(session, registration).version
        restore_rules(session, registration, version=0, seen_version=version, by="test", now=now())
        [found] = [
            one.unit
            for one in search_units(session, "tan trao", on_date=now().date())
            if one.unit.level == "commune"
        ]
        create_operator(
            session,
            username="tan-trao",
            password=PASSWORD,
            role=Role.UNIT_MANAGER,
            unit_id=found.unit_id,
            now=now(),
        )
    return house


@pytest.fixture
def page(chromium):
    with chromium.new_context(locale="vi-VN", viewport={"width": 360, "height": 740}) as context:
        opened = context.new_page()
        yield opened


@pytest.mark.browser
def test_an_administrator_sets_up_a_phone_and_signs_in_with_it(house, page):
    tool, password = house.installation.tool_url, house.installation.administrator_password
    sign_in(page, tool, ADMINISTRATOR, password)
    page.get_by_role("link", name="Tài khoản", exact=True).click()
    page.get_by_role("button", name="Cài ứng dụng xác thực").click()
    expect(page.get_by_role("img", name="Mã QR cho ứng dụng xác thực")).to_be_visible()
    phone = pyotp.TOTP(page.locator("#totp-secret").inner_text())
    type_code(page, "Mã sáu chữ số", "Bật xác thực hai bước", phone)
    recovery = page.locator(".card code").first.inner_text()
    page.get_by_role("link", name="Tôi đã giữ các mã").click()
    expect(page.get_by_text("Còn 10 mã khôi phục")).to_be_visible()
    page.get_by_role("button", name="Đăng xuất").click()

    sign_in(page, tool, ADMINISTRATOR, password)
    page.get_by_label("Mã", exact=True).fill("000000")
    page.get_by_role("button", name="Tiếp tục").click()
    expect(page.get_by_text("Mã xác thực không đúng")).to_be_visible()
    page.get_by_label("Mã", exact=True).fill(recovery)
    page.get_by_role("button", name="Tiếp tục").click()

    expect(page.get_by_role("button", name="Đăng xuất")).to_be_visible()
    assert is_as_wide_as_the_screen(page)

    # What was looked for may be one long word, and stands in the log.
    page.goto(f"{tool}/ban-ghi/?hoat-dong=https://cchc.example/{'x' * 120}")
    page.goto(f"{tool}/quan-tri/nhat-ky")
    expect(page.locator("td code", has_text="xxxx")).to_be_visible()
    assert is_as_wide_as_the_screen(page)


@pytest.mark.browser
def test_a_learner_finds_the_unit_by_keyboard_and_its_manager_confirms(strangers, page):
    frame = launch(page, strangers)
    expect(frame.get_by_role("heading", name="Đơn vị của tôi")).to_be_visible()
    field = frame.get_by_role("combobox")
    field.press_sequentially("tan trao")
    expect(frame.get_by_role("option").first).to_be_visible()
    field.press("ArrowDown")
    expect(frame.get_by_role("option", selected=True)).to_contain_text(COMMUNE)
    field.press("Enter")
    expect(frame.locator(".unit-chosen")).to_have_text(f"{COMMUNE}, Tỉnh Tuyên Quang")
    page.keyboard.press("Enter")
    expect(frame.get_by_role("heading", name=MODULE, level=1)).to_be_visible()

    with page.context.browser.new_context(locale="vi-VN") as context:
        manager = context.new_page()
        sign_in(manager, strangers.installation.tool_url, "tan-trao", PASSWORD)
        manager.get_by_role("link", name="Xác nhận đơn vị").click()
        manager.get_by_role("checkbox", name=LEARNER).check()
        manager.get_by_role("button", name="Xác nhận người đã chọn").click()
        expect(manager.get_by_text("Đã xác nhận 1 người.")).to_be_visible()

    frame.get_by_role("link", name="Đơn vị", exact=True).click()
    expect(frame.get_by_text("đã xác nhận. Kết quả học được tính")).to_be_visible()


@pytest.mark.browser
def test_the_choice_also_works_where_the_script_did_not_arrive(strangers, page):
    page.route("**/unit_choice.js", lambda route: route.abort())
    frame = launch(page, strangers, name="Lý Thị Mai")
    frame.get_by_label("Tên xã, phường").fill("xa tan trao")
    frame.get_by_role("button", name="Tìm").click()
    frame.get_by_role("radio").first.check()
    frame.get_by_role("button", name="Đây là đơn vị của tôi").click()

    expect(frame.get_by_role("heading", name=MODULE, level=1)).to_be_visible()


def sign_in(page: Page, tool: str, username: str, password: str) -> None:
    page.goto(f"{tool}/quan-tri/dang-nhap")
    page.get_by_label("Tên đăng nhập").fill(username)
    page.get_by_label("Mật khẩu").fill(password)
    page.get_by_role("button", name="Đăng nhập").click()


def type_code(page: Page, label: str, button: str, phone: pyotp.TOTP) -> None:
    page.get_by_label(label).fill(phone.now())
    page.get_by_role("button", name=button).click()


def launch(page: Page, house, *, name: str = LEARNER) -> FrameLocator:
    page.goto(house.installation.lms_url)
    page.get_by_role("button", name=name).click()
    page.get_by_role("link", name="Bồi dưỡng CCHC 2026").click()
    page.get_by_role("link", name=MODULE).click()
    return page.frame_locator("iframe.tool")


def is_as_wide_as_the_screen(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))
