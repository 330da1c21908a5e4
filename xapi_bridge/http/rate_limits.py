"""How often a key may ask, and how often an address may fail: counted across all processes.

Counting is done by the library `limits`, in Redis when the installation has one, else in a small file that
all processes of this machine share (docs/decisions/0013-counting-requests.md).
"""

import math
import sqlite3
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

import structlog
from limits import RateLimitItemPerMinute
from limits.errors import StorageError
from limits.storage import MemoryStorage, RedisStorage, Storage
from limits.strategies import FixedWindowRateLimiter

log = structlog.get_logger(__name__)

_SWEEP_SECONDS: Final = 300.0
#: After the shared counters failed, this process counts for itself this long before it tries them again.
_PAUSE_SECONDS: Final = 10.0

_COUNT: Final = """
    INSERT INTO counter (name, uses, ends_at) VALUES (:name, :amount, :now + :length)
    ON CONFLICT (name) DO UPDATE SET
        uses = CASE WHEN ends_at <= :now THEN :amount ELSE uses + :amount END,
        ends_at = CASE WHEN ends_at <= :now THEN :now + :length ELSE ends_at END
    RETURNING uses
"""


class FileStorage(Storage):
    """Counters in an SQLite file: true for all processes of one machine, worth nothing after a crash."""

    STORAGE_SCHEME = ["cchc-file"]  # noqa: RUF012 - the library wants a list
    base_exceptions = sqlite3.Error

    def __init__(self, path: Path, *, clock: Callable[[], float] = time.time) -> None:
        super().__init__(wrap_exceptions=True)
        self._path = path
        self._clock = clock
        self._opened = threading.local()
        self._swept_at = 0.0

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Counts; a counter whose time is over begins again."""
        present = self._clock()
        values = {"name": key, "amount": amount, "now": present, "length": expiry}
        (uses,) = self._connection().execute(_COUNT, values).fetchone()
        if present - self._swept_at > _SWEEP_SECONDS:
            self._swept_at = present
            self._connection().execute("DELETE FROM counter WHERE ends_at <= ?", (present,))
        return int(uses)

    def get(self, key: str) -> int:
        """The count, 0 when its time is over."""
        row = self._find(key)
        return 0 if row is None else int(row[0])

    def get_expiry(self, key: str) -> float:
        """The instant at which the counter begins again, in seconds since 1970."""
        row = self._find(key)
        return self._clock() if row is None else float(row[1])

    def check(self) -> bool:
        """Whether the file can be used."""
        self._connection().execute("SELECT 1 FROM counter LIMIT 1")
        return True

    def reset(self) -> int | None:
        """Forgets everything."""
        return self._connection().execute("DELETE FROM counter").rowcount

    def clear(self, key: str) -> None:
        """Forgets one counter."""
        self._connection().execute("DELETE FROM counter WHERE name = ?", (key,))

    def _find(self, key: str) -> tuple[int, float] | None:
        row: tuple[int, float] | None = (
            self._connection()
            .execute("SELECT uses, ends_at FROM counter WHERE name = ? AND ends_at > ?", (key, self._clock()))
            .fetchone()
        )
        return row

    def _connection(self) -> sqlite3.Connection:
        # One per thread, made after gunicorn has forked.
        if not hasattr(self._opened, "connection"):
            self._opened.connection = self._open()
        connection: sqlite3.Connection = self._opened.connection
        return connection

    def _open(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._path, isolation_level=None, timeout=2.0)
        # Nothing here need survive a crash; waiting for the disk would cost more than the request.
        connection.execute("PRAGMA synchronous=OFF")
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute(
            "CREATE TABLE IF NOT EXISTS counter "
            "(name TEXT PRIMARY KEY, uses INTEGER NOT NULL, ends_at REAL NOT NULL) WITHOUT ROWID"
        )
        return connection


class RateLimits:
    """The counters of one application; safe among threads."""

    def __init__(self, storage: Storage, *, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._shared = FixedWindowRateLimiter(storage)
        self._own = FixedWindowRateLimiter(MemoryStorage())
        self._items: dict[int, RateLimitItemPerMinute] = {}
        self._shared_again_at = 0.0

    def seconds_to_wait(self, name: str, *, per_minute: int) -> int | None:
        """Counts one use under this name; None when it is within the limit, else how long it must wait."""
        item = self._items.setdefault(per_minute, RateLimitItemPerMinute(per_minute))
        if self._clock() >= self._shared_again_at:
            try:
                return self._count(self._shared, item, name)
            except StorageError as failed:
                # Counting is a protection, not a reason to be out of service: this process counts alone for a
                # while.
                self._shared_again_at = self._clock() + _PAUSE_SECONDS
                log.warning("shared_counters_failed", reason=type(failed.storage_error).__name__)
        return self._count(self._own, item, name)

    def _count(self, limiter: FixedWindowRateLimiter, item: RateLimitItemPerMinute, name: str) -> int | None:
        if limiter.hit(item, name):
            return None
        return max(1, math.ceil(limiter.get_window_stats(item, name).reset_time - self._clock()))


def open_rate_limits(*, redis_url: str | None, file: Path | None) -> RateLimits:
    """Counters in Redis, else in a file that all processes of this machine share, else in this process.

    Args:
        file: its folder is made when it is missing; where that cannot be, this process counts for itself.
    """
    if redis_url is not None:
        storage: Storage = RedisStorage(
            redis_url, wrap_exceptions=True, socket_timeout=0.5, socket_connect_timeout=0.5
        )
        return RateLimits(storage)
    if file is None:
        return RateLimits(MemoryStorage())
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        file.touch(mode=0o600)
    except OSError as refused:
        log.warning("shared_counters_failed", reason=type(refused).__name__)
        return RateLimits(MemoryStorage())
    return RateLimits(FileStorage(file))
