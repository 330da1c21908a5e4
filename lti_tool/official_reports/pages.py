"""What the pages of official reports share: the blueprint, the reader's reach, files as answers."""

from typing import Any, Final

from flask import Blueprint, Response, render_template, request
from sqlalchemy.orm import Session

from lti_tool.admin.guard import keep_private, only_as_permitted, required_operator
from lti_tool.official_reports import words
from lti_tool.reports.access import require_unit
from sync.official_reports.drafting import get_report
from sync.official_reports.forms import ReportForm
from sync.official_reports.models import OfficialReport
from sync.official_reports.rendering import MEDIA_TYPES
from sync.organization.units import find_nation
from sync.report_errors import OfficialReportMalformed
from sync.settings import SyncSettings
from xapi_bridge.running_app import section

blueprint = Blueprint("official_reports", __name__, url_prefix="/bao-cao")
blueprint.before_request(only_as_permitted)
blueprint.after_request(keep_private)

XLSX: Final = MEDIA_TYPES["xlsx"]


def own_report(session: Session, report_id: int, *, for_update: bool = False) -> OfficialReport:
    """A report of the reader's units.

    Raises:
        OfficialReportUnknown.
    """
    return get_report(session, report_id, root_id=required_operator().unit_id, for_update=for_update)


def own_unit(session: Session, asked: int | None) -> int:
    """The unit that is asked for, by default the reader's own, at last the nation.

    Raises:
        AccessRefused: the unit lies elsewhere.
        UnitUnknown: there are no units yet.
    """
    operator = required_operator()
    unit_id = asked or operator.unit_id or find_nation(session).unit_id
    require_unit(session, operator, unit_id)
    return unit_id


def asked_form(value: str | None) -> ReportForm:
    """The form of report in an address or a form.

    Raises:
        OfficialReportMalformed: there is none of this name.
    """
    try:
        return ReportForm(value or ReportForm.ANNUAL.value)
    except ValueError as unknown:
        raise OfficialReportMalformed("There is no such form of report.") from unknown


def typed(name: str) -> str:
    """A text of the form; databases refuse NUL."""
    return request.form.get(name, "").replace("\x00", "").strip()


def show(template: str, **shown: Any) -> str:
    """A page with the words that all of them need."""
    return render_template(f"official_reports/{template}", words=words, operator=required_operator(), **shown)


def answer_file(content: bytes, name: str, media_type: str) -> Response:
    """A file to keep."""
    answer = Response(content, mimetype=media_type)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def iri_base() -> str:
    """Beginning of our activity identifiers."""
    return section(SyncSettings).iri_base
