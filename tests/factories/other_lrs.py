"""Another record store as a pull sees it: pages by script, refusals, clocks of its own."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from tests.factories.statements import make_properties
from xapi_bridge.lrs_account import LrsAccount, LrsCheck, RemotePage
from xapi_bridge.remote_errors import RemoteAccessRefused

BEGIN = datetime(2026, 11, 1, tzinfo=UTC)


def stamped(second: float, **given: Any) -> bytes:
    """A statement as the other store serves it, stored so many seconds after BEGIN."""
    stored = (BEGIN + timedelta(seconds=second)).isoformat(timespec="microseconds").replace("+00:00", "Z")
    authority = {"account": {"homePage": "https://other.example", "name": "lrs"}}
    properties = make_properties(
        **{"id": str(uuid4()), "timestamp": stored, "stored": stored, "authority": authority, **given}
    )
    return json.dumps(properties).encode()


def stored_of(raw: bytes) -> datetime:
    return datetime.fromisoformat(json.loads(raw)["stored"])


@dataclass
class OtherLrs:
    """A store that keeps the rules, with as many statements as it is given; fills `RemoteLrs`.

    Attributes:
        consistent_through: what it says; None when it is silent; by default the newest `stored`.
        before_page: called before each answer; may raise, or add statements.
        asked: the parameters of each first page.
    """

    statements: list[bytes] = field(default_factory=list)
    page_size: int = 2
    consistent_through: Callable[[], datetime | None] | None = None
    before_page: Callable[[int], None] = lambda _number: None
    asked: list[Mapping[str, Any]] = field(default_factory=list)
    pages: int = 0
    _known_more: dict[str, tuple[datetime | None, int]] = field(default_factory=dict)

    def read_page(self, account: LrsAccount, *, since: datetime | None = None, **asked: Any) -> RemotePage:
        self.asked.append({"since": since, **asked})
        return self._page(since, 0)

    def read_more(self, account: LrsAccount, more: str) -> RemotePage:
        if more not in self._known_more:
            raise RemoteAccessRefused("The address has expired.", status=404)
        return self._page(*self._known_more[more])

    def forget_more(self) -> None:
        self._known_more.clear()

    def check(self, account: LrsAccount) -> LrsCheck:
        return LrsCheck(("1.0.3",), may_read=True)

    def _page(self, since: datetime | None, offset: int) -> RemotePage:
        self.pages += 1
        self.before_page(self.pages)
        ordered = sorted(self.statements, key=stored_of)
        matching = [one for one in ordered if since is None or stored_of(one) > since]
        end = offset + self.page_size
        more = ""
        if len(matching) > end:
            more = f"/more/{uuid4()}"
            self._known_more[more] = (since, end)
        newest = stored_of(ordered[-1]) if ordered else BEGIN
        told = self.consistent_through() if self.consistent_through else newest
        return RemotePage(tuple(matching[offset:end]), more, told)


@dataclass
class ScriptedLrs:
    """A store that answers what a test wrote, whatever it is asked; the last answer repeats."""

    answers: Sequence[RemotePage | Exception]
    calls: int = 0

    def read_page(self, account: LrsAccount, **asked: Any) -> RemotePage:
        return self._next()

    def read_more(self, account: LrsAccount, more: str) -> RemotePage:
        return self._next()

    def _next(self) -> RemotePage:
        answer = self.answers[min(self.calls, len(self.answers) - 1)]
        self.calls += 1
        if isinstance(answer, Exception):
            raise answer
        return answer
