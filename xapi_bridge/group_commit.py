"""One commit for everybody who waits for one: a transaction that many requests of a process share.

A durable commit costs the disk the same whether it carries one statement or a hundred, and writers come one
after the other anyway. So the first who wants to write leads: it opens the transaction, and takes along
whoever came while it waited for the write lock. Each change runs under a savepoint of its own, so that a
refused one leaves the others alone; everybody is answered after the commit. A lone writer pays nothing extra.
See docs/decisions/0012-group-commit.md.
"""

import threading
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from contextvars import Context, copy_context
from typing import Any, TypeVar, cast

from sqlalchemy import Engine
from sqlalchemy.orm import Session

Outcome = TypeVar("Outcome")

#: Most changes in one transaction; more wait for the next, so that no one waits long.
MOST_CHANGES = 32


class _Waiting:
    """One change that somebody waits for.

    Attributes:
        woken: set when there is an outcome, or when it is this one's turn to lead.
    """

    def __init__(self, change: Callable[[Session], Any]) -> None:
        self.change = change
        # The change runs in the leader's thread, but sees the request and settings of its own.
        self.context: Context = copy_context()
        self.woken = threading.Event()
        self.is_done = False
        self.outcome: Any = None
        self.error: BaseException | None = None

    def run(self, session: Session) -> None:
        self.outcome = self.context.run(self.change, session)

    def finish(self) -> None:
        self.is_done = True
        self.woken.set()


class GroupCommit:
    """The writers of one process on one database.

    Args:
        session_info: what every session carries, as those of `running_app.transaction` do.
    """

    def __init__(
        self, engine: Engine, *, most: int = MOST_CHANGES, session_info: Mapping[str, Any] | None = None
    ) -> None:
        self._engine = engine
        self._session_info = dict(session_info or {})
        self._most = most
        self._lock = threading.Lock()
        self._queue: deque[_Waiting] = deque()
        self._has_leader = False

    def commit(self, change: Callable[[Session], Outcome]) -> Outcome:
        """Runs the change in a transaction and returns what it returned, after the commit.

        Args:
            change: called once, maybe in another thread, but in the context of the caller. It must open no
                transaction of its own: on SQLite it would wait for the one it runs in. It leaves no objects
                waiting in the session, which would be written when it is another's turn.

        Raises:
            whatever the change raised, which then left nothing behind; or why the commit failed.
        """
        mine = _Waiting(change)
        with self._lock:
            self._queue.append(mine)
            must_lead, self._has_leader = not self._has_leader, True
        if not must_lead:
            mine.woken.wait()
        if not mine.is_done:
            self._lead()
        if mine.error is not None:
            raise mine.error
        return cast(Outcome, mine.outcome)

    def _lead(self) -> None:
        """Commits one group, the leader's own change first, and hands the lead to who waits longest."""
        group: list[_Waiting] = []
        try:
            self._commit_group(group)
        except BaseException as failed:  # noqa: BLE001 - every waiting request must learn that nothing was kept
            if not group:
                group.extend(self._take())
            for one in group:
                one.error = one.error or failed
        finally:
            with self._lock:
                following = self._queue[0] if self._queue else None
                self._has_leader = following is not None
            for one in group:
                one.finish()
            if following is not None:
                following.woken.set()

    def _commit_group(self, group: list[_Waiting]) -> None:
        info = dict(self._session_info)
        with Session(self._engine, expire_on_commit=False, info=info) as session, session.begin():
            # On SQLite this waits for the write lock; who comes meanwhile is taken along.
            session.connection()
            group.extend(self._take())
            if len(group) == 1:
                group[0].run(session)
            else:
                _run_each(session, group)

    def _take(self) -> list[_Waiting]:
        with self._lock:
            return [self._queue.popleft() for _ in range(min(len(self._queue), self._most))]


def _run_each(session: Session, group: Sequence[_Waiting]) -> None:
    connection = session.connection()
    for one in group:
        # A savepoint of the same name hides the one before; none is released, for the commit ends them all.
        connection.exec_driver_sql("SAVEPOINT change")
        try:
            one.run(session)
        except Exception as refused:  # noqa: BLE001 - it belongs to the request that waits for this change
            connection.exec_driver_sql("ROLLBACK TO SAVEPOINT change")
            one.error = refused
