"""A forge outside the tool: an LMS on a port of its own that signs what it is told, and a plain browser.

Nothing of the tool is used: what the tool answers is all that can be seen.
"""

import hmac
import json
import re
import threading
import time
from base64 import urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import jwt
import requests
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from flask import Flask, Response

from tests.factories.lti import INSTRUCTOR, LTI, make_jwk, make_rsa_key


@dataclass
class ForgedLms:
    """One made-up LMS.

    Attributes:
        issuer: its address, under which its key set is.
        kid: of the key that signs; `publishes` is what the key set shows.
        key_set: what answers at the key set's address, when not the usual thing.
    """

    issuer: str
    client_id: str
    deployment_id: str = "1"
    kid: str = "forge-1"
    key: rsa.RSAPrivateKey = field(default_factory=lambda: make_rsa_key("forge"))
    key_set: Callable[[], Response] | None = None

    def sign(self, claims: Any, *, key: Any = None, algorithm: str = "RS256", **header: Any) -> str:
        """A token; `kid=None` leaves the key id out."""
        headers = {name: value for name, value in ({"kid": self.kid} | header).items() if value is not None}
        return jwt.encode(claims, key or self.key, algorithm=algorithm, headers=headers)

    def sign_nothing(self, claims: Any) -> str:
        """A token that names no algorithm and has no signature."""
        return f"{_part({'alg': 'none', 'kid': self.kid})}.{_part(claims)}."

    def sign_with_public_key(self, claims: Any) -> str:
        """A token signed by HMAC with what everybody knows: the public key."""
        public = self.key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        signed = f"{_part({'alg': 'HS256', 'kid': self.kid})}.{_part(claims)}"
        signature = hmac.digest(public, signed.encode(), "sha256")
        return f"{signed}.{urlsafe_b64encode(signature).decode().rstrip('=')}"

    def rotate(self) -> None:
        """Signs with, and publishes, another key from now on."""
        self.kid, self.key = "forge-2", make_rsa_key("forge-2")


def _part(content: Any) -> str:
    return urlsafe_b64encode(json.dumps(content).encode()).decode().rstrip("=")


def make_forge_app(known: dict[str, ForgedLms]) -> Flask:
    """Serves the key set of every forged LMS at `/<name>/keys`."""
    app = Flask("forge")

    @app.get("/<name>/keys")
    def show_keys(name: str) -> Response | dict[str, Any]:
        lms = known[name]
        return lms.key_set() if lms.key_set else {"keys": [make_jwk(lms.key, lms.kid)]}

    return app


@dataclass
class PlainBrowser:
    """Walks from a forged LMS into the tool; keeps the cookies that the tool gives it."""

    tool_url: str
    lms: ForgedLms
    cookies: dict[str, str] = field(default_factory=lambda: {"cchc_frame": "1"})

    def send(self, method: str, path: str, **more: Any) -> requests.Response:
        """One request; the cookies are sent by hand, as they are Secure and the tool speaks plain http."""
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        address = path if path.startswith("http") else f"{self.tool_url}{path}"
        answer = requests.request(
            method, address, headers={"Cookie": cookies}, allow_redirects=False, timeout=30, **more
        )
        for cookie in answer.cookies:
            self.cookies[cookie.name] = cookie.value or ""
        return answer

    def login(self, **changes: str | None) -> requests.Response:
        """The LMS announces a launch; a change to None leaves a field out."""
        fields = {
            "iss": self.lms.issuer,
            "target_link_uri": self.target,
            "login_hint": "5",
            "lti_message_hint": '{"cmid":2,"launchid":"forged"}',
            "client_id": self.lms.client_id,
            "lti_deployment_id": self.lms.deployment_id,
        } | changes
        return self.send("POST", "/lti/login", data={k: v for k, v in fields.items() if v is not None})

    @property
    def target(self) -> str:
        """The whole curriculum."""
        return f"{self.tool_url}/lti/launch?content=cchc"

    def begin(self) -> dict[str, str]:
        """A login, and what the tool asks the LMS."""
        answer = self.login()
        assert answer.status_code == 302, answer.text
        return dict(parse_qsl(urlsplit(answer.headers["Location"]).query))

    def post(self, state: str | None, id_token: str | None, **more: str) -> requests.Response:
        """The message arrives."""
        fields = {"state": state, "id_token": id_token} | more
        sent = {name: value for name, value in fields.items() if value is not None}
        return self.send("POST", "/lti/launch", data=sent)

    def claims(self, asked_nonce: str, *, role: str, **changes: Any) -> dict[str, Any]:
        """A whole message; changes are full names, and None leaves one out."""
        now = int(time.time())
        whole: dict[str, Any] = {
            "iss": self.lms.issuer,
            "aud": self.lms.client_id,
            "sub": "5",
            "iat": now,
            "exp": now + 60,
            "nonce": asked_nonce,
            "name": "Trần Thị Thử",
            "given_name": "Thử",
            "family_name": "Trần Thị",
            "email": "thu@example.test",
            f"{LTI}message_type": "LtiResourceLinkRequest",
            f"{LTI}version": "1.3.0",
            f"{LTI}deployment_id": self.lms.deployment_id,
            f"{LTI}target_link_uri": self.target,
            f"{LTI}roles": [role],
            f"{LTI}resource_link": {"id": "7", "title": "Bài thử"},
            f"{LTI}context": {"id": "2", "label": "THU", "title": "Khóa thử", "type": ["CourseSection"]},
        } | changes
        return {name: value for name, value in whole.items() if value is not None}

    def launch(
        self, *, role: str = INSTRUCTOR, sign: Callable[[Any], str] | None = None, **changes: Any
    ) -> requests.Response:
        """Login and message."""
        asked = self.begin()
        claims = self.claims(asked["nonce"], role=role, **changes)
        return self.post(asked["state"], (sign or self.lms.sign)(claims))

    def another(self) -> "PlainBrowser":
        """A second browser at the same LMS."""
        return PlainBrowser(self.tool_url, self.lms)


def code_of(answer: requests.Response) -> str:
    """The code that a refusal's page shows; empty when the page is none."""
    found = re.search(r"<code>([a-z0-9_]+)</code>", answer.text)
    return found[1] if found else ""


def at_once(*calls: Callable[[], requests.Response]) -> list[requests.Response]:
    """What several requests get that set off together."""
    start, answers = threading.Barrier(len(calls)), []

    def run(call: Callable[[], requests.Response]) -> None:
        start.wait()
        answers.append(call())

    threads = [threading.Thread(target=run, args=(call,)) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


@dataclass
class CaseReport:
    """What each case got, as a table."""

    rows: list[tuple[str, str, str]] = field(default_factory=list)

    def note(self, case: str, answer: requests.Response) -> None:
        """Keeps one answer."""
        outcome = "opened" if answer.status_code == 303 else "refused"
        self.rows.append((case, f"{outcome} {answer.status_code}", code_of(answer)))

    def text(self) -> str:
        """The table, a line for each case."""
        widths = [max(len(row[column]) for row in self.rows) for column in range(3)]
        lines = [
            "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in self.rows
        ]
        return "\n".join(["", "Certification cases from outside", *lines])
