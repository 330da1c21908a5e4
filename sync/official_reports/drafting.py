"""Reports of a unit: begin one, write its sections, say who signs; find and list them."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from sync.official_reports.document import Letterhead, letterhead_from
from sync.official_reports.forms import FIRST_DAY, OUTLINES, ReportForm, Span, span_of, year_of_form
from sync.official_reports.models import OfficialReport, ReportEdition, ReportSection, ReportStep
from sync.official_reports.succession import is_below
from sync.organization.models import COMMAND, Unit, UnitClosure
from sync.organization.populations import find_population
from sync.organization.reporting_calendars import find_calendar
from sync.report_errors import (
    OfficialReportMalformed,
    OfficialReportNotReady,
    OfficialReportTaken,
    OfficialReportUnknown,
    ReportSectionChanged,
)
from xapi_bridge.database import insert_if_absent

#: States in which officials still write.
OPEN: Final = frozenset({"draft", "returned"})
_LAST_YEAR: Final = 2100
_LONGEST_SECTION: Final = 100_000
_LONGEST_FIELD: Final = 200
_MOST_RECIPIENTS: Final = 30


def begin_report(
    session: Session,
    unit_id: int,
    *,
    form: ReportForm,
    year: int,
    calendar: str,
    population_code: str,
    by: str,
    now: datetime,
) -> OfficialReport:
    """An empty draft.

    Raises:
        OfficialReportMalformed: a year before the decision, or a unit that does not exist in the period.
        OfficialReportTaken: the unit has this report.
        CalendarUnknown, PopulationUnknown.
    """
    year = year_of_form(form, year)
    if not FIRST_DAY.year <= year <= _LAST_YEAR:
        raise OfficialReportMalformed(f"Reports begin with {FIRST_DAY.year}.")
    span, unit = span_of(form, year, find_calendar(session, calendar)), session.get(Unit, unit_id)
    if unit is None or unit.valid_from > span.last_day or unit.valid_to <= span.first_day:
        raise OfficialReportMalformed("The unit does not exist in the days of the report.")
    population = find_population(session, population_code)
    row = {
        "unit_id": unit_id,
        "form": form.value,
        "year": year,
        "calendar": calendar,
        "population_code": population.code,
        "population_version": population.version,
        "state": "draft",
        "letterhead": "{}",
        "made_by": by,
        "made_at": now,
    }
    if not insert_if_absent(session, OfficialReport.__table__, [row]):
        raise OfficialReportTaken("The unit has a report of this form and year already.")
    made = session.scalars(
        select(OfficialReport).where(
            OfficialReport.unit_id == unit_id, OfficialReport.form == form.value, OfficialReport.year == year
        )
    ).one()
    note_step(session, made, "begun", by=by, now=now)
    return made


def get_report(
    session: Session, report_id: int, *, root_id: int | None, for_update: bool = False
) -> OfficialReport:
    """The report, if its unit is at or below the reader's.

    Raises:
        OfficialReportUnknown.
    """
    row = session.get(OfficialReport, report_id, with_for_update=for_update or None)
    if row is None or not is_below(session, row.unit_id, root_id):
        raise OfficialReportUnknown(f"You have no report {report_id}.")
    return row


def list_reports(session: Session, *, root_id: int | None, limit: int = 200) -> Sequence[OfficialReport]:
    """Reports of a subtree, the newest year first."""
    asked = select(OfficialReport).order_by(
        OfficialReport.year.desc(), OfficialReport.form, OfficialReport.report_id
    )
    if root_id is not None:
        below = select(UnitClosure.descendant_id).where(
            UnitClosure.hierarchy == COMMAND, UnitClosure.ancestor_id == root_id
        )
        asked = asked.where(OfficialReport.unit_id.in_(below))
    return session.scalars(asked.limit(limit)).all()


def span_of_report(session: Session, row: OfficialReport) -> Span:
    """The days of a report."""
    return span_of(ReportForm(row.form), row.year, find_calendar(session, row.calendar))


def read_narrative(session: Session, report_id: int) -> dict[str, ReportSection]:
    """Section → what was written in it."""
    rows = session.scalars(select(ReportSection).where(ReportSection.report_id == report_id))
    return {row.code: row for row in rows}


def save_section(
    session: Session,
    row: OfficialReport,
    code: str,
    text: str,
    *,
    revision: int,
    by: str,
    now: datetime,
) -> int:
    """Keeps what was written; returns the new revision.

    Args:
        revision: the one that the writer saw; 0: an empty section.

    Raises:
        OfficialReportNotReady: the report was sent.
        OfficialReportMalformed: no such section in the form, or a text that is too long.
        ReportSectionChanged: somebody saved it since.
    """
    require_open(row)
    if code not in {one.code for one in OUTLINES[ReportForm(row.form)]}:
        raise OfficialReportMalformed("The form has no such section.")
    if len(text) > _LONGEST_SECTION:
        raise OfficialReportMalformed(f"A section has at most {_LONGEST_SECTION} characters.")
    text = text.replace("\x00", "").replace("\r\n", "\n").strip()
    kept = session.get(ReportSection, (row.report_id, code), with_for_update=True)
    if kept is not None and kept.text == text:
        return kept.revision
    if (kept.revision if kept else 0) != revision:
        raise ReportSectionChanged("Somebody else saved this section meanwhile. Compare both texts.")
    if kept is None:
        kept = ReportSection(report_id=row.report_id, code=code, revision=0)
        session.add(kept)
    kept.text, kept.revision, kept.saved_by, kept.saved_at = text, revision + 1, by, now
    session.flush()
    return kept.revision


def save_letterhead(session: Session, row: OfficialReport, letterhead: Letterhead) -> None:
    """Keeps who issues and signs.

    Raises:
        OfficialReportNotReady: the report was sent.
        OfficialReportMalformed: a field that is too long.
    """
    require_open(row)
    texts = [value for value in asdict(letterhead).values() if isinstance(value, str)]
    if any(len(text) > _LONGEST_FIELD for text in (*texts, *letterhead.recipients)):
        raise OfficialReportMalformed(f"A field has at most {_LONGEST_FIELD} characters.")
    if len(letterhead.recipients) > _MOST_RECIPIENTS:
        raise OfficialReportMalformed(f"A report has at most {_MOST_RECIPIENTS} recipients.")
    row.letterhead = json.dumps(asdict(letterhead), default=str, ensure_ascii=False, sort_keys=True)
    session.flush()


def read_letterhead(row: OfficialReport) -> Letterhead:
    """What `save_letterhead` kept."""
    return letterhead_from(json.loads(row.letterhead))


def require_open(row: OfficialReport) -> None:
    """Lets drafts and returned reports pass.

    Raises:
        OfficialReportNotReady.
    """
    if row.state not in OPEN:
        raise OfficialReportNotReady(f"This report is {row.state}; it is not written at any more.")


def list_steps(session: Session, report_id: int) -> Sequence[ReportStep]:
    """What happened, the newest first."""
    asked = select(ReportStep).where(ReportStep.report_id == report_id).order_by(ReportStep.step_id.desc())
    return session.scalars(asked).all()


def list_editions(session: Session, report_id: int) -> Sequence[ReportEdition]:
    """What was sent, the newest first."""
    asked = (
        select(ReportEdition)
        .where(ReportEdition.report_id == report_id)
        .order_by(ReportEdition.number.desc())
    )
    return session.scalars(asked).all()


def note_step(
    session: Session, row: OfficialReport, what: str, *, by: str, now: datetime, reason: str = ""
) -> None:
    """Adds to the history of a report."""
    session.add(ReportStep(report_id=row.report_id, what=what, reason=reason, done_by=by, done_at=now))
    session.flush()
