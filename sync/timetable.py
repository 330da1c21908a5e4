"""What is done in the background, and how often. A thread or Celery decides when and where.

Every job may run at any time, twice at once, or be killed half-way: the work that waits is in the database.
"""

from collections.abc import Callable
from dataclasses import dataclass

import structlog

from content_packages.player.examinations import hand_in_overdue, is_attempt_overdue
from sync.followers import Follower, follow_once, is_work_waiting
from sync.grades import grades_follower
from sync.ports import Gradebook
from sync.rollups.follower import rollups_follower
from sync.score_delivery import deliver_due_scores, is_score_due
from sync.settings import SyncSettings
from xapi_bridge.running_app import borrow, now, reading, section, transaction

#: Statements per transaction: some tenths of a second on SQLite, during which a learner's save must wait.
BATCH = 500
#: Batches per run, so that one run does not keep a worker from its other jobs.
MOST_BATCHES = 20
#: Pause between two looks into the outbox of scores.
_DELIVERY_SECONDS = 5.0
#: Pause between two looks for attempts whose time is over.
_OVERDUE_SECONDS = 30.0
#: Attempts handed in per transaction.
_OVERDUE_BATCH = 20

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Job:
    """One background job.

    Attributes:
        name: stable; in logs, and the end of the Celery task's name.
        every_seconds: pause between two runs.
        run: does what waits and returns how much it did. Runs inside an application context.
    """

    name: str
    every_seconds: float
    run: Callable[[], int]


def timetable(settings: SyncSettings) -> tuple[Job, ...]:
    """All background jobs of this package."""
    follow_seconds = settings.follow_interval_seconds
    return (
        Job("follow_rollups", follow_seconds, follow_rollups),
        Job("follow_grades", follow_seconds, follow_grades),
        Job("deliver_scores", max(follow_seconds, _DELIVERY_SECONDS), deliver_scores),
        Job("hand_in_overdue_attempts", max(follow_seconds, _OVERDUE_SECONDS), hand_in_overdue_attempts),
    )


def follow_rollups() -> int:
    """Counts the learning that came in."""
    return follow(rollups_follower(iri_base=section(SyncSettings).iri_base))


def follow_grades() -> int:
    """Finds the quiz results that gradebooks expect."""
    return follow(grades_follower(iri_base=section(SyncSettings).iri_base))


def deliver_scores() -> int:
    """Posts the scores that are due; returns how many were tried."""
    with reading() as session:
        if not is_score_due(session, now=now()):
            return 0
    # A port is asked for by its Protocol, which mypy allows for concrete classes only.
    gradebook = borrow(Gradebook)  # type: ignore[type-abstract]
    outcome = deliver_due_scores(transaction, gradebook, now=now())
    log.info(
        "scores_sent", delivered=outcome.delivered, postponed=outcome.postponed, given_up=outcome.given_up
    )
    return outcome.claimed


def hand_in_overdue_attempts() -> int:
    """Hands in quizzes whose time is over and whose learners did not come back; returns how many."""
    with reading() as session:
        if not is_attempt_overdue(session, now=now()):
            return 0
    with transaction() as session:
        return hand_in_overdue(
            session, iri_base=section(SyncSettings).iri_base, now=now(), limit=_OVERDUE_BATCH
        )


def follow(follower: Follower, *, most_batches: int = MOST_BATCHES) -> int:
    """Takes in what waits for a follower, each batch in a transaction of its own."""
    total = 0
    for _ in range(most_batches):
        # Asking first keeps an idle installation from taking the write lock every few seconds.
        with reading() as session:
            if not is_work_waiting(session, follower):
                break
        with transaction() as session:
            total += follow_once(session, follower, limit=BATCH, now=now())
    if total:
        log.info("store_followed", follower_name=follower.name, work=total)
    return total
