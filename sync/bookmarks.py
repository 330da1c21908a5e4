"""The bookmarks of the followers, and the locks that keep two workers from taking the same batch."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from sync.models import FollowerBookmark
from xapi_bridge.database import insert_if_absent


def hold_bookmark_shared(session: Session, name: str) -> None:
    """Keeps a follower from taking its next batch until this transaction ends (PostgreSQL).

    SQLite needs nothing: a transaction that will write already excludes every other writer.
    """
    _ensure_bookmark(session, name)
    held = select(FollowerBookmark.name).where(FollowerBookmark.name == name).with_for_update(read=True)
    session.execute(held)


def rewind_bookmark(session: Session, name: str) -> None:
    """Sends a follower back to the first statement. Empty what it derived in the same transaction."""
    bookmark = lock_bookmark(session, name)
    bookmark.last_seq = 0
    bookmark.updated_at = None
    session.flush()


def find_bookmark(session: Session, name: str) -> FollowerBookmark | None:
    """The bookmark as it is now, not locked; `None` before the follower's first batch."""
    return session.get(FollowerBookmark, name, populate_existing=True)


def find_slowest_bookmark(session: Session) -> FollowerBookmark | None:
    """The follower that has read least; `None` while there is none."""
    slowest = select(FollowerBookmark).order_by(FollowerBookmark.last_seq, FollowerBookmark.name).limit(1)
    return session.scalars(slowest).first()


def lock_bookmark(session: Session, name: str) -> FollowerBookmark:
    """The bookmark, for this transaction alone; others wait until it ends."""
    _ensure_bookmark(session, name)
    locked = (
        select(FollowerBookmark)
        .where(FollowerBookmark.name == name)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return session.scalars(locked).one()


def _ensure_bookmark(session: Session, name: str) -> None:
    if session.scalar(select(FollowerBookmark.name).where(FollowerBookmark.name == name)) is None:
        insert_if_absent(session, FollowerBookmark.__table__, [{"name": name, "last_seq": 0}])
