"""A record store behind a door that fails: our own xAPI door on a loopback port."""

import io
import json
import random
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.wrappers import Request, Response

Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class HostileDoor:
    """Stands before a record store, and answers for it as the seed decides.

    Attributes:
        posts: how many POSTs came.
        bad: share of POSTs that go wrong, 0.0 to 1.0.
        most_bytes: larger bodies are answered with 413.
        slow_seconds: how long a POST takes that "times out".
    """

    def __init__(self, store: Wsgi, *, seed: int, bad: float = 0.4, slow_seconds: float = 1.0) -> None:
        self._store = store
        self._random = random.Random(seed)
        self._lock = threading.Lock()
        self.bad = bad
        self.slow_seconds = slow_seconds
        self.most_bytes = 20_000
        self.posts = 0
        self.kinds: dict[str, int] = {}

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        request = Request(environ)
        if request.method != "POST":
            return self._store(environ, start_response)
        body = request.get_data(cache=True)
        with self._lock:
            self.posts += 1
            kind = self._draw(len(body))
            self.kinds[kind] = self.kinds.get(kind, 0) + 1
        answer = getattr(self, f"_answer_{kind}")(environ, body)
        return answer(environ, start_response)

    def _draw(self, size: int) -> str:
        if size > self.most_bytes:
            return "too_large"
        if self._random.random() >= self.bad:
            return "well"
        return self._random.choice(["broken", "busy", "conflict", "page", "lost", "slow", "half_lost"])

    def _answer_well(self, environ: dict[str, Any], body: bytes) -> Response:
        return Response.from_app(self._store, environ | {"wsgi.input": _again(body)})

    def _answer_broken(self, environ: dict[str, Any], body: bytes) -> Response:
        return Response("Internal Server Error", status=500)

    def _answer_busy(self, environ: dict[str, Any], body: bytes) -> Response:
        return Response("slow down", status=429, headers={"Retry-After": "1"})

    def _answer_conflict(self, environ: dict[str, Any], body: bytes) -> Response:
        return Response(json.dumps({"error": "conflict"}), status=409)

    def _answer_too_large(self, environ: dict[str, Any], body: bytes) -> Response:
        return Response("too large", status=413)

    def _answer_page(self, environ: dict[str, Any], body: bytes) -> Response:
        return Response("<html><body>Sign in to the network</body></html>", mimetype="text/html")

    def _answer_lost(self, environ: dict[str, Any], body: bytes) -> Response:
        """Stored, but the answer is another one."""
        self._answer_well(environ, body)
        return Response("Bad Gateway", status=502)

    def _answer_half_lost(self, environ: dict[str, Any], body: bytes) -> Response:
        """Stored, but the answer breaks off."""
        self._answer_well(environ, body)
        return Response(b'["6690e6c9', headers={"Content-Length": "100"})

    def _answer_slow(self, environ: dict[str, Any], body: bytes) -> Response:
        """Stored, but nobody waits so long for the answer."""
        time.sleep(self.slow_seconds)
        return self._answer_well(environ, body)


def _again(body: bytes) -> Any:
    return io.BytesIO(body)


class _Quiet(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"

    def log(self, *_arguments: object) -> None:
        """The test's output stays quiet."""


@contextmanager
def serving(application: Wsgi, *, port: int = 0) -> Iterator[str]:
    """The application on a loopback port; gives its address."""
    server = make_server("127.0.0.1", port, application, threaded=True, request_handler=_Quiet)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
