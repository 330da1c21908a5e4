"""Making the files of a report in the background, so that a worker may be killed at any instant.

Figures are counted once and kept with the job; every file is made from them and kept in a transaction of its
own. A worker that takes over goes on behind what is kept. A sent report becomes one in the last transaction:
before it nothing was sent, after it everything is frozen.
"""

import hashlib
import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID, uuid4

import structlog
from sqlalchemy import ColumnElement, delete, or_, select
from sqlalchemy.orm import Session

from sync.official_reports.collecting import collect_report
from sync.official_reports.differences import compare_with_edition
from sync.official_reports.drafting import list_editions, note_step, read_narrative
from sync.official_reports.figures import digest_of, read_figures, write_figures
from sync.official_reports.ledger import Difference, pack_ledger, unpack_ledger
from sync.official_reports.models import OfficialReport, ReportEdition, ReportFile, ReportJob
from sync.official_reports.questions import asked_by_job, parts_for, seal_for
from sync.official_reports.rendering import Rendering, file_name, render
from sync.official_reports.sending import next_number
from sync.official_reports.templates import template_for
from xapi_bridge.errors import RuleBroken

#: A worker that keeps nothing for so long is taken for dead: longer than the longest file takes.
_LEASE: Final = timedelta(minutes=10)
#: A job that killed so many workers is given up.
MOST_TRIES: Final = 3

Opened = Callable[[], AbstractContextManager[Session]]

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Desk:
    """What a worker works with; `transaction` and `reading` as in `xapi_bridge.running_app`.

    Attributes:
        render: makes one file; tests let it fail.
    """

    transaction: Opened
    reading: Opened
    clock: Callable[[], datetime]
    iri_base: str
    render: Callable[[Rendering, str], bytes] = render


class _Lost(Exception):  # noqa: N818 - not an error: another one has the job now
    """Another worker took the job over."""


def is_job_waiting(session: Session, *, now: datetime) -> bool:
    """Whether a job waits for a worker, or its worker is taken for dead."""
    return session.scalar(select(ReportJob.job_id).where(_claimable(now)).limit(1)) is not None


def build_next(desk: Desk) -> int:
    """Makes what is missing of the oldest job that waits; returns the steps done."""
    claimed = _claim(desk)
    if claimed is None:
        return 0
    job_id, lease = claimed
    try:
        return _build(desk, job_id, lease)
    except _Lost:
        return 0
    except RuleBroken as refused:
        log.warning("report_job_refused", job_id=str(job_id), code=refused.code)
        _fail(desk, job_id, lease, code=refused.code)
    return 0


def delete_expired_files(desk: Desk) -> int:
    """Deletes the files whose time is over; returns how many jobs had some. Sent reports keep theirs."""
    with desk.transaction() as session:
        over = session.scalars(select(ReportJob.job_id).where(ReportJob.expires_at <= desk.clock())).all()
        for job_id in over:
            session.execute(delete(ReportFile).where(ReportFile.job_id == job_id))
            session.execute(delete(ReportJob).where(ReportJob.job_id == job_id))
    return len(over)


def _claimable(now: datetime) -> ColumnElement[bool]:
    given_back = (ReportJob.state == "running") & (ReportJob.leased_until <= now)
    return or_(ReportJob.state == "waiting", given_back)


def _claim(desk: Desk) -> tuple[UUID, UUID] | None:
    now, lease = desk.clock(), uuid4()
    with desk.transaction() as session:
        job = session.scalars(
            select(ReportJob)
            .where(_claimable(now))
            .order_by(ReportJob.asked_at)
            .limit(1)
            .with_for_update(skip_locked=True)
        ).one_or_none()
        if job is None:
            return None
        if job.tries >= MOST_TRIES:
            _end_failed(session, job, code="gave_up", now=now)
            return None
        job.state, job.lease, job.leased_until = "running", lease, now + _LEASE
        job.tries += 1
        return job.job_id, lease


def _build(desk: Desk, job_id: UUID, lease: UUID) -> int:
    steps = _count_figures(desk, job_id, lease)
    with desk.reading() as session:
        rendering, missing = _rendering(session, _own(session, job_id, lease))
    for file_format in missing:
        content = desk.render(rendering, file_format)
        _keep_file(desk, job_id, lease, file_format, content, rendering)
        steps += 1
    _finish(desk, job_id, lease)
    return steps + 1


def _own(session: Session, job_id: UUID, lease: UUID) -> ReportJob:
    job = session.scalar(select(ReportJob).where(ReportJob.job_id == job_id, ReportJob.lease == lease))
    if job is None or job.state != "running":
        raise _Lost
    return job


