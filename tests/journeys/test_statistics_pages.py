"""In Chromium: pages of statistics are clean for axe-core, fit a phone, and open by keyboard."""

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from threading import Thread

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page
from sqlalchemy.orm import Session
from werkzeug.serving import make_server

from lti_tool.database import create_database_engine
from tests.factories.lti import open_tool
from tests.factories.reports import PASSWORD, Country, create_country, create_operators

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
PAGES = (
    "/thong-ke/",
    "/thong-ke/don-vi/{old_province}?ngay=2025-06-30",
    "/thong-ke/don-vi/{province}?ngay=2025-06-30&theo=hien-nay",
    "/thong-ke/don-vi/{province}/dien-bien?ky=thang",
    "/thong-ke/don-vi/{nation}/xep-hang",
    "/thong-ke/don-vi/{nation}/ma-tran",
    "/thong-ke/don-vi/{province}/chi-so",
    "/thong-ke/don-vi/{nation}/hinh-thuc",
    "/thong-ke/don-vi/{province}/viec-can-lam",
    "/thong-ke/don-vi/{province}/danh-sach",
    "/thong-ke/so-sanh?don-vi={province}&don-vi={ministry}",
    "/thong-ke/ban-do",
    "/thong-ke/cung-cap",
)


@pytest.fixture(scope="module")
def country(prepared_sqlite_file, tmp_path_factory) -> Iterator[tuple[str, Country]]:
    """Address of a running tool with a small country, and the country."""
    path = tmp_path_factory.mktemp("statistics") / "country.sqlite"
    shutil.copy(prepared_sqlite_file, path)
    engine = create_database_engine(f"sqlite:///{path}")
    with Session(engine) as session, session.begin():
        made = create_country(session)
        create_operators(session, made)
    engine.dispose()
    with open_tool(f"sqlite:///{path}", clock=lambda: NOW) as app:
        server = make_server("127.0.0.1", 0, app, threaded=True)
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}", made
        server.shutdown()
        thread.join()


@pytest.fixture
def page(chromium: Browser, country, width: int, scheme: str) -> Iterator[Page]:
    address, _ = country
    options = {"locale": "vi-VN", "viewport": {"width": width, "height": 800}, "color_scheme": scheme}
    with chromium.new_context(**options) as context:
        opened = context.new_page()
        opened.goto(f"{address}/quan-tri/dang-nhap")
        opened.get_by_label("Tên đăng nhập").fill("administrator")
        opened.get_by_label("Mật khẩu").fill(PASSWORD)
        opened.get_by_role("button", name="Đăng nhập").click()
        opened.wait_for_url("**/thong-ke/**")
        yield opened


@pytest.mark.browser
@pytest.mark.parametrize(("width", "scheme"), [(360, "light"), (1280, "dark")])
def test_every_page_is_clean_for_axe_and_fits_the_screen(page, country, width):
    address, made = country
    wrong = []
    for path in PAGES:
        page.goto(address + path.format(**vars(made)))
        assert page.locator("h1").count() == 1, path
        for violation in Axe().run(page).response["violations"]:
            wrong += [f"{path}: {violation['id']}: {node['html'][:160]}" for node in violation["nodes"]]
        if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            wrong.append(f"{path}: scrolls sideways")

    assert not wrong, "\n".join(wrong)


@pytest.mark.browser
@pytest.mark.parametrize(("width", "scheme"), [(1280, "light")])
def test_the_map_leads_to_a_province_by_keyboard(page, country):
    address, made = country
    page.goto(f"{address}/thong-ke/ban-do")
    tile = page.get_by_role("list", name="Các tỉnh, từ bắc xuống nam").get_by_role("link").first
    tile.focus()
    assert tile.evaluate("one => one.matches(':focus-visible') || document.activeElement === one")
    page.keyboard.press("Enter")

    page.wait_for_url(f"**/thong-ke/don-vi/{made.province}")
    picture = page.get_by_role("img", name="Tỷ lệ được cung cấp kiến thức và lộ trình đến năm 2030")
    assert picture.evaluate("one => one.complete && one.naturalWidth > 0")
