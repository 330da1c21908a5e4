"""The played person's browser treats cookies and forms as real ones do."""

from types import SimpleNamespace

import pytest
from flask import Flask, redirect, request

from lti_tool.demo.browser import Browser
from lti_tool.demo.errors import PageNotAsExpected
from lti_tool.demo.farewell import address_list
from lti_tool.demo.history import LrsKey
from lti_tool.demo.installation import open_installation
from lti_tool.demo.servers import serve
from tests.factories.ports import find_free_port


def make_site() -> Flask:
    site = Flask("site")

    @site.get("/")
    def set_cookie():
        answer = redirect("/form")
        answer.set_cookie("bound", "1", secure=True, samesite="None", partitioned=True)
        return answer

    @site.get("/form")
    def post_on():
        hidden = '<input type="hidden" name="state" value="s-1">'
        return f'<form id="post-on" method="post" action="/end">{hidden}</form>'

    @site.post("/end")
    def end():
        return f"<p>{request.form['state']} {request.cookies.get('bound')} {request.headers['Origin']}</p>"

    @site.get("/loop")
    def loop():
        return '<form id="post-on" method="post" action="/loop"></form>'

    site.add_url_rule("/loop", "loop_again", loop, methods=["POST"])
    return site


@pytest.fixture
def site_url():
    port = find_free_port()
    with serve(make_site(), host="127.0.0.1", port=port, option=""):
        yield f"http://127.0.0.1:{port}"


@pytest.fixture
def browser():
    opened = Browser()
    yield opened
    opened.close()


def test_secure_cookies_come_back_over_http_on_this_machine_and_forms_post_themselves(site_url, browser):
    page = browser.open(f"{site_url}/")

    assert page.words == f"s-1 1 {site_url}"
    assert browser.address == f"{site_url}/end"


def test_a_refusal_stops_with_what_the_page_says(site_url, browser):
    with pytest.raises(PageNotAsExpected, match="/nowhere answered 404"):
        browser.open(f"{site_url}/nowhere")


def test_forms_that_post_themselves_for_ever_are_given_up(site_url, browser):
    with pytest.raises(PageNotAsExpected, match="posting themselves"):
        browser.open(f"{site_url}/loop")


def test_the_farewell_names_every_address_and_what_opens_it(tmp_path):
    installation = open_installation(tmp_path, tool_port=8111, lms_port=8222)
    house = SimpleNamespace(installation=installation, data_dir=tmp_path)

    told = address_list(house, LrsKey("khoa", "bi-mat"))

    assert "http://localhost:8222/" in told
    assert "http://127.0.0.1:8111/thong-ke/" in told
    assert "http://127.0.0.1:8111/quan-tri/" in told
    assert "http://127.0.0.1:8111/hoi-dap" in told
    assert installation.analyst_password in told
    assert "curl -u 'khoa:bi-mat'" in told
