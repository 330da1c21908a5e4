"""One line for each step: a counter, what is being done, and how it went."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TextIO


@dataclass
class Progress:
    """Counts steps and prints each when it is over; on a terminal also while it runs.

    Attributes:
        total: how many steps there will be.
    """

    total: int
    out: TextIO = field(default_factory=lambda: sys.stdout)
    done: int = 0

    @contextmanager
    def step(self, what: str) -> Iterator[list[str]]:
        """Prints the step's line; what the block appends to the list is added to it.

        A step that fails prints its beginning, so that the reader sees where the story stopped.
        """
        self.done += 1
        beginning = f"[{self.done:>2}/{self.total}] {what}"
        if self.out.isatty():
            print(f"{beginning} …", end="", flush=True, file=self.out)
        started = time.monotonic()
        outcome: list[str] = []
        try:
            yield outcome
        except BaseException:
            print("" if self.out.isatty() else beginning, flush=True, file=self.out)
            raise
        seconds = f"{time.monotonic() - started:.1f}".replace(".", ",")
        clear_line = "\r\x1b[2K" if self.out.isatty() else ""
        ending = f": {', '.join(outcome)}" if outcome else ""
        print(f"{clear_line}{beginning}{ending} ({seconds} giây)", flush=True, file=self.out)
