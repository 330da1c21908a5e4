"""The browser of these journeys is as strict as our learners' browsers: it blocks third-party cookies."""

import json

import pytest
from flask import Flask, redirect, request

from lti_tool.demo.servers import serve
from tests.factories.ports import find_free_port


def make_framed_app() -> Flask:
    """Sets two cookies and shows which of them came back."""
    app = Flask("framed")

    @app.get("/")
    def set_cookies():
        answer = redirect("/seen")
        answer.headers.add("Set-Cookie", "plain=1; Path=/; SameSite=None; Secure")
        answer.headers.add("Set-Cookie", "partitioned=1; Path=/; SameSite=None; Secure; Partitioned")
        return answer

    @app.get("/seen")
    def show_cookies():
        return f'<pre id="seen">{json.dumps(sorted(request.cookies))}</pre>'

    return app


def make_framing_app(framed_url: str) -> Flask:
    app = Flask("framing")
    app.get("/")(lambda: f'<iframe src="{framed_url}"></iframe>')
    return app


def cookies_that_come_back(chromium, *, framing_host: str) -> list[str]:
    """What the framed app at 127.0.0.1 gets to see when a page of `framing_host` frames it."""
    framed_port, framing_port = find_free_port(), find_free_port()
    framing_app = make_framing_app(f"http://127.0.0.1:{framed_port}/")
    framed = serve(make_framed_app(), host="127.0.0.1", port=framed_port, option="")
    framing = serve(framing_app, host=framing_host, port=framing_port, option="")
    with framed, framing, chromium.new_context() as context:
        page = context.new_page()
        page.goto(f"http://{framing_host}:{framing_port}/")
        return list(json.loads(page.frame_locator("iframe").locator("#seen").inner_text()))


@pytest.mark.browser
def test_across_sites_only_the_partitioned_cookie_comes_back(chromium):
    assert cookies_that_come_back(chromium, framing_host="localhost") == ["partitioned"]


@pytest.mark.browser
def test_on_one_site_both_cookies_come_back(chromium):
    assert cookies_that_come_back(chromium, framing_host="127.0.0.1") == ["partitioned", "plain"]
