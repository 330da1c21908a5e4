"""Files of reports: as they were made, lists with names for those who may see them, copies for outside."""

from uuid import UUID

from flask import Response
from sqlalchemy.orm import Session

from lti_tool.admin.errors import AccessRefused
from lti_tool.admin.guard import required_operator
from lti_tool.official_reports.pages import XLSX, answer_file, blueprint, own_report
from sync.official_reports.document import Seal
from sync.official_reports.drafting import list_editions
from sync.official_reports.figures import ReportFigures, read_figures
from sync.official_reports.leaving import for_readers_outside
from sync.official_reports.models import ReportEdition, ReportJob
from sync.official_reports.named_lists import write_named_lists
from sync.official_reports.rendering import MEDIA_TYPES, file_name
from sync.official_reports.schedules import get_schedule
from sync.official_reports.sending import get_file
from sync.official_reports.xlsx_file import write_xlsx
from sync.report_errors import ReportFileUnknown
from xapi_bridge.reading_log import log_reading
from xapi_bridge.running_app import reading
from xapi_bridge.store.audit import Reader


@blueprint.get("/<int:report_id>/tep/<uuid:job_id>/<file_format>")
def file(report_id: int, job_id: UUID, file_format: str) -> Response:
    """A file of a report."""
    with reading() as session:
        row = own_report(session, report_id)
        job = session.get(ReportJob, job_id)
        if job is None or job.report_id != row.report_id:
            raise ReportFileUnknown("This report has no such file.")
        found = get_file(session, job_id, file_format)
        return answer_file(found.content, found.name, MEDIA_TYPES[found.format])


@blueprint.get("/lich/<int:schedule_id>/tep/<uuid:job_id>/<file_format>")
def scheduled_file(schedule_id: int, job_id: UUID, file_format: str) -> Response:
    """A file of a schedule."""
    with reading() as session:
        row = get_schedule(session, schedule_id, root_id=required_operator().unit_id)
        job = session.get(ReportJob, job_id)
        if job is None or job.schedule_id != row.schedule_id:
            raise ReportFileUnknown("This schedule has no such file.")
        found = get_file(session, job_id, file_format)
        return answer_file(found.content, found.name, MEDIA_TYPES[found.format])


@blueprint.get("/<int:report_id>/ban/<int:number>/danh-sach.xlsx")
def named_lists(report_id: int, number: int) -> Response:
    """Annexes 6, 7 and 9 with names; the audit log says who fetched them."""
    operator = required_operator()
    if not operator.sees_names:
        raise AccessRefused("Your role works with pseudonyms.")
    with reading() as session:
        edition, figures = _edition(session, report_id, number)
        content, people = write_named_lists(session, figures, seal=_seal(edition))
    asked = {"report": report_id, "edition": number}
    log_reading(Reader("operator", operator.username), "report_lists", asked=asked, records=people)
    return answer_file(content, f"danh-sach-{file_name(figures.head, 'xlsx')}", XLSX)


@blueprint.get("/<int:report_id>/ban/<int:number>/ngoai-don-vi.xlsx")
def outside_copy(report_id: int, number: int) -> Response:
    """The annexes for readers outside the subtree: no people, no small figures."""
    with reading() as session:
        edition, figures = _edition(session, report_id, number)
    content = write_xlsx(for_readers_outside(figures), seal=_seal(edition))
    return answer_file(content, f"ngoai-don-vi-{file_name(figures.head, 'xlsx')}", XLSX)


def _edition(session: Session, report_id: int, number: int) -> tuple[ReportEdition, ReportFigures]:
    row = own_report(session, report_id)
    found = next((one for one in list_editions(session, row.report_id) if one.number == number), None)
    if found is None:
        raise ReportFileUnknown(f"The report was sent fewer than {number} times.")
    return found, read_figures(found.figures)


def _seal(edition: ReportEdition) -> Seal:
    return Seal(edition.seal, edition.figures_sha256)
