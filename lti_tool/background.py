"""Background work of a web process: in a thread of its own, unless a broker hands it to workers."""

from flask import Flask

from lti_tool.settings import Settings
from sync.background import BackgroundThread
from sync.settings import SyncSettings
from sync.timetable import timetable


def sync_settings_from(settings: Settings) -> SyncSettings:
    """The part of the settings that the background work needs."""
    return SyncSettings(
        iri_base=str(settings.iri_base), follow_interval_seconds=settings.follow_interval_seconds
    )


def start_background(app: Flask, settings: Settings) -> BackgroundThread | None:
    """Starts the thread; with a broker there is none, because workers do the work.

    Call it in the process that serves, after it has forked.
    """
    if settings.broker_url:
        return None
    thread = BackgroundThread(app, timetable(sync_settings_from(settings)))
    thread.start()
    return thread
