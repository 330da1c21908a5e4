"""Agents and Groups: who did it, who taught, who vouches (xAPI Data 2.4.2)."""

import re
from typing import Literal

import msgspec

from xapi_bridge.statement.errors import (
    AuthorityMalformed,
    GroupMalformed,
    HashMalformed,
    IdentifierCountWrong,
    MailboxMalformed,
)
from xapi_bridge.statement.formats import check_iri
from xapi_bridge.statement.parts import Part

_MAILBOX = re.compile(r"mailto:[^\s@<>,;:]+@[^\s@<>,;:]+")
_SHA1 = re.compile(r"[0-9a-fA-F]{40}")


class Account(Part, frozen=True):
    """A user account of another system.

    Attributes:
        home_page: the system, an IRL; for learners the LMS.
        name: the account there; for learners an opaque pseudonym.
    """

    home_page: str
    name: str


class Actor(Part, frozen=True):
    """An Agent (one person or system) or a Group.

    `object_type` absent means Agent. Exactly one of the four identifiers is set, except that an anonymous
    Group has none. `member` is for Groups only.
    """

    object_type: Literal["Agent", "Group"] | None = None
    name: str | None = None
    mbox: str | None = None
    mbox_sha1sum: str | None = msgspec.field(default=None, name="mbox_sha1sum")
    openid: str | None = None
    account: Account | None = None
    member: tuple["Actor", ...] | None = None

    @property
    def is_group(self) -> bool:
        """Whether this is a Group, identified or anonymous."""
        return self.object_type == "Group"

    @property
    def identifier(self) -> tuple[str, ...] | None:
        """The inverse functional identifier, its kind first; None for an anonymous Group.

        The case of an e-mail address's domain and of a hash says nothing, so it is made small.
        """
        if self.account is not None:
            return ("account", self.account.home_page, self.account.name)
        if self.mbox is not None:
            local, _, domain = self.mbox.rpartition("@")
            return ("mbox", f"{local}@{domain.lower()}")
        if self.mbox_sha1sum is not None:
            return ("mbox_sha1sum", self.mbox_sha1sum.lower())
        return None if self.openid is None else ("openid", self.openid)


def check_actor(actor: Actor, *, at: str) -> None:
    """Refuses an Agent or Group that breaks a rule of xAPI Data 2.4.2."""
    given = [actor.mbox, actor.mbox_sha1sum, actor.openid, actor.account]
    count = sum(identifier is not None for identifier in given)
    if count > 1 or (count == 0 and not actor.is_group):
        raise IdentifierCountWrong(
            at, f"has {count} of mbox, mbox_sha1sum, openid and account; exactly one is needed"
        )
    _check_members(actor, identified=count == 1, at=at)
    _check_identifiers(actor, at=at)


def check_agent(actor: Actor, *, at: str) -> None:
    """As `check_actor`, and refuses a Group."""
    if actor.is_group:
        raise GroupMalformed(at, "is a Group where an Agent belongs")
    check_actor(actor, at=at)


def check_authority(actor: Actor, *, at: str) -> None:
    """As `check_actor`; a Group must be the two of a three-legged OAuth (xAPI Data 2.4.9)."""
    check_actor(actor, at=at)
    if actor.is_group and (actor.identifier is not None or len(actor.member or ()) != 2):
        raise AuthorityMalformed(at, "is a Group other than an anonymous one of exactly two Agents")


def _check_members(actor: Actor, *, identified: bool, at: str) -> None:
    if not actor.is_group:
        if actor.member is not None:
            raise GroupMalformed(at, "has members but is not a Group")
        return
    if not identified and not actor.member:
        raise GroupMalformed(at, "is a Group with neither an identifier nor members")
    for position, member in enumerate(actor.member or ()):
        check_agent(member, at=f"{at}.member[{position}]")


def _check_identifiers(actor: Actor, *, at: str) -> None:
    if actor.mbox is not None and not _MAILBOX.fullmatch(actor.mbox):
        raise MailboxMalformed(f"{at}.mbox", "is not mailto: and one e-mail address")
    if actor.mbox_sha1sum is not None and not _SHA1.fullmatch(actor.mbox_sha1sum):
        raise HashMalformed(f"{at}.mbox_sha1sum", "is not 40 hexadecimal digits")
    if actor.openid is not None:
        check_iri(actor.openid, at=f"{at}.openid")
    if actor.account is not None:
        check_iri(actor.account.home_page, at=f"{at}.account.homePage")
