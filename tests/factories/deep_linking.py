"""A teacher at the picker, and the LMS that reads what comes back; everything by plain requests."""

import html
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import jwt
from jwt import PyJWKSet
from werkzeug.test import TestResponse

from tests.factories.lti import (
    DL,
    TOOL,
    Browser,
    FakePlatform,
    make_ags,
    make_claims,
    make_deep_linking_changes,
)


@dataclass
class Picker:
    """One choice of content in one tab."""

    browser: Browser
    path: str

    @property
    def key(self) -> str:
        return self.path.split("/")[2]

    def get(self, below: str = "", **query: str) -> TestResponse:
        return self.browser.client.get(f"{self.path}{below}", query_string=query, base_url=TOOL)

    def post(self, below: str, **fields: str) -> TestResponse:
        return self.browser.client.post(f"{self.path}{below}", data=fields, base_url=TOOL)

    def choose(self, *contents: str) -> None:
        for content in contents:
            answer = self.post("gio", do="add", content=content)
            assert answer.status_code == 303, answer.text

    def set_up(self, do: str = "save", /, **fields: str) -> TestResponse:
        """Posts the settings as the page shows them, with changed fields named `content|field`."""
        shown = read_fields(self.get("cai-dat").text)
        sent = {name: value for name, value in (shown | fields | {"do": do}).items() if value is not None}
        return self.browser.client.post(f"{self.path}cai-dat", data=sent, base_url=TOOL)


def open_picker(browser: Browser, **settings: Any) -> Picker:
    """A teacher clicks "select content" in the LMS."""
    answer = request_choice(browser, **settings)
    assert answer.status_code == 303, answer.text
    return Picker(browser, urlsplit(answer.headers["Location"]).path)


def request_choice(
    browser: Browser, *, changes: dict[str, Any] | None = None, **settings: Any
) -> TestResponse:
    """The LMS's deep linking request, with changed settings and changed claims."""
    asked = browser.begin()
    changed = {**make_deep_linking_changes(**settings), **(changes or {})}
    claims = make_claims(browser.platform, nonce=asked["nonce"], now=browser.clock(), **changed)
    return browser.post(asked["state"], browser.platform.sign(claims))


def read_fields(page: str) -> dict[str, str]:
    """What a browser would post of the settings' fields, without any button."""
    fields: dict[str, str] = {}
    for tag in re.findall(r"<input [^>]*>", page):
        name, value = _attribute(tag, "name"), _attribute(tag, "value")
        unticked = 'type="checkbox"' in tag and " checked" not in tag
        if "|" in name and not unticked:
            fields[name] = value
    for opening, text in re.findall(r"(<textarea [^>]*>)(.*?)</textarea>", page, re.DOTALL):
        fields[_attribute(opening, "name")] = html.unescape(text)
    for opening, inside in re.findall(r"(<select [^>]*>)(.*?)</select>", page, re.DOTALL):
        chosen = re.search(r'<option value="([^"]*)" selected', inside)
        fields[_attribute(opening, "name")] = html.unescape(chosen[1]) if chosen else ""
    return fields


def _attribute(tag: str, name: str) -> str:
    found = re.search(rf'\b{name}="([^"]*)"', tag)
    return html.unescape(found[1]) if found else ""


@dataclass(frozen=True)
class SentAnswer:
    """What the LMS gets: where the form goes, and the claims, their signature checked with our key set."""

    action: str
    claims: dict[str, Any]
    header: dict[str, Any]

    @property
    def items(self) -> list[dict[str, Any]]:
        return self.claims[DL + "content_items"]


def read_answer(browser: Browser, answer: TestResponse) -> SentAnswer:
    """The answer as the LMS verifies it."""
    assert answer.status_code == 200, answer.text
    form = re.search(r'<form id="send-back".*?</form>', answer.text, re.DOTALL)
    assert form is not None, answer.text
    token = _attribute(re.search(r'<input type="hidden" name="JWT"[^>]*>', form[0])[0], "value")
    keys = PyJWKSet.from_dict(browser.client.get("/lti/jwks.json", base_url=TOOL).json)
    header = jwt.get_unverified_header(token)
    claims = jwt.decode(
        token,
        keys[header["kid"]].key,
        algorithms=["RS256"],
        audience=browser.platform.issuer,
        options={"verify_exp": False, "verify_iat": False},
    )
    return SentAnswer(_attribute(form[0], "action"), claims, header)


def launch_item(
    browser: Browser, item: dict[str, Any], *, resource_link_id: str = "70", **changes: Any
) -> TestResponse:
    """The LMS launches an item that it was given, with a column of its own where it asked for one."""
    asked = browser.begin(target_link_uri=item["url"])
    column = {"ags": make_ags(lineitem=f"https://lms.example.test/items/{resource_link_id}/lineitem")}
    usual: dict[str, Any] = {
        "target_link_uri": item["url"],
        "custom": dict(item["custom"]),
        "resource_link": {"id": resource_link_id, "title": item["title"]},
        **(column if "lineItem" in item else {}),
    }
    claims = make_claims(browser.platform, nonce=asked["nonce"], now=browser.clock(), **{**usual, **changes})
    return browser.post(asked["state"], browser.platform.sign(claims))


def other_platform() -> FakePlatform:
    """A second LMS with keys of its own name."""
    return FakePlatform(issuer="https://other.example.test", client_id="client-at-the-other")
