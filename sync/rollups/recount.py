"""Counts once more from the raw statements, one by one in plain Python: the judge of the set-wise SQL.

It shares the definitions of what counts with the follower, and none of its code: no joins, no bookmark, no
deltas. Slow, and easy to believe.
"""

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import chain
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from sync.calendars import Calendar, local_day, month_of
from sync.organization.models import COMMAND, ActorIdentity, Appointment, UnitClosure
from sync.rollups.definitions import FactKind, learning_in
from sync.rollups.facts import is_countable_account, is_countable_score
from sync.rollups.models import LONGEST_IRI
from sync.statement_outline import StatementOutline, believable_instant
from sync.trust import counting_authorities
from xapi_bridge.store.follow import StoredStatement, read_after
from xapi_bridge.store.keys import find_keys
from xapi_bridge.store.references import find_voided
from xapi_bridge.vocabulary import adl

_PAGE = 1000


@dataclass(frozen=True)
class PlainFact:
    """One statement that counts."""

    seq: int
    account: tuple[str, str]
    module_iri: str
    kind: str
    day: date
    scaled: float | None
    form: str
    voided: bool


@dataclass(frozen=True)
class PlainScore:
    """One result at a quiz."""

    seq: int
    account: tuple[str, str]
    quiz_iri: str
    day: date
    scaled: float
    passed: bool
    voided: bool


@dataclass
class Recount:
    """Everything counted once more."""

    statements: int = 0
    facts: dict[UUID, PlainFact] = field(default_factory=dict)
    scores: dict[UUID, PlainScore] = field(default_factory=dict)
    states: dict[tuple[int, str], tuple[Any, ...]] = field(default_factory=dict)
    cells: dict[tuple[int, str, str, date], tuple[int, int]] = field(default_factory=dict)


def recount_statements(
    session: Session, *, last_seq: int, iri_base: str, archived: Iterable[StoredStatement] = ()
) -> Recount:
    """Facts, state and counts from all statements up to `last_seq`, with today's links, posts and units.

    Args:
        archived: statements that left the store with their month.
    """
    recount = Recount()
    statements = chain(archived, _statements(session, last_seq=last_seq))
    _recount_facts(session, recount, statements, last_seq=last_seq, iri_base=iri_base)
    _recount_states(session, recount)
    _recount_cells(session, recount)
    return recount


def _statements(session: Session, *, last_seq: int) -> Iterator[StoredStatement]:
    seq = 0
    while page := read_after(session, seq, limit=_PAGE):
        for stored in page:
            if stored.seq > last_seq:
                return
            yield stored
        seq = page[-1].seq


def _recount_facts(
    session: Session, recount: Recount, statements: Iterable[StoredStatement], *, last_seq: int, iri_base: str
) -> None:
    authorities = counting_authorities(session, iri_base=iri_base)
    for stored in statements:
        recount.statements += 1
        statement = json.loads(stored.payload)
        if statement["verb"]["id"] == adl.VOIDED:
            continue
        if _vouching(statement) not in authorities:
            continue
        outline = _outline(statement, stored)
        fact = _fact_in(outline, stored, iri_base=iri_base)
        if fact:
            recount.facts[stored.statement_id] = replace(fact, voided=stored.voided)
        if is_countable_score(outline, iri_base=iri_base):
            recount.scores[stored.statement_id] = _score_in(outline, stored)
    _forget_later_voidings(session, recount, last_seq=last_seq)


def _forget_later_voidings(session: Session, recount: Recount, *, last_seq: int) -> None:
    """What was taken back by a statement that the counts have not reached yet still counts."""
    flagged = {one for one, fact in (recount.facts | recount.scores).items() if fact.voided}
    keys = find_keys(session, sorted(flagged))
    kept_here = {one for one, key in keys.items() if key.archive_id is None}
    for one in kept_here - find_voided(session, kept_here, through=last_seq):
        if one in recount.facts:
            recount.facts[one] = replace(recount.facts[one], voided=False)
        if one in recount.scores:
            recount.scores[one] = replace(recount.scores[one], voided=False)


def _outline(statement: dict[str, Any], stored: StoredStatement) -> StatementOutline:
    actor, thing = statement["actor"], statement["object"]
    context = statement.get("context", {})
    account = actor.get("account", {})
    extensions = thing.get("definition", {}).get("extensions", {})
    return StatementOutline(
        home_page=account.get("homePage", "") if actor.get("objectType", "Agent") == "Agent" else "",
        account_name=account.get("name", ""),
        verb_iri=statement["verb"]["id"],
        object_iri=thing["id"] if thing.get("objectType", "Activity") == "Activity" else "",
        voided_statement_id=None,
        context_iris=tuple(_context_iris(context.get("contextActivities", {}))),
        registration_text="",
        scaled=statement.get("result", {}).get("score", {}).get("scaled"),
        occurred_at=believable_instant(statement.get("timestamp", ""), stored=stored.stored),
        object_extensions=tuple((name, text) for name, text in extensions.items() if isinstance(text, str)),
    )


