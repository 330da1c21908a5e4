"""Facts -> state: what each person has done with each module, computed anew from all facts not voided.

State is never incremented by a statement. So a statement delivered twice, late or voided gives the same
state as the same statements in any other order.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple

from sqlalchemy import delete, tuple_
from sqlalchemy.orm import Session

from sync.rollups.batch_sql import (
    FACTS,
    KEEP_STATES,
    PRIMARY_POSTS,
    STATES,
    days_from,
    read_by_numbers,
    read_by_pairs,
    write_rows,
)
from sync.rollups.facts import Key, News
from sync.rollups.models import PersonModule


class ModuleState(NamedTuple):
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


class StateChange(NamedTuple):
    """A state before and after; `None` where there was or is nothing."""

    before: ModuleState | None
    after: ModuleState | None


def refresh_states(session: Session, news: Mapping[Key, News]) -> list[StateChange]:
    """Computes the state of some people's modules anew, keeps it, and returns what changed, in key order.

    Most of what comes in changes nothing: one more page read in a module that was opened before. Such keys
    are left alone, which also makes a batch cost the same however much is known about its people.
    """
    if not news:
        return []
    # What the caller changed and has not sent yet must be seen by SQL that is not built from objects.
    session.flush()
    before = _kept_states(session, sorted(news))
    wanted = sorted(key for key, one in news.items() if not _is_covered(one, before.get(key)))
    after = _computed_states(session, wanted)
    changes = [
        StateChange(before.get(key), after.get(key)) for key in wanted if before.get(key) != after.get(key)
    ]
    _keep(session, changes)
    return changes


def _is_covered(news: News, state: ModuleState | None) -> bool:
    """Whether what came cannot change the state, even if it came before."""
    if state is None or news.needs_recount or news.first_on < state.first_accessed_on:
        return False
    return news.best_scaled is None or (
        state.best_scaled is not None and news.best_scaled <= state.best_scaled
    )


def _kept_states(session: Session, keys: Sequence[Key]) -> dict[Key, ModuleState]:
    states = {}
    for row in read_by_pairs(session, STATES, keys):
        person_id, module_iri, accessed, completed, last_completed, *rest = row
        days = days_from((accessed, completed, last_completed))
        states[person_id, module_iri] = ModuleState(person_id, module_iri, *days, *rest)
    return states


def _computed_states(session: Session, keys: Sequence[Key]) -> dict[Key, ModuleState]:
    """One state per key that has facts. A person may have several accounts."""
    posts = _primary_posts(session, {person_id for person_id, _ in keys})
    states = {}
    for row in read_by_pairs(session, FACTS, keys):
        person_id, module_iri, *days, completions, best_scaled = row
        accessed_on, completed_on, last_completed_on = days_from(days)
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


class _Post(NamedTuple):
    unit_id: int
    valid_from: date
    valid_to: date


def _primary_posts(session: Session, people: set[int]) -> dict[int, list[_Post]]:
    posts: dict[int, list[_Post]] = {}
    for person_id, unit_id, valid_from, valid_to in read_by_numbers(session, PRIMARY_POSTS, people):
        posts.setdefault(person_id, []).append(_Post(unit_id, *days_from((valid_from, valid_to))))
    return posts


def _unit_on(posts: Sequence[_Post], day: date) -> int | None:
    return next((post.unit_id for post in posts if post.valid_from <= day < post.valid_to), None)


def _keep(session: Session, changes: Sequence[StateChange]) -> None:
    kept = [change.after for change in changes if change.after is not None]
    gone = [change.before for change in changes if change.before is not None and change.after is None]
    write_rows(session, KEEP_STATES, kept)
    if gone:
        vanished = [(state.person_id, state.module_iri) for state in gone]
        session.execute(
            delete(PersonModule)
            .where(tuple_(PersonModule.person_id, PersonModule.module_iri).in_(vanished))
            .execution_options(synchronize_session=False)
        )
