"""The storage frame of the practice LMS, asked by a framed tool of another site as the standard wants it."""

import json
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page

from lti_tool.demo.servers import serve
from lti_tool.practice_lms import (
    STRICT,
    CoursePlan,
    PersonPlan,
    create_practice_lms,
    open_course,
    register_tool,
)
from lti_tool.practice_lms.course_plans import ActivityPlan
from lti_tool.practice_lms.database_file import work
from tests.factories.ports import find_free_port

#: Asks one question of a frame and shows the answer; what a tool does from its own script.
ASK = """
async ([subject, fields, target]) => {
  const frame = target ? window.parent.frames[target] : window.parent;
  const message_id = crypto.randomUUID();
  const answer = new Promise((resolve) => {
    window.addEventListener("message", (event) => {
      if (event.data.message_id === message_id) resolve(event.data);
    });
    setTimeout(() => resolve(null), 1500);
  });
  frame.postMessage({ subject, message_id, ...fields }, "*");
  return answer;
}
"""


def make_silent_tool() -> Flask:
    """A tool that shows an empty page for a login."""
    app = Flask("silent")
    app.post("/login")(lambda: "<p>Công cụ</p>")
    return app


@pytest.fixture
def framed(tmp_path: Path, chromium: Browser):
    """The frame of a tool in an activity of a strict LMS, the tool's own address, and the LMS's page."""
    tool_port, lms_port = find_free_port(), find_free_port()
    lms = create_practice_lms(
        tmp_path / "lms.sqlite", public_url=f"http://localhost:{lms_port}", profile=STRICT
    )
    tool_url = f"http://127.0.0.1:{tool_port}"
    person = PersonPlan("hoa", "CB-1", "Trần Thị", "Hoa", "Sở Nội vụ")
    plan = CoursePlan("A", "Khóa", (), (person,), (ActivityPlan("Bài", "", "cchc"),))
    with work(lms.extensions["practice_lms"].engine) as connection:
        tool = register_tool(
            connection,
            name="Công cụ",
            login_url=f"{tool_url}/login",
            redirect_uri=f"{tool_url}/launch",
            key_set_url=f"{tool_url}/keys",
        )
        open_course(connection, plan, tool_id=tool.tool_id)
    with (
        serve(make_silent_tool(), host="127.0.0.1", port=tool_port, option=""),
        serve(lms, host="localhost", port=lms_port, option=""),
        chromium.new_context() as context,
    ):
        page = context.new_page()
        page.goto(f"http://localhost:{lms_port}/sign-in")
        page.get_by_role("button", name="Trần Thị Hoa").click()
        page.goto(f"http://localhost:{lms_port}/activities/1")
        page.frame_locator("iframe.tool").get_by_text("Công cụ").wait_for()
        yield page


def ask(page: Page, subject: str, target: str | None = None, **fields):
    frame = page.frame(name="tool")
    assert frame is not None
    return frame.evaluate(ASK, [subject, fields, target])


@pytest.mark.browser
def test_the_page_around_the_tool_says_what_is_supported_and_where(framed):
    answer = ask(framed, "lti.capabilities")

    assert answer["subject"] == "lti.capabilities.response"
    assert {"subject": "lti.put_data", "frame": "lti_storage"} in answer["supported_messages"]


@pytest.mark.browser
def test_what_a_tool_puts_it_gets_back(framed):
    put = ask(framed, "lti.put_data", "lti_storage", key="state", value="bí mật")
    got = ask(framed, "lti.get_data", "lti_storage", key="state")
    missing = ask(framed, "lti.get_data", "lti_storage", key="other")

    assert put["subject"] == "lti.put_data.response"
    assert (got["key"], got["value"]) == ("state", "bí mật")
    assert missing["value"] is None


@pytest.mark.browser
def test_a_value_that_is_no_text_is_answered_with_an_error(framed):
    answer = ask(framed, "lti.put_data", "lti_storage", key="state", value=7)

    assert answer["error"]["code"] == "bad_request"


@pytest.mark.browser
def test_the_lms_s_own_page_is_no_registered_tool_and_gets_no_answer(framed):
    page_itself = framed.main_frame

    answer = page_itself.evaluate(ASK, ["lti.get_data", {"key": "state"}, "lti_storage"])

    assert json.dumps(answer) == "null"
