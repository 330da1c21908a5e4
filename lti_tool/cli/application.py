"""The application as commands use it: open for one command, closed after it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from flask import Flask
from sqlalchemy.orm import Session

from lti_tool.app import create_app
from lti_tool.settings import Settings
from xapi_bridge.running_app import running_app

#: For commands whose argument others made: the id of a key or of an LMS may begin with a hyphen.
NAMES_OF_OTHERS: Final = {"ignore_unknown_options": True}


@contextmanager
def running_application(settings: Settings) -> Iterator[Flask]:
    """The application with its context active; its database connections are closed at the end."""
    app = create_app(settings)
    with app.app_context():
        try:
            yield app
        finally:
            running_app().dispose()


@contextmanager
def snapshot() -> Iterator[Session]:
    """A session that sees the database as it was at one instant; within `running_application`."""
    engine = running_app().engine.execution_options(read_only=True)
    if engine.dialect.name == "postgresql":
        engine = engine.execution_options(isolation_level="REPEATABLE READ")
    info = dict(running_app().session_info)
    with Session(engine, autoflush=False, info=info) as session:
        yield session
