"""A search with its terms looked up, and the question to the posting index that it leads to."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    any_,
    bindparam,
    exists,
    func,
    literal,
    literal_column,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session, aliased

from xapi_bridge.statement import Account
from xapi_bridge.store.models import Part, Posting, StatementRow, Term, TermKind
from xapi_bridge.store.postings import TermKey, agent_term, registration_term
from xapi_bridge.store.search_references import select_taken_back
from xapi_bridge.store.terms import in_chunks

#: Up to so many postings are looked through without windows of time.
FEW = 5_000

_ACTIVITY_PARTS = Part.OBJECT | Part.PARENT | Part.GROUPING | Part.CATEGORY | Part.OTHER | Part.SUB


#: Accounts as a question to the same database; its two columns are the home page and the name.
AccountQuestion = Select[str, str]


class Validity(StrEnum):
    """Whether statements that were taken back are meant."""

    VALID = "valid"
    VOIDED = "voided"
    ANY = "any"


@dataclass(frozen=True)
class StatementSearch:
    """Filters, all of which must match; None means any.

    Attributes:
        accounts: the actor is an Agent with one of these accounts; nothing inherited through a StatementRef
            counts, and no Group, so they may decide what a reader is allowed to see. Ten thousand of them
            are better given as a question, which is joined, than as a set.
        activity: as object, or with `related_activities` anywhere in the statement.
        since: the first instant of `stored`; `before`: the first instant no more.
    """

    accounts: frozenset[Account] | AccountQuestion | None = None
    verb: str | None = None
    activity: str | None = None
    related_activities: bool = False
    registration: UUID | None = None
    authority: Account | None = None
    since: datetime | None = None
    before: datetime | None = None
    validity: Validity = Validity.VALID


@dataclass(frozen=True)
class _Wanted:
    term_id: int
    parts: Part
    uses: int


@dataclass(frozen=True)
class SearchPlan:
    """A search with its terms looked up.

    Attributes:
        terms: rarest first.
        actor_ids: terms of the accounts that lead the search; None when any actor will do, empty when
            another term leads.
        actors: digests of the terms of the accounts, to look at each candidate; None when any actor will do.
        windowed: look through windows of time, because the accounts have many postings.
        matches_nothing: a term stands nowhere.
    """

    search: StatementSearch
    terms: Sequence[_Wanted]
    actor_ids: Sequence[int] | None
    actors: frozenset[bytes] | None
    windowed: bool
    matches_nothing: bool = False


def plan_search(session: Session, search: StatementSearch) -> SearchPlan:
    """The search, ready to be asked several times in one session: looking up ten thousand accounts costs."""
    nothing = SearchPlan(search, (), None, None, windowed=False, matches_nothing=True)
    terms = _wanted_terms(session, search)
    if terms is None:
        return nothing
    if search.accounts is None:
        return SearchPlan(search, terms, None, None, windowed=False)
    found = _actor_terms(session, search.accounts)
    if not found:
        return nothing
    rare = bool(terms) and terms[0].uses <= FEW
    leads = not rare and search.validity is not Validity.VOIDED
    return SearchPlan(
        search=search,
        terms=terms,
        actor_ids=sorted(number for number, _, _ in found) if leads else (),
        actors=frozenset(bytes(digest) for _, digest, _ in found),
        windowed=leads and sum(uses for _, _, uses in found) > FEW,
    )


def _wanted_terms(session: Session, search: StatementSearch) -> list[_Wanted] | None:
    asked: list[tuple[TermKey, Part]] = []
    if search.verb is not None:
        asked.append((TermKey(TermKind.VERB, search.verb), Part.VERB))
    if search.activity is not None:
        parts = _ACTIVITY_PARTS if search.related_activities else Part.OBJECT
        asked.append((TermKey(TermKind.ACTIVITY, search.activity), parts))
    if search.registration is not None:
        asked.append((registration_term(search.registration.hex), Part.REGISTRATION))
    if search.authority is not None:
        key = agent_term(("account", search.authority.home_page, search.authority.name))
        asked.append((key, Part.AUTHORITY))
    rows = session.execute(
        select(Term.digest, Term.term_id, Term.posting_count).where(
            Term.digest.in_([key.digest for key, _ in asked])
        )
    )
    known = {bytes(digest): (number, uses) for digest, number, uses in rows}
    if any(key.digest not in known for key, _ in asked):
        return None
    wanted = [_Wanted(known[key.digest][0], parts, known[key.digest][1]) for key, parts in asked]
    return sorted(wanted, key=lambda one: one.uses)


def _actor_terms(
    session: Session, accounts: frozenset[Account] | AccountQuestion
) -> list[tuple[int, bytes, int]]:
    """Number, digest and use count of the terms of the accounts that stand anywhere."""
    columns = select(Term.term_id, Term.digest, Term.posting_count)
    if isinstance(accounts, Select):
        asked = accounts.subquery()
        home_page, name = asked.c
        # As `agent_term` writes it; the kind stands in the command, so that the index of agents serves.
        is_theirs = Term.value == literal("account ") + home_page + literal(" ") + name
        is_agent = Term.kind == literal_column(str(int(TermKind.AGENT)))
        return [(*row,) for row in session.execute(columns.join(asked, is_theirs).where(is_agent))]
    digests = sorted(agent_term(("account", one.home_page, one.name)).digest for one in accounts)
    return [
        (*row,)
        for chunk in in_chunks(digests)
        for row in session.execute(columns.where(Term.digest.in_(chunk)))
    ]


def select_candidates(
    session: Session, plan: SearchPlan, *, counting: bool = False, valid_now: bool = True
) -> tuple["Select[int]", ColumnElement[int]]:
    """Sequence numbers that may match, as a question to narrow, and the column to narrow it by."""
    others = list(plan.terms)
    conditions: list[ColumnElement[bool]] = []
    seq: Any
    if plan.search.validity is Validity.VOIDED:
        seq = StatementRow.seq
        question = select(seq).where(StatementRow.voided.is_(True), seq.in_(select_taken_back()))
    elif plan.actor_ids:
        posting = aliased(Posting)
        seq = posting.seq
        question = select(seq).where(
            one_of(session, posting.term_id, plan.actor_ids), posting.mask.op("&")(int(Part.ACTOR)) != 0
        )
        if counting:
            conditions.append(posting.mask.op("&")(int(Part.VIA_REF | Part.MEMBER)) == 0)
    elif others:
        rarest = others.pop(0)
        posting = aliased(Posting)
        seq = posting.seq
        question = select(seq).where(
            posting.term_id == rarest.term_id, posting.mask.op("&")(int(rarest.parts)) != 0
        )
    else:
        seq = StatementRow.seq
        question = select(seq)
        if plan.search.validity is Validity.VALID and valid_now:
            conditions.append(StatementRow.voided.is_(False))
    conditions += [_stands_in(other, seq) for other in others]
    if counting and seq is not StatementRow.seq and plan.search.validity is Validity.VALID:
        conditions.append(exists().where(StatementRow.seq == seq, StatementRow.voided.is_(False)))
    return question.where(*conditions), seq


def _stands_in(term: _Wanted, seq: Any) -> ColumnElement[bool]:
    posting = aliased(Posting)
    return exists().where(
        posting.term_id == term.term_id,
        posting.seq == seq,
        posting.mask.op("&")(int(term.parts)) != 0,
    )


def one_of(session: Session, column: Any, numbers: Sequence[int]) -> ColumnElement[bool]:
    """Membership in a set of any size, as one parameter."""
    if session.get_bind().dialect.name == "postgresql":
        array = bindparam(None, list(numbers), type_=ARRAY(BigInteger))
        return column == any_(array)  # type: ignore[no-any-return]
    listed = func.json_each(json.dumps(list(numbers))).table_valued("value")
    return column.in_(select(listed.c.value))  # type: ignore[no-any-return]
