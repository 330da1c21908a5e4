"""A page of another site asks the public knowledge base in Chromium and shows the answer with its basis."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import create_engine
from sqlalchemy.orm import Session
from werkzeug.serving import make_server
from werkzeug.wrappers import Response

from content_packages.knowledge import publish_knowledge
from tests.factories.knowledge import make_source
from tests.factories.lti import open_tool
from tests.factories.ports import find_free_port

pytestmark = pytest.mark.browser

#: What a site would write: it knows the address of the API and nothing else of us.
PAGE = """<!doctype html><html lang="vi"><title>Cổng của tỉnh</title>
<h2 id="answer"></h2><ul id="basis"></ul>
<script>
const asked = encodeURIComponent("nguoi xa khac nop ho so o xa toi duoc khong");
fetch("{api}/search?q=" + asked).then((reply) => reply.json()).then((found) => {
  const answer = found.answer;
  document.querySelector("#basis").replaceChildren(...answer.citations.map((one) => {
    const line = document.createElement("li");
    line.textContent = one.ref;
    return line;
  }));
  document.querySelector("#answer").textContent = answer.text;
}).catch((failed) => { document.querySelector("#answer").textContent = "Không đọc được: " + failed.name; });
</script></html>"""


@contextmanager
def served(application: Any, port: int) -> Iterator[str]:
    server = make_server("127.0.0.1", port, application, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.mark.parametrize("is_named", [True, False], ids=["named", "not named"])
def test_only_a_named_site_shows_the_answer(prepared_sqlite_file, tmp_path, clock, chromium, is_named):
    database_url = f"sqlite:///{tmp_path / 'public.sqlite'}"
    (tmp_path / "public.sqlite").write_bytes(prepared_sqlite_file.read_bytes())
    with Session(create_engine(database_url)) as session, session.begin():
        publish_knowledge(session, make_source(), by="test", now=clock())
    tool_port, site_port = find_free_port(), find_free_port()
    named = f"http://127.0.0.1:{site_port}" if is_named else "https://caicachhanhchinh.gov.vn"
    html = PAGE.replace("{api}", f"http://127.0.0.1:{tool_port}/api/hoi-dap")

    with (
        open_tool(database_url, clock=clock, public_knowledge_origins=named) as app,
        served(app, tool_port),
        served(Response(html, mimetype="text/html"), site_port) as site,
    ):
        page = chromium.new_context(locale="vi-VN").new_page()
        page.goto(site)
        page.wait_for_function("document.querySelector('#answer').textContent")
        shown = page.locator("#answer").inner_text()
        basis = page.locator("#basis li").all_inner_texts()
        page.context.close()

    if is_named:
        assert "không phụ thuộc nơi cư trú" in shown
        assert "118/2025/NĐ-CP" in basis
    else:
        assert shown == "Không đọc được: TypeError"
        assert basis == []
