"""What all pages of statistics share: blueprint, question in the address, what is printed with figures."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any, Final

from flask import Blueprint, Response, render_template, request
from sqlalchemy.orm import Session

from lti_tool.admin.guard import keep_private, only_as_permitted, required_operator
from lti_tool.reports.access import require_unit
from lti_tool.reports.asked import Asked, read_asked
from lti_tool.reports.indicator_words import indicator_for_reader
from lti_tool.reports.kept_figures import counted_at
from lti_tool.reports.step_words import show_band, show_reason, show_step
from lti_tool.reports.xlsx_tables import write_xlsx
from sync.calendars import local_day
from sync.csv_files import Table, write_csv
from sync.reports.programme import Programme, read_programme
from sync.rollups.definitions import GIVEN_ACCESS, PROVIDED_WITH_KNOWLEDGE
from sync.rollups.follower import freshness
from sync.settings import SyncSettings
from xapi_bridge.running_app import now, reading, section

blueprint = Blueprint("reports", __name__, url_prefix="/thong-ke")
blueprint.before_request(only_as_permitted)
blueprint.after_request(keep_private)
blueprint.add_app_template_filter(show_step, "step_words")
blueprint.add_app_template_filter(show_reason, "reason_words")
blueprint.add_app_template_filter(show_band, "band_words")

_XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
#: End of the address of every table that can be taken along.
FORMS: Final = "<any(csv, xlsx):form>"
#: Days that reports speak of: the last of the districts, and the first target.
QUICK_DAYS: Final = (date(2025, 6, 30), date(2025, 12, 31))


def asked_now() -> Asked:
    """The question in the address of the present request."""
    return read_asked(request.args, today=local_day(now()))


def current_programme(session: Session) -> Programme:
    """The modules that learners can get now."""
    return read_programme(session, iri_base=section(SyncSettings).iri_base)


@contextmanager
def reading_unit(unit_id: int) -> Iterator[Session]:
    """A reading session of a page about a unit that the reader may see.

    Raises:
        AccessRefused: the unit lies outside the reader's subtree.
    """
    with reading() as session:
        require_unit(session, required_operator(), unit_id)
        yield session


def show(template: str, session: Session, asked: Asked, programme: Programme, **shown: Any) -> str:
    """A page of figures; each is printed with how current it is and how it is defined."""
    return render_template(
        template,
        asked=asked,
        programme=programme,
        fresh=freshness(session),
        knowledge_indicator=indicator_for_reader(PROVIDED_WITH_KNOWLEDGE),
        access_indicator=indicator_for_reader(GIVEN_ACCESS),
        quick_days=[day for day in QUICK_DAYS if day < asked.today],
        operator=required_operator(),
        figures_counted_at=counted_at(),
        **shown,
    )


def answer_table(name: str, table: Table, asked: Asked, *, form: str) -> Response:
    """A table as a file; its name carries the day asked for.

    Args:
        form: csv or xlsx.
    """
    return file_of(name, table, day=asked.on, form=form)


def file_of(name: str, table: Table, *, day: date, form: str) -> Response:
    """A table as CSV or XLSX; its name carries the day."""
    if form == "xlsx":
        answer = Response(write_xlsx(table, title=name), mimetype=_XLSX)
    else:
        answer = Response(write_csv(table.header, table.rows), mimetype="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}-{day:%Y%m%d}.{form}"'
    return answer
