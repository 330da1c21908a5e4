"""The timetable on Celery: the same functions, on as many machines as wanted. The only room with Celery.

A task carries no arguments, because what waits is in the database. So a message that is lost, doubled or
delayed by the broker delays work at most.
"""

from functools import partial
from typing import Any

from celery import Celery, Task, shared_task
from celery.signals import setup_logging, worker_process_init
from celery.utils.log import get_multiprocessing_logger
from flask import Flask

from sync import timetable
from sync.settings import SyncSettings
from xapi_bridge.running_app import running_app

#: Task names are this and the name of the job.
PREFIX = "cchc."


@shared_task(name=f"{PREFIX}follow_rollups")  # type: ignore[untyped-decorator]
def follow_rollups() -> int:
    """Counts the learning that came in."""
    return timetable.follow_rollups()


@shared_task(name=f"{PREFIX}follow_grades")  # type: ignore[untyped-decorator]
def follow_grades() -> int:
    """Finds the quiz results that gradebooks expect."""
    return timetable.follow_grades()


@shared_task(name=f"{PREFIX}deliver_scores")  # type: ignore[untyped-decorator]
def deliver_scores() -> int:
    """Posts the scores that are due."""
    return timetable.deliver_scores()


@shared_task(name=f"{PREFIX}hand_in_overdue_attempts")  # type: ignore[untyped-decorator]
def hand_in_overdue_attempts() -> int:
    """Hands in quizzes whose time is over."""
    return timetable.hand_in_overdue_attempts()


def celery_from(app: Flask, broker_url: str, *, settings: SyncSettings, queue: str = "cchc") -> Celery:
    """The Celery application whose tasks run inside the application context of `app`.

    Args:
        broker_url: redis://… or amqp://….
        queue: installations that share a broker need different ones.
    """

    class TaskInApp(Task):  # type: ignore[misc]
        def __call__(self, *args: Any, **kwargs: Any) -> Any:
            with app.app_context():
                return super().__call__(*args, **kwargs)

    celery = Celery("cchc", broker=broker_url, task_cls=TaskInApp)
    celery.conf.update(
        task_default_queue=queue,
        task_serializer="json",
        accept_content=["json"],
        task_ignore_result=True,
        # A task that dies with its worker goes to another one; every job may run twice.
        task_acks_late=True,
        task_reject_on_worker_lost=True,
        worker_prefetch_multiplier=1,
        worker_hijack_root_logger=False,
        broker_connection_retry_on_startup=True,
        beat_schedule=_beat_schedule(settings),
    )
    celery.set_default()
    worker_process_init.connect(partial(_forget_connections, app), weak=False)
    setup_logging.connect(_keep_our_logs, weak=False)
    return celery


def _keep_our_logs(**_signal: Any) -> None:
    """Being connected keeps Celery from setting a level and handlers of its own over the application's."""
    get_multiprocessing_logger().propagate = True


def _forget_connections(app: Flask, **_signal: Any) -> None:
    """A forked worker must not share its parent's database connections."""
    with app.app_context():
        running_app().engine.dispose(close=False)


def _beat_schedule(settings: SyncSettings) -> dict[str, dict[str, Any]]:
    return {
        job.name: {
            "task": PREFIX + job.name,
            "schedule": job.every_seconds,
            # Rounds that pile up while no worker listens are worth no more than one.
            "options": {"expires": max(job.every_seconds, 1.0)},
        }
        for job in timetable.timetable(settings)
    }
