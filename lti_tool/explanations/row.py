"""One row: what a refusal says to who reads it."""

from dataclasses import dataclass

from flask_babel.speaklater import LazyString


@dataclass(frozen=True)
class Explanation:
    """What a reader is told.

    Attributes:
        status: HTTP status.
        title: what happened, in a few words.
        next_step: what the reader can do now.
    """

    status: int
    title: LazyString
    next_step: LazyString
