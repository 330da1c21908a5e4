"""The units directly below a reporting unit: who has sent, who has not and by when, and their sum."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from sync.official_reports.figures import Counts, PartLine, read_figures
from sync.official_reports.forms import ReportForm, due_day
from sync.official_reports.models import OfficialReport, ReportDeadline, ReportEdition
from sync.official_reports.people import slices
from sync.organization.units import UnitOnDay, children_of
from sync.report_errors import OfficialReportMalformed

_SENT = frozenset({"submitted", "received"})


@dataclass(frozen=True)
class Consolidation:
    """What the parts of a unit have reported.

    Attributes:
        parts: every unit directly below, in the order of levels and names.
        reported: sum of the reports that were sent and not returned.
    """

    parts: tuple[PartLine, ...]
    reported: Counts

    @property
    def missing(self) -> tuple[PartLine, ...]:
        """Who has not reported, or must report again."""
        return tuple(one for one in self.parts if one.state not in _SENT)

    @property
    def sent(self) -> int:
        """How many have reported."""
        return len(self.parts) - len(self.missing)


def consolidate(
    session: Session, unit_id: int, *, form: ReportForm, year: int, on: date, closes_on: date
) -> Consolidation:
    """The parts of a unit on a day, and what they sent.

    Args:
        closes_on: last day of the period, from which deadlines are counted.
    """
    units = children_of(session, unit_id, on_date=on)
    reports = _reports(session, [one.unit_id for one in units], form, year)
    editions = _newest_editions(session, [one.report_id for one in reports.values()])
    named = session.get(ReportDeadline, (unit_id, form.value, year))
    parts = tuple(
        _part(
            one, reports.get(one.unit_id), editions, named.due_on if named else due_day(closes_on, one.level)
        )
        for one in units
    )
    said = [one.counts for one in parts if one.counts and one.state in _SENT]
    return Consolidation(parts, sum(said, Counts()))


def name_deadline(
    session: Session,
    unit_id: int,
    *,
    form: ReportForm,
    year: int,
    due_on: date,
    document: str,
    by: str,
    now: datetime,
) -> ReportDeadline:
    """Says by when the units directly below send this report.

    Raises:
        OfficialReportMalformed: a document that is too long.
    """
    if len(document) > 200:
        raise OfficialReportMalformed("The document has at most 200 characters.")
    row = session.get(ReportDeadline, (unit_id, form.value, year))
    if row is None:
        row = ReportDeadline(unit_id=unit_id, form=form.value, year=year)
        session.add(row)
    row.due_on, row.document, row.named_by, row.named_at = due_on, document.strip(), by, now
    session.flush()
    return row


def _part(
    unit: UnitOnDay, report: OfficialReport | None, editions: Mapping[int, ReportEdition], due_on: date
) -> PartLine:
    edition = editions.get(report.report_id) if report else None
    if report is None or edition is None:
        return PartLine(unit.unit_id, unit.name, "missing", due_on)
    state = "returned" if report.state in {"returned", "sending"} else report.state
    total = read_figures(edition.figures).total
    return PartLine(unit.unit_id, unit.name, state, due_on, edition.sent_at, edition.sha256, total)


def _reports(session: Session, unit_ids: list[int], form: ReportForm, year: int) -> dict[int, OfficialReport]:
    found: dict[int, OfficialReport] = {}
    for piece in slices(unit_ids):
        rows = session.scalars(
            select(OfficialReport).where(
                OfficialReport.unit_id.in_(piece),
                OfficialReport.form == form.value,
                OfficialReport.year == year,
            )
        )
        found |= {row.unit_id: row for row in rows}
    return found


def _newest_editions(session: Session, report_ids: list[int]) -> dict[int, ReportEdition]:
    found: dict[int, ReportEdition] = {}
    for piece in slices(report_ids):
        newest = (
            select(ReportEdition.report_id, func.max(ReportEdition.number).label("number"))
            .where(ReportEdition.report_id.in_(piece))
            .group_by(ReportEdition.report_id)
            .subquery()
        )
        rows = session.scalars(
            select(ReportEdition).join(
                newest,
                (ReportEdition.report_id == newest.c.report_id) & (ReportEdition.number == newest.c.number),
            )
        )
        found |= {row.report_id: row for row in rows}
    return found
