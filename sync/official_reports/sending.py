"""A report on its way up: sent by its unit, received or returned by a unit above; its files."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID, uuid4

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from sync.calendars import local_day
from sync.official_reports.drafting import note_step, require_open, span_of_report
from sync.official_reports.models import OfficialReport, ReportEdition, ReportFile, ReportJob
from sync.official_reports.succession import is_below
from sync.report_errors import (
    OfficialReportMalformed,
    OfficialReportNotReady,
    OfficialReportUnknown,
    ReportFileUnknown,
    ReportPeriodOpen,
)

#: In the order in which they are made.
FORMATS: Final = ("xlsx", "csv", "docx", "pdf")
#: What every sent report has.
SENT_FORMATS: Final = ("xlsx", "docx", "pdf")
#: How long the files of a draft can be fetched.
DRAFT_KEPT: Final = timedelta(days=7)
_LONGEST_REASON: Final = 2000


def ask_for_files(
    session: Session, row: OfficialReport, formats: Sequence[str], *, by: str, now: datetime
) -> ReportJob:
    """Has the files of a draft made; what waits already is not asked for twice.

    Raises:
        OfficialReportMalformed: no known form of file.
    """
    waiting = session.scalars(
        select(ReportJob).where(
            ReportJob.report_id == row.report_id,
            ReportJob.purpose == "draft",
            ReportJob.state.in_(("waiting", "running")),
        )
    ).first()
    if waiting is not None:
        return waiting
    job = new_job("draft", formats, by=by, now=now, expires_at=now + DRAFT_KEPT)
    job.report_id = row.report_id
    session.add(job)
    session.flush()
    return job


def new_job(
    purpose: str, formats: Sequence[str], *, by: str, now: datetime, expires_at: datetime | None = None
) -> ReportJob:
    """A job that waits; the caller says for what.

    Raises:
        OfficialReportMalformed: no known form of file.
    """
    chosen = [one for one in FORMATS if one in set(formats)]
    if not chosen:
        raise OfficialReportMalformed(f"Choose at least one of {', '.join(FORMATS)}.")
    return ReportJob(
        job_id=uuid4(),
        purpose=purpose,
        formats=" ".join(chosen),
        state="waiting",
        steps=len(chosen) + 2,
        asked_by=by,
        asked_at=now,
        expires_at=expires_at,
    )


def send_report(session: Session, row: OfficialReport, *, by: str, now: datetime) -> ReportJob:
    """Has the figures counted, the files made, and both frozen; nobody writes at the report meanwhile.

    Raises:
        OfficialReportNotReady: it was sent.
        ReportPeriodOpen: its last day is not over.
    """
    require_open(row)
    if local_day(now) <= span_of_report(session, row).last_day:
        raise ReportPeriodOpen("The period has not ended, so the figures are not final.")
    job = new_job("send", SENT_FORMATS, by=by, now=now)
    job.report_id = row.report_id
    session.add(job)
    row.state = "sending"
    note_step(session, row, "asked", by=by, now=now)
    return job


def receive_report(
    session: Session, row: OfficialReport, *, root_id: int | None, by: str, now: datetime
) -> None:
    """The unit above takes the report in.

    Raises:
        OfficialReportUnknown: the reader's unit is not above it.
        OfficialReportNotReady: it is not waiting to be received.
    """
    _require_above(session, row, root_id)
    if row.state != "submitted":
        raise OfficialReportNotReady(f"This report is {row.state}; only a sent one is received.")
    row.state = "received"
    note_step(session, row, "received", by=by, now=now)


def return_report(
    session: Session, row: OfficialReport, reason: str, *, root_id: int | None, by: str, now: datetime
) -> None:
    """The unit above sends the report back for correction; what was sent stays as it is.

    Raises:
        OfficialReportUnknown: the reader's unit is not above it.
        OfficialReportNotReady: it was not sent.
        OfficialReportMalformed: without a reason.
    """
    _require_above(session, row, root_id)
    if row.state not in {"submitted", "received"}:
        raise OfficialReportNotReady(f"This report is {row.state}; only a sent one is returned.")
    reason = reason.replace("\x00", "").strip()
    if not 0 < len(reason) <= _LONGEST_REASON:
        raise OfficialReportMalformed(
            f"A report is returned with a reason of up to {_LONGEST_REASON} letters."
        )
    row.state = "returned"
    note_step(session, row, "returned", by=by, now=now, reason=reason)


def may_judge(session: Session, row: OfficialReport, *, root_id: int | None) -> bool:
    """Whether the reader's unit lies above the report's, so that it may receive and return it."""
    return row.unit_id != root_id and is_below(session, row.unit_id, root_id)


def next_number(session: Session, report_id: int) -> int:
    """Number of the next edition."""
    asked = select(func.max(ReportEdition.number)).where(ReportEdition.report_id == report_id)
    return (session.scalar(asked) or 0) + 1


def list_jobs(session: Session, report_id: int, *, limit: int = 5) -> Sequence[ReportJob]:
    """The newest jobs of a report."""
    asked = (
        select(ReportJob)
        .where(ReportJob.report_id == report_id)
        .order_by(ReportJob.asked_at.desc(), ReportJob.job_id)
        .limit(limit)
    )
    return session.scalars(asked).all()


def list_files(session: Session, job_ids: Sequence[UUID]) -> dict[UUID, list[ReportFile]]:
    """Job → its files, without their content."""
    found: dict[UUID, list[ReportFile]] = {}
    for start in range(0, len(job_ids), 500):
        piece = job_ids[start : start + 500]
        rows = session.scalars(
            select(ReportFile).where(ReportFile.job_id.in_(piece)).order_by(ReportFile.format)
        )
        for row in rows:
            found.setdefault(row.job_id, []).append(row)
    return found


def get_file(session: Session, job_id: UUID, file_format: str) -> ReportFile:
    """A file with its content; whose it is was decided before.

    Raises:
        ReportFileUnknown: there is none, or its time is over.
    """
    row = session.get(ReportFile, (job_id, file_format))
    if row is None:
        raise ReportFileUnknown("There is no such file; files of drafts and schedules are deleted in time.")
    return row


def _require_above(session: Session, row: OfficialReport, root_id: int | None) -> None:
    if not may_judge(session, row, root_id=root_id):
        raise OfficialReportUnknown("Only a unit above the reporting one receives or returns its report.")
