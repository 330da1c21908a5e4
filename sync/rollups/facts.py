"""Statements -> facts, set-wise: who did what with which module; voids in either order."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import structlog
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from sync.calendars import local_day
from sync.organization.models import ActorIdentity
from sync.rollups.definitions import Learning, learning_in
from sync.rollups.models import LONGEST_IRI, LearningFact, VoidPending
from sync.statement_outline import StatementOutline, read_outline
from xapi_bridge.database import insert_if_absent
from xapi_bridge.store.follow import StoredStatement
from xapi_bridge.vocabulary import adl

log = structlog.get_logger(__name__)

#: An account: (home page, name).
Account = tuple[str, str]
#: What is counted: (person id, module IRI).
Key = tuple[int, str]

_LONGEST_HOME_PAGE = ActorIdentity.home_page.type.length or 0
_LONGEST_ACCOUNT_NAME = ActorIdentity.account_name.type.length or 0


@dataclass(frozen=True)
class _Counted:
    """One statement that counts."""

    stored: StoredStatement
    outline: StatementOutline
    learning: Learning

    @property
    def account(self) -> Account:
        return self.outline.home_page, self.outline.account_name


def record_facts(
    session: Session, batch: Sequence[StoredStatement], *, iri_base: str, now: datetime
) -> set[Key]:
    """Stores the facts of one batch and applies its voids; returns what must be counted again.

    Facts of accounts that belong to no person yet are kept and touch nothing: linking the account later
    marks the person.

    Args:
        batch: in store order, each statement once.
        iri_base: beginning of our activity identifiers.
    """
    counted, voided_ids = _read_batch(batch, iri_base=iri_base)
    identities = _find_identities(session, {each.account for each in counted}, now=now)
    _insert_facts(session, counted, identities)
    touched = {(identities[each.account], each.learning.module_iri) for each in counted}
    touched |= _void_facts(session, voided_ids)
    return _keys_of(session, touched)


def is_countable_account(home_page: str, account_name: str) -> bool:
    """Whether an actor is one that the registry of accounts can hold; ours always are."""
    return (
        0 < len(home_page) <= _LONGEST_HOME_PAGE
        and 0 < len(account_name) <= _LONGEST_ACCOUNT_NAME
        and "\x00" not in account_name  # PostgreSQL text cannot hold it
        and "\x00" not in home_page
    )


def _read_batch(batch: Sequence[StoredStatement], *, iri_base: str) -> tuple[list[_Counted], dict[UUID, int]]:
    """The statements that count, and the voided statements with the seq of what voids them."""
    counted: list[_Counted] = []
    voided_ids: dict[UUID, int] = {}
    for stored in batch:
        outline = read_outline(stored.payload, stored=stored.stored)
        if outline is None:
            log.warning("statement_not_readable", statement_id=str(stored.statement_id))
            continue
        if outline.verb_iri == adl.VOIDED:
            if outline.voided_statement_id is not None:
                voided_ids.setdefault(outline.voided_statement_id, stored.seq)
            continue
        learning = _learning_of_account(outline, iri_base=iri_base)
        if learning is not None:
            counted.append(_Counted(stored, outline, learning))
    return counted, voided_ids


def _learning_of_account(outline: StatementOutline, *, iri_base: str) -> Learning | None:
    if not is_countable_account(outline.home_page, outline.account_name):
        return None
    learning = learning_in(outline, iri_base=iri_base)
    return learning if learning and len(learning.module_iri) <= LONGEST_IRI else None


def _find_identities(session: Session, accounts: set[Account], *, now: datetime) -> dict[Account, int]:
    """The identity of each account; accounts seen for the first time get one."""
    known = _known_identities(session, accounts)
    unknown = sorted(accounts - known.keys())
    if not unknown:
        return known
    rows = [{"home_page": page, "account_name": name, "first_seen_at": now} for page, name in unknown]
    insert_if_absent(session, ActorIdentity.__table__, rows)
    return known | _known_identities(session, set(unknown))


def _known_identities(session: Session, accounts: set[Account]) -> dict[Account, int]:
    if not accounts:
        return {}
    rows = session.execute(
        select(ActorIdentity.home_page, ActorIdentity.account_name, ActorIdentity.identity_id).where(
            ActorIdentity.home_page.in_({page for page, _ in accounts}),
            ActorIdentity.account_name.in_({name for _, name in accounts}),
        )
    )
    return {(page, name): identity_id for page, name, identity_id in rows if (page, name) in accounts}


def _insert_facts(session: Session, counted: Iterable[_Counted], identities: Mapping[Account, int]) -> None:
    listed = list(counted)
    ids = [each.stored.statement_id for each in listed]
    already_voided = set(
        session.scalars(select(VoidPending.statement_id).where(VoidPending.statement_id.in_(ids)))
    )
    rows = [
        {
            "statement_id": each.stored.statement_id,
            "seq": each.stored.seq,
            "identity_id": identities[each.account],
            "module_iri": each.learning.module_iri,
            "kind": each.learning.kind.value,
            "occurred_at": each.outline.occurred_at,
            "occurred_on": local_day(each.outline.occurred_at),
            "score_scaled": each.learning.scaled,
            "voided": each.stored.statement_id in already_voided,
        }
        for each in listed
    ]
    insert_if_absent(session, LearningFact.__table__, rows)


def _void_facts(session: Session, voided_ids: Mapping[UUID, int]) -> set[tuple[int, str]]:
    """Voids the facts that are there and remembers the voids whose target is not; returns what it touched."""
    if not voided_ids:
        return set()
    found = session.execute(
        update(LearningFact)
        .where(LearningFact.statement_id.in_(voided_ids))
        .values(voided=True)
        .returning(LearningFact.statement_id, LearningFact.identity_id, LearningFact.module_iri)
        .execution_options(synchronize_session=False)
    ).all()
    missing = voided_ids.keys() - {statement_id for statement_id, _, _ in found}
    rows = [{"statement_id": target, "seq": voided_ids[target]} for target in sorted(missing)]
    insert_if_absent(session, VoidPending.__table__, rows)
    return {(identity_id, module_iri) for _, identity_id, module_iri in found}


def _keys_of(session: Session, touched: set[tuple[int, str]]) -> set[Key]:
    """The same by person; accounts without a person fall away."""
    linked = select(ActorIdentity.identity_id, ActorIdentity.person_id).where(
        ActorIdentity.identity_id.in_({identity_id for identity_id, _ in touched}),
        ActorIdentity.person_id.is_not(None),
    )
    person_of: dict[int, int] = {
        identity_id: person_id for identity_id, person_id in session.execute(linked) if person_id is not None
    }
    return {(person_of[identity], module) for identity, module in touched if identity in person_of}
