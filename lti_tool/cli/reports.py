"""`cchc reports …`: official reports of units, who has not sent, files at once, hashes checked."""

import hashlib
import sys
from pathlib import Path

import click
from sqlalchemy.orm import Session

from lti_tool.cli.application import running_application
from lti_tool.official_reports.words import FORM_WORDS, STATE_WORDS
from lti_tool.settings import Settings
from sync.calendars import Calendar, local_day
from sync.official_reports.collecting import Asked, collect_report
from sync.official_reports.consolidating import consolidate
from sync.official_reports.document import DRAFT
from sync.official_reports.drafting import get_report, list_editions, list_reports
from sync.official_reports.figures import digest_of
from sync.official_reports.forms import ReportForm, span_of, year_of_form
from sync.official_reports.questions import parts_for
from sync.official_reports.rendering import Rendering, file_name, render
from sync.official_reports.sending import FORMATS, list_files
from sync.official_reports.templates import template_for
from sync.organization.populations import find_population
from sync.organization.reporting_calendars import find_calendar
from sync.organization.units import label_on
from sync.reports.programme import read_programme
from sync.rollups.definitions import CIVIL_SERVANTS
from xapi_bridge.running_app import now, reading

_FORM = click.option(
    "--form", type=click.Choice([one.value for one in ReportForm]), default="annual", help="Loại báo cáo."
)
_YEAR = click.option("--year", type=click.IntRange(2022, 2100), required=True, help="Năm báo cáo.")


@click.group()
def reports() -> None:
    """Báo cáo chính thức: danh sách, đơn vị chưa gửi, tạo tệp, kiểm tra mã băm."""


@reports.command(name="list")
@click.pass_obj
def list_command(settings: Settings) -> None:
    """Liệt kê báo cáo, năm mới nhất trước."""
    with running_application(settings), reading() as session:
        rows = list_reports(session, root_id=None)
        units = label_on(session, [row.unit_id for row in rows], on_date=local_day(now()))
        for row in rows:
            words = (FORM_WORDS[row.form], STATE_WORDS[row.state], units[row.unit_id].name)
            click.echo(f"{row.report_id}\t{row.year}\t" + "\t".join(map(str, words)))


@reports.command()
@click.argument("unit_id", type=int)
@_FORM
@_YEAR
@click.pass_obj
def missing(settings: Settings, unit_id: int, form: str, year: int) -> None:
    """Liệt kê đơn vị trực thuộc UNIT_ID chưa gửi, kèm hạn gửi; thoát với mã 1 khi còn."""
    chosen = ReportForm(form)
    closes_on = span_of(chosen, year, Calendar.OFFICIAL).last_day
    with running_application(settings), reading() as session:
        found = consolidate(
            session,
            unit_id,
            form=chosen,
            year=year_of_form(chosen, year),
            on=min(closes_on, local_day(now())),
            closes_on=closes_on,
        )
    for one in found.missing:
        click.echo(f"{one.unit_id}\t{one.due_on:%d/%m/%Y}\t{STATE_WORDS[one.state]}\t{one.name}")
    click.echo(f"Đã gửi {found.sent}/{len(found.parts)}.")
    if found.missing:
        sys.exit(1)


@reports.command()
@click.argument("unit_id", type=int)
@_FORM
@_YEAR
@click.option("--calendar", default=Calendar.OFFICIAL.value, help="Mã lịch kỳ báo cáo.")
@click.option("--population", default=CIVIL_SERVANTS.code, help="Mã quy tắc đối tượng.")
@click.option(
    "--format", "formats", type=click.Choice(FORMATS), multiple=True, default=("docx", "xlsx", "pdf"),
    help="Dạng tệp, lặp lại được.",
)  # fmt: skip
@click.option(
    "--to",
    "folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=Path(),
    help="Thư mục nhận tệp.",
)
@click.pass_obj
def make(
    settings: Settings,
    unit_id: int,
    form: str,
    year: int,
    calendar: str,
    population: str,
    formats: tuple[str, ...],
    folder: Path,
) -> None:
    """Tạo ngay tệp báo cáo (bản nháp, không phần viết) của đơn vị UNIT_ID."""
    with running_application(settings), reading() as session:
        asked = Asked(
            unit_id,
            ReportForm(form),
            year_of_form(ReportForm(form), year),
            find_calendar(session, calendar),
            calendar,
            find_population(session, population),
            read_programme(session, iri_base=str(settings.iri_base)),
            str(settings.iri_base),
            now(),
        )
        figures = collect_report(session, asked, parts=parts_for(session, asked)).figures
        template = template_for(session, asked.form)
    rendering = Rendering(figures, b"{}", DRAFT, template)
    for one in formats:
        path = folder / file_name(figures.head, one)
        path.write_bytes(render(rendering, one))
        click.echo(str(path))


@reports.command()
@click.argument("report_id", type=int)
@click.pass_obj
def verify(settings: Settings, report_id: int) -> None:
    """Tính lại mã băm của mọi bản đã gửi của báo cáo REPORT_ID; thoát với mã 1 khi không khớp."""
    with running_application(settings), reading() as session:
        get_report(session, report_id, root_id=None)
        agree = [_is_intact(session, report_id, number) for number in _numbers(session, report_id)]
    if not all(agree):
        sys.exit(1)


def _numbers(session: Session, report_id: int) -> list[int]:
    return [one.number for one in reversed(list_editions(session, report_id))]


def _is_intact(session: Session, report_id: int, number: int) -> bool:
    edition = next(one for one in list_editions(session, report_id) if one.number == number)
    files = list_files(session, [edition.job_id]).get(edition.job_id, [])
    found = digest_of(edition.figures, edition.words, *(one.content for one in files))
    is_intact = found == edition.sha256
    is_intact = is_intact and hashlib.sha256(edition.figures).hexdigest() == edition.figures_sha256
    click.echo(f"Lần {number}\t{edition.sha256}\t{'khớp' if is_intact else 'KHÔNG KHỚP'}")
    return is_intact
