"""A made-up report with something in every place, on which templates are tried (pure)."""

from datetime import UTC, date, datetime

from sync.calendars import Calendar
from sync.official_reports.collecting import definitions
from sync.official_reports.figures import (
    Counts,
    LevelLine,
    ReportFigures,
    ReportHead,
    UnitLine,
    YearLine,
)
from sync.official_reports.forms import ReportForm, span_of, year_of_form
from sync.rollups.definitions import CIVIL_SERVANTS


def specimen_figures(form: ReportForm) -> ReportFigures:
    """Figures of a unit that does not exist."""
    year = year_of_form(form, 2026)
    span, counts = span_of(form, year, Calendar.OFFICIAL), Counts(2, 20, 3, 22, 20, 15, 12, 40)
    return ReportFigures(
        head=ReportHead(
            unit_id=0,
            unit_name="Đơn vị mẫu",
            unit_code="00",
            unit_level="province",
            above_name="Cơ quan cấp trên mẫu",
            form=form,
            year=year,
            calendar=Calendar.OFFICIAL.value,
            first_day=span.first_day,
            last_day=span.last_day,
            on=span.last_day,
            made_at=datetime(2026, 1, 1, tzinfo=UTC),
            waiting=3,
            population_code=CIVIL_SERVANTS.code,
            population_version=CIVIL_SERVANTS.version,
            population_title=CIVIL_SERVANTS.title,
            target_percent=95,
            target_due_on=date(2030, 12, 31),
            exceeds=True,
        ),
        total=counts + counts,
        own=counts,
        units=(UnitLine(1, "00001", "Xã mẫu", "commune", 1, counts),),
        levels=(LevelLine("province", counts), LevelLine("commune", counts)),
        years=(
            YearLine(2025, date(2025, 12, 14), counts, True, 10),
            YearLine(2026, date(2026, 12, 14), counts, False, 15),
        ),
        topics=(),
        forms=(),
        classes=(),
        tests=(),
        commended=(),
        recommended=(),
        needs=(),
        moved=(),
        moved_people=(),
        parts=(),
        definitions=definitions(),
    )
