"""A small LMS on a real port: a course page frames the tool, a teacher chooses, and the LMS keeps what comes.

It stands at `localhost` and the tool at 127.0.0.1: to a browser these are two sites.
"""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import jwt
import requests
from flask import Flask, request
from jwt import PyJWKSet
from markupsafe import Markup, escape

from tests.factories.lti import (
    DL,
    LTI,
    FakePlatform,
    make_ags,
    make_claims,
    make_deep_linking_changes,
    make_jwk,
)


@dataclass
class ChoosingLms:
    """One course of one LMS.

    Attributes:
        settings: what the next deep linking requests say differently.
        items: content items that came with verified answers, in order.
        answers: the claims of the answers.
    """

    port: int
    tool_url: str
    settings: dict[str, Any] = field(default_factory=dict)
    items: list[dict[str, Any]] = field(default_factory=list)
    answers: list[dict[str, Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.url = f"http://localhost:{self.port}"
        self.platform = FakePlatform(issuer=self.url)
        self.asked: dict[str, dict[str, Any]] = {}

    def app(self) -> Flask:
        app = Flask("choosing_lms")
        app.get("/keys")(self.show_keys)
        app.get("/course")(self.show_course)
        app.get("/choose")(self.ask_for_content)
        app.get("/open/<int:number>")(self.open_item)
        app.route("/auth", methods=["GET", "POST"])(self.answer_login)
        app.post("/chosen")(self.take_answer)
        return app

    def show_keys(self) -> dict[str, Any]:
        return {"keys": [make_jwk(self.platform.key, self.platform.kid)]}

    def ask_for_content(self) -> str:
        settings = {"deep_link_return_url": f"{self.url}/chosen", **self.settings}
        return self.begin(make_deep_linking_changes(**settings), "/lti/launch")

    def show_course(self) -> str:
        frame = escape(request.args.get("frame", "/choose"))
        return (
            f'<!doctype html><title>Khóa học</title><iframe src="{frame}" width="100%" height="640"></iframe>'
        )

    def open_item(self, number: int) -> str:
        item = self.items[number]
        changes = {
            "custom": item["custom"],
            "resource_link": {"id": str(100 + number), "title": item["title"]},
            "ags": make_ags(lineitem=f"{self.url}/items/{number}/lineitem") if "lineItem" in item else None,
        }
        return self.begin(changes, item["url"])

    def begin(self, changes: dict[str, Any], target: str) -> str:
        """The login initiation, as a form that posts itself."""
        address = target if target.startswith("http") else f"{self.tool_url}{target}"
        hint = str(len(self.asked))
        self.asked[hint] = {"target_link_uri": address, **changes}
        fields = {
            "iss": self.url,
            "target_link_uri": address,
            "login_hint": "3",
            "lti_message_hint": hint,
            "client_id": self.platform.client_id,
            "lti_deployment_id": self.platform.deployment_id,
        }
        return posting_form(f"{self.tool_url}/lti/login", fields)

    def answer_login(self) -> str:
        claims = make_claims(
            self.platform,
            nonce=request.values["nonce"],
            now=datetime.now(UTC),
            **self.asked[request.values["lti_message_hint"]],
        )
        fields = {"state": request.values["state"], "id_token": self.platform.sign(claims)}
        return posting_form(request.values["redirect_uri"], fields)

    def take_answer(self) -> str:
        """Verifies with the tool's key set over the network, then shows what it got."""
        keys = PyJWKSet.from_dict(requests.get(f"{self.tool_url}/lti/jwks.json", timeout=10).json())
        token = request.form["JWT"]
        kid = jwt.get_unverified_header(token)["kid"]
        claims = jwt.decode(token, keys[kid].key, algorithms=["RS256"], audience=self.url)
        assert claims[LTI + "message_type"] == "LtiDeepLinkingResponse"
        self.answers.append(claims)
        self.items += claims[DL + "content_items"]
        return self.show_items()

    def show_items(self) -> str:
        rows = Markup("").join(
            Markup('<li data-column="{}">{}</li>').format(json.dumps("lineItem" in item), item["title"])
            for item in self.items
        )
        return f'<!doctype html><h1>Đã thêm {len(self.items)} mục</h1><ol id="items">{rows}</ol>'


def posting_form(address: str, fields: dict[str, str]) -> str:
    inputs = Markup("").join(
        Markup('<input type="hidden" name="{}" value="{}">').format(name, value)
        for name, value in fields.items()
    )
    return Markup(
        '<!doctype html><form id="on" method="post" action="{}">{}<button>Tiếp</button></form>'
        "<script>document.getElementById('on').submit()</script>"
    ).format(address, inputs)
