"""Statements -> facts, set-wise: who did what with which module; voids in either order."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, NamedTuple, TypeVar
from uuid import UUID

import structlog
from sqlalchemy import Select, select, update
from sqlalchemy.orm import Session

from sync.calendars import local_day
from sync.organization.models import ActorIdentity
from sync.rollups.batch_sql import (
    ACCOUNTS,
    PEOPLE_OF_ACCOUNTS,
    read_by_numbers,
    read_by_pairs,
)
from sync.rollups.definitions import FactKind, Learning, is_final_result, learning_in
from sync.rollups.models import LONGEST_IRI, LearningFact, QuizScore
from sync.statement_outline import StatementOutline, read_outline
from sync.trust import counting_authorities
from xapi_bridge.database import (
    driver_day,
    driver_instant,
    driver_uuid,
    insert_if_absent,
    insert_many,
)
from xapi_bridge.store.follow import StoredStatement
from xapi_bridge.store.models import StatementKey
from xapi_bridge.store.references import find_voided
from xapi_bridge.vocabulary import adl

log = structlog.get_logger(__name__)

#: An account: (home page, name).
Account = tuple[str, str]
#: What is counted: (person id, module IRI).
Key = tuple[int, str]
Known = TypeVar("Known", date, float)

_LONGEST_HOME_PAGE = ActorIdentity.home_page.type.length or 0
_LONGEST_ACCOUNT_NAME = ActorIdentity.account_name.type.length or 0


class _Scored(NamedTuple):
    """One scored end of an attempt."""

    stored: StoredStatement
    outline: StatementOutline

    @property
    def account(self) -> Account:
        return self.outline.home_page, self.outline.account_name


@dataclass(frozen=True, slots=True)
class _Batch:
    """What counts in a batch, and the targets of its voiding statements."""

    counted: list["_Counted"]
    scored: list[_Scored]
    voided_ids: set[UUID]


class _Counted(NamedTuple):
    """One statement that counts."""

    stored: StoredStatement
    outline: StatementOutline
    learning: Learning
    #: The day of it in Viet Nam.
    occurred_on: date

    @property
    def account(self) -> Account:
        return self.outline.home_page, self.outline.account_name


class News(NamedTuple):
    """What a batch brought about one person's module: new facts that are not voided, put together.

    Attributes:
        first_on: the earliest day of it.
        first_completed_on, last_completed_on: of the completions in it; None without one.
        completions: how many.
        best_scaled: the best result in it; None without one.
        needs_recount: something was taken back, so that all facts must be looked at.
    """

    first_on: date
    first_completed_on: date | None = None
    last_completed_on: date | None = None
    completions: int = 0
    best_scaled: float | None = None
    needs_recount: bool = False

    def plus(self, other: "News") -> "News":
        """Both together."""
        return News(
            min(self.first_on, other.first_on),
            earlier_of(self.first_completed_on, other.first_completed_on),
            larger_of(self.last_completed_on, other.last_completed_on),
            self.completions + other.completions,
            larger_of(self.best_scaled, other.best_scaled),
            self.needs_recount or other.needs_recount,
        )


def earlier_of(one: date | None, other: date | None) -> date | None:
    """The earlier of two days; None is no day."""
    if one is None or other is None:
        return one or other
    return min(one, other)


def larger_of(one: Known | None, other: Known | None) -> Known | None:
    """The later of two days, or the better of two results; None is none."""
    if one is None:
        return other
    return one if other is None else max(one, other)


#: For keys that must be counted again whatever came.
RECOUNT: Final = News(date.min, needs_recount=True)


def record_facts(
    session: Session, batch: Sequence[StoredStatement], *, iri_base: str, now: datetime
) -> dict[Key, News]:
    """Stores the facts of one batch and applies its voids; returns what that says about whose module.

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
    through = batch[-1].seq if batch else 0
    news = _insert_facts(session, read.counted, identities, through=through)
    _insert_scores(session, read.scored, identities, through=through)
    for touched in _void_facts(session, read.voided_ids, through=through):
        news[touched] = RECOUNT
    return _by_person(session, news)


def places_of(statement_ids: Collection[UUID]) -> Select[int]:
    """By what the facts of some statements are filed."""
    return select(StatementKey.seq).where(StatementKey.statement_id.in_(statement_ids))


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
        read.counted.append(_Counted(stored, outline, learning, local_day(outline.occurred_at)))
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
    session: Session, counted: Sequence[_Counted], identities: Mapping[Account, int], *, through: int
) -> dict[tuple[int, str], News]:
    """Keeps the facts that are not kept yet; returns what the new ones say, by (account, module)."""
    known = _known_facts(session, counted)
    new = [each for each in counted if each.stored.seq not in known] if known else counted
    maybe = [each.stored.statement_id for each in new if each.stored.voided]
    already_voided = find_voided(session, maybe, through=through)
    as_id, as_day, as_instant = driver_uuid(session), driver_day(session), driver_instant(session)
    rows: list[tuple[Any, ...]] = []
    news: dict[tuple[int, str], News] = {}
    for stored, outline, learning, occurred_on in new:
        identity_id = identities[outline.home_page, outline.account_name]
        is_voided = stored.statement_id in already_voided
        rows.append(
            (
                stored.seq, as_id(stored.statement_id), identity_id, learning.module_iri, learning.kind.value,
                as_instant(outline.occurred_at), as_day(occurred_on), learning.scaled, learning.form.value,
                is_voided,
            )
        )  # fmt: skip
        if not is_voided:
            _add_news(news, (identity_id, learning.module_iri), learning, occurred_on)
    insert_many(session, LearningFact.__table__, rows)
    return news


def _known_facts(session: Session, counted: Sequence[_Counted]) -> set[int]:
    """Places of facts that are kept already: none, unless somebody sent the follower back."""
    if not counted:
        return set()
    first, last = counted[0].stored.seq, counted[-1].stored.seq
    return set(session.scalars(select(LearningFact.seq).where(LearningFact.seq.between(first, last))))


def _add_news(news: dict[tuple[int, str], News], key: tuple[int, str], learning: Learning, day: date) -> None:
    known = news.get(key)
    if learning.kind is FactKind.COMPLETED:
        one = News(day, day, day, 1, learning.scaled)
    elif known is not None and learning.scaled is None and known.first_on <= day:
        return  # one more page read: most of what comes
    else:
        one = News(day, best_scaled=learning.scaled)
    news[key] = one if known is None else known.plus(one)


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
        .where(LearningFact.seq.in_(places_of(taken_back)))
        .values(voided=True)
        .returning(LearningFact.identity_id, LearningFact.module_iri)
        .execution_options(synchronize_session=False)
    )
    return {(identity_id, module_iri) for identity_id, module_iri in found}


def _by_person(session: Session, news: Mapping[tuple[int, str], News]) -> dict[Key, News]:
    """The same by person, who may have several accounts; accounts without a person fall away."""
    person_of = dict(read_by_numbers(session, PEOPLE_OF_ACCOUNTS, {identity for identity, _ in news}))
    by_person: dict[Key, News] = {}
    for (identity, module_iri), one in news.items():
        if identity in person_of:
            key = person_of[identity], module_iri
            known = by_person.get(key)
            by_person[key] = one if known is None else known.plus(one)
    return by_person
