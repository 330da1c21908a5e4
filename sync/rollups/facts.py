"""Statements -> facts, set-wise: who did what with which module; voids in either order."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import structlog
from sqlalchemy import update
from sqlalchemy.orm import Session

from sync.calendars import local_day
from sync.organization.models import ActorIdentity
from sync.rollups.batch_sql import (
    ACCOUNTS,
    ADD_FACTS,
    PEOPLE_OF_ACCOUNTS,
    read_by_numbers,
    read_by_pairs,
    write_rows,
)
from sync.rollups.definitions import Learning, is_final_result, learning_in
from sync.rollups.models import LONGEST_IRI, LearningFact, QuizScore
from sync.statement_outline import StatementOutline, read_outline
from sync.trust import counting_authorities
from xapi_bridge.database import driver_uuid, insert_if_absent
from xapi_bridge.store.follow import StoredStatement
from xapi_bridge.store.references import find_voided
from xapi_bridge.vocabulary import adl

log = structlog.get_logger(__name__)

#: An account: (home page, name).
Account = tuple[str, str]
#: What is counted: (person id, module IRI).
Key = tuple[int, str]

_LONGEST_HOME_PAGE = ActorIdentity.home_page.type.length or 0
_LONGEST_ACCOUNT_NAME = ActorIdentity.account_name.type.length or 0


@dataclass(frozen=True)
class _Scored:
    """One scored end of an attempt."""

    stored: StoredStatement
    outline: StatementOutline

    @property
    def account(self) -> Account:
        return self.outline.home_page, self.outline.account_name


@dataclass(frozen=True)
class _Batch:
    """What counts in a batch, and the targets of its voiding statements."""

    counted: list["_Counted"]
    scored: list[_Scored]
    voided_ids: set[UUID]


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
    authorities = counting_authorities(session, iri_base=iri_base)
    read = _read_batch(batch, iri_base=iri_base, authorities=authorities)
    accounts = {each.account for each in read.counted} | {each.account for each in read.scored}
    identities = _find_identities(session, accounts, now=now)
    through = max((stored.seq for stored in batch), default=0)
    _insert_facts(session, read.counted, identities, through=through)
    _insert_scores(session, read.scored, identities, through=through)
    touched = {(identities[each.account], each.learning.module_iri) for each in read.counted}
    touched |= _void_facts(session, read.voided_ids, through=through)
    return _keys_of(session, touched)


def is_countable_account(home_page: str, account_name: str) -> bool:
    """Whether an actor is one that the registry of accounts can hold; ours always are."""
    return (
        0 < len(home_page) <= _LONGEST_HOME_PAGE
        and 0 < len(account_name) <= _LONGEST_ACCOUNT_NAME
        and "\x00" not in account_name  # PostgreSQL text cannot hold it
        and "\x00" not in home_page
    )


def _read_batch(
    batch: Sequence[StoredStatement], *, iri_base: str, authorities: frozenset[Account]
) -> _Batch:
    read = _Batch([], [], set())
    for stored in batch:
        outline = read_outline(stored.payload, stored=stored.stored)
        if outline is None:
            log.warning("statement_not_readable", statement_id=str(stored.statement_id))
            continue
        if outline.verb_iri == adl.VOIDED:
            if outline.voided_statement_id is not None:
                read.voided_ids.add(outline.voided_statement_id)
        elif outline.authority in authorities:
            _sort_in(read, stored, outline, iri_base=iri_base)
    return read


def _sort_in(read: _Batch, stored: StoredStatement, outline: StatementOutline, *, iri_base: str) -> None:
    learning = _learning_of_account(outline, iri_base=iri_base)
    if learning is not None:
        read.counted.append(_Counted(stored, outline, learning))
    if is_countable_score(outline, iri_base=iri_base):
        read.scored.append(_Scored(stored, outline))


def is_countable_score(outline: StatementOutline, *, iri_base: str) -> bool:
    """Whether a statement is a result at a quiz of ours, by an account that the registry can hold."""
    return (
        is_final_result(outline, iri_base=iri_base)
        and is_countable_account(outline.home_page, outline.account_name)
        and len(outline.object_iri) <= LONGEST_IRI
    )


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
    rows = read_by_pairs(session, ACCOUNTS, sorted(accounts))
    return {(page, name): identity_id for page, name, identity_id in rows}


def _insert_facts(
    session: Session, counted: Iterable[_Counted], identities: Mapping[Account, int], *, through: int
) -> None:
    listed = list(counted)
    maybe = [each.stored.statement_id for each in listed if each.stored.voided]
    already_voided = find_voided(session, maybe, through=through)
    as_id = driver_uuid(session)
    rows = [
        (
            as_id(each.stored.statement_id),
            each.stored.seq,
            identities[each.account],
            each.learning.module_iri,
            each.learning.kind.value,
            each.outline.occurred_at,
            local_day(each.outline.occurred_at),
            each.learning.scaled,
            each.learning.form.value,
            each.stored.statement_id in already_voided,
        )
        for each in listed
    ]
    write_rows(session, ADD_FACTS, rows)


def _insert_scores(
    session: Session, scored: Sequence[_Scored], identities: Mapping[Account, int], *, through: int
) -> None:
    maybe = [each.stored.statement_id for each in scored if each.stored.voided]
    already_voided = find_voided(session, maybe, through=through)
    rows = [
        {
            "statement_id": each.stored.statement_id,
            "seq": each.stored.seq,
            "identity_id": identities[each.account],
            "quiz_iri": each.outline.object_iri,
            "occurred_at": each.outline.occurred_at,
            "occurred_on": local_day(each.outline.occurred_at),
            "scaled": each.outline.scaled,
            "passed": each.outline.verb_iri == adl.PASSED,
            "voided": each.stored.statement_id in already_voided,
        }
        for each in scored
    ]
    insert_if_absent(session, QuizScore.__table__, rows)


def _void_facts(session: Session, voided_ids: set[UUID], *, through: int) -> set[tuple[int, str]]:
    """Voids the facts whose statements the store holds as voided; returns what it touched.

    The store alone decides whether a voiding takes effect: a key may not void what another one vouches for.
    A target that has not come yet brings the store's decision along when it comes.
    """
    taken_back = find_voided(session, voided_ids, through=through)
    if not taken_back:
        return set()
    session.execute(
        update(QuizScore)
        .where(QuizScore.statement_id.in_(taken_back))
        .values(voided=True)
        .execution_options(synchronize_session=False)
    )
    found = session.execute(
        update(LearningFact)
        .where(LearningFact.statement_id.in_(taken_back))
        .values(voided=True)
        .returning(LearningFact.identity_id, LearningFact.module_iri)
        .execution_options(synchronize_session=False)
    )
    return {(identity_id, module_iri) for identity_id, module_iri in found}


def _keys_of(session: Session, touched: set[tuple[int, str]]) -> set[Key]:
    """The same by person; accounts without a person fall away."""
    person_of = dict(read_by_numbers(session, PEOPLE_OF_ACCOUNTS, {identity for identity, _ in touched}))
    return {(person_of[identity], module) for identity, module in touched if identity in person_of}
