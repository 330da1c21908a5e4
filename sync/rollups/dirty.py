"""Which people's modules must be counted again, although no new statement says so."""

from collections.abc import Iterable

from sqlalchemy import delete, func, select, tuple_
from sqlalchemy.orm import Session

from sync.bookmarks import hold_bookmark_shared
from sync.organization.models import ActorIdentity
from sync.rollups.models import DirtyKey, LearningFact, PersonModule
from xapi_bridge.database import insert_if_absent

#: Name of the follower's bookmark.
ROLLUPS = "rollups"
#: People per query: databases limit the parameters of one statement.
_SLICE = 500


def mark_person_dirty(session: Session, person_id: int) -> None:
    """Has everything that one person learned counted again.

    Call it after linking an account or changing an appointment, in the same transaction. When an account
    moves from one person to another, mark both in one call of `mark_people_dirty`.
    """
    mark_people_dirty(session, [person_id])


def mark_people_dirty(session: Session, person_ids: Iterable[int]) -> None:
    """As `mark_person_dirty`, for many.

    Waits for a running batch of the follower, and holds off the next one until this transaction ends:
    otherwise the follower could take in a statement under the old link or post while this transaction,
    which cannot see that statement yet, marks nothing for it.
    """
    session.flush()
    hold_bookmark_shared(session, ROLLUPS)
    people = sorted(set(person_ids))
    for start in range(0, len(people), _SLICE):
        keys = _keys_of(session, people[start : start + _SLICE])
        insert_if_absent(
            session, DirtyKey.__table__, [{"person_id": person, "module_iri": iri} for person, iri in keys]
        )


def _keys_of(session: Session, people: list[int]) -> list[tuple[int, str]]:
    """What the people have facts for now, and what they had counted before an account was taken away."""
    with_facts = (
        select(ActorIdentity.person_id, LearningFact.module_iri)
        .join(LearningFact, LearningFact.identity_id == ActorIdentity.identity_id)
        .where(ActorIdentity.person_id.in_(people))
        .distinct()
    )
    with_state = select(PersonModule.person_id, PersonModule.module_iri).where(
        PersonModule.person_id.in_(people)
    )
    keys = {(person, iri) for person, iri in session.execute(with_facts) if person is not None}
    keys |= {(person, iri) for person, iri in session.execute(with_state)}
    return sorted(keys)


def take_dirty_keys(session: Session, *, limit: int) -> set[tuple[int, str]]:
    """Removes at most `limit` marks and returns them; for the holder of the follower's bookmark.

    People marked meanwhile by others wait for the bookmark, so no mark is lost between here and commit.
    """
    rows = session.execute(
        select(DirtyKey.person_id, DirtyKey.module_iri)
        .order_by(DirtyKey.person_id, DirtyKey.module_iri)
        .limit(limit)
    )
    keys = {(person_id, module_iri) for person_id, module_iri in rows}
    if keys:
        session.execute(
            delete(DirtyKey)
            .where(tuple_(DirtyKey.person_id, DirtyKey.module_iri).in_(sorted(keys)))
            .execution_options(synchronize_session=False)
        )
    return keys


def count_dirty_keys(session: Session) -> int:
    """How many people's modules wait to be counted again."""
    return session.scalar(select(func.count()).select_from(DirtyKey)) or 0