def _count_figures(desk: Desk, job_id: UUID, lease: UUID) -> int:
    """Keeps the figures; 0 when an earlier worker did."""
    with desk.reading() as session:
        if session.get_bind().dialect.name == "postgresql":
            # All questions of one report see the database as it was at one instant.
            session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        job = _own(session, job_id, lease)
        if job.figures is not None:
            return 0
        asked = asked_by_job(session, job, iri_base=desk.iri_base, now=desk.clock())
        collected = collect_report(session, asked, parts=parts_for(session, asked))
    with desk.transaction() as session:
        job = _own(session, job_id, lease)
        job.figures, job.ledger = write_figures(collected.figures), pack_ledger(collected.ledger)
        job.done, job.leased_until = 1, desk.clock() + _LEASE
    return 1


def _rendering(session: Session, job: ReportJob) -> tuple[Rendering, list[str]]:
    """What files are made from, and which ones are missing."""
    figures = job.figures or b""
    kept = set(session.scalars(select(ReportFile.format).where(ReportFile.job_id == job.job_id)))
    report = session.get(OfficialReport, job.report_id) if job.report_id else None
    editions = list_editions(session, report.report_id) if report else []
    differences: tuple[Difference, ...] = ()
    if editions:
        differences = compare_with_edition(session, editions[0], unpack_ledger(job.ledger or b""))
    read = read_figures(figures)
    rendering = Rendering(
        figures=read,
        words=_words(session, report),
        seal=seal_for(session, job, report, read, figures),
        template=template_for(session, read.head.form),
        differences=differences,
    )
    return rendering, [one for one in job.formats.split() if one not in kept]


def _words(session: Session, report: OfficialReport | None) -> bytes:
    """The officials' words as canonical JSON."""
    if report is None:
        return b"{}"
    sections = {code: one.text for code, one in read_narrative(session, report.report_id).items()}
    kept = {"sections": sections, "letterhead": json.loads(report.letterhead)}
    return json.dumps(kept, ensure_ascii=False, sort_keys=True).encode()


def _keep_file(
    desk: Desk, job_id: UUID, lease: UUID, file_format: str, content: bytes, rendering: Rendering
) -> None:
    with desk.transaction() as session:
        job = _own(session, job_id, lease)
        session.add(
            ReportFile(
                job_id=job_id,
                format=file_format,
                name=file_name(rendering.figures.head, file_format),
                sha256=hashlib.sha256(content).hexdigest(),
                size_bytes=len(content),
                content=content,
            )
        )
        job.done, job.leased_until = job.done + 1, desk.clock() + _LEASE


def _finish(desk: Desk, job_id: UUID, lease: UUID) -> None:
    with desk.transaction() as session:
        job = _own(session, job_id, lease)
        if job.purpose == "send":
            _freeze(session, job, now=desk.clock())
        job.state, job.done, job.lease, job.ended_at = "finished", job.steps, None, desk.clock()
    log.info("report_files_made", job_id=str(job_id))


def _freeze(session: Session, job: ReportJob, *, now: datetime) -> None:
    """Makes the edition: from here on nothing of it changes."""
    report = session.get_one(OfficialReport, job.report_id, with_for_update=True)
    figures, words = job.figures or b"", _words(session, report)
    files = session.scalars(
        select(ReportFile).where(ReportFile.job_id == job.job_id).order_by(ReportFile.format)
    )
    session.add(
        ReportEdition(
            report_id=report.report_id,
            number=next_number(session, report.report_id),
            job_id=job.job_id,
            figures=figures,
            words=words,
            ledger=job.ledger or b"",
            figures_sha256=hashlib.sha256(figures).hexdigest(),
            sha256=digest_of(figures, words, *(one.content for one in files)),
            seal=seal_for(session, job, report, read_figures(figures), figures).text,
            sent_by=job.asked_by,
            sent_at=job.asked_at,
        )
    )
    report.state = "submitted"
    note_step(session, report, "submitted", by=job.asked_by, now=now)


def _fail(desk: Desk, job_id: UUID, lease: UUID, *, code: str) -> None:
    with desk.transaction() as session:
        job = session.scalar(select(ReportJob).where(ReportJob.job_id == job_id, ReportJob.lease == lease))
        if job is not None:
            _end_failed(session, job, code=code, now=desk.clock())


def _end_failed(session: Session, job: ReportJob, *, code: str, now: datetime) -> None:
    """A report whose files cannot be made goes back to those who write it."""
    job.state, job.failure, job.lease, job.ended_at = "failed", code, None, now
    report = session.get(OfficialReport, job.report_id) if job.purpose == "send" else None
    if report is not None and report.state == "sending":
        report.state = "returned" if list_editions(session, report.report_id) else "draft"
        note_step(session, report, "failed", by=job.asked_by, now=now, reason=code)
    session.flush()
