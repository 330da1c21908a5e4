"""Stable pseudonyms of agents for analysts, and the way back for their filters.

A pseudonym is the agent's 128-bit digest (the one that names it in the dictionary of terms), passed through
AES under a key of the installation and the key group. AES permutes 128-bit blocks, so the house can go back
from a pseudonym to the digest, and so to the agent, with one look into an index and no table of pseudonyms;
without the key a pseudonym is as opaque as a keyed hash (docs/decisions/0019-pseudonyms-by-permutation.md).
"""

import hmac
import re
from collections.abc import Iterable
from typing import Final

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import ECB
from sqlalchemy import select
from sqlalchemy.orm import Session

from xapi_bridge.access_errors import PseudonymOnly
from xapi_bridge.store.models import Term, TermKind
from xapi_bridge.store.postings import agent_term

_PSEUDONYM: Final = re.compile(r"[0-9a-f]{32}")

Identifier = tuple[str, ...]


class Pseudonyms:
    """The pseudonyms that the keys of one group see."""

    def __init__(self, *, secret: bytes, group: str, iri_base: str) -> None:
        key = hmac.digest(secret, b"agent-pseudonyms\n" + group.encode(), "sha256")
        # One block, never two: this is the permutation itself, not a mode for messages.
        self._permutation = Cipher(AES(key), ECB())  # noqa: S305
        self._known: dict[Identifier, str] = {}
        #: Home page of the accounts that stand for agents.
        self.home_page = f"{iri_base.rstrip('/')}/pseudonyms/{group}"

    def name_of(self, identifier: Identifier) -> str:
        """32 hexadecimal digits, always the same for the same agent, installation and group.

        Args:
            identifier: as `Actor.identifier` gives it.
        """
        if identifier not in self._known:
            encryptor = self._permutation.encryptor()
            self._known[identifier] = encryptor.update(agent_term(identifier).digest).hex()
        return self._known[identifier]

    def digest_behind(self, name: str) -> bytes:
        """The digest of the term that `name_of` made into this name; of nothing known, when it made none."""
        return self._permutation.decryptor().update(bytes.fromhex(name))


def reveal_agent(session: Session, asked: Iterable[str], *, pseudonyms: Pseudonyms) -> Identifier:
    """The agent behind the pseudonym that an analyst filters by; the pseudonym itself when there is none.

    Raises:
        PseudonymOnly: any other identifier. Answering it would tell which pseudonym belongs to whom.
    """
    kind, *parts = asked
    if kind != "account" or parts[0] != pseudonyms.home_page or not _PSEUDONYM.fullmatch(parts[1]):
        raise PseudonymOnly(
            "This key asks for agents by their pseudonym: an account with the homePage "
            f"{pseudonyms.home_page}, as the answers show it."
        )
    digest = pseudonyms.digest_behind(parts[1])
    value = session.scalar(select(Term.value).where(Term.digest == digest, Term.kind == int(TermKind.AGENT)))
    return (kind, *parts) if value is None else identifier_from_term(value)


def identifier_from_term(value: str) -> Identifier:
    """The identifier that `agent_term` made into the value of a term; an account's name may hold blanks."""
    kind = value.partition(" ")[0]
    return tuple(value.split(" ", 2 if kind == "account" else 1))
