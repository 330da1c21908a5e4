"""Background work of a web process: in a thread of its own, unless a broker hands it to workers."""

from datetime import timedelta

from flask import Flask

from lti_tool.settings import Settings
from sync.background import BackgroundThread
from sync.exports.settings import ExportSettings
from sync.settings import ForwardingSettings, GradesSettings, PrivacySettings, SyncSettings
from sync.timetable import timetable
from xapi_bridge.store.erased import erasure_key


def sync_settings_from(settings: Settings) -> SyncSettings:
    """The part of the settings that the background work needs."""
    return SyncSettings(
        iri_base=str(settings.iri_base), follow_interval_seconds=settings.follow_interval_seconds
    )


def forwarding_settings_from(settings: Settings) -> ForwardingSettings:
    """The part of the settings that forwarding needs."""
    return ForwardingSettings(
        secret=settings.secret_key.get_secret_value(),
        iri_base=str(settings.iri_base),
        most_waiting=settings.forwarding_most_waiting,
        horizon=timedelta(days=settings.forwarding_horizon_days),
    )


def grades_settings_from(settings: Settings) -> GradesSettings:
    """The part of the settings that grades and rosters need."""
    return GradesSettings(
        retry_seconds=settings.score_retry_seconds,
        request_seconds=settings.outgoing_timeout_seconds,
        read_back_percent=settings.score_read_back_percent,
        breaker_failures=settings.score_breaker_failures,
        comparison_hour=settings.score_comparison_hour,
        roster_hours=settings.roster_hours,
    )


def export_settings_from(settings: Settings) -> ExportSettings:
    """The part of the settings that exports need."""
    return ExportSettings(
        folder=settings.data_dir.resolve() / "exports",
        keep_days=settings.export_keep_days,
        most_rows=settings.export_most_rows,
        most_open=settings.export_most_open,
        iri_base=str(settings.iri_base),
    )


def privacy_settings_from(settings: Settings) -> PrivacySettings:
    """The part of the settings that erasure, retention and exports of one person's records need."""
    return PrivacySettings(
        folder=settings.data_dir.resolve() / "person-exports",
        person_exports_kept=timedelta(days=settings.person_export_days),
        key=erasure_key(settings.secret_key.get_secret_value().encode()),
        iri_base=str(settings.iri_base),
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
