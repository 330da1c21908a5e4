"""An organisation's sign-in (OpenID Connect) on the loopback: a real server that a test can make lie."""

import base64
import hashlib
import json
import secrets
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt

from tests.factories.lti import make_jwk, make_rsa_key

CLIENT_ID, CLIENT_SECRET = "cchc-console", "secret-of-the-client"


@dataclass
class SignOnIssuer:
    """Attributes: `person` signs in next; `lies` replace claims of the id_token (None leaves one out).

    `described` replaces members of the discovery document, `key` signs, `down` answers nonsense.
    """

    address: str
    clock: Callable[[], datetime]
    person: dict[str, Any] = field(default_factory=lambda: {"sub": "s-1", "preferred_username": "an.nv"})
    lies: dict[str, Any] = field(default_factory=dict)
    described: dict[str, Any] = field(default_factory=dict)
    header: dict[str, Any] = field(default_factory=dict)
    algorithm: str = "RS256"
    key: Any = field(default_factory=lambda: make_rsa_key("issuer"))
    down: bool = False
    asked: dict[str, dict[str, str]] = field(default_factory=dict)
    forms: list[dict[str, str]] = field(default_factory=list)

    def authorize(self, address: str) -> dict[str, str]:
        """The person signs in at the address that the browser was sent to; returns what comes back."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        code = secrets.token_urlsafe(8)
        self.asked[code] = asked
        return {"code": code, "state": asked["state"]}

    def description(self) -> dict[str, Any]:
        return {
            "issuer": self.address,
            "authorization_endpoint": f"{self.address}/authorize",
            "token_endpoint": f"{self.address}/token",
            "jwks_uri": f"{self.address}/keys",
        } | self.described

    def exchange(self, form: dict[str, str]) -> tuple[int, dict[str, Any]]:
        """The token endpoint: a code works once, for its client, its address and its PKCE verifier."""
        self.forms.append(form)
        asked = self.asked.pop(form.get("code", ""), None)
        if asked is None or form.get("client_secret") != CLIENT_SECRET:
            return 400, {"error": "invalid_grant"}
        digest = hashlib.sha256(form["code_verifier"].encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        if challenge != asked["code_challenge"] or form["redirect_uri"] != asked["redirect_uri"]:
            return 400, {"error": "invalid_grant"}
        return 200, {"token_type": "Bearer", "access_token": "x", "id_token": self.id_token(asked["nonce"])}

    def id_token(self, nonce: str) -> str:
        present = int(self.clock().timestamp())
        claims = {
            "iss": self.address,
            "aud": CLIENT_ID,
            "iat": present,
            "exp": present + 300,
            "auth_time": present,
            "nonce": nonce,
            **self.person,
            **self.lies,
        }
        kept = {name: value for name, value in claims.items() if value is not None}
        header = {"kid": "rsa-1", **self.header}
        return jwt.encode(
            kept,
            self.key,
            algorithm=self.algorithm,
            headers={name: value for name, value in header.items() if value is not None},
        )


@contextmanager
def running_sign_on(clock: Callable[[], datetime]) -> Iterator[SignOnIssuer]:
    """The issuer, serving until the block ends."""

    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path == "/keys":
                self.answer(200, {"keys": [make_jwk(make_rsa_key("issuer"), "rsa-1", alg=None)]})
            else:
                self.answer(200, issuer.description())

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            self.answer(*issuer.exchange({name: values[0] for name, values in parse_qs(body).items()}))

        def answer(self, status: int, content: dict[str, Any]) -> None:
            body = b"<html>" if issuer.down else json.dumps(content).encode()
            self.send_response(503 if issuer.down else status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_arguments: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    issuer = SignOnIssuer(f"http://127.0.0.1:{server.server_port}", clock)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield issuer
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
