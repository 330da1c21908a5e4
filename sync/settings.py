"""What the background work needs to know about the installation."""

from dataclasses import dataclass


@dataclass(frozen=True)
class SyncSettings:
    """The settings that `sync` reads.

    Attributes:
        iri_base: beginning of our activity identifiers.
        follow_interval_seconds: pause between two rounds of a follower.
    """

    iri_base: str
    follow_interval_seconds: float
