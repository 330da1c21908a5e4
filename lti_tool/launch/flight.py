"""One attempt to log in or to launch, as it is watched: which checks it passed and where it stopped. Pure.

The views begin it, the checklist tells it how far it came, `lti_tool.launch.flight_records` keeps it.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Literal

Step = Literal["login", "launch"]
CheckResult = Literal["passed", "failed", "not_reached"]
Outcome = Literal["sent_on", "laddered", "opened", "refused", "broken"]

#: No vowels, so that no word arises; none of the letters that are taken for one another or for a digit.
ALPHABET: Final = "BCDFGHJKMNPQRTVWXZ"
CODE_LENGTH: Final = 8

LOGIN_CHECKS: Final = ("size", "fields", "target", "registration", "login_kept", "browser")
LAUNCH_CHECKS: Final = (
    "size",
    "state",
    "registration",
    "platform_answer",
    "format",
    "nonce",
    "audience",
    "signature",
    "times",
    "deployment",
    "message",
    "browser",
    "single_use",
    "content",
)


def make_code() -> str:
    """A code that a person can read out over the telephone."""
    return "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH))


def shown_code(code: str) -> str:
    """The code as pages show it: in two groups."""
    return f"{code[:4]}-{code[4:]}"


def read_code(typed: str) -> str:
    """The code as it is kept, from however it was typed."""
    return "".join(letter for letter in typed.upper() if letter in ALPHABET)[:CODE_LENGTH]


@dataclass
class Flight:
    """What is known of an attempt by now.

    Attributes:
        code: support code; the learner's error page shows it.
        begun: reading of a monotonic clock, in seconds.
        state: of the login; kept only as a digest.
        rung: how the browser was recognized; see `lti_tool.launch.ladder`.
        header, claims: of the message, from the moment that it could be read, verified or not.
    """

    step: Step
    started_at: datetime
    begun: float
    browser: str = ""
    placed: str = ""
    code: str = field(default_factory=make_code)
    registration_id: int | None = None
    issuer: str = ""
    authorization_url: str = ""
    state: str = ""
    rung: str = ""
    role: str = ""
    header: Mapping[str, Any] = field(default_factory=dict)
    claims: Mapping[str, Any] = field(default_factory=dict)
    outcome: Outcome = "broken"
    error_code: str = ""
    _reached: int = -1
    _is_over: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """The checks of this step, in their order."""
        return LOGIN_CHECKS if self.step == "login" else LAUNCH_CHECKS

    def begin_check(self, name: str) -> None:
        """The checks before this one were passed."""
        self._reached = self.names.index(name)

    def saw_message(self, header: Mapping[str, Any], claims: Mapping[str, Any]) -> None:
        """The message could be read; whether it is true is not known yet."""
        self.header, self.claims = header, claims

    def end(self, outcome: Outcome) -> None:
        """All checks up to here were passed."""
        self.outcome, self._is_over = outcome, True

    def refuse(self, error_code: str) -> None:
        """The check that is running failed."""
        self.outcome, self.error_code, self._is_over = "refused", error_code, False

    def checks(self) -> list[tuple[str, CheckResult]]:
        """Every check with its result."""
        return [(name, self._result(place)) for place, name in enumerate(self.names)]

    def _result(self, place: int) -> CheckResult:
        if place < self._reached or (place == self._reached and self._is_over):
            return "passed"
        return "failed" if place == self._reached else "not_reached"
