"""Seconds and CPU of this process and of its PostgreSQL backends."""

import os
import resource
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Engine, text

T = TypeVar("T")
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass
class Meter:
    """Prints one line per measurement.

    On PostgreSQL the backends are those of this database; parallel workers are switched off in the benchmark,
    because a worker that ended is in nobody's account.
    """

    engine: Engine
    lines: list[str] = field(default_factory=list)

    @contextmanager
    def measure(self, what: str) -> Iterator[None]:
        """Wall and CPU seconds of a block."""
        backends, own, began = self._backends(), time.process_time(), time.perf_counter()
        yield
        took, cpu = time.perf_counter() - began, time.process_time() - own
        spent = self._backends() - backends
        self.say(
            f"{what:58} {took:9.3f} s wall {cpu + spent:9.3f} s CPU ({cpu:.3f} ours, {spent:.2f} backends)"
        )

    def repeat(self, what: str, ask: Callable[[], T], *, times: int = 5) -> T:
        """The median CPU of several calls, after one to warm up."""
        result, found = ask(), []
        for _ in range(times):
            backends, own, began = self._backends(), time.process_time(), time.perf_counter()
            result = ask()
            found.append(
                (
                    time.process_time() - own + self._backends() - backends,
                    time.perf_counter() - began,
                )
            )
        cpu, wall = (sorted(values)[times // 2] * 1000 for values in zip(*found, strict=True))
        self.say(f"{what:58} {wall:9.0f} ms wall {cpu:8.0f} ms CPU (median of {times})")
        return result

    def say(self, line: str) -> None:
        """Prints and keeps."""
        self.lines.append(line)
        print("  " + line, flush=True)

    def _backends(self) -> float:
        if self.engine.dialect.name != "postgresql":
            return 0.0
        with self.engine.connect() as connection:
            pids = connection.scalars(
                text("SELECT pid FROM pg_stat_activity WHERE datname = current_database()")
            ).all()
        return sum(map(_cpu_of, pids))


def peak_memory() -> str:
    """The most that this process ever held."""
    return f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB"


def _cpu_of(pid: int) -> float:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / _TICKS
