"""Tables of official reports: drafts, what was sent and is never changed, files, templates, schedules."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    Date,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
    Uuid,
)
from sqlalchemy.orm import Mapped, mapped_column

from sync.official_reports.frozen_rows import forbid_changes
from xapi_bridge.database import Base, UtcInstant


class OfficialReport(Base):
    """One report of one unit for one period: the draft, and where it stands."""

    __tablename__ = "sync_official_report"
    __table_args__ = (
        UniqueConstraint("unit_id", "form", "year"),
        CheckConstraint("form IN ('annual', 'mid_term', 'final')", name="known_form"),
        CheckConstraint(
            "state IN ('draft', 'sending', 'submitted', 'received', 'returned')", name="known_state"
        ),
        Index("ix_sync_official_report_period", "form", "year", "state"),
    )

    report_id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("sync_unit.unit_id"))
    form: Mapped[str] = mapped_column(String(10))
    #: The reporting year; of reviews the last one.
    year: Mapped[int]
    #: Code of the reporting calendar.
    calendar: Mapped[str] = mapped_column(String(20))
    population_code: Mapped[str] = mapped_column(String(40))
    population_version: Mapped[int]
    #: draft, sending (its files are being made), submitted, received or returned.
    state: Mapped[str] = mapped_column(String(10), default="draft")
    #: JSON of `sync.official_reports.document.Letterhead`.
    letterhead: Mapped[str] = mapped_column(Text, default="{}")
    made_by: Mapped[str] = mapped_column(String(64))
    made_at: Mapped[datetime] = mapped_column(UtcInstant)


class ReportSection(Base):
    """What officials wrote in one section."""

    __tablename__ = "sync_report_section"

    report_id: Mapped[int] = mapped_column(ForeignKey("sync_official_report.report_id"), primary_key=True)
    #: `sync.official_reports.forms.Section.code`.
    code: Mapped[str] = mapped_column(String(20), primary_key=True)
    text: Mapped[str] = mapped_column(Text)
    #: Counts the times it was saved, so that two people do not overwrite each other.
    revision: Mapped[int] = mapped_column(default=1)
    saved_by: Mapped[str] = mapped_column(String(64))
    saved_at: Mapped[datetime] = mapped_column(UtcInstant)


class ReportStep(Base):
    """What happened to a report, in order."""

    __tablename__ = "sync_report_step"
    __table_args__ = (
        CheckConstraint(
            "what IN ('begun', 'asked', 'submitted', 'received', 'returned', 'failed')", name="known_what"
        ),
    )

    step_id: Mapped[int] = mapped_column(primary_key=True)
    report_id: Mapped[int] = mapped_column(ForeignKey("sync_official_report.report_id"), index=True)
    what: Mapped[str] = mapped_column(String(10))
    #: Why it was returned, or why it failed.
    reason: Mapped[str] = mapped_column(Text, default="")
    done_by: Mapped[str] = mapped_column(String(64))
    done_at: Mapped[datetime] = mapped_column(UtcInstant)


class ReportJob(Base):
    """Files to be made in the background: of a draft, of a report that is sent, of a schedule."""

    __tablename__ = "sync_report_job"
    __table_args__ = (
        CheckConstraint("purpose IN ('draft', 'send', 'schedule')", name="known_purpose"),
        CheckConstraint("state IN ('waiting', 'running', 'finished', 'failed')", name="known_state"),
        Index("ix_sync_report_job_state", "state", "asked_at"),
    )

    job_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    purpose: Mapped[str] = mapped_column(String(8))
    report_id: Mapped[int | None] = mapped_column(ForeignKey("sync_official_report.report_id"), index=True)
    schedule_id: Mapped[int | None] = mapped_column(
        ForeignKey("sync_report_schedule.schedule_id"), index=True
    )
    #: Forms of file, separated by a space: docx xlsx pdf csv.
    formats: Mapped[str] = mapped_column(String(40))
    state: Mapped[str] = mapped_column(String(8), default="waiting")
    #: Canonical figures, once they are counted; every file is made from these.
    figures: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    #: `sync.official_reports.ledger.pack_ledger`, of reports that are sent.
    ledger: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    #: Steps done and steps in all: figures, each file, the end.
    done: Mapped[int] = mapped_column(default=0)
    steps: Mapped[int]
    #: How often a worker took it; after `MOST_TRIES` it fails.
    tries: Mapped[int] = mapped_column(default=0)
    failure: Mapped[str] = mapped_column(String(40), default="")
    lease: Mapped[UUID | None] = mapped_column(Uuid)
    leased_until: Mapped[datetime | None] = mapped_column(UtcInstant)
    asked_by: Mapped[str] = mapped_column(String(64))
    asked_at: Mapped[datetime] = mapped_column(UtcInstant)
    ended_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    #: When its files are deleted; empty: never (a report that was sent).
    expires_at: Mapped[datetime | None] = mapped_column(UtcInstant)


class ReportFile(Base):
    """One file of a job."""

    __tablename__ = "sync_report_file"

    job_id: Mapped[UUID] = mapped_column(ForeignKey("sync_report_job.job_id"), primary_key=True)
    #: docx, xlsx, pdf or csv (an archive of one CSV per annex).
    format: Mapped[str] = mapped_column(String(5), primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    sha256: Mapped[str] = mapped_column(String(64))
    size_bytes: Mapped[int]
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)


class ReportEdition(Base):
    """A report as it was sent. The database itself refuses to change it."""

    __tablename__ = "sync_report_edition"
    __table_args__ = (UniqueConstraint("report_id", "number"),)

    edition_id: Mapped[int] = mapped_column(primary_key=True)
    report_id: Mapped[int] = mapped_column(ForeignKey("sync_official_report.report_id"))
    #: 1 for the first time it was sent.
    number: Mapped[int]
    #: Whose files these are.
    job_id: Mapped[UUID] = mapped_column(ForeignKey("sync_report_job.job_id"))
    figures: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    #: The officials' words and the letterhead, canonical JSON.
    words: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    ledger: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    #: SHA-256 of the figures: printed on every page.
    figures_sha256: Mapped[str] = mapped_column(String(64))
    #: SHA-256 over figures, words and files (`sync.official_reports.figures.digest_of`).
    sha256: Mapped[str] = mapped_column(String(64))
    #: The watermark.
    seal: Mapped[str] = mapped_column(String(300))
    sent_by: Mapped[str] = mapped_column(String(64))
    sent_at: Mapped[datetime] = mapped_column(UtcInstant)


class ReportDeadline(Base):
    """By when the units directly below send a report, where that is not the usual day."""

    __tablename__ = "sync_report_deadline"

    unit_id: Mapped[int] = mapped_column(ForeignKey("sync_unit.unit_id"), primary_key=True)
    form: Mapped[str] = mapped_column(String(10), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True)
    due_on: Mapped[date] = mapped_column(Date)
    #: The document that says so.
    document: Mapped[str] = mapped_column(String(200), default="")
    named_by: Mapped[str] = mapped_column(String(64))
    named_at: Mapped[datetime] = mapped_column(UtcInstant)


class ReportTemplate(Base):
    """A template that an operator brought: tried first, in use only when it was approved, never lost."""

    __tablename__ = "sync_report_template"
    __table_args__ = (
        CheckConstraint("state IN ('staged', 'active', 'retired', 'discarded')", name="known_state"),
    )

    template_id: Mapped[int] = mapped_column(primary_key=True)
    form: Mapped[str] = mapped_column(String(10), index=True)
    file_name: Mapped[str] = mapped_column(String(200))
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    sha256: Mapped[str] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(10))
    brought_by: Mapped[str] = mapped_column(String(64))
    brought_at: Mapped[datetime] = mapped_column(UtcInstant)
    settled_by: Mapped[str] = mapped_column(String(64), default="")
    settled_at: Mapped[datetime | None] = mapped_column(UtcInstant)


class ReportSchedule(Base):
    """Files that are made again and again for one unit."""

    __tablename__ = "sync_report_schedule"
    __table_args__ = (
        CheckConstraint("rhythm IN ('period', 'weekly', 'monthly')", name="known_rhythm"),
        CheckConstraint("keep_days BETWEEN 1 AND 400", name="kept_for"),
    )

    schedule_id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("sync_unit.unit_id"), index=True)
    calendar: Mapped[str] = mapped_column(String(20))
    population_code: Mapped[str] = mapped_column(String(40))
    #: period: the day after a month of the calendar closes; weekly: Mondays; monthly: the 1st.
    rhythm: Mapped[str] = mapped_column(String(8))
    formats: Mapped[str] = mapped_column(String(40))
    keep_days: Mapped[int]
    #: The next day on which files are made.
    next_on: Mapped[date] = mapped_column(Date, index=True)
    made_by: Mapped[str] = mapped_column(String(64))
    made_at: Mapped[datetime] = mapped_column(UtcInstant)
    stopped_at: Mapped[datetime | None] = mapped_column(UtcInstant)


forbid_changes(ReportEdition.metadata.tables[ReportEdition.__tablename__])
