"""A chain of digests over the steps of an attempt: to change, drop or add a step later breaks it (pure).

Each digest is made of the one before and of the step. The last one goes into the statement that tells the
result, so that the record store, and every store to which it forwards, knows what the chain ended with.
Nothing in it names the learner or who marked: an erasure may rename both.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any


@dataclass(frozen=True)
class Link:
    """What one step adds to the chain; `position` is 0 for a step of the whole attempt."""

    number: int
    position: int
    seq: int
    kind: str
    content: Mapping[str, Any]
    earned: float | None
    at: datetime


def first_digest(
    *, package_digest: str, quiz_id: str, seed: int, drawn: Sequence[tuple[str, Sequence[int]]]
) -> str:
    """Of an attempt without steps: what was drawn, (question, order of options) in the learner's order."""
    return _digest(["attempt", package_digest, quiz_id, seed, [[one, list(order)] for one, order in drawn]])


def next_digest(previous: str, link: Link) -> str:
    """Of the chain with one step more."""
    at = link.at.astimezone(UTC).isoformat(timespec="microseconds")
    return _digest(
        [previous, link.number, link.position, link.seq, link.kind, dict(link.content), link.earned, at]
    )


def _digest(written: Any) -> str:
    canonical = json.dumps(written, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return sha256(canonical.encode()).hexdigest()
