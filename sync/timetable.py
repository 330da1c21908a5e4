"""What is done in the background, and how often. A thread or Celery decides when and where.

Every job may run at any time, twice at once, or be killed half-way: the work that waits is in the database.
"""

import dataclasses
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

import structlog

from content_packages.player.examinations import hand_in_overdue, is_attempt_overdue
from sync.exports.settings import ExportSettings
from sync.exports.writing import Desk, delete_expired, is_export_waiting, write_next_export
from sync.followers import Follower, follow_once, is_work_waiting
from sync.forwarding.delivery import deliver_statements
from sync.forwarding.follower import is_taking_in, take_in_once
from sync.forwarding.outbox import list_deliverable
from sync.forwarding.targets import find_target, list_targets
from sync.grade_jobs import (
    compare_gradebooks,
    deliver_scores,
    find_columns,
    read_back,
    read_rosters,
)
from sync.grades import grades_follower
from sync.intake.pulling import is_source_due, pull_due_sources
from sync.organization.staff_import.applying import apply_next_rows, is_batch_applying
from sync.ports import LaunchRecords, PlatformUpkeep, RemoteLrs
from sync.privacy_jobs import apply_retention, carry_out_erasures, write_person_archives
from sync.question_jobs import look_after_questions
from sync.report_jobs import build_reports, keep_report_schedules
from sync.rollups.follower import rollups_follower
from sync.settings import ForwardingSettings, IntakeSettings, SyncSettings
from xapi_bridge.errors import AttachmentLost
from xapi_bridge.lrs_account import AttachmentBody
from xapi_bridge.running_app import borrow, now, reading, section, transaction
from xapi_bridge.store.attachments import ORPHANS_KEPT, find_attachments, is_sweep_due, sweep_attachments
from xapi_bridge.store.blobs import Blobs, sweep_spool
from xapi_bridge.store.partitions import is_parted, make_months_ahead

#: Statements per transaction: 0.1 to 0.3 s on SQLite (`bench.country`), while a learner's save must wait.
BATCH = 2000
#: Batches per run, so that one run does not keep a worker from its other jobs.
MOST_BATCHES = 20
#: Pause between two looks for columns that are wanted.
_COLUMN_SECONDS = 5.0
_READ_BACK_SECONDS = 15.0
_COMPARISON_SECONDS = 300.0
_ROSTER_SECONDS = 30.0
#: Pause between two looks for sources that are due.
_PULL_SECONDS = 5.0
#: Pause between two looks for attempts whose time is over.
_OVERDUE_SECONDS = 30.0
#: Pause between two looks for attachments that no statement names.
_SWEEP_SECONDS = 3600.0
#: Months are made weeks ahead, so looking seldom is enough.
_MONTH_SECONDS = 6 * 3600.0
#: Pause between two looks for self-tests that wait and steps of a key rotation that came due.
_UPKEEP_SECONDS = 2.0
#: Pause between two looks for files of exports that nobody may fetch any more.
_EXPIRY_SECONDS = 600.0
#: Pause between two looks for reports whose files wait to be made.
_REPORT_SECONDS = 2.0
#: Attempts handed in per transaction.
_OVERDUE_BATCH = 20

#: Pause between two looks for erasures and exports of one person's records.
_PRIVACY_SECONDS = 5.0
#: Pause between two looks for questions without an expert, and for deadlines that come near.
_QUESTIONS_SECONDS = 60.0
#: Pause between two rounds of the retention rules.
_RETENTION_SECONDS = 900.0

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Job:
    """One background job.

    Attributes:
        name: stable; in logs, and the end of the Celery task's name.
        every_seconds: pause between two runs.
        run: does what waits and returns how much it did. Runs inside an application context.
        lane: jobs of one lane wait for each other; another server that answers slowly holds up its own.
    """

    name: str
    every_seconds: float
    run: Callable[[], int]
    lane: str = "house"


