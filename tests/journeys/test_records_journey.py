"""From a search to a statement to a file, as an analyst walks it in Chromium, by keyboard and on a phone."""

import csv
import io
import os
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from lti_tool.demo.preparing import ANALYST
from tests.factories.learning import make_completed, make_result
from xapi_bridge.running_app import transaction
from xapi_bridge.store.record import record_statements
from xapi_bridge.vocabulary import cchc

#: Where pictures go, when somebody wants to look at them.
PICTURES = os.environ.get("JOURNEY_PICTURES", "")


@pytest.fixture(scope="module")
def records(house) -> list[str]:
    """Sixty statements of three accounts, so that there are two pages."""
    at = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
    learned = [make_completed(f"hoc-vien-{number % 3}", "m1", at=at) for number in range(58)]
    learned += [make_result(0.85, "hoc-vien-1", "m1", at=at), make_result(0.4, "hoc-vien-2", "m1", at=at)]
    with house.tool.app_context(), transaction() as session:
        authority = cchc.tool_authority(str(house.settings.iri_base))
        return [
            str(one)
            for one in record_statements(session, learned, authority=authority, now=datetime.now(UTC))
        ]


def sign_in(page: Page, house) -> None:
    page.goto(f"{house.installation.tool_url}/ban-ghi/")
    page.get_by_label("Tên đăng nhập").fill(ANALYST)
    page.get_by_label("Mật khẩu").fill(house.installation.analyst_password)
    page.get_by_role("button", name="Đăng nhập").click()


def take_picture(page: Page, name: str) -> None:
    if PICTURES:
        page.screenshot(path=Path(PICTURES) / f"{name}.png", full_page=True)


def overflows(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"))


@pytest.mark.browser
def test_an_analyst_searches_reads_exports_and_fetches(house, chromium: Browser, records, tmp_path):
    with chromium.new_context(locale="vi-VN", viewport={"width": 1280, "height": 900}) as context:
        page = context.new_page()
        sign_in(page, house)
        expect(page.locator(".record")).to_have_count(50)
        take_picture(page, "search-1280")

        page.get_by_role("link", name="Cũ hơn").click()
        expect(page.locator(".record")).to_have_count(10)
        page.get_by_role("link", name="Mới hơn").click()
        page.get_by_label("Việc", exact=True).select_option(label="đã đạt")
        page.get_by_role("button", name="Tìm").click()
        expect(page.locator(".record")).to_have_count(1)
        expect(page.locator(".record-words")).to_contain_text("8,5/10 điểm")

        page.locator(".record-facts a").click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("đã đạt bài kiểm tra")
        assert records[58] in page.locator("pre").inner_text()
        take_picture(page, "statement-1280")
        page.get_by_role("link", name="Bản ghi trước của người này").click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("đã hoàn thành")

        page.goto(f"{house.installation.tool_url}/ban-ghi/")
        page.get_by_role("button", name="Xuất", exact=True).click()
        take_picture(page, "exports-1280")
        link = page.get_by_role("link", name="Tải về")
        expect(link).to_be_visible()
        take_picture(page, "exported-1280")
        with page.expect_download() as download:
            link.click()
        download.value.save_as(tmp_path / "records.csv")

    text = (tmp_path / "records.csv").read_text("utf-8-sig")
    assert [row["Mã bản ghi"] for row in csv.DictReader(io.StringIO(text, newline=""))] == records


@pytest.mark.browser
def test_a_name_is_chosen_with_the_keyboard(house, chromium: Browser, records):
    with chromium.new_context(locale="vi-VN") as context:
        page = context.new_page()
        sign_in(page, house)
        field = page.get_by_role("combobox", name="Đơn vị, kể cả đơn vị trực thuộc")

        field.press_sequentially("tinh tuyen quang", delay=20)
        expect(page.get_by_role("option").first).to_be_visible()
        take_picture(page, "suggestions")
        first = page.get_by_role("option").first.get_attribute("data-label")
        field.press("ArrowDown")
        assert field.get_attribute("aria-activedescendant")
        field.press("Enter")
        expect(field).to_have_value(first)
        field.press("Enter")

        page.wait_for_url(re.compile(r"[?&]don-vi=\d+"))


@pytest.mark.browser
@pytest.mark.parametrize("address", ["/ban-ghi/", "/ban-ghi/{first}", "/ban-ghi/xuat"])
def test_pages_fit_a_phone(house, chromium: Browser, records, address):
    with chromium.new_context(locale="vi-VN", viewport={"width": 360, "height": 740}) as context:
        page = context.new_page()
        sign_in(page, house)

        page.goto(house.installation.tool_url + address.format(first=records[0]))

        take_picture(page, f"phone{address.replace('/', '-').format(first='statement')}")
        assert not overflows(page)


@pytest.mark.browser
def test_everything_works_without_scripts(house, chromium: Browser, records):
    with chromium.new_context(locale="vi-VN", java_script_enabled=False) as context:
        page = context.new_page()
        sign_in(page, house)

        page.get_by_label("Đơn vị, kể cả đơn vị trực thuộc").fill("tuyen quang")
        page.get_by_role("button", name="Tìm").click()

        expect(page.get_by_role("heading", level=1)).to_have_text("Bản ghi học tập")
        assert page.get_by_label("Đơn vị, kể cả đơn vị trực thuộc").input_value()
