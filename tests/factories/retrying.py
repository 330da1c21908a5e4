"""A client as we ask every sender to be: it fixes the ids, and sends a batch again until it is answered."""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import requests

from tests.factories.statements import make_properties
from tests.factories.waiting import wait_until

_PATIENCE_SECONDS = 120.0


@dataclass
class RetryingClient:
    """Posts batches of statements with fixed ids.

    Attributes:
        batch_sizes: asked for the size of each next batch.
        acknowledged: ids that were answered with 200, in order.
        attempts: requests sent, answered or not.
        refusals: answers that a sender must not get for good statements.
    """

    address: str
    auth: tuple[str, str]
    batch_sizes: Callable[[], int]
    acknowledged: list[str] = field(default_factory=list)
    attempts: int = 0
    refusals: list[tuple[int, str]] = field(default_factory=list)

    def send_until(self, stopping: threading.Event) -> None:
        """Sends batch after batch, each until it is answered, until `stopping` is set."""
        while not stopping.is_set():
            self.send_batch()

    def send_batch(self) -> None:
        """Sends one batch until it is answered."""
        self._send_until_answered([make_properties(id=str(uuid4())) for _ in range(self.batch_sizes())])

    def _send_until_answered(self, batch: list[dict[str, Any]]) -> None:
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while time.monotonic() < deadline:
            self.attempts += 1
            status, text = self._post(batch)
            if status == 200:
                self.acknowledged += [one["id"] for one in batch]
                return
            if status is not None and status not in {429, 502, 503, 507}:
                self.refusals.append((status, text[:300]))
                return
            time.sleep(0.05)
        self.refusals.append((0, "no answer in time"))

    def _post(self, batch: list[dict[str, Any]]) -> tuple[int | None, str]:
        # A connection of its own each time: the server at the other end may have died.
        try:
            answer = requests.post(
                f"{self.address}/xapi/statements",
                json=batch,
                auth=self.auth,
                headers={"X-Experience-API-Version": "1.0.3"},
                timeout=30,
            )
        except requests.RequestException:
            return None, ""
        return answer.status_code, answer.text


@contextmanager
def sending(clients: Sequence[RetryingClient]) -> Iterator[None]:
    """Every client sends in a thread of its own until the block ends; what was begun is finished."""
    stopping = threading.Event()
    threads = [threading.Thread(target=client.send_until, args=(stopping,)) for client in clients]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stopping.set()
        for thread in threads:
            thread.join()


def wait_for_more(clients: Sequence[RetryingClient], count: int) -> None:
    """Waits until so many statements more are acknowledged."""
    goal = count_acknowledged(clients) + count
    assert wait_until(lambda: count_acknowledged(clients) >= goal, seconds=_PATIENCE_SECONDS)


def count_acknowledged(clients: Sequence[RetryingClient]) -> int:
    """Statements that were answered with 200, of all clients."""
    return sum(len(client.acknowledged) for client in clients)
