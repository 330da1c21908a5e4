"""What the running application lends to views and tasks: a transaction, a clock, the ports it filled.

Views, Celery tasks and commands all run inside a Flask application context, so one door serves them.
Use cases never come here: session, time and services reach them as arguments.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from typing import Any, TypeVar, cast

from flask import Flask, current_app
from sqlalchemy import Connection, Engine, Executable
from sqlalchemy.orm import Session

from xapi_bridge.group_commit import GroupCommit

Port = TypeVar("Port")
Outcome = TypeVar("Outcome")

_EXTENSION = "cchc_running_app"


def utc_now() -> datetime:
    """The present instant, aware, in UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class RunningApp:
    """The parts of one application instance.

    Attributes:
        engine: one database.
        ports: Protocol class -> the object that fills it, introduced by `lti_tool.app.create_app`.
        clock: replaced in tests by a clock that stands where the test wants it.
        sections: settings sections that lower packages may read, by their class.
        audit_engine: where the readings of the audit log are kept; None: in the one database.
        session_info: what every session carries (`Session.info`), for the lower storeys that have only that.
    """

    engine: Engine
    ports: Mapping[type[Any], Any] = field(default_factory=dict)
    clock: Callable[[], datetime] = utc_now
    sections: Mapping[type[Any], Any] = field(default_factory=dict)
    audit_engine: Engine | None = None
    session_info: Mapping[str, Any] = field(default_factory=dict)

    def dispose(self) -> None:
        """Closes the connections to the database and to the audit log."""
        self.engine.dispose()
        if self.audit_engine is not None:
            self.audit_engine.dispose()

    @cached_property
    def reading_engine(self) -> Engine:
        """The same database for questions: transactions on SQLite take no write lock."""
        return self.engine.execution_options(read_only=True)

    @cached_property
    def asking_engine(self) -> Engine:
        """The same database for questions that stand alone: PostgreSQL is spared BEGIN and ROLLBACK."""
        return self.one_by_one or self.reading_engine

    @cached_property
    def noting_engine(self) -> Engine:
        """The database of the audit log, for entries that are a transaction each."""
        return self.audit_engine or self.one_by_one or self.engine

    @cached_property
    def one_by_one(self) -> Engine | None:
        """The same database, every command a transaction; None on SQLite, where they cost no round."""
        is_postgresql = self.engine.dialect.name == "postgresql"
        return self.engine.execution_options(isolation_level="AUTOCOMMIT") if is_postgresql else None

    @cached_property
    def writers(self) -> GroupCommit:
        """The requests of this process that write at the same time."""
        return GroupCommit(self.engine, session_info=self.session_info)


def lend(app: Flask, running: RunningApp) -> None:
    """Makes the parts available to every view, task and command of `app`."""
    app.extensions[_EXTENSION] = running


def running_app() -> RunningApp:
    """The parts of the application whose context is active."""
    return cast(RunningApp, current_app.extensions[_EXTENSION])


@contextmanager
def transaction() -> Iterator[Session]:
    """A session that commits when the block ends and rolls back when it raises.

    On SQLite the write lock is taken at once (BEGIN IMMEDIATE), so a transaction that reads and then
    writes cannot fail half-way because another writer came between.
    """
    running = running_app()
    info = dict(running.session_info)
    with Session(running.engine, expire_on_commit=False, info=info) as session, session.begin():
        yield session


@contextmanager
def transaction_if_free() -> Iterator[Session]:
    """As `transaction`, for what may as well be left undone: on SQLite it does not wait for another writer.

    Raises:
        OperationalError: on the first command, when another connection writes to SQLite.
    """
    running = running_app()
    engine, info = running.engine.execution_options(only_if_free=True), dict(running.session_info)
    with Session(engine, expire_on_commit=False, info=info) as session, session.begin():
        yield session


def commit_together(change: Callable[[Session], Outcome]) -> Outcome:
    """Runs a change in a transaction that it may share with other requests; returns after the commit.

    As `transaction()` for what comes often and from many at once, such as statements: one commit, so one wait
    for the disk, serves them all. A change that raises leaves nothing behind and does not touch the others.
    It must not open a transaction of its own.
    """
    return running_app().writers.commit(change)


def insert_alone(command: Executable, rows: Sequence[Mapping[str, Any]]) -> None:
    """Runs one command that is a transaction by itself; returns when it is durable.

    On PostgreSQL that is one round to the server, and waits for the disk are shared there anyway. On SQLite
    it shares its commit with other requests (`commit_together`).
    """
    running = running_app()
    if running.one_by_one is None:
        running.writers.commit(lambda session: session.execute(command, rows))
        return
    with running.one_by_one.connect() as connection:
        connection.execute(command, rows)


@contextmanager
def reading() -> Iterator[Session]:
    """A session for questions only: it takes no write lock on SQLite and is rolled back at the end."""
    running = running_app()
    info = dict(running.session_info)
    with Session(running.reading_engine, expire_on_commit=False, autoflush=False, info=info) as session:
        yield session


@contextmanager
def asking_once() -> Iterator[Connection]:
    """A connection for one question. On PostgreSQL that is one round to the server, not three."""
    with running_app().asking_engine.connect() as connection:
        yield connection


@contextmanager
def asking() -> Iterator[Session]:
    """As `reading`, for questions that each stand alone: what is asked later may see a later state.

    On PostgreSQL this is so in `reading`, too (READ COMMITTED), but there it costs two rounds more; what is
    read in pieces by a cursor of the server needs those.
    """
    running = running_app()
    info = dict(running.session_info)
    with Session(running.asking_engine, expire_on_commit=False, autoflush=False, info=info) as session:
        yield session


@contextmanager
def audit_transaction(*, read_only: bool = False) -> Iterator[Session]:
    """As `transaction`, on the audit log, which on SQLite has a file and so a write lock of its own.

    Args:
        read_only: for questions; takes no write lock.
    """
    running = running_app()
    engine = running.audit_engine or running.engine
    if read_only:
        engine = engine.execution_options(read_only=True)
    with Session(engine, expire_on_commit=False) as session, session.begin():
        yield session


@contextmanager
def noting() -> Iterator[Connection]:
    """A connection to the audit log for one entry, which is durable when the block ends."""
    with running_app().noting_engine.begin() as connection:
        yield connection


def now() -> datetime:
    """The application's clock, aware, in UTC."""
    return running_app().clock()


def borrow(port: type[Port]) -> Port:
    """The object that fills a port, for example `borrow(Gradebook)`."""
    return cast(Port, running_app().ports[port])


def section(kind: type[Port]) -> Port:
    """A settings section, by its class, for example `section(PlayerSettings)`."""
    return cast(Port, running_app().sections[kind])
