"""What a job asks for: which figures, of which parts, under which seal."""

import hashlib
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from sync.calendars import local_day, year_of
from sync.official_reports.collecting import Asked
from sync.official_reports.consolidating import consolidate
from sync.official_reports.document import DRAFT, Seal
from sync.official_reports.figures import PartLine, ReportFigures
from sync.official_reports.forms import ReportForm, span_of
from sync.official_reports.models import OfficialReport, ReportJob, ReportSchedule
from sync.official_reports.numbers import instant
from sync.official_reports.sending import next_number
from sync.organization.populations import find_population
from sync.organization.reporting_calendars import find_calendar
from sync.reports.programme import read_programme


def asked_by_job(session: Session, job: ReportJob, *, iri_base: str, now: datetime) -> Asked:
    """The question of a report, or of a schedule: the reporting year up to the day before."""
    if job.report_id is not None:
        return asked_by_report(
            session, session.get_one(OfficialReport, job.report_id), iri_base=iri_base, now=now
        )
    schedule = session.get_one(ReportSchedule, job.schedule_id)
    calendar = find_calendar(session, schedule.calendar)
    return Asked(
        unit_id=schedule.unit_id,
        form=ReportForm.ANNUAL,
        year=year_of(local_day(job.asked_at) - timedelta(days=1), calendar),
        calendar=calendar,
        calendar_code=schedule.calendar,
        population=find_population(session, schedule.population_code),
        programme=read_programme(session, iri_base=iri_base),
        iri_base=iri_base,
        now=now,
    )


def asked_by_report(session: Session, row: OfficialReport, *, iri_base: str, now: datetime) -> Asked:
    """The question of a report."""
    return Asked(
        unit_id=row.unit_id,
        form=ReportForm(row.form),
        year=row.year,
        calendar=find_calendar(session, row.calendar),
        calendar_code=row.calendar,
        population=find_population(session, row.population_code, version=row.population_version),
        programme=read_programme(session, iri_base=iri_base),
        iri_base=iri_base,
        now=now,
    )


def parts_for(session: Session, asked: Asked) -> tuple[PartLine, ...]:
    """What the units directly below have sent."""
    span = span_of(asked.form, asked.year, asked.calendar)
    on = min(span.last_day, local_day(asked.now))
    found = consolidate(
        session, asked.unit_id, form=asked.form, year=asked.year, on=on, closes_on=span.last_day
    )
    return found.parts


def seal_for(
    session: Session, job: ReportJob, report: OfficialReport | None, figures: ReportFigures, text: bytes
) -> Seal:
    """The watermark: of a report that is sent, to whom, which time, when; and the digest of its figures."""
    if job.purpose != "send" or report is None:
        return DRAFT if report is not None else Seal("Số liệu theo lịch, không phải báo cáo đã gửi", "")
    number = next_number(session, report.report_id)
    above = figures.head.above_name or "cấp trên"
    words = f"Bản đã gửi {above}, lần {number}, {instant(job.asked_at)}"
    return Seal(words, hashlib.sha256(text).hexdigest())