def timetable(settings: SyncSettings) -> tuple[Job, ...]:
    """All background jobs of this package."""
    follow_seconds = settings.follow_interval_seconds
    return (
        Job("follow_rollups", follow_seconds, follow_rollups),
        Job("follow_grades", follow_seconds, follow_grades),
        Job("deliver_scores", follow_seconds, deliver_scores, lane="grades"),
        Job("find_columns", max(follow_seconds, _COLUMN_SECONDS), find_columns, lane="grades"),
        Job("read_back_scores", max(follow_seconds, _READ_BACK_SECONDS), read_back, lane="grades"),
        Job(
            "compare_gradebooks", max(follow_seconds, _COMPARISON_SECONDS), compare_gradebooks, lane="grades"
        ),
        Job("read_rosters", max(follow_seconds, _ROSTER_SECONDS), read_rosters, lane="rosters"),
        Job("pull_sources", max(follow_seconds, _PULL_SECONDS), pull_sources),
        Job("sweep_unnamed_attachments", max(follow_seconds, _SWEEP_SECONDS), sweep_unnamed_attachments),
        Job("write_exports", follow_seconds, write_exports, lane="exports"),
        Job("build_reports", max(follow_seconds, _REPORT_SECONDS), build_reports, lane="exports"),
        Job("keep_report_schedules", _EXPIRY_SECONDS, keep_report_schedules),
        Job("delete_expired_exports", _EXPIRY_SECONDS, delete_expired_exports),
        Job("hand_in_overdue_attempts", max(follow_seconds, _OVERDUE_SECONDS), hand_in_overdue_attempts),
        Job("enter_staff_lists", follow_seconds, enter_staff_lists),
        Job("make_months", _MONTH_SECONDS, make_months),
        Job("look_after_platforms", max(follow_seconds, _UPKEEP_SECONDS), look_after_platforms),
        Job("sweep_launch_records", _SWEEP_SECONDS, sweep_launch_records),
        Job("follow_forwarding", follow_seconds, follow_forwarding),
        Job("forward_statements", follow_seconds, forward_statements, lane="forwarding"),
        Job("carry_out_erasures", max(follow_seconds, _PRIVACY_SECONDS), carry_out_erasures),
        Job("write_person_archives", max(follow_seconds, _PRIVACY_SECONDS), write_person_archives),
        Job("apply_retention", max(follow_seconds, _RETENTION_SECONDS), apply_retention),
        Job("make_months", _MONTH_SECONDS, make_months),
        Job("look_after_questions", max(follow_seconds, _QUESTIONS_SECONDS), look_after_questions),
    )


def follow_rollups() -> int:
    """Counts the learning that came in."""
    return follow(rollups_follower(iri_base=section(SyncSettings).iri_base))


def follow_grades() -> int:
    """Finds the quiz results that gradebooks expect."""
    return follow(grades_follower(iri_base=section(SyncSettings).iri_base))


def follow_forwarding() -> int:
    """Puts new statements into the outboxes of the targets; returns how many statements were read."""
    with reading() as session:
        targets = [one for one in list_targets(session) if is_taking_in(session, one)]
    return sum(_take_in(target.target_id) for target in targets)


def _take_in(target_id: int) -> int:
    """What waits for one target, each batch in a transaction of its own."""
    rules, total = section(ForwardingSettings), 0
    for _ in range(MOST_BATCHES):
        with transaction() as session:
            read = take_in_once(
                session,
                find_target(session, target_id),
                iri_base=rules.iri_base,
                limit=BATCH,
                most_waiting=rules.most_waiting,
                now=now(),
            )
        total += read
        if read < BATCH:
            break
    return total


def forward_statements() -> int:
    """Sends what is due to the other record stores; returns how many statements were tried."""
    with reading() as session:
        if not list_deliverable(session, now=now()):
            return 0
    # As for Gradebook.
    remote = borrow(RemoteLrs)  # type: ignore[type-abstract]
    outcome = deliver_statements(
        transaction, remote, settings=section(ForwardingSettings), clock=now, find_bodies=_bodies_of
    )
    log.info(
        "statements_forwarded",
        delivered=outcome.delivered,
        postponed=outcome.postponed,
        given_up=outcome.given_up,
    )
    return outcome.tried


