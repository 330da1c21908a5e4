"""What exports need to know about the installation."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class ExportSettings:
    """The settings that exports read.

    Attributes:
        folder: where the files lie; workers and web processes on several machines must share it.
        keep_days: how long a finished file can be fetched.
        most_rows: a larger answer is refused while it is written, with what to do instead.
        most_open: unfinished exports that one requester may have at once.
        iri_base: home page of the accounts that vouch for statements.
    """

    folder: Path
    keep_days: int
    most_rows: int
    most_open: int
    iri_base: str
