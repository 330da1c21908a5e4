"""Requests over kept connections, timed one by one; bounded in number and in seconds."""

import http.client
import itertools
import os
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from bench.lrs.server import Target

Request = tuple[str, str, bytes | None]


@dataclass(frozen=True)
class Cell:
    """What one kind of request cost.

    Attributes:
        latencies: seconds of each request, sorted.
        refused: answers other than 2xx.
        cpu_seconds: of the server and its database backends, all requests together.
        statements: written or read in all.
        load: of the machine, one minute, at the end.
    """

    latencies: list[float]
    refused: int
    seconds: float
    cpu_seconds: float
    statements: int
    load: float

    def percentile(self, share: float) -> float:
        """Milliseconds within which that share of the requests was answered."""
        if not self.latencies:
            return float("nan")
        return self.latencies[min(int(len(self.latencies) * share), len(self.latencies) - 1)] * 1000

    @property
    def cpu_ms_per_request(self) -> float:
        return self.cpu_seconds * 1000 / max(len(self.latencies), 1)

    @property
    def cpu_ms_per_statement(self) -> float:
        return self.cpu_seconds * 1000 / max(self.statements, 1)


def measure(
    target: Target,
    requests: Iterator[Request],
    *,
    connections: int,
    seconds: float,
    most: int,
    statements_each: int,
) -> Cell:
    """Sends requests until the time or the number is used up.

    Args:
        requests: method, path with query, body; shared by all connections.
        statements_each: how many statements one request carries.
    """
    requests = itertools.islice(requests, most)
    taking, latencies, refused = threading.Lock(), [], []
    deadline = time.monotonic() + seconds

    def send_one_after_another() -> None:
        ask = connection_to(target)
        while time.monotonic() < deadline:
            with taking:
                request = next(requests, None)
            if request is None:
                return
            began = time.perf_counter()
            status, body = ask(*request)
            latencies.append(time.perf_counter() - began)
            if not 200 <= status < 300:
                refused.append(body[:300])

    threads = [threading.Thread(target=send_one_after_another) for _ in range(connections)]
    cpu_began, began = target.cpu_seconds(), time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took, cpu = time.perf_counter() - began, target.cpu_seconds() - cpu_began
    if refused:
        print(f"  first refusal: {refused[0]!r}")
    done = (len(latencies) - len(refused)) * statements_each
    return Cell(sorted(latencies), len(refused), took, cpu, done, os.getloadavg()[0])


def connection_to(target: Target) -> Callable[[str, str, bytes | None], tuple[int, bytes]]:
    """A function that sends one request over a kept connection: method, path, body -> status, body."""
    place = urlsplit(target.address)
    connection = http.client.HTTPConnection(place.hostname or "127.0.0.1", place.port, timeout=120)
    headers = {
        "Authorization": target.authorization,
        "X-Experience-API-Version": "1.0.3",
        "Content-Type": "application/json",
    }

    def ask(method: str, path: str, body: bytes | None) -> tuple[int, bytes]:
        for attempt in (1, 2):
            try:
                connection.request(method, place.path + path, body=body, headers=headers)
                answer = connection.getresponse()
                return answer.status, answer.read()
            except (http.client.RemoteDisconnected, ConnectionError):
                # A server may close a connection that was idle between two cells.
                connection.close()
                if attempt == 2:
                    raise
        raise AssertionError

    return ask
