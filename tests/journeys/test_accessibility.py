"""axe-core finds nothing in the console, in the picker, on error pages and in the practice LMS."""

from collections.abc import Iterator
from urllib.parse import urljoin, urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Frame, Page

from lti_tool.demo.preparing import ADMINISTRATOR

#: Pages that end the visit or hand over a file.
LEFT_OUT = ("dang-xuat", "sign-out", "/static/", "/tep", ".json", ".csv", ".xlsx", "/lti/")
MOST_PAGES = 60


class Checked:
    """What axe-core said of the pages that were looked at."""

    def __init__(self) -> None:
        self.addresses: list[str] = []
        self.violations: list[str] = []
        self._axe = Axe()

    def look_at(self, page: Page | Frame) -> None:
        self.addresses.append(urlsplit(page.url).path)
        for violation in self._axe.run(page).response["violations"]:
            for node in violation["nodes"]:
                found = f"{violation['id']}: {node['html'][:160]} | {node['failureSummary']}"
                self.violations.append(f"{self.addresses[-1]}: {found}")


@pytest.fixture
def page(chromium: Browser, scheme: str) -> Iterator[Page]:
    options = {"locale": "vi-VN", "viewport": {"width": 360, "height": 740}}
    with chromium.new_context(color_scheme=scheme, **options) as context:
        yield context.new_page()


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(house, page):
    checked = Checked()

    look_at_refusals(page, house, checked)
    look_at_practice_lms(page, house, checked)
    look_at_console(page, house, checked)

    assert len(checked.addresses) > 30, checked.addresses
    assert not checked.violations, "\n".join(checked.violations)


def look_at_refusals(page: Page, house, checked: Checked) -> None:
    tool = house.installation.tool_url
    for path in ("/", "/lti/login", "/lti/launch", "/khong-co-trang-nay", "/quan-tri/dang-nhap"):
        page.goto(f"{tool}{path}")
        checked.look_at(page)


def look_at_practice_lms(page: Page, house, checked: Checked) -> None:
    """As a teacher: the course, its people and grades, a lesson in its frame, and the picker."""
    lms = house.installation.lms_url
    page.goto(lms)
    checked.look_at(page)
    page.get_by_role("button", name="Giảng viên").first.click()
    page.wait_for_load_state()
    course = walk(page, lms, checked, most=20)
    page.goto(next(address for address in course if address.endswith("/courses/1")))
    page.get_by_role("button", name="Thêm nội dung từ").click()
    page.frame_locator("iframe").get_by_role("heading", level=1).first.wait_for()
    for frame in page.frames:
        checked.look_at(frame)


def look_at_console(page: Page, house, checked: Checked) -> None:
    tool = house.installation.tool_url
    page.goto(f"{tool}/quan-tri/dang-nhap")
    page.get_by_label("Tên đăng nhập").fill(ADMINISTRATOR)
    page.get_by_label("Mật khẩu").fill(house.installation.administrator_password)
    page.get_by_role("button", name="Đăng nhập").click()
    page.wait_for_load_state()
    walk(page, f"{tool}/quan-tri", checked, most=MOST_PAGES)


def walk(page: Page, begin: str, checked: Checked, *, most: int) -> list[str]:
    """Looks at the open page and those it leads to, one of each shape, with their frames; their addresses."""
    waiting, seen = [page.url], {shape_of(page.url)}
    visited: list[str] = []
    while waiting and len(visited) < most:
        address = waiting.pop(0)
        visited.append(address)
        page.goto(address)
        page.wait_for_load_state("networkidle")
        for frame in page.frames:
            checked.look_at(frame)
        for link in page.eval_on_selector_all("a[href]", "links => links.map(one => one.href)"):
            leads_on = link.startswith(begin) and not any(part in link for part in LEFT_OUT)
            if leads_on and shape_of(link) not in seen:
                seen.add(shape_of(link))
                waiting.append(urljoin(address, link))
    return visited


def shape_of(address: str) -> str:
    """The path with numbers and ids left out: two pages of one template look alike to axe-core."""
    parts = urlsplit(address).path.split("/")
    return "/".join("#" if part.isupper() or any(map(str.isdigit, part)) else part for part in parts)
