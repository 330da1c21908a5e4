"""The question channel in a real browser: keyboard, axe-core, 360 px, light and dark; asked and answered."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page
from werkzeug.serving import make_server

from content_packages.experts.areas import CHANNEL
from content_packages.experts.models import ExpertQuestion
from content_packages.experts.routing import set_expert_areas
from content_packages.knowledge import publish_knowledge
from tests.factories.experts import AREA, TEXT, answer
from tests.factories.knowledge import make_source
from tests.factories.player import Classroom, open_classroom
from tests.factories.reports import PASSWORD, create_country, create_operators
from xapi_bridge.running_app import now, transaction

pytestmark = pytest.mark.browser

KNOWN = "nguoi xa khac nop ho so o xa toi duoc khong"
UNKNOWN = "Giá vé xem bóng đá tối nay bao nhiêu?"


@dataclass(frozen=True)
class Channel:
    """A served application, and the address of a learner's channel."""

    classroom: Classroom
    origin: str
    address: str
    lesson: str
    proof: tuple[str, str]

    def let_in(self, page: Page) -> None:
        """The browser keeps the proof that a launch leaves in it."""
        name, value = self.proof
        page.context.add_cookies([{"name": name, "value": value, "url": self.origin}])

    def answer_everything(self) -> None:
        """Experts answer what waits."""
        with self.classroom.app.app_context(), transaction() as session:
            for question in session.query(ExpertQuestion).filter_by(answered_at=None):
                answer(session, question, now=now())


@pytest.fixture
def channel(prepared_sqlite_file, tmp_path, clock) -> Iterator[Channel]:
    copy = tmp_path / "channel.sqlite"
    copy.write_bytes(prepared_sqlite_file.read_bytes())
    with open_classroom(f"sqlite:///{copy}", tmp_path, clock=clock) as classroom:
        with classroom.app.app_context(), transaction() as session:
            publish_knowledge(session, make_source(), by="test", now=now())
            create_operators(session, create_country(session))
            set_expert_areas(session, "expert", {AREA: True})
        server = make_server("127.0.0.1", 0, classroom.app, threaded=True)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        origin = f"http://127.0.0.1:{server.server_port}"
        learner = classroom.admit(package_id=CHANNEL, item="", bound=True)
        sealed, lesson = learner.sealed, classroom.admit(bound=True).sealed
        yield Channel(
            classroom,
            origin,
            f"{origin}/hoc/{sealed}/hoi-dap",
            f"{origin}/hoc/{lesson}/m/tong-quan/1",
            classroom.proof_of(learner),
        )
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture(params=["light", "dark"])
def page(request, chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context(
        viewport={"width": 360, "height": 740}, locale="vi-VN", color_scheme=request.param
    )
    opened = context.new_page()
    opened.set_default_timeout(20_000)
    yield opened
    context.close()


def look(page: Page, name: str) -> None:
    """The page is free of violations and needs no sideways scrolling."""
    report = Axe().run(page)
    assert report.violations_count == 0, f"{name}: {report.generate_report()}"
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= page.viewport_size["width"], f"{name}: {width} px wide"


def walk(page: Page, channel: Channel, look=look) -> None:
    """Every page of the channel once: search, send, read the answer, the lesson's panel, public, the desk."""
    channel.let_in(page)
    page.goto(channel.address)
    look(page, "start")
    page.goto(f"{channel.address}?q={KNOWN}")
    look(page, "answer")
    page.goto(f"{channel.address}?q={UNKNOWN}")
    look(page, "unknown")
    page.get_by_role("button", name="Gửi chuyên gia").click()
    page.get_by_label("Câu hỏi, một câu").fill(TEXT)
    page.get_by_label("Lĩnh vực").select_option(AREA)
    look(page, "ask")
    page.get_by_role("button", name="Gửi câu hỏi").click()
    if page.get_by_role("heading", name="Có thể đã có câu trả lời").is_visible():
        page.get_by_role("button", name="Gửi câu hỏi").click()
    page.get_by_text("Đã nhận câu hỏi").wait_for()
    look(page, "sent")
    _at_the_desk(page, channel, look)
    _read_the_answer(page, channel, look)


def _read_the_answer(page: Page, channel: Channel, look) -> None:
    channel.answer_everything()
    page.goto(channel.address)
    page.get_by_role("link", name="1 mới").click()
    look(page, "questions")
    page.get_by_role("link", name=TEXT).click()
    page.get_by_role("heading", name="Chuyên gia trả lời").wait_for()
    look(page, "question")
    page.goto(f"{channel.address}/van-ban/61/2018/NĐ-CP")
    look(page, "document")
    page.goto(channel.lesson)
    look(page, "lesson")
    page.goto(f"{channel.origin}/hoi-dap?q={KNOWN}&tat-ca=1")
    look(page, "public")


def _at_the_desk(page: Page, channel: Channel, look) -> None:
    page.goto(f"{channel.origin}/quan-tri/hoi-dap/")
    page.get_by_label("Tên đăng nhập").fill("administrator")
    page.get_by_label("Mật khẩu").fill(PASSWORD)
    page.get_by_role("button", name="Đăng nhập").click()
    page.get_by_role("link", name=TEXT).wait_for()
    look(page, "queue")
    page.get_by_role("link", name=TEXT).click()
    look(page, "desk")
    page.goto(f"{channel.origin}/quan-tri/hoi-dap/chuyen-gia")
    look(page, "experts")
    page.goto(f"{channel.origin}/quan-tri/hoi-dap/so-lieu")
    look(page, "report")


def test_every_page_is_accessible_and_narrow_in_light_and_dark(page, channel):
    walk(page, channel)


def test_suggestions_are_chosen_with_the_keyboard_alone(chromium, channel):
    page = chromium.new_page(locale="vi-VN")
    channel.let_in(page)
    page.goto(channel.address)

    page.get_by_role("combobox").focus()
    page.keyboard.type("nguoi o xa", delay=5)
    page.get_by_role("option").first.wait_for()
    look(page, "suggestions")
    page.keyboard.press("ArrowDown")
    chosen = page.get_by_role("combobox").get_attribute("aria-activedescendant")
    assert page.locator(f"#{chosen}").get_attribute("aria-selected") == "true"
    page.keyboard.press("Enter")

    page.get_by_role("heading", level=1, name="Người ở xã khác").wait_for()
    page.close()
