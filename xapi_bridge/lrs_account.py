"""An account of ours at another record store, and what such a store answers: values without a network."""

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True)
class LrsAccount:
    """Where another record store is, and who we are there.

    Attributes:
        endpoint: the address in front of `/statements`, without a slash at its end.
        key: user name of Basic authorization.
        secret: its password.
        version: of xAPI to speak, "1.0.3" or "2.0.0".
    """

    endpoint: str
    key: str
    secret: str = field(repr=False)
    version: str = "1.0.3"


@dataclass(frozen=True)
class AttachmentBody:
    """The bytes of an attachment that travels beside its statement (xAPI Communication 1.5.2)."""

    sha2: str
    content_type: str
    content: bytes = field(repr=False)


@dataclass(frozen=True)
class RemotePage:
    """One page of GET /statements.

    Attributes:
        statements: the JSON of each, byte for byte as it came, in the order of the answer.
        more: leads to the next page (`RemoteLrs.read_more`); empty on the last one.
        consistent_through: nothing stored up to here can appear later; None when the store does not say.
    """

    statements: tuple[bytes, ...]
    more: str
    consistent_through: datetime | None


@dataclass(frozen=True)
class LrsCheck:
    """What a store said about itself and about our account.

    Attributes:
        versions: that it speaks, from its About resource; empty when it does not tell.
        may_read: whether our key reads statements; without it, conflicts cannot be compared.
    """

    versions: tuple[str, ...]
    may_read: bool
