"""An issuer of bearer tokens on the loopback: a real server with a key set, which a test can break."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec
from jwt.algorithms import ECAlgorithm

from tests.factories.lti import make_jwk, make_rsa_key

AUDIENCE = "https://lrs.example.test/xapi"


@dataclass
class TokenIssuer:
    """Attributes: keys are published as they are; status is what the key set's address answers."""

    address: str
    keys: list[dict[str, Any]] = field(default_factory=list)
    status: int = 200
    asked: int = 0
    rsa: Any = field(default_factory=lambda: make_rsa_key("issuer"))
    ec: Any = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    def __post_init__(self) -> None:
        self.publish()

    def publish(self, kid: str = "rsa-1") -> None:
        """The key set: an RSA key for any RSA algorithm and an EC key."""
        elliptic = ECAlgorithm.to_jwk(self.ec.public_key(), as_dict=True) | {"kid": "ec-1", "use": "sig"}
        self.keys = [make_jwk(self.rsa, kid, alg=None), elliptic]

    def sign(
        self, claims: dict[str, Any], *, algorithm: str = "RS256", key: Any = None, **header: Any
    ) -> str:
        """A token; a claim or header that is None is left out."""
        kid = "ec-1" if algorithm.startswith("ES") else "rsa-1"
        headers = {"kid": kid, "typ": "at+jwt"} | header
        kept = {name: value for name, value in claims.items() if value is not None}
        key = key or (self.ec if algorithm.startswith("ES") else self.rsa)
        return jwt.encode(
            kept,
            key,
            algorithm=algorithm,
            headers={name: value for name, value in headers.items() if value is not None},
        )


@contextmanager
def running_issuer() -> Iterator[TokenIssuer]:
    """The issuer, serving until the block ends."""

    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            issuer.asked += 1
            body = json.dumps({"keys": issuer.keys}).encode()
            self.send_response(issuer.status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_arguments: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    issuer = TokenIssuer(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield issuer
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