def _score_in(outline: StatementOutline, stored: StoredStatement) -> PlainScore:
    return PlainScore(
        seq=stored.seq,
        account=(outline.home_page, outline.account_name),
        quiz_iri=outline.object_iri,
        day=local_day(outline.occurred_at),
        scaled=outline.scaled or 0.0,
        passed=outline.verb_iri == adl.PASSED,
        voided=stored.voided,
    )


def _fact_in(outline: StatementOutline, stored: StoredStatement, *, iri_base: str) -> PlainFact | None:
    learning = learning_in(outline, iri_base=iri_base)
    if learning is None or len(learning.module_iri) > LONGEST_IRI:
        return None
    if not is_countable_account(outline.home_page, outline.account_name):
        return None
    return PlainFact(
        seq=stored.seq,
        account=(outline.home_page, outline.account_name),
        module_iri=learning.module_iri,
        kind=learning.kind.value,
        day=local_day(outline.occurred_at),
        scaled=learning.scaled,
        form=learning.form.value,
        voided=False,
    )


def _vouching(statement: dict[str, Any]) -> tuple[str, str]:
    account = statement.get("authority", {}).get("account", {})
    return account.get("homePage", ""), account.get("name", "")


def _context_iris(activities: dict[str, Any]) -> Iterator[str]:
    for place in ("parent", "grouping"):
        named = activities.get(place, [])
        for activity in named if isinstance(named, list) else [named]:
            yield activity["id"]


def _recount_states(session: Session, recount: Recount) -> None:
    identities = session.execute(
        select(ActorIdentity.home_page, ActorIdentity.account_name, ActorIdentity.person_id)
    )
    person_of = {(home_page, name): person_id for home_page, name, person_id in identities}
    facts_of: dict[tuple[int, str], list[PlainFact]] = {}
    for fact in recount.facts.values():
        person_id = person_of.get(fact.account)
        if person_id is not None and not fact.voided:
            facts_of.setdefault((person_id, fact.module_iri), []).append(fact)
    posts = session.scalars(
        select(Appointment)
        .where(Appointment.is_primary.is_(True))
        .order_by(Appointment.valid_from, Appointment.appointment_id)
    ).all()
    posts_of: dict[int, list[Appointment]] = {}
    for post in posts:
        posts_of.setdefault(post.person_id, []).append(post)
    for key, facts in facts_of.items():
        recount.states[key] = _state_from(facts, posts_of.get(key[0], []))


def _state_from(facts: list[PlainFact], posts: list[Appointment]) -> tuple[Any, ...]:
    def unit_on(day: date) -> int | None:
        return next((post.unit_id for post in posts if post.valid_from <= day < post.valid_to), None)

    accessed_on = min(fact.day for fact in facts)
    completed_on = sorted(fact.day for fact in facts if fact.kind == FactKind.COMPLETED)
    scores = [fact.scaled for fact in facts if fact.scaled is not None]
    return (
        accessed_on,
        completed_on[0] if completed_on else None,
        completed_on[-1] if completed_on else None,
        len(completed_on),
        max(scores) if scores else None,
        unit_on(accessed_on),
        unit_on(completed_on[0]) if completed_on else None,
    )


def _recount_cells(session: Session, recount: Recount) -> None:
    above: dict[int, list[int]] = {}
    closure = select(UnitClosure.descendant_id, UnitClosure.ancestor_id).where(
        UnitClosure.hierarchy == COMMAND
    )
    for descendant_id, ancestor_id in session.execute(closure):
        above.setdefault(descendant_id, []).append(ancestor_id)
    accessed: Counter[tuple[int, str, str, date]] = Counter()
    completed: Counter[tuple[int, str, str, date]] = Counter()
    for (_, module_iri), state in recount.states.items():
        accessed_on, completed_on, *_, access_unit, completion_unit = state
        for calendar in Calendar:
            for unit_id in above.get(access_unit, []):
                accessed[unit_id, module_iri, calendar.value, month_of(accessed_on, calendar).first_day] += 1
            for unit_id in above.get(completion_unit, []):
                month = month_of(completed_on, calendar)
                completed[unit_id, module_iri, calendar.value, month.first_day] += 1
    recount.cells = {cell: (accessed[cell], completed[cell]) for cell in accessed | completed}
