"""What all pages of statistics share: blueprint, question in the address, what is printed with figures."""

from datetime import date
from typing import Any, Final

from flask import Blueprint, Response, render_template, request
from sqlalchemy.orm import Session

from lti_tool.admin.guard import keep_private, only_for, required_operator
from lti_tool.admin.operators import Role
from lti_tool.reports.asked import Asked, read_asked
from lti_tool.reports.csv_files import Table, write_csv
from lti_tool.reports.indicator_words import indicator_for_reader
from sync.calendars import local_day
from sync.reports.programme import Programme, read_programme
from sync.rollups.definitions import GIVEN_ACCESS, PROVIDED_WITH_KNOWLEDGE
from sync.rollups.follower import freshness
from sync.settings import SyncSettings
from xapi_bridge.running_app import now, section

blueprint = Blueprint("reports", __name__, url_prefix="/thong-ke")
blueprint.before_request(only_for(*Role))
blueprint.after_request(keep_private)

#: Days that reports speak of: the last of the districts, and the first target.
QUICK_DAYS: Final = (date(2025, 6, 30), date(2025, 12, 31))


def asked_now() -> Asked:
    """The question in the address of the present request."""
    return read_asked(request.args, today=local_day(now()))


def current_programme(session: Session) -> Programme:
    """The modules that learners can get now."""
    return read_programme(session, iri_base=section(SyncSettings).iri_base)


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
        **shown,
    )


def answer_csv(name: str, table: Table, asked: Asked) -> Response:
    """A table as a file; its name carries the day."""
    answer = Response(write_csv(table.header, table.rows), mimetype="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}-{asked.on:%Y%m%d}.csv"'
    return answer
