"""Facts -> state: what each person has done with each module, computed anew from all facts not voided.

State is never incremented by a statement. So a statement delivered twice, late or voided gives the same
state as the same statements in any other order.
"""

from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass
from datetime import date
from typing import Any

from sqlalchemy import Integer, Select, String, case, column, delete, func, select, tuple_, values
from sqlalchemy.orm import Session

from sync.organization.models import ActorIdentity, Appointment
from sync.rollups.definitions import FactKind
from sync.rollups.facts import Key
from sync.rollups.models import LearningFact, PersonModule
from xapi_bridge.database import insert_or_update


@dataclass(frozen=True)
class ModuleState:
    """What one person has done with one module; the fields are the columns of `PersonModule`, in order."""

    person_id: int
    module_iri: str
    first_accessed_on: date
    first_completed_on: date | None
    last_completed_on: date | None
    completions: int
    best_scaled: float | None
    access_unit_id: int | None
    leaf_unit_id: int | None


@dataclass(frozen=True)
class StateChange:
    """A state before and after; `None` where there was or is nothing."""

    before: ModuleState | None
    after: ModuleState | None


def refresh_states(session: Session, keys: Iterable[Key]) -> list[StateChange]:
    """Computes the state of some people's modules anew, keeps it, and returns what changed, in key order."""
    wanted = sorted(set(keys))
    if not wanted:
        return []
    before = _kept_states(session, wanted)
    after = _computed_states(session, wanted)
    changes = [
        StateChange(before.get(key), after.get(key)) for key in wanted if before.get(key) != after.get(key)
    ]
    _keep(session, changes)
    return changes


def _kept_states(session: Session, keys: Sequence[Key]) -> dict[Key, ModuleState]:
    wanted = _values_of(keys, "person_id")
    rows = session.execute(
        select(*PersonModule.__table__.columns).join(
            wanted,
            (PersonModule.person_id == wanted.c.person_id) & (PersonModule.module_iri == wanted.c.module_iri),
        )
    )
    states = [ModuleState(*row) for row in rows]
    return {(state.person_id, state.module_iri): state for state in states}


def _computed_states(session: Session, keys: Sequence[Key]) -> dict[Key, ModuleState]:
    people = {person_id for person_id, _ in keys}
    posts = _primary_posts(session, people)
    states = {}
    for row in session.execute(_aggregated_facts(session, keys, people)):
        person_id, module_iri, accessed_on, completed_on, last_completed_on, completions, best_scaled = row
        post = posts.get(person_id, [])
        states[person_id, module_iri] = ModuleState(
            person_id=person_id,
            module_iri=module_iri,
            first_accessed_on=accessed_on,
            first_completed_on=completed_on,
            last_completed_on=last_completed_on,
            completions=completions,
            best_scaled=best_scaled,
            access_unit_id=_unit_on(post, accessed_on),
            leaf_unit_id=_unit_on(post, completed_on) if completed_on else None,
        )
    return states


def _aggregated_facts(session: Session, keys: Sequence[Key], people: set[int]) -> Select[*tuple[Any, ...]]:
    """One row per key that has facts. A person may have several accounts."""
    accounts = select(ActorIdentity).where(ActorIdentity.person_id.in_(people))
    accounts_of: dict[int | None, list[int]] = {}
    for account in session.scalars(accounts):
        accounts_of.setdefault(account.person_id, []).append(account.identity_id)
    wanted = _values_of(
        [(identity, module) for person, module in keys for identity in accounts_of.get(person, [])],
        "identity_id",
    )
    completed_on = case((LearningFact.kind == FactKind.COMPLETED.value, LearningFact.occurred_on))
    return (
        select(
            ActorIdentity.person_id,
            LearningFact.module_iri,
            func.min(LearningFact.occurred_on).label("first_accessed_on"),
            func.min(completed_on).label("first_completed_on"),
            func.max(completed_on).label("last_completed_on"),
            func.count(completed_on).label("completions"),
            func.max(LearningFact.score_scaled).label("best_scaled"),
        )
        .join(
            wanted,
            (LearningFact.identity_id == wanted.c.identity_id)
            & (LearningFact.module_iri == wanted.c.module_iri),
        )
        .join(ActorIdentity, ActorIdentity.identity_id == LearningFact.identity_id)
        .where(LearningFact.voided.is_(False))
        .group_by(ActorIdentity.person_id, LearningFact.module_iri)
    )


def _values_of(keys: Sequence[tuple[int, str]], name: str) -> Any:
    """Pairs as a table that can be joined: exact keys, found by index."""
    # An empty VALUES list is no SQL; no row has id 0.
    listed = list(keys) or [(0, "")]
    return (
        values(column(name, Integer), column("module_iri", String), name="wanted").data(listed).cte("wanted")
    )


@dataclass(frozen=True)
class _Post:
    unit_id: int
    valid_from: date
    valid_to: date


def _primary_posts(session: Session, people: set[int]) -> dict[int, list[_Post]]:
    rows = session.execute(
        select(Appointment.person_id, Appointment.unit_id, Appointment.valid_from, Appointment.valid_to)
        .where(Appointment.person_id.in_(people), Appointment.is_primary.is_(True))
        .order_by(Appointment.valid_from, Appointment.appointment_id)
    )
    posts: dict[int, list[_Post]] = {}
    for person_id, unit_id, valid_from, valid_to in rows:
        posts.setdefault(person_id, []).append(_Post(unit_id, valid_from, valid_to))
    return posts


def _unit_on(posts: Sequence[_Post], day: date) -> int | None:
    return next((post.unit_id for post in posts if post.valid_from <= day < post.valid_to), None)


def _keep(session: Session, changes: Sequence[StateChange]) -> None:
    kept = [change.after for change in changes if change.after is not None]
    gone = [change.before for change in changes if change.before is not None and change.after is None]
    names = [each.name for each in PersonModule.__table__.columns]
    insert_or_update(
        session, PersonModule.__table__, [dict(zip(names, astuple(state), strict=True)) for state in kept]
    )
    if gone:
        vanished = [(state.person_id, state.module_iri) for state in gone]
        session.execute(
            delete(PersonModule)
            .where(tuple_(PersonModule.person_id, PersonModule.module_iri).in_(vanished))
            .execution_options(synchronize_session=False)
        )
