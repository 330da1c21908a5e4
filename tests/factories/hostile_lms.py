"""An LMS whose gradebook fails in every way that was met, as a seed decides; a WSGI application."""

import json
import random
import re
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from werkzeug.wrappers import Request, Response

#: How a post of a score can go wrong.
FAULTS = ("error", "busy", "page", "false_conflict", "stored_then_error", "stored_then_dropped", "slow")
_SCORES = re.compile(r"/items/(?P<item>[^/]+)/lineitem/(?P<service>scores|results)")


class HostileLms:
    """Takes scores as strict LMSs do: compared in whole seconds, 409 for what is not later.

    Attributes:
        bad: share of the posts that go wrong, 0.0 to 1.0.
        slow_seconds: how long a slow post takes; longer than the tool waits.
        grades: (column, learner) -> (second, share).
        accepted: (column, learner, second, share), one for each score that was taken.
        kinds: how many posts went how.
    """

    def __init__(self, *, seed: int, bad: float = 0.4, slow_seconds: float = 1.0) -> None:
        self._random = random.Random(seed)
        self._lock = threading.Lock()
        self.bad = bad
        self.slow_seconds = slow_seconds
        self.grades: dict[tuple[str, str], tuple[int, float]] = {}
        self.accepted: list[tuple[str, str, int, float]] = []
        self.kinds: Counter[str] = Counter()

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        request = Request(environ)
        body = request.get_data(cache=True)
        return self._answer(request, body)(environ, start_response)

    def _answer(self, request: Request, body: bytes) -> Response:
        if request.path == "/token":
            return self._token()
        found = _SCORES.fullmatch(request.path)
        if found is None:
            return Response("no such address", status=404)
        if found["service"] == "results":
            return self._results(found["item"], request.args.get("user_id"))
        return self._score(request, found["item"], json.loads(body))

    def _token(self) -> Response:
        if self._goes_wrong(0.05):
            return Response("<html>maintenance</html>", status=503)
        return _json({"access_token": "t", "expires_in": 20})

    def _results(self, item: str, user_id: str | None) -> Response:
        if self._goes_wrong(0.1):
            return Response("<!DOCTYPE html><html>oops</html>", status=500, mimetype="text/html")
        with self._lock:
            shown = [
                {"userId": user, "resultScore": share * 10, "resultMaximum": 10}
                for (column, user), (_second, share) in self.grades.items()
                if column == item and user_id in {None, user}
            ]
        return _json(shown)

    def _score(self, request: Request, item: str, score: dict[str, Any]) -> Response:
        kind = self._draw()
        if kind == "error":
            return Response("Internal Server Error", status=500)
        if kind == "busy":
            return Response("slow down", status=429, headers={"Retry-After": "1"})
        if kind == "page":
            return Response("<!DOCTYPE html><html>not here</html>", status=404, mimetype="text/html")
        if kind == "false_conflict":
            return Response("Conflict", status=409)
        if kind == "slow":
            time.sleep(self.slow_seconds)
        answer = self._take(item, score)
        if kind == "stored_then_error":
            return Response("Bad Gateway", status=502)
        if kind == "stored_then_dropped":
            request.environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
        return answer

    def _take(self, item: str, score: dict[str, Any]) -> Response:
        assert score["gradingProgress"] == "FullyGraded"
        second = int(datetime.fromisoformat(score["timestamp"]).timestamp())
        share = score["scoreGiven"] / score["scoreMaximum"]
        place = (item, score["userId"])
        with self._lock:
            held = self.grades.get(place)
            if held is not None and second <= held[0]:
                return Response("Conflict", status=409)
            self.grades[place] = (second, share)
            self.accepted.append((*place, second, share))
        return Response("", status=200)

    def _goes_wrong(self, share: float) -> bool:
        with self._lock:
            return self.bad > 0 and self._random.random() < share

    def _draw(self) -> str:
        with self._lock:
            kind = self._random.choice(FAULTS) if self._random.random() < self.bad else "well"
            self.kinds[kind] += 1
        return kind


def _json(content: Any) -> Response:
    # As Moodle does: JSON that calls itself a page.
    return Response(json.dumps(content), mimetype="text/html")
