"""The practice LMS in a real browser: narrow screens, and the frames in which tools register and choose."""

import re
from pathlib import Path

import jwt
import pytest
from flask import Flask, render_template_string, request
from playwright.sync_api import Browser, Page

from lti_tool.demo.servers import serve
from lti_tool.practice_lms import (
    MOODLE,
    ActivityPlan,
    CoursePlan,
    PersonPlan,
    add_administrator,
    create_practice_lms,
    open_course,
    register_tool,
)
from lti_tool.practice_lms.database_file import work
from lti_tool.practice_lms.vocabulary import CLAIM, DEEP_LINKING
from tests.factories.lti import make_jwk, make_rsa_key
from tests.factories.ports import find_free_port

CLOSING = """<!doctype html><script>
window.parent.postMessage({subject: "org.imsglobal.lti.close"}, "*");
</script>"""
ANSWERING = """<!doctype html><form method="post" action="{{ address }}">
<input type="hidden" name="JWT" value="{{ token }}"><button>Gửi</button></form>"""


def make_framed_tool(lms_url: str) -> Flask:
    """A tool that closes its registration at once, and whose picker chooses two items."""
    app = Flask("framed-tool")
    key = make_rsa_key("framed-tool")
    app.get("/register", endpoint="register")(lambda: CLOSING)
    app.get("/keys", endpoint="keys")(lambda: {"keys": [make_jwk(key, "k1")]})

    @app.post("/login")
    def login():
        asked = {
            "scope": "openid",
            "response_type": "id_token",
            "response_mode": "form_post",
            "prompt": "none",
            "client_id": request.form["client_id"],
            "redirect_uri": f"{request.host_url}launch",
            "login_hint": request.form["login_hint"],
            "lti_message_hint": request.form["lti_message_hint"],
            "nonce": "n",
            "state": "s",
        }
        form = "".join(f'<input type="hidden" name="{name}">' for name in asked)
        return render_template_string(
            '<form method="post" action="{{ lms }}/lti/authorize">' + form + "<button>Tiếp</button></form>"
            "<script>const f = document.forms[0]; const asked = {{ asked | tojson }};"
            "for (const n in asked) f.elements[n].value = asked[n]; f.submit();</script>",
            lms=lms_url,
            asked=asked,
        )

    @app.post("/launch")
    def launch():
        claims = jwt.decode(request.form["id_token"], options={"verify_signature": False})
        settings = claims.get(DEEP_LINKING + "deep_linking_settings")
        if settings is None:
            return f"<h1>{claims[CLAIM + 'resource_link']['title']}</h1>"
        answer = {
            "iss": claims["aud"],
            "aud": claims["iss"],
            "iat": claims["iat"] - 5,
            "exp": claims["exp"],
            "nonce": "m",
            CLAIM + "message_type": "LtiDeepLinkingResponse",
            CLAIM + "version": "1.3.0",
            CLAIM + "deployment_id": claims[CLAIM + "deployment_id"],
            DEEP_LINKING + "content_items": [
                {"type": "ltiResourceLink", "title": title, "lineItem": {"scoreMaximum": 10}}
                for title in ("Bài đã chọn một", "Bài đã chọn hai")
            ],
        }
        token = jwt.encode(answer, key, algorithm="RS256", headers={"kid": "k1"})
        return render_template_string(ANSWERING, address=settings["deep_link_return_url"], token=token)

    return app


@pytest.fixture(scope="module")
def tool_and_lms(tmp_path_factory):
    """Addresses of a framed tool and of an LMS that plays Moodle."""
    tool_port, lms_port = find_free_port(), find_free_port()
    tool_url, lms_url = f"http://127.0.0.1:{tool_port}", f"http://localhost:{lms_port}"
    path: Path = tmp_path_factory.mktemp("lms") / "lms.sqlite"
    lms = create_practice_lms(path, public_url=lms_url, profile=MOODLE, visit=lambda _url: None)
    teacher = PersonPlan("hanh", "CB-1", "Lê Thị", "Hạnh", "Giảng viên")
    learner = PersonPlan("hoa", "CB-2", "Trần Thị", "Hoa", "Sở Nội vụ tỉnh Tuyên Quang")
    activities = (ActivityPlan("Cải cách thủ tục hành chính và cơ chế một cửa liên thông", "", "cchc"),)
    with work(lms.extensions["practice_lms"].engine) as connection:
        tool = register_tool(
            connection,
            name="Công cụ thử",
            login_url=f"{tool_url}/login",
            redirect_uri=f"{tool_url}/launch",
            key_set_url=f"{tool_url}/keys",
            deep_linking_url=f"{tool_url}/launch",
        )
        open_course(
            connection, CoursePlan("A", "Khóa học", (teacher,), (learner,), activities), tool_id=tool.tool_id
        )
        add_administrator(connection, PersonPlan("qt", "CB-0", "Quản trị", "LMS", "Quản trị"))
    with (
        serve(make_framed_tool(lms_url), host="127.0.0.1", port=tool_port, option=""),
        serve(lms, host="localhost", port=lms_port, option=""),
    ):
        yield tool_url, lms_url


@pytest.fixture
def page(chromium: Browser):
    with chromium.new_context(viewport={"width": 360, "height": 800}) as context:
        yield context.new_page()


def sign_in(page: Page, lms_url: str, name: str) -> None:
    page.goto(f"{lms_url}/sign-in")
    page.get_by_role("button", name=name).click()
    page.wait_for_load_state()


@pytest.mark.browser
@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("Quản trị LMS", "/administration/tools"),
        ("Quản trị LMS", "/administration/tools/1"),
        ("Quản trị LMS", "/administration/tools/new"),
        ("Lê Thị Hạnh", "/courses/1"),
        ("Lê Thị Hạnh", "/courses/1/people"),
        ("Lê Thị Hạnh", "/courses/1/grades"),
        ("Lê Thị Hạnh", "/activities/1"),
    ],
)
def test_no_page_scrolls_sideways_on_a_narrow_screen(page, tool_and_lms, name, path):
    sign_in(page, tool_and_lms[1], name)

    page.goto(f"{tool_and_lms[1]}{path}")

    assert page.evaluate("document.scrollingElement.scrollWidth") <= 360


@pytest.mark.browser
def test_when_the_tool_closes_its_registration_the_list_of_tools_comes_back(page, tool_and_lms):
    tool_url, lms_url = tool_and_lms
    sign_in(page, lms_url, "Quản trị LMS")
    page.get_by_label("Địa chỉ đăng ký do bên công cụ gửi").fill(f"{tool_url}/register")

    page.get_by_role("button", name="Thêm công cụ LTI Advantage").click()

    page.wait_for_url("**/administration/tools")


@pytest.mark.browser
def test_what_is_chosen_in_a_frame_of_another_site_lands_in_the_course(page, tool_and_lms):
    sign_in(page, tool_and_lms[1], "Lê Thị Hạnh")
    page.goto(f"{tool_and_lms[1]}/courses/1")
    page.get_by_role("button", name="Thêm nội dung từ Công cụ thử").click()
    page.frame_locator("iframe.tool").get_by_role("button", name="Gửi").click()

    page.get_by_role("button", name="Thêm vào khóa học").click()

    page.get_by_role("link", name="Bài đã chọn hai").click()
    page.frame_locator("iframe.tool").get_by_role("heading", name=re.compile("Bài đã chọn hai")).wait_for()
