"""Whom a request is about: a person of the registry with all accounts, or one identifier."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from sync.organization.models import ActorIdentity
from sync.organization.staff import find_person_by_staff_code
from sync.privacy_errors import SubjectMalformed, SubjectUnknown
from xapi_bridge.statement import Account, Actor
from xapi_bridge.statement.actors import check_agent
from xapi_bridge.statement.errors import StatementRefused
from xapi_bridge.statement.rewriting import Identifier, all_identifiers_of
from xapi_bridge.store.erased import find_erased


@dataclass(frozen=True)
class Subject:
    """One person.

    Attributes:
        identifiers: everything that names the person in statements, e-mail hashes included.
        person_id: in the registry; `None` when nobody there owns the identifier.
    """

    identifiers: tuple[Identifier, ...]
    person_id: int | None

    @property
    def accounts(self) -> tuple[Account, ...]:
        """Those of the identifiers that are accounts."""
        return tuple(Account(one[1], one[2]) for one in self.identifiers if one[0] == "account")


def find_subject_by_staff_code(session: Session, staff_code: str, *, key: bytes) -> Subject:
    """The official with this staff code and all accounts that are linked to the official.

    Raises:
        SubjectUnknown: nobody has this code.
    """
    person = find_person_by_staff_code(session, staff_code.strip())
    if person is None:
        raise SubjectUnknown("Nobody in the registry has this staff code. Check it in the list of staff.")
    rows = session.execute(
        select(ActorIdentity.home_page, ActorIdentity.account_name).where(
            ActorIdentity.person_id == person.person_id
        )
    )
    named = [("account", home_page, name) for home_page, name in rows]
    return Subject(_completed(session, named, key=key), person.person_id)


def find_subject_by_agent(session: Session, written: str, *, key: bytes) -> Subject:
    """The owner of one identifier, written as the JSON of an Agent.

    An identifier that was erased before leads to its pseudonym, so that a pseudonymised person can still be
    erased.

    Raises:
        SubjectMalformed: not one Agent with exactly one identifier.
    """
    agent = _agent_from_json(written)
    identifier = agent.identifier or ()
    person_id = None
    if agent.account is not None:
        person_id = session.scalar(
            select(ActorIdentity.person_id).where(
                ActorIdentity.home_page == agent.account.home_page,
                ActorIdentity.account_name == agent.account.name,
            )
        )
    return Subject(_completed(session, [identifier], key=key), person_id)


def _agent_from_json(written: str) -> Actor:
    try:
        agent = msgspec.json.decode(written, type=Actor)
        check_agent(agent, at="agent")
    except (msgspec.MsgspecError, StatementRefused) as refused:
        raise SubjectMalformed(
            "The person is written as the JSON of one Agent with exactly one identifier, for example "
            '{"account": {"homePage": "https://lms.example", "name": "…"}} or {"mbox": "mailto:…"}.'
        ) from refused
    return agent


def _completed(session: Session, named: Iterable[Identifier], *, key: bytes) -> tuple[Identifier, ...]:
    identifiers = {further for one in named for further in all_identifiers_of(one)}
    erased = find_erased(session, identifiers, key=key)
    pseudonyms = {how.pseudonym.identifier for how in erased.values()}
    return tuple(sorted(identifiers | {one for one in pseudonyms if one is not None}))


def old_identities(session: Session, accounts: Sequence[Account]) -> list[ActorIdentity]:
    """The rows of these accounts in the registry."""
    names = {(one.home_page, one.name) for one in accounts}
    rows = session.scalars(
        select(ActorIdentity).where(ActorIdentity.account_name.in_({name for _, name in names}))
    )
    return [row for row in rows if (row.home_page, row.account_name) in names]
