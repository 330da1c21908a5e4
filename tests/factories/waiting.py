"""Waiting for what another thread or process does."""

import time
from collections.abc import Callable


def wait_until(is_true: Callable[[], bool], *, seconds: float = 60.0) -> bool:
    """Asks again and again; returns whether it came true in time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if is_true():
            return True
        time.sleep(0.05)
    return False
