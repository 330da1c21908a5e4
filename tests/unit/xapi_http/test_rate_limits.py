"""Counters that all processes of a machine share, and what happens when they cannot be reached."""

import multiprocessing
from pathlib import Path

import pytest
from limits.errors import StorageError

from xapi_bridge.http.rate_limits import FileStorage, RateLimits, open_rate_limits


class Seconds:
    """A clock in seconds that moves when a test says so."""

    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


class BrokenStorage(FileStorage):
    """As Redis when its server is gone."""

    STORAGE_SCHEME = None

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        raise StorageError(OSError("gone"))


@pytest.fixture
def clock():
    return Seconds()


@pytest.fixture
def limits(tmp_path, clock):
    return RateLimits(FileStorage(tmp_path / "counters.sqlite", clock=clock), clock=clock)


def test_what_is_over_the_limit_waits_for_the_end_of_the_minute(limits, clock):
    first = [limits.seconds_to_wait("a", per_minute=3) for _ in range(3)]
    clock.now += 20

    assert first == [None, None, None]
    assert limits.seconds_to_wait("a", per_minute=3) == 40
    clock.now += 40
    assert limits.seconds_to_wait("a", per_minute=3) is None


def test_names_are_counted_apart(limits):
    assert limits.seconds_to_wait("a", per_minute=1) is None
    assert limits.seconds_to_wait("b", per_minute=1) is None
    assert limits.seconds_to_wait("a", per_minute=1) is not None


def test_counters_that_are_over_leave_the_file(tmp_path, clock):
    storage = FileStorage(tmp_path / "counters.sqlite", clock=clock)
    for number in range(50):
        storage.incr(f"old-{number}", 60)

    clock.now += 1000
    storage.incr("new", 60)

    assert storage.reset() == 1


def count_in_a_process(path: str, times: int) -> None:
    limits = open_rate_limits(redis_url=None, file=Path(path))
    for _ in range(times):
        limits.seconds_to_wait("shared", per_minute=1_000_000)


def test_no_use_is_lost_among_processes(tmp_path):
    path = tmp_path / "counters.sqlite"
    context = multiprocessing.get_context("spawn")
    processes = [context.Process(target=count_in_a_process, args=(str(path), 200)) for _ in range(3)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(timeout=60)

    storage = FileStorage(path)
    names = [row[0] for row in storage._connection().execute("SELECT name FROM counter")]
    assert [process.exitcode for process in processes] == [0, 0, 0]
    assert [storage.get(name) for name in names] == [600]


def test_a_process_counts_alone_while_the_shared_counters_are_gone(tmp_path, clock):
    limits = RateLimits(BrokenStorage(tmp_path / "x.sqlite", clock=clock), clock=clock)

    answers = [limits.seconds_to_wait("a", per_minute=2) for _ in range(3)]

    assert answers[:2] == [None, None]
    assert answers[2] is not None


def test_a_folder_that_cannot_be_made_is_no_reason_to_be_out_of_service(tmp_path):
    (tmp_path / "file").write_text("no folder")

    limits = open_rate_limits(redis_url=None, file=tmp_path / "file" / "counters.sqlite")

    assert limits.seconds_to_wait("a", per_minute=1) is None
    assert limits.seconds_to_wait("a", per_minute=1) is not None
