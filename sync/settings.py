"""What the background work needs to know about the installation."""

from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path


@dataclass(frozen=True)
class SyncSettings:
    """The settings that `sync` reads.

    Attributes:
        iri_base: beginning of our activity identifiers.
        follow_interval_seconds: pause between two rounds of a follower.
    """

    iri_base: str
    follow_interval_seconds: float


@dataclass(frozen=True)
class ForwardingSettings:
    """What forwarding needs to know.

    Attributes:
        secret: opens the passwords of the targets.
        iri_base: beginning of our activity identifiers, and home page of pseudonyms.
        most_waiting: a target's follower stands still while so many statements wait.
        horizon: a statement that a target does not take for so long is given up.
    """

    secret: str = field(repr=False)
    iri_base: str
    most_waiting: int = 10_000
    horizon: timedelta = timedelta(days=7)


@dataclass(frozen=True)
class GradesSettings:
    """What grades and rosters need to know.

    Attributes:
        retry_seconds: pause after the first failure of a score; it doubles with each further one.
        request_seconds: time limit of one request to an LMS; leases are made of it.
        read_back_percent: share of the deliveries after which the LMS is asked what it holds.
        breaker_failures: so many failures in a row open an LMS's circuit breaker.
        comparison_hour: hour of the night, in Viet Nam, after which columns are compared.
        roster_hours: pause between two readings of a roster.
    """

    retry_seconds: float = 60.0
    request_seconds: float = 10.0
    read_back_percent: int = 100
    breaker_failures: int = 5
    comparison_hour: int = 1
    roster_hours: int = 24


@dataclass(frozen=True)
class IntakeSettings:
    """What intake needs to know.

    Attributes:
        secret: opens the passwords of the sources.
        iri_base: home page of the accounts that vouch for the sources.
    """

    secret: str = field(repr=False)
    iri_base: str


@dataclass(frozen=True)
class PrivacySettings:
    """What erasure, retention and exports of one person's records need to know.

    Attributes:
        folder: of the exports; readable by the service alone.
        person_exports_kept: how long a finished export can be fetched.
        key: recognises erased identifiers.
        iri_base: home of the pseudonyms of people who had no account.
    """

    folder: Path
    person_exports_kept: timedelta
    key: bytes = field(repr=False)
    iri_base: str
