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

from sync import grade_jobs, privacy_jobs, question_jobs, report_jobs, timetable
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
    return grade_jobs.deliver_scores()


@shared_task(name=f"{PREFIX}find_columns")  # type: ignore[untyped-decorator]
def find_columns() -> int:
    """Finds or makes the gradebook columns that launches did not name."""
    return grade_jobs.find_columns()


@shared_task(name=f"{PREFIX}read_back_scores")  # type: ignore[untyped-decorator]
def read_back_scores() -> int:
    """Asks LMSs whether they hold what was delivered."""
    return grade_jobs.read_back()


@shared_task(name=f"{PREFIX}compare_gradebooks")  # type: ignore[untyped-decorator]
def compare_gradebooks() -> int:
    """Compares gradebooks with what was delivered, every night."""
    return grade_jobs.compare_gradebooks()


@shared_task(name=f"{PREFIX}read_rosters")  # type: ignore[untyped-decorator]
def read_rosters() -> int:
    """Reads the lists of members that are due."""
    return grade_jobs.read_rosters()


@shared_task(name=f"{PREFIX}pull_sources")  # type: ignore[untyped-decorator]
def pull_sources() -> int:
    """Reads the other record stores that are due."""
    return timetable.pull_sources()


@shared_task(name=f"{PREFIX}hand_in_overdue_attempts")  # type: ignore[untyped-decorator]
def hand_in_overdue_attempts() -> int:
    """Hands in quizzes whose time is over."""
    return timetable.hand_in_overdue_attempts()


@shared_task(name=f"{PREFIX}enter_staff_lists")  # type: ignore[untyped-decorator]
def enter_staff_lists() -> int:
    """Enters the lists of staff that somebody decided to enter."""
    return timetable.enter_staff_lists()


@shared_task(name=f"{PREFIX}look_after_questions")  # type: ignore[untyped-decorator]
def look_after_questions() -> int:
    """Gives waiting questions to experts, and reminds experts of deadlines."""
    return question_jobs.look_after_questions()


@shared_task(name=f"{PREFIX}carry_out_erasures")  # type: ignore[untyped-decorator]
def carry_out_erasures() -> int:
    """Goes on with erasures on request."""
    return privacy_jobs.carry_out_erasures()


@shared_task(name=f"{PREFIX}write_person_archives")  # type: ignore[untyped-decorator]
def write_person_archives() -> int:
    """Writes exports of one person's records, and deletes old ones."""
    return privacy_jobs.write_person_archives()


@shared_task(name=f"{PREFIX}apply_retention")  # type: ignore[untyped-decorator]
def apply_retention() -> int:
    """Runs the retention rules."""
    return privacy_jobs.apply_retention()


@shared_task(name=f"{PREFIX}sweep_launch_records")  # type: ignore[untyped-decorator]
def sweep_launch_records() -> int:
    """Removes attempts to launch that were kept long enough."""
    return timetable.sweep_launch_records()


@shared_task(name=f"{PREFIX}make_months")  # type: ignore[untyped-decorator]
def make_months() -> int:
    """Makes the coming months of a parted record store."""
    return timetable.make_months()


@shared_task(name=f"{PREFIX}sweep_unnamed_attachments")  # type: ignore[untyped-decorator]
def sweep_unnamed_attachments() -> int:
    """Removes the bytes of attachments that no statement names."""
    return timetable.sweep_unnamed_attachments()


@shared_task(name=f"{PREFIX}look_after_platforms")  # type: ignore[untyped-decorator]
def look_after_platforms() -> int:
    """Looks after the connections to LMSs."""
    return timetable.look_after_platforms()


@shared_task(name=f"{PREFIX}follow_forwarding")  # type: ignore[untyped-decorator]
def follow_forwarding() -> int:
    """Puts new statements into the outboxes of the forwarding targets."""
    return timetable.follow_forwarding()


@shared_task(name=f"{PREFIX}forward_statements")  # type: ignore[untyped-decorator]
def forward_statements() -> int:
    """Sends what is due to the other record stores."""
    return timetable.forward_statements()


@shared_task(name=f"{PREFIX}write_exports")  # type: ignore[untyped-decorator]
def write_exports() -> int:
    """Writes the exports of statements that wait."""
    return timetable.write_exports()


@shared_task(name=f"{PREFIX}build_reports")  # type: ignore[untyped-decorator]
def build_reports() -> int:
    """Makes the files of official reports that wait."""
    return report_jobs.build_reports()


@shared_task(name=f"{PREFIX}keep_report_schedules")  # type: ignore[untyped-decorator]
def keep_report_schedules() -> int:
    """Asks for scheduled files, and deletes old ones."""
    return report_jobs.keep_report_schedules()


@shared_task(name=f"{PREFIX}delete_expired_exports")  # type: ignore[untyped-decorator]
def delete_expired_exports() -> int:
    """Deletes the files of exports that are over."""
    return timetable.delete_expired_exports()


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
