"""What the running application lends to views and tasks: a transaction, a clock, the ports it filled.

Views, Celery tasks and commands all run inside a Flask application context, so one door serves them.
Use cases never come here: session, time and services reach them as arguments.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, TypeVar, cast

from flask import Flask, current_app
from sqlalchemy import Engine
from sqlalchemy.orm import Session

Port = TypeVar("Port")

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
    """

    engine: Engine
    ports: Mapping[type[Any], Any] = field(default_factory=dict)
    clock: Callable[[], datetime] = utc_now
    sections: Mapping[type[Any], Any] = field(default_factory=dict)


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
    with Session(running_app().engine, expire_on_commit=False) as session, session.begin():
        yield session


@contextmanager
def reading() -> Iterator[Session]:
    """A session for questions only: it takes no write lock on SQLite and is rolled back at the end."""
    engine = running_app().engine.execution_options(read_only=True)
    with Session(engine, expire_on_commit=False, autoflush=False) as session:
        yield session


def now() -> datetime:
    """The application's clock, aware, in UTC."""
    return running_app().clock()


def borrow(port: type[Port]) -> Port:
    """The object that fills a port, for example `borrow(Gradebook)`."""
    return cast(Port, running_app().ports[port])


def section(kind: type[Port]) -> Port:
    """A settings section, by its class, for example `section(PlayerSettings)`."""
    return cast(Port, running_app().sections[kind])