def _bodies_of(statement_ids: Sequence[UUID]) -> list[AttachmentBody]:
    """The bytes of attachments that travel beside these statements.

    Bytes that the storage has lost stay behind; the target refuses that one statement, for a person to read.
    """
    with reading() as session:
        kept = find_attachments(session, statement_ids)
    # As for Gradebook.
    blobs = borrow(Blobs)  # type: ignore[type-abstract]
    bodies = []
    for one in kept:
        try:
            content = b"".join(blobs.read(one.sha2))
        except AttachmentLost:
            log.warning("attachment_not_forwarded", sha2=one.sha2)
            continue
        bodies.append(AttachmentBody(one.sha2, one.content_type, content))
    return bodies


def pull_sources() -> int:
    """Reads the other record stores that are due; returns how many statements came."""
    with reading() as session:
        if not is_source_due(session, now=now()):
            return 0
    settings = section(IntakeSettings)
    # As above: a port is asked for by its Protocol.
    remote = borrow(RemoteLrs)  # type: ignore[type-abstract]
    taken = pull_due_sources(
        transaction, remote, secret=settings.secret, iri_base=settings.iri_base, clock=now
    )
    if taken.total:
        log.info("sources_pulled", **dataclasses.asdict(taken))
    return taken.total


def hand_in_overdue_attempts() -> int:
    """Hands in quizzes whose time is over and whose learners did not come back; returns how many."""
    with reading() as session:
        if not is_attempt_overdue(session, now=now()):
            return 0
    with transaction() as session:
        return hand_in_overdue(
            session, iri_base=section(SyncSettings).iri_base, now=now(), limit=_OVERDUE_BATCH
        )


def sweep_unnamed_attachments() -> int:
    """Removes the bytes of attachments that no statement has named for a day; returns how many."""
    # A port is asked for by its Protocol, which mypy allows for concrete classes only.
    blobs = borrow(Blobs)  # type: ignore[type-abstract]
    before = now() - ORPHANS_KEPT
    sweep_spool(blobs.spool, before=before)
    swept = 0
    for _ in range(MOST_BATCHES):
        with reading() as session:
            if not is_sweep_due(session, before=before):
                break
        with transaction() as session:
            swept += sweep_attachments(session, blobs, before=before)
    return swept


def sweep_launch_records() -> int:
    """Removes attempts to launch that were kept long enough; returns how many."""
    # A port is asked for by its Protocol, which mypy allows for concrete classes only.
    records = borrow(LaunchRecords)  # type: ignore[type-abstract]
    return records.sweep_launch_records(now=now())


def enter_staff_lists() -> int:
    """Goes on with lists of staff that were approved; returns how many rows it entered."""
    total = 0
    for _ in range(MOST_BATCHES):
        with reading() as session:
            if not is_batch_applying(session):
                break
        with transaction() as session:
            total += apply_next_rows(session, now=now())
    return total


def make_months() -> int:
    """Makes the coming months of a record store that is parted by month; returns how many."""
    with reading() as session:
        if not is_parted(session):
            return 0
    with transaction() as session:
        return len(make_months_ahead(session, now=now()))


def look_after_platforms() -> int:
    """Takes due steps of our key rotation and does the self-tests that were asked for."""
    # A port is asked for by its Protocol, which mypy allows for concrete classes only.
    return borrow(PlatformUpkeep).do_due_work()  # type: ignore[type-abstract]


def write_exports() -> int:
    """Writes at the oldest export that waits; returns the parts written."""
    with reading() as session:
        if not is_export_waiting(session, now=now()):
            return 0
    return write_next_export(_export_desk())


def delete_expired_exports() -> int:
    """Deletes the files of exports that are over; returns how many."""
    return delete_expired(_export_desk())


def _export_desk() -> Desk:
    return Desk(transaction=transaction, reading=reading, clock=now, settings=section(ExportSettings))


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
