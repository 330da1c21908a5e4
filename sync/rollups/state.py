"""Facts -> state: what each person has done with each module, as all facts not voided say together.

New facts are put together with the state; each is new once, because it is kept in the same transaction.
Earliest, latest, best and how many do not depend on an order. Whatever takes facts away or moves people
(voids, links, posts) has the state computed anew from all facts (decision 64).
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
from sync.rollups.facts import Key, News, earlier_of, larger_of
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
    """Brings the state of some people's modules forward, and returns what changed, in key order.

    Most of what comes in changes nothing: one more page read in a module that was opened before. A batch
    costs the same however much is known about its people.
    """
    if not news:
        return []
    # What the caller changed and has not sent yet must be seen by SQL that is not built from objects.
    session.flush()
    before = _kept_states(session, sorted(news))
    recounted = sorted(key for key, one in news.items() if one.needs_recount)
    after = {
        key: _brought_forward(key, before.get(key), one) for key, one in news.items() if not one.needs_recount
    }
    moved = {key for key, state in after.items() if _has_moved(before.get(key), state)}
    posts = _primary_posts(session, {person_id for person_id, _ in [*moved, *recounted]})
    after |= {key: _placed(after[key], posts) for key in moved}
    after |= _computed_states(session, recounted, posts)
    changes = [
        StateChange(before.get(key), after.get(key))
        for key in sorted(news)
        if before.get(key) != after.get(key)
    ]
    _keep(session, changes)
    return changes


def _brought_forward(key: Key, state: ModuleState | None, news: News) -> ModuleState:
    """The state with new facts; its units are those of before."""
    if state is None:
        state = ModuleState(*key, news.first_on, None, None, 0, None, None, None)
    return ModuleState(
        *key,
        min(state.first_accessed_on, news.first_on),
        earlier_of(state.first_completed_on, news.first_completed_on),
        larger_of(state.last_completed_on, news.last_completed_on),
        state.completions + news.completions,
        larger_of(state.best_scaled, news.best_scaled),
        state.access_unit_id,
        state.leaf_unit_id,
    )


def _has_moved(before: ModuleState | None, after: ModuleState) -> bool:
    """Whether the person may count in another unit."""
    return (
        before is None
        or before.first_accessed_on != after.first_accessed_on
        or before.first_completed_on != after.first_completed_on
    )


def _placed(state: ModuleState, posts: Mapping[int, Sequence["_Post"]]) -> ModuleState:
    """The state with the units of the person's posts on its days."""
    held, completed_on = posts.get(state.person_id, ()), state.first_completed_on
    return state._replace(
        access_unit_id=_unit_on(held, state.first_accessed_on),
        leaf_unit_id=_unit_on(held, completed_on) if completed_on else None,
    )


def _kept_states(session: Session, keys: Sequence[Key]) -> dict[Key, ModuleState]:
    states = {}
    for row in read_by_pairs(session, STATES, keys):
        person_id, module_iri, accessed, completed, last_completed, *rest = row
        days = days_from((accessed, completed, last_completed))
        states[person_id, module_iri] = ModuleState(person_id, module_iri, *days, *rest)
    return states


def _computed_states(
    session: Session, keys: Sequence[Key], posts: Mapping[int, Sequence["_Post"]]
) -> dict[Key, ModuleState]:
    """One state per key that has facts, from all of them. A person may have several accounts."""
    states = {}
    for row in read_by_pairs(session, FACTS, keys):
        person_id, module_iri, *days, completions, best_scaled = row
        accessed_on, completed_on, last_completed_on = days_from(days)
        state = ModuleState(
            person_id=person_id,
            module_iri=module_iri,
            first_accessed_on=accessed_on,
            first_completed_on=completed_on,
            last_completed_on=last_completed_on,
            completions=completions,
            best_scaled=best_scaled,
            access_unit_id=None,
            leaf_unit_id=None,
        )
        states[person_id, module_iri] = _placed(state, posts)
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
