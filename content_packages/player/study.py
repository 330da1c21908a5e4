"""Who studies what: the four things that every use case of the player needs (pure)."""

from dataclasses import dataclass
from uuid import UUID

from content_packages.contents import Package
from xapi_bridge.statement import Account


@dataclass(frozen=True)
class Study:
    """One learner with one package version, under one registration.

    Attributes:
        iri_base: beginning of the activity identifiers.
    """

    learner: Account
    registration: UUID
    package: Package
    iri_base: str
