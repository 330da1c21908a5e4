"""Console pages of who is counted: named rules with versions, declared headcounts beside the list."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from lti_tool.admin.guard import keep_private, only_as_permitted, required_operator, say
from lti_tool.reports.access import require_unit
from sync.calendars import local_day
from sync.organization.cchc_roles import CCHC_ROLES, STAFF_CATEGORIES
from sync.organization.headcounts import compare_headcounts, declare_headcount
from sync.organization.populations import find_population, list_populations, save_population
from sync.organization.units import find_nation, get_unit, label_on
from sync.organization_errors import HeadcountMalformed
from sync.rollups.definitions import CIVIL_SERVANTS, Population
from sync.sheets import day_from_text
from xapi_bridge.running_app import now, reading, transaction

blueprint = Blueprint("population", __name__, url_prefix="/quan-tri/doi-tuong")
blueprint.before_request(only_as_permitted)
blueprint.after_request(keep_private)


@blueprint.get("/")
def rules() -> str:
    """Every rule in its newest version, and the form for a new one."""
    with reading() as session:
        return render_template(
            "staff/rules.html",
            populations=list_populations(session),
            categories=STAFF_CATEGORIES,
            roles=CCHC_ROLES,
        )


@blueprint.post("/")
def save() -> Response:
    """Adds a rule, or the next version of one."""
    form = request.form
    rule = Population(
        code=form.get("code", "").strip(),
        title=form.get("title", "").replace("\x00", ""),
        staff_categories=frozenset(form.getlist("category")),
        only_cchc=form.get("only_cchc") == "yes",
        legal_basis=form.get("legal_basis", "").replace("\x00", ""),
        cchc_roles=frozenset(form.getlist("role")),
    )
    with transaction() as session:
        saved = save_population(session, rule, by=required_operator().username, now=now())
    say(_("Đã lưu quy tắc %(code)s, bản %(version)s.", code=saved.code, version=saved.version))
    return redirect(url_for("population.rules"), code=303)


@blueprint.get("/si-so")
def headcounts() -> str:
    """Declared beside listed, of the reader's units; large differences first."""
    code = request.args.get("quy-tac", CIVIL_SERVANTS.code)
    today = local_day(now())
    with reading() as session:
        compared = compare_headcounts(
            session, _root_id(session), on=today, population=find_population(session, code)
        )
        return render_template(
            "staff/headcounts.html",
            compared=compared,
            units=label_on(session, [one.unit_id for one in compared], on_date=today),
            populations=list_populations(session),
            chosen=code,
            today=today,
        )


@blueprint.post("/si-so")
def declare() -> Response:
    """Writes down what a unit declares."""
    form, operator = request.form, required_operator()
    as_of, people = day_from_text(form.get("as_of", "")), form.get("people", type=int)
    if as_of is None or people is None:
        raise HeadcountMalformed("A headcount has a day and a number.")
    with transaction() as session:
        population = find_population(session, form.get("population", ""))
        code = form.get("unit_code", "").strip()
        scheme = form.get("unit_scheme", "").strip()
        unit_id = (
            get_unit(session, scheme=scheme, code=code, on_date=as_of).unit_id if code else _root_id(session)
        )
        require_unit(session, operator, unit_id)
        declare_headcount(
            session,
            unit_id,
            population_code=population.code,
            as_of=as_of,
            people=people,
            document=form.get("document", "").replace("\x00", ""),
            by=operator.username,
            now=now(),
        )
    say(_("Đã ghi sĩ số khai báo."))
    return redirect(f"{url_for('population.headcounts')}?quy-tac={population.code}", code=303)


def _root_id(session: Session) -> int:
    return required_operator().unit_id or find_nation(session).unit_id
