"""The application as commands use it: open for one command, closed after it."""

from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask

from lti_tool.app import create_app
from lti_tool.settings import Settings
from xapi_bridge.running_app import running_app


@contextmanager
def running_application(settings: Settings) -> Iterator[Flask]:
    """The application with its context active; its database connections are closed at the end."""
    app = create_app(settings)
    with app.app_context():
        try:
            yield app
        finally:
            running_app().engine.dispose()
