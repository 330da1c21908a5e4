"""Long lists of ids in parts that fit into one statement of every database (pure)."""

from collections.abc import Iterator, Sequence
from typing import Final

_SLICE: Final = 1000


def in_slices(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    """The ids, at most 1,000 at a time."""
    for start in range(0, len(ids), _SLICE):
        yield ids[start : start + _SLICE]
