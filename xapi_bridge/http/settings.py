"""What the xAPI door needs to know of the installation."""

from dataclasses import dataclass


@dataclass(frozen=True)
class LrsSettings:
    """Lent by the application (`RunningApp.sections`).

    Attributes:
        secret: keys the credential hashes and signs `more` addresses.
        iri_base: home page of the accounts that vouch for statements.
    """

    secret: bytes
    iri_base: str
