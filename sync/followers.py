"""How far each follower has read the statement store; never past what is certain.

A follower takes statements in the order of the store, in batches, and moves its bookmark in the same
transaction as what it derives. So a crash costs nothing: the batch simply comes again.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from sync.bookmarks import find_bookmark, lock_bookmark
from xapi_bridge.store.follow import StoredStatement, count_after, read_after


@dataclass(frozen=True)
class Follower:
    """Something that is derived from the statements.

    Attributes:
        name: names the bookmark; never change it.
        take_in: derives from one batch, in store order; returns how much other work of its own it did.
            Called as `take_in(session, batch, limit, now)`; the batch may be empty.
        count_other_work: how much work waits that is not a statement.
    """

    name: str
    take_in: Callable[[Session, Sequence[StoredStatement], int, datetime], int]
    count_other_work: Callable[[Session], int]


@dataclass(frozen=True)
class Freshness:
    """How current derived figures are.

    Attributes:
        as_of: when the last batch was taken in; `None` before the first.
        waiting: statements and other changes not taken in yet; 0 means that the figures are complete.
    """

    as_of: datetime | None
    waiting: int


def follow_once(session: Session, follower: Follower, *, limit: int, now: datetime) -> int:
    """Takes in the next batch of at most `limit` statements; returns the work done, 0 when none is left.

    Several workers may call this at once: the bookmark row is locked, so they take different batches,
    one after the other.
    """
    bookmark = lock_bookmark(session, follower.name)
    batch = read_after(session, bookmark.last_seq, limit=limit)
    other_work = follower.take_in(session, batch, limit, now)
    if batch:
        bookmark.last_seq = batch[-1].seq
    if batch or other_work:
        bookmark.updated_at = now
    session.flush()
    return len(batch) + other_work


def is_work_waiting(session: Session, follower: Follower) -> bool:
    """Whether `follow_once` would find something; asks without locking."""
    bookmark = find_bookmark(session, follower.name)
    last_seq = bookmark.last_seq if bookmark else 0
    return bool(read_after(session, last_seq, limit=1)) or follower.count_other_work(session) > 0


def find_freshness(session: Session, follower: Follower) -> Freshness:
    """How current the figures of a follower are."""
    bookmark = find_bookmark(session, follower.name)
    last_seq = bookmark.last_seq if bookmark else 0
    return Freshness(
        as_of=bookmark.updated_at if bookmark else None,
        waiting=count_after(session, last_seq) + follower.count_other_work(session),
    )
