"""Faults that real platforms have on bad days, switched on by tests and demonstrations; off at first."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from flask import Flask, Response, request


@dataclass
class Misbehaviour:
    """Switches; change them while the LMS runs.

    Attributes:
        paths: beginnings of the paths that are slow or answer otherwise.
        slow_seconds: how long an answer is held back.
        answer_status: answered instead of doing what was asked; 0: nothing.
        answers_html: an answer of HTML with status 200 instead of what was asked for.
        clock_ahead_seconds: how far the LMS's clock is ahead of everybody's; negative: behind.
        hides_key: the key set is published without the key that signs.
    """

    paths: tuple[str, ...] = ("/lti/",)
    slow_seconds: float = 0.0
    answer_status: int = 0
    answers_html: bool = False
    clock_ahead_seconds: float = 0.0
    hides_key: bool = False
    pause: Callable[[float], None] = field(default=time.sleep, repr=False)

    def clock(self, clock: Callable[[], datetime]) -> Callable[[], datetime]:
        """The LMS's clock: the true one, ahead by what the switch says at the time."""
        return lambda: clock() + timedelta(seconds=self.clock_ahead_seconds)


def misbehave_on_request(app: Flask, misbehaviour: Misbehaviour) -> None:
    """Lets the switches work on every request to `app`."""

    @app.before_request
    def misbehave() -> Response | None:
        if not request.path.startswith(misbehaviour.paths):
            return None
        if misbehaviour.slow_seconds:
            misbehaviour.pause(misbehaviour.slow_seconds)
        if misbehaviour.answer_status:
            return Response("<h1>Service fault</h1>", misbehaviour.answer_status, mimetype="text/html")
        if misbehaviour.answers_html:
            return Response("<h1>Under maintenance</h1>", 200, mimetype="text/html")
        return None
