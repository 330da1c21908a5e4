"""A tiny LMS for browsers: a course page with a frame, single-use hints, and storage for tools if wanted.

It lives at localhost and the tool at 127.0.0.1: for a browser these are two sites.
"""

import json
import secrets
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from flask import Flask, abort, render_template_string, request
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from lti_tool.app import create_app
from lti_tool.database import create_database_engine
from lti_tool.demo.servers import serve
from lti_tool.settings import Settings
from tests.factories.launches import make_review_claims
from tests.factories.lti import SECRET, FakePlatform, create_package, create_platform, make_claims, make_jwk
from tests.factories.ports import find_free_port
from xapi_bridge.running_app import lend, running_app

_COURSE = """<!doctype html><title>Khóa học</title><h1>Khóa học thử</h1>
<a id="window" href="/begin?{{ query }}">Mở bài</a>
{% if framed %}
<iframe name="tool" title="Bài học" width="340" height="560" src="/begin?{{ query }}"></iframe>
{% endif %}
{% if storage %}<script src="/storage.js?tool={{ tool_origin|urlencode }}"></script>{% endif %}"""

_POST_ON = """<!doctype html><title>Đang chuyển</title><form id="on" method="post" action="{{ action }}">
{% for name, value in fields.items() %}<input type="hidden" name="{{ name }}" value="{{ value }}">{% endfor %}
</form><script>document.getElementById("on").submit();</script>"""

_STORAGE = """const kept = new Map(); window.asked = [];
window.addEventListener("message", function (event) {
  if (event.origin !== %(tool)s) { return; }
  const message = event.data; window.asked.push(message.subject);
  const answer = {subject: message.subject + ".response", message_id: message.message_id, key: message.key};
  if (message.subject === "lti.put_data") {
    kept.set(event.origin + message.key, message.value); answer.value = message.value;
  }
  else if (message.subject === "lti.get_data") { answer.value = kept.get(event.origin + message.key); }
  else { return; }
  event.source.postMessage(answer, event.origin);
});"""


@dataclass
class BrowserPlatform:
    """The LMS, and what it saw.

    Attributes:
        refused_hints: how often a hint came a second time; an LMS such as Moodle shows an error page then.
    """

    fake: FakePlatform
    tool_origin: str
    clock: Callable[[], datetime]
    hints: set[str] = field(default_factory=set)
    refused_hints: int = 0

    def make_app(self) -> Flask:
        """Its pages."""
        app = Flask("test-platform")
        app.get("/course")(self.show_course)
        app.get("/begin")(self.begin)
        app.route("/auth", methods=["GET", "POST"])(self.authorize)
        app.get("/keys")(self.show_keys)
        app.get("/storage.js")(self.send_storage)
        app.get("/return")(self.show_course)
        return app

    def show_course(self) -> str:
        return render_template_string(
            _COURSE,
            query=request.query_string.decode(),
            framed="framed" in request.args,
            storage="storage" in request.args,
            tool_origin=self.tool_origin,
        )

    def show_keys(self) -> dict[str, Any]:
        return {"keys": [make_jwk(self.fake.key, self.fake.kid)]}

    def send_storage(self) -> tuple[str, dict[str, str]]:
        return _STORAGE % {"tool": json.dumps(self.tool_origin)}, {"Content-Type": "text/javascript"}

    def begin(self) -> str:
        hint = secrets.token_hex(8)
        self.hints.add(hint)
        fields = {
            "iss": self.fake.issuer,
            "client_id": self.fake.client_id,
            "target_link_uri": f"{self.tool_origin}/lti/launch",
            "login_hint": request.args.get("user", "5"),
            "lti_message_hint": json.dumps({"launchid": hint, "review": request.args.get("review", "")}),
        }
        if "storage" in request.args:
            fields["lti_storage_target"] = request.args["storage"]
        return render_template_string(_POST_ON, action=f"{self.tool_origin}/lti/login", fields=fields)

    def authorize(self) -> str:
        hint = json.loads(request.values["lti_message_hint"])
        if hint["launchid"] not in self.hints:
            self.refused_hints += 1
            abort(404)
        self.hints.remove(hint["launchid"])
        user = request.values["login_hint"]
        how: dict[str, Any] = {
            "nonce": request.values["nonce"],
            "now": self.clock(),
            "target_link_uri": f"{self.tool_origin}/lti/launch",
        }
        if hint["review"]:
            claims = make_review_claims(self.fake, for_user={"user_id": hint["review"]}, **how)
        else:
            claims = make_claims(self.fake, sub=user, name=f"Người học {user}", **how)
        fields = {"state": request.values["state"], "id_token": self.fake.sign(claims)}
        return render_template_string(_POST_ON, action=request.values["redirect_uri"], fields=fields)


@dataclass(frozen=True)
class Stage:
    """Both servers, and the tool's database."""

    tool: str
    lms: str
    platform: BrowserPlatform
    engine: Engine


@contextmanager
def set_stage(folder: Path, *, clock: Callable[[], datetime]) -> Iterator[Stage]:
    """Serves tool and LMS while the block runs."""
    tool_port, lms_port = find_free_port(), find_free_port()
    tool, lms = f"http://127.0.0.1:{tool_port}", f"http://localhost:{lms_port}"
    fake = FakePlatform(issuer=lms)
    database_url = f"sqlite:///{folder / 'tool.sqlite'}"
    app = create_app(
        Settings(database_url=database_url, tool_url=tool, secret_key=SECRET, private_networks_allowed=True)
    )
    with app.app_context():
        running = running_app()
    lend(app, replace(running, clock=clock))
    engine = create_database_engine(database_url)
    with Session(engine) as session, session.begin():
        create_platform(session, fake, now=clock())
        create_package(session, now=clock())
    platform = BrowserPlatform(fake, tool, clock)
    with ExitStack() as stack:
        stack.callback(engine.dispose)
        stack.callback(running.engine.dispose)
        stack.enter_context(serve(app, host="127.0.0.1", port=tool_port, option=""))
        stack.enter_context(serve(platform.make_app(), host="localhost", port=lms_port, option=""))
        yield Stage(tool, lms, platform, engine)
