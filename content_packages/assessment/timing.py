"""How long learners thought about questions, as far as saves tell it (pure)."""

from collections.abc import Mapping
from datetime import datetime

#: Longer than this, somebody did something else.
LONGEST_SECONDS = 1800.0


def seconds_between_saves(started_at: datetime, saved_at: Mapping[int, datetime]) -> dict[int, float]:
    """Seconds from the save before (or the beginning) to each save, at most half an hour, by key."""
    seconds: dict[int, float] = {}
    before = started_at
    for key, at in sorted(saved_at.items(), key=lambda one: (one[1], one[0])):
        seconds[key] = min(max((at - before).total_seconds(), 0.0), LONGEST_SECONDS)
        before = at
    return seconds
